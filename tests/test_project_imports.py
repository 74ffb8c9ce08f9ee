"""Which imports inside functions are paid per request without need: the shapes of real code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from import_projects import imports_of, verdicts

from flake8_lambda_perf.project.exports import exports, read_globally, taken_by_others
from flake8_lambda_perf.project.loads import marginal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

HANDLER = "def handler(event, context):\n"


def _handler(*lines: str) -> dict[str, str]:
    return {"app.py": HANDLER + "".join(f"    {line}\n" for line in lines)}


FOUND = {
    "a cheap import": _handler("import json", "return json.dumps(event)"),
    "a cheap import on one path": _handler("if event:", "    import json", "    return json.dumps(event)"),
    "a costly import on every path": _handler("import pandas", "return pandas.DataFrame(event)"),
    "an import of unknown cost on every path": _handler("import acme", "return acme.run(event)"),
    "an import in a `with`": _handler("with open('x') as f:", "    import csv", "    return list(csv.reader(f))"),
    "an import in a try that catches anything": _handler(
        "try:", "    import csv", "    return csv.reader(event)", "except Exception:", "    return None"
    ),
    "a traceback printed in an except": _handler(
        "try:", "    return event['x']", "except Exception:", "    import traceback", "    return traceback.format_exc"
    ),
    "a trace kept in an except": _handler(
        "try:",
        "    found = event['x']",
        "except Exception:",
        "    import traceback",
        "    trace = traceback.format_exc()",
        "    raise ValueError(trace)",
        "return found",
    ),
    "an import below a docstring with optional arguments": _handler(
        '"""Answers.', "", "event: optional body of the request", '"""', "import json", "return json.dumps(event)"
    ),
    "a stdlib import below a change of the path": _handler(
        "import sys", "sys.path.append('/opt')", "import json", "return json.dumps(event)"
    ),
}

LEFT = {
    "a costly import in a loop": _handler("for part in event:", "    import pandas", "    pandas.DataFrame(part)"),
    "a costly import after a check": _handler(
        "if not event:", "    return", "import pandas", "return pandas.DataFrame()"
    ),
    "an import of unknown cost on one path": _handler("if event:", "    import acme", "    acme.run(event)"),
    "an optional module": _handler(
        "try:", "    import orjson", "except ModuleNotFoundError:", "    return None", "return orjson.dumps(event)"
    ),
    "a try of nothing but an import": _handler("try:", "    import yaml", "except Exception:", "    yaml = None"),
    "what replaces an optional module": _handler(
        "try:", "    import ujson as json", "except (ImportError, AttributeError):", "    import json", "return json"
    ),
    "a library on a fallback path": _handler(
        "try:", "    return event['x']", "except KeyError:", "    import yaml", "    print(yaml.dump(event))"
    ),
    "another answer in an except": _handler(
        "try:", "    return event['x']", "except KeyError:", "    import html", "    return html.escape(event['y'])"
    ),
    "an import with a reason above it": _handler(
        "# not at the top: only needed for reports,", "# loaded lazily", "import decimal", "return decimal.Decimal(1)"
    ),
    "all imports below one reason": _handler(
        "# imported here to avoid a cycle", "import decimal", "", "import fractions", "return decimal, fractions"
    ),
    "an import pylint is told of": _handler(
        "import decimal  # pylint: disable=import-outside-toplevel", "return decimal.Decimal(1)"
    ),
    "an import its docstring explains": _handler(
        '"""Imports decimal lazily."""', "import decimal", "return decimal.Decimal(1)"
    ),
    "a library below a change of the path": _handler(
        "import sys  # lazy", "sys.path[:0] = ['/opt']", "sys.path = ['/opt']", "import acme", "return acme.run(event)"
    ),
    "a library that is installed first": _handler(
        "import subprocess  # lazy",
        "subprocess.check_call(['pip', 'install', 'acme', '-t', '/tmp'])",
        "import acme",
        "return acme.run(event)",
    ),
    "a module some systems lack": _handler(
        "import sys", "if sys.platform == 'win32':", "    import winreg", "    winreg"
    ),
    "a module that is only imported": {
        **_handler("import models", "return event"),
        "models.py": "X = 1\n",
    },
    "a file that allows it": {
        "app.py": "# ruff: noqa: D100, PLC0415\n" + HANDLER + "    import json\n    return json.dumps(event)\n"
    },
    "a module that changes the process": _handler("import ddtrace.auto", "return event"),
    "a name its module does not have": {
        **_handler("try:", "    from orders import audit", "    audit(event)", "except Exception:", "    return None"),
        "orders.py": "def load():\n    return None\n",
    },
    "a relative import of nothing": {
        "pkg/__init__.py": "",
        "pkg/app.py": HANDLER + "    from .gone import load\n    return load(event)\n",
    },
}


@pytest.mark.parametrize("files", FOUND.values(), ids=FOUND.keys())
def test_an_import_without_need_is_found(files: Mapping[str, str], tmp_path: Path) -> None:
    found = verdicts(imports_of(tmp_path, files))
    assert any(verdict.endswith("LPF201") for verdict in found[-1:]), found


@pytest.mark.parametrize("files", LEFT.values(), ids=LEFT.keys())
def test_an_import_with_a_reason_is_left_alone(files: Mapping[str, str], tmp_path: Path) -> None:
    found = verdicts(imports_of(tmp_path, files))
    assert found[-1].endswith("LPF202"), found


def test_an_import_that_closes_a_cycle_through_another_file_is_left_alone(tmp_path: Path) -> None:
    files = {
        "app.py": "import orders\n\n\n" + HANDLER + "    return orders.load(event)\n",
        "orders.py": "def load(key):\n    from prices import price\n\n    return price(key)\n",
        "prices.py": "import orders\n\n\ndef price(key):\n    return orders, key\n",
    }
    assert verdicts(imports_of(tmp_path, files)) == ["orders.py:2 LPF202"]


def test_the_package_around_a_module_closes_no_cycle(tmp_path: Path) -> None:
    files = {
        "shop/__init__.py": "from shop.app import handler\n",
        "shop/app.py": HANDLER + "    from shop.prices import price\n\n    return price(event)\n",
        "shop/prices.py": "def price(key):\n    return key\n",
    }
    assert verdicts(imports_of(tmp_path, files)) == ["shop/app.py:2 LPF201"]


def test_a_costly_import_one_of_two_handlers_needs_is_left_alone(tmp_path: Path) -> None:
    files = {
        "one.py": "from reports import render\n\n\n" + HANDLER + "    return render(event)\n",
        "two.py": "from reports import name\n\n\n" + HANDLER + "    return name(event)\n",
        "reports.py": "def render(row):\n    import pandas\n\n    return pandas.DataFrame(row)\n\n\n"
        "def name(row):\n    return row\n",
    }
    assert verdicts(imports_of(tmp_path, files)) == ["reports.py:2 LPF202"]


def test_a_project_module_costs_what_it_imports(tmp_path: Path) -> None:
    files = {
        **_handler("if event:", "    from reports import render", "    return render(event)"),
        "reports.py": "import pandas\n\n\ndef render(row):\n    return pandas.DataFrame(row)\n",
    }
    imports = imports_of(tmp_path, files)
    (site,) = imports.sites()
    verdict = imports.judge(site)
    assert verdict is not None
    assert (verdict.code, verdict.redundant, verdict.always) == ("LPF202", False, False)
    cost = imports.cost(site)
    assert cost is not None
    assert cost > 50


def test_the_imports_between_a_handler_and_a_file_are_told(tmp_path: Path) -> None:
    files = {
        "app.py": "import json\nfrom orders import load\n\n\n" + HANDLER + "    return load(json, event)\n",
        "orders.py": "import stamps\n\n\ndef load(json, key):\n    return stamps.stamp(key)\n",
        "stamps.py": "def stamp(key):\n    import hashlib\n\n    return hashlib.md5(key)\n",
    }
    imports = imports_of(tmp_path, files)
    found = imports.import_chain("stamps.py")
    assert found is not None
    handler, chain = found
    assert handler.path == "app.py"
    assert chain == [("app.py", 2, "from orders import load"), ("orders.py", 1, "import stamps")]
    assert imports.import_chain("nowhere.py") is None


@pytest.mark.parametrize(
    ("name", "loaded", "expected"),
    [
        ("botocore.exceptions", ["boto3"], True),
        ("boto3.dynamodb.conditions", ["boto3"], True),
        ("numpy", ["pandas"], True),
        ("requests", ["requests.Session"], True),
        ("scipy.stats", ["scipy"], False),
        ("pandas", ["numpy"], False),
        ("google.cloud.bigquery", ["google.cloud.storage"], False),
        ("pandas", [], False),
    ],
)
def test_an_import_costs_only_what_is_not_loaded_anyway(name: str, loaded: list[str], expected: bool) -> None:
    cost = marginal(name, loaded)
    assert cost is not None
    assert (cost < 50) is expected


def test_nothing_is_known_of_a_library_without_a_measurement() -> None:
    assert marginal("acme_reports", ["boto3"]) is None


def test_the_names_of_a_wildcard_follow_all_and_underscores_and_other_wildcards(tmp_path: Path) -> None:
    files = {
        "app.py": "from one import *\nfrom two import *\nfrom three import *\nfrom four import *\n\n\n"
        + HANDLER
        + "    return A, B\n",
        "one.py": '__all__ = ["A"]\nA = B = 1\n',
        "two.py": "from one import *\n\n_C = D = 2\n",
        "three.py": "__all__ = list(globals())\n",
        "four.py": '__all__ = ["A"]\n__all__ += ["B"]\nA = B = 1\n',
    }
    imports = imports_of(tmp_path, files)
    module = imports.analysis.project.module("app.py")
    assert module is not None
    stars = [node for node in imports.loads.top_level(module) if node.names[0].name == "*"]
    found = [exports(imports.analysis, node, "app.py") for node in stars if not hasattr(node, "asname")]  # type: ignore[arg-type]
    assert found == [{"A"}, {"A", "D"}, None, None]


def test_names_read_at_any_depth_are_read_and_local_ones_are_not(tmp_path: Path) -> None:
    text = (
        "from constants import *\n\n\n"
        "def handler(event, context):\n"
        "    data = [LIMIT for LIMIT in event]\n"
        "    def inner() -> 'Order':\n"
        "        return DEEP, data\n"
        "    return inner(), CLASS.value\n"
    )
    imports = imports_of(tmp_path, {"app.py": text, "constants.py": "X = 1\n"})
    module = imports.analysis.project.module("app.py")
    assert module is not None
    found = read_globally(module)
    assert found is not None
    assert {"Order", "DEEP", "CLASS"} <= found
    assert found.isdisjoint({"LIMIT", "data", "event", "inner"})


def test_names_that_other_files_take_are_known_unless_one_takes_the_module(tmp_path: Path) -> None:
    files = {
        "app.py": "from orders import A, B\n\n\n" + HANDLER + "    return A, B\n",
        "orders.py": "from constants import *\nfrom names import *\n",
        "constants.py": "A = 1\n",
        "names.py": "import constants\n\nB = constants.A\n",
    }
    imports = imports_of(tmp_path, files)
    project = imports.analysis.project
    modules = [project.module(path) for path in ("orders.py", "constants.py")]
    assert [taken_by_others(imports.analysis, module) for module in modules if module is not None] == [{"A", "B"}, None]

"""What moving an import writes: whole files, for the shapes of real code."""

from __future__ import annotations

import ast
import io
import tokenize
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from import_projects import applied, imports_of
from pyflakes.checker import Checker  # type: ignore[import-untyped]  # it has no types

from flake8_lambda_perf.fixes.import_places import New, add
from flake8_lambda_perf.fixes.imports import move
from flake8_lambda_perf.model import Fix

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from flake8_lambda_perf.project.imports import Imports

HANDLER = "def handler(event, context):\n"
ROUNDS = 8


def _moves(imports: Imports) -> list[Fix]:
    """Gives the fixes of everything that is found."""
    found = []
    for site in imports.sites():
        verdict = imports.judge(site)
        fix = move(imports, site) if verdict is not None and verdict.code == "LPF201" else None
        if fix is not None:
            found.append(fix)
    return found


def _settled(root: Path, files: Mapping[str, str]) -> dict[str, str]:
    """Applies one fix after the other until none is left, the project analysed anew each time."""
    now = dict(files)
    for round_number in range(ROUNDS):
        fixes = _moves(imports_of(root / str(round_number), now))
        if not fixes:
            return now
        now = applied(now, fixes[0])
    raise AssertionError("the fixes do not settle")


def _comments(text: str) -> Counter[str]:
    tokens = tokenize.generate_tokens(io.StringIO(text, newline="").readline)
    return Counter(token.string for token in tokens if token.type == tokenize.COMMENT)


def _messages(text: str) -> Counter[str]:
    return Counter(type(message).__name__ for message in Checker(ast.parse(text)).messages)


CASES = {
    "an import below a shebang, a cookie and a docstring": (
        '#!/usr/bin/env python\n# coding: utf-8\n"""Orders."""\n\n\n'
        + HANDLER
        + "    import json\n    return json.dumps(event)\n",
        '#!/usr/bin/env python\n# coding: utf-8\n"""Orders."""\n\nimport json\n\n\n'
        + HANDLER
        + "    return json.dumps(event)\n",
    ),
    "an import below a licence": (
        "# (c) Orders\n\n" + HANDLER + "    import json\n    return json.dumps(event)\n",
        "# (c) Orders\n\nimport json\n\n\n" + HANDLER + "    return json.dumps(event)\n",
    ),
    "an import into a mixed block": (
        "import boto3\nimport os\n\n\n" + HANDLER + "    import json\n\n    return json.dumps([boto3, os, event])\n",
        "import boto3\nimport json\nimport os\n\n\n" + HANDLER + "    return json.dumps([boto3, os, event])\n",
    ),
    "an import among from-imports that are sorted by name": (
        "from abc import ABC\nimport csv\nfrom os import path\n\n\n"
        + HANDLER
        + "    import json\n\n    return json, csv, ABC, path\n",
        "from abc import ABC\nimport csv\nimport json\nfrom os import path\n\n\n"
        + HANDLER
        + "    return json, csv, ABC, path\n",
    ),
    "an import behind unsorted ones": (
        "import os\nimport csv\n\n\n" + HANDLER + "    import json\n\n    return json, csv, os\n",
        "import os\nimport csv\nimport json\n\n\n" + HANDLER + "    return json, csv, os\n",
    ),
    "a library behind a change of the environment": (
        'import os\n\nos.environ["X"] = "y"\n\nimport boto3\n\n\n'
        + HANDLER
        + "    import yaml\n\n    return yaml, boto3, os\n",
        'import os\n\nos.environ["X"] = "y"\n\nimport boto3\nimport yaml\n\n\n'
        + HANDLER
        + "    return yaml, boto3, os\n",
    ),
    "a project's module that is found after a change of the path": (
        'import sys\n\nsys.path.append("lib")\n\nimport one\n\n\n'
        + HANDLER
        + "    import two\n\n    return two, one, sys\n",
        'import sys\n\nsys.path.append("lib")\n\nimport one\nimport two\n\n\n' + HANDLER + "    return two, one, sys\n",
    ),
    "a library behind a change of the path that nothing follows": (
        'import sys\n\nsys.path.append("/opt")\n\n\n' + HANDLER + "    import acme\n\n    return acme, sys\n",
        'import sys\n\nsys.path.append("/opt")\n\nimport acme\n\n\n' + HANDLER + "    return acme, sys\n",
    ),
    "names into the import of the same module": (
        "from html import escape\n\n\n" + HANDLER + "    from html import unescape as u\n\n    return escape, u\n",
        "from html import escape, unescape as u\n\n\n" + HANDLER + "    return escape, u\n",
    ),
    "names into an unsorted import": (
        "from html import unescape, escape\n\n\n"
        + HANDLER
        + "    from html import entities\n\n    return escape, unescape, entities\n",
        "from html import unescape, escape, entities\n\n\n" + HANDLER + "    return escape, unescape, entities\n",
    ),
    "names beside an import over several lines": (
        "from html import (\n    escape,\n)\n\n\n"
        + HANDLER
        + "    from html import unescape\n\n    return escape, unescape\n",
        "from html import (\n    escape,\n)\nfrom html import unescape\n\n\n"
        + HANDLER
        + "    return escape, unescape\n",
    ),
    "an import beside a commented one": (
        "import io\n\n# for reports\nimport csv\nimport os\n\n\n"
        + HANDLER
        + "    import abc\n\n    return abc, csv, os, io\n",
        "import io\n\n# for reports\nimport csv\nimport os\nimport abc\n\n\n"
        + HANDLER
        + "    return abc, csv, os, io\n",
    ),
    "an import below a comment about what follows": (
        HANDLER + "    x = 1\n    # send it\n    import json\n\n    return json.dumps(x)\n",
        "import json\n\n\n" + HANDLER + "    x = 1\n    # send it\n    return json.dumps(x)\n",
    ),
    "an import above a script": (
        HANDLER + '    import yaml\n\n    return yaml\n\n\nif __name__ == "__main__":\n    import os\n\n'
        '    os.environ["X"] = "y"\n',
        "import yaml\n\n\n"
        + HANDLER
        + '    return yaml\n\n\nif __name__ == "__main__":\n    import os\n\n    os.environ["X"] = "y"\n',
    ),
    "an import beside a module-level try": (
        "import os\n\ntry:\n    import ujson\nexcept ImportError:\n    ujson = None\n\n\n"
        + HANDLER
        + "    import json\n\n    return json, ujson, os\n",
        "import json\nimport os\n\ntry:\n    import ujson\nexcept ImportError:\n    ujson = None\n\n\n"
        + HANDLER
        + "    return json, ujson, os\n",
    ),
    "a comment behind an import travels": (
        HANDLER + "    import json  # noqa: E402\n\n    return json.dumps(event)\n",
        "import json  # noqa: E402\n\n\n" + HANDLER + "    return json.dumps(event)\n",
    ),
    "names over several lines keep their comments": (
        HANDLER + "    from html import (\n        escape,  # for the body\n        unescape,\n    )\n\n"
        "    return escape, unescape\n",
        "from html import (\n    escape,  # for the body\n    unescape,\n)\n\n\n"
        + HANDLER
        + "    return escape, unescape\n",
    ),
    "a list of which one is there already": (
        "import os\n\n\n" + HANDLER + "    import json, os\n\n    return json, os\n",
        "import json\nimport os\n\n\n" + HANDLER + "    return json, os\n",
    ),
    "a submodule of a package that is there": (
        "import os\n\n\n" + HANDLER + "    import os.path\n\n    return os.path.join(event, os.sep)\n",
        "import os\nimport os.path\n\n\n" + HANDLER + "    return os.path.join(event, os.sep)\n",
    ),
    "a block of nothing else keeps a pass": (
        "import json\n\n\n" + HANDLER + "    if event:\n        import json\n    return json\n",
        "import json\n\n\n" + HANDLER + "    if event:\n        pass\n    return json\n",
    ),
    "an import behind a colon": (
        "import json  # naïve\n\n\n" + HANDLER + "    if event: import json\n    return json\n",
        "import json  # naïve\n\n\n" + HANDLER + "    if event: pass\n    return json\n",
    ),
    "a conditional import that made the name local": (
        "import json\n\n\n"
        + HANDLER
        + "    if event:\n        import json\n\n        event = json.loads(event)\n    return event\n",
        "import json\n\n\n" + HANDLER + "    if event:\n        event = json.loads(event)\n    return event\n",
    ),
    "an import of a nested function whose name is local to the outer one": (
        "import json\n\n\n"
        + HANDLER
        + "    def inner(x):\n        import json\n\n        return json.dumps(x)\n\n"
        + "    if event:\n        import json\n\n        event = json.loads(event)\n    return inner(event)\n",
        "import json\n\n\n" + HANDLER + "    def inner(x):\n        return json.dumps(x)\n\n    if event:\n"
        "        event = json.loads(event)\n    return inner(event)\n",
    ),
    "an import between a docstring and code": (
        HANDLER + '    """Answers."""\n    import json\n\n    return json.dumps(event)\n',
        "import json\n\n\n" + HANDLER + '    """Answers."""\n\n    return json.dumps(event)\n',
    ),
    "an import between blank lines": (
        HANDLER + "    event = event or 1\n\n    import json\n\n    return json.dumps(event)\n",
        "import json\n\n\n" + HANDLER + "    event = event or 1\n\n    return json.dumps(event)\n",
    ),
    "an import into a file without a last newline": (
        HANDLER + "    import json\n    return json.dumps(event)",
        "import json\n\n\n" + HANDLER + "    return json.dumps(event)",
    ),
    "imports of three groups": (
        HANDLER + "    import yaml\n    import json\n    from html import escape\n\n    return yaml, json, escape\n",
        "import json\nfrom html import escape\n\nimport yaml\n\n\n" + HANDLER + "    return yaml, json, escape\n",
    ),
    "text with characters of several bytes before an import": (
        HANDLER + '    x = "ä€𝄞"\n    import json\n\n    return json.dumps(x)\n',
        "import json\n\n\n" + HANDLER + '    x = "ä€𝄞"\n\n    return json.dumps(x)\n',
    ),
}


@pytest.mark.parametrize(("before", "after"), CASES.values(), ids=CASES.keys())
def test_an_import_moves_to_the_top(before: str, after: str, tmp_path: Path) -> None:
    assert _settled(tmp_path, {"app.py": before}) == {"app.py": after}


@pytest.mark.parametrize(("before", "after"), CASES.values(), ids=CASES.keys())
def test_newlines_of_windows_stay(before: str, after: str, tmp_path: Path) -> None:
    expected = after.replace("\n", "\r\n")
    assert _settled(tmp_path, {"app.py": before.replace("\n", "\r\n")}) == {"app.py": expected}


@pytest.mark.parametrize(("before", "after"), CASES.values(), ids=CASES.keys())
def test_no_comment_is_lost_and_no_name_becomes_undefined(before: str, after: str) -> None:
    assert _comments(before) == _comments(after)
    assert not _messages(after) - _messages(before)


REFUSED = {
    "a name that means something else at the top": HANDLER + "    from html import escape\n\n"
    "    return escape(event)\n\n\nescape = str\n",
    "a name that is a global of another function": (
        "_x = None\n\n\ndef fill():\n    global json\n    json = 1\n\n\n"
        + HANDLER
        + "    import json\n\n    return json\n"
    ),
    "a name the function also assigns": HANDLER + "    from html import escape\n\n"
    "    escape = escape or str\n    return escape\n",
    "a name that deletes itself": HANDLER + "    import json\n\n    del json\n",
    "two meanings of one name": HANDLER + "    if event:\n        import json\n    else:\n"
    "        import simplejson as json\n    return json\n",
    "a name of the function around": (
        HANDLER + "    html = event\n\n    def inner():\n        import html\n\n"
        "        return html.escape('')\n\n    return inner(), html\n"
    ),
    "the name of a builtin": HANDLER + "    from os import open\n\n    return open(event, 0)\n",
    "a function that looks at its own names": HANDLER + "    import json\n\n    return locals()\n",
    "a comment that has nowhere to go": "import json\n\n\n"
    + HANDLER
    + "    import json  # for the body\n\n    return json\n",
    "a statement with company on its line": HANDLER + "    import json; x = json.dumps(event)\n    return x\n",
    "a name that a wildcard may bind": "from acme import *\n\n\n"
    + HANDLER
    + "    import json\n\n    return json, thing\n",
    "a function that runs before the place of its import": (
        "import sys\n\n\ndef load():\n    import acme\n\n    return acme\n\n\nX = load()\nsys.path.append('/opt')\n\n\n"
        + HANDLER
        + "    return load()\n"
    ),
    "a name for the type checker alone": (
        "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from decimal import Decimal\n\n\n"
        + HANDLER
        + "    from decimal import Decimal\n\n    return Decimal(event)\n"
    ),
}


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED.keys())
def test_what_might_change_its_meaning_is_not_offered(text: str, tmp_path: Path) -> None:
    imports = imports_of(tmp_path, {"app.py": text})
    assert list(imports.sites())
    assert _moves(imports) == []


def test_an_import_that_waits_for_its_costly_namesake_stays(tmp_path: Path) -> None:
    """`xml` is local to the function because of both imports, and one of them stays on purpose."""
    text = HANDLER + "    import xml.sax\n    if event:\n        import xml.dom  # lazy\n    return xml\n"
    assert _moves(imports_of(tmp_path, {"app.py": text})) == []


DOUBTED = {
    "a library in a try": (
        {
            "app.py": HANDLER + "    try:\n        import yaml\n        return yaml.dump(event)\n"
            "    except Exception:\n        return None\n"
        },
        "the import stands in a `try`, which would no longer catch its failure",
    ),
    "a library on one path": (
        {"app.py": HANDLER + "    if event:\n        import yaml\n        return yaml.dump(event)\n    return None\n"},
        "not every request runs the import: at the top its failure would stop all of them",
    ),
    "a module that some builds of Python lack, on one path": (
        {"app.py": HANDLER + "    if event:\n        import curses\n        curses.beep()\n    return None\n"},
        "not every request runs the import: at the top its failure would stop all of them",
    ),
    "a name that a test replaces": (
        {
            "app.py": HANDLER + "    from orders import load\n\n    return load(event)\n",
            "orders.py": "def load(key):\n    return key\n",
            "tests/test_app.py": 'def test_it(mocker):\n    mocker.patch("orders.load")\n',
        },
        "tests/test_app.py replaces `load` where the function looks it up",
    ),
}


@pytest.mark.parametrize(("files", "reason"), DOUBTED.values(), ids=DOUBTED.keys())
def test_a_fix_in_doubt_is_unsafe_and_says_why(files: Mapping[str, str], reason: str, tmp_path: Path) -> None:
    assert [(fix.safety, fix.reason) for fix in _moves(imports_of(tmp_path, files))] == [("unsafe", reason)]


def test_the_move_of_a_costly_import_that_was_deferred_says_who_pays(tmp_path: Path) -> None:
    text = HANDLER + "    if event:\n        import pandas\n        return pandas.read_csv(event)\n    return None\n"
    imports = imports_of(tmp_path, {"app.py": text})
    fixes = [move(imports, site) for site in imports.sites()]
    assert [(fix.safety, fix.reason) for fix in fixes if fix is not None] == [
        ("unsafe", "every cold start would pay for the module, also where no request needs it")
    ]


def test_a_fix_says_what_it_does(tmp_path: Path) -> None:
    text = "import json\n\n\n" + HANDLER + "    import json\n    import csv\n\n    return json, csv\n"
    fixes = _moves(imports_of(tmp_path, {"app.py": text}))
    assert [(fix.title, fix.safety, fix.reason) for fix in fixes] == [
        ("delete `import json`, the module has it at the top", "safe", ""),
        ("move `import csv` to the top of the module", "safe", ""),
    ]


def test_several_imports_are_placed_by_group_at_once(tmp_path: Path) -> None:
    files = {"app.py": "import boto3\n\n\n" + HANDLER + "    return boto3\n", "orders.py": ""}
    imports = imports_of(tmp_path, files)
    module = imports.analysis.project.module("app.py")
    assert module is not None
    wanted = [New("import functools", early=True), New("from orders import x"), New("import yaml"), New("import abc")]
    fix = Fix("", add(imports.analysis.project, module, wanted))
    assert applied(files, fix)["app.py"] == (
        "import abc\nimport functools\n\nimport boto3\nimport yaml\n\nfrom orders import x\n\n\n"
        + HANDLER
        + "    return boto3\n"
    )

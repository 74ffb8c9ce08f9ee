"""What naming the names of a wildcard, and the libraries of `patch_all()`, writes."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest
from import_projects import applied, imports_of

from flake8_lambda_perf.fixes.wildcards import narrow, patch_some

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

HANDLER = "def handler(event, context):\n"


def _narrowed(root: Path, files: Mapping[str, str], path: str = "app.py") -> list[tuple[str, str, str]]:
    """Gives the file after each wildcard's own fix, with its safety and reason."""
    imports = imports_of(root, files)
    module = imports.analysis.project.module(path)
    assert module is not None
    found: list[tuple[str, str, str]] = []
    for node in imports.loads.top_level(module):
        if isinstance(node, ast.ImportFrom) and node.names[0].name == "*":
            fix = narrow(imports, module, node)
            if fix is not None:
                found.append((applied(files, fix)[path], fix.safety, fix.reason))
    return found


def test_a_wildcard_becomes_the_names_in_use_in_order(tmp_path: Path) -> None:
    body = "\n\n" + HANDLER + "    LIMIT = 3\n    return load(Order, HEADERS, LIMIT)\n"
    files = {
        "app.py": "from constants import *  # ours\n" + body,
        "constants.py": "HEADERS = {}\nLIMIT = 5\n_HIDDEN = 1\n\n\nclass Order:\n    pass\n\n\n"
        "def load(*args):\n    return args\n",
    }
    after = "from constants import HEADERS, Order, load  # ours\n" + body
    assert _narrowed(tmp_path, files) == [(after, "safe", "")]


def test_names_that_other_files_take_from_the_module_stay(tmp_path: Path) -> None:
    files = {
        "app.py": "from facade import A, B\n\n\n" + HANDLER + "    return A, B\n",
        "facade.py": "from constants import *\n\nC = A\n",
        "constants.py": "A = B = D = 1\n",
    }
    assert _narrowed(tmp_path, files, "facade.py") == [("from constants import A, B\n\nC = A\n", "safe", "")]


def test_a_module_that_others_import_whole_is_narrowed_unsafely(tmp_path: Path) -> None:
    files = {
        "app.py": "import facade\n\n\n" + HANDLER + "    return facade.B\n",
        "facade.py": "from constants import *\n\nC = A\n",
        "constants.py": "A = B = 1\n",
    }
    reason = "another file imports this module whole, and may use more names of it"
    assert _narrowed(tmp_path, files, "facade.py") == [("from constants import A\n\nC = A\n", "unsafe", reason)]


def test_a_library_with_unknown_names_is_narrowed_unsafely(tmp_path: Path) -> None:
    files = {"app.py": "from acme import *\n\n\n" + HANDLER + "    return Order(len(event))\n"}
    after = "from acme import Order\n\n\n" + HANDLER + "    return Order(len(event))\n"
    assert _narrowed(tmp_path, files) == [(after, "unsafe", "the names that the module exports are not known")]


def test_two_libraries_with_unknown_names_are_left_alone(tmp_path: Path) -> None:
    files = {"app.py": "from acme import *\nfrom acne import *\n\n\n" + HANDLER + "    return Order(event)\n"}
    assert _narrowed(tmp_path, files) == []


def test_of_two_wildcards_the_last_gives_a_name(tmp_path: Path) -> None:
    files = {
        "app.py": "from one import *\nfrom two import *\n\n\n" + HANDLER + "    return A, B\n",
        "one.py": "A = B = 1\n",
        "two.py": "B = 2\n",
    }
    end = "\n\n" + HANDLER + "    return A, B\n"
    assert _narrowed(tmp_path, files) == [
        ("from one import A\nfrom two import *\n" + end, "safe", ""),
        ("from one import *\nfrom two import B\n" + end, "safe", ""),
    ]


def test_many_names_go_one_a_line(tmp_path: Path) -> None:
    names = [f"constant_number_{index}" for index in range(1, 6)]
    files = {
        "app.py": "from constants import *\n\n\n" + HANDLER + f"    return {', '.join(names)}\n",
        "constants.py": "".join(f"{name} = 1\n" for name in names),
    }
    rows = "".join(f"    {name},\n" for name in names)
    after = f"from constants import (\n{rows})\n\n\n" + HANDLER + f"    return {', '.join(names)}\n"
    assert _narrowed(tmp_path, files) == [(after, "safe", "")]


def test_a_module_that_looks_names_up_by_text_is_left_alone(tmp_path: Path) -> None:
    files = {
        "app.py": "from constants import *\n\n\n" + HANDLER + "    return A, globals()[event]\n",
        "constants.py": "A = B = 1\n",
    }
    assert _narrowed(tmp_path, files) == []


PATCHES = {
    "a name": (
        "import boto3\nimport requests\nfrom aws_xray_sdk.core import patch_all, xray_recorder\n\npatch_all()\n",
        (
            "import boto3\nimport requests\nfrom aws_xray_sdk.core import patch, xray_recorder\n\n"
            'patch(("boto3", "requests"))\n'
        ),
    ),
    "a renamed name": (
        "from aws_xray_sdk.core import patch_all as trace\nimport boto3\n\ntrace()\n",
        'from aws_xray_sdk.core import patch\nimport boto3\n\npatch(("boto3",))\n',
    ),
    "an attribute": (
        "import boto3\nfrom aws_xray_sdk import core\n\ncore.patch_all()\n",
        'import boto3\nfrom aws_xray_sdk import core\n\ncore.patch(("boto3",))\n',
    ),
}


@pytest.mark.parametrize(("before", "after"), PATCHES.values(), ids=PATCHES.keys())
def test_patch_all_becomes_a_patch_of_what_is_imported(before: str, after: str, tmp_path: Path) -> None:
    end = "\n\n" + HANDLER + "    return event\n"
    assert _patched(tmp_path, before + end) == (after + end, "unsafe")


NOT_PATCHED = {
    "nothing to patch": "from aws_xray_sdk.core import patch_all\n\npatch_all()\n",
    "an argument": "import boto3\nfrom aws_xray_sdk.core import patch_all\n\npatch_all(double_patch=True)\n",
    "a name that is taken": "import boto3\nfrom aws_xray_sdk.core import patch, patch_all\n\npatch_all()\n",
    "a second use": "import boto3\nfrom aws_xray_sdk.core import patch_all\n\npatch_all()\nx = patch_all\n",
}


@pytest.mark.parametrize("text", NOT_PATCHED.values(), ids=NOT_PATCHED.keys())
def test_patch_all_stays_where_it_cannot_be_replaced(text: str, tmp_path: Path) -> None:
    assert _patched(tmp_path, text + "\n\n" + HANDLER + "    return event\n") is None


def _patched(root: Path, text: str) -> tuple[str, str] | None:
    imports = imports_of(root, {"app.py": text})
    module = imports.analysis.project.module("app.py")
    assert module is not None
    (call,) = [site.node for site in module.calls]
    fix = patch_some(imports, module, call)
    return (applied({"app.py": text}, fix)["app.py"], fix.safety) if fix is not None else None

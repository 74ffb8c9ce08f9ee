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


CONSTANTS = "A = B = 1\n"
NAMED = {
    "a list of its own names": (
        {"app.py": '__all__ = ["A", "handler"]\n', "constants.py": CONSTANTS},
        [("from constants import A, B\n", "safe", "")],
    ),
    "an annotation that holds a text": (
        {"app.py": "from typing import Literal\n\nMODE: Literal['A b', 'A']\n", "constants.py": CONSTANTS},
        [("from constants import A, B\n", "safe", "")],
    ),
    "a wildcard of a library behind it": (
        {"constants.py": "from acme import *\n"},
        [("from constants import B, handle\n", "unsafe", "the names that the module exports are not known")],
    ),
    "a list of names that is computed": (
        {"constants.py": f"{CONSTANTS}__all__ = sorted(globals_of(3))\n"},
        [("from constants import B, handle\n", "unsafe", "the names that the module exports are not known")],
    ),
    "names that are bound anew at times": (
        {
            "app.py": "B += 1\nif A:\n    A = 2\n",
            "constants.py": CONSTANTS,
        },
        [("from constants import A, B\n", "safe", "")],
    ),
    "another file that takes names of it": (
        {"more.py": "import json\nfrom app import A\nfrom constants import B\n", "constants.py": CONSTANTS},
        [("from constants import A, B\n", "safe", "")],
    ),
    "another file that imports it from its package": (
        {"more.py": "from . import app\n", "constants.py": CONSTANTS},
        [
            (
                "from constants import B\n",
                "unsafe",
                "another file imports this module whole, and may use more names of it",
            )
        ],
    ),
    "another file that cannot be parsed": (
        {"more.py": "from app import A\n)\n", "constants.py": CONSTANTS},
        [
            (
                "from constants import B\n",
                "unsafe",
                "another file imports this module whole, and may use more names of it",
            )
        ],
    ),
    "code that Python itself refuses": (
        {"app.py": "def broken(a, a): return A\n", "constants.py": CONSTANTS},
        [],
    ),
}


@pytest.mark.parametrize(("files", "expected"), NAMED.values(), ids=NAMED)
def test_the_names_in_use_are_told_by_what_stands_around(
    files: dict[str, str], expected: list[tuple[str, str, str]], tmp_path: Path
) -> None:
    end = f"{files.get('app.py', '')}\n\n{HANDLER}    return handle(B)\n"
    found = _narrowed(tmp_path, {**files, "app.py": f"from constants import *\n{end}"})
    assert found == [(f"{head}{end}", safety, reason) for head, safety, reason in expected]


def test_a_library_is_not_asked_for_what_a_module_gives(tmp_path: Path) -> None:
    end = f"\n\n{HANDLER}    return handle(B)\n"
    files = {"app.py": f"from constants import *\nfrom acme import *\n{end}", "constants.py": CONSTANTS}
    assert _narrowed(tmp_path, files) == [
        (f"from constants import B\nfrom acme import *\n{end}", "safe", ""),
        (
            f"from constants import *\nfrom acme import handle\n{end}",
            "unsafe",
            "the names that the module exports are not known",
        ),
    ]


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
    "a library that another one brings along": (
        "import aioboto3\nimport aiobotocore\nimport boto3\nfrom aws_xray_sdk import core\n\ncore.patch_all()\n",
        (
            "import aioboto3\nimport aiobotocore\nimport boto3\nfrom aws_xray_sdk import core\n\n"
            'core.patch(("aioboto3", "boto3"))\n'
        ),
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
    "a comment inside": "import boto3\nfrom aws_xray_sdk import core\n\ncore.patch_all(  # all\n)\n",
    "a variable": "import boto3\nfrom aws_xray_sdk import core\n\ntrace = core.patch_all\ntrace()\n",
    "a choice": "import boto3\nfrom aws_xray_sdk import core\n\n(core and core.patch_all)()\n",
    "a second use": "import boto3\nfrom aws_xray_sdk.core import patch_all\n\npatch_all()\nx = patch_all\n",
}


@pytest.mark.parametrize("text", NOT_PATCHED.values(), ids=NOT_PATCHED.keys())
def test_patch_all_stays_where_it_cannot_be_replaced(text: str, tmp_path: Path) -> None:
    assert _patched(tmp_path, text + "\n\n" + HANDLER + "    return event\n") is None


def test_libraries_of_all_files_are_patched(tmp_path: Path) -> None:
    files = {
        "app.py": f"import one\nimport two\nfrom aws_xray_sdk import core\n\ncore.patch_all()\n\n\n{HANDLER}    pass\n",
        "one.py": "import boto3\nimport two\n",
        "two.py": "import one\nimport requests\n",
    }
    imports = imports_of(tmp_path, files)
    module = imports.analysis.project.module("app.py")
    assert module is not None
    fix = patch_some(imports, module, module.calls[0].node)
    assert fix is not None
    after = files["app.py"].replace("core.patch_all()", 'core.patch(("boto3", "requests"))')
    assert applied(files, fix) == {**files, "app.py": after}


def _patched(root: Path, text: str) -> tuple[str, str] | None:
    imports = imports_of(root, {"app.py": text})
    module = imports.analysis.project.module("app.py")
    assert module is not None
    (call,) = [site.node for site in module.calls]
    fix = patch_some(imports, module, call)
    return (applied({"app.py": text}, fix)["app.py"], fix.safety) if fix is not None else None

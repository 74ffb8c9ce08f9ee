"""What hoisting makes of shapes that are easy to get wrong: whole files before and after."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hoisting import assert_kept, hoisted

_SHAPE = re.compile(
    r"^## ([^\n]+)\n\n```python\n(.*?)^```\n(?:\n### hoisted\n\n```python\n(.*?)^```\n)?", re.MULTILINE | re.DOTALL
)
SHAPES = {
    name: (before, after or before)
    for name, before, after in _SHAPE.findall((Path(__file__).parent / "shapes" / "hoist.md").read_text("utf-8"))
}
CONDITIONAL = """\
import boto3


def handler(event, context):
    if event["a"]:
        s3 = boto3.client("s3")
        return s3.head_object(Key=event["key"])
    return None
"""
CACHED = """\
import functools

import boto3


@functools.cache
def s3():
    return boto3.client("s3")


def handler(event, context):
    if event["a"]:
        return s3().head_object(Key=event["key"])
    return None
"""


def test_the_shapes_are_read() -> None:
    assert len(SHAPES) > 30


@pytest.mark.parametrize("shape", SHAPES)
def test_a_shape_is_hoisted_as_shown(shape: str, tmp_path: Path) -> None:
    before, after = SHAPES[shape]
    assert hoisted(tmp_path, {"app.py": before}, unsafe=True) == {"app.py": after}
    assert_kept(before, after)


@pytest.mark.parametrize("newline", ["\r\n", "\n"], ids=["windows", "unix"])
def test_newlines_stay_as_they_are(newline: str, tmp_path: Path) -> None:
    before, after = (text.replace("\n", newline) for text in (CONDITIONAL, CACHED))
    assert hoisted(tmp_path, {"app.py": before}) == {"app.py": after}


def test_a_file_without_a_last_newline_stays_one(tmp_path: Path) -> None:
    before = "import boto3\ndef handler(event, context):\n    s3 = boto3.client('s3'); return s3.head(event)"
    after = "import boto3\n\ns3 = boto3.client('s3')\n\n\ndef handler(event, context):\n    return s3.head(event)"
    assert hoisted(tmp_path, {"app.py": before}) == {"app.py": after}


def test_an_emptied_block_without_a_last_newline_stays_without_one(tmp_path: Path) -> None:
    head = "def handler(event, context):\n    try:\n        return event\n    finally:\n        "
    before = f"import boto3\n\n\n{head}boto3.client('s3')"
    assert hoisted(tmp_path, {"app.py": before}) == {"app.py": f"{head}pass"}


def test_a_client_behind_a_last_line_without_a_newline_stays_without_one(tmp_path: Path) -> None:
    head = "import os\n\nimport boto3\n\n\ndef handler(event, context):\n"
    tail = "    return s3.head(event)\n\n\nos.environ['A'] = 'b'"
    before = f"{head}    s3 = boto3.client('s3')\n{tail}"
    assert hoisted(tmp_path, {"app.py": before}) == {"app.py": f"{head}{tail}\ns3 = boto3.client('s3')"}


REPLACING_TEST = """\
from unittest.mock import patch

import app


@patch("boto3.client")
def test_it(made):
    app.handler({}, 0)
"""


def test_a_test_that_replaces_the_client_makes_the_fix_unsafe(tmp_path: Path) -> None:
    files = {"app.py": CONDITIONAL, "tests/test_app.py": REPLACING_TEST}
    assert hoisted(tmp_path, files) == files
    assert hoisted(tmp_path, files, unsafe=True) == {**files, "app.py": CACHED}


def test_a_client_that_an_import_needs_while_it_runs_is_cached_before_that_import(tmp_path: Path) -> None:
    head = "def load(key):\n    {}return {}.head(key)\n\n\n"
    tail = "import routes\n\n\ndef handler(event, context):\n    return load(routes.FIRST)\n"
    before = "import boto3\n\n\n" + head.format("s3 = boto3.client('s3')\n    ", "s3") + tail
    cached = "@functools.cache\ndef s3():\n    return boto3.client('s3')\n\n\n"
    after = "import functools\n\nimport boto3\n\n\n" + cached + head.format("", "s3()") + tail
    files = {"app.py": before, "routes.py": "import app\n\nFIRST = app.load('a')\n"}
    assert hoisted(tmp_path, files) == {**files, "app.py": after}

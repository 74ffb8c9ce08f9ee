"""What the bytes of a file alone tell."""

from __future__ import annotations

import pytest

from flake8_lambda_perf.project.outline import ACTING, CHANGING, IMPORT, Suspicion, _imports, outline

TEXTS = [
    b"import os, sys\nfrom . import a as b, c\nfrom ..x.y import (\n    one,  # so\n    two\n)\nimport re # import x\n",
    b"'''\nimport a\n'''; import b\nx = 'import c'\n\n    from d import e; import f\nimport g",
    b"from importlib import import_module\nfrom important import x\nimport\nimport imports\nfrom from import import\n",
    b"from a import (b, c\nfrom d import e\nimport f\\\n, g\nfrom h import *\n\timport i\nimport(j)\n",
    b"from k import(l)import m\nfrom n import (\n  o,\n) import p\nimport q",
    b"import",
    b"# import a import b import c\n" * 3,
    b"import a;import b\ntry: from c import d\nexcept ImportError: import e; import f\n",
    b"important = 1; import a\nx: important = import b; from c import d\n",
]
ANY = Suspicion({package for packages, _ in (*ACTING, *CHANGING) for package in packages})


@pytest.mark.parametrize("text", TEXTS)
def test_imports_are_those_that_their_pattern_finds_anywhere(text: bytes) -> None:
    data = b"\n" + text
    assert [found.groups() for found in _imports(data)] == [found.groups() for found in IMPORT.finditer(data)]


def test_imports_have_modules_levels_and_names() -> None:
    found = outline(TEXTS[0])
    assert found.imports == (
        ("os", 0, ()),
        ("sys", 0, ()),
        ("", 1, ("a", "c")),
        ("x.y", 2, ("one", "so", "two")),
        ("re", 0, ()),
    )
    assert not found.indented
    assert outline(TEXTS[1]).indented


def test_imports_may_follow_a_statement_and_go_on_in_the_next_line() -> None:
    found = outline(
        b"x = 1; import a\nif x: from b import c\nfrom d \\\n    import e, \\\r\n    f\nimport g, \\\n    h\n"
    )
    assert found.imports == (("a", 0, ()), ("b", 0, ("c",)), ("d", 0, ("e", "f")), ("g", 0, ()), ("h", 0, ()))
    assert found.indented


@pytest.mark.parametrize(
    "text",
    [
        b'"""Usage: from app import run"""\n',
        b"x = 1  # see app; import run\n",
        b"run = 'python -c \"import sys; from app import run\"'\n",
        b'"""\nNote: import run\n"""\n',
    ],
)
def test_what_a_comment_or_a_string_says_behind_a_colon_is_no_import(text: bytes) -> None:
    assert outline(text).imports == ()


@pytest.mark.parametrize(
    "before",
    [
        "x = '#'; ",
        "print('x\\n'); ",
        'Q = \'"""\'\nif 1: ',
        '# a """ b\ntry: ',
        '"""about \'\'\' quotes"""\nif 1: ',
        "\x0c",
    ],
)
def test_imports_may_follow_a_form_feed_or_strings(before: str) -> None:
    assert outline(f"{before}import a\n".encode()).imports == (("a", 0, ()),)


def test_the_dots_of_a_relative_import_may_stand_apart_or_close() -> None:
    found = outline(b"from . app import a\nfrom.app import b\nfrom . . import c\nfrom.import d\n")
    assert found.imports == (("app", 1, ("a",)), ("app", 1, ("b",)), ("", 2, ("c",)), ("", 1, ("d",)))


def test_what_rules_report_whatever_a_file_imports_is_not_met_where_no_file_imports_its_package() -> None:
    text = b"app.include_router(router)"
    assert Suspicion({"fastapi"}).falls_on(text, outline(text))
    assert not Suspicion({"boto3"}).falls_on(text, outline(text))


@pytest.mark.parametrize(
    "text",
    [
        b"import boto3\nclient = boto3.Session()",
        b"import boto3\nmake = boto3.client",
        b"from boto3 import client as make",
        b"import redis\n\nmake = redis.Redis",
        b"def load():\n    import json",
        b"from x import *",
        b"x = make.client('s3')",
        b"logging.basicConfig(level=1)",
        b"# \xc3\xa9\n",
        b"class A:\n    at: float = time.time()",
        b"def load(at=uuid.uuid4()): ...",
    ],
)
def test_a_file_may_hold_a_finding(text: bytes) -> None:
    assert ANY.falls_on(text, outline(text))


@pytest.mark.parametrize(
    "text",
    [
        b"import boto3\nx = client",
        b"import redis\nx: redis.Redis.Pool = redis",
        b"client = make('client')",
        b"import uuid\nx = str(uuid.uuid4())",
        b"\xef\xbb\xbfx = 1",
    ],
)
def test_a_file_holds_no_finding_for_less(text: bytes) -> None:
    assert not ANY.falls_on(text, outline(text))

"""Each format of the report, whole; SARIF has a file of its own."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from report_sample import PATH, RUN

from flake8_lambda_perf.model import Run, Span, Step
from flake8_lambda_perf.report import FORMATS, render, statistics
from flake8_lambda_perf.report.ansi import coloured
from flake8_lambda_perf.report.diff import unified

FULL = """\
LPF101 `boto3.resource` runs on every invocation of `handler` [aws-client-per-invocation]
  --> src/größe 1.py:5:27
  |
4 | def handler(event, context):
5 |     greeting = "🙂漢"; table = boto3.resource("dynamodb").Table("orders")
  |                                ^^^^^^^^^^^^^^^^^^^^^^^^^^
  why this line is paid:
    template.yaml:12  OrdersFunction is src.handler
    src/größe 1.py:5  handler builds it
  fix: lambda-perf fix --select LPF101

LPF101 `load` runs on every invocation of `handler` [aws-client-per-invocation]
  --> src/größe 1.py:6:12
  |
5 |     greeting = "🙂漢"; table = boto3.resource("dynamodb").Table("orders")
6 |     return load(
  |            ^^^^^
  why this line is paid:
    template.yaml:12  OrdersFunction is src.handler
    src/größe 1.py:6  handler builds it
  note: about 4.1 s
  fix: lambda-perf fix --unsafe-fixes --select LPF101

2 findings, 1 fixable with lambda-perf fix (1 more with --unsafe-fixes)
"""

CONCISE = """\
src/größe 1.py:5:27: LPF101 `boto3.resource` runs on every invocation of `handler`
src/größe 1.py:6:12: LPF101 `load` runs on every invocation of `handler`
2 findings, 1 fixable with lambda-perf fix (1 more with --unsafe-fixes)
"""

GITHUB = """\
::warning title=LPF101 (aws-client-per-invocation),file=src/größe 1.py,line=5,endLine=5,col=27,endColumn=53::\
src/größe 1.py:5:27: LPF101 `boto3.resource` runs on every invocation of `handler`
::warning title=LPF101 (aws-client-per-invocation),file=src/größe 1.py,line=6,endLine=8::\
src/größe 1.py:6:12: LPF101 `load` runs on every invocation of `handler`
::error title=lambda-perf,file=src/old%2C 2.py,line=3::print without parentheses: 100%25 Python 2%0Aremove it
::error title=lambda-perf::odd
"""

TRACE_JSON = {"path": "template.yaml", "line": 12, "text": "OrdersFunction is src.handler"}
HANDLER_JSON = {
    "name": "OrdersFunction",
    "path": PATH,
    "evidence": "template.yaml:12 OrdersFunction",
    "confidence": "declared",
}
JSON = {
    "version": 1,
    "findings": [
        {
            "code": "LPF101",
            "name": "aws-client-per-invocation",
            "message": "`boto3.resource` runs on every invocation of `handler`",
            "path": PATH,
            "line": 5,
            "column": 27,
            "end_line": 5,
            "end_column": 53,
            "handler": HANDLER_JSON,
            "trace": [TRACE_JSON, {"path": PATH, "line": 5, "text": "handler builds it"}],
            "note": None,
            "fix": {
                "title": "Build it at module scope",
                "safety": "safe",
                "reason": "",
                "edits": [
                    {
                        "path": PATH,
                        "start": {"line": 5, "column": 27},
                        "end": {"line": 5, "column": 53},
                        "text": "dynamodb",
                    },
                    {"path": PATH, "start": {"line": 2, "column": 1}, "end": {"line": 2, "column": 1}, "text": "x\n"},
                ],
                "creates": [],
            },
        },
        {
            "code": "LPF101",
            "name": "aws-client-per-invocation",
            "message": "`load` runs on every invocation of `handler`",
            "path": PATH,
            "line": 6,
            "column": 12,
            "end_line": 8,
            "end_column": 6,
            "handler": HANDLER_JSON,
            "trace": [TRACE_JSON, {"path": PATH, "line": 6, "text": "handler builds it"}],
            "note": "about 4.1 s",
            "fix": {
                "title": "Move it to a file of its own",
                "safety": "unsafe",
                "reason": "the import runs earlier",
                "edits": [
                    {
                        "path": PATH,
                        "start": {"line": 1, "column": 1},
                        "end": {"line": 1, "column": 13},
                        "text": "from clients import S3",
                    }
                ],
                "creates": [{"path": "src/clients.py", "text": "S3 = 1\n"}],
            },
        },
    ],
    "problems": [
        {"path": "src/old, 2.py", "line": 3, "message": "print without parentheses: 100% Python 2\nremove it"},
        {"path": "", "line": 0, "message": "odd"},
    ],
    "summary": {"files": 3, "skipped": 1, "handlers": 1, "findings": 2, "fixable": 1, "unsafe": 1},
}


@pytest.mark.parametrize(("name", "expected"), [("full", FULL), ("concise", CONCISE), ("github", GITHUB)])
def test_text_is_what_people_and_tools_read(name: str, expected: str) -> None:
    assert render(RUN, name) == expected


def test_json_has_the_documented_shape() -> None:
    assert json.loads(render(RUN, "json")) == JSON


def test_json_is_ascii_so_that_any_terminal_can_print_it() -> None:
    assert render(RUN, "json").isascii()


def test_empty_run_is_a_whole_report_in_every_format() -> None:
    empty = {
        "version": 1,
        "findings": [],
        "problems": [],
        "summary": {"files": 0, "skipped": 0, "handlers": 0, "findings": 0, "fixable": 0, "unsafe": 0},
    }
    said = {name: render(Run(), name) for name in FORMATS if name not in {"json", "sarif"}}
    nothing = "no findings in 0 files, 0 handlers\n"
    assert said == {"full": nothing, "concise": nothing, "github": ""}
    assert json.loads(render(Run(), "json")) == empty


@pytest.mark.parametrize(
    ("safeties", "expected"),
    [
        ((None,), "1 finding"),
        (("safe",), "1 finding, 1 fixable with lambda-perf fix"),
        (("unsafe", None), "2 findings, 1 fixable with lambda-perf fix --unsafe-fixes"),
        (("safe", "unsafe", "unsafe"), "3 findings, 1 fixable with lambda-perf fix (2 more with --unsafe-fixes)"),
    ],
)
def test_footer_counts_what_can_be_fixed(safeties: tuple[str, ...], expected: str) -> None:
    one = replace(RUN.findings[0], fix=None)
    findings = tuple(replace(one, fixable=safety) for safety in safeties)  # type: ignore[arg-type]  # literals above
    assert render(Run(findings=findings), "concise").splitlines()[-1] == expected


def test_statistics_count_the_most_frequent_rule_first() -> None:
    other = replace(RUN.findings[0], code="LPF301", name="eager-routers")
    run = replace(RUN, findings=(other, *RUN.findings * 5))
    assert statistics.render(run) == "10  LPF101 aws-client-per-invocation\n 1  LPF301 eager-routers\n"


def test_finding_without_text_or_trace_has_no_frame() -> None:
    bare = replace(RUN.findings[0], trace=(), handler=None, fix=None, fixable=None)
    assert render(Run(findings=(bare,)), "full") == (
        "LPF101 `boto3.resource` runs on every invocation of `handler` [aws-client-per-invocation]\n"
        "  --> src/größe 1.py:5:27\n\n1 finding\n"
    )


def test_control_characters_of_a_repository_never_reach_the_terminal() -> None:
    text = "x = '\x1b[2J'; boto3.client()\n"
    hostile = replace(
        RUN.findings[0],
        path="a\n\x1b.py",
        message="`\x9b\u202e`",
        span=Span(12, 26),
        line=1,
        column=13,
        end_line=1,
        end_column=27,
        trace=(Step("a\n\x1b.py", 1, "\r"),),
        fixable=None,
    )
    run = Run(findings=(hostile,), texts={"a\n\x1b.py": text})
    assert render(run, "full") == (
        r"""LPF101 `\x9b\u202e` [aws-client-per-invocation]
  --> a\n\x1b.py:1:13
  |
1 | x = '\x1b[2J'; boto3.client()
  |                ^^^^^^^^^^^^^^
  why this line is paid:
    a\n\x1b.py:1  \r

1 finding
"""
    )


def test_colours_change_nothing_but_colours() -> None:
    for name in ("full", "concise"):
        painted = render(RUN, name, coloured)
        assert "\x1b[" in painted
        assert re.sub(r"\x1b\[[0-9;]*m", "", painted) == render(RUN, name)


def test_diff_shows_changed_and_new_files_with_their_newlines() -> None:
    changed = unified("src/app.py", b"a\r\nb\r\nc", b"a\r\nB\r\nc", lambda text, _style: text)
    assert changed == (
        "--- a/src/app.py\n+++ b/src/app.py\n@@ -1,3 +1,3 @@\n a\r\n-b\r\n+B\r\n c\n\\ No newline at end of file\n"
    )
    assert unified("new.py", None, b"x = 1\n") == "--- /dev/null\n+++ b/new.py\n@@ -0,0 +1 @@\n+x = 1\n"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such names")
@pytest.mark.parametrize("name", ['a "b".py', "a\tb.py", "a\nb.py", "back\\slash é.py", "größe 1.py"])
def test_git_applies_the_diff_of_a_file_with_an_odd_name(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"a = 1\n")
    diff = unified(name, b"a = 1\n", b"a = 2\n").encode("utf-8", "surrogateescape")
    subprocess.run(["git", "apply", "-"], cwd=tmp_path, input=diff, check=True)
    assert (tmp_path / name).read_bytes() == b"a = 2\n"

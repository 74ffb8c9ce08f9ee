"""The SARIF report, whole, and held against a schema (test_sarif_model.py: against a model of others).

The schema beside this file is our own: it allows what we write and nothing else, in the words of
the standard (SARIF 2.1.0, OASIS), so that a misspelt or misplaced property is noticed. The schema of
OASIS itself is not kept here.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import jsonschema
from report_sample import APP, PATH, RUN

from flake8_lambda_perf import __version__
from flake8_lambda_perf.model import Problem, Run, Span, Step
from flake8_lambda_perf.report import render
from flake8_lambda_perf.rules.catalog import entries

SCHEMA = json.loads(Path(__file__).with_name("sarif.schema.json").read_text("utf-8"))


def region(line: int, column: int, end_line: int, end_column: int) -> dict[str, int]:
    return {"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column}


URI = "src/gr%C3%B6%C3%9Fe%201.py"


def place(uri: str, where: dict[str, int], text: str | None = None) -> dict[str, object]:
    location: dict[str, object] = {"physicalLocation": {"artifactLocation": {"uri": uri}, "region": where}}
    return location if text is None else {**location, "message": {"text": text}}


def flow(line: int) -> list[dict[str, object]]:
    locations = [
        {"location": place("template.yaml", {"startLine": 12}, "OrdersFunction is src.handler")},
        {"location": place(URI, {"startLine": line}, "handler builds it")},
    ]
    return [{"threadFlows": [{"locations": locations}]}]


def sarif_result(message: str, where: dict[str, int], fingerprint: str, fix: dict[str, object]) -> dict[str, object]:
    index = [entry.code for entry in entries()].index("LPF101")
    return {
        "ruleId": "LPF101",
        "ruleIndex": index,
        "level": "warning",
        "message": {"text": message},
        "locations": [place(URI, where)],
        "partialFingerprints": {"primaryLocationLineHash": fingerprint},
        "codeFlows": flow(where["startLine"]),
        "fixes": [fix],
    }


def replacement(where: dict[str, int], text: str) -> dict[str, object]:
    return {"deletedRegion": where, "insertedContent": {"text": text}}


SARIF_FIXES: list[dict[str, object]] = [
    {
        "description": {"text": "Build it at module scope (safe)"},
        "artifactChanges": [
            {
                "artifactLocation": {"uri": URI},
                "replacements": [
                    replacement(region(5, 28, 5, 54), "dynamodb"),
                    replacement(region(2, 1, 2, 1), "x\n"),
                ],
            }
        ],
    },
    {
        "description": {"text": "Move it to a file of its own (unsafe: the import runs earlier)"},
        "artifactChanges": [
            {
                "artifactLocation": {"uri": URI},
                "replacements": [replacement(region(1, 1, 1, 13), "from clients import S3")],
            },
            {
                "artifactLocation": {"uri": "src/clients.py"},
                "replacements": [replacement(region(1, 1, 1, 1), "S3 = 1\n")],
            },
        ],
    },
]


def log_of(run: Run) -> dict[str, object]:
    """The SARIF log of a run, which the schema allows."""
    log: dict[str, object] = json.loads(render(run, "sarif"))
    jsonschema.Draft7Validator(SCHEMA).validate(log)
    return log


def run_of(log: dict[str, object]) -> dict[str, object]:
    runs = log["runs"]
    assert isinstance(runs, list)
    only: dict[str, object] = runs[0]
    return only


def test_sarif_tells_results_flows_fixes_and_problems() -> None:
    run = run_of(log_of(RUN))
    assert run["results"] == [
        sarif_result(
            "`boto3.resource` runs on every invocation of `handler`",
            region(5, 28, 5, 54),  # the emoji is two UTF-16 units
            "f80ceaed67c91a379ccd4dae9b92f548",
            SARIF_FIXES[0],
        ),
        sarif_result(
            "`load` runs on every invocation of `handler`",
            region(6, 12, 8, 6),
            "571d73d0891574e05e0e79c1d0384a76",
            SARIF_FIXES[1],
        ),
    ]
    message = "print without parentheses: 100% Python 2\nremove it"
    assert run["invocations"] == [
        {
            "executionSuccessful": False,
            "toolExecutionNotifications": [
                {
                    "level": "error",
                    "message": {"text": message},
                    "locations": [place("src/old%2C%202.py", {"startLine": 3})],
                },
                {"level": "error", "message": {"text": "odd"}},
            ],
        }
    ]
    assert run["columnKind"] == "utf16CodeUnits"


def test_sarif_leaves_out_what_is_not_known() -> None:
    bare = replace(RUN.findings[0], path="gone.py", trace=(Step("gone.py", 0, "it is loaded"),), fix=None)
    problem = Problem("template.yaml", 0, "odd")
    run = run_of(log_of(Run(findings=(bare, replace(bare, trace=())), problems=(problem,))))
    results = run["results"]
    assert isinstance(results, list)
    assert [result["locations"] for result in results] == [[place("gone.py", region(5, 27, 5, 53))]] * 2
    unplaced = {"physicalLocation": {"artifactLocation": {"uri": "gone.py"}}, "message": {"text": "it is loaded"}}
    assert results[0]["codeFlows"] == [{"threadFlows": [{"locations": [{"location": unplaced}]}]}]
    assert "codeFlows" not in results[1]
    told = {"level": "error", "message": {"text": "odd"}}
    where = {"physicalLocation": {"artifactLocation": {"uri": "template.yaml"}}}
    assert run["invocations"] == [
        {"executionSuccessful": False, "toolExecutionNotifications": [{**told, "locations": [where]}]}
    ]


def test_sarif_describes_every_rule() -> None:
    tool = run_of(log_of(Run()))["tool"]
    assert isinstance(tool, dict)
    driver = tool["driver"]
    rules = driver.pop("rules")
    assert driver == {
        "name": "lambda-perf",
        "semanticVersion": __version__,
        "informationUri": "https://pypi.org/project/flake8-lambda-perf/",
    }
    assert [(rule["id"], rule["name"], rule["defaultConfiguration"]["enabled"]) for rule in rules] == [
        (entry.code, entry.name, entry.default) for entry in entries()
    ]


def test_schema_of_sarif_refuses_what_the_standard_does_not_know() -> None:
    log = log_of(RUN)
    run_of(log)["result"] = []
    assert not jsonschema.Draft7Validator(SCHEMA).is_valid(log)


def test_fingerprint_stays_when_lines_are_added_above_and_blanks_change() -> None:
    shift = len("# new\n") + 1
    one = RUN.findings[1]
    moved = replace(one, line=one.line + 1, span=Span(one.span.start + shift, one.span.end + shift))
    before = run_of(log_of(replace(RUN, findings=(one,))))["results"]
    text = "# new\n" + APP.replace("return load", "return  load")
    after = run_of(log_of(replace(RUN, findings=(replace(moved, fix=None),), texts={PATH: text})))["results"]
    assert isinstance(before, list)
    assert isinstance(after, list)
    assert before[0]["partialFingerprints"] == after[0]["partialFingerprints"]


def test_fingerprints_of_equal_lines_differ() -> None:
    twice = run_of(log_of(replace(RUN, findings=(RUN.findings[0], RUN.findings[0]))))["results"]
    assert isinstance(twice, list)
    assert len({result["partialFingerprints"]["primaryLocationLineHash"] for result in twice}) == 2


def test_sarif_of_an_empty_run_is_a_whole_log() -> None:
    assert run_of(log_of(Run()))["results"] == []

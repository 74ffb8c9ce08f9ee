"""What a run reports, and when a repair is given up."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from marked import job

from flake8_lambda_perf import engine
from flake8_lambda_perf.model import Problem, Run

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

CODES = frozenset({"LPF101"})
SLOW = """\
import boto3


def handler(event, context):
    s3 = boto3.client("s3")
    return s3.head_object(Key=event["key"])
"""
TEMPLATE = """\
Resources:
  Orders:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Runtime: python3.11
"""


def lines(run: Run) -> list[tuple[str, int]]:
    return [(finding.path, finding.line) for finding in run.findings]


def test_a_repair_that_does_not_settle_changes_nothing_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "ROUNDS", 1)
    repair = engine.fix(job(tmp_path, {"app.py": SLOW}, CODES), False)
    message = "the fixes of aws-client-per-invocation do not settle; nothing was changed"
    assert repair.run.problems == (Problem("app.py", 5, message),)
    assert (lines(repair.run), repair.changes, repair.applied) == ([("app.py", 5)], (), 0)


def test_a_target_outside_of_the_root_has_no_findings(tmp_path: Path) -> None:
    asked = job(tmp_path / "project", {"app.py": SLOW}, CODES)
    assert lines(engine.check(asked)) == [("app.py", 5)]
    assert lines(engine.check(replace(asked, targets=(tmp_path / "other", tmp_path / "project/other")))) == []


def test_rules_are_ignored_in_the_files_that_the_settings_name(tmp_path: Path) -> None:
    settings = '[per-file-ignores]\n"old/*.py" = ["LPF1"]\n"new.py" = ["LPF201"]\n'
    files = {"lambda-perf.toml": settings, "old/app.py": SLOW, "new.py": SLOW, "app.py": SLOW}
    assert lines(engine.check(job(tmp_path, files, CODES))) == [("app.py", 5), ("new.py", 5)]


def test_a_file_that_only_python_can_parse_is_a_problem_and_the_others_are_checked(tmp_path: Path) -> None:
    long = SLOW.replace('"s3"', '"s3", region_name=' + '"a" ' * 5_000)
    run = engine.check(job(tmp_path, {"app.py": SLOW, "long.py": long}, CODES))
    assert lines(run) == [("app.py", 5)]
    (problem,) = run.problems
    assert problem.path == "long.py"
    assert problem.message.startswith("LibCST cannot parse this: ")


def test_a_handler_that_does_not_parse_is_a_problem_whatever_it_does(tmp_path: Path) -> None:
    text = "def handler(event, context):\n" + "    print(event)\n" * 4 + "    return = 1\n"
    for name, broken in {"idle": text, "slow": text.replace("print(event)", "boto3.client('s3')")}.items():
        asked = job(tmp_path / name, {"template.yaml": TEMPLATE, "app.py": broken}, CODES)
        for run in (engine.check(asked), engine.handlers(asked)):
            assert [(problem.path, problem.line) for problem in run.problems] == [("app.py", 6)]


def test_who_wants_no_fixes_gets_the_same_findings_and_reads_a_run_with_fixes(tmp_path: Path) -> None:
    asked = replace(job(tmp_path, {"app.py": SLOW}, CODES), cache=tmp_path / "cache")
    bare = engine.find(asked)
    assert [(finding.fixable, finding.fix) for finding in bare.findings] == [(None, None)]
    planned = engine.check_with_fixes(asked)
    assert [finding.fixable for finding in planned.findings] == ["safe"]
    stripped = tuple(replace(finding, fixable=None, fix=None) for finding in planned.findings)
    assert stripped == bare.findings
    assert engine.find(asked).findings == planned.findings


def test_a_runtime_is_found_from_the_day_on_which_it_ends_though_the_cache_holds_an_answer(tmp_path: Path) -> None:
    asked = job(tmp_path / "project", {"template.yaml": TEMPLATE, "app.py": SLOW}, frozenset({"LPF710"}))
    asked = replace(asked, cache=tmp_path / "cache")
    days = [date(2027, 6, 28), date(2027, 6, 29), date(2027, 6, 30), date(2027, 7, 1)]
    found = [lines(engine.check(replace(asked, day=day))) for day in days]
    assert found == [[], [], [("template.yaml", 6)], [("template.yaml", 6)]]
    assert len(list((tmp_path / "cache").glob("*.json"))) == 2  # one for each answer


def test_what_is_fixed_in_a_manifest_is_not_left_to_find(tmp_path: Path) -> None:
    template = TEMPLATE.replace("3.11", "3.8")
    asked = job(tmp_path, {"template.yaml": template, "app.py": SLOW}, frozenset({"LPF101", "LPF710"}))
    repair = engine.fix(asked, True)
    assert (lines(repair.run), repair.run.problems, repair.applied) == ([], (), 2)
    assert [change.path for change in repair.changes] == ["app.py", "template.yaml"]

"""Every rule's docstring is true: Slow is found where marked, Fast is clean, and Fix does as it says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from marked import Files, files_of, fixed, found, job, marks_of, unmarked

from flake8_lambda_perf import engine
from flake8_lambda_perf.rules.catalog import Entry, entries

every_rule = pytest.mark.parametrize("rule", entries(), ids=[entry.name for entry in entries()])
fixing_rules = [entry for entry in entries() if not entry.fix.startswith("None")]
every_fix = pytest.mark.parametrize("rule", fixing_rules, ids=[entry.name for entry in fixing_rules])


def job_of(rule: Entry, root: Path, files: Files) -> engine.Job:
    """Asks for the findings of one rule, on or off by default."""
    made = job(root, files, frozenset({rule.code}))
    return replace(made, settings=replace(made.settings, select=(rule.code,)))


@every_rule
def test_slow_is_found_exactly_where_it_is_marked(rule: Entry, tmp_path: Path) -> None:
    slow = files_of(rule.slow)
    made = job_of(rule, tmp_path, unmarked(slow))
    assert found(made, frozenset({rule.code})) == marks_of(slow)


@every_rule
def test_fast_is_clean(rule: Entry, tmp_path: Path) -> None:
    made = job_of(rule, tmp_path, files_of(rule.fast))
    assert found(made, frozenset({rule.code})) == []


@every_fix
def test_fixing_slow_makes_fast(rule: Entry, tmp_path: Path) -> None:
    slow = unmarked(files_of(rule.slow))
    made = job_of(rule, tmp_path, slow)
    unsafe = rule.fix.startswith("Unsafe")
    fast = files_of(rule.fast)
    after = fixed(made, slow, unsafe=unsafe)
    assert {name: text for name, text in after.items() if name in {*slow, *fast}} == fast


@every_rule
def test_a_fix_is_offered_as_the_docstring_says(rule: Entry, tmp_path: Path) -> None:
    made = job_of(rule, tmp_path, unmarked(files_of(rule.slow)))
    said = {"Safe": "safe", "Unsafe": "unsafe", "None": None}
    expected = next(value for word, value in said.items() if rule.fix.startswith(word))
    assert {finding.fixable for finding in engine.check(made).findings} == {expected}


WRAPPER = """import boto3


class Orders:
    def __init__(self):
        self.table = boto3.resource("dynamodb").Table("orders")
        self.seen = None

    def get(self, key):
        {noted}
        return self.table.get_item(Key={{"id": key}})


def handler(event, context):
    return Orders().get(event["id"])
"""


@pytest.mark.parametrize(
    ("noted", "advice"),
    [
        ("print(key)", "make one instance at module scope"),
        ("self.seen = key", "keep the client apart, at module scope"),
    ],
)
def test_a_wrapper_that_notes_what_is_asked_for_is_not_to_serve_every_request(
    noted: str, advice: str, tmp_path: Path
) -> None:
    run = engine.check(job(tmp_path, {"app.py": WRAPPER.format(noted=noted)}, frozenset({"LPF105"})))
    expected = f"`Orders()` builds `boto3.resource` on every invocation of `handler`; {advice}"
    assert [finding.message for finding in run.findings] == [expected]

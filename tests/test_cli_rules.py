"""`lambda-perf rules` and `lambda-perf explain`: what each rule is called and says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from flake8_lambda_perf.cli import main
from flake8_lambda_perf.rules.catalog import entries

if TYPE_CHECKING:
    import pytest


def test_rules_are_listed_and_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules"]) == 0
    assert [row.split()[0] for row in capsys.readouterr().out.splitlines()] == [entry.code for entry in entries()]
    assert main(["rules", "--format", "json"]) == 0
    assert [rule["name"] for rule in json.loads(capsys.readouterr().out)["rules"]] == [each.name for each in entries()]
    assert main(["explain", "aws-client-per-invocation"]) == 0
    (entry,) = (each for each in entries() if each.code == "LPF101")
    page = capsys.readouterr().out
    assert page.startswith(f"LPF101 aws-client-per-invocation\n\n{entry.summary}\n\nWhy: {entry.why}\n")
    assert page.endswith("By default: on\n")

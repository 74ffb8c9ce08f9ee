"""From a CDK app in TypeScript to findings: in the code that it deploys, and in the app itself."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from oracle.examine import job_of

from flake8_lambda_perf import engine
from flake8_lambda_perf.model import Step

PROJECT = Path(__file__).parent / "projects" / "cdk_typescript" / "project"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy that lies below no folder of tests."""
    return Path(shutil.copytree(PROJECT, tmp_path / "desk"))


def test_the_trace_begins_where_the_app_names_the_function(project: Path) -> None:
    (found,) = [one for one in engine.check(job_of(project)).findings if one.path.startswith("functions/tickets/")]
    assert found.trace == (
        Step("lib/functions.ts", 21, "tickets-function deploys `tickets.open`"),
        Step("functions/tickets/tickets.py", 8, "handler `open` (tickets-function in functions.ts)"),
        Step("functions/tickets/tickets.py", 9, "`boto3.resource(...)` is built"),
    )
    assert found.handler is not None
    facts = (found.handler.runtime, found.handler.memory, found.handler.timeout, found.handler.triggers)
    assert facts == ("python3.13", 256, 45, ("api",))
    assert found.handler.environment == ("TABLE",)


def test_a_finding_in_the_app_is_at_the_character_that_states_the_fact(project: Path) -> None:
    (found,) = [one for one in engine.check(job_of(project)).findings if one.path.endswith(".ts")]
    line = (project / "lib/functions.ts").read_text("utf-8").splitlines()[13]
    assert (found.code, found.line, found.column) == ("LPF706", 14, line.index("45") + 1)
    assert found.end_column - found.column == len("45")


def test_a_function_whose_folder_is_gone_is_listed_with_its_reason(project: Path) -> None:
    shutil.rmtree(project / "functions/tickets")
    (found,) = engine.check(job_of(project)).unresolved
    assert (found.handler, found.path, found.line, found.resource) == (
        "tickets.open",
        "lib/functions.ts",
        21,
        "tickets-function",
    )
    assert found.reason == "there is no `tickets` below `functions/tickets`, and no module fits"

"""From a CDK app in Python to findings: in the code that it deploys, and in the app itself."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from oracle.examine import job_of

from flake8_lambda_perf import engine
from flake8_lambda_perf.model import Step

PROJECT = Path(__file__).parent / "projects" / "cdk" / "project"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy that lies below no folder of tests."""
    folder = Path(shutil.copytree(PROJECT, tmp_path / "shop"))
    (folder / "lambda-perf.toml").write_text("", "utf-8")
    return folder


def test_the_trace_begins_where_the_app_declares_the_function(project: Path) -> None:
    (found,) = [one for one in engine.check(job_of(project)).findings if one.path.startswith("functions/orders/")]
    assert found.trace == (
        Step("shop/stack.py", 17, "OrdersFunction deploys `orders.take`"),
        Step("functions/orders/orders.py", 8, "handler `take` (OrdersFunction in stack.py)"),
        Step("functions/orders/orders.py", 9, "`boto3.resource(...)` is built"),
    )
    assert found.handler is not None
    facts = (found.handler.runtime, found.handler.memory, found.handler.timeout, found.handler.triggers)
    assert facts == ("python3.13", 512, 60, ("api",))
    assert found.handler.environment == ("MAILS", "STAGE")


def test_flake8_reports_the_app_at_the_character_that_states_the_fact(project: Path) -> None:
    line = (project / "shop/stack.py").read_text("utf-8").splitlines()[16]
    done = subprocess.run(
        [sys.executable, "-m", "flake8", "--isolated", "--select=LPF7", "shop/stack.py"],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    assert done.stdout == (
        f"shop/stack.py:17:{line.index('60') + 1}: LPF706 `OrdersFunction` may run for 60 s, "
        "and API Gateway waits for 29 s; answer sooner, or work behind a queue\n"
    )

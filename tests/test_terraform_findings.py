"""From Terraform to findings: in the code that it deploys, and in its own files."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from oracle.examine import job_of

from flake8_lambda_perf import engine
from flake8_lambda_perf.cli import main
from flake8_lambda_perf.model import Said, Step

PROJECT = Path(__file__).parent / "projects" / "terraform" / "project"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy that lies below no folder of tests."""
    folder = Path(shutil.copytree(PROJECT, tmp_path / "shop"))
    (folder / "lambda-perf.toml").write_text("", "utf-8")
    return folder


def test_the_trace_begins_at_the_entry_of_the_map_that_makes_the_function(project: Path) -> None:
    (found,) = [one for one in engine.check(job_of(project)).findings if one.path == "services/mail/mail.py"]
    resource = 'module.workers["mail"].aws_lambda_function.this'
    assert found.trace == (
        Step("infra/locals.tf", 3, f"{resource} deploys `mail.send`"),
        Step("services/mail/mail.py", 6, f"handler `send` ({resource} in locals.tf)"),
        Step("services/mail/mail.py", 7, "`boto3.client(...)` is built"),
    )
    assert found.handler is not None
    assert (found.handler.runtime, found.handler.memory, found.handler.timeout) == ("python3.13", 512, 10)
    assert found.handler.said == (
        Said("runtime", "python3.13", "infra/modules/function/main.tf", 12, 22, '"python3.13"'),
        Said("memory", 512, "infra/locals.tf", 3, 46, "512"),
        Said("timeout", 10, "infra/modules/function/variables.tf", 20, 13),
        Said("trigger", "sqs", "infra/main.tf", 26, 22),
    )


def test_the_fix_edits_the_literal_that_the_call_gives(project: Path) -> None:
    before = (project / "infra/main.tf").read_text("utf-8")
    main(["fix", "--unsafe-fixes", "--select", "LPF706", "--no-cache", str(project)])
    assert (project / "infra/main.tf").read_text("utf-8") == before.replace("timeout = 60", "timeout = 29")


def test_functions_that_one_line_makes_keep_their_own_code(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(
        'resource "aws_lambda_function" "each" {\n'
        '  for_each = toset(["heavy", "light"])\n'
        '  handler  = "${each.key}.handler"\n'
        '  runtime  = "python3.13"\n'
        '  filename = "${each.key}.py"\n'
        "}\n",
        "utf-8",
    )
    body = "def handler(event, context):\n    return {}\n"
    (tmp_path / "heavy.py").write_text(f"import pandas\nimport scipy.stats\n\n\n{body}", "utf-8")
    (tmp_path / "light.py").write_text(body, "utf-8")
    found = [one for one in engine.check(job_of(tmp_path)).findings if one.code == "LPF703"]
    assert [(one.line, one.message.split("`")[1]) for one in found] == [(2, 'aws_lambda_function.each["heavy"]')]

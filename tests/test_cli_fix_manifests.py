"""`lambda-perf fix` and standard input with manifests: what is not on disk yet is what counts."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from flake8_lambda_perf.cli import main

SHARED = """\
provider:
  name: aws
  runtime: python3.13
  memorySize: &small 128  # of all
  vpc: {subnetIds: [a], securityGroupIds: [b]}
functions:
  take:
    handler: app.handler
  ship:
    handler: app.handler
    memorySize: *small
    provisionedConcurrency: 2
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A service with two functions, which is the working directory."""
    (tmp_path / "lambda-perf.toml").write_bytes(b"")
    (tmp_path / "app.py").write_bytes(b'def handler(event, context):\n    return event["id"]\n')
    (tmp_path / "serverless.yml").write_bytes(SHARED.encode())
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    return tmp_path


def test_a_repaired_manifest_is_looked_at_again(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One value of two functions: what suits the first is too little for the second."""
    assert main(["fix", "--unsafe-fixes"]) == 0
    assert capsys.readouterr() == ("fixed serverless.yml\n", "2 fixes applied in 1 file, 0 findings left\n")
    assert (project / "serverless.yml").read_text("utf-8") == SHARED.replace("128", "512")
    assert main(["check"]) == 0


def test_a_manifest_named_to_fix_is_never_taken_for_python(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fix", "--unsafe-fixes", "serverless.yml"]) == 0
    assert capsys.readouterr() == ("fixed serverless.yml\n", "2 fixes applied in 1 file, 0 findings left\n")
    assert (project / "serverless.yml").read_text("utf-8") == SHARED.replace("128", "512")


@pytest.mark.usefixtures("project")
def test_standard_input_may_be_a_manifest(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    text = SHARED.replace("python3.13", "python3.8").replace("128", "512")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    assert main(["check", "-", "--stdin-filename", "serverless.yml", "--format", "concise"]) == 1
    assert capsys.readouterr().out == (
        "serverless.yml:3:12: LPF710 `take` runs on python3.8, which has had no updates since 2024-10-14; "
        "move to a newer Python\n"
        "1 finding, 1 fixable with lambda-perf fix --unsafe-fixes\n"
    )

"""`lambda-perf fix`: what it writes, what it only shows, and what it leaves alone."""

from __future__ import annotations

import io
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from flake8_lambda_perf.cli import main

SLOW = """\
import boto3


def handler(event, context):
    s3 = boto3.client("s3")
    return s3.list_buckets()
"""
CLEAN = "x = 1\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one file to fix, which is the working directory."""
    (tmp_path / "lambda-perf.toml").write_bytes(b"")
    (tmp_path / "app.py").write_bytes(SLOW.encode())
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    return tmp_path


def fixed(project: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """The text of app.py after a fix, written elsewhere."""
    before = (project / "app.py").read_bytes()
    assert main(["fix"]) == 0
    after = (project / "app.py").read_text("utf-8")
    (project / "app.py").write_bytes(before)
    capsys.readouterr()
    return after


def stdin_is(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))


def test_fix_writes_the_file_and_says_so(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fix"]) == 0
    assert (project / "app.py").read_text("utf-8") != SLOW
    assert capsys.readouterr() == ("fixed app.py\n", "1 fix applied in 1 file, 0 findings left\n")
    assert main(["check"]) == 0
    capsys.readouterr()
    assert main(["fix"]) == 0
    assert capsys.readouterr() == ("", "nothing to fix\n")


def test_check_and_diff_write_nothing(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    after = fixed(project, capsys)
    said = "1 fix would be applied in 1 file, 0 findings left\n"
    assert main(["fix", "--check"]) == 1
    assert capsys.readouterr() == ("would fix app.py\n", said)
    assert main(["fix", "--diff", "--check"]) == 1
    out, err = capsys.readouterr()
    assert err == said
    assert (project / "app.py").read_text("utf-8") == SLOW
    subprocess.run(["git", "apply", "-"], cwd=project, input=out.encode(), check=True)
    assert (project / "app.py").read_text("utf-8") == after


def test_unselected_rule_is_not_fixed(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fix", "--ignore", "LPF101"]) == 0
    assert capsys.readouterr() == ("", "nothing to fix\n")
    assert (project / "app.py").read_text("utf-8") == SLOW


def test_standard_input_is_fixed_to_standard_output(
    project: Path, capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["fix"]) == 0
    after = (project / "app.py").read_bytes()
    capsysbinary.readouterr()
    stdin_is(SLOW, monkeypatch)
    assert main(["fix", "-", "--stdin-filename", "other.py"]) == 0
    assert capsysbinary.readouterr() == (after, b"")
    stdin_is(CLEAN, monkeypatch)
    assert main(["fix", "-"]) == 0
    assert capsysbinary.readouterr().out == CLEAN.encode()
    assert not (project / "other.py").exists()


def test_excluded_standard_input_comes_back_as_it_is(
    project: Path, capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "lambda-perf.toml").write_text('extend-exclude = ["app.py"]\nforce-exclude = true\n', "utf-8")
    stdin_is(SLOW, monkeypatch)
    assert main(["fix", "-", "--stdin-filename", "app.py"]) == 0
    assert capsysbinary.readouterr().out == SLOW.encode()


def test_unreadable_file_is_a_problem_and_the_others_are_fixed(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "broken.py").write_bytes(b"def f(:\n")
    assert main(["fix", "app.py", "broken.py"]) == 2
    out, err = capsys.readouterr()
    assert out == "fixed app.py\n"
    assert err.startswith("broken.py:1: error: ")
    assert (project / "app.py").read_text("utf-8") != SLOW


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has neither these modes nor free links")
def test_mode_and_link_of_a_fixed_file_stay(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    after = fixed(project, capsys)
    (project / "real").mkdir()
    target = project / "real" / "app.py"
    (project / "app.py").rename(target)
    target.chmod(0o750)
    (project / "app.py").symlink_to(target)
    assert main(["fix", "app.py"]) == 0
    assert (project / "app.py").is_symlink()
    assert target.read_text("utf-8") == after
    assert stat.S_IMODE(target.stat().st_mode) == 0o750
    assert os.listdir(project / "real") == ["app.py"]  # noqa: PTH208  # no temporary file is left

"""The real pre-commit with our hooks, installed from this very tree."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("pre_commit", reason="pre-commit is part of the test group; CI has it")

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml", "flake8_lambda_perf")

SLOW = """\
import boto3


def handler(event, context):
    s3 = boto3.client("s3")
    return s3.list_buckets()
"""
DEPLOYED = {
    "template.yaml": """\
Resources:
  Orders:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: src
      Handler: app.handler
      Runtime: python3.8
""",
    "src/requirements.txt": "pandas\n",
    "web.ts": "export const answer: number = 42;\n",
    "other.yaml": "answer: 42\n",
}
CONFIG = """\
repos:
  - repo: {hooks}
    rev: v0.0.1
    hooks:
      - id: {hook}
        args: {arguments}
"""


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def hooks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Our own tree as a repository with a tag, as users name it in their configuration."""
    folder = tmp_path_factory.mktemp("hooks")
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / part)
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "hooks")
    git(folder, "tag", "v0.0.1")
    return folder


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pre-commit keeps the environment that it builds once."""
    return tmp_path_factory.mktemp("home")


def pre_commit(project: Path, home: Path) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment |= {"PRE_COMMIT_HOME": str(home), "PRE_COMMIT_COLOR": "never"}
    command = [sys.executable, "-m", "pre_commit", "run", "--all-files"]
    return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)


def project_with(folder: Path, hooks: Path, hook: str, arguments: str) -> Path:
    (folder / "src").mkdir()
    (folder / "src" / "app.py").write_text(SLOW, "utf-8")
    (folder / "old").mkdir()
    (folder / "old" / "app.py").write_text(SLOW, "utf-8")
    (folder / "lambda-perf.toml").write_text('extend-exclude = ["old"]\n', "utf-8")
    (folder / ".pre-commit-config.yaml").write_text(
        CONFIG.format(hooks=hooks.as_posix(), hook=hook, arguments=arguments), "utf-8"
    )
    git(folder, "init", "-q")
    git(folder, "add", ".")
    return folder


@pytest.mark.slow
def test_check_hook_reports_and_fails(tmp_path: Path, hooks: Path, home: Path) -> None:
    project = project_with(tmp_path, hooks, "lambda-perf", "[--format, concise]")
    run = pre_commit(project, home)
    assert run.returncode == 1, run.stdout + run.stderr
    found = [line for line in run.stdout.splitlines() if "LPF" in line]
    assert found == [
        "src/app.py:5:10: LPF101 `boto3.client` runs on every invocation of `handler`; build it once, at module scope"
    ]
    assert (project / "src/app.py").read_text("utf-8") == SLOW


@pytest.mark.slow
def test_check_hook_passes_where_nothing_is_found(tmp_path: Path, hooks: Path, home: Path) -> None:
    project = project_with(tmp_path, hooks, "lambda-perf", "[--ignore, LPF101]")
    run = pre_commit(project, home)
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.slow
def test_fix_hook_repairs_and_fails_once(tmp_path: Path, hooks: Path, home: Path) -> None:
    project = project_with(tmp_path, hooks, "lambda-perf-fix", "[]")
    first = pre_commit(project, home)
    assert first.returncode == 1, first.stdout + first.stderr
    assert "files were modified by this hook" in first.stdout
    assert (project / "old/app.py").read_text("utf-8") == SLOW
    assert (project / "src/app.py").read_text("utf-8") != SLOW
    second = pre_commit(project, home)
    assert second.returncode == 0, second.stdout + second.stderr


@pytest.mark.slow
def test_manifests_hook_reports_what_manifests_say(tmp_path: Path, hooks: Path, home: Path) -> None:
    project = project_with(tmp_path, hooks, "lambda-perf-manifests", "[--format, concise]")
    for path, text in DEPLOYED.items():
        (project / path).write_text(text, "utf-8")
    git(project, "add", ".")
    run = pre_commit(project, home)
    assert run.returncode == 1, run.stdout + run.stderr
    found = [line for line in run.stdout.splitlines() if "LPF" in line or "error" in line]
    unused = "the requirements of `Orders` name pandas, which no Python file of src does; leave it out"
    ended = "`Orders` runs on python3.8, which has had no updates since 2024-10-14; move to a newer Python"
    assert found == [f"src/requirements.txt:1:1: LPF711 {unused}", f"template.yaml:7:16: LPF710 {ended}"]


@pytest.mark.slow
def test_manifests_hook_passes_by_files_that_deploy_nothing(tmp_path: Path, hooks: Path, home: Path) -> None:
    project = project_with(tmp_path, hooks, "lambda-perf-manifests", "[]")
    for path in ("compose.yaml", "web.ts", "web.js", "Dockerfile", "deploy.sh", "requirements.txt", "settings.json"):
        (project / path).write_text("{}\n", "utf-8")
    git(project, "add", ".")
    run = pre_commit(project, home)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "Passed" in run.stdout

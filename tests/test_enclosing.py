"""Projects inside others: what the manifests around them deploy of their code."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from manifest_files import project

from flake8_lambda_perf.cli import main

if TYPE_CHECKING:
    from pathlib import Path

TEMPLATE = """\
Resources:
  Orders:
    Type: AWS::Serverless::Function
    Properties: {CodeUri: services/orders/src, Handler: app.go, Runtime: python3.13, MemorySize: 512}
  Users:
    Type: AWS::Serverless::Function
    Properties: {CodeUri: services, Handler: orders.lib.run, Runtime: python3.13, Layers: [!Ref Common, !Ref Own]}
  Web:
    Type: AWS::Serverless::Function
    Properties: {CodeUri: web, Handler: app.go, Runtime: python3.13, MemorySize: none}
  Common: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: common}}
  Own: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: services/orders/layer}}
"""
CODE = 'import boto3\n\n\ndef go(e, c):\n    return boto3.client("s3")\n'
FILES = {
    "pyproject.toml": "[tool.lambda-perf]\n",
    "template.yaml": TEMPLATE,
    "web/app.py": CODE,
    "services/orders/pyproject.toml": "[tool.lambda-perf]\n",
    "services/orders/src/app.py": CODE,
    "services/orders/lib/__init__.py": CODE.replace("go", "run"),
    "services/orders/layer/python/x.py": "",
    "common/python/y.py": "",
}
INNER = """\
where              handler  evidence                             runtime     memory  settings
lib/__init__.py:4  run      declared by Users in template.yaml   python3.13          1 layer
src/app.py:4       go       declared by Orders in template.yaml  python3.13  512 MB
"""
OUTER = """\
where                              handler  evidence                             runtime     memory  settings
services/orders/lib/__init__.py:4  run      declared by Users in template.yaml   python3.13          2 layers
services/orders/src/app.py:4       go       declared by Orders in template.yaml  python3.13  512 MB
web/app.py:4                       go       declared by Web in template.yaml     python3.13
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return project(tmp_path, FILES)


def listed(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(folder)
    assert main(["handlers"]) == 0
    return capsys.readouterr().out


def test_an_inner_project_knows_what_the_one_around_it_deploys_of_its_code(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert listed(root / "services/orders", capsys, monkeypatch) == INNER


def test_a_trace_begins_in_the_manifest_above(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root)
    assert main(["check", "services/orders/src", "--format", "concise"]) == 1
    assert "services/orders/src/app.py:5:12: LPF101" in capsys.readouterr().out
    assert main(["check", ".", "--select", "LPF101", "--format", "concise"]) == 1
    found = capsys.readouterr().out
    assert [line.partition(": ")[0] for line in found.splitlines()[:-1]] == [
        "services/orders/lib/__init__.py:5:12",
        "services/orders/src/app.py:5:12",
        "web/app.py:5:12",
    ]


def test_a_change_above_is_seen_although_results_are_kept(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root / "services/orders")
    for template, places in ((TEMPLATE, 2), (TEMPLATE.replace("app.go", "app.gone"), 1)):
        (root / "template.yaml").write_text(template)
        for _ in range(2):  # the second is read from the cache
            assert main(["check", "--select", "LPF101", "--format", "concise"]) == 1
            assert capsys.readouterr().out.count("LPF101") == places


def test_findings_in_the_manifest_above_are_told_once(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (root / "template.yaml").write_text(TEMPLATE.replace("python3.13", "python3.6"))
    for folder, count in ((root, 3), (root / "services/orders", 0)):
        monkeypatch.chdir(folder)
        main(["check", "--select", "LPF710", "--format", "concise"])
        assert capsys.readouterr().out.count("LPF710") == count


def test_broken_settings_above_are_no_problem_of_the_inner_project(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (root / "pyproject.toml").write_text("[tool.lambda-perf]\nnonsense = 1\n")
    monkeypatch.chdir(root / "services/orders")
    assert main(["handlers"]) == 0
    assert capsys.readouterr().out == ""


def test_flake8_finds_the_same(root: Path) -> None:
    shutil.rmtree(root / "web")
    command = [sys.executable, "-m", "flake8", "--isolated", "--select", "LPF101", "services"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False, env={**os.environ})
    assert [line.partition(" ")[0] for line in done.stdout.splitlines()] == [
        "services/orders/lib/__init__.py:5:12:",
        "services/orders/src/app.py:5:12:",
    ], done.stderr


def test_a_folder_that_is_asked_for_is_around_the_projects_in_it(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (root / "pyproject.toml").unlink()
    (root / "template.yaml").rename(root / "stack.yaml")
    assert listed(root, capsys, monkeypatch).count("declared by") == 3


def test_handlers_are_listed_once(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert listed(root, capsys, monkeypatch) == OUTER

"""`lambda-perf handlers`: what is deployed, what says so, and what is declared and not found."""

from __future__ import annotations

import json
from pathlib import Path

import manifest_files
import pytest

from flake8_lambda_perf.cli import main

FILES = {
    "infra/t.yaml": """\
        Globals:
          Function: {Runtime: python3.13, MemorySize: 512}
        Resources:
          Orders:
            Type: AWS::Serverless::Function
            Properties:
              CodeUri: ../orders
              Handler: app.handler
              Timeout: 29
              Architectures: [arm64]
              SnapStart: {ApplyOn: PublishedVersions}
              Events: {All: {Type: HttpApi}, Queue: {Type: SQS}}
          Missing:
            Type: AWS::Serverless::Function
            Properties: {CodeUri: ../missing, Handler: gone.handler}
          Stub:
            Type: AWS::Serverless::Function
            Properties:
              Handler: index.run
              InlineCode: |
                def run(event, context):
                    return event
        """,
    "orders/app.py": "def handler(event, context):\n    return event\n",
    "lambda-perf.toml": "",
}

TABLE = """\
where            handler  evidence                      runtime     memory  timeout  invoked by  settings
infra/t.yaml:21  run      declared by Stub in t.yaml    python3.13  512 MB
orders/app.py:1  handler  declared by Orders in t.yaml  python3.13  512 MB  29 s     api, sqs    SnapStart, arm64

declared, and not found:
infra/t.yaml:13  Missing  gone.handler  there is no `gone` below `missing`, and no module fits
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    manifest_files.project(tmp_path, FILES)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("project")
def test_handlers_stand_in_a_table_with_what_is_not_found_below(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["handlers"]) == 0
    assert capsys.readouterr() == (TABLE, "")


def test_what_handlers_reach_is_not_looked_at_whether_results_are_kept_or_not(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "orders/app.py").write_text("import boto3\nfrom broken import x\ndef handler(e, c):\n    x(boto3)\n")
    (project / "orders/broken.py").write_text("def x(:\n    boto3.client('s3')\n")
    for command, status in (("handlers", 0), ("check", 2), ("handlers", 0)):
        assert main([command]) == status
        assert ("broken.py" in capsys.readouterr().err) is (command == "check")


NOTICE = """\
web/serverless.ts: notice: services in TypeScript and JavaScript are not read; name its handlers in `handlers`
"""


def test_of_a_manifest_in_a_language_that_is_not_read_there_is_a_notice(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "web").mkdir()
    (project / "web/serverless.ts").write_text("export default {provider: {runtime: 'python3.13'}}\n")
    (project / "serverless.js").write_text("module.exports = {provider: {runtime: 'nodejs22.x'}}\n")
    for command in ("handlers", "check", "check"):  # the last is read from the cache
        assert main([command]) == 0
        assert capsys.readouterr().err == NOTICE


PLAIN = """\
where            handler  evidence
jobs.py:1        run      conventional by signature (event, context)
orders/app.py:1  handler  conventional by signature (event, context)
"""


def test_columns_that_say_nothing_are_left_out(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "infra/t.yaml").unlink()
    (project / "jobs.py").write_text("def run(event, context):\n    return event\n")
    assert main(["handlers", "jobs.py"]) == 0
    assert capsys.readouterr() == (PLAIN, "")


@pytest.mark.usefixtures("project")
def test_json_holds_every_fact_with_its_place(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["handlers", "--format", "json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert set(listed) == {"version", "handlers", "unresolved"}
    orders = next(handler for handler in listed["handlers"] if handler["path"] == "orders/app.py")
    said = {fact["name"]: fact for fact in orders.pop("said") if fact["name"] != "trigger"}
    assert orders == {
        "name": "handler",
        "path": "orders/app.py",
        "line": 1,
        "qualified_name": "handler",
        "evidence": "Orders in t.yaml",
        "confidence": "declared",
        "runtime": "python3.13",
        "memory": 512,
        "timeout": 29,
        "snapstart": True,
        "vpc": False,
        "provisioned_concurrency": False,
        "architecture": "arm64",
        "ephemeral_storage": None,
        "efs": False,
        "platform": "lambda",
        "package": "zip",
        "web_adapter": False,
        "concurrent": False,
        "layers": [],
        "environment": [],
        "triggers": ["api", "sqs"],
        "deployed": {"path": "infra/t.yaml", "line": 4, "text": "Orders deploys `app.handler`"},
    }
    assert said["memory"] == {
        "name": "memory",
        "value": 512,
        "path": "infra/t.yaml",
        "line": 2,
        "column": 47,
        "text": "512",
    }
    assert listed["unresolved"] == [
        {
            "handler": "gone.handler",
            "path": "infra/t.yaml",
            "line": 13,
            "resource": "Missing",
            "reason": "there is no `gone` below `missing`, and no module fits",
        }
    ]


def test_places_are_told_from_the_working_directory(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project / "orders")
    assert main(["handlers", "--format", "json", ".."]) == 0
    listed = json.loads(capsys.readouterr().out)
    orders = next(handler for handler in listed["handlers"] if handler["path"] == "app.py")
    assert {fact["path"] for fact in orders["said"]} == {orders["deployed"]["path"]} == {"../infra/t.yaml"}
    assert [each["path"] for each in listed["unresolved"]] == ["../infra/t.yaml"]


def test_only_what_is_not_found_makes_a_table_too(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "orders/app.py").unlink()
    text = (project / "infra/t.yaml").read_text()
    (project / "infra/t.yaml").write_text(text[: text.index("  Stub")])
    (project / "empty.py").write_text("")
    assert main(["handlers"]) == 0
    assert [line.split()[:3] for line in capsys.readouterr().out.splitlines()] == [
        ["declared,", "and", "not"],
        ["infra/t.yaml:4", "Orders", "app.handler"],
        ["infra/t.yaml:13", "Missing", "gone.handler"],
    ]


def test_a_place_that_is_very_long_moves_only_its_own_row(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "infra/t.yaml").unlink()
    deep = project / "a_rather_long_name_of_a_folder" / "and_another_long_name_in_it" / "orders_and_returns.py"
    deep.parent.mkdir(parents=True)
    deep.write_text("def handler(event, context):\n    return 1\n")
    assert main(["handlers"]) == 0
    widths = [line.index("  ") for line in capsys.readouterr().out.splitlines()]
    assert widths == [5, 82, 15]

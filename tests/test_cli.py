"""The command `lambda-perf` as a user meets it: what it prints where, and its exit status."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from flake8_lambda_perf import __version__
from flake8_lambda_perf.cli import main
from flake8_lambda_perf.rules.catalog import entries

SLOW = """\
import boto3


def handler(event, context):
    s3 = boto3.client("s3")
    return s3.list_buckets()
"""
CLEAN = """\
import boto3

s3 = boto3.client("s3")


def handler(event, context):
    return s3.list_buckets()
"""

OTHERS = ",".join(entry.code for entry in entries() if entry.code != "LPF101")
MESSAGE = "LPF101 `boto3.client` runs on every invocation of `handler`; build it once, at module scope"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty project, which is the working directory."""
    write(tmp_path / "lambda-perf.toml", "")
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR", "LAMBDA_PERF_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return path


def footer(out: str) -> str:
    return out.splitlines()[-1]


def lines_before_footer(out: str) -> list[str]:
    return out.splitlines()[:-1]


def test_finding_gives_1_and_clean_gives_0(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(project / "src/app.py", SLOW)
    assert main(["check", "--format", "concise"]) == 1
    assert lines_before_footer(capsys.readouterr().out) == [f"src/app.py:5:10: {MESSAGE}"]
    write(project / "src/app.py", CLEAN)
    assert main(["check", "--format", "concise"]) == 0
    assert capsys.readouterr() == ("no findings in 1 file, 1 handler\n", "")


def test_paths_are_relative_to_the_working_directory(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write(project / "src/app.py", SLOW)
    write(project / "deep/down/x.py", "")
    monkeypatch.chdir(project / "deep/down")
    assert main(["check", "--format", "json", "../../src"]) == 1
    (finding,) = json.loads(capsys.readouterr().out)["findings"]
    assert finding["path"] == "../../src/app.py"
    assert {step["path"] for step in finding["trace"]} == {"../../src/app.py"}
    assert finding["handler"]["path"] == "../../src/app.py"


def test_options_stand_before_between_and_after_the_paths(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(project / "a.py", SLOW)
    write(project / "b.py", SLOW)
    assert main(["check", "--format", "concise", "a.py", "--select", "LPF1", "b.py", "--ignore", "LPF101"]) == 0
    assert capsys.readouterr().out == "no findings in 2 files, 2 handlers\n"


def test_exit_zero_hides_findings_but_no_problem(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(project / "app.py", SLOW)
    assert main(["check", "--exit-zero"]) == 0
    write(project / "broken.py", "def f(:\n")
    capsys.readouterr()
    assert main(["check", "--exit-zero", "--format", "concise", "app.py", "broken.py"]) == 2
    out, err = capsys.readouterr()
    assert lines_before_footer(out) == [f"app.py:5:10: {MESSAGE}"]
    assert err.startswith("broken.py:1: error: ")


@pytest.mark.parametrize("selector", ["LPF101", "LPF1", "LPF", "aws-client-per-invocation"])
def test_rules_are_selected_by_code_prefix_and_name(selector: str, project: Path) -> None:
    write(project / "app.py", SLOW)
    assert main(["check", "--select", selector]) == 1
    assert main(["check", "--ignore", selector]) == 0
    assert main(["check", "--select", OTHERS]) == 0
    assert main(["check", "--select", OTHERS, "--extend-select", selector]) == 1


def test_unknown_rule_is_named_with_its_nearest(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(project / "app.py", SLOW)
    assert main(["check", "--select", "aws-client-per-invokation"]) == 2
    assert capsys.readouterr() == (
        "",
        (
            "lambda-perf: aws-client-per-invokation is no rule: did you mean aws-client-per-invocation? "
            "`lambda-perf rules` lists all codes and names\n"
        ),
    )


def test_unknown_rule_in_the_settings_names_file_and_key(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = write(project / "lambda-perf.toml", 'ignore = ["LPF999"]\n')
    assert main(["check"]) == 2
    assert capsys.readouterr().err.startswith(f"lambda-perf: {settings}: ignore: LPF999 is no rule: ")
    assert main(["check", "--isolated"]) == 0


def test_command_line_overrides_the_settings(project: Path) -> None:
    write(project / "app.py", SLOW)
    write(project / "lambda-perf.toml", 'ignore = ["LPF101"]\n')
    assert main(["check"]) == 0
    assert main(["check", "--ignore", OTHERS]) == 1
    other = write(project / "other.toml", "")
    assert main(["check", "--config", str(other)]) == 1


def test_standard_input_stands_for_a_file_of_the_project(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write(project / "src/app.py", CLEAN)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(SLOW.encode())))
    assert main(["check", "-", "--stdin-filename", "src/app.py", "--format", "concise"]) == 1
    assert lines_before_footer(capsys.readouterr().out) == [f"src/app.py:5:10: {MESSAGE}"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["check", "nowhere.py"], "nowhere.py: no such file or folder"),
        (["check", "--stdin-filename", "a.py"], "--stdin-filename needs - as the path to check"),
        (["check", "-", "a.py"], "- cannot stand beside other paths; check them in a second run"),
        (
            ["check", "--statistics", "--format", "json"],
            "--statistics cannot be part of --format json; ask for one of the two",
        ),
        (["explain"], "name a rule, as in lambda-perf explain LPF101; lambda-perf rules lists them"),
        (["handlers", "-"], "handlers reads whole projects; name a folder instead of -"),
    ],
)
def test_contradictions_are_refused(
    arguments: list[str], message: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert capsys.readouterr() == ("", f"lambda-perf: {message}\n".replace("nowhere", f"{project}/nowhere"))


def test_excluded_file_is_checked_when_named_unless_excluded_by_force(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(project / "old/app.py", SLOW)
    write(project / "lambda-perf.toml", 'extend-exclude = ["old"]\n')
    assert main(["check", "old/app.py"]) == 1
    assert main(["check", "--force-exclude", "old/app.py"]) == 0
    capsys.readouterr()
    assert main(["check", "--format", "concise"]) == 0
    assert capsys.readouterr() == (
        "no findings in 0 files, 0 handlers\n",
        "lambda-perf: no handlers found in 0 files; declare them with handlers = [...]\n",
    )


@pytest.mark.parametrize("name", ["bin/job", "job.txt", "job.py3"])
def test_named_file_is_checked_whatever_its_name(name: str, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(project / name, f"#!/usr/bin/env python3\n{SLOW}")
    assert main(["check", "--format", "concise", name]) == 1
    assert lines_before_footer(capsys.readouterr().out) == [f"{name}:6:10: {MESSAGE}"]
    assert main(["check"]) == 0
    assert footer(capsys.readouterr().out) == "no findings in 0 files, 0 handlers"
    assert main(["fix", name]) == 0
    assert main(["check", name]) == 0
    assert footer(capsys.readouterr().out) == "no findings in 1 file, 1 handler"


def test_a_test_is_not_reported_on_even_by_name(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(project / "tests/test_app.py", SLOW)
    assert main(["check", "tests/test_app.py"]) == 0
    assert footer(capsys.readouterr().out) == "no findings in 1 file, 0 handlers"


def test_named_manifest_is_no_python_file(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(project / "template.yaml", "Resources: {}\n")
    assert main(["check", "template.yaml"]) == 0
    assert capsys.readouterr().out == "no findings in 0 files, 0 handlers\n"


def test_file_of_no_project_is_checked_with_its_own_folder_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("flake8_lambda_perf.config._is_common_ground", tmp_path.is_relative_to)
    app = write(tmp_path / "app.py", "from store import load\n\n\ndef handler(event, context):\n    return load()\n")
    write(tmp_path / "store.py", "import boto3\n\n\ndef load():\n    return boto3.client('s3')\n")
    write(tmp_path / "below/more.py", SLOW)

    def looked_at(target: Path) -> str:
        main(["check", "--no-cache", str(target)])
        return footer(capsys.readouterr().out)

    assert looked_at(app) == "no findings in 2 files, 1 handler"
    assert looked_at(tmp_path) == "2 findings, 2 fixable with lambda-perf fix"
    write(tmp_path / "lambda-perf.toml", "")
    assert looked_at(app) == "no findings in 3 files, 2 handlers"


@pytest.mark.skipif(sys.platform == "win32", reason="the root of a disk may be a project there")
def test_text_for_the_root_of_the_file_system_is_checked_alone(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "flake8_lambda_perf", "check", "--no-cache", "-", "--stdin-filename", "/app.py"]
    result = subprocess.run(command, cwd=tmp_path, input=SLOW, capture_output=True, text=True, check=False, timeout=60)
    assert footer(result.stdout) == "1 finding, 1 fixable with lambda-perf fix"


def test_no_handler_found_is_said(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(project / "a.py", "x = 1\n")
    write(project / "b.py", "y = 1\n")
    assert main(["check"]) == 0
    assert capsys.readouterr().err == (
        "lambda-perf: no handlers found in 2 files; declare them with handlers = [...]\n"
    )


def test_noqa_hides_until_it_is_disabled(project: Path) -> None:
    write(project / "app.py", SLOW.replace('("s3")', '("s3")  # noqa: LPF101'))
    assert main(["check"]) == 0
    assert main(["check", "--disable-noqa"]) == 1


def test_each_project_in_a_folder_has_its_own_settings(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(project / "a/app.py", SLOW)
    write(project / "a/lambda-perf.toml", 'ignore = ["LPF101"]\n')
    write(project / "b/app.py", SLOW)
    write(project / "b/pyproject.toml", "[tool.lambda-perf]\n")
    write(project / "c.py", SLOW)
    assert main(["check", "--format", "concise"]) == 1
    assert lines_before_footer(capsys.readouterr().out) == [f"b/app.py:5:10: {MESSAGE}", f"c.py:5:10: {MESSAGE}"]
    assert main(["check", "a"]) == 0
    assert main(["check", "a", "b"]) == 1


def test_statistics_follow_the_report(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(project / "app.py", SLOW)
    assert main(["check", "--format", "concise", "--statistics"]) == 1
    assert footer(capsys.readouterr().out) == "1  LPF101 aws-client-per-invocation"


@pytest.mark.parametrize(
    ("options", "variables", "painted"),
    [
        ([], {}, False),
        ([], {"FORCE_COLOR": "1"}, True),
        ([], {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        (["--color", "always"], {"NO_COLOR": "1"}, True),
        (["--color", "never"], {"FORCE_COLOR": "1"}, False),
    ],
)
def test_colours_follow_option_then_environment(  # two fixtures of pytest beside the case
    options: list[str],
    variables: dict[str, str],
    painted: bool,
    project: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write(project / "app.py", SLOW)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert main(["check", *options]) == 1
    assert ("\x1b[" in capsys.readouterr().out) is painted


def test_check_writes_nothing_with_no_cache(project: Path) -> None:
    write(project / "app.py", SLOW)
    main(["check", "--no-cache"])
    assert sorted(os.listdir(project)) == ["app.py", "lambda-perf.toml"]  # noqa: PTH208  # names are compared


def test_named_handlers_are_functions_or_apps_whose_routes_count(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(project / "jobs/nightly.py", "import boto3\n\n\ndef run():\n    return boto3.client('s3')\n")
    route = "@app.get('/')\ndef load():\n    return boto3.client('s3')\n"
    write(project / "src/api/main.py", f"import boto3\nimport flask\n\napp = flask.Flask(__name__)\n\n\n{route}")
    write(project / "lambda-perf.toml", 'handlers = ["jobs.nightly:run", "api.main:app"]\n')
    assert main(["handlers"]) == 0
    assert [line.split(maxsplit=2) for line in capsys.readouterr().out.splitlines()[1:]] == [
        ["jobs/nightly.py:4", "run", "named in the settings"],
        ["src/api/main.py:4", "app", "named in the settings"],
    ]
    assert main(["check", "--format", "concise"]) == 1
    assert lines_before_footer(capsys.readouterr().out) == [
        f"jobs/nightly.py:5:12: {MESSAGE.replace('`handler`', '`run`')}",
        f"src/api/main.py:9:12: {MESSAGE.replace('`handler`', '`load`')}",
    ]
    write(project / "lambda-perf.toml", 'handlers = ["api.main:other", "api.jobs:run"]\n')
    assert main(["handlers"]) == 2
    advice = "write it as package.module:function"
    assert capsys.readouterr().err.splitlines()[:2] == [
        f"lambda-perf.toml: error: handlers names `api.jobs:run`: no such module; {advice}",
        f"lambda-perf.toml: error: handlers names `api.main:other`: the module has no such function; {advice}",
    ]


@pytest.mark.parametrize("shell", ["bash", "zsh", "tcsh"])
def test_completion_knows_the_commands(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--print-completion", shell]) == 0
    script = capsys.readouterr().out
    assert all(word in script for word in ("check", "fix", "explain", "handlers", "table", "unsafe-fixes"))


def test_version_and_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"lambda-perf {__version__}\n"
    assert main([]) == 2
    assert capsys.readouterr().out.startswith("usage: lambda-perf ")
    assert main(["chekc"]) == 2


def test_our_own_fault_is_3_and_says_how_to_report_it(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_words: list[str]) -> int:
        raise ZeroDivisionError("one by none")

    write(project / "app.py", SLOW)
    monkeypatch.setattr("flake8_lambda_perf.cli.dispatch", fail)
    assert main(["check"]) == 3
    err = capsys.readouterr().err
    assert err.startswith("lambda-perf: internal error: ZeroDivisionError: one by none\n")
    assert "Traceback" not in err
    monkeypatch.setenv("LAMBDA_PERF_DEBUG", "1")
    assert main(["check"]) == 3
    assert "Traceback" in capsys.readouterr().err


def test_what_the_system_refuses_is_2_and_says_where(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    errors = iter([FileNotFoundError(2, "No such file", "gone/\x1b"), OSError("no more room")])

    def refuse(_words: list[str]) -> int:
        raise next(errors)

    monkeypatch.setattr("flake8_lambda_perf.cli.dispatch", refuse)
    assert (main(["check"]), main(["check"])) == (2, 2)
    assert capsys.readouterr().err == (
        "lambda-perf: gone/\\x1b: No such file; the job was not done, mend that and run it again\n"
        "lambda-perf: no more room; the job was not done, mend that and run it again\n"
    )


def test_words_for_a_command_without_paths_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "--", "x", "-y"]) == 2
    message = "lambda-perf rules: error: unrecognized arguments: x -y"
    assert capsys.readouterr().err.splitlines()[-1] == message


def test_ctrl_c_is_130(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_words: list[str]) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("flake8_lambda_perf.cli.dispatch", interrupt)
    assert main(["check"]) == 130
    assert capsys.readouterr() == ("", "lambda-perf: interrupted\n")


def test_unwritable_characters_are_escaped(project: Path) -> None:
    write(project / "größe.py", SLOW)
    command = [sys.executable, "-m", "flake8_lambda_perf", "check", "--format", "concise"]
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    run = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)
    assert run.stdout.splitlines()[0] == f"gr\\xf6\\xdfe.py:5:10: {MESSAGE}"

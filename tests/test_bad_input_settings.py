"""Settings, command lines and manifests that are wrong: what, where, and what to do, with exit status 2."""

from __future__ import annotations

from pathlib import Path

import pytest
from bad_input import FOUND, NO_HANDLERS, NOTHING, SLOW, Answer, check, project

from flake8_lambda_perf.cli import main

ALL_RULES = "`lambda-perf rules` lists all codes and names"

SETTINGS = {
    "TOML that does not parse": (b"select = [\n", "is not valid TOML: Invalid value (at end of document); repair it"),
    "a NUL byte": (b"\0", "is not valid TOML: Invalid statement (at line 1, column 1); repair it"),
    "Latin-1": (b"# caf\xe9\n", "is not UTF-8 (byte 6); TOML files must be, save it so"),
    "three thousand brackets": (
        b"select = " + b"[" * 3000 + b"]" * 3000,
        "is nested too deeply to be settings; repair it",
    ),
    "an unknown key": (b"selekt = []\n", "unknown key `selekt`; did you mean `select`?"),
    "a number for a list": (b"select = 3\n", "`select` must be an array of texts, not the number 3"),
    "a list of numbers": (b"handlers = [1]\n", "`handlers` must be an array of texts, not an array"),
    "a text for a number": (b"heavy-import-ms = 'x'\n", '`heavy-import-ms` must be a number from 0, not the text "x"'),
    "a number below zero": (
        b"max-eager-routers = -1\n",
        "`max-eager-routers` must be a whole number from 0, not the number -1",
    ),
    "a text for a flag": (b"snapstart = 'yes'\n", '`snapstart` must be true or false, not the text "yes"'),
    "a date": (b"cache-dir = 2024-01-01\n", "`cache-dir` must be a text, not a date or time"),
    "no version": (
        b'target-version = "3.99.1"\n',
        '`target-version` must be a version such as "3.12", not the text "3.99.1"',
    ),
    "no form of clients": (
        b'client-form = "lazy"\n',
        '`client-form` must be one of "auto", "module", "cached", not the text "lazy"',
    ),
    "an unknown name of a rule": (b'select = ["aws-clients"]\n', None),
    "an unknown code for some files": (
        b'[per-file-ignores]\n"*" = ["XX"]\n',
        f"per-file-ignores: XX is no rule: {ALL_RULES}",
    ),
}


@pytest.mark.parametrize(("text", "message"), SETTINGS.values(), ids=SETTINGS)
@pytest.mark.parametrize("command", ["check", "fix", "handlers"])
def test_wrong_settings_stop_every_command(
    command: str,
    text: bytes,
    message: str | None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(project(tmp_path, {"app.py": SLOW}, text))
    assert main([command]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    if message is None:
        assert err.startswith(
            f"lambda-perf: {tmp_path}/lambda-perf.toml: select: aws-clients is no rule: did you mean "
        )
    else:
        assert err == f"lambda-perf: {tmp_path}/lambda-perf.toml: {message}\n"
    assert (tmp_path / "app.py").read_bytes() == SLOW


PYPROJECTS = {
    "broken": (
        b"[tool.lambda-perf\n",
        "is not valid TOML: Expected ']' at the end of a table declaration (at line 1, column 18); repair it",
    ),
    "no table": (b"[tool]\nlambda-perf = 3\n", "[tool.lambda-perf] must be a table, not the number 3"),
}


@pytest.mark.parametrize(("text", "message"), PYPROJECTS.values(), ids=PYPROJECTS)
def test_wrong_pyproject_stops_the_command(text: bytes, message: str, tmp_path: Path) -> None:
    root = project(tmp_path, {"app.py": SLOW, "pyproject.toml": text})
    (root / "lambda-perf.toml").unlink()
    assert check(root) == Answer(2, "", f"lambda-perf: {root}/pyproject.toml: {message}\n")


def test_broken_pyproject_of_the_root_is_told_although_it_need_not_hold_our_table(tmp_path: Path) -> None:
    root = project(tmp_path, {"app.py": SLOW, "pyproject.toml": b"[tool.other\n", ".git/HEAD": b""})
    (root / "lambda-perf.toml").unlink()
    message = "is not valid TOML: Expected ']' at the end of a table declaration (at line 1, column 12); repair it"
    assert check(root) == Answer(2, "", f"lambda-perf: {root}/pyproject.toml: {message}\n")


def test_patterns_that_are_no_classes_are_taken_literally(tmp_path: Path) -> None:
    root = project(tmp_path, {"app.py": SLOW}, b'extend-exclude = ["[", "[!]", "[z-a].py", "**", "("]\n')
    status, out, err = check(root)
    assert (status, out, err) == (0, NOTHING.replace("1 file", "0 files"), NO_HANDLERS.replace("1 file", "0 files"))
    (root / "lambda-perf.toml").write_bytes(b'extend-exclude = ["[", "[!]", "[z-a].py", "("]\n')
    assert check(root) == Answer(1, FOUND, "")


def test_handler_there_is_not_is_told_with_the_file_that_names_it(tmp_path: Path) -> None:
    root = project(tmp_path, {"app.py": SLOW}, b'handlers = ["nonsense"]\n')
    message = "handlers names `nonsense`: no such module; write it as package.module:function"
    assert check(root) == Answer(2, FOUND, f"lambda-perf.toml: error: {message}\n")


ARGUMENTS = {
    "a nonsensical rule": (["--select", "nonsense"], f"nonsense is no rule: {ALL_RULES}"),
    "no rule": (["--select", ""], "--select names no rule; name one, or leave the option out"),
    "nothing but commas": (["--select", ",,"], "--select names no rule; name one, or leave the option out"),
    "a settings file that is missing": (
        ["--config", "missing.toml"],
        "ROOT/missing.toml: cannot be read: No such file or directory; name another file or repair it",
    ),
    "a folder for a settings file": (
        ["--config", "."],
        "ROOT: cannot be read: Is a directory; name another file or repair it",
    ),
    "statistics inside JSON": (
        ["--statistics", "--format", "json"],
        "--statistics cannot be part of --format json; ask for one of the two",
    ),
    "a missing path": (["missing.py"], "ROOT/missing.py: no such file or folder"),
    "one missing path of two": (["app.py", "missing.py"], "ROOT/missing.py: no such file or folder"),
    "an empty path": ([""], "an empty path was given; name a file or folder, or . for the working directory"),
    "a path of Windows": (["C:\\proj\\app.py"], "ROOT/C:\\proj\\app.py: no such file or folder"),
    "a share of Windows": (["\\\\server\\share"], "ROOT/\\\\server\\share: no such file or folder"),
    "a path with an escape": (["a\x1b[31m\n.py"], "ROOT/a\\x1b[31m\\n.py: no such file or folder"),
    "standard input and a file": (["-", "app.py"], "- cannot stand beside other paths; check them in a second run"),
    "a name without standard input": (["--stdin-filename", "x.py"], "--stdin-filename needs - as the path to check"),
}


@pytest.mark.parametrize(("arguments", "message"), ARGUMENTS.values(), ids=ARGUMENTS)
def test_wrong_command_line_says_what_to_do(
    arguments: list[str],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(project(tmp_path, {"app.py": SLOW}))
    assert main(["check", *arguments]) == 2
    assert capsys.readouterr() == ("", f"lambda-perf: {message.replace('ROOT', str(tmp_path))}\n")


@pytest.mark.parametrize(
    "arguments",
    [["--isolated", "--config", "x"], ["--no-cache", "--cache-dir", "x"], ["--format", "nope"]],
    ids=" ".join,
)
def test_contradictory_flags_are_refused_with_the_usage(arguments: list[str], tmp_path: Path) -> None:
    status, out, err = check(project(tmp_path, {"app.py": SLOW}), *arguments)
    assert (status, out) == (2, "")
    assert err.startswith("usage: lambda-perf check ")
    assert err.splitlines()[-1].startswith("lambda-perf check: error: argument ")


def test_what_stands_behind_two_dashes_is_a_path(tmp_path: Path) -> None:
    root = project(tmp_path, {"-x.py": SLOW})
    assert check(root, "--", "-x.py") == Answer(1, FOUND.replace("app.py", "-x.py"), "")


TEMPLATE = b"Transform: AWS::Serverless-2016-10-31\nResources:\n  F:\n    Type: AWS::Serverless::Function\n"
MANIFESTS = {
    "that does not parse": (
        TEMPLATE + b"    Properties: {\n",
        2,
        "template.yaml:6: error: not valid YAML: ",
    ),
    "of a hundred thousand brackets": (
        b"# Resources Type: AWS::Serverless::Function\n" + b"[" * 100_000,
        2,
        "template.yaml:2: error: nested more than 100 levels deep; correct the file or exclude it\n",
    ),
    "of a billion laughs": (
        b"# AWS::Serverless::Function\na0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        + b"".join(b"a%d: &a%d [%s]\n" % (n + 1, n + 1, b",".join([b"*a%d" % n] * 9)) for n in range(12))
        + b"Resources: *a12\n",
        1,
        "",
    ),
    "that leads out of the project": (
        TEMPLATE + b"    Properties: {CodeUri: ../../outside, Handler: app.handler, Runtime: python3.12}\n",
        2,
        (
            "template.yaml:5: error: CodeUri `../../outside` leads out of the project, and nothing there is read; "
            "run on a folder that holds both, or name the handler in `handlers`\n"
        ),
    ),
}


@pytest.mark.parametrize(("text", "status", "message"), MANIFESTS.values(), ids=MANIFESTS)
def test_manifest(text: bytes, status: int, message: str, tmp_path: Path) -> None:
    answer = check(project(tmp_path, {"app.py": SLOW, "template.yaml": text}))
    assert (answer.status, answer.out) == (status, FOUND)
    assert answer.err.startswith(message)
    assert answer.err.count("\n") == message.count("\n") or message.endswith(": ")

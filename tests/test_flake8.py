"""The real flake8 with our plugin: it says what `lambda-perf check` says."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from flake8_lambda_perf.rules.catalog import entries

SLOW = """\
import boto3


def handler(event, context):
    name = "é"; s3 = boto3.client("s3")
    return s3.list_buckets(name)
"""
HELPER = """\
import boto3


def load():
    return boto3.client("s3")
"""
CALLER = """\
from store import load


def handler(event, context):
    return load()
"""

SPAWN = "import multiprocessing, sys; multiprocessing.set_start_method('spawn'); "
FLAKE8 = "from flake8.main.cli import main; sys.exit(main())"


COUNT = """
import multiprocessing, os, sys
multiprocessing.set_start_method("fork")
from flake8_lambda_perf import engine
asked = engine.find
def check(job):
    with open("count.txt", "a") as file:
        file.write(f"{len(job.targets)}\\n")
    return asked(job)
engine.find = check
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a finding in one file, and one in a module that another file's handler calls."""
    write(tmp_path / "lambda-perf.toml", "")
    write(tmp_path / "app.py", SLOW)
    write(tmp_path / "api.py", CALLER)
    write(tmp_path / "store.py", HELPER)
    return tmp_path


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return path


def run(project: Path, *command: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command],
        cwd=project,
        input=stdin,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def flake8(project: Path, *arguments: str, stdin: str | None = None) -> list[str]:
    """What the real flake8 prints of ours, without the `./` that it puts before a path."""
    result = run(project, "-m", "flake8", "--select", "LPF", *arguments, stdin=stdin)
    assert result.stderr == ""
    return sorted(line.removeprefix("./") for line in result.stdout.splitlines())


def check(project: Path, *arguments: str) -> list[str]:
    """What `lambda-perf check` finds, as flake8 would print it."""
    result = run(project, "-m", "flake8_lambda_perf", "check", "--format", "json", *arguments)
    findings = json.loads(result.stdout)["findings"]
    return sorted(
        f"{each['path']}:{each['line']}:{each['column']}: {each['code']} {each['message']}" for each in findings
    )


EXPECTED = [
    "app.py:5:22: LPF101 `boto3.client` runs on every invocation of `handler`; build it once, at module scope",
    "store.py:5:12: LPF101 `boto3.client` runs on every invocation of `handler`; build it once, at module scope",
]


def test_flake8_says_what_check_says(project: Path) -> None:
    assert check(project) == EXPECTED
    assert flake8(project, "-j1", ".") == EXPECTED


@pytest.mark.parametrize("name", ["app.py", "api.py", "store.py"])
def test_single_file_gets_its_own_findings_only(name: str, project: Path) -> None:
    own = [line for line in EXPECTED if line.startswith(name)]
    assert flake8(project, name) == check(project, name) == own


def test_workers_say_the_same(project: Path) -> None:
    assert flake8(project, "-j2", ".") == EXPECTED


def test_spawned_workers_say_the_same(project: Path) -> None:
    for number in range(3):
        write(project / f"more{number}.py", "")
    result = run(project, "-c", SPAWN + FLAKE8, "--select", "LPF", "-j2", ".")
    assert result.stderr == ""
    assert sorted(line.removeprefix("./") for line in result.stdout.splitlines()) == EXPECTED


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot fork")
def test_forked_workers_inherit_the_analysis(project: Path) -> None:
    result = run(project, "-c", COUNT + FLAKE8, "--select", "LPF", "-j2", ".")
    assert len(result.stdout.splitlines()) == len(EXPECTED)
    assert (project / "count.txt").read_text("utf-8") == "1\n"


def test_named_files_are_analysed_together(project: Path) -> None:
    assert flake8(project, "-j2", "app.py", "api.py", "store.py") == EXPECTED


def test_unsaved_text_counts_instead_of_the_file(project: Path) -> None:
    shown = "shown/app.py"
    write(project / shown, "")
    expected = [line.replace("app.py:5", f"{shown}:7") for line in EXPECTED[:1]]
    assert flake8(project, "-", "--stdin-display-name", shown, stdin="\n\n" + SLOW) == expected


def test_text_without_a_name_is_checked_alone(project: Path) -> None:
    assert flake8(project, "-", stdin=SLOW) == [EXPECTED[0].replace("app.py", "stdin")]


ENCODED = {
    "UTF-8": SLOW.encode(),
    "UTF-8 with a mark": b"\xef\xbb\xbf" + SLOW.encode(),
    "UTF-8 with a mark and a cookie": b"\xef\xbb\xbf# coding: utf-8\n" + SLOW.encode(),
    "Latin-1": b"# coding: latin-1\n" + SLOW.encode("latin-1"),
    "a cookie on the second line": b"#!/usr/bin/env python\n# -*- coding: cp1252 -*-\n" + SLOW.encode("cp1252"),
    "Shift JIS": b"# coding: shift_jis\n" + SLOW.replace("é", "表").encode("shift_jis"),
    "Windows newlines": SLOW.replace("\n", "\r\n").encode(),
    "Windows newlines with a mark": b"\xef\xbb\xbf" + SLOW.replace("\n", "\r\n").encode(),
    "Windows newlines in Latin-1": (b"# coding: latin-1\n" + SLOW.encode("latin-1")).replace(b"\n", b"\r\n"),
    "old Mac newlines": SLOW.replace("\n", "\r").encode(),
    "newlines of two kinds": SLOW.replace("\n", "\r\n", 2).encode(),
    "characters that only some take for newlines": SLOW.replace("é", "é\x0b\x1c\x85\u2028").encode(),
    "characters outside the basic plane": SLOW.replace("é", "😀😀").encode(),
    "no newline at the end": SLOW.encode().rstrip(),
    "an encoding that does not fit": b"# coding: ascii\n" + SLOW.encode(),
    "an encoding that there is not": b"# coding: nonsense\n" + SLOW.encode(),
}
UNREADABLE = {"undecodable": SLOW.encode("latin-1"), "a mark against the cookie": b"\xef\xbb\xbf" + ENCODED["Latin-1"]}
"""What flake8 cannot read from standard input, or not as Python does."""


def rows_of(report: str) -> list[str]:
    """What a report of `lambda-perf check` says, as flake8 would print it."""
    told = json.loads(report)
    problems = [f"{each['path']}:{max(each['line'], 1)}:1: LPF000 {each['message']}" for each in told["problems"]]
    return problems + [
        f"{each['path']}:{each['line']}:{each['column']}: {each['code']} {each['message']}" for each in told["findings"]
    ]


def test_flake8_says_what_check_says_in_every_encoding(project: Path) -> None:
    names = []
    for number, data in enumerate([*ENCODED.values(), *UNREADABLE.values()]):
        names.append(f"app{number}.py")
        (project / names[-1]).write_bytes(data)
    expected = rows_of(run(project, "-m", "flake8_lambda_perf", "check", "--format", "json", *names).stdout)
    assert sorted(row.partition(":")[0] for row in expected) == sorted(names)
    assert flake8(project, "-j1", *names) == sorted(expected)


BY_PIPE = ["UTF-8 with a mark", "Latin-1", "Shift JIS", "Windows newlines with a mark", "an encoding that does not fit"]


@pytest.mark.parametrize("encoding", BY_PIPE)
def test_flake8_says_what_check_says_of_standard_input_in_another_encoding(encoding: str, project: Path) -> None:
    ours = [sys.executable, "-m", "flake8_lambda_perf", "check", "--format", "json", "-", "--stdin-filename", "new.py"]
    theirs = [sys.executable, "-m", "flake8", "--select", "LPF", "-", "--stdin-display-name", "new.py"]
    told, found = (
        subprocess.run(command, cwd=project, input=ENCODED[encoding], capture_output=True, check=False).stdout.decode()
        for command in (ours, theirs)
    )
    assert found.splitlines() == rows_of(told)
    assert len(found.splitlines()) == 1


def test_settings_are_those_of_the_project_of_each_file(project: Path) -> None:
    write(project / "inner/lambda-perf.toml", 'ignore = ["LPF101"]\n')
    write(project / "inner/app.py", SLOW)
    assert flake8(project, "-j1", ".") == check(project) == EXPECTED


def test_option_names_another_settings_file(project: Path) -> None:
    write(project / "quiet.toml", 'ignore = ["LPF101"]\n')
    assert flake8(project, "--lambda-perf-config", "quiet.toml", ".") == []


def test_option_can_stand_in_the_settings_of_flake8(project: Path) -> None:
    write(project / "quiet.toml", 'ignore = ["LPF101"]\n')
    write(project / "tox.ini", "[flake8]\nlambda-perf-config = quiet.toml\n")
    assert flake8(project, ".") == []


def test_file_ignored_by_git_is_checked_when_flake8_checks_it(project: Path) -> None:
    write(project / ".gitignore", "generated\n")
    write(project / "generated/app.py", SLOW)
    expected = [EXPECTED[0].replace("app.py", "generated/app.py")]
    assert check(project, "generated/app.py") == expected
    assert flake8(project, "generated/app.py") == expected


def test_file_without_an_ending_is_checked_when_flake8_checks_it(project: Path) -> None:
    (project / "app.py").rename(project / "app")
    assert flake8(project, "app") == check(project, "app") == [EXPECTED[0].replace("app.py", "app")]


def test_excluded_file_is_left_out_by_force(project: Path) -> None:
    write(project / "lambda-perf.toml", 'extend-exclude = ["app.py"]\n')
    assert flake8(project, "app.py") == check(project, "app.py") == EXPECTED[:1]
    write(project / "lambda-perf.toml", 'extend-exclude = ["app.py"]\nforce-exclude = true\n')
    assert flake8(project, "app.py") == check(project, "app.py") == []


def test_noqa_works_on_the_line_and_per_file(project: Path) -> None:
    write(project / "app.py", SLOW.replace('("s3")', '("s3")  # noqa: LPF101'))
    assert flake8(project, "app.py") == []
    assert flake8(project, "--disable-noqa", "app.py") == EXPECTED[:1]
    assert flake8(project, "--per-file-ignores", "store.py:LPF1", "store.py") == []


def test_broken_settings_are_a_finding_and_flake8_goes_on(project: Path) -> None:
    settings = write(project / "lambda-perf.toml", "selekt = []\n")
    write(project / "app.py", "import os\n")
    for name in ("api.py", "store.py"):
        (project / name).unlink()
    result = run(project, "-m", "flake8", "-j2", ".")
    first, second = sorted(result.stdout.splitlines())
    assert first == "./app.py:1:1: F401 'os' imported but unused"
    assert second.startswith(f"./app.py:1:1: LPF000 {settings}: ")
    assert "select" in second
    assert result.stderr == ""


FAULT = """
import sys
from flake8_lambda_perf import engine
def check(job):
    raise RuntimeError("one\\nby none")
engine.find = check
"""


def test_our_own_fault_is_a_finding_and_flake8_goes_on(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(project / "app.py", "import os\n")
    fault = "LPF000 internal error of flake8-lambda-perf, please report it: RuntimeError: one by none"
    command = f"{FAULT}{FLAKE8}"
    result = run(project, "-c", command, "-j1", "app.py")
    expected = [f"app.py:1:1: {fault}", "app.py:1:1: F401 'os' imported but unused"]
    assert (sorted(result.stdout.splitlines()), result.stderr) == (sorted(expected), "")
    monkeypatch.setenv("LAMBDA_PERF_DEBUG", "1")
    result = run(project, "-c", command, "-j1", "app.py")
    assert sorted(result.stdout.splitlines()) == sorted(expected)
    assert result.stderr.startswith("Traceback (most recent call last):\n")


def test_file_in_no_known_encoding_is_a_finding(project: Path) -> None:
    (project / "app.py").write_bytes(b'NAME = "\xe9"\n')
    told = "invalid or missing encoding declaration; declare the right encoding or save the file as UTF-8"
    assert flake8(project, "app.py") == [f"app.py:1:1: LPF000 {told}"]


def test_text_with_an_encoding_that_does_not_exist_is_a_finding(project: Path) -> None:
    told = "unknown encoding: nonsense; declare the right encoding or save the file as UTF-8"
    assert flake8(project, "-", stdin=f"# coding: nonsense\n{SLOW}") == [f"stdin:1:1: LPF000 {told}"]


def test_collector_that_was_off_stays_off(project: Path) -> None:
    command = f"import gc, sys, atexit; gc.disable(); atexit.register(lambda: print(gc.isenabled())); {FLAKE8}"
    assert run(project, "-c", command, "-j1", "--select", "LPF", "app.py").stdout.splitlines() == [EXPECTED[0], "False"]


OFF = [entry for entry in entries() if not entry.default and entry.family != "deployment"]
"""The rules about manifests report in files that flake8 does not look at."""


@pytest.mark.parametrize("entry", OFF, ids=lambda entry: entry.code)
@pytest.mark.parametrize("ignore", [[], ["--ignore", "E501"]], ids=["default ignore", "explicit ignore"])
def test_rules_that_are_off_stay_off_until_named(entry: object, ignore: list[str], tmp_path: Path) -> None:
    from flake8_lambda_perf.rules.catalog import Entry

    assert isinstance(entry, Entry)
    write(tmp_path / "app.py", entry.slow)

    def found(*arguments: str) -> bool:
        result = run(tmp_path, "-m", "flake8", *ignore, *arguments, "app.py")
        return f" {entry.code} " in result.stdout

    write(tmp_path / "lambda-perf.toml", "")
    assert not found()
    assert not found("--select", "LPF")
    assert found("--extend-select", entry.code)
    write(tmp_path / "lambda-perf.toml", f'enable = ["{entry.code}"]\n')
    assert found()

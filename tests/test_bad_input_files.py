"""Odd places and a world that does not hold still: names, roots, caches, full disks, Ctrl-C, readers that go away."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from bad_input import (
    APPLIED,
    FIXED,
    FOUND,
    SECONDS,
    SLOW,
    Answer,
    check,
    environment,
    names,
    project,
    run,
)

from flake8_lambda_perf.cli import fix as fix_command
from flake8_lambda_perf.cli import main
from flake8_lambda_perf.cli.write import write_changes
from flake8_lambda_perf.engine import Change  # noqa: TC001  # read by pytest too

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such names, links, limits or signals")


def shell(folder: Path, script: str) -> Answer:
    """What a shell script answers in which `$TOOL` is the command."""
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env={**environment(), "TOOL": f"{sys.executable} -m flake8_lambda_perf"},
        capture_output=True,
        timeout=SECONDS,
        check=False,
    )
    return Answer(done.returncode, done.stdout.decode(), done.stderr.decode())


ODD_NAMES = {
    "a space": ("a b.py", "a b.py"),
    "umlauts": ("café/hä.py", "café/hä.py"),
    "a newline": ("new\nline.py", "new\\nline.py"),
    "an escape": ("esc\x1b[31m.py", "esc\\x1b[31m.py"),
    "a change of direction": ("\u202etxt.py", "\\u202etxt.py"),
    "a quote": ("a'\"b.py", "a'\"b.py"),
    "a dash": ("-x.py", "-x.py"),
    "three hundred folders": ("d/" * 300 + "app.py", "d/" * 300 + "app.py"),
}


@POSIX
@pytest.mark.parametrize(("name", "shown"), ODD_NAMES.values(), ids=ODD_NAMES)
def test_file_with_an_odd_name_is_checked_shown_and_fixed(name: str, shown: str, tmp_path: Path) -> None:
    root = project(tmp_path, {name: SLOW})
    assert check(root) == Answer(1, FOUND.replace("app.py", shown), "")
    assert json.loads(run(root, "check", "--format", "json").out)["findings"][0]["path"] == name
    patch = run(root, "fix", "--diff").out
    done = subprocess.run(
        ["git", "apply", "--check", "-"], cwd=root, input=patch.encode(), check=False, capture_output=True
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert run(root, "fix") == Answer(0, f"fixed {shown}\n", APPLIED)
    assert (root / name).read_bytes() == FIXED


@POSIX
def test_name_that_is_not_unicode_is_a_problem_and_the_others_are_checked(tmp_path: Path) -> None:
    root = project(tmp_path, {"app.py": SLOW})
    try:
        (root / os.fsdecode(b"bad\xff.py")).write_bytes(SLOW)
    except OSError:
        pytest.skip("this file system refuses such names")
    assert check(root) == Answer(2, FOUND, "bad\\xff.py: error: the name is not UTF-8; rename the file\n")


def test_two_roots_are_checked_in_one_call(tmp_path: Path) -> None:
    project(tmp_path / "a", {"app.py": SLOW})
    project(tmp_path / "b", {"app.py": SLOW}, b'ignore = ["LPF101"]\n')
    found = FOUND.replace("app.py", "a/app.py")
    assert check(tmp_path, "a", "b") == Answer(1, found, "")
    assert run(tmp_path, "fix", "a", "b") == Answer(0, "fixed a/app.py\n", APPLIED)
    assert (tmp_path / "b/app.py").read_bytes() == SLOW


def test_paths_are_shown_from_the_working_directory(tmp_path: Path) -> None:
    root = project(tmp_path, {"src/app.py": SLOW, "other/x.py": b""})
    assert check(root / "src") == Answer(1, FOUND, "")
    assert check(root / "src", "../src/../src/app.py") == Answer(1, FOUND, "")
    assert check(root / "other", "..") == Answer(1, FOUND.replace("app.py", "../src/app.py"), "")


@POSIX
def test_root_behind_a_link_is_checked_and_fixed(tmp_path: Path) -> None:
    root = project(tmp_path / "real", {"app.py": SLOW})
    (tmp_path / "link").symlink_to(root)
    assert check(tmp_path, "link") == Answer(1, FOUND.replace("app.py", "link/app.py"), "")
    assert run(tmp_path, "fix", "link") == Answer(0, "fixed link/app.py\n", APPLIED)
    assert (root / "app.py").read_bytes() == FIXED


@POSIX
def test_working_directory_that_is_gone_is_told(tmp_path: Path) -> None:
    project(tmp_path / "gone", {})
    answer = shell(tmp_path, f'cd gone && rm -r "{tmp_path}/gone" && exec $TOOL check')
    assert (answer.status, answer.out) == (2, "")
    message = "lambda-perf: No such file or directory; the job was not done, mend that and run it again\n"
    assert answer.err.endswith(message)


STREAMS = {
    "standard input": (
        "$TOOL check - <&-",
        2,
        "",
        "standard input is closed, so there is nothing to read for -; name a file",
    ),
    "standard output": ("$TOOL check --format concise >&-", 1, "", ""),
    "standard output for the fixed text": ("$TOOL fix - < app.py >&-", 0, "", ""),
    "standard error for a notice": ("$TOOL fix 2>&-", 0, "fixed app.py\n", ""),
    "standard error for an error": ("$TOOL check missing.py 2>&-", 2, "", ""),
    "a full disk for a notice": ("$TOOL fix 2> /dev/full", 0, "fixed app.py\n", ""),
    "a full disk for an error": ("$TOOL check missing.py 2> /dev/full", 2, "", ""),
    "standard error": ("$TOOL check --format concise 2>&-", 1, FOUND, ""),
    "a full disk": (
        "$TOOL check > /dev/full",
        2,
        "",
        "standard output cannot be written: No space left on device; direct it elsewhere",
    ),
    "a full disk for the diff": (
        "$TOOL fix --diff > /dev/full",
        2,
        "",
        "standard output cannot be written: No space left on device; direct it elsewhere",
    ),
    "a full disk for the fixed text": (
        "$TOOL fix - < app.py > /dev/full",
        2,
        "",
        "standard output cannot be written: No space left on device; direct it elsewhere",
    ),
    "a reader that goes away": ("$TOOL check --format concise | true; exit ${PIPESTATUS[0]}", 1, "", ""),
    "a reader of the fixed text that goes away": ("$TOOL fix - < app.py | true; exit ${PIPESTATUS[0]}", 0, "", ""),
    "a reader of the explanation that goes away": ("$TOOL explain LPF | true; exit ${PIPESTATUS[0]}", 0, "", ""),
}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is always full")
@pytest.mark.parametrize(("script", "status", "out", "message"), STREAMS.values(), ids=STREAMS)
def test_stream_that_cannot_be_used(script: str, status: int, out: str, message: str, tmp_path: Path) -> None:
    answer = shell(project(tmp_path, {"app.py": SLOW}), script)
    assert answer == Answer(status, out, f"lambda-perf: {message}\n" if message else "")


@POSIX
def test_full_disk_leaves_the_large_file_as_it_was_and_fixes_the_others(tmp_path: Path) -> None:
    large = SLOW + b"# " + b"x" * 20_000 + b"\n"
    root = project(tmp_path, {"a.py": SLOW, "b.py": large, "c.py": SLOW})
    answer = shell(root, "ulimit -f 8; exec $TOOL fix --no-cache")
    assert (answer.status, answer.out) == (2, "fixed a.py\nfixed c.py\n")
    assert answer.err.splitlines()[0] == "b.py: error: not written: File too large; the file is as it was"
    assert [(root / name).read_bytes() for name in ("a.py", "b.py", "c.py")] == [FIXED, large, FIXED]
    assert names(root) == ["a.py", "b.py", "c.py", "lambda-perf.toml"]


@POSIX
def test_ctrl_c_leaves_every_file_old_or_new(tmp_path: Path) -> None:
    files = {f"f{number:03}.py": SLOW for number in range(150)}
    root = project(tmp_path, files)
    command = [sys.executable, "-m", "flake8_lambda_perf", "fix", "--no-cache"]
    process = subprocess.Popen(command, cwd=root, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    ends = time.monotonic() + SECONDS
    while process.poll() is None and time.monotonic() < ends and (root / "f010.py").read_bytes() == SLOW:
        time.sleep(0.001)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=SECONDS)
    contents = [(root / name).read_bytes() for name in files]
    assert set(contents) <= {SLOW, FIXED}
    assert contents.count(FIXED) > 10
    assert names(root) == sorted([*files, "lambda-perf.toml"])
    assert (process.returncode, out, err) == (130, b"", b"lambda-perf: interrupted\n") or contents.count(SLOW) == 0


def test_file_that_its_user_saves_meanwhile_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root = project(tmp_path, {"app.py": SLOW, "other.py": SLOW})
    monkeypatch.chdir(root)
    edited = SLOW + b"# saved by the user\n"

    def save_first(folder: Path, changes: tuple[Change, ...]) -> object:
        (root / "app.py").write_bytes(edited)
        return write_changes(folder, changes)

    monkeypatch.setattr(fix_command, "write_changes", save_first)
    assert main(["fix"]) == 2
    message = "not written: the file changed while it was analysed; run lambda-perf fix again"
    out, err = capsys.readouterr()
    assert (out, err.splitlines()[0]) == ("fixed other.py\n", f"app.py: error: {message}")
    assert ((root / "app.py").read_bytes(), (root / "other.py").read_bytes()) == (edited, FIXED)


PLANTED = {
    "junk": "junk",
    "nothing": "",
    "a list": "[]",
    "brackets": "[" * 100_000,
    "an object": "{}",
    "ten megabytes": "[" + "1," * 5_000_000 + "1]",
}


@pytest.mark.parametrize("text", PLANTED.values(), ids=PLANTED)
def test_cache_that_holds_something_else_is_made_anew(text: str, tmp_path: Path) -> None:
    root = project(tmp_path, {"app.py": SLOW})
    assert check(root) == Answer(1, FOUND, "")
    for entry in (root / ".lambda_perf_cache").glob("*.json"):
        entry.write_text(text)
    assert check(root) == Answer(1, FOUND, "")


FORGED = {
    "a file outside": ("path", "../../../etc/passwd"),
    "a path that is none": ("path", "a\0b"),
    "a rule there is not": ("code", "LPF999"),
    "a line before the first": ("line", -5),
    "a number for a text": ("message", 5),
}


@pytest.mark.parametrize(("key", "value"), FORGED.values(), ids=FORGED)
@pytest.mark.parametrize("shape", ["concise", "json", "sarif"])
def test_forged_cache_is_not_believed(
    shape: str,
    key: str,
    value: object,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(project(tmp_path, {"app.py": SLOW}))
    assert main(["check", "--format", shape]) == 1
    honest = capsys.readouterr()
    for entry in (tmp_path / ".lambda_perf_cache").glob("*.json"):
        stored = json.loads(entry.read_text())
        if "findings" in stored:
            stored["findings"][0][key] = value
            entry.write_text(json.dumps(stored))
    assert main(["check", "--format", shape]) == 1
    assert capsys.readouterr() == honest


def test_cache_folder_that_is_a_file_or_cannot_be_made_is_done_without(tmp_path: Path) -> None:
    root = project(tmp_path, {"app.py": SLOW, ".lambda_perf_cache": b"a file"})
    assert check(root) == Answer(1, FOUND, "")
    assert check(root, "--cache-dir", "app.py/nested") == Answer(1, FOUND, "")
    assert (root / ".lambda_perf_cache").read_bytes() == b"a file"


def test_foreign_files_in_the_cache_folder_stay(tmp_path: Path) -> None:
    own = {f"data/{number}.json": b"{}" for number in range(50)}
    root = project(tmp_path, {"app.py": SLOW, **own})
    assert check(root, "--cache-dir", "data") == Answer(1, FOUND, "")
    assert [(root / name).read_bytes() for name in own] == list(own.values())


def test_file_beside_the_home_folders_others_does_not_make_all_of_them_one_project(tmp_path: Path) -> None:
    home = project(tmp_path / "home", {"project/app.py": SLOW, "Dockerfile": b"FROM scratch\n"})
    (home / "lambda-perf.toml").unlink()
    done = subprocess.run(
        [sys.executable, "-m", "flake8_lambda_perf", "check", "--format", "concise"],
        cwd=home / "project",
        env={**environment(), "HOME": str(home), "USERPROFILE": str(home)},
        capture_output=True,
        check=False,
        timeout=SECONDS,
    )
    assert (done.returncode, done.stdout.decode(), done.stderr) == (1, FOUND, b"")
    assert names(home) == ["Dockerfile", "project"]

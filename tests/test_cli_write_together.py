"""A fix that touches several files is written whole or not at all."""

from __future__ import annotations

import errno
import os
import secrets
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flake8_lambda_perf.cli.write import write_changes
from flake8_lambda_perf.engine import Change
from flake8_lambda_perf.model import Problem

IMPORT = b"from lazy_parts import load\n"
NEW = Change("lazy_parts.py", None, b"def load(): ...\n")
ONE = Change("one.py", b"1\n", IMPORT + b"1\n")
TWO = Change("two.py", b"2\n", IMPORT + b"2\n")
OTHER = Change("other.py", b"3\n", b"4\n")
CHANGES = [NEW, ONE, OTHER, TWO]
BEFORE = {"one.py": b"1\n", "other.py": b"3\n", "two.py": b"2\n"}
ALL = {change.path: change.after for change in CHANGES}
OTHER_ONLY = {**BEFORE, "other.py": b"4\n"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Three files, of which a fix changes two and adds a third; another one changes the rest."""
    for name, data in BEFORE.items():
        (tmp_path / name).write_bytes(data)
    return tmp_path


def contents(root: Path) -> dict[str, bytes]:
    """All there is, temporary files too."""
    return {path.name: path.read_bytes() for path in root.iterdir()}


def failing_at(call: Callable[..., Any], numbers: set[int], error: BaseException) -> Callable[..., Any]:
    """The function, which fails at its first call, its second..., counted from 1."""
    calls: list[object] = []

    def counted(*args: Any, **keywords: Any) -> Any:
        calls.append(args)
        if len(calls) in numbers:
            raise error
        return call(*args, **keywords)

    return counted


def told(at: str, why: str) -> list[Problem]:
    """What is said of the three files where one cannot be written."""
    rest = f"not written: it belongs together with {at}, which could not be written; the file is as it was"
    own = f"not written: {why}"
    return [Problem(path, 0, own if path == at else rest) for path in ("lazy_parts.py", "one.py", "two.py")]


def test_files_that_belong_together_and_others_are_written(root: Path) -> None:
    assert write_changes(root, CHANGES) == (CHANGES, [])
    assert contents(root) == ALL


# Staged are the new file, then the new text and the old one of each of the two others.
STAGED = {1: "lazy_parts.py", 2: "one.py", 3: "one.py", 4: "two.py", 5: "two.py"}


@pytest.mark.parametrize(("number", "at"), STAGED.items())
def test_full_disk_leaves_all_files_of_a_fix(number: int, at: str, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    full = OSError(errno.ENOSPC, "No space left on device")
    monkeypatch.setattr(os, "fsync", failing_at(os.fsync, {number}, full))
    problems = told(at, "No space left on device; the file is as it was")
    assert write_changes(root, CHANGES) == ([OTHER], problems)
    assert contents(root) == OTHER_ONLY


@pytest.mark.parametrize(("number", "at"), STAGED.items())
def test_folder_that_takes_no_file_leaves_all_files_of_a_fix(
    number: int, at: str, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    denied = PermissionError(errno.EACCES, "Permission denied")
    monkeypatch.setattr(secrets, "token_hex", failing_at(secrets.token_hex, {number}, denied))
    assert write_changes(root, CHANGES) == ([OTHER], told(at, "Permission denied; the file is as it was"))
    assert contents(root) == OTHER_ONLY


@pytest.mark.skipif(sys.platform != "win32" and os.geteuid() == 0, reason="root may write everywhere")
def test_read_only_file_leaves_all_files_of_a_fix(root: Path) -> None:
    (root / "two.py").chmod(0o444)
    assert write_changes(root, CHANGES) == ([OTHER], told("two.py", "the file is read-only; the file is as it was"))
    assert contents(root) == OTHER_ONLY


RENAMED = {1: "lazy_parts.py", 2: "one.py", 3: "two.py"}


@pytest.mark.parametrize(("number", "at"), RENAMED.items())
def test_files_that_were_replaced_are_put_back_where_another_cannot_be(
    number: int, at: str, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = OSError(errno.EIO, "Input/output error")
    monkeypatch.setattr(Path, "replace", failing_at(Path.replace, {number}, failed))
    assert write_changes(root, CHANGES) == ([OTHER], told(at, "Input/output error; the file is as it was"))
    assert contents(root) == OTHER_ONLY


def test_file_that_cannot_be_put_back_is_told_with_where_its_text_is(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = OSError(errno.EIO, "Input/output error")
    monkeypatch.setattr(Path, "replace", failing_at(Path.replace, {3, 4}, failed))
    written, (new, one, two) = write_changes(root, CHANGES)
    (kept,) = set(contents(root)) - set(BEFORE)
    assert written == [OTHER]
    assert [new, two] == told("two.py", "Input/output error; the file is as it was")[::2]
    assert one == Problem(
        "one.py",
        0,
        f"written, but of no use alone, and not put back: Input/output error; what it was is in {kept} beside it",
    )
    assert contents(root) == {**OTHER_ONLY, "one.py": ONE.after, kept: b"1\n"}


def test_file_that_changes_while_others_are_written_takes_them_back(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = Path.replace

    def save(file: Path, target: Path) -> Path:
        if target.name == "one.py":
            (root / "two.py").write_bytes(b"edited\n")
        return replace(file, target)

    monkeypatch.setattr(Path, "replace", save)
    changed = "the file changed while it was analysed; run lambda-perf fix again"
    assert write_changes(root, CHANGES) == ([OTHER], told("two.py", changed))
    assert contents(root) == {**OTHER_ONLY, "two.py": b"edited\n"}


CUTS = [(os, "fsync", number) for number in STAGED] + [(Path, "replace", number) for number in RENAMED]


@pytest.mark.parametrize(("owner", "name", "number"), CUTS, ids=[f"{name} {number}" for _, name, number in CUTS])
def test_ctrl_c_leaves_no_file_of_a_fix_without_the_others(
    owner: object, name: str, number: int, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(owner, name, failing_at(getattr(owner, name), {number}, KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        write_changes(root, CHANGES)
    assert contents(root) == BEFORE

"""Files are replaced whole or not at all."""

from __future__ import annotations

import errno
import os
import stat
import sys
from pathlib import Path

import pytest

from flake8_lambda_perf.cli.write import write_changes
from flake8_lambda_perf.engine import Change
from flake8_lambda_perf.model import Problem

CHANGED = "not written: the file changed while it was analysed; run lambda-perf fix again"


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_files_are_replaced_and_created(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"old\r\n")
    changes = [Change("a.py", b"old\r\n", b"new\r\n"), Change("lib/b.py", None, b"b\n")]
    assert write_changes(tmp_path, changes) == (changes, [])
    assert (tmp_path / "a.py").read_bytes() == b"new\r\n"
    assert (tmp_path / "lib/b.py").read_bytes() == b"b\n"
    assert (names(tmp_path), names(tmp_path / "lib")) == (["a.py", "lib"], ["b.py"])


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_new_file_has_the_mode_of_any_new_file(tmp_path: Path) -> None:
    (tmp_path / "usual").touch()
    write_changes(tmp_path, [Change("b.py", None, b"b\n")])
    assert stat.S_IMODE((tmp_path / "b.py").stat().st_mode) == stat.S_IMODE((tmp_path / "usual").stat().st_mode)


def test_file_that_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"edited\n")
    (tmp_path / "b.py").write_bytes(b"there already\n")
    changes = [Change("a.py", b"old\n", b"new\n"), Change("b.py", None, b"b\n")]
    assert write_changes(tmp_path, changes) == ([], [Problem("a.py", 0, CHANGED), Problem("b.py", 0, CHANGED)])
    assert ((tmp_path / "a.py").read_bytes(), (tmp_path / "b.py").read_bytes()) == (b"edited\n", b"there already\n")


def test_full_disk_leaves_the_file_and_the_others_are_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sync = os.fsync
    calls: list[int] = []

    def full_at_first(handle: int) -> None:
        calls.append(handle)
        if len(calls) == 1:
            raise OSError(errno.ENOSPC, "No space left on device")
        sync(handle)

    monkeypatch.setattr(os, "fsync", full_at_first)
    for name in ("a.py", "b.py"):
        (tmp_path / name).write_bytes(b"old\n")
    changes = [Change("a.py", b"old\n", b"new\n"), Change("b.py", b"old\n", b"new\n")]
    message = "not written: No space left on device; the file is as it was"
    assert write_changes(tmp_path, changes) == (changes[1:], [Problem("a.py", 0, message)])
    assert ((tmp_path / "a.py").read_bytes(), (tmp_path / "b.py").read_bytes()) == (b"old\n", b"new\n")
    assert names(tmp_path) == ["a.py", "b.py"]


def test_ctrl_c_leaves_the_file_and_nothing_beside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_handle: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    (tmp_path / "a.py").write_bytes(b"old\n")
    with pytest.raises(KeyboardInterrupt):
        write_changes(tmp_path, [Change("a.py", b"old\n", b"new\n")])
    assert (tmp_path / "a.py").read_bytes() == b"old\n"
    assert names(tmp_path) == ["a.py"]


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may write everywhere")
def test_read_only_folder_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"old\n")
    tmp_path.chmod(0o555)
    written, (problem,) = write_changes(tmp_path, [Change("a.py", b"old\n", b"new\n")])
    tmp_path.chmod(0o755)
    assert written == []
    assert problem == Problem("a.py", 0, "not written: Permission denied; the file is as it was")

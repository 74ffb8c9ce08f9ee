"""Replaces files so that a crash leaves each of them old or new, never half."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from flake8_lambda_perf.model import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flake8_lambda_perf.engine import Change


def write_changes(root: Path, changes: Iterable[Change]) -> tuple[list[Change], list[Problem]]:
    """Write every change that can be written; the others come back as problems."""
    written: list[Change] = []
    problems: list[Problem] = []
    for change in changes:
        reason = refusal(root / change.path, change)
        if reason is None:
            written.append(change)
        else:
            problems.append(Problem(change.path, 0, reason))
    return written, problems


def refusal(path: Path, change: Change) -> str | None:
    """Write one change; the reason where it was not written."""
    try:
        if not is_unchanged(path, change.before):
            return "not written: the file changed while it was analysed; run lambda-perf fix again"
        replace_file(path, change.after)
    except OSError as error:
        return f"not written: {error.strerror or error}; the file is as it was"
    return None


def is_unchanged(path: Path, before: bytes | None) -> bool:
    """Whether the disk still holds what the fix was computed from."""
    if before is None:
        return not path.exists()
    return path.read_bytes() == before


def replace_file(path: Path, data: bytes) -> None:
    """Put `data` in the place of a file; its mode stays, and a link stays a link to it."""
    target = Path(os.path.realpath(path))
    target.parent.mkdir(parents=True, exist_ok=True)
    mode = mode_for(target)
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".tmp", dir=target.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(mode)
        temporary.replace(target)
    except BaseException:  # Ctrl-C too: no temporary file is left behind
        temporary.unlink(missing_ok=True)
        raise


def mode_for(target: Path) -> int:
    """The mode of an existing file, else the one any new file gets."""
    if target.exists():
        mode = stat.S_IMODE(target.stat().st_mode)
        if not os.access(target, os.W_OK):
            raise PermissionError(13, "the file is read-only")
        return mode
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask

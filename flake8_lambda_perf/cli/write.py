"""Replaces files so that a fix is written whole or not at all, and a crash leaves each of its files old or new."""

from __future__ import annotations

import os
import re
import secrets
import stat
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from flake8_lambda_perf.dataclass import dataclass
from flake8_lambda_perf.model import Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flake8_lambda_perf.engine import Change

CHANGED = "the file changed while it was analysed; run lambda-perf fix again"
AS_IT_WAS = "the file is as it was"


class ChangedError(OSError):
    """A file is no longer what the fix was computed from."""


@dataclass(slots=True)
class Staged:
    """A change on its way: what is to be in the place of `target`, and what was, in temporary files beside it."""

    change: Change
    target: Path
    new: Path
    kept: Path | None = None
    lost: str = ""
    """Why what was there could not be put back."""


def write_changes(root: Path, changes: Sequence[Change]) -> tuple[list[Change], list[Problem]]:
    """Write every change that can be written; the others come back as problems."""
    problems = [problem for group in together(changes) for problem in write_together(root, group)]
    refused = {problem.path for problem in problems}
    return [change for change in changes if change.path not in refused], problems


def together(changes: Sequence[Change]) -> list[list[Change]]:
    """Part changes into those that are of use only together: a new file, and the files that name it."""
    groups = {change.path: [change] for change in changes}
    for new in (change for change in changes if change.before is None):
        group = groups[new.path]
        for other in changes:
            if groups[other.path] is not group and names(other, new):
                group += groups[other.path]
                groups.update((one.path, group) for one in groups[other.path])
    return list({id(group): group for group in groups.values()}.values())


def names(change: Change, new: Change) -> bool:
    """Whether a file, as it is to be, holds the name of a new module."""
    stem = PurePosixPath(new.path).stem.encode()
    return re.search(rb"\b%b\b" % re.escape(stem), change.after) is not None


def write_together(root: Path, changes: Sequence[Change]) -> list[Problem]:
    """Write all of some changes, new files first, or none; the problems where it is none."""
    staged: list[Staged] = []
    made: list[Path] = []
    at = changes[0]
    try:
        for at in sorted(changes, key=lambda change: change.before is not None):
            staged.append(stage(root / at.path, at, made, keep=len(changes) > 1))  # noqa: PERF401  # some, where one fails
        for one in staged:
            at = one.change
            check_unchanged(one.target, at.before)
            one.new.replace(one.target)
    except OSError as error:
        put_back(staged, made)
        why = CHANGED if isinstance(error, ChangedError) else f"{error.strerror or error}; {AS_IT_WAS}"
        return problems_of(changes, staged, at, f"not written: {why}")
    except BaseException:  # Ctrl-C
        put_back(staged, made)
        raise
    finally:
        discard(made)
    return []


def problems_of(changes: Sequence[Change], staged: Sequence[Staged], at: Change, reason: str) -> list[Problem]:
    """Say of each change why it was not written: its own reason, or that it belongs together with one that failed."""
    lost = {one.change.path: one.lost for one in staged}
    other = f"not written: it belongs together with {at.path}, which could not be written; {AS_IT_WAS}"
    own = {change.path: reason if change is at else other for change in changes}
    return [Problem(path, 0, lost.get(path) or said) for path, said in own.items()]


# -- one file ----------------------------------------------------------------------------------


def stage(path: Path, change: Change, made: list[Path], *, keep: bool) -> Staged:
    """Put what is to be in the place of a file beside it, and what is there now if it may have to be put back."""
    target = Path(os.path.realpath(path))
    check_unchanged(target, change.before)
    target.parent.mkdir(parents=True, exist_ok=True)
    mode = mode_for(target)
    staged = Staged(change, target, temporary(target, change.after, mode, made))
    if keep and change.before is not None:
        staged.kept = temporary(target, change.before, mode, made)
    return staged


def temporary(target: Path, data: bytes, mode: int, made: list[Path]) -> Path:
    """Write a file beside `target` and see to it that it is on the disk; it joins `made` before it exists."""
    file = target.with_name(f".{target.name}.{secrets.token_hex(4)}.tmp")
    made.append(file)  # whenever Ctrl-C comes, what is there is known
    with file.open("xb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    file.chmod(mode)
    return file


def put_back(staged: Sequence[Staged], made: list[Path]) -> None:
    """Undo the replacements that were made; what cannot be undone is noted, and its original stays beside it."""
    for one in reversed(staged):
        if one.new.exists():  # it was not moved yet
            continue
        try:
            if one.kept is not None:
                one.kept.replace(one.target)
            elif one.change.before is None:
                one.target.unlink()
        except OSError as error:
            where = f"; what it was is in {one.kept.name} beside it" if one.kept is not None else ""
            one.lost = f"written, but of no use alone, and not put back: {error.strerror or error}{where}"
            made[:] = [file for file in made if file != one.kept]


def discard(made: Sequence[Path]) -> None:
    """Remove the temporary files that are left."""
    for file in made:
        with suppress(OSError):
            file.unlink(missing_ok=True)


def check_unchanged(path: Path, before: bytes | None) -> None:
    """Raise where the disk no longer holds what the fix was computed from."""
    if path.exists() if before is None else path.read_bytes() != before:
        raise ChangedError


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

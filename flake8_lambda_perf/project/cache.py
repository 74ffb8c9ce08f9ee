"""Results on disk, by content: a run over the same bytes with the same settings is read back instead of made again.

Only JSON is read, and only what has exactly the expected shape: a repository must not be able to run code, or to plant
findings that crash a reader, through its cache. Whatever is wrong with an entry, the run is made anew.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, TypeVar, get_args

from flake8_lambda_perf import __version__
from flake8_lambda_perf.model import (
    Confidence,
    Edit,
    Finding,
    Fix,
    Handler,
    NewFile,
    Package,
    Problem,
    Run,
    Safety,
    Said,
    Span,
    Step,
    Unresolved,
)

KEPT = 30
"""How many runs are kept; the oldest go first."""

OURS = re.compile(r"[0-9a-f]{40}\.json\Z")
"""The names of our entries, as `key_of` makes them."""

OF_THE_MOMENT = frozenset({"seconds", "texts"})
"""What a run says of itself that is not true of the next."""

TAG = "Signature: 8a477f597d28d172789f06886806bc55\n# Made by lambda-perf; safe to delete.\n"


def key_of(parts: Iterable[bytes]) -> str:
    """Names a run by everything it depends on; our own version and the interpreter's always count."""
    digest = hashlib.blake2b(f"{__version__} {sys.version_info[:3]}".encode(), digest_size=20)
    for part in parts:
        digest.update(len(part).to_bytes(8, "little"))
        digest.update(part)
    return digest.hexdigest()


def load(folder: Path, key: str) -> Run | None:
    """Reads a run back; None if there is none, or none that can be trusted."""
    try:
        stored = json.loads((folder / f"{key}.json").read_text("utf-8"))
        return _run(stored)
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return None


def save(folder: Path, key: str, run: Run) -> None:
    """Keeps a run; where nothing can be written nothing is kept, and nobody is told: the result is the same."""
    stored = {name: value for name, value in asdict(run).items() if name not in OF_THE_MOMENT}
    try:
        _make(folder)
        handle, name = tempfile.mkstemp(dir=folder, suffix=".tmp")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(stored, file, separators=(",", ":"))
            Path(name).replace(folder / f"{key}.json")
        except BaseException:  # Ctrl-C too: nothing half-written stays
            Path(name).unlink(missing_ok=True)
            raise
        _prune(folder)
    except OSError:
        return


def _make(folder: Path) -> None:
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / ".gitignore").write_text("*\n", "utf-8")
        (folder / "CACHEDIR.TAG").write_text(TAG, "utf-8")


def _prune(folder: Path) -> None:
    ours = (path for path in folder.glob("*.json") if OURS.match(path.name))  # the folder may hold the user's own
    entries = sorted(ours, key=lambda path: path.stat().st_mtime_ns, reverse=True)
    for path in entries[KEPT:]:
        path.unlink(missing_ok=True)


# -- from JSON ---------------------------------------------------------------------------------

CONFIDENCES: tuple[Confidence, ...] = get_args(Confidence)
SAFETIES: tuple[Safety, ...] = get_args(Safety)
PACKAGES: tuple[Package, ...] = get_args(Package)
T = TypeVar("T")


def _fields(kind: type, stored: object, left_out: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Demands exactly the fields of a dataclass."""
    names = {field.name for field in fields(kind)} - left_out
    if not isinstance(stored, dict) or set(stored) != names:
        raise ValueError(f"not a stored {kind.__name__}")
    return stored


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value


def _number(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError("not a whole number")
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError("neither true nor false")
    return value


def _one_of(choices: tuple[T, ...], value: object) -> T:
    for choice in choices:
        if choice == value:
            return choice
    raise ValueError("no such choice")


def _maybe(read: Callable[[object], T], value: object) -> T | None:
    return None if value is None else read(value)


def _each(read: Callable[[object], T], stored: object) -> tuple[T, ...]:
    if not isinstance(stored, list):
        raise TypeError("not a list")
    return tuple(read(value) for value in stored)


def _safety(value: object) -> Safety:
    return _one_of(SAFETIES, value)


def _span(value: object) -> Span:
    stored = _fields(Span, value)
    return Span(_number(stored["start"]), _number(stored["end"]))


def _step(value: object) -> Step:
    stored = _fields(Step, value)
    return Step(_text(stored["path"]), _number(stored["line"]), _text(stored["text"]))


def _edit(value: object) -> Edit:
    stored = _fields(Edit, value)
    return Edit(_text(stored["path"]), _span(stored["span"]), _text(stored["text"]))


def _new_file(value: object) -> NewFile:
    stored = _fields(NewFile, value)
    return NewFile(_text(stored["path"]), _text(stored["text"]))


def _problem(value: object) -> Problem:
    stored = _fields(Problem, value)
    return Problem(_text(stored["path"]), _number(stored["line"]), _text(stored["message"]))


def _handler(value: object) -> Handler:
    stored = _fields(Handler, value)
    return Handler(
        name=_text(stored["name"]),
        path=_text(stored["path"]),
        line=_number(stored["line"]),
        qualified_name=_text(stored["qualified_name"]),
        evidence=_text(stored["evidence"]),
        confidence=_one_of(CONFIDENCES, stored["confidence"]),
        runtime=_maybe(_text, stored["runtime"]),
        memory=_maybe(_number, stored["memory"]),
        timeout=_maybe(_number, stored["timeout"]),
        snapstart=_maybe(_flag, stored["snapstart"]),
        vpc=_maybe(_flag, stored["vpc"]),
        provisioned_concurrency=_maybe(_flag, stored["provisioned_concurrency"]),
        architecture=_maybe(_text, stored["architecture"]),
        ephemeral_storage=_maybe(_number, stored["ephemeral_storage"]),
        efs=_maybe(_flag, stored["efs"]),
        package=_maybe(_package, stored["package"]),
        web_adapter=_maybe(_flag, stored["web_adapter"]),
        concurrent=_maybe(_flag, stored["concurrent"]),
        layers=_each(_text, stored["layers"]),
        environment=_each(_text, stored["environment"]),
        triggers=_each(_text, stored["triggers"]),
        said=_each(_said, stored["said"]),
    )


def _package(value: object) -> Package:
    return _one_of(PACKAGES, value)


def _said(value: object) -> Said:
    stored = _fields(Said, value)
    fact = stored["value"]
    if fact is not None and not isinstance(fact, str | int):
        raise TypeError("not a fact")
    return Said(
        name=_text(stored["name"]),
        value=fact,
        path=_text(stored["path"]),
        line=_number(stored["line"]),
        column=_number(stored["column"]),
        text=_text(stored["text"]),
    )


def _unresolved(value: object) -> Unresolved:
    stored = _fields(Unresolved, value)
    return Unresolved(
        handler=_text(stored["handler"]),
        path=_text(stored["path"]),
        line=_number(stored["line"]),
        resource=_text(stored["resource"]),
        reason=_text(stored["reason"]),
    )


def _fix(value: object) -> Fix:
    stored = _fields(Fix, value)
    return Fix(
        title=_text(stored["title"]),
        edits=_each(_edit, stored["edits"]),
        creates=_each(_new_file, stored["creates"]),
        safety=_safety(stored["safety"]),
        reason=_text(stored["reason"]),
    )


def _finding(value: object) -> Finding:
    stored = _fields(Finding, value)
    return Finding(
        code=_text(stored["code"]),
        name=_text(stored["name"]),
        message=_text(stored["message"]),
        path=_text(stored["path"]),
        span=_span(stored["span"]),
        line=_number(stored["line"]),
        column=_number(stored["column"]),
        end_line=_number(stored["end_line"]),
        end_column=_number(stored["end_column"]),
        trace=_each(_step, stored["trace"]),
        handler=_maybe(_handler, stored["handler"]),
        fixable=_maybe(_safety, stored["fixable"]),
        fix=_maybe(_fix, stored["fix"]),
    )


def _run(value: object) -> Run:
    stored = _fields(Run, value, OF_THE_MOMENT)
    return Run(
        findings=_each(_finding, stored["findings"]),
        problems=_each(_problem, stored["problems"]),
        handlers=_each(_handler, stored["handlers"]),
        unresolved=_each(_unresolved, stored["unresolved"]),
        files=_number(stored["files"]),
        skipped=_number(stored["skipped"]),
    )

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
from collections.abc import Iterable
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from flake8_lambda_perf import __version__
from flake8_lambda_perf.model import Edit, Finding, Fix, Handler, NewFile, Problem, Run, Span, Step

KEPT = 30
"""How many runs are kept; the oldest go first."""

OURS = re.compile(r"[0-9a-f]{40}\.json\Z")
"""The names of our entries, as `key_of` makes them."""

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
    stored = asdict(run)
    del stored["texts"]
    try:
        _make(folder)
        handle, name = tempfile.mkstemp(dir=folder, suffix=".tmp")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(stored, file, separators=(",", ":"))
            os.replace(name, folder / f"{key}.json")
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


def _checked(kind: type, stored: dict[str, Any]) -> dict[str, Any]:
    """Demands exactly the fields of a dataclass."""
    names = {field.name for field in fields(kind)}
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


def _span(stored: dict[str, Any]) -> Span:
    _checked(Span, stored)
    return Span(_number(stored["start"]), _number(stored["end"]))


def _handler(stored: dict[str, Any]) -> Handler:
    _checked(Handler, stored)
    for name in ("name", "path", "qualified_name", "evidence"):
        _text(stored[name])
    _number(stored["line"])
    if stored["confidence"] not in ("declared", "conventional", "named"):
        raise ValueError("no such confidence")
    for name in ("memory", "timeout"):
        if stored[name] is not None:
            _number(stored[name])
    return Handler(**stored)


def _fix(stored: dict[str, Any]) -> Fix:
    _checked(Fix, stored)
    edits = tuple(Edit(_text(e["path"]), _span(e["span"]), _text(e["text"])) for e in stored["edits"])
    creates = tuple(NewFile(_text(c["path"]), _text(c["text"])) for c in stored["creates"])
    return Fix(_text(stored["title"]), edits, creates, _safety(stored["safety"]), _text(stored["reason"]))


def _safety(value: object) -> Any:
    if value not in ("safe", "unsafe"):
        raise ValueError("no such safety")
    return value


def _finding(stored: dict[str, Any]) -> Finding:
    _checked(Finding, stored)
    numbers = {name: _number(stored[name]) for name in ("line", "column", "end_line", "end_column")}
    texts = {name: _text(stored[name]) for name in ("code", "name", "message", "path")}
    return Finding(
        **texts,
        **numbers,
        span=_span(stored["span"]),
        trace=tuple(Step(_text(s["path"]), _number(s["line"]), _text(s["text"])) for s in stored["trace"]),
        handler=_handler(stored["handler"]) if stored["handler"] is not None else None,
        fixable=_safety(stored["fixable"]) if stored["fixable"] is not None else None,
        fix=_fix(stored["fix"]) if stored["fix"] is not None else None,
    )


def _run(stored: dict[str, Any]) -> Run:
    return Run(
        tuple(_finding(finding) for finding in stored["findings"]),
        tuple(Problem(_text(p["path"]), _number(p["line"]), _text(p["message"])) for p in stored["problems"]),
        tuple(_handler(handler) for handler in stored["handlers"]),
        _number(stored["files"]),
        _number(stored["skipped"]),
        0.0,
    )

"""Results on disk, by content: a run over the same bytes with the same settings is read back instead of made again.

Only JSON is read, and only what has exactly the expected shape: a repository must not be able to run code, or to plant
findings that crash a reader, through its cache. Whatever is wrong with an entry, the run is made anew.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import is_dataclass
from functools import cache, partial
from pathlib import Path
from types import NoneType
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin, get_type_hints

from flake8_lambda_perf import __version__
from flake8_lambda_perf.model import Run

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

FOLDER = ".lambda_perf_cache"
"""Where results are kept, in the project's root, unless the user names another folder."""

KEPT = 30
"""How many runs are kept; the oldest go first."""

OURS = re.compile(r"[0-9a-f]{40}\.json\Z")
"""The names of our entries, as `key_of` makes them."""

OF_THE_MOMENT = frozenset({"seconds", "texts"})
"""What a run says of itself that is not true of the next."""

TAG = "Signature: 8a477f597d28d172789f06886806bc55\n# Made by lambda-perf; safe to delete.\n"


def key_of(parts: Iterable[bytes]) -> str:
    """Names a run by everything it depends on; our own version and the interpreter's always count."""
    from hashlib import blake2b  # loads OpenSSL, of use only where there is a cache

    digest = blake2b(f"{__version__} {sys.version_info[:3]}".encode(), digest_size=20)
    for part in parts:
        digest.update(len(part).to_bytes(8, "little"))
        digest.update(part)
    return digest.hexdigest()


def folder_of(root: Path, named: str | None) -> Path | None:
    """Gives the folder of a project's cache; None where a link stands there that came with it: it leads anywhere."""
    if named:
        return root / named
    folder = root / FOLDER
    return None if folder.is_symlink() else folder


def load(folder: Path, key: str) -> Run | None:
    """Reads a run back; None if there is none, or none that can be trusted."""
    try:
        stored = json.loads((folder / f"{key}.json").read_text("utf-8"))
        run: Run = _reader(Run)(stored)
        return run
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return None


def save(folder: Path, key: str, run: Run) -> None:
    """Keeps a run; where nothing can be written nothing is kept, and nobody is told: the result is the same."""
    import tempfile  # 5 ms, and nothing is written where an answer is known

    stored = {name: value for name, value in _fields_of(run).items() if name not in OF_THE_MOMENT}
    text = json.dumps(stored, separators=(",", ":"), default=_fields_of)
    try:
        _make(folder)
        handle, name = tempfile.mkstemp(dir=folder, suffix=".tmp")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
            Path(name).replace(folder / f"{key}.json")
        except BaseException:  # Ctrl-C too: nothing half-written stays
            Path(name).unlink(missing_ok=True)
            raise
        _prune(folder)
    except OSError:
        return


def _fields_of(value: DataclassInstance) -> dict[str, object]:
    """Maps the fields of one of our values to what they hold."""
    return {name: getattr(value, name) for name in value.__dataclass_fields__}


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


@cache
def _reader(kind: object) -> Callable[[object], Any]:
    """Makes what reads values of a type back; it takes nothing for one that is not exactly that."""
    origin, arguments = get_origin(kind), get_args(kind)
    if isinstance(kind, type) and is_dataclass(kind):
        readers = {name: _reader(hint) for name, hint in get_type_hints(kind).items() if name not in OF_THE_MOMENT}
        return partial(_object, kind, readers)
    if origin is tuple:
        return partial(_each, _reader(arguments[0]))
    if origin is Literal:
        return partial(_one_of, arguments)
    if NoneType in arguments:
        rest = [argument for argument in arguments if argument is not NoneType]
        return partial(_maybe, _reader(rest[0]) if len(rest) == 1 else partial(_exactly, tuple(rest)))
    assert isinstance(kind, type), kind
    return partial(_exactly, (kind,))


def _object(kind: Callable[..., object], readers: Mapping[str, Callable[[object], Any]], stored: object) -> object:
    if not isinstance(stored, dict) or stored.keys() != readers.keys():
        raise ValueError("not the fields that are kept")
    return kind(**{name: read(stored[name]) for name, read in readers.items()})


def _each(read: Callable[[object], Any], stored: object) -> tuple[Any, ...]:
    if not isinstance(stored, list):
        raise TypeError("not a list")
    return tuple(map(read, stored))


def _one_of(choices: tuple[str, ...], stored: object) -> str:
    for choice in choices:
        if choice == stored:
            return choice
    raise ValueError("no such choice")


def _maybe(read: Callable[[object], Any], stored: object) -> object:
    return None if stored is None else read(stored)


def _exactly(kinds: tuple[type, ...], stored: object) -> object:
    if type(stored) not in kinds:
        raise TypeError("another kind of value")
    return stored

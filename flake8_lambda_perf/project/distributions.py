"""Which distribution of a repository a file belongs to, and which others that one is installed with."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PYPROJECT = "pyproject.toml"
METADATA = (PYPROJECT, "setup.py", "setup.cfg")
REQUIREMENTS = "requirements.txt"
WORD = re.compile(r"[A-Za-z0-9][\w.-]*")


class Distributions:
    """Reads the metadata of distributions below a root, each when it is first asked for."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._homes: dict[str, str | None] = {}
        self._needs: dict[str, frozenset[str]] = {}

    def home(self, path: str) -> str | None:
        """Names the nearest folder with metadata around a file; None if there is none."""
        folder = path.rpartition("/")[0]
        if folder not in self._homes:
            own = any((self.root / folder / name).is_file() for name in METADATA)
            self._homes[folder] = folder if own else self.home(folder) if folder else None
        return self._homes[folder]

    def is_apart(self, importer: str, target: str) -> bool:
        """Tells whether a file may be installed without another: of a distribution that its own does not ask for."""
        own, other = self.home(importer), self.home(target)
        if own is None or other is None or own == other or _is_below(own, other):
            return False
        if own not in self._needs:
            self._needs[own] = frozenset(_normal(name) for name in self._required(own))
        inside = target.removeprefix(f"{other}/").removeprefix("src/")
        names = {inside.partition("/")[0].removesuffix(".py"), other.rpartition("/")[2], *self._name(other)}
        return self._needs[own].isdisjoint(_normal(name) for name in names)

    def _name(self, home: str) -> Iterator[str]:
        name = _table(self._pyproject(home).get("project")).get("name")
        if isinstance(name, str):
            yield name

    def _required(self, home: str) -> Iterator[str]:
        """Lists what a distribution asks for; every word of what is not TOML counts."""
        for name in (*METADATA[1:], REQUIREMENTS):
            yield from WORD.findall(self._text(home, name))
        pyproject = self._pyproject(home)
        listed = _table(pyproject.get("project")).get("dependencies")
        for requirement in listed if isinstance(listed, list) else ():
            yield from WORD.findall(str(requirement))[:1]
        poetry = _table(_table(_table(pyproject.get("tool")).get("poetry")).get("dependencies"))
        for name, wanted in poetry.items():
            if not (isinstance(wanted, dict) and wanted.get("optional")):
                yield name

    def _pyproject(self, home: str) -> dict[str, object]:
        try:
            return tomllib.loads(self._text(home, PYPROJECT))
        except (tomllib.TOMLDecodeError, RecursionError):
            return {}  # its own tools complain; nothing is known of what it asks for

    def _text(self, home: str, name: str) -> str:
        return (_content(self.root / home / name) or b"").decode("utf-8", "replace")


def metadata(root: Path, files: Iterable[str]) -> Iterator[bytes]:
    """Gives the names and contents of the metadata around files that no other part of a run reads."""
    folders: set[str] = set()
    for file in files:
        folder = file.rpartition("/")[0]
        while folder not in folders:
            folders.add(folder)
            folder = folder.rpartition("/")[0]
    for folder in sorted(folders):
        for name in (*METADATA, REQUIREMENTS):
            content = _content(root / folder / name)
            if content is not None:
                yield f"{folder}/{name}".encode(errors="surrogateescape")
                yield content


def _content(path: Path) -> bytes | None:
    """Reads a file that need not be there: whoever may not read it is told nothing by it."""
    try:
        return path.read_bytes()
    except OSError:
        return None


def _is_below(folder: str, other: str) -> bool:
    return not other or folder.startswith(f"{other}/")


def _table(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()

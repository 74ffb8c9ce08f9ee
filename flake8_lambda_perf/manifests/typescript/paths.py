"""Finds the modules that a path means of which only parts are known."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from flake8_lambda_perf.discover import DEFAULT_EXCLUDES, is_test
from flake8_lambda_perf.manifests.deployed import is_file, is_inside
from flake8_lambda_perf.manifests.typescript.values import HOLE

MAX_ENTRIES = 5_000
"""Entries of folders that are looked at for one pattern."""

MAX_MATCHES = 200


def is_folder(root: Path, path: str) -> bool:
    """Whether a folder of the project exists; unlike Path's own question this never raises."""
    return os.path.isdir(root / path)  # noqa: PTH112


def shown(text: str) -> str:
    """A text as users see it: `*` for what is not known."""
    return re.sub(f"{HOLE}+", "*", text)


def matches(root: Path, folder: str, handler: str) -> list[tuple[str, str]]:
    """The folders and handlers whose module exists, for a folder and a handler in which `*` is any one name."""
    module, _, function = handler.rpartition(".")
    if "*" in function or not module:
        return []
    above = [part for part in folder.split("/") if part not in ("", ".")]
    parts = [*above, *re.split(r"[./]", module.removeprefix("./"))]
    found: list[tuple[str, str]] = []
    for path in _Search(root).find(parts):
        names = path.split("/")
        found.append(("/".join(names[: len(above)]), f"{'/'.join(names[len(above) :])}.{function}"))
    return found


class _Search:
    """One search, which ends after MAX_ENTRIES."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._left = MAX_ENTRIES

    def find(self, parts: list[str]) -> list[str]:
        """The paths of modules, without their ending."""
        folders = [""]
        for part in parts[:-1]:
            folders = [path for folder in folders for path in self._below(folder, part, is_folder)]
        paths = [path for folder in folders for path in self._below(folder, f"{parts[-1]}.py", is_file)]
        own = (path for path in paths if not is_test(path) and is_inside(self._root, path))
        return [path.removesuffix(".py") for path in own][:MAX_MATCHES]

    def _below(self, folder: str, part: str, exists: Callable[[Path, str], bool]) -> Iterator[str]:
        prefix = f"{folder}/" if folder else ""
        if "*" not in part:
            if exists(self._root, prefix + part):
                yield prefix + part
            return
        fits = re.compile(r"[^/]+".join(map(re.escape, part.split("*"))))
        for name in self._names(folder):
            is_own = name not in DEFAULT_EXCLUDES and not name.startswith(".")
            if is_own and fits.fullmatch(name) and exists(self._root, prefix + name):
                yield prefix + name

    def _names(self, folder: str) -> list[str]:
        try:
            names = (
                sorted(entry.name for entry in (self._root / folder).iterdir()) if is_inside(self._root, folder) else []
            )
        except OSError:
            return []
        names = names[: max(self._left, 0)]
        self._left -= len(names)
        return names

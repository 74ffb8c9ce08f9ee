"""Which project each target belongs to: a folder may hold several, each with settings of its own."""

from __future__ import annotations

import functools
import os
from pathlib import Path
from typing import TYPE_CHECKING

from flake8_lambda_perf.config import OWN_FILE, PYPROJECT, find_root

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from flake8_lambda_perf.discover import Tree

SETTINGS_FILES = frozenset({OWN_FILE, PYPROJECT})


def absolute(path: str | Path) -> Path:
    """A path from the file system's root without `..`; links stay as they are named."""
    return Path(os.path.abspath(path))  # noqa: PTH100  # resolve() would follow links


def split(targets: Iterable[Path], tree_of: Callable[[Path], Tree]) -> dict[Path, list[Path]]:
    """The targets by their root; a folder is taken apart where other projects begin inside it."""
    by_root: dict[Path, list[Path]] = {}
    root_of = functools.cache(find_root)  # hundreds of files may be named, and they share their folders
    for target in targets:
        is_folder = target.is_dir()
        root = root_of(target if is_folder else target.parent)
        mine = by_root.setdefault(root, [])
        inside = roots_inside(root, tree_of(root)) if is_folder else []
        inner = [each for each in inside if target in each.parents]
        if not inner:
            mine.append(target)
            continue
        files = frozenset(root / path for path in (*tree_of(root).python, *tree_of(root).manifests))
        mine += around(target, frozenset(inner), files)
        for nested in inner:
            outer = frozenset(each for each in inner if nested in each.parents)
            by_root.setdefault(nested, []).extend(around(nested, outer, files))
    return by_root


def roots_inside(root: Path, tree: Tree) -> list[Path]:
    """The roots below `root`: folders with settings, or repositories of their own."""
    # Hundreds of folders are asked for, and a Path costs more than the question.
    repositories = (path for path in folders_of(tree.python) if os.path.exists(f"{root}/{path}/.git"))  # noqa: PTH110
    candidates = {root / path for path in repositories}
    for path in tree.manifests:
        folder, _, name = path.rpartition("/")
        if folder and name in SETTINGS_FILES:
            candidates.add(root / folder)
    return sorted(each for each in candidates if find_root(each) == each)


def folders_of(paths: Iterable[str]) -> set[str]:
    """Every folder above the files, below the root."""
    folders: set[str] = set()
    for path in paths:
        folder = path.rpartition("/")[0]
        while folder and folder not in folders:
            folders.add(folder)
            folder = folder.rpartition("/")[0]
    return folders


def around(folder: Path, inner: frozenset[Path], files: frozenset[Path]) -> list[Path]:
    """What covers `folder` without the folders `inner`: itself, or its parts one level down."""
    if folder in inner:
        return []
    if not any(folder in each.parents for each in inner):
        return [folder]
    parts: list[Path] = []
    for entry in sorted(folder.iterdir()):
        if entry.is_dir() and not entry.is_symlink():
            parts += around(entry, inner, files)
        elif entry in files:
            parts.append(entry)
    return parts

"""Runs the TypeScript programs of a project, one for each folder that one is started in."""

from __future__ import annotations

import importlib.util
import posixpath
import re
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from flake8_lambda_perf.dataclass import dataclass
from flake8_lambda_perf.manifests.deployed import above, is_file
from flake8_lambda_perf.manifests.typescript.cdk_code import Start
from flake8_lambda_perf.manifests.typescript.program import Program
from flake8_lambda_perf.model import Problem

if TYPE_CHECKING:
    from flake8_lambda_perf.manifests.typescript.packages import Packages

MODULES = ("tree_sitter", "tree_sitter_typescript")


@dataclass(frozen=True, slots=True, eq=False)
class App:
    """A program that ran, and where."""

    start: Start
    program: Program


def missing(texts: Mapping[str, str]) -> Problem | None:
    """What to install where TypeScript cannot be parsed."""
    if all(importlib.util.find_spec(module) is not None for module in MODULES):
        return None
    message = "not read: install tree-sitter and tree-sitter-typescript"
    return Problem(min(texts), 0, message)


def run(
    root: Path, texts: Mapping[str, str], markers: tuple[str, ...], word: re.Pattern[str], packages: Packages
) -> list[App]:
    """Runs the programs that the files belong to, of which a file holds the word.

    A program whose files import those of another belongs to what that declares. `markers` are the files in whose
    folder a program is started, `packages` those that its files may import.
    """
    start_of = partial(_started_in, root, markers, {})
    groups: dict[tuple[bool, str], dict[str, str]] = {}
    for path, text in texts.items():
        folder, is_marked = start_of(posixpath.dirname(path))
        groups.setdefault((not is_marked, folder), {})[path] = text
    entered: set[tuple[str, int]] = set()
    apps: list[App] = []
    for (is_unmarked, folder), members in sorted(groups.items()):
        program = Program(root, members, folder, entered, packages)
        others = (path for path in program.imports() if start_of(posixpath.dirname(path))[0] != folder)
        if any(word.search(text) for text in members.values()) or any(others):
            apps.append(App(Start(root, folder, not is_unmarked), program))
    for app in apps:
        app.program.run_files()
    for app in apps:
        app.program.run_rest()
    return apps


def _started_in(
    root: Path, markers: tuple[str, ...], known: dict[str, tuple[str, bool]], folder: str
) -> tuple[str, bool]:
    """The folder in which the program of a file is started, and whether a marker says so: else that of its package."""
    if folder not in known:
        folders = [folder, *above(folder)]
        found = (
            (each, is_marked)
            for names, is_marked in ((markers, True), (("package.json",), False))
            for each in folders
            if any(is_file(root, posixpath.join(each, name)) for name in names)
        )
        known[folder] = next(found, ("", False))
    return known[folder]

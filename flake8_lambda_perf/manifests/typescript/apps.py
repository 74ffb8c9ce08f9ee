"""Runs the TypeScript programs of a project, one for each folder that one is started in."""

from __future__ import annotations

import importlib.util
import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from flake8_lambda_perf.manifests.typescript.cdk_code import Start
from flake8_lambda_perf.manifests.typescript.paths import is_file
from flake8_lambda_perf.manifests.typescript.program import Program
from flake8_lambda_perf.model import Problem

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


def run(root: Path, texts: Mapping[str, str], markers: tuple[str, ...], word: re.Pattern[str]) -> list[App]:
    """Runs the programs that the files belong to, of which a file holds the word.

    `markers` are the files in whose folder a program is started.
    """
    groups: dict[tuple[bool, str], dict[str, str]] = {}
    for path, text in texts.items():
        folder, is_marked = _started_in(root, path, markers)
        groups.setdefault((not is_marked, folder), {})[path] = text
    entered: set[tuple[str, int]] = set()
    apps = [
        App(Start(root, folder, not is_unmarked), Program(root, members, folder, entered))
        for (is_unmarked, folder), members in sorted(groups.items())
        if any(word.search(text) for text in members.values())
    ]
    for app in apps:
        app.program.run_files()
    for app in apps:
        app.program.run_rest()
    return apps


def _started_in(root: Path, path: str, markers: tuple[str, ...]) -> tuple[str, bool]:
    """The folder in which the program of a file is started, and whether a marker says so: else that of its package."""
    above = list(_above(path))
    for names, is_marked in ((markers, True), (("package.json",), False)):
        for folder in above:
            if any(is_file(root, posixpath.join(folder, name)) for name in names):
                return folder, is_marked
    return "", False


def _above(path: str) -> Iterator[str]:
    while path:
        path = posixpath.dirname(path)
        yield path

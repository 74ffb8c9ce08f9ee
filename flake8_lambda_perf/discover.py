"""Which files belong to the project: one pass over its folders, without what others wrote."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from flake8_lambda_perf.dataclass import dataclass
from flake8_lambda_perf.model import Problem
from flake8_lambda_perf.vendored import packages_in

if TYPE_CHECKING:
    from pathlib import Path

    from pathspec import GitIgnoreSpec

    from flake8_lambda_perf.config import Settings

DEFAULT_EXCLUDES = (
    ".git", ".hg", ".svn", ".bzr", ".venv", "venv", "site-packages", "dist-packages", "node_modules", "__pycache__",
    "__pypackages__", ".tox", ".nox", ".eggs", ".direnv", ".pixi", ".mypy_cache", ".ruff_cache", ".pytest_cache",
    ".hypothesis", ".pytype", ".ipynb_checkpoints", ".lambda_perf_cache", ".aws-sam", "cdk.out", ".serverless",
    ".terraform", ".build", "build", "dist", ".yarn", ".next", ".idea", ".vscode",
)  # fmt: skip  # one name a line would take a screen
"""Folders of tools: environments, caches, build output. Replaced by the setting `exclude`."""

MANIFEST_SUFFIXES = (".yaml", ".yml", ".json", ".template", ".toml", ".tf", ".tofu", ".tfvars", ".sh")
NO_MANIFESTS = frozenset(
    {"package.json", "package-lock.json", "npm-shrinkwrap.json", "tsconfig.json", "pnpm-lock.yaml", "composer.json"}
)
MANIFEST_BYTES = 2 * 1024 * 1024

SCRIPT_SUFFIXES = (".ts", ".mts", ".cts", ".js", ".mjs", ".cjs")
NO_SCRIPT = re.compile(r"\.(?:d|min|test|spec)\.\w+\Z")
SCRIPT_MARKERS = frozenset(
    {"cdk.json", ".projenrc.ts", ".projenrc.js", "sst.config.ts", "sst.config.js", "sst.config.mjs", "sst.json"}
)
"""Without one of these files somewhere, no script of the project deploys anything."""

REQUIREMENTS = "requirements.txt"
"""What a function's packages are installed from; rules report lines of it."""

UNREAD = frozenset({"serverless.ts", "serverless.js", "serverless.cjs", "serverless.mjs"})
"""Manifests in languages in which they are not read: their names are listed, to tell of them."""

SYNTHESISED = "cdk.out"
"""Where the CDK writes its templates: these are read, though the folder is a tool's and not the project's."""

TEST_FOLDERS = frozenset(
    {
        "test",
        "tests",
        "testing",
        "unit_tests",
        "integration_tests",
        "unit-tests",
        "integration-tests",
        "e2e",
        "__tests__",
    }
)
TEST_FILE = re.compile(r"(?:test_.*|.*_tests?|tests?|conftest)\.py\Z")


@dataclass(frozen=True, slots=True)
class Tree:
    """The files of a project, sorted, posix, relative to its root; `skipped_vendored` counts packages left out."""

    python: tuple[str, ...]
    manifests: tuple[str, ...]
    skipped_vendored: int
    problems: tuple[Problem, ...] = ()


def walk(root: Path, settings: Settings) -> Tree:
    """List the project's Python files and possible manifests; each folder is read once."""
    return _Walk(root, settings).run()


def look(root: Path, settings: Settings) -> Tree:
    """List what `walk` lists in the root's own folder, and nothing below it."""
    return _Walk(root, settings).run(folders=1)


@lru_cache(maxsize=1 << 16)
def is_test(path: str) -> bool:
    """Tell whether a file is a test by its name or one of its folders."""
    *folders, name = path.split("/")
    return TEST_FILE.match(name) is not None or not TEST_FOLDERS.isdisjoint(folders)


def excluded(path: str, settings: Settings) -> bool:
    """Tell whether the settings exclude a file or one of its folders; ignore files are the walk's."""
    return _matcher(_exclude_patterns(settings))(path)


def matches(path: str, patterns: Iterable[str]) -> bool:
    """Tell whether a path, or a folder above it, fits one of the patterns.

    A pattern without a slash fits a name anywhere; one with a slash starts at the root, `**` spans folders.
    """
    return _matcher(tuple(patterns))(path)


def _exclude_patterns(settings: Settings) -> tuple[str, ...]:
    first = DEFAULT_EXCLUDES if settings.exclude is None else settings.exclude
    return (*first, *settings.extend_exclude)


@lru_cache(maxsize=256)
def _matcher(patterns: tuple[str, ...]) -> Callable[[str], bool]:
    """Compile patterns to one test; plain names, the usual case, need no regular expression."""
    names = frozenset(pattern for pattern in patterns if not re.search(r"[*?\[/]", pattern))
    others = [_expression(pattern) for pattern in patterns if pattern not in names]
    expression = re.compile("|".join(others)) if others else None

    def fits(path: str) -> bool:
        if not names.isdisjoint(path.split("/")):
            return True
        return expression is not None and expression.match(path) is not None

    return fits


def _expression(pattern: str) -> str:
    """Translate one glob pattern to a regular expression that also fits everything below what it names."""
    anchored = "/" in pattern.rstrip("/")
    start = "" if anchored else r"(?:.*/)?"
    return f"{start}{_glob(pattern.removeprefix('./').strip('/'))}(?:/.*)?\\Z"


def _glob(pattern: str) -> str:
    parts = re.split(r"(\*\*/|\*\*|\*|\?|\[!?\]?[^\]/]*\])", pattern)
    known = {"**/": r"(?:.*/)?", "**": r".*", "*": r"[^/]*", "?": r"[^/]"}
    return "".join(
        known.get(part) or (_character_class(part) if part.startswith("[") and part.endswith("]") else re.escape(part))
        for part in parts
    )


def _character_class(part: str) -> str:
    inner = part[1:-1].replace("\\", r"\\").replace("[", r"\[").replace("]", r"\]")
    expression = f"[^{inner[1:]}]" if inner.startswith("!") else f"[{inner}]"
    try:
        re.compile(expression)
    except re.error:  # `[!]` or `[z-a]`: no class, so each character stands for itself
        return re.escape(part)
    return expression


class _Walk:
    """The state of one pass: what is still to be read, and what was found."""

    def __init__(self, root: Path, settings: Settings) -> None:
        self._root = os.fspath(root)
        self._excluded = _matcher(_exclude_patterns(settings))
        self._python: list[str] = []
        self._manifests: list[str] = []
        self._scripts: list[str] = []
        self._has_program = False
        self._synthesised = settings.exclude is None and not _matcher(settings.extend_exclude)(SYNTHESISED)
        self._problems: list[Problem] = []
        self._vendored = 0
        self._pending: list[tuple[str, tuple[tuple[int, GitIgnoreSpec], ...]]] = [("", ())]

    def run(self, folders: float = math.inf) -> Tree:
        while self._pending and folders > 0:
            folders -= 1
            folder, ignores = self._pending.pop()
            self._read(folder, ignores)
        scripts = self._scripts if self._has_program else []
        return Tree(
            tuple(sorted(self._python)),
            tuple(sorted([*self._manifests, *scripts])),
            self._vendored,
            tuple(sorted(self._problems, key=lambda problem: problem.path)),
        )

    def _read(self, folder: str, ignores: tuple[tuple[int, GitIgnoreSpec], ...]) -> None:
        """Read one folder; its prefix ends with a slash, or is empty at the root."""
        entries = self._entries(folder)
        if "pyvenv.cfg" in entries:
            return
        if ".gitignore" in entries and (spec := self._ignore_file(f"{folder}.gitignore")) is not None:
            ignores = (*ignores, (len(folder), spec))
        vendored = packages_in(os.path.join(self._root, folder), entries.keys())
        self._vendored += len(vendored)
        for name, entry in entries.items():
            if name in vendored or name.endswith((".dist-info", ".egg-info")):
                continue
            self._take(folder + name, name, entry, ignores)

    def _take(
        self, path: str, name: str, entry: os.DirEntry[str], ignores: tuple[tuple[int, GitIgnoreSpec], ...]
    ) -> None:
        """Queue a folder or note a file, unless it is excluded or ignored."""
        if entry.is_dir(follow_symlinks=False):
            if name == SYNTHESISED and self._synthesised:
                self._read_templates(f"{path}/")
            elif not self._excluded(path) and not _ignored(f"{path}/", ignores):
                self._pending.append((f"{path}/", ignores))
            return
        python = name.endswith(".py")
        self._has_program = self._has_program or name in SCRIPT_MARKERS
        if not python and not may_be_manifest(name):
            return
        if self._excluded(path) or _ignored(path, ignores) or not self._is_own_file(entry):
            return
        if not name.isascii() and not _is_unicode(name):
            self._problem(
                os.fsencode(path).decode("utf-8", "backslashreplace"), "the name is not UTF-8; rename the file"
            )
        elif python:
            self._python.append(path)
        elif _size_of(entry) <= MANIFEST_BYTES:
            is_script = name.endswith(SCRIPT_SUFFIXES) and name not in UNREAD
            (self._scripts if is_script else self._manifests).append(path)

    def _read_templates(self, folder: str) -> None:
        """Note the templates that a CDK app synthesised, also those of its stages."""
        for name, entry in self._entries(folder).items():
            if entry.is_dir(follow_symlinks=False):
                if name.startswith("assembly-"):
                    self._read_templates(f"{folder}{name}/")
            elif name.endswith(".template.json") and name.isascii() and not entry.is_symlink():
                self._manifests += [folder + name] if _size_of(entry) <= MANIFEST_BYTES else []

    def _is_own_file(self, entry: os.DirEntry[str]) -> bool:
        """Tell whether an entry is a file not listed under another name; a link counts if it leaves the root."""
        if not entry.is_symlink():
            return entry.is_file(follow_symlinks=False)
        if not os.path.isfile(entry.path):  # entry.is_file() raises where a link leads to itself
            return False
        target, root = os.path.realpath(entry.path), os.path.realpath(self._root)
        return not target.startswith(os.path.join(root, ""))

    def _entries(self, folder: str) -> dict[str, os.DirEntry[str]]:
        try:
            with os.scandir(os.path.join(self._root, folder) or ".") as found:
                return {entry.name: entry for entry in found}
        except OSError as error:
            reason = error.strerror or str(error)
            self._problem(
                folder.rstrip("/") or ".", f"the folder cannot be read: {reason}; change its mode or exclude it"
            )
            return {}

    def _ignore_file(self, path: str) -> GitIgnoreSpec | None:
        """Compile a .gitignore; a line that is no pattern is passed over, as git does."""
        from pathspec import GitIgnoreSpec  # 23 ms, of use only where there is such a file

        try:
            with open(os.path.join(self._root, path), encoding="utf-8-sig", errors="surrogateescape") as file:
                lines = file.read().split("\n")
        except OSError as error:
            self._problem(path, f"cannot be read: {error.strerror or error}; repair or remove it")
            return None
        try:
            return GitIgnoreSpec.from_lines(lines)
        except ValueError:
            return GitIgnoreSpec.from_lines(line for line in lines if _is_pattern(line))

    def _problem(self, path: str, message: str) -> None:
        self._problems.append(Problem(path, 0, message))


def _ignored(path: str, ignores: tuple[tuple[int, GitIgnoreSpec], ...]) -> bool:
    """Ask the ignore files from the nearest upwards; the first with an opinion decides."""
    for length, spec in reversed(ignores):
        opinion = spec.check_file(path[length:]).include
        if opinion is not None:
            return opinion
    return False


def _is_pattern(line: str) -> bool:
    from pathspec import GitIgnoreSpec

    try:
        GitIgnoreSpec.from_lines([line])
    except ValueError:
        return False
    return True


def _size_of(entry: os.DirEntry[str]) -> int:
    """Return a file's size; 0 for one that went away meanwhile, which its reader will tell."""
    try:
        return entry.stat().st_size
    except OSError:
        return 0


def _is_unicode(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def is_code(name: str) -> bool:
    """Tell by its name whether a file that a user names can be meant as Python: any but what says how to deploy."""
    return not (name.endswith((*MANIFEST_SUFFIXES, *SCRIPT_SUFFIXES)) or may_be_manifest(name) or name == REQUIREMENTS)


def may_be_manifest(name: str) -> bool:
    """Tell by its name whether a file may say what is deployed."""
    if name.endswith(MANIFEST_SUFFIXES):
        return name not in NO_MANIFESTS
    if name.endswith(SCRIPT_SUFFIXES):
        return NO_SCRIPT.search(name) is None
    return "dockerfile" in name.lower() or name in ("Containerfile", "Procfile")

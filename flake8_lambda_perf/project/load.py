"""Reads a project's Python files, on demand, and resolves imports as the deployed function would."""

from __future__ import annotations

import ast
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from flake8_lambda_perf.errors import SourceError
from flake8_lambda_perf.knowledge import import_cost, trigger_words
from flake8_lambda_perf.model import Problem
from flake8_lambda_perf.project.index import index_module
from flake8_lambda_perf.project.outline import Later, Outline, outline
from flake8_lambda_perf.project.sketch import sketch
from flake8_lambda_perf.source import SourceFile, decode, encode, parse

if TYPE_CHECKING:
    from flake8_lambda_perf.project.facts import Module

READING = os.O_RDONLY | getattr(os, "O_BINARY", 0)  # on Windows only
AT_ONCE = 1 << 16
"""So many bytes are read in one go: more than nearly all files have."""


class Project:
    """The Python files below a root; each is read and parsed once, when it is first needed.

    `overlay` holds the bytes of files that are not saved yet (standard input, an editor's buffer, what a repair has
    changed), manifests among them; `layers` are the folders of layers that manifests name.
    """

    def __init__(
        self, root: Path, files: Iterable[str], overlay: Mapping[str, bytes], layers: Iterable[str] = ()
    ) -> None:
        self.root = root
        self.layers = sorted({*layers})
        self.overlay = overlay
        self.files = sorted({*files, *(path for path in overlay if path.endswith(".py"))})
        self.known = frozenset(self.files)
        self.problems: dict[str, Problem] = {}
        self._bytes: dict[str, bytes | None] = {}
        self._sources: dict[str, SourceFile | None] = {}  # of what is parsed: the text of others is seldom asked for
        self._modules: dict[str, Module | None] = {}
        self._resolved: dict[tuple[str, str, int], str | None] = {}
        self._outlines: dict[str, Outline] = {}
        self._links: dict[str, frozenset[str]] = {}
        self._roots: dict[tuple[str, str], list[tuple[str, bool]]] = {}
        self._by_name: dict[str, list[str]] = {}
        self._parts: set[str] = set()  # what a dotted name may start with: the names of folders and files
        for file in self.files:
            parts = file.split("/")
            name = parts[-1]
            if name == "__init__.py":
                name = f"{parts[-2] if len(parts) > 1 else ''}.py"
            self._by_name.setdefault(name, []).append(file)
            self._parts.update(parts[:-1])
            self._parts.add(parts[-1].removesuffix(".py"))
        self.on_module: Callable[[Module], None] = lambda _module: None
        self._apart: set[str] = set()  # folders whose files see nothing of the project but layers

    # -- files --------------------------------------------------------------------------------

    def hold(self, path: str, data: bytes) -> None:
        """Takes in a file that is deployed without the project's files: code that stands inside a manifest."""
        self._bytes[path] = data
        self.known |= {path}
        self._parts |= {part.removesuffix(".py") for part in path.split("/")}
        self._apart.add(path.rpartition("/")[0])

    def data(self, path: str) -> bytes | None:
        """Gives a file's bytes; None, with a problem noted, if it cannot be read."""
        if path not in self._bytes:
            source = self._sources.get(path)
            if source is not None:
                return encode(source, source.text)
            try:
                self._bytes[path] = self.overlay[path] if path in self.overlay else _read(f"{self.root}/{path}")
            except OSError as error:
                self._bytes[path] = None
                self.problems[path] = Problem(path, 0, f"cannot be read: {error.strerror or error}")
        return self._bytes[path]

    def source(self, path: str) -> SourceFile | None:
        """Gives a file's text; None, with a problem noted, if it cannot be read or decoded."""
        if path in self._sources:
            return self._sources[path]
        data = self.data(path)
        try:
            return decode(data, path) if data is not None else None
        except SourceError as error:
            self.problems[path] = Problem(path, error.line, str(error))
            return None

    def module(self, path: str) -> Module | None:
        """Gives a file's facts; None, with a problem noted, if it does not parse."""
        if path not in self._modules:
            self._modules[path] = None
            source = self._sources[path] = self.source(path)
            if source is None:
                return None
            del self._bytes[path]  # no need to keep them beside the text, which gives them back
            try:
                module = index_module(path, *sketch(source.text, partial(self._whole, path)), source.text)
            except SourceError as error:
                self.problems[path] = Problem(path, error.line, str(error))
                return None
            self._modules[path] = module
            self.on_module(module)
        return self._modules[path]

    def _whole(self, path: str) -> ast.Module | None:
        """Parses a whole file; None, with a problem noted, if that cannot be done: then it has no facts either."""
        source = self.source(path)
        try:
            return parse(source.text) if source is not None else None
        except SourceError as error:
            self.problems[path] = Problem(path, error.line, str(error))
            self._modules[path] = None
            return None

    def parse_whole(self, path: str) -> None:
        """Parses all of a file, so that a problem anywhere in it is noted."""
        module = self.module(path)
        if module is not None and module.is_sketch:
            self._whole(path)

    def is_parsed(self, path: str) -> bool:
        """Tells whether a file's facts are known already."""
        return path in self._modules

    def outline(self, path: str) -> Outline:
        """Gives what a file's bytes alone tell; nothing for a file that cannot be read."""
        if path not in self._outlines:
            self._outlines[path] = outline(self.data(path) or b"")
        return self._outlines[path]

    @cached_property
    def packages(self) -> frozenset[str]:
        """The packages that the project's files import by name, its own among them."""
        imports = (each for path in self.known for each in self.outline(path).imports)
        return frozenset(name.partition(".")[0] for name, _, _ in imports)

    def links(self, path: str) -> frozenset[str]:
        """Lists the project's files that a file imports, anywhere in it, at once or at the first request."""
        if path not in self._links:
            found: set[str | None] = set()
            for module, level, names in self.outline(path).imports:
                if not level and module.partition(".")[0] not in self._parts:
                    continue
                parts = module.split(".") if module else []
                last = None
                for end in range(1, len(parts) + 1) if not level else [len(parts)]:
                    last = self.locate(".".join(parts[:end]), path, level)
                    found.add(last)
                for name in names if last is None or last.endswith("__init__.py") else ():  # only packages hold modules
                    if name != "*":
                        found.add(self.locate(f"{module}.{name}" if module else name, path, level))
            found.update(target for later in self.outline(path).later for target in self.targets(later, path))
            self._links[path] = frozenset(file for file in found if file is not None)
        return self._links[path]

    def targets(self, later: Later, importer: str) -> Iterator[str]:
        """Lists the project's files that a module named by text is loaded from, its packages first."""
        parts = later.module.split(".")
        for end in range(1, len(parts) + 1) if not later.level else [len(parts)]:
            path = self.locate(".".join(parts[:end]), importer, later.level)
            if path is not None:
                yield path

    # -- imports ------------------------------------------------------------------------------

    def resolve(self, name: str, importer: str, level: int) -> Module | None:
        """Gives the project's module that an import names; None if it is not of the project."""
        path = self.locate(name, importer, level)
        return self.module(path) if path is not None else None

    def locate(self, name: str, importer: str, level: int) -> str | None:
        """Gives the path of the file that an import in `importer` names."""
        if not level and name.partition(".")[0] not in self._parts:
            return None
        folder = importer.rpartition("/")[0]
        key = (name, folder, level)
        if key not in self._resolved:
            parts = name.split(".") if name else []
            self._resolved[key] = self._relative(parts, folder, level) if level else self._absolute(parts, folder)
        return self._resolved[key]

    def _starts(self, folder: str, top: str) -> bool:
        """Tells whether a folder holds a package or a module of this name."""
        return (f"{folder}/{top}" if folder else top) in self._importable

    @cached_property
    def _importable(self) -> frozenset[str]:
        """The folders with Python files in or below them, and the files without their suffix."""
        found = {path.removesuffix(".py") for path in self.files}
        for path in self.files:
            folder = path.rpartition("/")[0]
            while folder and folder not in found:
                found.add(folder)
                folder = folder.rpartition("/")[0]
        return frozenset(found)

    def _file(self, folder: str, parts: list[str]) -> str | None:
        base = "/".join([folder, *parts] if folder else parts)
        for candidate in (f"{base}/__init__.py" if base else "__init__.py", f"{base}.py"):
            if candidate in self.known:
                return candidate
        return None

    def _relative(self, parts: list[str], folder: str, level: int) -> str | None:
        for _ in range(level - 1):
            if not folder:
                return None
            folder = folder.rpartition("/")[0]
        return self._file(folder, parts)

    def _absolute(self, parts: list[str], folder: str) -> str | None:
        top = parts[0]
        base = folder
        while base and f"{base}/__init__.py" in self.known:
            base = base.rpartition("/")[0]
        foreign = top in sys.stdlib_module_names or top in trigger_words() or import_cost(top) is not None
        if foreign:
            return self._file(base, parts) if self._file(base, parts[:1]) else None
        for root, is_inner in self._roots_above(base, top):
            found = self._file(root, parts)
            if found is not None:
                nearer = self._elsewhere(parts, folder) if is_inner else None
                return nearer if nearer is not None and _shared(nearer, folder) > _shared(found, folder) else found
        for layer in self.layers:
            found = self._file(f"{layer}/python", parts) or self._file(layer, parts)
            if found is not None:
                return found
        return self._elsewhere(parts, folder) if "" in self._above(base) else None

    def _above(self, folder: str) -> Iterator[str]:
        """Lists a folder and those around it, as far as its files see them; the root is the last."""
        while folder not in self._apart:
            yield folder
            if not folder:
                break
            folder = folder.rpartition("/")[0]

    def _roots_above(self, base: str, top: str) -> list[tuple[str, bool]]:
        """Lists the folders with a package or module of a name, the nearest first, and whether each is an inner one."""
        key = (base, top)
        if key not in self._roots:
            found = []
            for folder in self._above(base):
                around = f"{folder}/" if folder else ""
                found += [(folder, False), (f"{around}src", True), (f"{around}python", True)]
            self._roots[key] = [(root, is_inner) for root, is_inner in found if self._starts(root, top)]
        return self._roots[key]

    def _elsewhere(self, parts: list[str], folder: str) -> str | None:
        """Finds the nearest file whose path ends with the module's: a layer, or a copied package."""
        tail = "/".join(parts)
        candidates = [
            file
            for file in self._by_name.get(f"{parts[-1]}.py", ())
            if file.removesuffix("/__init__.py").removesuffix(".py").endswith(f"/{tail}")
        ]
        if not candidates:
            return None
        ranked = sorted(candidates, key=lambda file: (-_shared(file, folder), file.count("/"), file))
        if len(ranked) > 1 and _shared(ranked[0], folder) == _shared(ranked[1], folder) == 0 and folder:
            return None
        return ranked[0]


def _read(path: str) -> bytes:
    """Reads a file, without the layers between a file object and the system, which cost half as much as the reading."""
    handle = os.open(path, READING)
    try:
        parts = []
        while part := os.read(handle, AT_ONCE):
            parts.append(part)
    finally:
        os.close(handle)
    return b"".join(parts)


def _shared(file: str, folder: str) -> int:
    """Counts the leading folders that two paths share."""
    count = 0
    for one, other in zip(file.split("/")[:-1], folder.split("/"), strict=False):
        if one != other:
            break
        count += 1
    return count

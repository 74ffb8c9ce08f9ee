"""The files of a TypeScript program: parsed and run when something imports them, each once."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from flake8_lambda_perf.errors import ManifestError
from flake8_lambda_perf.manifests.deployed import check_text, is_file, is_inside, join, read_text
from flake8_lambda_perf.manifests.typescript import calls, library
from flake8_lambda_perf.manifests.typescript.imports import is_foreign, library_name
from flake8_lambda_perf.manifests.typescript.nodes import SUFFIXES, Place, error_line, parse
from flake8_lambda_perf.manifests.typescript.run import ExhaustedError, Run
from flake8_lambda_perf.manifests.typescript.values import UNKNOWN, Class, Frame, Function, Later, Module, Named, Value
from flake8_lambda_perf.model import Problem

if TYPE_CHECKING:
    from tree_sitter import Node

    from flake8_lambda_perf.manifests.typescript.packages import Packages

_IMPORTED = re.compile(r"""\b(?:from|require\(|import)\s*["']([^"'\s]+)["']""")
_USED = re.compile(rb"(?<!function )\b(\w+)\s*\(")


class Program:
    """Runs the files of one program, which is started in the folder `cwd`."""

    def __init__(
        self, root: Path, texts: Mapping[str, str], cwd: str, entered: set[tuple[str, int]], packages: Packages
    ) -> None:
        self.run = Run(self, posixpath.join(library.PROJECT, cwd), entered)
        self.problems: list[Problem] = []
        self._root = root
        self._texts = texts
        self._packages = packages
        self._cwd = cwd
        self._modules: dict[str, Module | None] = {}
        self._named: frozenset[str] = frozenset()

    def run_files(self) -> None:
        """Runs every file."""
        self._guarded(self.module)

    def run_rest(self) -> None:
        """Runs the classes and functions that nothing has used, those first that nothing else names: somebody may."""
        self._named = frozenset(name for module in self._modules.values() if module for name in _names_in(module))
        for is_named in (False, True):
            self._guarded(partial(self._run_classes, is_named=is_named))
            self._guarded(partial(self._run_functions, is_named=is_named))

    def _guarded(self, step: Callable[[str], object]) -> None:
        path = ""
        try:
            for path in sorted(self._texts):
                step(path)
        except (ExhaustedError, RecursionError):
            message = "too long to follow, so that functions may be missed; exclude the files that deploy nothing"
            self.problems.append(Problem(path, 0, message))

    def module(self, path: str) -> Module | None:
        """A file of the program after it ran; None where it cannot be read."""
        if path not in self._modules and not self.run.is_deep:
            self._modules[path] = None
            try:
                self._load(path)
            except ManifestError as error:
                self._add_problem(path, error.line, str(error))
        return self._modules.get(path)

    def _add_problem(self, path: str, line: int, message: str) -> None:
        """Notes what keeps a file from being read, unless it is one of those that only values are imported from."""
        if path in self._texts:
            self.problems.append(Problem(path, line, message))

    def _load(self, path: str) -> None:
        text = self._texts.get(path) or read_text(self._root, path)
        if text is not None:
            check_text(text)
            script = parse(path, text)
            line = error_line(script)
            if line is not None:
                message = "not valid here, so that functions may be missed; correct the file or exclude it"
                self._add_problem(path, line, message)
            frame = Frame(script)
            self._modules[path] = Module(frame)
            with self.run.apart():
                self.run.execute(script.top, frame, [])

    def imported(self, specifier: str, importer: str) -> Value:
        """What an import names: a file of the program, or a library by the name it goes by here."""
        path = self._path(specifier, importer)
        if path is None:
            return UNKNOWN if specifier.startswith(".") else Named(library_name(specifier))
        return self.module(path) or UNKNOWN

    def imports(self) -> Iterator[str]:
        """The files outside its folder that those of the program name in what looks like an import."""
        for importer, text in self._texts.items():
            depth = importer.count("/") - self._cwd.count("/") - bool(self._cwd)
            for specifier in _IMPORTED.findall(text):
                is_inside = specifier.startswith(".") and specifier.count("../") <= depth
                path = None if is_inside else self._path(specifier, importer)
                if path is not None:
                    yield path

    def _path(self, specifier: str, importer: str) -> str | None:
        """The file of the project that an import names."""
        if is_foreign(specifier):
            return None
        if specifier.startswith("."):
            base = join(posixpath.dirname(importer), specifier)
            return None if base is None else self._locate(base)
        found = (path for base in self._packages.places(specifier, importer) if (path := self._locate(base)))
        return next(found, None)

    def _locate(self, base: str) -> str | None:
        if "node_modules" in base.split("/"):
            return None
        stem, suffix = posixpath.splitext(base)
        starts = (stem, base) if suffix in SUFFIXES else (base,)
        for path in (f"{start}{index}{ending}" for start in starts for index in ("", "/index") for ending in SUFFIXES):
            if path in self._texts or (is_file(self._root, path) and is_inside(self._root, path)):
                return path
        return None

    def _run_classes(self, path: str, *, is_named: bool) -> None:
        for name, value in self._own(path):
            if not isinstance(value, Class) or (name in self._named) != is_named:
                continue
            made = self.run.made.get(value.node.id)
            if made is None and self._has_run(value.node, path):
                continue  # another program does
            if made is None:
                made = calls.instance(self.run, value, (), value.place, is_known=False)
            for word, member in list(value.members.items()):
                if member.type == "method_definition" and word != "constructor" and not self._has_run(member, path):
                    function = Function(member, value.frame, made, value)
                    calls.invoke(self.run, function, (), value.place, is_known=False)

    def _run_functions(self, path: str, *, is_named: bool) -> None:
        for name, value in self._own(path):
            if (
                isinstance(value, Function)
                and (name in self._named) == is_named
                and not self._has_run(value.node, path)
            ):
                calls.invoke(self.run, value, (), Place(value.frame.script, value.node), is_known=False)

    def _own(self, path: str) -> list[tuple[str, Value]]:
        module = self._modules.get(path)
        names = [] if module is None else [*module.frame.names.items(), *module.exports.items()]
        return [(n, v) for n, v in names if isinstance(v, Class | Function) and v.frame.script.path == path]

    def _has_run(self, node: Node, path: str) -> bool:
        return (path, node.start_byte) in self.run.entered


def _names_in(module: Module) -> Iterator[str]:
    """The names that a file imports, and those of its own that it constructs or calls."""
    for name, value in module.frame.names.items():
        if (
            isinstance(value, Later)
            or not isinstance(value, Class | Function)
            or value.frame.script is not module.frame.script
        ):
            yield name
    yield from (match[1].decode() for match in _USED.finditer(module.frame.script.data))

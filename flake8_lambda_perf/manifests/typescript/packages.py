"""Finds the files of a project that other files import by the name of a package, or by a path that is set for them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from flake8_lambda_perf.errors import ManifestError
from flake8_lambda_perf.manifests.deployed import above, join, read_text
from flake8_lambda_perf.manifests.intrinsics import at
from flake8_lambda_perf.manifests.relaxed_json import parse_relaxed
from flake8_lambda_perf.manifests.yaml_nodes import Mapping, Node, Sequence, text_of

BUILT = ("dist", "build", "lib", "out")
"""Folders that a compiler writes to what it made of the sources; their own places are tried too."""

SOURCES = ("src", "lib", "")
"""Where the sources of a package are."""

SETTINGS = ("tsconfig.json", "tsconfig.base.json")
MAX_FOLDERS = 2_000
MAX_PATHS = 200


class Packages:
    """The packages that the folders above some scripts are."""

    def __init__(self, root: Path, paths: Iterable[str]) -> None:
        self._root = root
        self._paths = paths
        self._texts: dict[str, str] | None = None
        self._found: dict[str, tuple[str, Node] | None] = {}
        self._settings: dict[str, list[tuple[str, Mapping]]] = {}

    def places(self, specifier: str, importer: str) -> Iterator[str]:
        """The paths, without their ending, at which what an import names may be."""
        for folder in above(importer):
            for base, paths in self._paths_of(folder):
                yield from _mapped(base, paths, specifier)
        name, rest = _split(specifier)
        package = self._package(name)
        if package is not None:
            folder, top = package
            yield from _inside(folder, rest) if rest else _entry(folder, top)

    def _package(self, name: str) -> tuple[str, Node] | None:
        if name not in self._found:
            named = re.compile(rf'"name"\s*:\s*"{re.escape(name)}"')
            texts = self._manifests().items()
            tops = ((folder, self._parsed(text)) for folder, text in texts if named.search(text))
            found = ((folder, top) for folder, top in tops if top is not None and text_of(at(top, "name")) == name)
            self._found[name] = next(found, None)
        return self._found[name]

    def _manifests(self) -> dict[str, str]:
        if self._texts is None:
            folders = {folder for path in self._paths for folder in above(path)}
            texts = {
                folder: self._text(posixpath.join(folder, "package.json")) for folder in sorted(folders)[:MAX_FOLDERS]
            }
            self._texts = {folder: text for folder, text in texts.items() if text}
        return self._texts

    def _paths_of(self, folder: str) -> list[tuple[str, Mapping]]:
        """The paths that the compiler's settings in a folder give names, and the folder they start from."""
        if folder not in self._settings:
            texts = [self._text(posixpath.join(folder, name)) for name in SETTINGS]
            tops = [self._parsed(text) for text in texts if '"paths"' in text]
            options = [at(top, "compilerOptions") for top in tops]
            bases = [join(folder, text_of(at(option, "baseUrl")) or ".") for option in options]
            every = [(base, at(option, "paths")) for base, option in zip(bases, options, strict=True)]
            self._settings[folder] = [(b, p) for b, p in every if b is not None and isinstance(p, Mapping)]
        return self._settings[folder]

    def _text(self, path: str) -> str:
        try:
            return read_text(self._root, path) or ""
        except ManifestError:
            return ""

    def _parsed(self, text: str) -> Node | None:
        try:
            return parse_relaxed("package.json", text) if text else None
        except ManifestError:
            return None


def _split(specifier: str) -> tuple[str, str]:
    """The name of a package, which may have a scope, and the path inside it."""
    parts = specifier.split("/")
    length = 2 if specifier.startswith("@") else 1
    return "/".join(parts[:length]), "/".join(parts[length:])


def _entry(folder: str, top: Node) -> Iterator[str]:
    """What stands for a package as a whole: the file it names, the source that this was made of, or an index."""
    for key in ("source", "types", "typings", "module", "main"):
        written = text_of(at(top, key))
        path = None if written is None else join(folder, written.removesuffix(".d.ts"))
        if path is not None:
            yield path
            inside = posixpath.relpath(path, folder or ".").partition("/")
            if inside[0] in BUILT and inside[2]:
                yield from _inside(folder, inside[2])
    yield from _inside(folder, "index")


def _inside(folder: str, path: str) -> Iterator[str]:
    for source in SOURCES:
        place = join(posixpath.join(folder, source), path)
        if place is not None:
            yield place


def _mapped(base: str, paths: Mapping, specifier: str) -> Iterator[str]:
    """The places that the settings give a name, in which `*` is any text."""
    for entry in list(paths.entries.values())[:MAX_PATHS]:
        start, star, end = entry.key.text.partition("*")
        fits = specifier.startswith(start) and specifier.endswith(end) and len(specifier) >= len(start) + len(end)
        if not (fits if star else specifier == start) or not isinstance(entry.value, Sequence):
            continue
        rest = specifier[len(start) : len(specifier) - len(end)]
        for item in entry.value.items[:MAX_PATHS]:
            place = join(base, (text_of(item) or "").replace("*", rest, 1))
            if place:
                yield place

"""What handlers import, and which of it may lead to a line a rule reports: judged by text, before parsing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flake8_lambda_perf.knowledge import aliases, clients, idioms, snapshots
from flake8_lambda_perf.project.outline import ACTING, Suspicion, holds, of_packages
from flake8_lambda_perf.project.relevance import Relevance
from flake8_lambda_perf.project.sinks import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from flake8_lambda_perf.config import Settings
    from flake8_lambda_perf.knowledge import Client
    from flake8_lambda_perf.project.load import Project
    from flake8_lambda_perf.project.outline import Needles

METHODS = frozenset({"download_file", "client", "resource", "Session", "connect", "create_client", "getattr"})
"""Calls that may build something whatever a module imports: the object comes from elsewhere."""
CALLED = re.compile(rb"\.(\w+)\(")
KEPT = re.compile(rb"\.(\w++)[ \t]*+(?::[^=\n]{0,400}+)?+=(?!=)")
"""An attribute that is set: what is called under its name may be anything."""
ROUNDS = 4
"""Objects are seldom handed on through more files than that which import nothing of interest."""


class Closure:
    """The import closure of the handlers of one project.

    `groups` gives for each file, as a mask, which handler files import it; `importers` the files that import it
    anywhere in them.
    """

    def __init__(self, project: Project, known: Mapping[str, Client], settings: Settings) -> None:
        self.project = project
        self.clients = known
        self.settings = settings
        self.groups: dict[str, int] = {}
        self.importers: dict[str, list[str]] = {}
        self.relevance = Relevance(self.groups)
        self.restored = False  # whether some handler starts from a snapshot: what it keeps is of interest then
        self._by_package: dict[str, frozenset[str]] = {}
        self._sinks: dict[frozenset[str], frozenset[str]] = {}

    # -- files --------------------------------------------------------------------------------

    def of(self, start: Sequence[str]) -> tuple[frozenset[str], set[str]]:
        """Lists the files that handler files import, directly or not, and those of them that lead to a suspect."""
        reached: dict[str, None] = {}
        stack = list(start)
        while stack:
            path = stack.pop()
            if path not in reached:
                reached[path] = None
                stack.extend(self.project.links(path))
        self._group(start)
        return frozenset(reached), self._towards_suspects(list(reversed(reached)))  # what others import is asked first

    def _group(self, start: Sequence[str]) -> None:
        """Notes for each file, as a mask, which handler files import it."""
        self.relevance.handlers = frozenset(start)
        for index, handler in enumerate(start):
            self.groups[handler] = self.groups.get(handler, 0) | (1 << index)
        waiting = list(start)
        for path in waiting:  # grows; what many import is looked at when most of them are known
            mask = self.groups[path]
            for target in self.project.links(path):
                known = self.groups.get(target, 0)
                if known | mask != known:
                    self.groups[target] = known | mask
                    waiting.append(target)

    def _towards_suspects(self, reached: Iterable[str]) -> set[str]:
        for path in reached:
            for target in self.project.links(path):
                self.importers.setdefault(target, []).append(path)
        suspicion, words = Suspicion(self.project.packages), self._more_words()
        found: set[str] = set()
        for path in reached:
            if path not in found and self._is_suspect(path, suspicion, words):
                stack = [path]
                while stack:
                    leading = stack.pop()
                    if leading not in found:
                        found.add(leading)
                        stack.extend(self.importers.get(leading, ()))
        return found

    def _more_words(self) -> list[bytes]:
        """Lists the words that make a file suspect with these settings."""
        names = [*self.settings.extra_clients, *(snapshots() if self.restored else ())]
        if self._wants_getlogger():
            names.append("getLogger")
        return sorted({name.rpartition(".")[2].encode() for name in names})

    def _is_suspect(self, path: str, suspicion: Suspicion, words: Iterable[bytes]) -> bool:
        data = self.project.data(path) or b""
        return suspicion.falls_on(data, self.project.outline(path)) or any(word in data for word in words)

    def needed(self, paths: set[str]) -> list[str]:
        """Lists those of the files that must be looked into, whatever the handlers ask of them.

        Adds to `paths` those that lead nowhere themselves, but call methods that do of what they are handed.
        """
        for _ in range(ROUNDS):
            self._settle(paths)
            more = self._handed(paths)
            if not more:
                break
            paths |= more
        if self._wants("LPF202", "import-in-function") or self._wants_getlogger():
            return sorted(paths)
        known = idioms().route_registrations | idioms().handler_decorators
        registering = frozenset(name.rpartition(".")[2] for name in known)
        acting = of_packages(ACTING, self.project.packages)
        return [path for path in sorted(paths) if self._acts(path, acting, registering)]

    def _settle(self, paths: set[str]) -> None:
        known = self.relevance.paths
        for path in sorted(paths - known):
            source = self.project.source(path)
            if source is not None:
                self.relevance.take_in(path, source.text)
        elsewhere = (self.project.data(path) or b"" for path in self.groups if path not in known)
        self.relevance.settle({path: self.words_of(path) for path in known}, elsewhere)

    def _handed(self, paths: set[str]) -> set[str]:
        """Lists the other files that use something of interest of an object that some handler may hand them."""
        methods = {name.encode(): mask for name, mask in self.relevance.methods().items()}
        properties = methods.keys() & {name.encode() for name in self.relevance.properties}
        stored = {name.encode() for name in self.relevance.stored}
        found = set()
        for path, mask in self.groups.items():
            if path in paths:
                continue
            data = self.project.data(path) or b""
            called = set(CALLED.findall(data))
            names = called.union(name for name in properties if b"." + name in data)
            used = any(methods[name] & mask for name in methods.keys() & names)
            if used or not names.isdisjoint(stored) or not called.isdisjoint(KEPT.findall(data)):
                found.add(path)
        return found

    def _acts(self, path: str, acting: Needles, registering: frozenset[str]) -> bool:
        """Tells whether a file does something of interest when it is imported, or in functions that nothing calls."""
        if path in self.project.problems or self.project.is_parsed(path):
            return True
        if holds(self.project.data(path) or b"", acting):
            return True
        if any("*" in names for _, _, names in self.project.outline(path).imports):
            return True
        return self.relevance.runs_at_import(path, registering)

    # -- words --------------------------------------------------------------------------------

    def words_of(self, path: str) -> Words:
        """Tells which calls may build something in a file: of the packages it imports, and those of any object."""
        outline = self.project.outline(path)
        packages = {name.partition(".")[0] for name, _, _ in outline.imports}
        imported = {name for _, _, names in outline.imports for name in names}
        sinks = self._sinks_of(frozenset(packages))
        packages.update(alias for _, alias in outline.renamed)
        more = {alias for name, alias in outline.renamed if name in sinks}
        return Words(sinks | more if more else sinks, frozenset(packages | imported), frozenset(imported | more))

    def _sinks_of(self, packages: frozenset[str]) -> frozenset[str]:
        """Lists the last names of what builds something, of any of these packages or of any object."""
        if not self._by_package:
            self._by_package = self._sinks_by_package()
        known = frozenset(self._by_package.keys() & packages)
        if known not in self._sinks:
            self._sinks[known] = METHODS.union(self._by_package[""], *(self._by_package[name] for name in known))
        return self._sinks[known]

    def _sinks_by_package(self) -> dict[str, frozenset[str]]:
        found: dict[str, set[str]] = {"": set()}
        for name, client in self.clients.items():
            if client.code != "LPF113" or self._wants_getlogger():
                package = name.partition(".")[0].removesuffix("()") if name in clients() else ""
                found.setdefault(package, set()).add(name.rpartition(".")[2])
        for name in snapshots() if self.restored else ():
            package, _, last = name.partition(".")
            found.setdefault("" if "()" in package + last else package, set()).add(name.rpartition(".")[2])
        for alias in aliases():
            found.setdefault(alias.partition(".")[0], set()).add(alias.rpartition(".")[2])
        return {package: frozenset(names) for package, names in found.items()}

    def _wants_getlogger(self) -> bool:
        return self._wants("LPF113", "getlogger-per-invocation")

    def _wants(self, code: str, name: str) -> bool:
        wanted = {*self.settings.select, *self.settings.extend_select, *self.settings.enable}
        return not wanted.isdisjoint((code, name))

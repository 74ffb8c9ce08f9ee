"""What handlers import, and which of it may lead to a line a rule reports: judged by text, before parsing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_lambda_perf.knowledge import aliases, clients

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flake8_lambda_perf.config import Settings
    from flake8_lambda_perf.knowledge import Client
    from flake8_lambda_perf.project.facts import Module
    from flake8_lambda_perf.project.load import Project

METHODS = frozenset({"download_file", "client", "resource", "Session", "connect", "create_client", "getattr"})
"""Calls that may build something whatever a module imports: the object comes from elsewhere."""


class Closure:
    """The import closure of the handlers of one project.

    `groups` gives for each file, as a mask, which handler files import it.
    """

    def __init__(self, project: Project, known: Mapping[str, Client], settings: Settings) -> None:
        self.project = project
        self.clients = known
        self.settings = settings
        self.groups: dict[str, int] = {}
        self._sinks: dict[str, set[str]] = {}

    # -- files --------------------------------------------------------------------------------

    def of(self, start: Sequence[str]) -> tuple[frozenset[str], set[str]]:
        """Lists the files that handler files import, directly or not, and those of them that lead to a suspect."""
        reached: set[str] = set()
        stack = list(start)
        while stack:
            path = stack.pop()
            if path not in reached:
                reached.add(path)
                stack.extend(self.project.links(path))
        self._group(start)
        return frozenset(reached), self._towards_suspects(reached)

    def _group(self, start: Sequence[str]) -> None:
        """Notes for each file, as a mask, which handler files import it."""
        for index, handler in enumerate(start):
            stack, seen = [handler], {handler}
            while stack:
                path = stack.pop()
                self.groups[path] = self.groups.get(path, 0) | (1 << index)
                fresh = self.project.links(path) - seen
                seen |= fresh
                stack.extend(fresh)

    def _towards_suspects(self, reached: set[str]) -> set[str]:
        importers: dict[str, list[str]] = {}
        for path in reached:
            for target in self.project.links(path):
                importers.setdefault(target, []).append(path)
        found: set[str] = set()
        stack = [path for path in reached if self._is_suspect(path)]
        while stack:
            path = stack.pop()
            if path not in found:
                found.add(path)
                stack.extend(importers.get(path, ()))
        return found

    def _is_suspect(self, path: str) -> bool:
        if self.project.outline(path).suspect:
            return True
        extra = [name.rpartition(".")[2].encode() for name in self.settings.extra_clients]
        if self._wants_getlogger():
            extra.append(b"getLogger")
        data = self.project.data(path) or b""
        return any(word in data for word in extra)

    # -- words --------------------------------------------------------------------------------

    def sinks_of(self, module: Module) -> frozenset[str]:
        """Lists the calls that may build something in a module: of the packages it imports, and those of any object."""
        if not self._sinks:
            self._sinks = self._sinks_by_package()
        found = set(METHODS) | self._sinks[""]
        for name, _, _ in self.project.outline(module.path).imports:
            found |= self._sinks.get(name.partition(".")[0], frozenset())
        for node, _place in module.imports:
            for alias_node in node.names:
                if alias_node.asname and alias_node.name in found:
                    found.add(alias_node.asname)
        return frozenset(found)

    def _sinks_by_package(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {"": set()}
        for name, client in self.clients.items():
            if client.code != "LPF113" or self._wants_getlogger():
                package = name.partition(".")[0].removesuffix("()") if name in clients() else ""
                found.setdefault(package, set()).add(name.rpartition(".")[2])
        for alias in aliases():
            found.setdefault(alias.partition(".")[0], set()).add(alias.rpartition(".")[2])
        return found

    def _wants_getlogger(self) -> bool:
        wanted = {*self.settings.select, *self.settings.extend_select, *self.settings.enable}
        return not wanted.isdisjoint(("LPF113", "getlogger-per-invocation"))

"""What importing a module loads with it, what that costs, and which handlers pay for it at start."""

from __future__ import annotations

import ast
import sys
from collections import deque
from functools import cached_property
from typing import TYPE_CHECKING

from flake8_lambda_perf.dataclass import dataclass
from flake8_lambda_perf.knowledge import import_cost
from flake8_lambda_perf.project.flow import is_dead
from flake8_lambda_perf.project.outline import plain_imports

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from flake8_lambda_perf.model import Handler
    from flake8_lambda_perf.project.analysis import Analysis
    from flake8_lambda_perf.project.facts import Module

ImportNode = ast.Import | ast.ImportFrom
NAMESPACES = {"google": 3, "azure": 2, "zope": 2, "opentelemetry": 2}
"""Packages that many distributions share, and how many parts of a dotted name tell them apart."""


@dataclass(frozen=True, slots=True)
class Link:
    """What makes one project file load another: an import at module level, or a call that does so later."""

    path: str
    target: str
    line: int
    text: str


class Loads:
    """The graph of module-level imports of a project; belongs to one `Analysis`."""

    def __init__(self, analysis: Analysis) -> None:
        self.analysis = analysis
        self.project = analysis.project
        self._links: dict[str, tuple[Link, ...]] = {}
        self._outside: dict[str, frozenset[str]] = {}
        self._direct: dict[str, frozenset[str]] = {}
        self._everything: dict[str, frozenset[str]] = {}
        self._loaded: dict[str, frozenset[str]] = {}
        self._closures: dict[str, frozenset[str]] = {}
        self._holders: dict[str, frozenset[str]] = {}
        self._loaders: dict[str, set[str]] = {}

    # -- the graph ----------------------------------------------------------------------------

    def top_level(self, module: Module) -> Iterator[ImportNode]:
        """Lists the import statements that run when a module is imported."""
        for node, place in module.imports:
            if place.scope.function is None and not is_dead(place):
                yield node

    def links(self, path: str) -> tuple[Link, ...]:
        """Lists the project's files that importing a file loads directly."""
        if path not in self._links:
            module = self.project.module(path)
            found: dict[str, Link] = {}
            for node in self.top_level(module) if module is not None else ():
                for target in self.targets(node, path):
                    if target != path:
                        found.setdefault(target, Link(path, target, node.lineno, ast.unparse(node)))
            self._links[path] = tuple(found.values())
        return self._links[path]

    def later_links(self, path: str) -> Iterator[Link]:
        """Lists the project's files that the first request for them loads."""
        for later in self.project.outline(path).later:
            for target in self.project.targets(later, path):
                if target != path:
                    yield Link(path, target, later.line, later.text)

    def targets(self, node: ImportNode, importer: str) -> Iterator[str]:
        """Lists the project's files that an import loads; packages the importer itself lies in are loaded already."""
        for parts, level, implicit in self._requested(node, importer):
            path = self.project.locate(".".join(parts), importer, level) if parts or level else None
            if path is not None and not (implicit and _is_around(path, importer)):
                yield path

    def _requested(self, node: ImportNode, importer: str) -> Iterator[tuple[list[str], int, bool]]:
        """Lists the modules an import asks for: name, level, and whether it is only the parent of one."""
        if isinstance(node, ast.Import):
            for alias in node.names:
                parts = alias.name.split(".")
                for end in range(1, len(parts) + 1):
                    yield parts[:end], 0, end < len(parts)
            return
        base = node.module.split(".") if node.module else []
        for end in range(0 if node.level else 1, len(base)):
            yield base[:end], node.level, True
        modules = list(self._modules_in(base, node, importer))
        yield base, node.level, len(modules) == len(node.names)
        for parts in modules:
            yield parts, node.level, False

    def _modules_in(self, base: list[str], node: ast.ImportFrom, importer: str) -> Iterator[list[str]]:
        """Lists the modules among the names that an import takes from a package; a module holds none."""
        locate = self.project.locate
        home = locate(".".join(base), importer, node.level)
        if home is None or home.endswith("__init__.py"):
            names = ([*base, alias.name] for alias in node.names)
            yield from (parts for parts in names if locate(".".join(parts), importer, node.level) is not None)

    def outside(self, path: str) -> frozenset[str]:
        """Lists the dotted names that a file's own module-level imports load from outside the project."""
        if path not in self._outside:
            found = (name for node in self._nodes(path) for name in self.foreign(node, path))
            self._outside[path] = frozenset(found)
        return self._outside[path]

    def direct(self, path: str) -> frozenset[str]:
        """Lists the project's files that importing a file loads directly, whatever the line."""
        if path not in self._direct:
            found = (target for node in self._nodes(path) for target in self.targets(node, path))
            self._direct[path] = frozenset(found) - {path}
        return self._direct[path]

    def _nodes(self, path: str) -> Iterable[ImportNode]:
        """Lists the module-level imports of a file, which need not be parsed for them if its text is plain."""
        plain = None if path in self.analysis.graph.modules else plain_imports(self.project.data(path) or b"")
        if plain is not None:
            return plain
        module = self.project.module(path)
        return self.top_level(module) if module is not None else ()

    def foreign(self, node: ImportNode, importer: str) -> Iterator[str]:
        """Lists the dotted names that an import statement loads from outside the project."""
        if isinstance(node, ast.Import):
            for alias in node.names:
                if self.project.locate(alias.name.partition(".")[0], importer, 0) is None:
                    yield alias.name
        elif not node.level and node.module and self.project.locate(node.module, importer, 0) is None:
            for alias in node.names:
                if self.project.locate(f"{node.module}.{alias.name}", importer, 0) is None:
                    yield node.module if alias.name == "*" else f"{node.module}.{alias.name}"

    def closure(self, path: str) -> frozenset[str]:
        """Lists the project's files that importing a file loads, itself included."""
        if path not in self._closures:
            seen = {path}
            stack = [path]
            while stack:
                fresh = self.direct(stack.pop()) - seen
                seen |= fresh
                stack.extend(fresh)
            self._closures[path] = frozenset(seen)
        return self._closures[path]

    def holders(self, path: str) -> frozenset[str]:
        """Lists the files with handlers that load a file, at start or when a request first needs it."""
        if path not in self._holders:
            starts = {entry.handler.path for entry in self.analysis.entries}
            self._holders[path] = frozenset(starts & self._above(path))
        return self._holders[path]

    def _above(self, path: str) -> set[str]:
        """Lists a file and those that load it, directly or not."""
        seen = {path}
        stack = [path]
        while stack:
            fresh = self._loading(stack.pop()) - seen
            seen |= fresh
            stack.extend(fresh)
        return seen

    @cached_property
    def _of_interest(self) -> frozenset[str]:
        """Lists the files in which a rule may find something; of what is restored from a snapshot, all may."""
        return self.analysis.deployed if self.analysis.restored else self.analysis.leading

    def _loading(self, path: str) -> set[str]:
        """Lists the files that load a file directly, at once or when a request first needs it."""
        if path not in self._loaders:
            importers = self.analysis.closure.importers.get(path, ())
            self._loaders[path] = {
                known for known in importers if known in self._of_interest and path in self._below(known)
            }
        return self._loaders[path]

    def _below(self, path: str) -> frozenset[str]:
        """Lists the files that a file loads directly, at once or when a request first needs it."""
        return self.direct(path).union(link.target for link in self.later_links(path))

    def is_loaded_at_start(self, path: str) -> bool:
        """Tells whether importing the file of some handler loads a file."""
        return any(path in self.closure(entry.handler.path) for entry in self.analysis.entries)

    def is_prepaid(self, path: str) -> bool:
        """Tells whether every function that loads a file is restored from a snapshot or kept warm: eager is right."""
        holders = self.holders(path)
        owners = [entry.handler for entry in self.analysis.entries if entry.handler.path in holders]
        return bool(owners) and all(self.analysis.is_restored(h) or h.provisioned_concurrency for h in owners)

    def chain(
        self, path: str, wanted: Callable[[Handler], bool] = lambda _handler: True
    ) -> tuple[Handler, tuple[Link, ...]] | None:
        """Finds the shortest chain of imports from a wanted handler's file to a file; some may wait for a request."""
        handlers: dict[str, Handler] = {}
        for entry in self.analysis.entries:
            if wanted(entry.handler):
                handlers.setdefault(entry.handler.path, entry.handler)
        return self._first(path, handlers, lambda known: (*self.links(known), *self.later_links(known)))

    def chain_at_start(self, path: str, wanted: Callable[[Handler], bool]) -> tuple[Handler, tuple[Link, ...]] | None:
        """Finds the shortest chain of imports that a wanted handler's file runs when it is imported itself."""
        handlers = {e.handler.path: e.handler for e in reversed(self.analysis.entries) if wanted(e.handler)}
        return self._first(path, handlers, self.links)

    def _first(
        self, path: str, handlers: Mapping[str, Handler], links_of: Callable[[str], Iterable[Link]]
    ) -> tuple[Handler, tuple[Link, ...]] | None:
        if path in handlers:
            return handlers[path], ()
        for origin, links in self._upwards(path, links_of):
            if origin in handlers:
                return handlers[origin], links
        return None

    def _upwards(self, path: str, links_of: Callable[[str], Iterable[Link]]) -> Iterator[tuple[str, tuple[Link, ...]]]:
        """Walks from a file to those that load it, nearest first, with the imports in between."""
        seen = {path}
        queue: deque[tuple[str, tuple[Link, ...]]] = deque([(path, ())])
        while queue:
            here, links = queue.popleft()
            for known in sorted(self._loading(here) - seen):
                link = next((link for link in links_of(known) if link.target == here), None)
                if link is not None:
                    seen.add(known)
                    queue.append((known, (link, *links)))
                    yield known, (link, *links)

    # -- cost ---------------------------------------------------------------------------------

    def loaded_for(self, path: str) -> frozenset[str]:
        """Lists the outside names that are loaded at start wherever a file is."""
        if path not in self._loaded:
            own = self.everything(path)
            others = [self.everything(holder) for holder in self.holders(path)]
            self._loaded[path] = own | frozenset.intersection(*others) if others else own
        return self._loaded[path]

    def everything(self, path: str) -> frozenset[str]:
        """Lists the outside names that importing a file loads."""
        if path not in self._everything:
            self._everything[path] = frozenset().union(*(self.outside(other) for other in self.closure(path)))
        return self._everything[path]

    def cost(self, names: Iterable[str], loaded: frozenset[str]) -> float | None:
        """Sums what outside names cost beyond what is loaded anyway, in ms; None if one of them is unknown."""
        total = 0.0
        seen = set(loaded)
        for name in sorted(set(names)):
            added = marginal(name, seen)
            if added is None:
                return None
            seen.add(name)
            total += added
        return total

    def is_light(self, path: str) -> bool:
        """Tells whether importing a project's file builds no clients: their cost is not in the import's."""
        module = self.project.module(path)
        return module is not None and not any(self.analysis.client_of(site) for site in module.calls)


def is_standard(name: str) -> bool:
    """Tells whether a dotted name is of the standard library."""
    return name.partition(".")[0] in sys.stdlib_module_names


def package_of(name: str) -> str:
    """Names the package whose parts load each other."""
    parts = name.split(".")
    return ".".join(parts[: NAMESPACES.get(parts[0], 1)])


def marginal(name: str, loaded: Iterable[str]) -> float | None:
    """Tells what importing an outside name adds to what is loaded, in ms; None where nothing is known."""
    package = package_of(name)
    cost = import_cost(name)
    siblings = [other for other in loaded if package_of(other) == package]
    bringers = {other for other in loaded if (known := import_cost(other)) is not None and package in known.brings}
    if name in siblings:
        return 0.0
    if cost is None:
        return 0.0 if siblings else None
    if cost.module == package and (siblings or bringers):
        return 0.0
    if bringers and not siblings:
        return 0.0
    saved = [known.cpu_ms for other in siblings if (known := import_cost(other)) is not None]
    parts = [
        known.cpu_ms
        for other in loaded
        if other.partition(".")[0] in cost.brings and (known := import_cost(other)) is not None
    ]
    return max(0.0, cost.cpu_ms - max([*saved, *parts], default=0.0))


def _is_around(path: str, importer: str) -> bool:
    """Tells whether a file is the `__init__` of a package that another lies in."""
    folder, _, name = path.rpartition("/")
    return name == "__init__.py" and (not folder or importer.startswith(f"{folder}/"))

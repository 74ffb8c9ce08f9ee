"""One project analysed: its handlers, what they reach, and the lines that build something on every request."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from flake8_lambda_perf.dataclass import dataclass
from flake8_lambda_perf.knowledge import Client, clients
from flake8_lambda_perf.model import Handler
from flake8_lambda_perf.project import handlers
from flake8_lambda_perf.project.changes import Changes
from flake8_lambda_perf.project.closure import Closure
from flake8_lambda_perf.project.entries import FACTS, Declared, Entries
from flake8_lambda_perf.project.graph import Graph, Proof
from flake8_lambda_perf.project.names import Names
from flake8_lambda_perf.project.relevance import local_bindings
from flake8_lambda_perf.project.values import Ext, Partial, Value, ordered

if TYPE_CHECKING:
    from flake8_lambda_perf.config import Settings
    from flake8_lambda_perf.project.facts import Class, Function, Module, Site
    from flake8_lambda_perf.project.load import Project


@dataclass(frozen=True, slots=True)
class Build:
    """A call that builds a known client, and the paths on which requests do so; the first proof is the shortest."""

    site: Site
    client: Client
    proofs: tuple[Proof, ...]


@dataclass(frozen=True, slots=True)
class Construction:
    """An instantiation per request of a class whose constructor builds clients."""

    cls: Class
    builds: tuple[Build, ...]


class Analysis:
    """Everything the rules may ask about a project; made once, then only read."""

    def __init__(self, project: Project, declared: Iterable[Declared], settings: Settings) -> None:
        self.project = project
        self.settings = settings
        self.names = Names(project.resolve)
        self.deployed: frozenset[str] = frozenset()  # every file that a handler imports, directly or not
        self.leading: frozenset[str] = frozenset()  # those of them that lead to a line a rule may report
        self.clients = _with_extra(settings.extra_clients)
        self._builds: dict[ast.Call, Build] = {}
        self._constructions: dict[ast.Call, Construction] = {}
        self.candidates: dict[str, list[ast.stmt]] = {}
        self._off = frozenset(n.rpartition(".")[2] for n, client in self.clients.items() if client.code == "LPF113")
        self.closure = Closure(project, self.clients, settings)
        self.graph = Graph(self.names, self.closure.relevance)
        entries = Entries(project, self.names, declared, settings.handlers)
        self.entries = entries.found
        self.handler_of = entries.handler_of
        self.problems = entries.problems
        self.unresolved = entries.unresolved
        self.restored = any(self.is_restored(entry.handler) for entry in self.entries)
        self._explore()
        self._judge()

    def is_restored(self, handler: Handler) -> bool:
        """Tells whether a function starts from a snapshot, by its manifest or by the settings."""
        return bool(handler.snapstart) or (self.settings.snapstart and handler.snapstart is not False)

    # -- reachability -------------------------------------------------------------------------

    def _explore(self) -> None:
        self.closure.restored = self.restored
        starts = sorted({entry.handler.path for entry in self.entries})
        self._masks = {path: 1 << index for index, path in enumerate(starts)}
        self.deployed, paths = self.closure.of(starts)
        self.graph.on_body = self._routes_in
        for entry in self.entries:
            if entry.function is None:
                continue
            if entry.function.module.path in paths:
                self.graph.entries.setdefault(entry.function, entry.passed)
                for wrapper in self.graph.wrappers.of(entry.function):
                    self.graph.entries.setdefault(wrapper.function, entry.passed)
                    self.handler_of.setdefault(wrapper.function, entry.handler)
        self.names.changes = Changes(self.deployed, self.project.data, self.project.module, self.closure.groups)
        needed = self.closure.needed(paths)
        self.closure.relevance.conclude()
        self._parse_handlers()
        self.project.on_module = lambda module: self.graph.add(module) if module.path in paths else None
        for path in needed:
            module = self.project.module(path)
            if module is not None:
                self.graph.add(module)
        self.graph.on_module = self._routes_of
        self.graph.explore()
        self.project.on_module = lambda _module: None
        self.leading = frozenset(paths)

    def _parse_handlers(self) -> None:
        """Parses the handlers' bodies: one that does not parse is a problem, whatever else it is."""
        for entry in self.entries:
            function = entry.function
            if function is None:
                continue
            if function.parent is not None or self.closure.relevance.matters(function):
                function.complete()
            else:
                function.check()

    def _routes_of(self, module: Module) -> Iterator[Function]:
        for function in module.functions:
            if function.parent is None and function.decorated and self._add_route(function):
                yield function

    def _routes_in(self, function: Function) -> Iterator[Function]:
        for nested in function.nested:
            if nested.decorated and self._add_route(nested):
                yield nested

    def _add_route(self, function: Function) -> bool:
        evidence = handlers.is_route(function, self.names)
        if evidence is None or function in self.handler_of:
            return function in self.handler_of
        path, name = function.module.path, function.qualified_name
        handler = Handler(function.name, path, function.line, name, evidence, "conventional")
        server = self._server_of(path)
        if server is not None:
            told = {fact: getattr(server, fact) for fact in FACTS}
            handler = replace(handler, deployed=server.deployed, **told)
        self.handler_of[function] = handler
        self.graph.entries.setdefault(function, 0)
        return True

    def _server_of(self, path: str) -> Handler | None:
        """Names the deployed function that serves the routes of a file, by its application; None where several may."""
        group = self.closure.groups.get(path, 0)
        loading = [entry for entry in self.entries if self._masks[entry.handler.path] & group]
        objects = [entry.handler for entry in loading if entry.function is None]
        serving = objects or [entry.handler for entry in loading]
        return serving[0] if len(serving) == 1 and serving[0].deployed is not None else None

    # -- what is built ------------------------------------------------------------------------

    def client_of(self, site: Site) -> Client | None:
        """Names the client a call builds, if it can be only that."""
        if not self._may_build(site):
            return None
        func = site.node.func
        values = {_called(value) for value in ordered(self.names.values(func, site.place))}
        found = {value.name for value in values if isinstance(value, Ext)}
        known = {name for name in found if name in self.clients}
        return self.clients[min(known)] if known and known == found else None

    def _may_build(self, site: Site) -> bool:
        """Tells whether the last name of what a call calls may stand for something that builds a client."""
        func, scope = site.node.func, site.place.scope
        if isinstance(func, ast.Attribute):
            return self.closure.relevance.means_something(func.attr, scope.module.path) or func.attr in self._off
        if not isinstance(func, ast.Name) or local_bindings(func.id, scope):
            return True
        return self.closure.relevance.means_something(func.id, scope.module.path) or func.id in self._off

    def _judge(self) -> None:
        for function in sorted(self.graph.requests, key=lambda f: (f.module.path, f.line, f.qualified_name)):
            for site in function.calls:
                client = self.client_of(site)
                if client is not None and not client.loop_bound:
                    self._judge_site(site, client)
        for node, construction in self._constructions.items():
            edge = next(edge for edge in construction.builds[0].proofs[0].path if edge.node is node)
            self._add_candidate(edge.module.path, edge.place.statement)

    def _judge_site(self, site: Site, client: Client) -> None:
        node = site.node
        values = [(value, site.place) for value in (*node.args, *(keyword.value for keyword in node.keywords))]
        values.append((node.func.value if isinstance(node.func, ast.Attribute) else node.func, site.place))
        for value in ordered(self.names.values(node.func, site.place)):
            if isinstance(value, Partial):
                values += [(arg, value.place) for arg in (*value.node.args, *(k.value for k in value.node.keywords))]
        duties = self.graph.duties.of_build(client.name, site, values)
        if duties is None:
            return
        proofs = tuple(self.graph.proofs(site.place, duties))
        if proofs:
            self._builds[node] = Build(site, client, proofs)
            self._add_candidate(site.place.scope.module.path, site.place.statement)
            return
        for proof in self.graph.proofs(site.place, duties, through_constructors=True):
            edge = next(edge for edge in proof.path if edge.kind == "builds")
            if isinstance(edge.node, ast.Call) and edge.built is not None:
                build = Build(site, client, (proof,))
                known = self._constructions.get(edge.node)
                builds = (*known.builds, build) if known is not None else (build,)
                self._constructions[edge.node] = Construction(edge.built, builds)

    def _add_candidate(self, path: str, statement: ast.stmt) -> None:
        statements = self.candidates.setdefault(path, [])
        if statement not in statements:
            statements.append(statement)

    def build_at(self, node: ast.AST) -> Build | None:
        """Tells what a call builds per request."""
        return self._builds.get(node) if isinstance(node, ast.Call) else None

    def construction_at(self, node: ast.AST) -> Construction | None:
        """Tells what instantiating a project class here builds per request."""
        return self._constructions.get(node) if isinstance(node, ast.Call) else None

    @property
    def builds(self) -> Mapping[ast.Call, Build]:
        """Everything that is built per request, by its call."""
        return self._builds

    @property
    def constructions(self) -> Mapping[ast.Call, Construction]:
        """Every instantiation per request that builds clients, by its call."""
        return self._constructions


def _called(value: Value) -> Value:
    """Names what a call of a value calls in the end."""
    while isinstance(value, Partial):
        value = value.function
    return value


def imported_paths(project: Project, node: ast.Import | ast.ImportFrom, importer: str) -> Iterator[str]:
    """Lists the project's files that an import statement loads."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            parts = alias.name.split(".")
            for end in range(1, len(parts) + 1):
                path = project.locate(".".join(parts[:end]), importer, 0)
                if path is not None:
                    yield path
        return
    base = node.module or ""
    path = project.locate(base, importer, node.level) if base or node.level else None
    if path is not None:
        yield path
    for alias in node.names:
        if alias.name != "*":
            path = project.locate(f"{base}.{alias.name}" if base else alias.name, importer, node.level)
            if path is not None:
                yield path


def _with_extra(extra: Iterable[str]) -> Mapping[str, Client]:
    known = dict(clients())
    pattern = known["boto3.client"]
    for name in extra:
        variable = "".join(f"_{c.lower()}" if c.isupper() else c for c in name.rpartition(".")[2]).strip("_")
        known[name] = replace(
            pattern, name=name, code="LPF104", kind="sdk", variable=variable, source="settings: extra-clients"
        )
    return known

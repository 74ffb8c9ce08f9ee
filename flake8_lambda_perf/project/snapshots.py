"""What becomes part of a snapshot although each execution environment needs its own: SnapStart restores it into all."""

from __future__ import annotations

import ast
from collections import deque
from functools import cached_property
from typing import TYPE_CHECKING

from flake8_lambda_perf.dataclass import dataclass
from flake8_lambda_perf.discover import is_test
from flake8_lambda_perf.knowledge import snapshots
from flake8_lambda_perf.project.flow import is_dead
from flake8_lambda_perf.project.frozen import attribute_reads, frozen, names_in, only_measured
from flake8_lambda_perf.project.hooks import Hooks
from flake8_lambda_perf.project.kept import Keeping, Kept
from flake8_lambda_perf.project.outline import AS_IT_IS, holds
from flake8_lambda_perf.project.values import Ext, defaults, last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_lambda_perf.model import Handler
    from flake8_lambda_perf.project.analysis import Analysis
    from flake8_lambda_perf.project.edge import Edge
    from flake8_lambda_perf.project.facts import Function, Module, Place, Site
    from flake8_lambda_perf.project.loads import Link, Loads
    from flake8_lambda_perf.project.outline import Needles

WRITING = frozenset("wax+")
CONNECTION = "connection"
EXPIRING = frozenset(
    {"assume_role", "generate_db_auth_token", "generate_presigned_post", "generate_presigned_url", "get_session_token"}
)
"""What gives something with an end: an hour, or fifteen minutes, where nothing else is asked for (boto3 reference)."""

SPOKEN_OF: Needles = {
    **dict.fromkeys((b"assume_role", b"get_session_token"), AS_IT_IS),
    b"generate_": (b"generate_db_auth_token", b"generate_presigned_"),
}
"""The same, as it is looked for in a text."""

LOGINS = frozenset({"assume_role", "get_session_token"})
"""Those of them whose result goes into clients, and ends there too; a token for a database only opens connections."""

LONG = 3_600
"""The seconds up to which what is asked for surely ends too early: environments live for hours."""

PATHS = 300
"""How many ways from a call to the body of a module are looked at."""


@dataclass(frozen=True, slots=True)
class Captured:
    """A call whose result outlives the import it runs in: its kind, the names that keep it, how a handler loads it.

    `names` is empty for what a class, a default value or a library keeps. `chain` leads to the file whose body runs
    it, `path` from there to the function it stands in. `restored`: a snapshot keeps it, not only the environment.
    """

    site: Site
    kind: str
    names: tuple[str, ...]
    handler: Handler
    chain: tuple[Link, ...]
    path: tuple[Edge, ...] = ()
    restored: bool = True

    @property
    def place(self) -> Place:
        """Where the body of a module runs it."""
        return self.path[0].place if self.path else self.site.place


class Snapshots:
    """Finds what snapshots capture; belongs to one `Analysis`."""

    def __init__(self, analysis: Analysis, loads: Loads) -> None:
        self.analysis = analysis
        self.loads = loads
        self.hooks = Hooks(analysis)
        self._starts: dict[str, tuple[Handler, tuple[Link, ...]] | None] = {}
        self.keeping = Keeping(analysis.names)

    @cached_property
    def found(self) -> dict[ast.AST, Captured]:
        """Maps each call to what becomes of it."""
        found: dict[ast.AST, Captured] = {}
        for path in self._files():
            module = self.analysis.project.module(path)
            for site in list(module.calls) if module is not None else ():
                captured = self._in_body(site)
                if captured is not None:
                    found[site.node] = captured
        for function in self._functions():
            for site in list(function.calls):
                captured = self._in_function(site)
                if captured is not None:
                    found[site.node] = captured
        for site, kind in (*self._expiring(), *frozen(self.analysis, self.keeping, self._kind)):
            reached = self.loads.chain(site.place.scope.module.path)
            if reached is not None:
                found.setdefault(site.node, Captured(site, kind, (), *reached, restored=False))
        return found

    def _expiring(self) -> Iterator[tuple[Site, str]]:
        """Lists the calls at module level that give what expires while the environment serves on, snapshot or not."""
        for path in sorted(self.analysis.leading):
            data = self.analysis.project.data(path) or b""
            if not holds(data, SPOKEN_OF) or is_test(path):
                continue
            module = self.analysis.project.module(path)
            for site in list(module.calls) if module is not None else ():
                if module is not None and self._expires(site, module):
                    yield site, "secret"

    def _expires(self, site: Site, module: Module) -> bool:
        """Tells whether functions go on reading what a call at module level gives, after its end."""
        name = last_name(site.node.func)
        if name not in EXPIRING or is_dead(site.place) or _lasts(site.node) or self._kind(site) != "secret":
            return False
        derived = self.keeping.by_module(module, "secret", site.node) if name in LOGINS else frozenset()
        names = derived or self._kept(site.node, "secret", site.place) or ()
        read = any(self._is_read_later(module, each) for each in names)
        return read and not any(module.global_writes.get(each) for each in names)

    def _files(self) -> list[str]:
        """Lists the files that restored functions load at start and that may hold something of interest."""
        starts = {e.handler.path for e in self.analysis.entries if self.analysis.is_restored(e.handler)}
        loaded = set().union(*(self.loads.closure(path) for path in starts)) if starts else set()
        data = self.analysis.project.data
        words = sorted({name.rpartition(".")[2].encode() for name in snapshots()} | {b"connect", b"open("})
        return sorted(
            path for path in loaded if not is_test(path) and any(word in (data(path) or b"") for word in words)
        )

    def _functions(self) -> list[Function]:
        """Lists the functions of deployed code that the body of some module runs."""
        called: dict[Function | None, list[Function]] = {}
        for callee, edges in self.analysis.graph.callers.items() if self.analysis.restored else ():
            for edge in filter(_is_followed, edges):
                called.setdefault(edge.caller, []).append(callee)
        found: dict[Function, None] = {}
        stack = called.get(None, [])
        while stack:
            function = stack.pop()
            if function not in found:
                found[function] = None
                stack.extend(called.get(function, ()))
        return list(found)

    def _start(self, path: str) -> tuple[Handler, tuple[Link, ...]] | None:
        """Tells how a restored function comes to load a file before the snapshot."""
        if path not in self._starts:
            self._starts[path] = self.loads.chain_at_start(path, self.analysis.is_restored)
        return self._starts[path]

    # -- what a call gives --------------------------------------------------------------------

    def _kind(self, site: Site) -> str | None:
        node = site.node
        values = self.analysis.names.values(node.func, site.place)
        kinds = {snapshots().get(value.name) if isinstance(value, Ext) else None for value in values}
        if len(kinds) == 1 and (kind := kinds.pop()) is not None and kind != "hooks":
            return None if kind == "random_state" and (node.args or node.keywords) else kind
        client = self.analysis.client_of(site)
        if client is not None and client.code == "LPF102" and client.connects == "eager":
            return CONNECTION
        if values == {Ext("open")} and _writes_to_tmp(node):
            return "tmp"
        return None

    # -- in the body of a module --------------------------------------------------------------

    def _in_body(self, site: Site) -> Captured | None:
        kind = self._kind(site) if not is_dead(site.place) else None
        names = self._kept(site.node, kind, site.place) if kind is not None else None
        reached = self._start(site.place.scope.module.path) if names is not None else None
        if kind is None or names is None or reached is None:
            return None
        return Captured(site, kind, names, *reached)

    def _kept(self, node: ast.AST, kind: str, place: Place) -> tuple[str, ...] | None:
        """Lists the names of a module that keep what an expression of its body gives; None if nothing keeps it."""
        statement, module = place.statement, place.scope.module
        match statement:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                kept = any(
                    self.keeping.by_expression(value, kind, node, module) for _, value in defaults(statement.args)
                )
                return () if kept else None
            case ast.Expr(value=value) if kind == "random_state" and value is node:
                return ()
            case ast.Assign(value=value) | ast.AnnAssign(value=ast.expr() as value):
                if not self.keeping.by_expression(value, kind, node, module):
                    return None
        if place.scope.kind == "class":
            return () if isinstance(statement, ast.Assign | ast.AnnAssign) else None
        match statement:
            case ast.Assign(targets=targets) if all(isinstance(target, ast.Name) for target in targets):
                names = tuple(target.id for target in targets if isinstance(target, ast.Name))
                return names if self._last(module, names, kind) else None
            case ast.AnnAssign(target=ast.Name(id=name)):
                return (name,) if self._last(module, (name,), kind) else None
        return None

    def _last(self, module: Module, names: tuple[str, ...], kind: str) -> bool:
        """Tells whether functions read names of a module for what time makes wrong, and nothing renews them."""
        if not any(self._is_read_later(module, name) for name in names) or any(map(self.hooks.renew, names)):
            return False
        if any(self._is_renewed(module, name) for name in names):
            return False
        return kind != "clock" or not all(only_measured(module, name) for name in names)

    def _is_renewed(self, module: Module, name: str) -> bool:
        """Tells whether a function that requests run assigns a global again: it may ask how old the value is."""
        requests = self.analysis.graph.requests
        return any(binding.place.scope.function in requests for binding in module.global_writes.get(name, ()))

    def _is_read_later(self, module: Module, name: str) -> bool:
        """Tells whether a function of the module, or another module, uses a name of it."""
        if any(names_in(function.node, name) for function in module.functions if function.parent is None):
            return True
        return len(self.analysis.names.aliases.of(module, name)) > 1

    # -- in functions that run at import ------------------------------------------------------

    def _in_function(self, site: Site) -> Captured | None:
        graph = self.analysis.graph
        kind = self._kind(site) if graph.possible(site.place) else None
        if kind is None or site.function is None or graph.memos.around(site.place) is not None:
            return None
        kept = self.keeping.by_function(site.function, kind, frozenset({site.node}))
        seeds = kind == "random_state" and isinstance(site.place.statement, ast.Expr)
        if not (kept or seeds):
            return None
        for path, names in self._ways(site.function, kept, kind, seeds):
            reached = self._start(path[0].module.path)
            if reached is not None and not any(self.hooks.renew(_called(edge)) for edge in path):
                return Captured(site, kind, names, *reached, path)
        return None

    def _ways(
        self, function: Function, kept: Kept, kind: str, seeds: bool
    ) -> Iterator[tuple[tuple[Edge, ...], tuple[str, ...]]]:
        """Walks from a function to the bodies of modules that run it, with what is kept there; shortest first."""
        queue: deque[tuple[Function, Kept, tuple[str, ...] | None, tuple[Edge, ...]]] = deque()
        queue.append((function, kept, () if seeds else self._globals(function, kept, kind), ()))
        seen = {function}
        for _ in range(PATHS):
            if not queue:
                return
            here, kept, names, path = queue.popleft()
            for edge in self.analysis.graph.callers.get(here, ()):
                if not _is_followed(edge):
                    continue
                if edge.caller is None:
                    found = names if names is not None else self._kept_by(edge, kept, kind)
                    if found is not None and not is_dead(edge.place):
                        yield (edge, *path), found
                elif edge.caller not in seen:
                    passed = self._passed(edge, edge.caller, kept, kind) if names is None else kept
                    if names is not None or passed:
                        seen.add(edge.caller)
                        known = names if names is not None else self._globals(edge.caller, passed, kind)
                        queue.append((edge.caller, passed, known, (edge, *path)))

    def _globals(self, function: Function, kept: Kept, kind: str) -> tuple[str, ...] | None:
        """Lists the globals to which a function assigns what lasts."""
        names = tuple(name for name in sorted(kept.names) if self._last(function.module, (name,), kind))
        return names or None

    def _kept_by(self, edge: Edge, kept: Kept, kind: str) -> tuple[str, ...] | None:
        """Lists the names of a module that keep what a call in its body leaves behind."""
        if kept.attributes and not self._are_read(kept.attributes, kind):
            return None
        if _gives(edge, kept):
            return self._kept(edge.node, kind, edge.place)
        receiver = _receiver(edge) if kept.attributes else None
        return (receiver,) if receiver is not None and self._last(edge.module, (receiver,), kind) else None

    def _passed(self, edge: Edge, caller: Function, kept: Kept, kind: str) -> Kept:
        """Tells where a value is at the end of a caller that a call in it leaves behind."""
        if kept.attributes and not self._are_read(kept.attributes, kind):
            return Kept()
        if self.analysis.graph.memos.around(edge.place) is not None:
            return Kept()
        if _gives(edge, kept):
            return self.keeping.by_function(caller, kind, frozenset({edge.node}))
        own = caller.params[0].arg if caller.has_receiver and caller.params else None
        return Kept(attributes=kept.attributes) if own is not None and _receiver(edge) == own else Kept()

    def _are_read(self, attributes: frozenset[str], kind: str) -> bool:
        """Tells whether deployed code reads attributes, and not only to measure how long ago a time was."""
        modules = self.analysis.graph.modules.values()
        return any(
            kind != "clock" or not is_subtracted
            for module in modules
            for attr in attributes
            if attr in module.text
            for is_subtracted in attribute_reads(module, attr)
        )


def _is_followed(edge: Edge) -> bool:
    """Tells whether a call surely runs at once, each time: what a memo guards may renew itself after a restore."""
    return edge.memo is None and not edge.threaded and edge.kind in ("calls", "builds", "reads")


def _gives(edge: Edge, kept: Kept) -> bool:
    """Tells whether an expression has for its value what its callee keeps: what it returns, or a new instance."""
    if edge.kind == "builds":
        return bool(kept.attributes) or (kept.returned and not edge.callee.name.startswith("__"))
    return kept.returned


def _receiver(edge: Edge) -> str | None:
    """Names the object whose method a call calls."""
    match edge.node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name))) if edge.kind == "calls" and edge.bound:
            return name
    return None


def _called(edge: Edge) -> str:
    return edge.built.name if edge.built is not None else edge.callee.name


def _lasts(node: ast.Call) -> bool:
    """Tells whether a call may ask for more time than an environment lives."""
    asked = [k.value for k in node.keywords if k.arg in (None, "ExpiresIn", "DurationSeconds")]
    return not all(isinstance(v, ast.Constant) and isinstance(v.value, int) and v.value <= LONG for v in asked)


def _writes_to_tmp(node: ast.Call) -> bool:
    """Tells whether a call opens a file in /tmp for writing, both written out."""
    match [*node.args, *(keyword.value for keyword in node.keywords)]:
        case [ast.Constant(value=str(path)), ast.Constant(value=str(mode)), *_]:
            return path.startswith("/tmp/") and not WRITING.isdisjoint(mode)  # noqa: S108  # the user's path, not ours
    return False

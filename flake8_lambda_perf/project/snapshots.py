"""What becomes part of a snapshot although each execution environment needs its own: SnapStart restores it into all."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from flake8_lambda_perf.discover import is_test
from flake8_lambda_perf.knowledge import snapshots
from flake8_lambda_perf.project.flow import is_dead
from flake8_lambda_perf.project.values import Ext

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_lambda_perf.model import Handler
    from flake8_lambda_perf.project.analysis import Analysis
    from flake8_lambda_perf.project.facts import Module, Site
    from flake8_lambda_perf.project.loads import Link, Loads

WRITING = frozenset("wax+")
CONNECTION = "connection"


@dataclass(frozen=True, slots=True)
class Captured:
    """A call whose result a snapshot keeps: its kind, the names that keep it, how a handler comes to load its file.

    `names` is empty for what a class, a default value or a library keeps.
    """

    site: Site
    kind: str
    names: tuple[str, ...]
    handler: Handler
    chain: tuple[Link, ...]


class Snapshots:
    """Finds what snapshots capture; belongs to one `Analysis`."""

    def __init__(self, analysis: Analysis, loads: Loads) -> None:
        self.analysis = analysis
        self.loads = loads
        self._words = sorted({name.rpartition(".")[2].encode() for name in snapshots()} | {b"connect", b"open("})

    def is_restored(self, handler: Handler) -> bool:
        """Tells whether a function starts from a snapshot, by its manifest or by the settings."""
        return bool(handler.snapstart) or (self.analysis.settings.snapstart and handler.snapstart is not False)

    @cached_property
    def found(self) -> dict[ast.AST, Captured]:
        """Maps each call to what a snapshot keeps of it."""
        found: dict[ast.AST, Captured] = {}
        for path in sorted(self._files()):
            module = self.analysis.project.module(path)
            reached = self.loads.chain(path, self.is_restored) if module is not None else None
            if module is None or reached is None:
                continue
            for site in list(module.calls):
                captured = self._captured(site, *reached)
                if captured is not None:
                    found[site.node] = captured
        return found

    def _files(self) -> set[str]:
        """Lists the files that restored functions load at start and that may hold something of interest."""
        starts = {e.handler.path for e in self.analysis.entries if self.is_restored(e.handler)}
        loaded = set().union(*(self.loads.closure(path) for path in starts)) if starts else set()
        data = self.analysis.project.data
        return {
            path for path in loaded if not is_test(path) and any(word in (data(path) or b"") for word in self._words)
        }

    def _captured(self, site: Site, handler: Handler, chain: tuple[Link, ...]) -> Captured | None:
        if is_dead(site.place):
            return None
        kind = self._kind(site)
        names = self._kept(site, kind) if kind is not None else None
        if kind is None or names is None or any(self._is_renewed(name) for name in names):
            return None
        if kind == "clock" and names and all(self._only_measures(site.place.scope.module, name) for name in names):
            return None
        return Captured(site, kind, names, handler, chain)

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

    # -- what keeps it ------------------------------------------------------------------------

    def _kept(self, site: Site, kind: str) -> tuple[str, ...] | None:
        """Lists the names of the module that keep a call's result and that functions read; None if nothing keeps it."""
        statement, scope = site.place.statement, site.place.scope
        match statement:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                defaults = (*statement.args.defaults, *(d for d in statement.args.kw_defaults if d is not None))
                return () if any(site.node is part for default in defaults for part in ast.walk(default)) else None
            case ast.Assign() | ast.AnnAssign() if scope.kind == "class":
                return ()
            case ast.Assign(targets=targets) if all(isinstance(target, ast.Name) for target in targets):
                names = tuple(target.id for target in targets if isinstance(target, ast.Name))
            case ast.AnnAssign(target=ast.Name(id=name)):
                names = (name,)
            case ast.Expr(value=value) if kind == "random_state" and value is site.node:
                return ()
            case _:
                return None
        return names if any(self._is_read_later(scope.module, name) for name in names) else None

    def _is_read_later(self, module: Module, name: str) -> bool:
        """Tells whether a function of the module, or another module, uses a name of it."""
        if any(_names_in(function.node, name) for function in module.functions if function.parent is None):
            return True
        return len(self.analysis.names.aliases.of(module, name)) > 1

    def _only_measures(self, module: Module, name: str) -> bool:
        """Tells whether functions only ask how long ago a time was: a probe of the start, wanted as it is."""
        for function in module.functions:
            if function.parent is not None:
                continue
            subtracted = {
                id(side)
                for node in ast.walk(function.node)
                if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub)
                for side in (node.left, node.right)
            }
            if any(id(read) not in subtracted for read in _names_in(function.node, name)):
                return False
        return True

    # -- hooks --------------------------------------------------------------------------------

    def _is_renewed(self, name: str) -> bool:
        """Tells whether a function that runs after restoring names what is kept."""
        return name in self._renewed

    @cached_property
    def _renewed(self) -> frozenset[str]:
        found: set[str] = set()
        project = self.analysis.project
        for path in sorted(self.analysis.deployed):
            if b"register_after_restore" in (project.data(path) or b""):
                module = project.module(path)
                for node in _hooks(module) if module is not None else ():
                    found.update(part.id for part in ast.walk(node) if isinstance(part, ast.Name))
                    found.update(part.attr for part in ast.walk(node) if isinstance(part, ast.Attribute))
        return frozenset(found)


def _hooks(module: Module) -> Iterator[ast.AST]:
    """Lists the functions of a module that run after restoring."""
    passed = {
        argument.id
        for site in module.calls
        if ast.unparse(site.node.func).endswith("register_after_restore")
        for argument in site.node.args
        if isinstance(argument, ast.Name)
    }
    for function in module.functions:
        marked = any(ast.unparse(decorator).endswith("register_after_restore") for decorator in function.decorated)
        if marked or function.name in passed:
            yield function.node


def _names_in(node: ast.AST, name: str) -> list[ast.Name]:
    return [part for part in ast.walk(node) if isinstance(part, ast.Name) and part.id == name]


def _writes_to_tmp(node: ast.Call) -> bool:
    """Tells whether a call opens a file in /tmp for writing, both written out."""
    match [*node.args, *(keyword.value for keyword in node.keywords)]:
        case [ast.Constant(value=str(path)), ast.Constant(value=str(mode)), *_]:
            return path.startswith("/tmp/") and not WRITING.isdisjoint(mode)  # noqa: S108  # the user's path, not ours
    return False

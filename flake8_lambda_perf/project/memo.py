"""What is built once although it stands in a function: blocks whose test they make false themselves."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_lambda_perf.dataclass import dataclass
from flake8_lambda_perf.project.changing import MUTATORS
from flake8_lambda_perf.project.facts import Branch, Class, Place
from flake8_lambda_perf.project.filling import Filling
from flake8_lambda_perf.project.index import index_body
from flake8_lambda_perf.project.locations import CALLS_DEEP, Location, Locations, global_by_text
from flake8_lambda_perf.project.respelled import respelled
from flake8_lambda_perf.project.truth import asked
from flake8_lambda_perf.project.values import Cls, Func, ordered
from flake8_lambda_perf.source import children_of, nodes_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flake8_lambda_perf.project.facts import Function
    from flake8_lambda_perf.project.names import Names

SETTERS = frozenset({"set", "store", "save", "put_nowait"})
"""Methods that put something into what is no container: a context variable, an event, a cache of a library."""


@dataclass(frozen=True, slots=True)
class Memo:
    """A guard that makes its block run once; `instances` names the classes whose instances hold the memory."""

    instances: frozenset[Class]


class Memos:
    """Recognises memo guards; belongs to one `Names`."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.locations = Locations(names)
        self.filling = Filling(names)
        self.cache: dict[Branch, Memo | None] = {}
        self.writes: dict[tuple[Function, int], frozenset[Location]] = {}

    def forget(self) -> None:
        """Drops what was evaluated."""
        self.cache.clear()
        self.writes.clear()
        self.filling.forget()

    def around(self, place: Place) -> Memo | None:
        """Finds the memo that guards a place, the one that lasts longest first."""
        found: Memo | None = None
        for branch in place.branch.chain():
            memo = self._of(branch, place)
            if memo is not None and (found is None or not memo.instances):
                found = memo
        return found

    def _of(self, branch: Branch, place: Place) -> Memo | None:
        if branch.kind not in ("if", "after", "handler", "operand", "case", "else", "loop"):
            return None
        if branch not in self.cache:
            self.cache[branch] = None
            self.cache[branch] = self._judge(branch, place)
        return self.cache[branch]

    def _judge(self, branch: Branch, place: Place) -> Memo | None:
        at = branch.at or place
        read: set[Location] = set()
        if branch.kind == "handler":
            assert isinstance(branch.node, ast.Try | ast.TryStar)
            for statement in branch.node.body:
                read |= self._read_by(statement, at)
        elif branch.test is not None:
            read = self.locations.of(branch.test, at)
        region: Iterable[ast.AST] = [place.statement] if branch.kind == "operand" else branch.statements
        written = self._written(region, place, read, 0) if read else set()
        kept = {location for location in read if self._matches(location, written)} or self._settled(branch, at)
        if not kept:
            return None
        if all(location.instance for location in kept):
            return Memo(frozenset(location.owner for location in kept if isinstance(location.owner, Class)))
        return Memo(frozenset())

    def _settled(self, branch: Branch, at: Place) -> set[Location]:
        """Lists what a guard asks for that functions fill, or use up, so that it does not hold for ever."""
        found: set[Location] = set()
        for expr, present in self._asked(branch, at):
            for location in self.locations.of(expr, at):
                if self.filling.is_used_up(location) if present else self.filling.is_filled(location):
                    found.add(location)
        return found

    def _asked(self, branch: Branch, at: Place) -> Iterator[tuple[ast.expr, bool]]:
        """Lists what has to be there, or not to be there, for a branch to be entered."""
        node = branch.node
        if branch.kind == "handler":
            assert isinstance(node, ast.Try | ast.TryStar)
            match node.body:
                case [ast.Return(value=value) | ast.Assign(value=value) | ast.Expr(value=value)] if value is not None:
                    yield value, False
        elif branch.kind == "loop" and isinstance(node, ast.For):
            yield node.iter, True
        elif branch.test is not None and branch.kind != "case":
            for expr, present in asked(branch.test, branch.polarity):
                yield expr, present
                bindings = self.names.bindings(expr.id, at) if isinstance(expr, ast.Name) else None
                values = [binding.value for binding in bindings or () if binding.kind == "assign"]
                if len(values) == 1 and isinstance(values[0], ast.Compare | ast.UnaryOp):
                    yield from asked(values[0], present)

    def _matches(self, location: Location, written: set[Location]) -> bool:
        return location in written or (
            not location.instance and any(w.owner is location.owner and w.name == location.name for w in written)
        )

    # -- what a test reads --------------------------------------------------------------------

    def _read_by(self, statement: ast.AST, place: Place) -> set[Location]:
        found: set[Location] = set()
        for node in nodes_of(statement):
            if isinstance(node, ast.expr) and isinstance(node, ast.Name | ast.Attribute | ast.Call):
                found |= self.locations.of(node, place, 1)
        return found

    # -- what a block writes ------------------------------------------------------------------

    def _written(self, region: Iterable[ast.AST], place: Place, read: set[Location], depth: int) -> set[Location]:
        found: set[Location] = set()
        scope = place.scope
        while scope.kind == "comprehension" and scope.parent is not None:
            scope = scope.parent  # its own names end with it
        at = Place(scope, place.branch, 1 << 59, place.statement)
        for statement in region:
            for node in _walk_same_scope(statement):
                for target in _targets(node):
                    found |= self._target(target, at)
                if isinstance(node, ast.Call):
                    found |= self._written_by_call(node, at, depth)
                if not found.isdisjoint(read):
                    return found
        return found

    def _target(self, target: ast.expr, place: Place) -> set[Location]:
        if isinstance(target, ast.Name):
            scope = place.scope
            if target.id in scope.global_names or scope.kind == "module":
                return {Location(scope.module, target.id)}
            if target.id in scope.nonlocal_names:
                owner = scope.parent
                while owner is not None and target.id not in owner.bindings:
                    owner = owner.parent
                return (
                    {Location(owner.function, target.id)} if owner is not None and owner.function is not None else set()
                )
            return set()
        if isinstance(target, ast.Attribute):
            return self.locations.of_attribute(target, place)
        if isinstance(target, ast.Subscript):
            by_text = global_by_text(target)
            return (
                self.locations.of(target.value, place, 1)
                if by_text is None
                else {Location(place.scope.module, by_text)}
            )
        return set()

    def _written_by_call(self, node: ast.Call, place: Place, depth: int) -> set[Location]:
        found: set[Location] = set()
        for call in (node, *respelled(node)):
            match call:
                case ast.Call(func=ast.Attribute(value=changed, attr=attr)) if attr in MUTATORS | SETTERS:
                    found |= self.locations.of(changed, place, 1)
                case ast.Call(func=ast.Name(id="setattr"), args=[base, ast.Constant(value=str(name)), *_]):
                    attribute = ast.copy_location(ast.Attribute(value=base, attr=name, ctx=ast.Store()), node)
                    found |= self.locations.of_attribute(attribute, place)
        if depth >= CALLS_DEEP:
            return found
        for value in ordered(self.names.values(node.func, place)):
            functions = [value.function] if isinstance(value, Func) else []
            if isinstance(value, Cls):
                functions = [
                    method for name in ("__init__", "__new__") if (method := self.names.members.method(value.cls, name))
                ]
            for function in functions:
                found |= self._written_by_function(function, place, depth + 1)
        return found

    def _written_by_function(self, function: Function, place: Place, depth: int) -> frozenset[Location]:
        """Lists what a function writes, itself and through what it calls; functions in a circle add nothing."""
        key = (function, depth)
        if key not in self.writes:
            self.writes[key] = frozenset()
            index_body(function)
            body = function.node.body if isinstance(function.node.body, list) else [function.node.body]
            inner = Place(function.scope, _root(function), 1 << 59, place.statement)
            self.writes[key] = frozenset(self._written(body, inner, set(), depth))
        return self.writes[key]


def _targets(node: ast.AST) -> list[ast.expr]:
    match node:
        case ast.Assign(targets=targets) | ast.Delete(targets=targets):
            return [part for target in targets for part in _flat(target)]
        case ast.AugAssign(target=target) | ast.NamedExpr(target=target):
            return [target]
        case ast.AnnAssign(target=target, value=value) if value is not None:
            return [target]
        case ast.For(target=target) | ast.AsyncFor(target=target):
            return _flat(target)
        case ast.With(items=items) | ast.AsyncWith(items=items):
            return [part for item in items if item.optional_vars is not None for part in _flat(item.optional_vars)]
    return []


def _flat(target: ast.expr) -> list[ast.expr]:
    if isinstance(target, ast.Tuple | ast.List):
        return [part for element in target.elts for part in _flat(element)]
    return [target.value if isinstance(target, ast.Starred) else target]


def _walk_same_scope(root: ast.AST) -> Iterable[ast.AST]:
    stack = [root]
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda) or node is root:
            stack.extend(children_of(node))


def _root(function: Function) -> Branch:
    return Branch(None, "root", function.node)

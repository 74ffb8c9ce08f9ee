"""What becomes of a value in the function that makes it: returned, kept in a global, noted on the instance, or gone."""

from __future__ import annotations

import ast
from dataclasses import field
from typing import TYPE_CHECKING

from flake8_lambda_perf.dataclass import dataclass
from flake8_lambda_perf.project.changing import MUTATORS
from flake8_lambda_perf.project.index import index_body
from flake8_lambda_perf.project.values import NOTHING, Func, arguments

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_lambda_perf.project.facts import Function, Module, Site
    from flake8_lambda_perf.project.names import Names

ROUNDS = 5
DEPTH = 2
"""How many functions a value is followed into that it is handed to."""

NESTING = 30
"""How deep expressions are looked into: as Python's own stack is used, and what is deeper is not kept."""

HOLDING = frozenset({"cursor", "get_database", "get_collection", "begin", "session", "channel", "pubsub", "pipeline"})
"""Methods of connections that give something that needs the connection; others give data."""
SPANS = frozenset({"timedelta", "relativedelta"})


@dataclass(frozen=True, slots=True)
class Kept:
    """Where a value is when the function that made it is done: the names of globals, the attributes of `self`."""

    returned: bool = False
    names: frozenset[str] = frozenset()
    attributes: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return self.returned or bool(self.names) or bool(self.attributes)


@dataclass(slots=True)
class _Trail:
    """One value on its way through one body: the calls that give it, and the names and attributes that hold it."""

    kind: str
    sources: frozenset[ast.AST]
    module: Module
    depth: int
    held: set[str] = field(default_factory=set)
    kept: set[str] = field(default_factory=set)
    noted: set[str] = field(default_factory=set)
    receiver: str = ""
    known: dict[ast.expr, bool] = field(default_factory=dict)  # of expressions, as long as nothing more holds the value

    def hold(self, where: set[str], name: str) -> None:
        """Notes that one more name or attribute holds the value."""
        if name not in where:
            where.add(name)
            self.known.clear()


class Keeping:
    """Follows values through functions; belongs to one `Names`. What it cannot follow is not kept."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self._passing: dict[tuple[Function, str, frozenset[str], int], bool] = {}

    def by_function(
        self,
        function: Function,
        kind: str,
        sources: frozenset[ast.AST],
        held: frozenset[str] = frozenset(),
        depth: int = 0,
    ) -> Kept:
        """Tells where a value is at the end that the calls `sources` give, or the parameters `held`."""
        if isinstance(function.node, ast.Lambda) or function.is_generator or depth > DEPTH:
            return Kept()
        index_body(function)
        trail = _Trail(kind, sources, function.module, depth, set(held))
        if function.has_receiver and function.params:
            trail.receiver = function.params[0].arg
        statements = list(_statements(function.node))
        for _ in range(ROUNDS):
            before = (len(trail.held), len(trail.kept), len(trail.noted))
            for statement in statements:
                self._follow(statement, function, trail)
            if (len(trail.held), len(trail.kept), len(trail.noted)) == before:
                break
        if kind == "connection" and any(_closes(statement, trail.held) for statement in statements):
            return Kept()
        returned = any(value is not None and self.carries(value, trail) for value, _ in function.returns)
        return Kept(returned, frozenset(trail.kept), frozenset(trail.noted))

    def by_expression(self, expr: ast.expr, kind: str, source: ast.AST, module: Module) -> bool:
        """Tells whether an expression at module level holds what a call in it gives."""
        return self.carries(expr, _Trail(kind, frozenset({source}), module, 0))

    def by_module(self, module: Module, kind: str, source: ast.AST) -> frozenset[str]:
        """Lists the names of a module that hold what a call in its body gives, or what is made of that."""
        trail = _Trail(kind, frozenset({source}), module, 0)
        for statement in module.top.body:
            match statement:
                case ast.Assign(targets=[ast.Name(id=name)], value=value) if self.carries(value, trail):
                    trail.hold(trail.held, name)
        return frozenset(trail.held)

    # -- statements ---------------------------------------------------------------------------

    def _follow(self, statement: ast.stmt, function: Function, trail: _Trail) -> None:
        match statement:
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    self._assign(target, value, function, trail)
            case ast.AnnAssign(target=target, value=ast.expr() as value) | ast.AugAssign(target=target, value=value):
                self._assign(target, value, function, trail)
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=target, attr=attr)) as call) if attr in MUTATORS:
                given = [*call.args, *(keyword.value for keyword in call.keywords)]
                if any(self.carries(value, trail) for value in given):
                    self._into(target, function, trail)
        for node in _expressions(statement):
            if isinstance(node, ast.NamedExpr) and self.carries(node.value, trail):
                trail.hold(trail.held, node.target.id)

    def _assign(self, target: ast.expr, value: ast.expr, function: Function, trail: _Trail) -> None:
        match target, value:
            case (ast.Tuple(elts=targets), ast.Tuple(elts=values)) if len(targets) == len(values):
                for one, other in zip(targets, values, strict=True):
                    self._assign(one, other, function, trail)
            case _ if self.carries(value, trail):
                self._into(target, function, trail)

    def _into(self, target: ast.expr, function: Function, trail: _Trail) -> None:
        """Notes that a name, an attribute or a container holds the value from here on."""
        within = False
        while isinstance(target, ast.Subscript):
            target, within = target.value, True
        match target:
            case ast.Tuple(elts=elements) | ast.List(elts=elements):
                for element in elements:
                    self._into(element, function, trail)
            case ast.Attribute(value=ast.Name(id=name), attr=attr) if name == trail.receiver:
                trail.hold(trail.noted, attr)
            case ast.Name(id=name) | ast.Attribute(value=ast.Name(id=name)):
                within = within or isinstance(target, ast.Attribute)
                if name in function.scope.global_names or (within and name not in function.scope.bindings):
                    trail.hold(trail.kept, name)
                elif within or self._holds_only(name, function, trail):
                    trail.hold(trail.held, name)

    def _holds_only(self, name: str, function: Function, trail: _Trail) -> bool:
        """Tells whether a local is given nothing but the value, or a constant that stands in for it."""
        values = [binding.value for binding in function.scope.bindings.get(name, ())]
        return all(isinstance(v, ast.Constant) or (v is not None and self.carries(v, trail)) for v in values)

    # -- expressions --------------------------------------------------------------------------

    def carries(self, expr: ast.expr, trail: _Trail, level: int = 0) -> bool:
        """Tells whether an expression holds the value, or something made of it that is as bad."""
        if expr not in trail.known:
            trail.known[expr] = level < NESTING and self._carries(expr, trail, level + 1)
        return trail.known[expr]

    def _carries(self, expr: ast.expr, trail: _Trail, level: int) -> bool:
        if expr in trail.sources:
            return True
        match expr:
            case ast.Name(id=name):
                return name in trail.held
            case ast.Attribute(value=ast.Name(id=name), attr=attr) if name == trail.receiver:
                return attr in trail.noted
            case ast.Call():
                return self._call_carries(expr, trail, level)
            case ast.BinOp(left=left, op=ast.Sub(), right=right) if trail.kind == "clock":
                return self.carries(left, trail, level) and _is_span(right)
        return any(self.carries(part, trail, level) for part in _parts(expr))

    def _call_carries(self, call: ast.Call, trail: _Trail, level: int) -> bool:
        func = call.func
        if isinstance(func, ast.Attribute) and self.carries(func.value, trail, level):
            return trail.kind != "connection" or func.attr in HOLDING
        given = [*call.args, *(keyword.value for keyword in call.keywords)]
        if not any(self.carries(value, trail, level) for value in given):
            return False
        site = trail.module.sites.get(call)
        values = self.names.values(func, site.place) if site is not None else NOTHING
        functions = [value for value in values if isinstance(value, Func)]
        if site is not None and functions:
            return all(self._passes_on(value, site, trail, level) for value in functions)
        return trail.kind != "connection" or _is_class(func)

    def _passes_on(self, callee: Func, site: Site, trail: _Trail, level: int) -> bool:
        """Tells whether a function of the project gives back what it is given."""
        given = arguments(callee.function, site.node, site.place, callee.bound)
        held = frozenset(n for n, a in given.items() if a.expr is not None and self.carries(a.expr, trail, level))
        key = callee.function, trail.kind, held, trail.depth
        if key not in self._passing:
            self._passing[key] = False  # of a function that calls itself
            kept = self.by_function(callee.function, trail.kind, frozenset(), held, trail.depth + 1)
            self._passing[key] = kept.returned
        return self._passing[key]


def _statements(node: ast.AST) -> Iterator[ast.stmt]:
    """Lists the statements of a function's body, those of functions and classes in it left out."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        if isinstance(child, ast.stmt):
            yield child
        if isinstance(child, ast.stmt | ast.ExceptHandler | ast.match_case):
            yield from _statements(child)


def _expressions(statement: ast.stmt) -> Iterator[ast.expr]:
    """Lists the expressions of one statement, those of the statements in it left out."""
    stack: list[ast.AST] = [statement]
    while stack:
        for child in ast.iter_child_nodes(stack.pop()):
            if isinstance(child, ast.expr):
                yield child
                stack.append(child)


def _parts(expr: ast.expr) -> list[ast.expr]:
    """Lists the parts of an expression that are parts of its value too."""
    match expr:
        case ast.Attribute(value=value) | ast.Subscript(value=value) | ast.Await(value=value):
            return [value]
        case ast.Starred(value=value) | ast.NamedExpr(value=value) | ast.FormattedValue(value=value):
            return [value]
        case ast.ListComp(elt=part) | ast.SetComp(elt=part) | ast.DictComp(value=part):
            return [part]
        case ast.BinOp(left=left, right=right) | ast.IfExp(body=left, orelse=right):
            return [left, right]
        case ast.BoolOp(values=parts) | ast.JoinedStr(values=parts) | ast.Dict(values=parts):
            return parts
        case ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.Set(elts=parts):
            return parts
    return []


def _is_span(expr: ast.expr) -> bool:
    """Tells whether what is taken from a time is a length of time, so that the result is a time."""
    match expr:
        case ast.Constant():
            return True
        case ast.BinOp(left=left, right=right):
            return _is_span(left) and _is_span(right)
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return name in SPANS
    return False


def _is_class(func: ast.expr) -> bool:
    """Tells whether what is called is named like a class: an object that is given a connection keeps it."""
    name = func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""
    return name[:1].isupper()


def _closes(statement: ast.stmt, held: set[str]) -> bool:
    """Tells whether a statement closes what a local holds."""
    match statement:
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="close"))):
            return name in held
    return False

"""Which expressions give an object that is followed from name to name."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_lambda_perf.dataclass import dataclass
from flake8_lambda_perf.project.facts import Class, Function, Module, Scope
from flake8_lambda_perf.project.index import index_body
from flake8_lambda_perf.project.respelled import plain
from flake8_lambda_perf.project.values import Cls, Ext, Func, Inst, Mod, Unknown, arguments, ordered

if TYPE_CHECKING:
    from flake8_lambda_perf.project.facts import Place
    from flake8_lambda_perf.project.names import Names

PARTS = frozenset({"get", "values", "items", "setdefault", "pop", "popitem", "popleft"})
"""Methods that hand out what a container holds."""
HANDED_ON = frozenset({
    "next", "iter", "reversed", "enumerate", "zip", "nullcontext", "enter_context", "enter_async_context",
})  # fmt: skip
"""Functions that give back what they are given, or what it holds."""
ENVIRONMENT = "os.environ"


@dataclass(frozen=True, slots=True)
class Handle:
    """A way to get at an object: a name of a scope or module, an attribute, or the environment for None.

    `calls` is how often what has the name is called to get at the object.
    """

    owner: Scope | Class | Module | Function | Ext | None
    name: str
    calls: int = 0


class Sought:
    """Recognises an object by its `handle`, and by the name that it has in the body that is looked at."""

    def __init__(self, names: Names, handle: Handle) -> None:
        self.names = names
        self.handle = handle
        self.known: str | None = None
        self._memo: dict[ast.expr, int | None] = {}

    def look(self, handle: Handle, known: str | None) -> None:
        """Turns to a body in which the object has a name."""
        self.handle, self.known = handle, known
        self._memo.clear()

    def needed(self, expr: ast.expr | None, place: Place) -> int | None:
        """Tells how often to call what an expression gives to get at the object; None if it is something else."""
        if expr is None or isinstance(expr, ast.Constant):
            return None
        if expr not in self._memo:
            self._memo[expr] = self._needed(expr, place)
        return self._memo[expr]

    def _needed(self, expr: ast.expr, place: Place) -> int | None:
        if isinstance(expr, ast.Call | ast.Subscript) and (known := plain(expr)) is not None:
            is_global = isinstance(known, ast.Name)
            return self.needed(known, place.scope.module.place if is_global else place)
        match expr:
            case ast.Name(id=name):
                return self._by_name(expr, name, place)
            case ast.Attribute(value=base, attr=attr):
                return self.handle.calls if self._is_attribute(expr, base, attr, place) else None
            case ast.Call():
                return self._by_call(expr, place)
            case ast.Lambda(body=body):
                inner = self.needed(body, place)
                return None if inner is None else inner + 1
            case (
                ast.Subscript(value=value)
                | ast.NamedExpr(value=value)
                | ast.Await(value=value)
                | ast.Starred(value=value)
            ):
                return self.needed(value, place)
            case ast.IfExp(body=body, orelse=orelse):
                return self._first([body, orelse], place)
            case ast.BoolOp(values=parts) | ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.Set(elts=parts):
                return self._first(parts, place)
            case ast.Dict(keys=keys, values=values):
                return self._first([value for key, value in zip(keys, values, strict=True) if key], place)
            case ast.ListComp(elt=elt) | ast.SetComp(elt=elt) | ast.GeneratorExp(elt=elt) | ast.DictComp(value=elt):
                return self.needed(elt, place)
        return None

    def _first(self, exprs: list[ast.expr], place: Place) -> int | None:
        return next((found for expr in exprs if (found := self.needed(expr, place)) is not None), None)

    def _by_name(self, expr: ast.Name, name: str, place: Place) -> int | None:
        if place.scope.kind == "comprehension" and name in place.scope.bindings and name != self.known:
            values = [binding.value for binding in place.scope.bindings[name] if binding.value is not None]
            return self._first(values, place)
        if self.handle.owner is None and self.known is None:
            return self.handle.calls if name == "environ" and self._is_environment(expr, place) else None
        return self.handle.calls if name == self.known else None

    def _is_environment(self, expr: ast.expr, place: Place) -> bool:
        return Ext(ENVIRONMENT) in self.names.values(expr, place)

    def _is_attribute(self, expr: ast.Attribute, base: ast.expr, attr: str, place: Place) -> bool:
        owner = self.handle.owner
        if attr != self.handle.name or isinstance(owner, Scope):
            return False
        if owner is None:
            return self._is_environment(expr, place)
        values = self.names.values(base, place)
        match owner:
            case Module():
                return Mod(owner) in values
            case Function():
                return any(isinstance(value, Func) and value.function is owner for value in values)
            case Ext():
                return owner in values
        return any(isinstance(v, Unknown) or (isinstance(v, Inst | Cls) and self._is_kin(v.cls, owner)) for v in values)

    def _is_kin(self, one: Class, other: Class) -> bool:
        return other in self.names.members.order(one) or one in self.names.members.order(other)

    def _by_call(self, call: ast.Call, place: Place) -> int | None:
        match call:
            case ast.Call(func=ast.Attribute(value=value, attr=attr)) if (
                attr in PARTS and self.needed(value, place) == 0
            ):
                return 0
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=args) if name in HANDED_ON:
                return self._first(args, place)
            case ast.Call(func=ast.Name(id="partial") | ast.Attribute(attr="partial"), args=[function, *_]):
                return self.needed(function, place)
        needed = self.needed(call.func, place)
        if needed is not None and needed > 0:
            return needed - 1
        return 0 if any(self._comes_back(arg, call, place) for arg in given_to(call)) else None

    def _comes_back(self, arg: ast.expr, call: ast.Call, place: Place) -> bool:
        """Tells whether a function of the project returns what it is given."""
        if self.needed(arg, place) != 0:
            return False
        for value in ordered(self.names.values(call.func, place)):
            if isinstance(value, Func):
                index_body(value.function)
                given = arguments(value.function, call, place, value.bound)
                own = {name for name, argument in given.items() if argument.expr is arg}
                returned = [result for result, _place in value.function.returns]
                if any(isinstance(result, ast.Name) and result.id in own for result in returned):
                    return True
        return False


def given_to(call: ast.Call) -> list[ast.expr]:
    return [*call.args, *(keyword.value for keyword in call.keywords if keyword.arg is not None)]

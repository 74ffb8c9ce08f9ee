"""On what an object depends that is changed after it is built: `session._session.set_credentials(...)`."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_lambda_perf.project.facts import Function
from flake8_lambda_perf.project.flow import before
from flake8_lambda_perf.project.index import index_body
from flake8_lambda_perf.project.levels import NONE, REQUEST, Dep
from flake8_lambda_perf.project.outside import SDKS
from flake8_lambda_perf.project.record import dotted
from flake8_lambda_perf.project.values import Ext, Func, arguments, ordered
from flake8_lambda_perf.source import nodes_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flake8_lambda_perf.project.depend import Dependence
    from flake8_lambda_perf.project.facts import Binding, Class, Place, Scope, Site


class Adjusted:
    """Joins what sessions and clients of an SDK are changed with, here or where they are passed to.

    Belongs to one `Dependence`. What is changed is told by its path: `session`, `self.session`.
    """

    def __init__(self, dependence: Dependence) -> None:
        self.dependence = dependence
        self.names = dependence.names
        self.active: set[tuple[Scope, str]] = set()

    def of_site(self, site: Site, part: str = "") -> Dep:
        """Joins what the object that a call builds, or a part of it, is changed with under the names it is given."""
        scope, statement = site.place.scope, site.place.statement
        found = NONE
        for name, bindings in scope.bindings.items():
            if any(b.place.statement is statement and b.kind in ("assign", "with", "unpack") for b in bindings):
                found = found.join(self.of_path(scope, f"{name}{part}", site.place))
        function = scope.function
        for target, place in function.stores if function is not None else ():
            path = dotted(target)
            if place.statement is statement and path is not None and isinstance(target, ast.Attribute):
                found = found.join(self.of_path(scope, f"{path}{part}", site.place))
                if function is not None and function.cls is not None and isinstance(target.value, ast.Name):
                    found = found.join(self.of_attribute(function.cls, target.attr))
        return found

    def of_bindings(self, name: str, bindings: list[Binding], place: Place) -> Dep:
        """Joins what a session or client that a name is bound to is changed with."""
        if not any(self.is_sdk(binding.value, before(binding.place)) for binding in bindings):
            return NONE
        return self.of_path(bindings[0].place.scope, name, place)

    def of_attribute(self, cls: Class, attr: str) -> Dep:
        """Joins what the methods of a class change a session or client with that it keeps in an attribute."""
        found = NONE
        for bindings in list(cls.scope.bindings.values()):
            for binding in bindings:
                method = binding.target
                if isinstance(method, Function) and (not attr.isascii() or method.may_hold(attr)):
                    index_body(method)
                    if method.params:
                        found = found.join(self.of_path(method.scope, f"{method.params[0].arg}.{attr}", None))
        return found

    def is_sdk(self, value: ast.expr | None, place: Place) -> bool:
        """Tells whether an expression calls something of an AWS SDK."""
        if not isinstance(value, ast.Call):
            return False
        return any(
            isinstance(v, Ext) and v.name.startswith(SDKS) for v in ordered(self.names.values(value.func, place))
        )

    def of_path(self, scope: Scope, path: str, place: Place | None) -> Dep:
        """Joins what the object at a path is changed with in a function, under all its names there."""
        if (scope, path) in self.active:
            return NONE
        self.active.add((scope, path))
        here = set(place.branch.chain()) if place is not None else set()
        found = NONE
        for inner in self._scopes(scope, path.partition(".")[0]):
            paths = _aliases(inner, path)
            for value, where in _changes(inner, paths):
                found = found.join(self._given(value, where)).join(self.dependence.choice(where, here))
            if inner.function is not None:
                for site in inner.function.calls:
                    found = found.join(self._passed(site, paths))
        self.active.discard((scope, path))
        return found

    def _scopes(self, scope: Scope, root: str) -> Iterator[Scope]:
        """Lists the scopes that see a name of a scope."""
        yield scope
        inner = scope.function.nested if scope.function is not None else ()
        if scope.kind == "module":
            inner = self.names.changes.mentions(scope.module, root)
        for function in list(inner):
            index_body(function)
            if root not in function.scope.bindings:
                yield function.scope

    def _passed(self, site: Site, paths: set[str]) -> Dep:
        """Joins what a function of the project changes an object with that it is passed."""
        exprs = [*site.node.args, *(keyword.value for keyword in site.node.keywords)]
        if not any(_is_of(expr, paths) for expr in exprs):
            return NONE
        found = NONE
        for value in ordered(self.names.values(site.node.func, site.place)):
            if isinstance(value, Func):
                callee = value.function
                index_body(callee)
                given = arguments(callee, site.node, site.place, value.bound)
                for name, argument in given.items():
                    if argument.expr is not None and _is_of(argument.expr, paths):
                        inside = self.of_path(callee.scope, name, None)
                        found = found.join(self.dependence.substitute(inside, callee, given))
        return found

    def _given(self, value: ast.expr, place: Place) -> Dep:
        """Tells on what a change depends; a function that is registered on what it takes from around it."""
        function = place.scope.module.function_of.get(value)
        if function is not None:
            return self._closure(function)
        found = self.dependence.expression(value, place)
        for known in ordered(self.names.values(value, place)):
            if isinstance(known, Func):
                found = found.join(REQUEST if known.bound else self._closure(known.function))
        return found

    def _closure(self, function: Function) -> Dep:
        found = NONE
        for node in nodes_of(function.node):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id not in function.scope.bindings:
                bindings = self.names.bindings(node.id, function.place)
                if bindings and bindings[0].place.scope.function is not None:
                    found = found.join(self.dependence.bound(node.id, bindings, function.place))
        return found


def _changes(scope: Scope, paths: set[str]) -> Iterator[tuple[ast.expr, Place]]:
    for path, changes in scope.adjustments.items():
        if _is_below(path, paths):
            yield from changes


def _aliases(scope: Scope, path: str) -> set[str]:
    """Lists the paths of an object, and of its parts, in a scope: `inner = session._session`."""
    found = {path}
    grown = True
    while grown:
        grown = False
        for name, bindings in scope.bindings.items():
            if name not in found and any(
                binding.kind in ("assign", "with") and _is_of(binding.value, found) for binding in bindings
            ):
                found.add(name)
                grown = True
    return found


def _is_of(expr: ast.expr | None, paths: Iterable[str]) -> bool:
    """Tells whether an expression is an object, or a part of it, without a call that makes another."""
    if isinstance(expr, ast.Call) and isinstance(expr.func, ast.Attribute) and expr.func.attr == "get_component":
        expr = expr.func.value
    path = dotted(expr) if expr is not None else None
    return path is not None and _is_below(path, paths)


def _is_below(path: str, paths: Iterable[str]) -> bool:
    return any(path == known or path.startswith(f"{known}.") for known in paths)

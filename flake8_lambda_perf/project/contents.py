"""On what the content of a container depends that is filled after it was made: `OPTIONS["region"] = ...`."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_lambda_perf.project.flow import before
from flake8_lambda_perf.project.index import index_body
from flake8_lambda_perf.project.levels import NONE, REQUEST, Dep
from flake8_lambda_perf.project.values import Cls, Ext, Func, Items, Partial, Unknown, arguments

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flake8_lambda_perf.project.depend import Dependence
    from flake8_lambda_perf.project.facts import Binding, Function, Module, Place, Scope, Site

CONTAINERS = frozenset({
    "dict", "list", "set", "iter", "collections.defaultdict", "collections.OrderedDict", "collections.Counter",
    "collections.deque", "copy.copy", "copy.deepcopy", "itertools.chain", "itertools.count", "itertools.cycle",
    "json.load", "json.loads", "yaml.safe_load", "tomllib.load", "tomllib.loads",
})  # fmt: skip
PARTS = frozenset({"get", "values", "items", "setdefault"})
"""Methods that hand out what a container holds."""


class Contents:
    """Joins what is put into containers; belongs to one `Dependence`."""

    def __init__(self, dependence: Dependence) -> None:
        self.dependence = dependence
        self.names = dependence.names
        self._shared: dict[tuple[Module, str], Dep] = {}

    def forget(self) -> None:
        """Drops what was evaluated."""
        self._shared.clear()

    def of(self, name: str, bindings: list[Binding], place: Place) -> Dep:
        """Joins what is put into what a name is bound to."""
        first = bindings[0]
        if first.kind in ("import", "from", "def", "class"):
            return NONE
        owner = first.place.scope
        scopes = [owner]
        if owner.function is not None:
            scopes += [f.scope for f in owner.function.nested if f.scope.indexed and name not in f.scope.bindings]
        here = set(place.branch.chain())
        found = NONE
        for scope in scopes:
            for value, where in (*scope.mutations.get(name, ()), *adjustments(scope, name)):
                put = self._put(value, where) if value is not None or scope is not owner else NONE
                found = found.join(put).join(self.dependence.choice(where, here))
        if not any(self._is_container(binding) for binding in bindings):
            return found
        if owner.function is None:
            return found.join(self.shared(owner.module, name))
        return found.join(self._passed(name, owner.function.calls))

    def _put(self, value: ast.expr | None, place: Place) -> Dep:
        if value is None:
            return REQUEST
        if isinstance(value, ast.Lambda):  # it decides what is sorted how
            function = place.scope.module.function_of.get(value)
            return self.dependence.result(function) if function is not None else NONE
        return self.dependence.expression(value, place)

    # -- containers of modules ----------------------------------------------------------------

    def shared(self, module: Module, name: str) -> Dep:
        """Joins what functions anywhere put into a container at a module's scope."""
        key = (module, name)
        if key not in self._shared:
            self._shared[key] = NONE
            if any(self._is_container(binding) for binding in module.scope.bindings.get(name, ())):
                found = NONE
                for function, known in self.names.aliases.users(module, name):
                    found = found.join(self._in(function, known))
                self._shared[key] = found
        return self._shared[key]

    def _in(self, function: Function, name: str) -> Dep:
        """Joins what one function puts into a global, by its name or another, or lets others put in."""
        scope = function.scope
        if any(binding.kind != "from" for binding in scope.bindings.get(name, ())):
            return NONE
        found = self._passed(name, [site for site in function.calls if self._is_filled(site, name)])
        for known in (name, *_other_names(scope, name)):
            for value, where in scope.mutations.get(known, ()):
                found = found.join(self._put(value, where)).join(self.dependence.choice(where))
        return found

    def _is_filled(self, site: Site, name: str) -> bool:
        """Tells whether a call changes the container it is given."""
        for value in self.names.values(site.node.func, site.place):
            if isinstance(value, Func):
                index_body(value.function)
                given = arguments(value.function, site.node, site.place, value.bound)
                own = [key for key, argument in given.items() if _is_name(argument.expr, name)]
                passed_on = (arg for call in value.function.calls for arg in _given(call.node))
                if any(key in value.function.scope.mutations for key in own) or any(
                    _is_name(arg, key) for arg in passed_on for key in own
                ):
                    return True
            elif isinstance(value, Partial):
                return True
        return False

    # -- calls --------------------------------------------------------------------------------

    def _passed(self, name: str, sites: Iterable[Site]) -> Dep:
        """Joins what is passed along with a container: the callee may put it in."""
        found = NONE
        for site in sites:
            given = _given(site.node)
            if any(_is_name(arg, name) for arg in given) and self._may_fill(site):
                others = [arg for arg in given if not _is_name(arg, name)]
                found = found.join(self.dependence.all(others, site.place))
        return found

    def _may_fill(self, site: Site) -> bool:
        values = self.names.values(site.node.func, site.place)
        return any(isinstance(value, Func | Partial | Unknown) for value in values)

    def _is_container(self, binding: Binding) -> bool:
        value, place = binding.value, before(binding.place)
        if value is None or binding.kind != "assign":
            return False
        if isinstance(value, ast.Dict | ast.List | ast.Set | ast.DictComp | ast.ListComp | ast.SetComp | ast.BinOp):
            return True
        if isinstance(value, ast.Call):
            made = self.names.values(value.func, place)
            if any(isinstance(v, Cls) or (isinstance(v, Ext) and v.name in CONTAINERS) for v in made):
                return True
        return any(isinstance(v, Items) for v in self.names.values(value, place))


def adjustments(scope: Scope, name: str) -> Iterator[tuple[ast.expr, Place]]:
    """Lists what the object of a name, or a part of it, is changed with."""
    for path, changes in scope.adjustments.items():
        if path.partition(".")[0] == name:
            yield from changes


def _is_name(expr: ast.expr | None, name: str) -> bool:
    return isinstance(expr, ast.Name) and expr.id == name


def _given(call: ast.Call) -> list[ast.expr]:
    return [*call.args, *(keyword.value for keyword in call.keywords)]


def _other_names(scope: Scope, name: str) -> list[str]:
    """Lists the names that a scope gives to what has one already, or to a part of it: `options = OPTIONS["s3"]`."""
    found = [name]
    for known in found:  # grows
        for other, bindings in scope.bindings.items():
            if other not in found and any(_is_name(_whole(binding.value), known) for binding in bindings):
                found.append(other)
    return found[1:]


def _whole(expr: ast.expr | None) -> ast.expr | None:
    """Gives what an expression is a part of."""
    match expr:
        case ast.Subscript(value=value):
            return _whole(value)
        case ast.Call(func=ast.Attribute(value=value, attr=attr)) if attr in PARTS:
            return _whole(value)
    return expr

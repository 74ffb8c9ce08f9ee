"""On what the content of a container depends that is filled after it was made: `OPTIONS["region"] = ...`."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_lambda_perf.project.flow import before
from flake8_lambda_perf.project.handles import Handles
from flake8_lambda_perf.project.index import index_body, is_property
from flake8_lambda_perf.project.levels import NONE, REQUEST, Dep
from flake8_lambda_perf.project.sought import Handle
from flake8_lambda_perf.project.values import Cls, Ext, Func, Items, defaults, last_name, ordered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_lambda_perf.project.depend import Dependence
    from flake8_lambda_perf.project.facts import Binding, Branch, Class, Function, Module, Place, Scope

CONTAINERS = frozenset({
    "dict", "list", "set", "iter", "collections.defaultdict", "collections.OrderedDict", "collections.Counter",
    "collections.deque", "copy.copy", "copy.deepcopy", "itertools.chain", "itertools.count", "itertools.cycle",
    "collections.ChainMap", "collections.UserDict", "collections.UserList", "configparser.ConfigParser",
    "json.load", "json.loads", "yaml.safe_load", "tomllib.load", "tomllib.loads",
})  # fmt: skip
NAMESPACES = frozenset({"types.SimpleNamespace()", "argparse.Namespace()", "threading.local()"})
FIELDS = frozenset({"field", "Field", "attrib", "ib"})
"""Functions by which a data class says how a field is made."""


class Contents:
    """Joins what is put into containers; belongs to one `Dependence`."""

    def __init__(self, dependence: Dependence) -> None:
        self.dependence = dependence
        self.names = dependence.names
        self.handles = Handles(dependence)
        self._returning: dict[Function, bool] = {}

    def forget(self) -> None:
        """Drops what was evaluated."""
        self.handles.forget()
        self._returning.clear()

    def of(self, name: str, bindings: list[Binding], place: Place) -> Dep:
        """Joins what is put into what a name is bound to."""
        first = bindings[0]
        if first.kind in ("import", "from", "def", "class"):
            return NONE
        owner, here = first.place.scope, set(place.branch.chain())
        if name in owner.global_names:
            owner = owner.module.scope
        found = self._direct(owner, name, here)
        if owner.kind == "module":
            return found.join(self.shared(owner.module, name))
        if first.kind == "param":
            return self._of_parameter(owner, name, found)
        if owner.function is None or not any(self._is_container(binding) for binding in bindings):
            return found
        if self.dependence.is_kept(owner.function):
            return found.kept().join(self.handles.lasting(Handle(owner, name)))
        return found.join(self.handles.local(owner, name, here))

    def _direct(self, owner: Scope, name: str, here: set[Branch]) -> Dep:
        """Joins what is put into the object of a name under that name, where it is bound and in functions there."""
        scopes = [owner]
        if owner.function is not None:
            scopes += [f.scope for f in owner.function.nested if f.scope.indexed and name not in f.scope.bindings]
        found = NONE
        for scope in scopes:
            for value, where in (*scope.mutations.get(name, ()), *adjustments(scope, name)):
                put = self.put(value, where) if value is not None or scope is not owner else NONE
                found = found.join(put).join(self.dependence.choice(where, here))
        return found

    def _of_parameter(self, owner: Scope, name: str, found: Dep) -> Dep:
        """Joins what is put into an argument; a default that is left out lives as long as its function."""
        function = owner.function
        assert function is not None
        default = dict(defaults(function.node.args)).get(name)
        if default is None or not self.is_made(default, function.place):
            return found
        return found.kept().join(self.handles.lasting(Handle(owner, name)))

    def put(self, value: ast.expr | None, place: Place) -> Dep:
        """Tells on what a value depends that is put somewhere."""
        if value is None:
            return REQUEST
        if isinstance(value, ast.Lambda):  # it decides what is sorted how
            function = place.scope.module.function_of.get(value)
            return self.dependence.result(function) if function is not None else NONE
        return self.dependence.expression(value, place)

    # -- what lasts ---------------------------------------------------------------------------

    def shared(self, module: Module, name: str) -> Dep:
        """Joins what functions anywhere put into a container of a module."""
        bindings = (*module.scope.bindings.get(name, ()), *module.global_writes.get(name, ()))
        if not any(self._is_container(binding) for binding in bindings):
            return NONE
        return self.handles.lasting(Handle(module, name))

    def of_attribute(self, cls: Class, attr: str, value: ast.expr | None, place: Place) -> Dep:
        """Joins what is put into a container that an attribute of a class holds."""
        return self.handles.lasting(Handle(cls, attr)) if value is not None and self.is_made(value, place) else NONE

    def of_field(self, cls: Class, expr: ast.Attribute, place: Place) -> Dep:
        """Joins what is put into a container that a field of a data class is given."""
        given = any(isinstance(value, Items) for value in ordered(self.names.values(expr, place)))
        return self.handles.lasting(Handle(cls, expr.attr)) if given else NONE

    def of_part(self, owner: Func | Ext, attr: str) -> Dep:
        """Joins what is put into a container that an attribute of a function or of a namespace holds."""
        changes = self.names.members.changes_of(owner, attr)
        given = (change for change, _sure in changes if change.value is not None and not change.within)
        if (isinstance(owner, Ext) and owner.name in NAMESPACES) or any(
            change.value is not None and self.is_made(change.value, change.place) for change in given
        ):
            return self.handles.lasting(Handle(owner.function if isinstance(owner, Func) else owner, attr))
        return NONE

    def of_result(self, function: Function) -> Dep:
        """Joins what callers put into a container that a function hands out again and again."""
        if not self.dependence.is_kept(function):
            return NONE
        if not self._returns_container(function):
            return NONE
        scope = function.place.scope
        if function.cls is None:
            return self.handles.lasting(Handle(scope.module if scope.kind == "module" else scope, function.name, 1))
        is_read = any(is_property(decorator) for decorator in function.decorated)
        return self.handles.lasting(Handle(function.cls, function.name, 0 if is_read else 1))

    def _returns_container(self, function: Function) -> bool:
        """Tells whether a function may return a container."""
        if function not in self._returning:
            self._returning[function] = False
            index_body(function)
            self._returning[function] = any(
                any(self._is_container(binding) for binding in self.names.bindings(value.id, place) or ())
                if isinstance(value, ast.Name)
                else value is not None and self.is_made(value, place)
                for value, place in function.returns
            )
        return self._returning[function]

    def _is_container(self, binding: Binding) -> bool:
        value = binding.value
        return value is not None and binding.kind == "assign" and self.is_made(value, before(binding.place))

    def is_made(self, value: ast.expr, place: Place) -> bool:
        """Tells whether an expression gives a container, or an object that may be one."""
        if isinstance(value, ast.Dict | ast.List | ast.Set | ast.DictComp | ast.ListComp | ast.SetComp | ast.BinOp):
            return True
        if isinstance(value, ast.Call):
            if last_name(value.func) in FIELDS:
                return True
            made = self.names.values(value.func, place)
            if any(isinstance(v, Cls) or (isinstance(v, Ext) and v.name in CONTAINERS) for v in made):
                return True
            return any(isinstance(v, Func) and self._returns_container(v.function) for v in made)
        return any(isinstance(v, Items) for v in ordered(self.names.values(value, place)))


def adjustments(scope: Scope, name: str) -> Iterator[tuple[ast.expr, Place]]:
    """Lists what the object of a name, or a part of it, is changed with."""
    for path, changes in scope.adjustments.items():
        if path.partition(".")[0] == name:
            yield from changes

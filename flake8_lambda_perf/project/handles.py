"""Where an object is changed under another name: by those it is handed to, or that ask for it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_lambda_perf.project.changing import MUTATORS, REMOVERS, TAKERS, is_key
from flake8_lambda_perf.project.facts import Class, Function, Module, Scope
from flake8_lambda_perf.project.flow import before
from flake8_lambda_perf.project.index import index_body, is_property
from flake8_lambda_perf.project.levels import NONE, REQUEST, STORE, Dep, Level
from flake8_lambda_perf.project.respelled import may_be, respelled
from flake8_lambda_perf.project.sought import Handle, Sought, given_to
from flake8_lambda_perf.project.values import Cls, Ext, Func, Inst, Mod, Partial, Unknown, arguments, defaults, ordered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_lambda_perf.project.depend import Dependence
    from flake8_lambda_perf.project.facts import Branch, Place, Site

MOST = 40
"""Of the names an object is followed under; one with more is taken to change with each request."""
Body = Function | Module


class Handles:
    """Follows objects from name to name; belongs to one `Dependence`."""

    def __init__(self, dependence: Dependence) -> None:
        self.dependence = dependence
        self.names = dependence.names
        self._lasting: dict[Handle, Dep] = {}
        self._passed: dict[tuple[Handle, bool], Dep] = {}

    def forget(self) -> None:
        """Drops what was evaluated."""
        self._lasting.clear()
        self._passed.clear()

    def lasting(self, handle: Handle) -> Dep:
        """Joins what an object is changed with that lives on from request to request."""
        if handle not in self._lasting:
            self._lasting[handle] = NONE
            self._lasting[handle] = _Search(self, handle, lasting=True).run().kept()
        return self._lasting[handle]

    def passed(self, handle: Handle, *, lasting: bool) -> Dep:
        """Joins what a function changes an argument with."""
        key = (handle, lasting)
        if key not in self._passed:
            self._passed[key] = NONE
            self._passed[key] = _Search(self, handle, lasting=lasting).run()
        return self._passed[key]

    def local(self, scope: Scope, name: str, here: set[Branch]) -> Dep:
        """Joins what the object of a local name is changed with under other names."""
        return _Search(self, Handle(scope, name), lasting=False, here=here).run()


class _Search:
    """Follows one object; `found` joins what it is changed with."""

    def __init__(self, handles: Handles, root: Handle, *, lasting: bool, here: set[Branch] | None = None) -> None:
        self.handles = handles
        self.dependence = handles.dependence
        self.names = handles.names
        self.root = root
        self.is_lasting = lasting
        self.here = here
        self.found = NONE
        self.queue = [root]
        self.sought = Sought(handles.names, root)
        self.needed = self.sought.needed

    def run(self) -> Dep:
        """Follows the object wherever it goes."""
        for handle in self.queue:  # grows
            if len(self.queue) > MOST or self.found.level >= Level.REQUEST:
                self.found = REQUEST
                break
            for body, known in self._bodies(handle):
                self.sought.look(handle, known)
                self._look_at(body)
        return self.found

    # -- where it may be used -----------------------------------------------------------------

    def _bodies(self, handle: Handle) -> Iterator[tuple[Body, str | None]]:
        """Lists the bodies that may use a handle, each with the name it has there."""
        changes = self.names.changes
        match handle.owner:
            case Scope(function=Function() as function):
                yield from ((body, handle.name) for body in _seeing(function, handle.name))
            case Module() as module:
                aliases = self.names.aliases.of(module, handle.name)
                for user, known in aliases:
                    yield user, known
                    yield from (
                        (function, known) for function in changes.mentions(user, known) if _sees(function, known)
                    )
                known_in = {user for user, _known in aliases}
                for user in list(changes.mentioning(module, handle.name)):
                    if user not in known_in:
                        yield user, None
                        yield from ((function, None) for function in changes.mentions(user, handle.name))
            case None:
                for escaping in list(changes.escaping()):
                    if isinstance(escaping, Module):
                        self.queue += [Handle(escaping, name) for name in sorted(escaping.environments)]
                    yield escaping, None
            case _:
                for user in list(changes.wording(handle.name)):
                    yield user, None
                    yield from ((function, None) for function in changes.mentions(user, handle.name))

    def _look_at(self, body: Body) -> None:
        self._changed_by_name(body)
        self._bound_to(body)
        for target, place in body.stores:
            self._store(target, place)
        for site in body.calls:
            self._call(site)
        for attribute, place in body.attributes:
            if attribute.attr in MUTATORS and self.needed(attribute.value, place) == 0:
                self.found = REQUEST  # the method that changes it is handed on
        if isinstance(body, Function):
            self._handed_out(body)
        for function in body.nested if isinstance(body, Function) else body.functions:
            if isinstance(body, Function) or function.parent is None:
                for name, default in defaults(function.head.args):
                    self._follow(default, function.place, function.scope, name)

    # -- what is done to it -------------------------------------------------------------------

    def _put(self, value: ast.expr | None, place: Place) -> None:
        self.found = self.found.join(self.dependence.contents.put(value, place))
        self.found = self.found.join(self.dependence.choice(place, self.here or ()))
        if self.is_lasting and place.scope.function is not None:
            self.found = self.found.join(STORE)  # a request finds what an earlier one left

    def _changed_by_name(self, body: Body) -> None:
        scope = body.scope
        if self.sought.known is None or self.sought.handle.calls:
            return
        if self.root.owner is None and self.sought.known in _module_of(body).environments:
            return  # `Changes` knows these, each with its variable
        is_asked = body is self.root.owner or (self.here is not None and scope is self.root.owner)
        if is_asked and self.sought.known == self.root.name:
            return  # who asks knows these changes
        for value, place in scope.mutations.get(self.sought.known, ()):
            self._put(value, place)
        for binding in scope.bindings.get(self.sought.known, ()):
            if binding.kind == "aug":
                self._put(binding.value, binding.place)

    def _bound_to(self, body: Body) -> None:
        """Follows the object to the other names that a body gives it."""
        scope, module = body.scope, _module_of(body)
        owner = module if isinstance(body, Module) else scope
        for name, bindings in list(scope.bindings.items()):
            for binding in bindings:
                if binding.kind in ("assign", "unpack", "for", "with"):
                    self._follow(binding.value, before(binding.place), owner, name)
        for name in scope.global_names:
            for binding in module.global_writes.get(name, ()):
                if binding.place.scope is scope:
                    self._follow(binding.value, before(binding.place), module, name)
        for cls in module.classes if isinstance(body, Module) else ():
            for name, bindings in list(cls.scope.bindings.items()):
                for binding in bindings:
                    self._follow(binding.value, before(binding.place), cls, name)

    def _follow(self, value: ast.expr | None, place: Place, owner: Scope | Class | Module, name: str) -> None:
        needed = self.needed(value, place)
        if needed is not None:
            self._add(Handle(owner, name, needed))

    def _add(self, handle: Handle) -> None:
        if handle not in self.queue:
            self.queue.append(handle)

    def _store(self, target: ast.expr, place: Place) -> None:
        assert isinstance(target, ast.Attribute | ast.Subscript)
        value = getattr(place.statement, "value", None) if not isinstance(target.ctx, ast.Del) else ast.Constant(None)
        if not self._is_told(target.value) and self.needed(target.value, place) == 0:
            self._put(value, place)
            if isinstance(target, ast.Subscript):
                self._put(target.slice, place)
        needed = self.needed(value, place) if isinstance(value, ast.expr) else None
        if needed is not None:
            self._kept_in(target, place, needed)

    def _is_told(self, changed: ast.expr, *, plainly: bool = True) -> bool:
        """Tells whether a change is known by the name of what it changes, and joined already."""
        if isinstance(changed, ast.Name) and changed.id == self.sought.known:
            return True
        of_environment = self.root.owner is None and self.sought.handle is self.root
        return plainly and of_environment and isinstance(changed, ast.Name | ast.Attribute)

    def _kept_in(self, target: ast.expr, place: Place, needed: int) -> None:
        """Follows the object into an attribute, or into another container."""
        while isinstance(target, ast.Subscript):
            target = target.value
        if isinstance(target, ast.Name):
            bindings = self.names.bindings(target.id, place) or ()
            for scope in dict.fromkeys(binding.place.scope for binding in bindings):
                module = scope.kind == "module" or target.id in scope.global_names
                self._add(Handle(scope.module if module else scope, target.id, needed))
        elif isinstance(target, ast.Attribute):
            for value in ordered(self.names.values(target.value, place)):
                if isinstance(value, Inst | Cls):
                    self._add(Handle(value.cls, target.attr, needed))
                elif isinstance(value, Mod):
                    self._add(Handle(value.module, target.attr, needed))
                elif isinstance(value, Func):
                    self._add(Handle(value.function, target.attr, needed))
                elif isinstance(value, Ext):
                    self._add(Handle(value, target.attr, needed))

    def _handed_out(self, function: Function) -> None:
        """Follows the object to the callers of a function that returns it."""
        if isinstance(function.head, ast.Lambda):
            return
        for value, place in (*function.returns, *function.yields):
            needed = self.needed(value, place)
            if needed is None or not (self.is_lasting or needed or function.scope is not self.sought.handle.owner):
                continue
            calls = needed + 1
            if function.name.startswith("__") and function.name.endswith("__"):
                self.found = REQUEST  # an operator gets at it
            elif function.cls is not None:
                is_read = any(is_property(decorator) for decorator in function.decorated)
                self._add(Handle(function.cls, function.name, needed if is_read else calls))
            else:
                parent = function.place.scope
                self._add(Handle(parent.module if parent.kind == "module" else parent, function.name, calls))

    # -- calls --------------------------------------------------------------------------------

    def _call(self, site: Site) -> None:
        node, place = site.node, site.place
        given = given_to(node)
        self._method(node, place, plainly=True)
        for call in respelled(node) if may_be(node.func) else ():
            self._method(call, place, plainly=False)
        for arg in given:
            needed = self.needed(arg, place)
            if needed is not None:
                self._passed(arg, needed, site, [other for other in given if other is not arg])

    def _method(self, call: ast.Call, place: Place, *, plainly: bool) -> None:
        """Looks at what a method changes: the object, or another in which it puts that."""
        match call.func:
            case ast.Attribute(value=changed, attr=attr) if attr in MUTATORS | REMOVERS:
                given = given_to(call)
                if not self._is_told(changed, plainly=plainly) and self.needed(changed, place) == 0:
                    for value in (*given, *([None] if attr in TAKERS and not is_key(given) else ())):
                        self._put(value, place)
                for value in given if attr in MUTATORS else ():
                    needed = self.needed(value, place)
                    if needed is not None:
                        self._kept_in(changed, place, needed)

    def _passed(self, arg: ast.expr, needed: int, site: Site, others: list[ast.expr]) -> None:
        """Follows the object into what it is passed to."""
        node, place = site.node, site.place
        for value in ordered(self.names.values(node.func, place)):
            match value:
                case Func() | Cls() if isinstance(arg, ast.Starred) and not needed:
                    self._put(arg.value, place)
                case Func(function=function, bound=bound):
                    self._into(function, arg, needed, site, bound=bound)
                case Cls(cls=cls):
                    method = self.names.members.method(cls, "__init__")
                    if method is not None:
                        self._into(method, arg, needed, site, bound=True)
                case Inst(cls=cls):
                    method = self.names.members.method(cls, "__call__")
                    if method is not None:
                        self._into(method, arg, needed, site, bound=True)
                case Partial() | Unknown() if needed == 0 and self.root.owner is not None:
                    self.found = self.found.join(self.dependence.all(others, place))

    def _into(self, function: Function, arg: ast.expr, needed: int, site: Site, *, bound: bool) -> None:
        index_body(function)
        given = arguments(function, site.node, site.place, bound)
        for name, argument in given.items():
            if argument.expr is None or argument.omitted or argument.place is None:
                continue
            if argument.expr is not arg and not _holds(argument.expr, arg):
                continue
            if function.cls is not None and function is function.cls.constructor:
                self._add(Handle(function.cls, name, needed))
                continue
            inner = self.handles.passed(Handle(function.scope, name, needed), lasting=self.is_lasting)
            self.found = self.found.join(self.dependence.substitute(inner, function, given))


def _module_of(body: Body) -> Module:
    return body if isinstance(body, Module) else body.module


def _holds(expr: ast.expr, part: ast.expr) -> bool:
    """Tells whether a tuple or dictionary that a call makes for its rest holds an argument."""
    parts = expr.elts if isinstance(expr, ast.Tuple) else expr.values if isinstance(expr, ast.Dict) else []
    return any(found is part for found in parts)


def _seeing(function: Function, name: str) -> Iterator[Function]:
    """Lists a function and those in it that see a name of it."""
    yield function
    for nested in list(function.nested):
        index_body(nested)
        if name not in nested.scope.bindings:
            yield from _seeing(nested, name)


def _sees(function: Function, name: str) -> bool:
    """Tells whether a name means the global in a function."""
    return all(binding.kind == "from" for binding in function.scope.bindings.get(name, ()))

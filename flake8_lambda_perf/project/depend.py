"""On what a value depends: nothing, the environment, a store, or the request (analysis.md section 2)."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from flake8_lambda_perf.knowledge import clients, idioms
from flake8_lambda_perf.project.adjusted import Adjusted
from flake8_lambda_perf.project.contents import Contents
from flake8_lambda_perf.project.control import deciding, repeating
from flake8_lambda_perf.project.facts import Class, Function, Place
from flake8_lambda_perf.project.filling import MAKERS
from flake8_lambda_perf.project.flow import before
from flake8_lambda_perf.project.index import index_body
from flake8_lambda_perf.project.levels import NONE, REQUEST, STORE, UNKNOWN, Dep, Level
from flake8_lambda_perf.project.outside import SDKS, Outside
from flake8_lambda_perf.project.record import dotted
from flake8_lambda_perf.project.respelled import plain
from flake8_lambda_perf.project.values import (
    ANYTHING,
    Cls,
    Const,
    Ext,
    Func,
    Inst,
    Items,
    Mod,
    Unknown,
    arguments,
    ordered,
)
from flake8_lambda_perf.source import children_of, nodes_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from flake8_lambda_perf.project.facts import Binding, Branch, Module
    from flake8_lambda_perf.project.names import Names
    from flake8_lambda_perf.project.values import Argument

__all__ = ["Dependence", "Level"]


class Dependence:
    """Answers on what expressions depend; belongs to one `Names`."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.memo: dict[ast.AST, Dep] = {}
        self.active: set[object] = set()
        self.outside = Outside(self)
        self.contents = Contents(self)
        self.adjusted = Adjusted(self)
        self.is_kept: Callable[[Function], bool] = lambda _function: False  # it returns one object again and again

    def forget(self) -> None:
        """Drops what was evaluated."""
        self.memo.clear()
        self.outside.forget()
        self.contents.forget()

    def expression(self, expr: ast.expr, place: Place) -> Dep:
        """Tells on what the expression's value depends."""
        if isinstance(expr, ast.Constant):
            return NONE
        found = self.memo.get(expr)
        if found is not None:
            return found
        if expr in self.active:
            return NONE
        if len(self.active) > 80:
            return REQUEST
        self.active.add(expr)
        found = self._expression(expr, place)
        self.active.discard(expr)
        self.memo[expr] = found
        return found

    def all(self, exprs: Iterable[ast.expr], place: Place) -> Dep:
        """Joins several expressions of one place."""
        found = NONE
        for expr in exprs:
            found = found.join(self.expression(expr, place))
        return found

    def _expression(self, expr: ast.expr, place: Place) -> Dep:
        match expr:
            case ast.Name(id=name):
                return self._name(name, expr, place)
            case ast.Attribute():
                return self._attribute(expr, place)
            case ast.Call() | ast.Subscript() if (known := plain(expr)) is not None:
                return self._plainly(known, expr.args if isinstance(expr, ast.Call) else [], place)
            case ast.Call() | ast.Subscript() if (key := self.outside.variable(expr, place)) is not None:
                rest = expr.args[1:] if isinstance(expr, ast.Call) else []
                return self.outside.environment(key).join(self.all(rest, place))
            case ast.Call():
                return self.call(expr, place)
            case ast.Lambda():
                return NONE
            case ast.Yield() | ast.YieldFrom():
                return REQUEST
            case ast.ListComp(elt=elt) | ast.SetComp(elt=elt) | ast.GeneratorExp(elt=elt):
                return self._comprehension(expr, [elt], place)
            case ast.DictComp(key=key, value=value):
                return self._comprehension(expr, [key, value], place)
        return self.all((child for child in children_of(expr) if isinstance(child, ast.expr)), place)

    def _comprehension(self, expr: ast.expr, results: list[ast.expr], place: Place) -> Dep:
        generators: list[ast.comprehension] = expr.generators  # type: ignore[attr-defined]  # every comprehension has them
        found = self.expression(generators[0].iter, place)
        for node in nodes_of(expr):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                bound = any(_binds(generator.target, node.id) for generator in generators)
                found = found if bound else found.join(self._name(node.id, node, place))
            elif isinstance(node, ast.Call):
                found = found.join(self._callee_level(node, place))
        return found if results else NONE

    def _callee_level(self, node: ast.Call, place: Place) -> Dep:
        found = NONE
        for value in ordered(self.names.values(node.func, place)):
            if isinstance(value, Ext):
                found = found.join(self.outside.external(value.name) or NONE)
        return found

    def _plainly(self, known: ast.Name | ast.Attribute, rest: list[ast.expr], place: Place) -> Dep:
        """Tells on what a name or attribute depends that is spelled in a roundabout way."""
        if isinstance(known, ast.Name):
            return self.member(place.scope.module, known.id).join(self.all(rest, place))
        return self._attribute(known, place).join(self.all(rest, place))

    # -- names --------------------------------------------------------------------------------

    def _name(self, name: str, node: ast.Name, place: Place) -> Dep:
        bindings = self.names.bindings(name, place)
        if bindings is None:
            return UNKNOWN if any(isinstance(v, Unknown) for v in ordered(self.names.values(node, place))) else NONE
        return self.bound(name, bindings, place)

    def bound(self, name: str, bindings: list[Binding], place: Place) -> Dep:
        """Joins the bindings a use may see, the tests that choose between them, and changes made in place."""
        found = NONE
        here = set(place.branch.chain())
        for binding in bindings:
            given = self.binding(binding)
            found = found.join(given.kept() if name in binding.place.scope.global_names else given)
            if len(bindings) > 1:
                found = found.join(self.choice(binding.place, here))
            elif binding.place.scope.kind != "comprehension":
                found = found.join(self._each(repeating(binding.place, here)))
        if bindings and bindings[0].place.scope.kind == "module":
            found = found.join(self.outside.changed(Mod(bindings[0].place.scope.module), name))
        if not bindings or found.level >= Level.REQUEST:
            return found
        return found.join(self.contents.of(name, bindings, place)).join(
            self.adjusted.of_bindings(name, bindings, place)
        )

    def choice(self, place: Place, here: Collection[Branch] = ()) -> Dep:
        """Tells on what it depends whether a place is run, of what stands outside the branches `here`."""
        failed = any(branch.kind == "handler" and branch not in here for branch in place.branch.chain())
        return (STORE if failed else NONE).join(self._each(deciding(place, here)))

    def _each(self, parts: Iterable[tuple[ast.expr, Place]]) -> Dep:
        found = NONE
        for expr, place in parts:
            found = found.join(self.expression(expr, place))
        return found

    def binding(self, binding: Binding) -> Dep:
        """Tells on what one binding's value depends."""
        match binding.kind:
            case "import" | "from" | "def" | "class" | "del" | "star":
                return self._imported(binding) if binding.kind == "from" else NONE
            case "param":
                return self._parameter(binding)
            case "except":
                return REQUEST
            case "aug" if binding.name in binding.place.scope.global_names:
                return REQUEST
        if binding.value is None:
            return NONE
        found = self.expression(binding.value, before(binding.place))
        if binding.kind == "for":
            return replace(found, looped=True)
        if binding.kind == "aug":
            earlier = self.names.bindings(binding.name, before(before(binding.place)))
            for other in earlier or ():
                if other is not binding and other.kind != "aug":
                    found = found.join(self.binding(other))
        return found

    def _imported(self, binding: Binding) -> Dep:
        found = NONE
        for value in self.names.binding(binding):
            if isinstance(value, Ext):
                found = found.join(self.outside.external(value.name) or NONE)
            elif isinstance(value, Unknown):
                found = found.join(self._project_name(binding))
        return found if found is not NONE else self._project_name(binding)

    def _project_name(self, binding: Binding) -> Dep:
        origin, alias = binding.origin, binding.node
        if origin is None or not isinstance(alias, ast.alias):
            return NONE
        module = self.names.resolve(origin.module or "", binding.place.scope.module.path, origin.level)
        return self.member(module, alias.name) if module is not None else NONE

    def member(self, module: Module, name: str) -> Dep:
        """Tells on what a module's global depends."""
        key = (module, name)
        if key in self.active:
            return NONE
        self.active.add(key)
        bindings = self.names.bindings(name, module.end)
        found = (
            self.bound(name, [*(bindings or ()), *module.global_writes.get(name, ())], module.end) if bindings else NONE
        )
        self.active.discard(key)
        return found

    def _parameter(self, binding: Binding) -> Dep:
        function = binding.place.scope.function
        assert function is not None
        if function.has_receiver and binding.index == 0:
            return NONE
        return Dep(Level.CONSTANT, frozenset({(function, binding.name)}))

    # -- attributes ---------------------------------------------------------------------------

    def _attribute(self, expr: ast.Attribute, place: Place) -> Dep:
        found = NONE
        values = self.names.values(expr.value, place)
        for value in ordered(values):
            match value:
                case Mod(module=module):
                    found = found.join(self.member(module, expr.attr))
                case Ext(name=name):
                    found = found.join(self.outside.external(f"{name}.{expr.attr}") or NONE)
                    if name.endswith("()"):
                        found = found.join(self.outside.changed(value, expr.attr))
                        found = found.join(self.contents.of_part(value, expr.attr))
                case Func():
                    found = found.join(self.outside.changed(value, expr.attr))
                    found = found.join(self.contents.of_part(value, expr.attr))
                case Inst(cls=cls) | Cls(cls=cls):
                    found = found.join(self._of_instance(cls, expr, place))
        if len(values) == 1 and all(isinstance(value, Mod | Inst | Cls) for value in values):
            return found
        return found.join(self.expression(expr.value, place))

    def _of_instance(self, cls: Class, expr: ast.Attribute, place: Place) -> Dep:
        key = (cls, expr.attr)
        if key in self.active:
            return NONE
        self.active.add(key)
        found, known, given = self._of_changes(cls, expr, place), False, False
        for owner in self.names.members.order(cls):
            if not isinstance(owner, Class):
                known = known or owner.name in ("abc.ABC", "typing.NamedTuple", "typing.Protocol")
                continue
            for value, where in self.names.members.stores(owner, expr.attr):
                stored = self.expression(value, where) if value is not None else REQUEST
                found, known = found.join(stored if _is_made(where) else stored.kept()), True
                found = found.join(self.contents.of_attribute(owner, expr.attr, value, where))
                if self.adjusted.is_sdk(value, where):
                    found = found.join(self.adjusted.of_attribute(owner, expr.attr))
                    found = found.join(self.adjusted.of_path(place.scope, dotted(expr) or "", place))
            for binding in self.names.members.bindings(owner, expr.attr):
                known = True
                if isinstance(binding.target, Function):
                    found = found.join(self.result(binding.target)).join(self.contents.of_result(binding.target))
                elif binding.value is not None:
                    found = found.join(self.binding(binding))
                    found = found.join(self.contents.of_attribute(owner, expr.attr, binding.value, binding.place))
                    given = given or isinstance(binding.place.statement, ast.AnnAssign)
        self.active.discard(key)
        if known and not (given and self._has_generated_constructor(cls)):
            return found
        if not _is_self(expr, place):
            return found.join(self.expression(expr.value, place))
        made = self.names.members.method(cls, "__init__")
        fields = {arg.arg for arg in (*made.node.args.args, *made.node.args.kwonlyargs)} if made is not None else ()
        return (
            replace(found, refs=found.refs | {(made, expr.attr)})
            if made is not None and expr.attr in fields
            else REQUEST
        )

    def _of_changes(self, cls: Class, expr: ast.Attribute, place: Place) -> Dep:
        """Joins what is assigned to an attribute from outside, and what is put into what it is given so."""
        found = self.outside.changed(Inst(cls), expr.attr)
        for change, _sure in self.names.members.changes_of(Inst(cls), expr.attr):
            if not change.within:
                found = found.join(self.contents.of_attribute(cls, expr.attr, change.value, change.place))
        for owner in self.names.members.order(cls):
            if isinstance(owner, Class) and owner.constructor is not None:
                found = found.join(self.contents.of_field(owner, expr, place))
        return found

    def _has_generated_constructor(self, cls: Class) -> bool:
        """Tells whether what a call of the class is given may become its attributes: dataclasses, models."""
        for owner in self.names.members.order(cls):
            if isinstance(owner, Class) and "__init__" in owner.scope.bindings:
                return owner.constructor is not None
            if not isinstance(owner, Class) or owner.node.decorator_list:
                return True
        return False

    # -- calls --------------------------------------------------------------------------------

    def call(self, node: ast.Call, place: Place) -> Dep:
        """Tells on what the result of a call depends."""
        given = self.all([*node.args, *(keyword.value for keyword in node.keywords)], place)
        found = NONE if isinstance(node.func, ast.Attribute) else self.expression(node.func, place)
        values = self.names.values(node.func, place)
        for value in ordered(values or ANYTHING):
            match value:
                case Func(function=function, bound=bound):
                    given_to = arguments(function, node, place, bound)
                    found = found.join(self.substitute(self.result(function), function, given_to))
                    found = found.join(self.contents.of_result(function))
                case Inst(cls=cls) if (method := self.names.members.method(cls, "__call__")) is not None:
                    given_to = arguments(method, node, place, True)
                    found = found.join(self.substitute(self.result(method), method, given_to))
                case Cls() | Const() | Items():
                    found = found.join(given)
                case Ext(name=name):
                    found = found.join(given).join(self._external_call(name, node, place))
                case _:
                    found = found.join(given).join(STORE).join(self.expression(node.func, place))
        one = len(values) == 1 and all(isinstance(value, Func | Cls) for value in values)
        if isinstance(node.func, ast.Attribute) and not one:
            found = found.join(self.expression(node.func.value, place))
        return found

    def _external_call(self, name: str, node: ast.Call, place: Place) -> Dep:
        if (known := self.outside.external(name)) is not None:
            return known
        if name in clients() or name in idioms().pure or name.startswith(("boto3.", "botocore.config.")):
            method = name.rpartition(").")[2] if ")." in name else ""
            if name.startswith(SDKS) and self.outside.sdk() is not NONE:
                return self.outside.sdk()
            is_made = name in clients() or name.endswith((".Table", ".client", ".resource"))
            return STORE if method and not is_made else NONE
        last = name.rpartition(".")[2]
        if last in idioms().pure_methods or (last[:1].isupper() and "()" not in last):
            return NONE
        if name == "getattr" and len(node.args) > 1:
            return self.expression(node.args[0], place)
        return STORE

    def substitute(self, dep: Dep, function: Function, given: Mapping[str, Argument]) -> Dep:
        """Puts the arguments of one call in the place of the function's parameters."""
        if not dep.refs:
            return dep
        found = replace(dep, refs=frozenset(ref for ref in dep.refs if ref[0] is not function))
        for owner, name in sorted(dep.refs):
            if owner is function:
                argument = given.get(name)
                if argument is None or argument.expr is None or argument.place is None:
                    return UNKNOWN
                found = found.join(self.expression(argument.expr, argument.place))
        return found

    def result(self, function: Function) -> Dep:
        """Tells on what a function's result depends, its own parameters left open."""
        if function in self.active:
            return NONE
        self.active.add(function)
        index_body(function)
        found = NONE
        results = [*function.returns, *function.yields]
        for value, place in results:
            if value is not None:
                found = found.join(self.expression(value, place))
            if len(results) > 1:
                found = found.join(self.choice(place))
        self.active.discard(function)
        return found


def _is_made(place: Place) -> bool:
    """Tells whether an instance is only being made at a place."""
    return place.scope.function is None or place.scope.function.name in MAKERS


def _binds(target: ast.expr, name: str) -> bool:
    return any(isinstance(node, ast.Name) and node.id == name for node in nodes_of(target))


def _is_self(expr: ast.Attribute, place: Place) -> bool:
    return isinstance(expr.value, ast.Name) and expr.value.id in ("self", "cls") and place.scope.function is not None

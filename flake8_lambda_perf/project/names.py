"""What an expression can be: names through scopes, imports and assignments, attributes through classes.

Evaluation is demand-driven and memoised; whatever is too deep, too wide or cyclic is `UNKNOWN` or nothing.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet

from flake8_lambda_perf.knowledge import canonical
from flake8_lambda_perf.project.aliases import Aliases
from flake8_lambda_perf.project.changes import Changes
from flake8_lambda_perf.project.containers import Containers
from flake8_lambda_perf.project.facts import Binding, Class, Function, Module, Place, Scope
from flake8_lambda_perf.project.flow import assumed, before, reaching
from flake8_lambda_perf.project.index import index_body
from flake8_lambda_perf.project.members import Members
from flake8_lambda_perf.project.values import (
    ANYTHING,
    NOTHING,
    UNKNOWN,
    Argument,
    Cls,
    Const,
    Ext,
    Func,
    Inst,
    Items,
    Mod,
    Partial,
    Super,
    Unknown,
    Value,
    defaults,
    length_of,
    ordered,
)

WIDEST = 24
DEEPEST = 60
LONGEST_NAME = 160
ALTERNATE_CONSTRUCTORS = frozenset({
    "get", "create", "get_or_none", "get_by_id", "find_one", "first", "one", "construct", "model_construct",
    "model_validate", "model_validate_json", "parse_obj", "parse_raw", "validate", "from_orm", "from_dict",
    "from_json", "load",
})  # fmt: skip
"""Class methods that a class inherits from a library's model and that give an instance of it."""
BUILTINS = frozenset({*dir(builtins), "__file__"})

Resolve = Callable[[str, str, int], "Module | None"]
"""(dotted name, path of the importing file, relative level) -> the project's module, None if it is of another."""


class Names:
    """Evaluates expressions; `arguments_of` tells what the calls known so far give a parameter."""

    def __init__(self, resolve: Resolve) -> None:
        self.resolve = resolve
        self.members = Members(self)
        self.containers = Containers(self)
        self.arguments_of: Callable[[Function, str], Iterable[Argument]] = lambda _function, _name: ()
        self.is_open: Callable[[Function], bool] = lambda _function: False
        self.passed: Callable[[Function], int] = lambda _function: 0  # how many arguments the platform passes
        self.changes = Changes()
        self.aliases = Aliases(self)
        self.memo: dict[ast.AST, frozenset[Value]] = {}
        self.active: set[object] = set()
        self.open: dict[ast.AST, frozenset[Function]] = {}  # the functions on whose known calls an expression depends
        self.reads: set[Function] = set()  # the functions whose parameters were asked for

    def forget(self, changed: AbstractSet[Function]) -> None:
        """Drops what depends on the calls of functions of which other calls are known now."""
        for expr in [expr for expr, reads in self.open.items() if not reads.isdisjoint(changed)]:
            del self.open[expr]
            self.memo.pop(expr, None)
        self.members.forget()
        self.aliases.forget()

    # -- expressions --------------------------------------------------------------------------

    def values(self, expr: ast.expr, place: Place) -> frozenset[Value]:
        """Lists what the expression can be."""
        found = self.memo.get(expr)
        if found is not None:
            if expr in self.open:
                self.reads.update(self.open[expr])
            return found
        if expr in self.active:
            return NOTHING
        if len(self.active) > DEEPEST:
            return ANYTHING
        self.active.add(expr)
        outer, self.reads = self.reads, set()
        found = self._values(expr, place)
        self.active.discard(expr)
        if self.reads:
            self.open[expr] = frozenset(self.reads)
            outer.update(self.reads)
        self.reads = outer
        if len(found) > WIDEST:
            found = ANYTHING
        self.memo[expr] = found
        return found

    def _values(self, expr: ast.expr, place: Place) -> frozenset[Value]:
        match expr:
            case ast.Name(id=name):
                return self.name(name, place)
            case ast.Attribute(value=value, attr=attr):
                return self.join([self.members.attribute(base, attr) for base in ordered(self.values(value, place))])
            case ast.Call():
                return self.call(expr, place)
            case ast.Constant(value=value) if not isinstance(value, complex | type(...)):
                return frozenset({Const(value)})
            case ast.List() | ast.Tuple() | ast.Set() | ast.Dict():
                return frozenset({Items(expr, place)})
            case ast.IfExp(test=test, body=body, orelse=orelse):
                known = assumed(test, place)
                arms = (body, orelse) if known is None else (body,) if known else (orelse,)
                return self.join([self.values(arm, place) for arm in arms])
            case ast.BoolOp(values=operands):
                return self.join([self.values(operand, place) for operand in operands])
            case ast.NamedExpr(value=value) | ast.Await(value=value):
                return self.values(value, place)
            case ast.Subscript(value=value, slice=key):
                bases = ordered(self.values(value, place))
                return self.join([self.containers.item(base, key, place) for base in bases])
            case ast.Lambda():
                function = place.scope.module.function_of.get(expr)
                return frozenset({Func(function)}) if function is not None else ANYTHING
        return ANYTHING

    def join(self, parts: Sequence[frozenset[Value]]) -> frozenset[Value]:
        """Joins sets of values."""
        return parts[0] if len(parts) == 1 else NOTHING.union(*parts)

    # -- names --------------------------------------------------------------------------------

    def bindings(self, name: str, place: Place) -> list[Binding] | None:
        """Lists the bindings a use of `name` may see; None if the name is not bound in the module."""
        scope: Scope | None = place.scope
        while scope is not None:
            if scope.function is not None and not scope.indexed:
                index_body(scope.function)
            if name in scope.global_names:
                scope = scope.module.scope
            if name in scope.bindings and (scope.kind != "class" or scope is place.scope):
                return self._visible(scope, name, place)
            scope = scope.parent
        return place.scope.module.global_writes.get(name)

    def _visible(self, scope: Scope, name: str, place: Place) -> list[Binding]:
        if scope.kind == "module":
            written = scope.module.global_writes.get(name, [])
            if place.scope.function is None:
                return reaching(scope, name, place)
            return [*reaching(scope, name, scope.module.end), *written]
        if scope is place.scope or scope.function is place.scope.function:
            return reaching(scope, name, place)
        return scope.bindings[name]

    def name(self, name: str, place: Place) -> frozenset[Value]:
        """Lists what a name can be."""
        bindings = self.bindings(name, place)
        if bindings is not None:
            found = self.join([self.binding(binding) for binding in bindings])
            if bindings and bindings[0].place.scope.kind == "module":
                found = self.members.with_changes(Mod(bindings[0].place.scope.module), name, found)
            return found
        module = place.scope.module
        starred = self.starred(module, name)
        if starred is not None:
            return starred
        return frozenset({Ext(name)}) if name in BUILTINS else ANYTHING

    def starred(self, module: Module, name: str) -> frozenset[Value] | None:
        """Looks a name up in the modules that `from x import *` brings in."""
        for binding in module.scope.bindings.get("*", ()):
            assert isinstance(binding.node, ast.ImportFrom)
            source = self.resolve(binding.node.module or "", module.path, binding.node.level)
            if source is None:
                return ANYTHING
            if source is not module and (name in source.scope.bindings or "*" in source.scope.bindings):
                found = self.members.module_member(source, name)
                if found is not None:
                    return found
        return None

    def binding(self, binding: Binding) -> frozenset[Value]:
        """Lists what one binding gives its name."""
        match binding.kind:
            case "def":
                assert isinstance(binding.target, Function)
                return frozenset({Func(binding.target)})
            case "class":
                assert isinstance(binding.target, Class)
                return frozenset({Cls(binding.target)})
            case "assign":
                return self.values(binding.value, before(binding.place)) if binding.value is not None else ANYTHING
            case "unpack":
                return self.containers.unpacked(binding)
            case "for":
                return self.containers.looped(binding)
            case "with":
                return self.containers.entered(binding)
            case "import":
                return self._imported(binding)
            case "from":
                return self._from_imported(binding)
            case "param":
                return self._parameter(binding)
            case "del":
                return NOTHING
        return ANYTHING

    def _imported(self, binding: Binding) -> frozenset[Value]:
        alias = binding.node
        assert isinstance(alias, ast.alias)
        wanted = alias.name if alias.asname else alias.name.partition(".")[0]
        module = self.resolve(wanted, binding.place.scope.module.path, 0)
        return frozenset({Mod(module) if module is not None else Ext(canonical(wanted))})

    def _from_imported(self, binding: Binding) -> frozenset[Value]:
        node, alias = binding.origin, binding.node
        assert node is not None
        assert isinstance(alias, ast.alias)
        path = binding.place.scope.module.path
        module = self.resolve(node.module or "", path, node.level)
        if module is not None:
            found = self.members.module_member(module, alias.name)
            return ANYTHING if found is None else found
        if node.level:
            return ANYTHING
        submodule = self.resolve(f"{node.module}.{alias.name}", path, 0)
        return frozenset({Mod(submodule) if submodule is not None else Ext(canonical(f"{node.module}.{alias.name}"))})

    def _parameter(self, binding: Binding) -> frozenset[Value]:
        function = binding.place.scope.function
        assert function is not None
        if function.cls is not None and binding.index == 0 and function.has_receiver:
            return frozenset({Cls(function.cls) if is_classmethod(function) else Inst(function.cls)})
        self.reads.add(function)
        key = (function, binding.name)
        if key in self.active:
            return NOTHING
        self.active.add(key)
        found: set[Value] = set()
        if self.is_open(function):
            is_passed = (binding.index or 0) < self.passed(function) + function.has_receiver
            default = None if is_passed else dict(defaults(function.head.args)).get(binding.name)
            found |= self.values(default, function.place) if default is not None else ANYTHING
        for argument in self.arguments_of(function, binding.name):
            if argument.expr is None or argument.place is None:
                found.add(UNKNOWN)
            else:
                found |= self.values(argument.expr, argument.place)
        self.active.discard(key)
        assert isinstance(binding.node, ast.arg)
        if (not found or UNKNOWN in found) and binding.node.annotation is not None:
            found |= self.annotated(binding.node.annotation, function.place)
        return frozenset(found or {UNKNOWN})

    def annotated(self, annotation: ast.expr, place: Place) -> frozenset[Value]:
        """Lists the instances of project classes that an annotation names."""
        if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
            try:
                annotation = ast.parse(annotation.value, mode="eval").body
            except (SyntaxError, ValueError):
                return NOTHING
        if isinstance(annotation, ast.BinOp) and isinstance(annotation.op, ast.BitOr):
            return self.annotated(annotation.left, place) | self.annotated(annotation.right, place)
        if not isinstance(annotation, ast.Name | ast.Attribute):
            return NOTHING
        return frozenset(Inst(value.cls) for value in ordered(self.values(annotation, place)) if isinstance(value, Cls))

    # -- calls --------------------------------------------------------------------------------

    def call(self, node: ast.Call, place: Place) -> frozenset[Value]:
        """Lists what a call can give."""
        got = self.containers.got(node, place)
        if got is not None:
            return got
        found = self.join([self.called(callee, node, place) for callee in ordered(self.values(node.func, place))])
        if isinstance(node.func, ast.Attribute) and node.func.attr in ALTERNATE_CONSTRUCTORS:
            made = {Inst(base.cls) for base in ordered(self.values(node.func.value, place)) if isinstance(base, Cls)}
            if made and all(isinstance(value, Ext) for value in found):
                return frozenset(made)
        return found

    def called(self, callee: Value, node: ast.Call, place: Place) -> frozenset[Value]:
        """Lists what calling one value gives."""
        match callee:
            case Func():
                return self.returned(callee)
            case Cls(cls=cls):
                return frozenset({Inst(cls)})
            case Partial(function=function):
                return self.called(function, node, place)
            case Inst():
                methods = self.members.attribute(callee, "__call__")
                return self.join([self.returned(method) for method in methods if isinstance(method, Func)])
            case Ext(name=name):
                return self._external_call(name, node, place)
            case Const():
                return NOTHING
        return ANYTHING

    def _external_call(self, name: str, node: ast.Call, place: Place) -> frozenset[Value]:
        if name == "functools.partial" and node.args:
            return frozenset(
                Partial(value, node, place)
                for value in ordered(self.values(node.args[0], place))
                if not isinstance(value, Unknown)
            )
        if name == "super":
            cls = enclosing_class(place)
            return frozenset({Super(cls)}) if cls is not None else ANYTHING
        if name == "getattr" and len(node.args) > 1 and isinstance(node.args[1], ast.Constant):
            attr = str(node.args[1].value)
            bases = ordered(self.values(node.args[0], place))
            found = self.join([self.members.attribute(base, attr) for base in bases])
            return found | (self.values(node.args[2], place) if len(node.args) > 2 else NOTHING)
        if name == "globals":
            return frozenset({Mod(place.scope.module)})
        if name == "type" and len(node.args) == 1:
            kinds = self.values(node.args[0], place)
            return frozenset(Cls(value.cls) if isinstance(value, Inst) else UNKNOWN for value in kinds)
        if name == "len" and len(node.args) == 1:
            return frozenset(length_of(value) or Ext("len()") for value in ordered(self.values(node.args[0], place)))
        if name == "getattr":
            return ANYTHING
        if name == "importlib.import_module" and node.args and isinstance(node.args[0], ast.Constant):
            wanted = str(node.args[0].value)
            module = self.resolve(wanted, place.scope.module.path, 0) if not wanted.startswith(".") else None
            return frozenset({Mod(module) if module is not None else Ext(canonical(wanted))})
        if name == "dict":
            return ANYTHING
        if len(name) > LONGEST_NAME:
            return ANYTHING
        return frozenset({Ext(canonical(f"{name}()"))})

    def returned(self, callee: Func) -> frozenset[Value]:
        """Lists what a function of the project can return."""
        function = callee.function
        if function in self.active:
            return NOTHING
        self.active.add(function)
        index_body(function)
        found: frozenset[Value] = NOTHING
        if function.is_generator:
            found = ANYTHING
        else:
            for value, place in function.returns:
                found |= self.values(value, place) if value is not None else frozenset({Const(None)})
        self.active.discard(function)
        return found if found or function.returns else frozenset({Const(None)})


def enclosing_class(place: Place) -> Class | None:
    """Names the class whose method the place stands in."""
    function = place.scope.function
    while function is not None and function.cls is None:
        function = function.parent
    return function.cls if function is not None else None


def is_classmethod(function: Function) -> bool:
    """Tells whether the first parameter is the class."""
    return function.name in ("__new__", "__init_subclass__", "__class_getitem__") or _is_decorated(
        function, "classmethod"
    )


def _is_decorated(function: Function, name: str) -> bool:
    return any(isinstance(decorator, ast.Name) and decorator.id == name for decorator in function.decorated)


__all__ = ["Names", "before", "defaults", "enclosing_class", "is_classmethod"]

"""Which lasting places an expression reads: globals, attributes, variables of closures, contents of containers."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_lambda_perf.dataclass import dataclass
from flake8_lambda_perf.knowledge import idioms
from flake8_lambda_perf.project.facts import Class, Function, Module, Place
from flake8_lambda_perf.project.flow import before
from flake8_lambda_perf.project.index import index_body
from flake8_lambda_perf.project.values import Cls, Ext, Func, Inst, Mod, ordered
from flake8_lambda_perf.source import children_of

if TYPE_CHECKING:
    from flake8_lambda_perf.project.names import Names

CALLS_DEEP = 3
THREAD_LOCALS = frozenset({"threading.local()"})
"""A function runs its requests in one thread, so what is local to that lasts like a global."""


@dataclass(frozen=True, slots=True)
class Location:
    """Something that outlives a call: a global, an attribute, a closure's variable, a container's content."""

    owner: Module | Class | Function | str
    name: str
    instance: bool = False  # kept on an instance, and only as long as it lives


class Locations:
    """Finds the lasting locations behind expressions; belongs to one `Names`."""

    def __init__(self, names: Names) -> None:
        self.names = names

    def of(self, expr: ast.expr, place: Place, depth: int = 0) -> set[Location]:
        """Lists the lasting locations an expression reads, through locals and project functions."""
        if depth > CALLS_DEEP:
            return set()
        found: set[Location] = set()
        stack: list[ast.AST] = [expr]
        while stack:
            node = stack.pop()
            if isinstance(node, ast.Name):
                found |= self._of_name(node.id, place, depth)
            elif isinstance(node, ast.Attribute):
                found |= self.of_attribute(node, place)
                stack.append(node.value)
            elif isinstance(node, ast.Call):
                found |= self._of_call(node, place, depth)
                stack += children_of(node)
            elif (name := global_by_text(node)) is not None:
                found.add(Location(place.scope.module, name))
            elif not isinstance(node, ast.Lambda):
                stack += children_of(node)
        return found

    def _of_name(self, name: str, place: Place, depth: int) -> set[Location]:
        bindings = self.names.bindings(name, place)
        if not bindings:
            return (
                self._global(place.scope.module, name)
                if bindings is not None
                else self._starred(place.scope.module, name)
            )
        found: set[Location] = set()
        for binding in bindings:
            scope = binding.place.scope
            if scope.kind == "module" or name in scope.global_names:
                if binding.kind not in ("import", "def", "class"):
                    found |= self._global(binding.place.scope.module, name)
            elif binding.kind == "param":
                assert scope.function is not None
                found |= self._of_parameter(scope.function, name, depth)
            elif scope.function is not place.scope.function and scope.function is not None:
                found.add(Location(scope.function, name))
            elif binding.value is not None and binding.kind == "assign":
                found |= self._aliased(binding.value, before(binding.place), depth + 1)
                if len(bindings) > 1:
                    found |= self._chosen(binding.place, place, depth + 1)
        return found

    def _chosen(self, place: Place, use: Place, depth: int) -> set[Location]:
        """Lists what the tests read that choose a local's value: `if CLIENT is None: stale = True`."""
        found: set[Location] = set()
        here = set(use.branch.chain())
        for branch in place.branch.chain():
            if branch.test is not None and branch.at is not None and branch not in here:
                found |= self.of(branch.test, before(branch.at), depth)
        return found

    def _aliased(self, expr: ast.expr, place: Place, depth: int) -> set[Location]:
        """Lists the lasting locations that an expression hands out: it is them, or a part of their content."""
        match expr:
            case ast.Name() | ast.Attribute():
                return self.of(expr, place, depth)
            case ast.Subscript(value=value) | ast.NamedExpr(value=value) | ast.Await(value=value):
                return self._aliased(value, place, depth)
            case ast.Call(func=ast.Attribute(value=value, attr="get" | "pop" | "setdefault")):
                return self._aliased(value, place, depth)
            case ast.Call():
                return self._of_call(expr, place, depth)
            case ast.BoolOp(values=values):
                return set().union(*(self._aliased(value, place, depth) for value in values))
            case ast.IfExp(body=body, orelse=orelse):
                return self._aliased(body, place, depth) | self._aliased(orelse, place, depth)
            case ast.Compare() | ast.BinOp() | ast.UnaryOp():
                return self.of(expr, place, depth)
        return set()

    def _global(self, module: Module, name: str, seen: frozenset[Location] = frozenset()) -> set[Location]:
        """Lists a module's global, and what it is an import of or another name for."""
        own = Location(module, name)
        found = {own}
        for binding in module.scope.bindings.get(name, ()) if own not in seen else ():
            match binding.node, binding.value:
                case ast.alias(name=original), None if binding.origin is not None:
                    source = self.names.resolve(binding.origin.module or "", module.path, binding.origin.level)
                    if source is not None:
                        found |= self._global(source, original, seen | {own})
                case ast.Name(), ast.Name(id=original) if binding.kind == "assign":
                    found |= self._global(module, original, seen | {own})
                case ast.Name(), ast.Attribute() as original if binding.kind == "assign":
                    found |= self.of_attribute(original, before(binding.place))
        return found

    def _starred(self, module: Module, name: str, seen: frozenset[Module] = frozenset()) -> set[Location]:
        """Lists what a name is that `from x import *` brings in."""
        found: set[Location] = set()
        for binding in module.scope.bindings.get("*", ()) if module not in seen else ():
            assert isinstance(binding.node, ast.ImportFrom)
            source = self.names.resolve(binding.node.module or "", module.path, binding.node.level)
            if source is not None:
                own = name in source.scope.bindings
                found |= self._global(source, name) if own else self._starred(source, name, seen | {module})
        return found

    def _of_parameter(self, function: Function, name: str, depth: int) -> set[Location]:
        found: set[Location] = set()
        for argument in self.names.arguments_of(function, name):
            if argument.expr is not None and argument.place is not None:
                if argument.omitted and isinstance(argument.expr, ast.List | ast.Dict | ast.Set | ast.Call):
                    found.add(Location(function, name))  # a mutable default lives as long as the function
                found |= self.of(argument.expr, argument.place, depth + 1)
        return found

    def of_attribute(self, node: ast.Attribute, place: Place) -> set[Location]:
        found: set[Location] = set()
        for value in ordered(self.names.values(node.value, place)):
            match value:
                case Inst(cls=cls):
                    found.add(Location(self._holder(cls, node.attr), node.attr, self._on_instance(cls, node.attr)))
                case Cls(cls=cls):
                    found.add(Location(self._holder(cls, node.attr), node.attr))
                case Mod(module=module):
                    found |= self._global(module, node.attr)
                case Func(function=function):
                    found.add(Location(function, node.attr))
                case Ext(name=name):
                    if not _is_request_local(f"{name}.{node.attr}") and self._outlives(node.value, place):
                        found.add(Location(name, node.attr))
                case _ if self._outlives(node.value, place):
                    found.add(Location("?", node.attr))
        return found

    def _outlives(self, expr: ast.expr, place: Place) -> bool:
        """Tells whether an object nothing is known of may live longer than the request: it comes from elsewhere."""
        while isinstance(expr, ast.Attribute | ast.Subscript):
            expr = expr.value
        if not isinstance(expr, ast.Name):
            return False
        for binding in self.names.bindings(expr.id, place) or ():
            scope = binding.place.scope
            if scope.function is not place.scope.function or expr.id in scope.global_names:
                return True
            if binding.kind == "param" and scope.function is not None and not self.names.is_open(scope.function):
                return True
        return False

    def _holder(self, cls: Class, attr: str) -> Class:
        for owner in self.names.members.order(cls):
            if isinstance(owner, Class) and (attr in owner.scope.bindings or self.names.members.stores(owner, attr)):
                return owner
        return cls

    def _on_instance(self, cls: Class, attr: str) -> bool:
        """Tells whether an attribute is kept per instance: it is stored through `self`, or a fresh container of it."""
        if self._is_handed_out(cls):
            return False
        for owner in self.names.members.order(cls):
            if not isinstance(owner, Class):
                continue
            for _, place in self.names.members.stores(owner, attr):
                function = place.scope.function
                if function is not None and not _is_on_class(function):
                    return True
            if attr in owner.scope.bindings:
                return False
        return True

    def _is_handed_out(self, cls: Class) -> bool:
        """Tells whether a class gives an instance that it keeps where another is asked for."""
        method = self.names.members.method(cls, "__new__")
        if method is None:
            return False
        index_body(method)
        return any(isinstance(value, ast.Attribute | ast.Subscript) for value, _place in method.returns)

    def _of_call(self, node: ast.Call, place: Place, depth: int) -> set[Location]:
        found: set[Location] = set()
        if isinstance(node.func, ast.Name) and node.func.id in ("hasattr", "getattr") and len(node.args) > 1:
            name = node.args[1]
            if isinstance(name, ast.Constant) and isinstance(name.value, str):
                attribute = ast.copy_location(ast.Attribute(value=node.args[0], attr=name.value, ctx=ast.Load()), node)
                return self.of_attribute(attribute, place)
        by_text = global_by_text(node)
        if by_text is not None:
            return {Location(place.scope.module, by_text)}
        for value in ordered(self.names.values(node.func, place)):
            if isinstance(value, Func) and depth < CALLS_DEEP:
                index_body(value.function)
                for returned, where in value.function.returns:
                    if returned is not None:
                        found |= self.of(returned, where, depth + 1)
                    for branch in where.branch.chain():
                        if branch.test is not None:
                            found |= self.of(branch.test, before(where), depth + 1)
        return found


def _is_on_class(function: Function) -> bool:
    return function.name == "__new__" or any(
        isinstance(d, ast.Name) and d.id == "classmethod" for d in function.decorated
    )


def global_by_text(node: ast.AST) -> str | None:
    """Names the global in `"name" in globals()`, `globals()["name"]` and `globals().get("name")`."""
    match node:
        case (
            ast.Compare(left=ast.Constant(value=str(name)), ops=[ast.In() | ast.NotIn()], comparators=[of])
            | ast.Subscript(value=of, slice=ast.Constant(value=str(name)))
            | ast.Call(func=ast.Attribute(value=of, attr="get"), args=[ast.Constant(value=str(name)), *_])
        ):
            match of:
                case ast.Call(func=ast.Name(id="globals"), args=[], keywords=[]):
                    return name
    return None


def _is_request_local(name: str) -> bool:
    known = idioms().request_locals
    while name:
        if name in known and name not in THREAD_LOCALS:
            return True
        name = name.removesuffix("()") if name.endswith("()") else name.rpartition(".")[0]
    return False

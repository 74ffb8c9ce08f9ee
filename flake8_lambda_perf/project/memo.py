"""What is built once although it stands in a function: blocks whose test they make false themselves."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flake8_lambda_perf.knowledge import idioms
from flake8_lambda_perf.project.facts import Branch, Class, Function, Module, Place
from flake8_lambda_perf.project.index import index_body
from flake8_lambda_perf.project.names import Names, before
from flake8_lambda_perf.project.record import MUTATORS
from flake8_lambda_perf.project.values import Cls, Ext, Func, Inst, Mod

if TYPE_CHECKING:
    from collections.abc import Iterable

CALLS_DEEP = 3
THREAD_LOCALS = frozenset({"threading.local()"})
"""A function runs its requests in one thread, so what is local to that lasts like a global."""


@dataclass(frozen=True, slots=True)
class Location:
    """Something that outlives a call: a global, an attribute, a closure's variable, a container's content."""

    owner: Module | Class | Function | str
    name: str
    instance: bool = False  # kept on an instance, and only as long as it lives


@dataclass(frozen=True, slots=True)
class Memo:
    """A guard that makes its block run once; `instances` names the classes whose instances hold the memory."""

    instances: frozenset[Class]


class Memos:
    """Recognises memo guards; belongs to one `Names`."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.cache: dict[Branch, Memo | None] = {}
        self.writes: dict[tuple[Function, int], frozenset[Location]] = {}

    def forget(self) -> None:
        """Drops what was evaluated."""
        self.cache.clear()
        self.writes.clear()

    def around(self, place: Place) -> Memo | None:
        """Finds the memo that guards a place, the one that lasts longest first."""
        found: Memo | None = None
        for branch in place.branch.chain():
            memo = self._of(branch, place)
            if memo is not None and (found is None or not memo.instances):
                found = memo
        return found

    def _of(self, branch: Branch, place: Place) -> Memo | None:
        if branch.kind not in ("if", "after", "handler", "operand", "case", "else"):
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
            read = self.read(branch.test, at, 0)
        if not read:
            return None
        region: Iterable[ast.AST] = [place.statement] if branch.kind == "operand" else branch.statements
        written = self._written(region, place, read, 0)
        kept = {location for location in read if self._matches(location, written)}
        if not kept:
            return None
        if all(location.instance for location in kept):
            return Memo(frozenset(location.owner for location in kept if isinstance(location.owner, Class)))
        return Memo(frozenset())

    def _matches(self, location: Location, written: set[Location]) -> bool:
        return location in written or (
            not location.instance and any(w.owner is location.owner and w.name == location.name for w in written)
        )

    # -- what a test reads --------------------------------------------------------------------

    def _read_by(self, statement: ast.AST, place: Place) -> set[Location]:
        found: set[Location] = set()
        for node in ast.walk(statement):
            if isinstance(node, ast.expr) and isinstance(node, ast.Name | ast.Attribute | ast.Call):
                found |= self.read(node, place, 1)
        return found

    def read(self, expr: ast.expr, place: Place, depth: int) -> set[Location]:
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
                found |= self._of_attribute(node, place)
                stack.append(node.value)
            elif isinstance(node, ast.Call):
                found |= self._of_call(node, place, depth)
                stack.extend(ast.iter_child_nodes(node))
            elif (name := _global_by_text(node)) is not None:
                found.add(Location(place.scope.module, name))
            elif not isinstance(node, ast.Lambda):
                stack.extend(ast.iter_child_nodes(node))
        return found

    def _of_name(self, name: str, place: Place, depth: int) -> set[Location]:
        bindings = self.names.bindings(name, place)
        if not bindings:
            return {Location(place.scope.module, name)} if bindings is not None else set()
        found: set[Location] = set()
        for binding in bindings:
            scope = binding.place.scope
            if scope.kind == "module" or name in scope.global_names:
                found |= self._global(name, binding.place, binding.kind)
            elif binding.kind == "param":
                found |= self._of_parameter(binding.place.scope.function, name, depth)
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
                found |= self.read(branch.test, before(branch.at), depth)
        return found

    def _aliased(self, expr: ast.expr, place: Place, depth: int) -> set[Location]:
        """Lists the lasting locations that an expression hands out: it is them, or a part of their content."""
        match expr:
            case ast.Name() | ast.Attribute():
                return self.read(expr, place, depth)
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
                return self.read(expr, place, depth)
        return set()

    def _global(self, name: str, place: Place, kind: str) -> set[Location]:
        module = place.scope.module
        if kind == "from":
            for binding in module.scope.bindings.get(name, ()):
                if binding.origin is not None and isinstance(binding.node, ast.alias):
                    source = self.names.resolve(binding.origin.module or "", module.path, binding.origin.level)
                    if source is not None:
                        return {Location(source, binding.node.name), Location(module, name)}
        return {Location(module, name)} if kind not in ("import", "def", "class") else set()

    def _of_parameter(self, function: Function | None, name: str, depth: int) -> set[Location]:
        found: set[Location] = set()
        if function is None:
            return found
        for argument in self.names.arguments_of(function, name):
            if argument.expr is not None and argument.place is not None:
                if argument.omitted and isinstance(argument.expr, ast.List | ast.Dict | ast.Set | ast.Call):
                    found.add(Location(function, name))  # a mutable default lives as long as the function
                found |= self.read(argument.expr, argument.place, depth + 1)
        return found

    def _of_attribute(self, node: ast.Attribute, place: Place) -> set[Location]:
        found: set[Location] = set()
        for value in self.names.values(node.value, place):
            match value:
                case Inst(cls=cls):
                    found.add(Location(self._holder(cls, node.attr), node.attr, self._on_instance(cls, node.attr)))
                case Cls(cls=cls):
                    found.add(Location(self._holder(cls, node.attr), node.attr))
                case Mod(module=module):
                    found.add(Location(module, node.attr))
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

    def _of_call(self, node: ast.Call, place: Place, depth: int) -> set[Location]:
        found: set[Location] = set()
        if isinstance(node.func, ast.Name) and node.func.id in ("hasattr", "getattr") and len(node.args) > 1:
            name = node.args[1]
            if isinstance(name, ast.Constant) and isinstance(name.value, str):
                attribute = ast.copy_location(ast.Attribute(value=node.args[0], attr=name.value, ctx=ast.Load()), node)
                return self._of_attribute(attribute, place)
        by_text = _global_by_text(node)
        if by_text is not None:
            return {Location(place.scope.module, by_text)}
        for value in self.names.values(node.func, place):
            if isinstance(value, Func) and depth < CALLS_DEEP:
                index_body(value.function)
                for returned, where in value.function.returns:
                    if returned is not None:
                        found |= self.read(returned, where, depth + 1)
                    for branch in where.branch.chain():
                        if branch.test is not None:
                            found |= self.read(branch.test, before(where), depth + 1)
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
            return self._of_attribute(target, place)
        if isinstance(target, ast.Subscript):
            by_text = _global_by_text(target)
            return self.read(target.value, place, 1) if by_text is None else {Location(place.scope.module, by_text)}
        return set()

    def _written_by_call(self, node: ast.Call, place: Place, depth: int) -> set[Location]:
        found: set[Location] = set()
        if isinstance(node.func, ast.Attribute) and node.func.attr in MUTATORS:
            found |= self.read(node.func.value, place, 1)
        if isinstance(node.func, ast.Name) and node.func.id == "setattr" and len(node.args) > 1:
            name = node.args[1]
            if isinstance(name, ast.Constant) and isinstance(name.value, str):
                attribute = ast.copy_location(ast.Attribute(value=node.args[0], attr=name.value, ctx=ast.Store()), node)
                found |= self._of_attribute(attribute, place)
        if depth >= CALLS_DEEP:
            return found
        for value in self.names.values(node.func, place):
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
        case ast.With(items=items) | ast.AsyncWith(items=items):
            return [part for item in items if item.optional_vars is not None for part in _flat(item.optional_vars)]
    return []


def _flat(target: ast.expr) -> list[ast.expr]:
    if isinstance(target, ast.Tuple | ast.List):
        return [part for element in target.elts for part in _flat(element)]
    return [target]


def _walk_same_scope(root: ast.AST) -> Iterable[ast.AST]:
    stack = [root]
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda) or node is root:
            stack.extend(ast.iter_child_nodes(node))


def _root(function: Function) -> Branch:
    return Branch(None, "root", function.node)


def _is_on_class(function: Function) -> bool:
    return function.name == "__new__" or any(
        isinstance(d, ast.Name) and d.id == "classmethod" for d in function.decorated
    )


def _global_by_text(node: ast.AST) -> str | None:
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

"""Whether an object of a project class, or what a project function makes, may be made once for all requests."""

from __future__ import annotations

import ast
from dataclasses import field
from typing import TYPE_CHECKING

from flake8_lambda_perf.dataclass import dataclass
from flake8_lambda_perf.fixes.build import MoveError
from flake8_lambda_perf.fixes.needs import is_pure
from flake8_lambda_perf.fixes.uses import CONFIGURES, ENDS
from flake8_lambda_perf.project.depend import Level
from flake8_lambda_perf.project.index import MUTATORS, index_body
from flake8_lambda_perf.project.values import Cls, Ext, Func, ordered
from flake8_lambda_perf.source import nodes_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_lambda_perf.fixes.needs import Needs
    from flake8_lambda_perf.project.analysis import Analysis
    from flake8_lambda_perf.project.facts import Class, Function, Place, Site
    from flake8_lambda_perf.project.levels import Dep

BASES = frozenset({"object", "abc.ABC", "typing.Protocol", "typing.Generic"})
QUIET = frozenset({"logging.getLogger", "super", "super().__init__", "isinstance", "hasattr", "object().__init__"})
"""Calls that leave nothing behind, besides those that are known as pure."""
STATEMENTS = (ast.Assign, ast.AnnAssign, ast.Expr, ast.If, ast.Return, ast.Pass, ast.Raise, ast.Import, ast.ImportFrom)
PLAIN = frozenset({"staticmethod", "classmethod"})
CONTAINERS = frozenset(
    {"list", "dict", "set", "bytearray", "collections.defaultdict", "collections.deque", "collections.OrderedDict"}
)
CHANGES = MUTATORS | {"clear", "pop", "popitem", "remove", "discard", "sort", "reverse"}


@dataclass(slots=True)
class Making:
    """Follows what one call of a project's class or function does."""

    analysis: Analysis
    needs: Needs
    app: bool = False
    """What is made is a web application: methods called on it while it is made only configure it."""
    cls: Class | None = None
    made: list[Function] = field(default_factory=list)

    def judge(self, site: Site) -> None:
        """Raises if the call does more than build clients and keep what never changes."""
        self._follow(site)
        for function in self.made:
            self._judge_body(function)
        if self.cls is not None:
            self._judge_class(self.cls)
        self._add_globals(site.place)

    # -- what runs ----------------------------------------------------------------------------

    def _follow(self, site: Site) -> None:
        stack = list(self._callees(site))
        while stack:
            function = stack.pop()
            if function in self.made:
                continue
            self.made.append(function)
            index_body(function)
            if any(attribute.attr in function.module.properties for attribute, _ in function.attributes):
                raise MoveError(f"`{function.name}` reads a property")
            for inner in function.calls:
                stack.extend(self._callees(inner))

    def _callees(self, site: Site) -> Iterator[Function]:
        """Lists the functions of the project that a call runs."""
        members = self.analysis.names.members
        func, caller = site.node.func, site.function
        own = caller.params[0].arg if caller is not None and caller.cls is not None and caller.params else ""
        if self.cls is not None and isinstance(func, ast.Attribute) and own and _root(func.value) == own:
            method = members.method(self.cls, func.attr)
            if method is not None:
                yield method
        for value in ordered(self.analysis.names.values(func, site.place)):
            found = [value.function] if isinstance(value, Func) else []
            if isinstance(value, Cls):
                methods = (members.method(value.cls, name) for name in ("__new__", "__init__", "__post_init__"))
                found = [method for method in methods if method is not None]
            for function in found:
                if any(ast.unparse(decorator) not in PLAIN for decorator in function.decorated):
                    raise MoveError(f"`{function.name}` is decorated")
                yield function

    def _judge_body(self, function: Function) -> None:
        if function.is_async or function.is_generator:
            raise MoveError(f"`{function.name}` is no plain function")
        for node in _own_nodes(function):
            if isinstance(node, ast.stmt) and not isinstance(node, (*STATEMENTS, ast.FunctionDef)):
                raise MoveError(f"`{function.name}` does more than build and assign")
            if isinstance(node, ast.Raise | ast.Subscript):
                self.needs.may_raise = True
        for site in function.calls:
            self._judge_call(site)
        for target, place in function.stores:
            if not self.app:
                self._judge_store(target, place, function)

    def _judge_store(self, target: ast.expr, place: Place, function: Function) -> None:
        if not (
            isinstance(target, ast.Attribute)
            and isinstance(target.value, ast.Name)
            and function.cls is not None
            and function.params
            and target.value.id == function.params[0].arg
        ):
            raise MoveError(f"`{function.name}` changes something besides its own instance")
        for value, where in function.cls.self_stores.get(target.attr, ()):
            if value is None or self._is_container(value, where):
                raise MoveError(f"`{target.attr}` may collect what belongs to one request")
            if where is place and self._may_change(self.analysis.graph.dependence.expression(value, where)):
                raise MoveError(f"`{target.attr}` depends on the request or on a store")

    def _is_container(self, value: ast.expr, place: Place) -> bool:
        if isinstance(value, ast.List | ast.Dict | ast.Set | ast.ListComp | ast.DictComp | ast.SetComp):
            return True
        if isinstance(value, ast.Call):
            names = {v.name for v in ordered(self.analysis.names.values(value.func, place)) if isinstance(v, Ext)}
            return bool(names & CONTAINERS)
        return False

    def _judge_call(self, site: Site) -> None:
        client = self.analysis.client_of(site)
        if client is not None:
            if client.connects == "eager" or client.loop_bound or client.kind in ("artifact", "setup"):
                raise MoveError("the constructor connects or loads")
            return
        values = self.analysis.names.values(site.node.func, site.place)
        if not values or not all(
            isinstance(value, Func | Cls) or (isinstance(value, Ext) and self._is_quiet(value.name)) for value in values
        ):
            raise MoveError("the constructor calls what may have an effect")
        given = [site.node, *site.node.args, *(keyword.value for keyword in site.node.keywords)]
        if self._may_change(self.analysis.graph.dependence.all(given[1:] if self.app else given, site.place)):
            raise MoveError("the constructor depends on the request or on a store")

    def _may_change(self, dep: Dep) -> bool:
        """Tells whether a value comes from the request, a store, or what other functions than those followed get."""
        return dep.level > Level.ENVIRONMENT or any(function not in self.made for function, _ in dep.refs)

    def _is_quiet(self, name: str) -> bool:
        if name in QUIET or is_pure(name):
            return True
        return self.app and any(
            name.startswith(f"{known}().") for known, client in self.analysis.clients.items() if client.kind == "app"
        )

    # -- the class ----------------------------------------------------------------------------

    def _judge_class(self, cls: Class) -> None:
        for owner in self.analysis.names.members.order(cls):
            if isinstance(owner, Ext):
                if owner.name not in BASES:
                    raise MoveError(f"`{cls.name}` inherits from `{owner.name}`")
                continue
            self._judge_definition(owner)
            for function in owner.module.functions:
                if function.cls is owner:
                    index_body(function)
                    self._judge_method(function)

    def _judge_definition(self, owner: Class) -> None:
        for decorator in owner.node.decorator_list:
            target = decorator.func if isinstance(decorator, ast.Call) else decorator
            if ast.unparse(target) not in ("dataclass", "dataclasses.dataclass"):
                raise MoveError("the class is decorated")
        if owner.node.keywords:
            raise MoveError("the class has a metaclass")
        for node in nodes_of(owner.module.whole(owner.node)):
            if isinstance(node, ast.keyword) and node.arg == "default_factory" and isinstance(node.value, ast.Name):
                raise MoveError("a field starts empty for each instance")

    def _judge_method(self, function: Function) -> None:
        if function.name in ENDS or (
            any("cache" in ast.unparse(decorator) for decorator in function.decorated)
            and not self._gives_client(function)
        ):
            raise MoveError(f"`{function.name}` keeps or ends something for an instance")
        if not function.params:
            return
        own = function.params[0].arg
        for target, _place in function.stores:
            if _root(target) == own and function not in self.made and not self._keeps_client(target, function):
                raise MoveError(f"`{function.name}` changes the instance")
        for site in function.calls:
            func = site.node.func
            if isinstance(func, ast.Name) and func.id in ("setattr", "vars", "delattr"):
                raise MoveError(f"`{function.name}` may change the instance")
            if (
                isinstance(func, ast.Attribute)
                and isinstance(func.value, ast.Attribute | ast.Subscript)
                and _root(func) == own
            ) and (func.attr in ENDS or func.attr in CONFIGURES or self._changes(func, site)):
                raise MoveError(f"`{function.name}` changes what the instance keeps")
        for node in _own_nodes(function):
            if isinstance(node, ast.Delete) or (isinstance(node, ast.Attribute) and node.attr == "__dict__"):
                raise MoveError(f"`{function.name}` may change the instance")

    def _gives_client(self, function: Function) -> bool:
        """Tells whether a cached property builds a client that is the same for every request."""
        match function.node.body:
            case [ast.Return(value=ast.Call() as value)]:
                return not function.params[1:] and self._is_lasting(value, function.module.sites[value].place)
        return False

    def _keeps_client(self, target: ast.expr, function: Function) -> bool:
        """Tells whether an attribute only ever holds nothing, or a client that is the same for every request."""
        if not isinstance(target, ast.Attribute) or not isinstance(target.value, ast.Name) or function.cls is None:
            return False
        stores = function.cls.self_stores.get(target.attr, ())
        values = [(value, place) for value, place in stores if not isinstance(value, ast.Constant)]
        return bool(values) and all(
            isinstance(value, ast.Call) and self._is_lasting(value, place) for value, place in values
        )

    def _is_lasting(self, call: ast.Call, place: Place) -> bool:
        client = self.analysis.client_of(place.scope.module.sites[call])
        if client is None or client.connects == "eager" or client.loop_bound:
            return False
        return self.analysis.graph.dependence.expression(call, place).level <= Level.ENVIRONMENT

    def _changes(self, func: ast.Attribute, site: Site) -> bool:
        """Tells whether a method changes a container: methods of clients of these names send a request."""
        if func.attr not in CHANGES:
            return False
        values = self.analysis.names.values(func.value, site.place)
        return not values or not all(
            isinstance(value, Ext) and value.name.startswith(("boto3.", "opensearchpy.")) for value in values
        )

    # -- what it needs ------------------------------------------------------------------------

    def _add_globals(self, place: Place) -> None:
        """Adds the names that must be bound in the module before the call runs."""
        module = place.scope.module
        for function in self.made:
            if function.module is module:
                for node in ast.walk(function.node):
                    if (
                        isinstance(node, ast.Name)
                        and node.id in module.scope.bindings
                        and node.id not in function.scope.bindings
                    ):
                        self.needs.globals.add(node.id)


def _own_nodes(function: Function) -> Iterator[ast.AST]:
    stack: list[ast.AST] = list(function.node.body) if isinstance(function.node.body, list) else [function.node.body]
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            stack.extend(ast.iter_child_nodes(node))


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""

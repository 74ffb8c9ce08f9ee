"""Decorators of the project: which inner function they put in place, and whether that calls the decorated one."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_lambda_perf.dataclass import dataclass
from flake8_lambda_perf.knowledge import idioms
from flake8_lambda_perf.project.facts import Class
from flake8_lambda_perf.project.index import index_body
from flake8_lambda_perf.project.values import Cls, Ext, Func, Inst, last_name, ordered

if TYPE_CHECKING:
    from flake8_lambda_perf.project.facts import Function, Place, Site
    from flake8_lambda_perf.project.memo import Memos
    from flake8_lambda_perf.project.names import Names


PLAIN_METACLASSES = frozenset({"ABCMeta", "EnumMeta", "EnumType", "type"})


@dataclass(frozen=True, slots=True)
class Wrapper:
    """The inner function that replaces a decorated one; `calls` and `once` tell how it calls that."""

    function: Function
    calls: bool
    once: bool
    passes: bool  # it hands its own arguments on unchanged


class Wrappers:
    """Answers what decorators do to functions and classes; belongs to one `Names`."""

    def __init__(self, names: Names, memos: Memos) -> None:
        self.names = names
        self.memos = memos
        self.cache: dict[ast.AST, tuple[Wrapper, ...]] = {}

    def forget(self) -> None:
        """Drops what was evaluated."""
        self.cache.clear()

    def of(self, function: Function) -> tuple[Wrapper, ...]:
        """Lists the wrappers that the decorators of a function put around it."""
        if not function.decorated:
            return ()
        return self._of(function.head, function.decorated, function.place)

    def of_class(self, cls: Class) -> tuple[Wrapper, ...]:
        """Lists the wrappers that the decorators of a class put around its constructor."""
        return self._of(cls.node, cls.node.decorator_list, cls.place)

    def _of(self, node: ast.AST, decorators: list[ast.expr], place: Place) -> tuple[Wrapper, ...]:
        if node not in self.cache:
            self.cache[node] = ()
            found = [
                self._wrapper(value.function)
                for d in decorators
                for value in ordered(self.names.values(d, place))
                if isinstance(value, Func)
            ]
            self.cache[node] = tuple(wrapper for wrapper in found if wrapper is not None)
        return self.cache[node]

    def _wrapper(self, decorator: Function) -> Wrapper | None:
        index_body(decorator)
        if not decorator.params:
            return None
        parameter = decorator.params[0].arg
        for value, place in decorator.returns:
            if value is None:
                continue
            for returned in ordered(self.names.values(value, place)):
                if isinstance(returned, Func) and returned.function.parent is decorator:
                    return self._judge(returned.function, decorator, parameter)
        return None

    def _judge(self, inner: Function, decorator: Function, parameter: str) -> Wrapper:
        index_body(inner)
        sites = [site for site in inner.calls if self._is_wrapped(site, decorator, parameter)]
        once = bool(sites) and all(self.memos.around(site.place) is not None for site in sites)
        return Wrapper(inner, bool(sites), once, all(_hands_on(site.node, inner) for site in sites))

    def _is_wrapped(self, site: Site, decorator: Function, parameter: str) -> bool:
        func = site.node.func
        if not (isinstance(func, ast.Name) and func.id == parameter):
            return False
        bindings = self.names.bindings(parameter, site.place) or []
        return any(binding.kind == "param" and binding.place.scope.function is decorator for binding in bindings)

    def memoised(self, function: Function) -> bool:
        """Tells whether a decorator keeps the function's result."""
        return bool(function.decorated) and (
            any(
                self._is_memo(d, function.place, idioms().memo_decorators, ("cache", "memo"))
                for d in function.decorated
            )
            or any(wrapper.once for wrapper in self.of(function))
            or self._is_kept_by_class(function)
        )

    def _is_kept_by_class(self, function: Function) -> bool:
        """Tells whether a class that decorates a function may keep what that gives."""
        for decorator in function.decorated:
            for value in ordered(self.names.values(decorator, function.place)):
                if isinstance(value, Cls | Inst):
                    method = self.names.members.method(value.cls, "__call__")
                    if method is not None:
                        index_body(method)
                        if any(self.memos.around(site.place) is not None for site in method.calls):
                            return True
        return False

    def memoised_on_instance(self, function: Function) -> bool:
        """Tells whether a decorator keeps the function's result on the instance (`cached_property`)."""
        return any(self._is_memo(d, function.place, idioms().instance_memo_decorators, ()) for d in function.decorated)

    def keeps(self, function: Function) -> bool:
        """Tells whether a decorator hands out one result of a function again and again."""
        return bool(function.decorated) and (self.memoised(function) or self.memoised_on_instance(function))

    def class_is_kept(self, cls: Class) -> bool:
        """Tells whether a class decorator may hand out one instance again and again (`@singleton`)."""
        for owner in self.names.members.order(cls):
            if isinstance(owner, Class) and self._shares_state(owner):
                return True
            for keyword in owner.node.keywords if isinstance(owner, Class) else ():
                if keyword.arg == "metaclass" and last_name(keyword.value) not in PLAIN_METACLASSES:
                    return True
        for decorator in cls.node.decorator_list:
            expr = decorator.func if isinstance(decorator, ast.Call) else decorator
            for value in ordered(self.names.values(expr, cls.place)):
                if (
                    isinstance(value, Ext)
                    and value.name not in idioms().transparent_decorators
                    and "singleton" in value.name.lower()
                ):
                    return True
                if isinstance(value, Cls):
                    return True
        return any(wrapper.once or not wrapper.calls for wrapper in self.of_class(cls))

    def _shares_state(self, cls: Class) -> bool:
        """Tells whether all instances of a class hold the same: `self.__dict__ = cls.state`."""
        return "__dict__ =" in cls.module.text and bool(self.names.members.stores(cls, "__dict__"))

    def _is_memo(self, decorator: ast.expr, place: Place, known: frozenset[str], words: tuple[str, ...]) -> bool:
        expr = decorator.func if isinstance(decorator, ast.Call) else decorator
        for value in ordered(self.names.values(expr, place)):
            if isinstance(value, Ext):
                name = value.name
                if name in known:
                    return True
                if name in idioms().instance_memo_decorators:
                    continue
                if name not in idioms().transparent_decorators and any(
                    word in name.rpartition(".")[2].lower() for word in words
                ):
                    return True
            elif not isinstance(value, Func) and words:
                last = expr.attr if isinstance(expr, ast.Attribute) else expr.id if isinstance(expr, ast.Name) else ""
                if any(word in last.lower() for word in words):
                    return True
        return False


def _hands_on(call: ast.Call, inner: Function) -> bool:
    """Tells whether a wrapper passes on just the arguments it got, in their order."""
    args = inner.head.args
    names = {parameter.arg for parameter in inner.params}
    if names & inner.scope.mutations.keys() or any(len(inner.scope.bindings[name]) > 1 for name in names):
        return False
    own = [arg.arg for arg in (*args.posonlyargs, *args.args)]
    expected: list[str] = [*own, *([f"*{args.vararg.arg}"] if args.vararg else [])]
    given: list[str] = []
    for arg in call.args:
        inner_arg = arg.value if isinstance(arg, ast.Starred) else arg
        if not isinstance(inner_arg, ast.Name):
            return False
        given.append(f"*{inner_arg.id}" if isinstance(arg, ast.Starred) else inner_arg.id)
    return given == expected and all(keyword.arg is None for keyword in call.keywords)

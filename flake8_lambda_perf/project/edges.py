"""From one function to those it runs: calls, constructors, properties, callbacks, decorators, dispatch."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from flake8_lambda_perf.project.callbacks import Callbacks, Start, inside
from flake8_lambda_perf.project.edge import Edge, EdgeKind
from flake8_lambda_perf.project.index import index_body
from flake8_lambda_perf.project.memo import Memo, Memos
from flake8_lambda_perf.project.values import Cls, Ext, Func, Inst, Partial, Unknown, Value, last_name, ordered
from flake8_lambda_perf.source import FIELDS, nodes_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from flake8_lambda_perf.project.facts import Class, Function, Module, Place, Site
    from flake8_lambda_perf.project.names import Names
    from flake8_lambda_perf.project.relevance import Relevance
    from flake8_lambda_perf.project.wrappers import Wrappers

__all__ = ["Edge", "Edges"]

STARTED = ("Thread().start", "Process().start", "Timer().start")
INJECTED = ("Depends", "Security")
RUNNERS = ("submit", "map", "step", "run", "apply", "execute", "process", "call", "invoke", "start", "retry")


class Edges:
    """Finds the edges out of functions and module bodies; belongs to one `Names`."""

    def __init__(self, names: Names, memos: Memos, wrappers: Wrappers, relevance: Relevance) -> None:
        self.names = names
        self.memos = memos
        self.wrappers = wrappers
        self.relevance = relevance
        self.callbacks = Callbacks(names)
        self.properties: set[str] = set()
        self.instantiated: set[Class] = set()
        self.subclasses: dict[Class, set[Class]] = {}
        self._meant: dict[Function | None, dict[Function, list[Function]]] = {}  # by calls through `self`, when asked
        self.on_instance: Callable[[Class, Edge | None, Place], None] = lambda _cls, _edge, _place: None

    # -- everything out of one body -----------------------------------------------------------

    def out_of(self, module: Module, function: Function | None) -> Iterator[Edge]:
        """Lists the edges out of a function's body, or out of a module's for None."""
        self._meant.pop(function, None)
        if function is not None:
            index_body(function)
        for site in list(module.calls if function is None else function.calls):
            if self.relevance.concerns(site):
                yield from self.of_site(function, site)
        if self.properties:
            for attribute, place in list(module.attributes if function is None else function.attributes):
                if attribute.attr in self.properties:
                    yield from self._reads(function, attribute, place)
        if function is not None:
            for expr, place in function.with_items:
                yield from self._protocol(
                    function, expr, place, "enters", ("__enter__", "__exit__", "__aenter__", "__aexit__")
                )
            for expr, place in function.for_iters:
                yield from self._protocol(
                    function, expr, place, "iterates", ("__iter__", "__next__", "__aiter__", "__anext__")
                )
            yield from self._depends(function)
            yield from self._all(self.callbacks.of_decorators(function))

    def of_site(self, function: Function | None, site: Site) -> Iterator[Edge]:
        """Lists the edges of one call."""
        for value in ordered(self.names.values(site.node.func, site.place)):
            yield from self._of_value(function, site, value, None)

    def _of_value(self, function: Function | None, site: Site, value: Value, partial: Partial | None) -> Iterator[Edge]:
        node, place = site.node, site.place
        match value:
            case Func(function=callee, bound=bound):
                for target in self._dispatched(callee, node.func, place):
                    yield from self._complete(Edge(function, node, place, target, "calls", node, bound, partial))
            case Cls(cls=cls):
                yield from self._constructed(function, node, place, cls, partial)
            case Partial(function=inner):
                yield from self._of_value(function, site, inner, value)
            case Inst(cls=cls):
                method = self.names.members.method(cls, "__call__")
                if method is not None:
                    yield from self._complete(
                        Edge(function, node, place, method, "calls", node, bound=True, partial=partial)
                    )
            case Ext(name=name):
                yield from self._all(self.callbacks.of_call(function, node, place, name))
                if name.endswith(STARTED):
                    yield from self._all(self.callbacks.started(function, node, place))
            case Unknown():
                last = node.func.attr if isinstance(node.func, ast.Attribute) else ""
                if any(word in last for word in RUNNERS):
                    yield from self._all(self.callbacks.of_call(function, node, place, f"?.{last}"))

    def _all(self, edges: Iterable[Edge]) -> Iterator[Edge]:
        for edge in edges:
            yield from self._complete(edge)

    def _complete(self, edge: Edge) -> Iterator[Edge]:
        """Notes what guards an edge, and adds those to the wrappers that decorators put around the callee."""
        if not self.relevance.leads_on(edge.caller, edge.callee, edge.call):
            return
        edge.memo = self.memos.around(edge.place)
        if self.wrappers.memoised(edge.callee):
            edge.memo = Memo(frozenset())
        elif edge.memo is None and edge.callee.cls is not None and self.wrappers.memoised_on_instance(edge.callee):
            edge.memo = Memo(frozenset({edge.callee.cls}))
        edge.selected_by = _selector(self.names, edge)
        passes = True
        for wrapper in self.wrappers.of(edge.callee):
            yield replace(edge, callee=wrapper.function)
            if not wrapper.calls:
                return
            passes = passes and wrapper.passes
        yield edge if passes else replace(edge, call=None)

    # -- kinds of edges -----------------------------------------------------------------------

    def _constructed(
        self,
        function: Function | None,
        node: ast.Call,
        place: Place,
        cls: Class,
        partial: Partial | None,
    ) -> Iterator[Edge]:
        kept = self.wrappers.class_is_kept(cls)
        first: Edge | None = None
        for name in ("__new__", "__init__", "__post_init__"):
            method = self.names.members.method(cls, name)
            if method is None:
                continue
            call = None if name == "__post_init__" else node
            for edge in self._complete(Edge(function, node, place, method, "builds", call, True, partial, cls)):
                if kept:
                    edge.memo = Memo(frozenset())
                first = first or edge
                yield edge
        for edge in self._default_factories(function, node, place, cls):
            first = first or edge
            yield edge
        self.instantiated.add(cls)
        self.on_instance(cls, first, place)

    def _default_factories(self, function: Function | None, node: ast.Call, place: Place, cls: Class) -> Iterator[Edge]:
        """Follows `field(default_factory=f)` of a dataclass, unless the call gives the field."""
        given = {keyword.arg for keyword in node.keywords}
        fields = [statement for statement in cls.node.body if isinstance(statement, ast.AnnAssign)]
        for position, statement in enumerate(fields):
            factory = _default_factory(statement)
            named = statement.target.id if isinstance(statement.target, ast.Name) else None
            if factory is None or named in given or None in given or position < len(node.args):
                continue
            for value in ordered(self.names.values(factory, cls.place)):
                if isinstance(value, Func):
                    yield from self._complete(Edge(function, node, place, value.function, "builds", built=cls))

    def _dispatched(self, callee: Function, func: ast.expr, place: Place) -> Iterable[Function]:
        """Lists the overrides that `self.method()` can mean, by the subclasses that are instantiated."""
        if callee.cls is None or not isinstance(func, ast.Attribute) or not _is_first_parameter(func.value, place):
            return (callee,)
        return self._meant.setdefault(place.scope.function, {}).setdefault(callee, self._overrides(callee, callee.cls))

    def _overrides(self, callee: Function, cls: Class) -> list[Function]:
        """Lists the methods that stand in for a method in the subclasses that are instantiated, itself among them."""
        family = [sub for sub in self._descendants(cls) if sub in self.instantiated]
        found = {self.names.members.method(sub, callee.name) for sub in family}
        targets = sorted(
            (method for method in found if method is not None), key=lambda method: (method.module.path, method.line)
        )
        return targets or [callee]

    def outdated(self) -> Iterator[Function]:
        """Lists the functions whose calls through `self` mean other methods than when they were looked at."""
        for function, meant in self._meant.items():
            if function is not None and any(
                targets != self._overrides(callee, callee.cls) for callee, targets in meant.items() if callee.cls
            ):
                yield function

    def _descendants(self, cls: Class) -> set[Class]:
        found, stack = {cls}, [cls]
        while stack:
            for sub in self.subclasses.get(stack.pop(), ()):
                if sub not in found:
                    found.add(sub)
                    stack.append(sub)
        return found

    def _reads(self, function: Function | None, node: ast.Attribute, place: Place) -> Iterator[Edge]:
        for value in ordered(self.names.values(node.value, place)):
            if isinstance(value, Inst):
                method = self.names.members.method(value.cls, node.attr)
                if method is not None and node.attr in method.module.properties:
                    for target in self._dispatched(method, node, place):
                        yield from self._complete(Edge(function, node, place, target, "reads", bound=True))

    def _protocol(
        self, function: Function, expr: ast.expr, place: Place, kind: EdgeKind, methods: tuple[str, ...]
    ) -> Iterator[Edge]:
        for value in ordered(self.names.values(expr, place)):
            if isinstance(value, Inst):
                for name in methods:
                    method = self.names.members.method(value.cls, name)
                    if method is not None:
                        yield from self._complete(Edge(function, expr, place, method, kind, bound=True))

    def _depends(self, function: Function) -> Iterator[Edge]:
        """Follows FastAPI's `Depends(f)` in the parameters of a route."""
        if isinstance(function.head, ast.Lambda) or not any(word in function.module.text for word in INJECTED):
            return
        args = function.head.args
        annotations = [
            arg.annotation for arg in (*args.posonlyargs, *args.args, *args.kwonlyargs) if arg.annotation is not None
        ]
        for expr in (*args.defaults, *(default for default in args.kw_defaults if default is not None), *annotations):
            for node in nodes_of(expr) if FIELDS[expr.__class__] else ():
                if isinstance(node, ast.Call) and node.args and last_name(node.func) in INJECTED:
                    for value in ordered(self.names.values(node.args[0], function.place)):
                        if isinstance(value, Func):
                            yield from self._all(self.callbacks.passed(Start(function, node, inside(function)), value))
                        elif isinstance(value, Cls):
                            yield from self._constructed(function, node, inside(function), value.cls, None)


def _default_factory(field: ast.AnnAssign) -> ast.expr | None:
    """Names the function that makes a field's value for each instance."""
    if not isinstance(field.value, ast.Call) or last_name(field.value.func) not in ("field", "Field", "attrib", "ib"):
        return None
    return next(
        (keyword.value for keyword in field.value.keywords if keyword.arg in ("default_factory", "factory")), None
    )


def _is_first_parameter(expr: ast.expr, place: Place) -> bool:
    function = place.scope.function
    while function is not None and function.cls is None:
        function = function.parent
    return (
        isinstance(expr, ast.Name)
        and function is not None
        and bool(function.params)
        and function.params[0].arg == expr.id
    )


def _selector(names: Names, edge: Edge) -> str | None:
    """Names the caller's parameter through which the callee was chosen: `fn()` where `fn` was passed in."""
    node, function = edge.node, edge.caller
    if function is None or not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
        return None
    bindings = names.bindings(node.func.id, edge.place) or []
    if any(binding.kind == "param" and binding.place.scope.function is function for binding in bindings):
        return node.func.id
    return None

"""From one function to those it runs: calls, constructors, properties, callbacks, decorators, dispatch."""

from __future__ import annotations

import ast
import builtins
import sys
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Literal

from flake8_lambda_perf.knowledge import idioms
from flake8_lambda_perf.project.facts import Class, Function, Module, Place, Site
from flake8_lambda_perf.project.index import index_body
from flake8_lambda_perf.project.memo import Memo, Memos
from flake8_lambda_perf.project.values import Argument, Cls, Ext, Func, Inst, Items, Partial, Unknown, Value, arguments

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from flake8_lambda_perf.project.names import Names
    from flake8_lambda_perf.project.relevance import Relevance
    from flake8_lambda_perf.project.wrappers import Wrappers

EdgeKind = Literal["calls", "builds", "passes", "reads", "enters", "iterates"]
PLAIN_BASES = (
    "Exception",
    "enum.",
    "abc.",
    "typing.",
    "pydantic.",
    "object",
    "dict",
    "list",
    "str",
    "int",
    "type",
    "BaseException",
)
CALLING_BACK = frozenset({
    "asyncio", "concurrent", "contextlib", "filter", "itertools", "map", "max", "min", "multiprocessing", "next", "re", "reduce", "sched",
    "socketserver", "sorted", "threading", "unittest", "wsgiref",
})  # fmt: skip
"""Built-ins and modules of the standard library that call functions they are given."""
STARTED = ("Thread().start", "Process().start", "Timer().start")
RUNNERS = ("submit", "map", "step", "run", "apply", "execute", "process", "call", "invoke", "start", "retry")


@dataclass(slots=True, eq=False)
class Edge:
    """One way a function is run: by whom, at which place, with which arguments."""

    caller: Function | None  # None: a module's body
    module: Module
    node: ast.AST
    place: Place
    callee: Function
    kind: EdgeKind
    call: ast.Call | None = None
    bound: bool = False
    partial: Partial | None = None
    built: Class | None = None
    threaded: bool = False
    memo: Memo | None = None
    selected_by: str | None = None  # the caller's parameter that names the callee
    _given: dict[str, Argument] | None = field(default=None)

    @property
    def given(self) -> Mapping[str, Argument]:
        """What each parameter of the callee gets; a parameter that is missing here is unknown."""
        if self._given is None:
            if self.call is None:
                self._given = {}
            else:
                self._given = arguments(self.callee, self.call, self.place, self.bound, self.partial)
        return self._given

    @property
    def line(self) -> int:
        """The line the edge starts on."""
        return getattr(self.node, "lineno", 1)


class Edges:
    """Finds the edges out of functions and module bodies; belongs to one `Names`."""

    def __init__(self, names: Names, memos: Memos, wrappers: Wrappers, relevance: Relevance) -> None:
        self.names = names
        self.memos = memos
        self.wrappers = wrappers
        self.relevance = relevance
        self.properties: set[str] = set()
        self.instantiated: set[Class] = set()
        self.subclasses: dict[Class, set[Class]] = {}
        self.on_instance: Callable[[Class, Edge | None, Place], None] = lambda _cls, _edge, _place: None

    # -- everything out of one body -----------------------------------------------------------

    def out_of(self, module: Module, function: Function | None) -> Iterator[Edge]:
        """Lists the edges out of a function's body, or out of a module's for None."""
        if function is not None:
            index_body(function)
        for site in list(module.calls if function is None else function.calls):
            yield from self.of_site(module, function, site)
        if self.properties:
            for attribute, place in list(module.attributes if function is None else function.attributes):
                if attribute.attr in self.properties:
                    yield from self._reads(module, function, attribute, place)
        if function is not None:
            for expr, place in function.with_items:
                yield from self._protocol(
                    module, function, expr, place, "enters", ("__enter__", "__exit__", "__aenter__", "__aexit__")
                )
            for expr, place in function.for_iters:
                yield from self._protocol(
                    module, function, expr, place, "iterates", ("__iter__", "__next__", "__aiter__", "__anext__")
                )
            yield from self._depends(function)
            yield from self._decorator_callbacks(function)

    def of_site(self, module: Module, function: Function | None, site: Site) -> Iterator[Edge]:
        """Lists the edges of one call."""
        for value in self.names.values(site.node.func, site.place):
            yield from self._of_value(module, function, site, value, None)

    def _of_value(
        self, module: Module, function: Function | None, site: Site, value: Value, partial: Partial | None
    ) -> Iterator[Edge]:
        node, place = site.node, site.place
        match value:
            case Func(function=callee, bound=bound):
                for target in self._dispatched(callee, node.func, place):
                    yield from self._edges(module, function, node, place, target, "calls", node, bound, partial, None)
            case Cls(cls=cls):
                yield from self._constructed(module, function, node, place, cls, partial)
            case Partial(function=inner):
                yield from self._of_value(module, function, site, inner, value)
            case Inst(cls=cls):
                method = self.names.members.method(cls, "__call__")
                if method is not None:
                    yield from self._edges(module, function, node, place, method, "calls", node, True, partial, None)
            case Ext(name=name):
                yield from self._callbacks(module, function, node, place, name)
                if name.endswith(STARTED):
                    yield from self._started(module, function, site)
            case Unknown():
                last = node.func.attr if isinstance(node.func, ast.Attribute) else ""
                if any(word in last for word in RUNNERS):
                    yield from self._callbacks(module, function, node, place, f"?.{last}")

    def _started(self, module: Module, function: Function | None, site: Site) -> Iterator[Edge]:
        """Follows `thread.start()` to the `run` of a project class."""
        assert isinstance(site.node.func, ast.Attribute)
        for value in self.names.values(site.node.func.value, site.place):
            method = self.names.members.method(value.cls, "run") if isinstance(value, Inst) else None
            if method is not None:
                yield from self._edges(
                    module, function, site.node, site.place, method, "passes", None, True, None, None, True
                )

    def _edges(
        self,
        module: Module,
        function: Function | None,
        node: ast.AST,
        place: Place,
        callee: Function,
        kind: EdgeKind,
        call: ast.Call | None,
        bound: bool,
        partial: Partial | None,
        built: Class | None,
        threaded: bool = False,
    ) -> Iterator[Edge]:
        """Makes the edge to a function, and to the wrappers its decorators put around it."""
        if not self.relevance.leads_on(function, callee, call):
            return
        memo = self.memos.around(place)
        if self.wrappers.memoised(callee):
            memo = Memo(frozenset())
        elif memo is None and callee.cls is not None and self.wrappers.memoised_on_instance(callee):
            memo = Memo(frozenset({callee.cls}))
        selected = _selector(self.names, node, place, function)
        passes = True
        for wrapper in self.wrappers.of(callee):
            yield Edge(
                function,
                module,
                node,
                place,
                wrapper.function,
                kind,
                call,
                bound,
                partial,
                built,
                threaded,
                memo,
                selected,
            )
            if not wrapper.calls:
                return
            passes = passes and wrapper.passes
        yield Edge(
            function,
            module,
            node,
            place,
            callee,
            kind,
            call if passes else None,
            bound,
            partial,
            built,
            threaded,
            memo,
            selected,
        )

    # -- kinds of edges -----------------------------------------------------------------------

    def _constructed(
        self,
        module: Module,
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
            for edge in self._edges(module, function, node, place, method, "builds", call, True, partial, cls):
                if kept:
                    edge.memo = Memo(frozenset())
                first = first or edge
                yield edge
        for edge in self._default_factories(module, function, node, place, cls):
            first = first or edge
            yield edge
        self.instantiated.add(cls)
        self.on_instance(cls, first, place)

    def _default_factories(
        self, module: Module, function: Function | None, node: ast.Call, place: Place, cls: Class
    ) -> Iterator[Edge]:
        """Follows `field(default_factory=f)` of a dataclass, unless the call gives the field."""
        given = {keyword.arg for keyword in node.keywords}
        fields = [statement for statement in cls.node.body if isinstance(statement, ast.AnnAssign)]
        for position, statement in enumerate(fields):
            factory = _default_factory(statement)
            named = statement.target.id if isinstance(statement.target, ast.Name) else None
            if factory is None or named in given or None in given or position < len(node.args):
                continue
            for value in self.names.values(factory, cls.place):
                if isinstance(value, Func):
                    yield from self._edges(
                        module, function, node, place, value.function, "builds", None, True, None, cls
                    )

    def _dispatched(self, callee: Function, func: ast.expr, place: Place) -> Iterable[Function]:
        """Lists the overrides that `self.method()` can mean, by the subclasses that are instantiated."""
        if callee.cls is None or not isinstance(func, ast.Attribute) or not _is_first_parameter(func.value, place):
            return (callee,)
        family = {cls for cls in self._descendants(callee.cls) if cls in self.instantiated}
        found = {self.names.members.method(cls, callee.name) for cls in family}
        targets = sorted(
            (method for method in found if method is not None), key=lambda method: (method.module.path, method.line)
        )
        return targets or (callee,)

    def _descendants(self, cls: Class) -> set[Class]:
        found, stack = {cls}, [cls]
        while stack:
            for sub in self.subclasses.get(stack.pop(), ()):
                if sub not in found:
                    found.add(sub)
                    stack.append(sub)
        return found

    def _reads(self, module: Module, function: Function | None, node: ast.Attribute, place: Place) -> Iterator[Edge]:
        for value in self.names.values(node.value, place):
            if isinstance(value, Inst):
                method = self.names.members.method(value.cls, node.attr)
                if method is not None and node.attr in method.module.properties:
                    for target in self._dispatched(method, node, place):
                        yield from self._edges(module, function, node, place, target, "reads", None, True, None, None)

    def _protocol(
        self, module: Module, function: Function, expr: ast.expr, place: Place, kind: EdgeKind, methods: tuple[str, ...]
    ) -> Iterator[Edge]:
        for value in self.names.values(expr, place):
            if isinstance(value, Inst):
                for name in methods:
                    method = self.names.members.method(value.cls, name)
                    if method is not None:
                        yield from self._edges(module, function, expr, place, method, kind, None, True, None, None)

    def _callbacks(
        self, module: Module, function: Function | None, node: ast.Call, place: Place, name: str
    ) -> Iterator[Edge]:
        """Follows functions and objects that are passed to code outside the project."""
        if name in idioms().not_called or not _may_call_back(name):
            return
        threaded = name in idioms().threaded_callbacks or name.endswith(
            (".submit", "Thread", ".run_in_executor", ".to_thread")
        )
        for arg in [*node.args, *(keyword.value for keyword in node.keywords)]:
            expr = arg.value if isinstance(arg, ast.Starred) else arg
            if isinstance(expr, ast.Constant | ast.JoinedStr | ast.BinOp | ast.Compare):
                continue
            for value in self.names.values(expr, place):
                yield from self._passed(module, function, node, place, value, threaded)

    def _passed(
        self, module: Module, function: Function | None, node: ast.AST, place: Place, value: Value, threaded: bool
    ) -> Iterator[Edge]:
        match value:
            case Func(function=callee, bound=bound):
                yield from self._edges(
                    module, function, node, place, callee, "passes", None, bound, None, None, threaded
                )
            case Partial(function=inner):
                yield from self._passed(module, function, node, place, inner, threaded)
            case Inst(cls=cls):
                for method in self._overrides(cls):
                    yield from self._edges(
                        module, function, node, place, method, "passes", None, True, None, None, threaded
                    )
            case Items(node=ast.List() | ast.Tuple() | ast.Dict()):
                for element in self.names.containers.elements(value):
                    if isinstance(element, Func):
                        yield from self._passed(module, function, node, place, element, threaded)

    def _overrides(self, cls: Class) -> list[Function]:
        """Lists the methods a framework may call on an instance of a subclass of its own class."""
        bases = [owner.name for owner in self.names.members.order(cls) if isinstance(owner, Ext)]
        if not any(
            not name.startswith(PLAIN_BASES) and not name.endswith(("Error", "Exception", "Model")) for name in bases
        ):
            return []
        found = []
        for bindings in cls.scope.bindings.values():
            target = bindings[-1].target
            if isinstance(target, Function) and not (target.name.startswith("__") and target.name != "__call__"):
                found.append(target)
        return found

    def _depends(self, function: Function) -> Iterator[Edge]:
        """Follows FastAPI's `Depends(f)` in the parameters of a route."""
        if isinstance(function.node, ast.Lambda):
            return
        args = function.node.args
        annotations = [
            arg.annotation for arg in (*args.posonlyargs, *args.args, *args.kwonlyargs) if arg.annotation is not None
        ]
        for expr in (*args.defaults, *(default for default in args.kw_defaults if default is not None), *annotations):
            for node in ast.walk(expr):
                if isinstance(node, ast.Call) and node.args and _last(node.func) in ("Depends", "Security"):
                    for value in self.names.values(node.args[0], function.place):
                        if isinstance(value, Func):
                            yield from self._passed(function.module, function, node, _inside(function), value, False)
                        elif isinstance(value, Cls):
                            yield from self._constructed(
                                function.module, function, node, _inside(function), value.cls, None
                            )

    def _decorator_callbacks(self, function: Function) -> Iterator[Edge]:
        """Follows functions given to a decorator outside the project: `@batch_processor(record_handler=f, ...)`."""
        for decorator in function.decorated:
            if isinstance(decorator, ast.Call) and (decorator.args or decorator.keywords):
                if any(isinstance(value, Ext) for value in self.names.values(decorator.func, function.place)):
                    yield from self._callbacks(
                        function.module, function, decorator, _inside(function, decorator), "?decorator"
                    )


def _default_factory(field: ast.AnnAssign) -> ast.expr | None:
    """Names the function that makes a field's value for each instance."""
    if not isinstance(field.value, ast.Call) or _last(field.value.func) not in ("field", "Field", "attrib", "ib"):
        return None
    return next(
        (keyword.value for keyword in field.value.keywords if keyword.arg in ("default_factory", "factory")), None
    )


@cache
def _may_call_back(name: str) -> bool:
    """Tells whether code outside the project may call what it is given: most of the standard library does not."""
    top = name.partition(".")[0].partition("(")[0]
    if top in CALLING_BACK or name in idioms().per_request_callbacks:
        return True
    return not (top in sys.stdlib_module_names or hasattr(builtins, top))


def _inside(function: Function, node: ast.AST | None = None) -> Place:
    """The place of what runs at each call of a function, though it is written at its `def`."""
    place = function.place
    root = place.branch
    while root.parent is not None:
        root = root.parent
    return Place(place.scope, root, place.order, place.statement)


def _last(expr: ast.expr) -> str:
    return expr.attr if isinstance(expr, ast.Attribute) else expr.id if isinstance(expr, ast.Name) else ""


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


def _selector(names: Names, node: ast.AST, place: Place, function: Function | None) -> str | None:
    """Names the caller's parameter through which the callee was chosen: `fn()` where `fn` was passed in."""
    if function is None or not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
        return None
    bindings = names.bindings(node.func.id, place) or []
    if any(binding.kind == "param" and binding.place.scope.function is function for binding in bindings):
        return node.func.id
    return None

"""Functions and objects that are handed to code outside the project, which calls them."""

from __future__ import annotations

import ast
import builtins
import sys
from functools import cache
from typing import TYPE_CHECKING

from flake8_lambda_perf.dataclass import dataclass
from flake8_lambda_perf.knowledge import idioms
from flake8_lambda_perf.project.edge import Edge
from flake8_lambda_perf.project.facts import Class, Function, Place
from flake8_lambda_perf.project.values import Ext, Func, Inst, Items, Partial, Value, ordered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_lambda_perf.project.names import Names

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
    "asyncio", "concurrent", "contextlib", "filter", "itertools", "map", "max", "min", "multiprocessing",
    "next", "re", "reduce", "sched", "socketserver", "sorted", "threading", "unittest", "wsgiref",
})  # fmt: skip
"""Built-ins and modules of the standard library that call functions they are given."""


@dataclass(frozen=True, slots=True)
class Start:
    """Where something is handed over."""

    function: Function | None
    node: ast.AST
    place: Place
    threaded: bool = False

    def to(self, callee: Function, *, bound: bool) -> Edge:
        """Makes the edge to a function that is called back."""
        return Edge(self.function, self.node, self.place, callee, "passes", bound=bound, threaded=self.threaded)


class Callbacks:
    """Finds the edges to what is called back; belongs to one `Edges`."""

    def __init__(self, names: Names) -> None:
        self.names = names

    def of_call(self, function: Function | None, node: ast.Call, place: Place, name: str) -> Iterator[Edge]:
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
            for value in ordered(self.names.values(expr, place)):
                yield from self.passed(Start(function, node, place, threaded), value)

    def passed(self, start: Start, value: Value) -> Iterator[Edge]:
        """Follows one value that is handed over to be called."""
        match value:
            case Func(function=callee, bound=bound):
                yield start.to(callee, bound=bound)
            case Partial(function=inner):
                yield from self.passed(start, inner)
            case Inst(cls=cls):
                for method in self._overrides(cls):
                    yield start.to(method, bound=True)
            case Items(node=ast.List() | ast.Tuple() | ast.Dict()):
                for element in self.names.containers.elements(value):
                    if isinstance(element, Func):
                        yield from self.passed(start, element)

    def started(self, function: Function | None, node: ast.Call, place: Place) -> Iterator[Edge]:
        """Follows `thread.start()` to the `run` of a project class."""
        for value in ordered(self.names.values(node.func.value, place)) if isinstance(node.func, ast.Attribute) else ():
            method = self.names.members.method(value.cls, "run") if isinstance(value, Inst) else None
            if method is not None:
                yield Start(function, node, place, threaded=True).to(method, bound=True)

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

    def of_decorators(self, function: Function) -> Iterator[Edge]:
        """Follows functions given to a decorator outside the project: `@batch_processor(record_handler=f, ...)`."""
        for decorator in function.decorated:
            if isinstance(decorator, ast.Call) and any(
                isinstance(value, Ext) for value in ordered(self.names.values(decorator.func, function.place))
            ):
                yield from self.of_call(function, decorator, inside(function), "?decorator")


@cache
def _may_call_back(name: str) -> bool:
    """Tells whether code outside the project may call what it is given: most of the standard library does not."""
    top = name.partition(".")[0].partition("(")[0]
    if top in CALLING_BACK or name in idioms().per_request_callbacks:
        return True
    return not (top in sys.stdlib_module_names or hasattr(builtins, top))


def inside(function: Function) -> Place:
    """The place of what runs at each call of a function, though it is written at its `def`."""
    place = function.place
    root = place.branch
    while root.parent is not None:
        root = root.parent
    return Place(place.scope, root, place.order, place.statement)

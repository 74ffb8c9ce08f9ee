"""Runs a deployment program on paper: its modules, functions and classes with the values that its text tells.

Where a condition depends on more, both branches are run, and what they leave behind is one of a few values.
Nothing is imported or executed; steps and depth are limited.
"""

from __future__ import annotations

import ast
import builtins
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from flake8_lambda_perf.manifests.python import classes, expressions, library, statements
from flake8_lambda_perf.manifests.python.values import (
    UNKNOWN,
    Class,
    Frame,
    Function,
    Items,
    Later,
    Method,
    Module,
    Outside,
    Place,
    Plain,
    Table,
    Unknown,
    Value,
    join,
    shortened,
    size,
)

if TYPE_CHECKING:
    from flake8_lambda_perf.manifests.python.files import Files

MAX_STEPS = 100_000
MAX_DEPTH = 110
"""Levels of expressions, statements and calls; each takes up to four of Python's own."""

MAX_RECURSION = 4
"""Calls of a function out of itself, of which only the first may be one with nothing known."""


class ExhaustedError(Exception):
    """The program takes more steps than are worth taking."""


class Program:
    """One program: `folder` is where it is started, `on_call` is told of each call into a library.

    `top` is the highest folder whose files may be the program's: `folder` itself where a file says so.
    """

    def __init__(self, files: Files, folder: str, top: str, on_call: Callable[[Outside, Frame], None]) -> None:
        self.root = files.root.as_posix()
        self.files = files
        self.folder = folder
        self.top = top
        self.on_call = on_call
        self.script_folder = folder
        """Where the file that is run lies: absolute imports are looked up there too."""
        self.modules: dict[str, Frame] = {}
        self.started: dict[ast.AST, Value] = {}
        """The functions that were called, and the classes of which there is an object, with the first of them."""
        self.branches: tuple[int, ...] = ()
        """The branches being run of which only running the program tells whether they are taken."""
        self._steps = MAX_STEPS
        self._depth = 0
        self._branch = 0
        self._running: Counter[ast.AST] = Counter()

    # -- limits -------------------------------------------------------------------------------

    def _step(self) -> bool:
        """Counts a step; False where it would go too deep."""
        self.spend(1)
        return self._depth < MAX_DEPTH

    @contextmanager
    def maybe(self) -> Iterator[None]:
        """Runs what may not be run: what it changes may also stay as it was."""
        self._branch += 1
        before = self.branches
        self.branches = (*before, self._branch)
        try:
            yield
        finally:
            self.branches = before

    def is_sure(self, born: tuple[int, ...]) -> bool:
        """Whether a change to an object happens whenever the object exists."""
        return not self.branches or self.branches[-1] in born

    def charge(self, *values: Value) -> None:
        """Counts a step for each item of lists and dictionaries that are about to be looked through."""
        self.spend(sum(size(value) for value in values))

    def spend(self, steps: int) -> None:
        """Counts steps."""
        self._steps -= steps
        if self._steps < 0:
            raise ExhaustedError

    @property
    def is_exhausted(self) -> bool:
        """Whether no steps are left."""
        return self._steps < 0

    # -- values -------------------------------------------------------------------------------

    def value(self, node: ast.expr, frame: Frame) -> Value:
        """What an expression stands for."""
        if not self._step():
            return UNKNOWN
        self._depth += 1
        try:
            return expressions.value(self, node, frame)
        finally:
            self._depth -= 1

    def block(self, body: Sequence[ast.stmt], frame: Frame) -> statements.Flow:
        """Runs statements, and says how they end."""
        flow = statements.Flow.NEXT
        for statement in body:
            if flow is not statements.Flow.NEXT or not self._step():
                break
            self._depth += 1
            try:
                flow = statements.run(self, statement, frame)
            finally:
                self._depth -= 1
        return flow

    def name(self, name: str, place: Place, frame: Frame) -> Value:
        """What a name stands for."""
        scope: Frame | None = frame
        while scope is not None:
            if name in scope.names:
                return _loaded(scope.names, name)
            scope = scope.outer
        if name == "__file__":
            return Plain(f"{self.root}/{place.file.path}", place)
        return Outside(f"builtins.{name}", place) if hasattr(builtins, name) else UNKNOWN

    # -- calls --------------------------------------------------------------------------------

    def call(self, callee: Value, args: list[Value], named: Table, place: Place, frame: Frame) -> Value:
        """What a call returns."""
        self.charge(named, *args, callee.owner if isinstance(callee, Method) else UNKNOWN)
        match callee:
            case Function():
                return self.run(callee, args, named, place, frame)
            case Class():
                return classes.construct(self, callee, args, named, place, frame)
            case Method():
                return library.method(self, callee, args, named, place, frame)
            case Outside():
                known = library.function(self, callee, args, named, place)
                return self.made(callee, args, named, place, frame) if known is None else known
        return UNKNOWN

    def made(self, callee: Outside, args: list[Value], named: Table, place: Place, frame: Frame) -> Outside:
        """What a call into a library returns."""
        result = Outside(shortened(f"{callee.name}()"), place, callee.owner, args, named)
        self.on_call(result, frame)
        return result

    def run(self, function: Function, args: list[Value], named: Table, place: Place | None, caller: Frame) -> Value:
        """What a function of the program returns."""
        node = function.node
        self.started[node] = UNKNOWN
        is_open = all(isinstance(value, Unknown) for value in (*args, *named.entries.values()))
        if self._running[node] >= (1 if is_open else MAX_RECURSION):
            return UNKNOWN
        self._running[node] += 1
        try:
            return self._run(function, args, named, place, caller)
        finally:
            self._running[node] -= 1

    def _run(self, function: Function, args: list[Value], named: Table, place: Place | None, caller: Frame) -> Value:
        node = function.node
        inner = Frame(function.frame.file, {}, function.frame, function, caller, place)
        given = args if function.bound is None else [function.bound, *args]
        self._bind(node.args, given, named, inner)
        if isinstance(node, ast.Lambda):
            return self.value(node.body, inner)
        self.block(node.body, inner)
        return join(inner.returned) if inner.returned else Plain(None, Place(inner.file, node))

    def run_unknown(self, function: Function, frame: Frame) -> None:
        """Runs a function that nothing calls, with whatever it may be given."""
        if function.node not in self.started:
            required = function.node.args.args[: len(function.node.args.args) - len(function.node.args.defaults)]
            count = len(required) - (function.bound is not None)
            self.run(function, [UNKNOWN] * count, Table(), None, frame)

    def _bind(self, wanted: ast.arguments, args: list[Value], named: Table, frame: Frame) -> None:
        """Gives each parameter its value: the argument, else its default."""
        positional = [*wanted.posonlyargs, *wanted.args]
        left = named.copy()
        defaults: list[ast.expr | None] = [None] * (len(positional) - len(wanted.defaults))
        self.spend(len(positional))
        pairs = [*zip(positional, [*defaults, *wanted.defaults], strict=True)]
        pairs += zip(wanted.kwonlyargs, wanted.kw_defaults, strict=True)
        for index, (parameter, default) in enumerate(pairs):
            if index < min(len(args), len(positional)):
                frame.names[parameter.arg] = args[index]
            elif parameter.arg in left.entries:
                frame.names[parameter.arg] = left.entries.pop(parameter.arg)
            elif default is None or named.is_open:
                frame.names[parameter.arg] = UNKNOWN
            else:
                frame.names[parameter.arg] = self.value(default, frame.outer or frame)
        if wanted.vararg is not None:
            frame.names[wanted.vararg.arg] = Items(args[len(positional) :], is_open=False, born=self.branches)
        if wanted.kwarg is not None:
            left.is_open = left.is_open or frame.site is None
            left.born = self.branches
            frame.names[wanted.kwarg.arg] = left

    # -- modules ------------------------------------------------------------------------------

    def module(self, path: str) -> Value:
        """A module or package of the project, run when it is first needed."""
        if not path.endswith(".py"):
            return Module(None, path)
        folder = path.rpartition("/")[0] if path.endswith("__init__.py") else path.removesuffix(".py")
        if path not in self.modules:
            file = self.files.file(path)
            if file is None:
                return UNKNOWN
            self.modules[path] = frame = Frame(file, {})
            branches, self.branches = self.branches, ()
            self.block(file.tree.body, frame)
            self.branches = branches
        return Module(self.modules[path], folder)

    def imported(self, module: str, level: int, place: Place) -> Value:
        """What `import module` means: a module of the project, else something of a library."""
        path = self.files.locate(module, place.file.path, level, (self.script_folder, self.folder))
        if path is None:
            return UNKNOWN if level else Outside(module, place)
        return self.module(path)

    def member_of(self, module: Module, name: str) -> Value:
        """A name of a module, or a submodule of a package."""
        if module.frame is not None and name in module.frame.names:
            return _loaded(module.frame.names, name)
        path = self.files.locate(name, f"{module.folder}/x" if module.folder else "x", 1, ())
        return UNKNOWN if path is None else self.module(path)


def _loaded(names: dict[str, Value], name: str) -> Value:
    """The value of a name, of an imported one looked up now; modules may import it from one another in a circle."""
    found = names[name]
    if isinstance(found, Later):
        names[name] = UNKNOWN
        names[name] = found = found.load()
    return found

"""Runs a TypeScript program as far as its text tells: what it built, and how far it got."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from flake8_lambda_perf.manifests.typescript import calls, library
from flake8_lambda_perf.manifests.typescript.expressions import EXPRESSIONS
from flake8_lambda_perf.manifests.typescript.nodes import Place, children, string_text
from flake8_lambda_perf.manifests.typescript.statements import STATEMENTS
from flake8_lambda_perf.manifests.typescript.values import (
    NOTHING,
    SIZE_OF_STEP,
    UNKNOWN,
    Array,
    Branches,
    Built,
    Class,
    Frame,
    Function,
    Later,
    Left,
    Method,
    Module,
    Named,
    Object,
    Text,
    Value,
    either,
    truth,
)

if TYPE_CHECKING:
    from tree_sitter import Node

MAX_STEPS = 150_000
MAX_DEPTH = 120
MAX_NAME = 500
MAX_PARAMETERS = 20


class ExhaustedError(Exception):
    """The program is too long to follow."""


class Files(Protocol):
    """Where a program's imports lead."""

    def imported(self, specifier: str, importer: str) -> Value: ...
    def module(self, path: str) -> Module | None: ...


class Run:
    """One run of a program: what it built, and how far it got."""

    def __init__(self, files: Files, cwd: str, entered: set[tuple[str, int]]) -> None:
        self.files = files
        self.cwd = cwd
        self.entered = entered
        """The functions that were called, by their file and its byte."""
        self.made: dict[int, Object] = {}
        """The first instance of each class, by the class's node."""
        self.built: list[Built] = []
        self.branches: Branches = ()
        self.calls: list[Function] = []
        self._steps = 0
        self._depth = 0
        self._last_branch = 0

    # -- limits and branches ------------------------------------------------------------------

    def step(self, size: int = 0) -> None:
        """Counts one step, more for what copies `size` values; raises ExhaustedError where there were too many."""
        self._steps += 1 + size // SIZE_OF_STEP
        if self._steps > MAX_STEPS:
            raise ExhaustedError

    @contextmanager
    def branch(self) -> Iterator[None]:
        """What runs here may not run."""
        before = self.branches
        self._last_branch += 1
        self.branches = (*before, self._last_branch)
        try:
            yield
        finally:
            self.branches = before

    @property
    def is_deep(self) -> bool:
        """Whether too little depth is left to run a file in."""
        return self._depth > MAX_DEPTH // 2

    @contextmanager
    def apart(self) -> Iterator[None]:
        """What runs here runs once, whatever asks for it."""
        before = self.branches, self.calls
        self.branches, self.calls = (), []
        try:
            yield
        finally:
            self.branches, self.calls = before

    def is_certain(self, born: Branches) -> bool:
        """Whether a change made now is made whenever what was `born` then exists."""
        return self.branches == born[: len(self.branches)]

    # -- expressions --------------------------------------------------------------------------

    def value(self, node: Node | None, frame: Frame) -> Value:
        """What an expression stands for."""
        if node is None:
            return NOTHING
        self.step()
        evaluate = EXPRESSIONS.get(node.type)
        if evaluate is None or self._depth >= MAX_DEPTH:
            return UNKNOWN
        self._depth += 1
        try:
            return evaluate(self, node, frame)
        finally:
            self._depth -= 1

    def execute(self, node: Node, frame: Frame, returned: list[Value]) -> Left:
        """Runs a statement or block; adds what it returns to `returned`."""
        self.step()
        perform = STATEMENTS.get(node.type)
        if perform is None or self._depth >= MAX_DEPTH:
            return Left.NOTHING
        self._depth += 1
        try:
            return perform(self, node, frame, returned)
        finally:
            self._depth -= 1

    def module(self, frame: Frame) -> Module:
        """The file that a frame belongs to."""
        return self.files.module(frame.script.path) or Module(frame)

    def key(self, node: Node, frame: Frame) -> str | None:
        """The name of a property, None where it is computed otherwise."""
        if node.type != "computed_property_name":
            return string_text(frame.script, node)
        computed = self.value(next(iter(children(node)), None), frame)
        return computed.value if isinstance(computed, Text) and computed.is_known else None

    def arguments(self, node: Node | None, frame: Frame) -> list[Value]:
        """The values that a call is given; anything for those of a list that is not known."""
        args, is_open = self.items([] if node is None else children(node), frame)
        return [*args, *[UNKNOWN] * MAX_PARAMETERS] if is_open else args

    def items(self, nodes: Sequence[Node], frame: Frame) -> tuple[list[Value], bool]:
        """The values of a list, and whether there may be more."""
        items: list[Value] = []
        for node in nodes:
            if node.type != "spread_element":
                items.append(self.value(node, frame))
                continue
            more = self.value(next(iter(children(node)), None), frame)
            if not isinstance(more, Array):
                return items, True
            self.step(len(more.items))
            items += more.items
            if more.is_open or len(items) > library.MAX_ITEMS:
                return items[: library.MAX_ITEMS], True
        return items, False

    def chosen(self, operator: str, left: Value, right: Node | None, frame: Frame) -> Value:
        """The left side of `&&`, `||` or `??`, or what the right one gives."""
        decided = truth(left)
        if operator == "??":
            decided = False if left is NOTHING else None if left is UNKNOWN or isinstance(left, Built) else True
        if decided is not None:
            return left if decided is (operator != "&&") else self.value(right, frame)
        with self.branch():
            return either(left, self.value(right, frame))

    def name(self, name: str, frame: Frame) -> Value:
        """What a name stands for; one that the program does not define is global."""
        holder = frame.find(name)
        if holder is None:
            return NOTHING if name == "undefined" else Named(name)
        return _loaded(holder.names, name)

    def member(self, owner: Value, name: str, place: Place) -> Value:
        """A property of a value."""
        match owner:
            case Object():
                return self._property(owner, name, place)
            case Class():
                return owner.static.get(name, UNKNOWN)
            case Module():
                return self._exported(owner, name)
            case Named() if len(owner.name) <= MAX_NAME:
                return _global(owner.name, name)
            case Built() if len(owner.name) <= MAX_NAME:
                return Built(f"{owner.name}.{name}", place, owner=owner)
            case Text() | Array():
                found = library.member(owner, name)
                return Method(owner, name) if found is None else found
        return UNKNOWN

    def _exported(self, module: Module, name: str) -> Value:
        pending, seen = [module], {id(module)}
        while pending:
            self.step()
            current = pending.pop()
            for names in (current.exports, current.frame.names):
                if name in names:
                    return _loaded(names, name)
            for load in current.stars:
                more = load()
                if isinstance(more, Module) and id(more) not in seen:
                    seen.add(id(more))
                    pending.append(more)
        return UNKNOWN

    def _property(self, owner: Object, name: str, place: Place) -> Value:
        found = owner.properties.get(name)
        if found is not None:
            return found.value
        if owner.cls is not None:
            own = calls.own_member(self, owner, owner.cls, name, place)
            if own is not None:
                return own
            return UNKNOWN if owner.base is None else Built(f"{owner.base.name}.{name}", place, owner=owner.base)
        return UNKNOWN if owner.is_open else NOTHING


def _loaded(names: dict[str, Value], name: str) -> Value:
    """A name's value; an imported one is kept once its file ran far enough to know it."""
    found = names[name]
    if not isinstance(found, Later):
        return found
    names[name] = UNKNOWN  # files may import each other's names in a circle
    value = found.load()
    names[name] = found if value is UNKNOWN else value
    return value


def _global(owner: str, name: str) -> Value:
    """A member of something of a library: `aws_cdk.aws_lambda` is `aws-lambda`."""
    if owner == "process.env":
        return UNKNOWN
    if owner == "core" and name[:1].islower():
        return Named(name.replace("_", "-"))
    return Named(f"{owner}.{name}")

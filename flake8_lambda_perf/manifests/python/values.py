"""What the expressions of a Python program stand for, as far as its text tells, each with the place that says so."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from dataclasses import field
from typing import TYPE_CHECKING

from flake8_lambda_perf.dataclass import dataclass

if TYPE_CHECKING:
    from flake8_lambda_perf.source import Lines

MOST_OPTIONS = 8
MOST_PARTS = 8
MOST_NAME = 300
MOST_ITEMS = 1_000


@dataclass(frozen=True, slots=True, eq=False)
class File:
    """A parsed file of the project."""

    path: str
    text: str
    tree: ast.Module
    lines: Lines


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """Where something stands."""

    file: File
    node: ast.expr | ast.stmt

    @property
    def position(self) -> tuple[int, int]:
        """Its line and column, both from 1, in characters."""
        return self.file.lines.position(self.file.lines.span(self.node).start)

    @property
    def text(self) -> str:
        """The source there."""
        span = self.file.lines.span(self.node)
        return self.file.text[span.start : span.end]

    def holds(self, other: Place) -> bool:
        """Whether `other` lies within."""
        if self.file is not other.file:
            return False
        outer, inner = self.node, other.node
        starts = (outer.lineno, outer.col_offset) <= (inner.lineno, inner.col_offset)
        return starts and _end(inner) <= _end(outer)


def _end(node: ast.expr | ast.stmt) -> tuple[int, int]:
    return node.end_lineno or 0, node.end_col_offset or 0


@dataclass(frozen=True, slots=True, eq=False)
class Unknown:
    """Anything: only running the program tells. `hint` is what is known of a text."""

    hint: str = ""


UNKNOWN = Unknown()


@dataclass(frozen=True, slots=True, eq=False)
class Plain:
    """A text, number or constant; `literal` if `place` is that constant, `parts` are what a text is composed of."""

    value: str | float | bool | None
    place: Place
    literal: bool = False
    is_path: bool = False
    parts: tuple[Place, ...] = ()

    @property
    def places(self) -> tuple[Place, ...]:
        """Every place it comes from."""
        return self.parts or (self.place,)


@dataclass(slots=True, eq=False)
class Items:
    """A list, tuple or set; `is_open` if it may hold more. `born` are the open branches it was made in."""

    items: list[Value]
    is_open: bool = False
    born: tuple[int, ...] = ()


@dataclass(slots=True, eq=False)
class Table:
    """A dictionary or the named arguments of a call, with the place of each value; `is_open` if it may hold more."""

    entries: dict[str | float | bool | None, Value] = field(default_factory=dict)
    places: dict[str | float | bool | None, Place] = field(default_factory=dict)
    is_open: bool = False
    born: tuple[int, ...] = ()

    def get(self, key: str) -> Value | None:
        """The value of a key, None where there is none."""
        return self.entries.get(key)

    def take(self, other: Value) -> None:
        """Adds what another one holds."""
        if not isinstance(other, Table):
            self.is_open = True
            for key in self.entries:
                self.entries[key] = UNKNOWN
            return
        self.entries.update(other.entries)
        self.places.update(other.places)
        self.is_open = self.is_open or other.is_open

    def copy(self) -> Table:
        """Another one with the same entries."""
        return Table(dict(self.entries), dict(self.places), self.is_open)


@dataclass(slots=True, eq=False)
class Outside:
    """Something of a library, by its dotted name: `aws_cdk.aws_lambda.Function`, and `...Function()` once called.

    `owner` is the result of a call that it was reached through, `args` and `named` are those of the call itself.
    """

    name: str
    place: Place
    owner: Outside | None = None
    args: list[Value] = field(default_factory=list)
    named: Table = field(default_factory=Table)

    @property
    def is_made(self) -> bool:
        """Whether it is the result of a call."""
        return self.name.endswith("()")

    def argument(self, name: str, position: int | None = None) -> Value | None:
        """An argument by its name or position, None where it is not given."""
        if position is not None and position < len(self.args):
            return self.args[position]
        found = self.named.get(name)
        return UNKNOWN if found is None and self.named.is_open else found


@dataclass(slots=True, eq=False)
class Frame:
    """The names of a module, or of one call of a function: `outer` is the text around it, `caller` who called it."""

    file: File
    names: dict[str, Value]
    outer: Frame | None = None
    function: Function | None = None
    caller: Frame | None = None
    site: Place | None = None
    returned: list[Value] = field(default_factory=list)


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """A function of the program; `bound` is its first argument, `cls` the class whose body holds it."""

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    frame: Frame
    cls: Class | None = None
    bound: Value | None = None


@dataclass(slots=True, eq=False)
class Class:
    """A class of the program."""

    node: ast.ClassDef
    frame: Frame
    bases: list[Value]
    members: dict[str, Value]


@dataclass(slots=True, eq=False)
class Instance:
    """An object of a class of the program; `base` is what its library's base class was constructed with."""

    cls: Class
    attributes: dict[str, Value]
    base: Outside | None = None
    born: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Module:
    """A module or package of the program: its names, and the folder of its submodules."""

    frame: Frame | None
    folder: str


@dataclass(frozen=True, slots=True, eq=False)
class Method:
    """A method of a text, list, dictionary or of the base class behind `super()`."""

    owner: Value
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Super:
    """What `super()` is: an object, looked at from above a class."""

    instance: Instance
    cls: Class


@dataclass(frozen=True, slots=True, eq=False)
class Later:
    """An imported name that nothing has asked for yet."""

    load: Callable[[], Value]


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """One of a few values: a branch decides that depends on more than the program's text."""

    options: tuple[Value, ...]


Value = (
    Unknown | Plain | Items | Table | Outside | Function | Class | Instance | Module | Method | Super | Later | Choice
)


def join(values: Iterable[Value]) -> Value:
    """What stands for any of the values."""
    found: list[Value] = []
    for value in values:
        for option in value.options if isinstance(value, Choice) else (value,):
            if not any(is_same(option, known) for known in found):
                found.append(option)
    if len(found) == 1:
        return found[0]
    return Choice(tuple(found)) if 0 < len(found) <= MOST_OPTIONS else UNKNOWN


def options(value: Value) -> tuple[Value, ...]:
    """The values one of which it is."""
    return value.options if isinstance(value, Choice) else (value,)


def is_same(one: Value, other: Value) -> bool:
    """Whether two values are known to be equal."""
    if isinstance(one, Plain) and isinstance(other, Plain):
        return type(one.value) is type(other.value) and one.value == other.value
    if isinstance(one, Outside) and isinstance(other, Outside) and not one.is_made:
        return one.name == other.name and one.owner is other.owner
    return one is other


def truth(value: Value) -> bool | None:
    """Whether a value counts as true; None where only running tells."""
    match value:
        case Plain():
            return bool(value.value)
        case Items():
            return True if value.items else None if value.is_open else False
        case Table():
            return True if value.entries else None if value.is_open else False
        case Instance() | Function() | Class():
            return True
        case Outside() if is_object(value):
            return True
        case Choice():
            found = {truth(option) for option in value.options}
            return found.pop() if len(found) == 1 else None
    return None


def is_object(value: Outside) -> bool:
    """Whether it is an instance of a library's class, by the name of what was called: `Vpc()`, `Vpc.from_lookup()`."""
    last = value.name.rpartition(".")[2]
    return value.is_made and (last[:1].isupper() or last.startswith("from_"))


def composed(text: str, place: Place, parts: Iterable[Value], *, is_path: bool = False) -> Plain:
    """A text put together from others."""
    places = [found for part in parts if isinstance(part, Plain) for found in part.places]
    return Plain(text, place, is_path=is_path, parts=tuple(places[:MOST_PARTS]) or (place,))


def size(value: Value) -> int:
    """How much there is to look through: the items of a list or dictionary, a long text."""
    match value:
        case Items():
            return len(value.items)
        case Table():
            return len(value.entries)
        case Plain(value=str(text)):
            return len(text) // 100
    return 0


def shortened(name: str) -> str:
    """A dotted name, without what makes it too long to mean anything."""
    return name if len(name) <= MOST_NAME else "?()"


def text_of(value: Value | None) -> str | None:
    """The text that a value is, None where it is something else or not known."""
    return value.value if isinstance(value, Plain) and isinstance(value.value, str) else None

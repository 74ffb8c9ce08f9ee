"""What the expressions of a TypeScript program stand for, as far as its text tells."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import field
from enum import IntEnum
from typing import TYPE_CHECKING

from flake8_lambda_perf.dataclass import dataclass
from flake8_lambda_perf.manifests.typescript.nodes import Place, Script

if TYPE_CHECKING:
    from tree_sitter import Node

HOLE = "\x01"
"""Stands in a text for what is not known."""

MAX_TEXT = 2_000

SIZE_OF_STEP = 20
"""Values that are copied in the time that a step takes."""


@dataclass(frozen=True, slots=True, eq=False)
class Unknown:
    """Anything: only running the program tells."""


@dataclass(frozen=True, slots=True, eq=False)
class Nothing:
    """`undefined` and `null`."""


UNKNOWN = Unknown()
NOTHING = Nothing()


@dataclass(frozen=True, slots=True, eq=False)
class Text:
    """A text, in which HOLE stands for what is not known, and the literal that makes it differ from others."""

    value: str
    place: Place

    @property
    def is_known(self) -> bool:
        """Whether every character is known."""
        return HOLE not in self.value


@dataclass(frozen=True, slots=True, eq=False)
class Number:
    """A number."""

    value: float


@dataclass(frozen=True, slots=True, eq=False)
class Flag:
    """`true` or `false`."""

    value: bool


class Left(IntEnum):
    """What running a statement surely leaves: nothing, the round of a loop, the function."""

    NOTHING = 0
    ROUND = 1
    FUNCTION = 2


Branches = tuple[int, ...]
"""The branches that may not run, in which something is made or changed."""


@dataclass(frozen=True, slots=True, eq=False)
class Pattern:
    """A regular expression, and whether it is replaced everywhere."""

    source: str
    is_global: bool


@dataclass(slots=True, eq=False)
class Array:
    """A list; `is_open` if it may hold more. `born` are the branches it was made in."""

    items: list[Value]
    is_open: bool = False
    born: Branches = ()


@dataclass(frozen=True, slots=True, eq=False)
class Property:
    """A value, and where the object states it."""

    value: Value
    place: Place


@dataclass(slots=True, eq=False)
class Object:
    """An object: of no class, or an instance of one; `base` is what its library's base class was constructed with."""

    properties: dict[str, Property] = field(default_factory=dict)
    is_open: bool = False
    born: Branches = ()
    cls: Class | None = None
    base: Built | None = None

    def get(self, name: str) -> Value:
        """The value of a property."""
        found = self.properties.get(name)
        if found is not None:
            return found.value
        return UNKNOWN if self.is_open else NOTHING


@dataclass(frozen=True, slots=True, eq=False)
class Named:
    """Something of a library, by its dotted name: `aws-lambda.Runtime.PYTHON_3_13`."""

    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Built:
    """The result of a call of something of a library, or a member of such a result, whose `owner` that is then.

    `name` is `aws-lambda.Function` for `new lambda.Function(...)`, and `aws-lambda.Function.addAlias` for its method.
    """

    name: str
    place: Place
    args: tuple[Value, ...] = ()
    owner: Built | None = None

    def argument(self, index: int) -> Value:
        """An argument by its position."""
        return self.args[index] if index < len(self.args) else NOTHING


@dataclass(slots=True, eq=False)
class Frame:
    """The names of a block, of a call of a function, of a module; `outer` is the text around it."""

    script: Script
    outer: Frame | None = None
    names: dict[str, Value] = field(default_factory=dict)
    this: Value = UNKNOWN
    cls: Class | None = None
    born: Branches = ()

    def find(self, name: str) -> Frame | None:
        """The frame that holds a name."""
        frame: Frame | None = self
        while frame is not None and name not in frame.names:
            frame = frame.outer
        return frame


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """A function of the program; `this` is the object it is a method of."""

    node: Node
    frame: Frame
    this: Value | None = None
    cls: Class | None = None

    @property
    def key(self) -> tuple[str, int]:
        """What tells it from all other functions."""
        return self.frame.script.path, self.node.start_byte


@dataclass(frozen=True, slots=True, eq=False)
class Class:
    """A class of the program, its members by their names."""

    node: Node
    frame: Frame
    base: Value
    members: dict[str, Node]
    static: dict[str, Value]

    @property
    def place(self) -> Place:
        """Where it is declared."""
        return Place(self.frame.script, self.node)


@dataclass(frozen=True, slots=True, eq=False)
class Method:
    """A method of a text, list or plain object."""

    owner: Value
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Module:
    """A file of the program: its names, those that it exports otherwise, and the files of which it exports all."""

    frame: Frame
    exports: dict[str, Value] = field(default_factory=dict)
    stars: list[Callable[[], Value]] = field(default_factory=list)


@dataclass(frozen=True, slots=True, eq=False)
class Later:
    """An imported name that nothing has asked for yet."""

    load: Callable[[], Value]


Value = (
    Unknown | Nothing | Text | Number | Flag | Pattern | Array | Object | Named | Built | Function | Class | Method
    | Module | Later
)  # fmt: skip  # one name a line would take a screen


def composed(value: str, place: Place, parts: Iterable[Value]) -> Text:
    """A text put together from others: where the last of them comes from tells it from its likes."""
    if len(value) > MAX_TEXT:
        return Text(HOLE, place)
    places = [part.place for part in parts if isinstance(part, Text)]
    return Text(value, places[-1] if places else place)


def written(value: Value) -> str:
    """A value as a part of a text."""
    match value:
        case Text():
            return value.value if len(value.value) <= MAX_TEXT else HOLE
        case Number():
            return f"{value.value:g}"
        case Flag():
            return "true" if value.value else "false"
    return HOLE


def truth(value: Value) -> bool | None:
    """Whether a value counts as true; None where only running tells."""
    match value:
        case Nothing():
            return False
        case Text() if value.is_known or value.value.strip(HOLE):
            return bool(value.value)
        case Number() | Flag():
            return bool(value.value)
        case Array() | Object() | Function() | Class() | Module():
            return True
        case Built() if is_object(value):
            return True
    return None


def is_object(value: Built) -> bool:
    """Whether it is an instance of a library's class, by the name of what was called: `Vpc`, `Vpc.fromLookup`."""
    last = value.name.rpartition(".")[2]
    return value.owner is None and (last[:1].isupper() or last.startswith("from"))


def is_same(one: Value, other: Value) -> bool | None:
    """Whether two values are equal; None where only running tells."""
    match one, other:
        case (Text(), Text()):
            return one.value == other.value if one.is_known and other.is_known else None
        case (Number() | Flag(), Number() | Flag()):
            return one.value == other.value
        case (Nothing(), Nothing()):
            return True
        case (Named(), Named()):
            return True if one.name == other.name else None
    if one is other and not isinstance(one, Unknown):
        return True
    plain = (Nothing, Text, Number, Flag, Array, Object)
    return False if isinstance(one, plain) and isinstance(other, plain) and type(one) is not type(other) else None


def either(one: Value, other: Value) -> Value:
    """What stands for one of two values."""
    return one if is_same(one, other) else UNKNOWN


def combined(operator: str, left: Value, right: Value, place: Place) -> Value:
    """What an operator makes of two values."""
    if operator in ("==", "===", "!=", "!=="):
        same = is_same(left, right)
        return UNKNOWN if same is None else Flag(same == operator.startswith("="))
    if operator == "+" and (isinstance(left, Text) or isinstance(right, Text)):
        return composed(written(left) + written(right), place, (left, right))
    if not isinstance(left, Number) or not isinstance(right, Number):
        return UNKNOWN
    match operator:
        case "+":
            return Number(left.value + right.value)
        case "-":
            return Number(left.value - right.value)
        case "*":
            return Number(left.value * right.value)
        case "/" if right.value:
            return Number(left.value / right.value)
        case "<" | ">" | "<=" | ">=":
            is_equal = left.value == right.value and operator.endswith("=")
            return Flag(is_equal or (left.value < right.value if operator[0] == "<" else left.value > right.value))
    return UNKNOWN

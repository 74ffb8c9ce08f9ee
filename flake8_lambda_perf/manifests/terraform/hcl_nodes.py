"""What HCL consists of: bodies, blocks and expressions, each with its place."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Protocol

from flake8_lambda_perf.dataclass import dataclass


class Spot(Protocol):
    """Where a node stands: line and column from 1, both and the offset in characters, and the text as written there."""

    @property
    def path(self) -> str: ...
    @property
    def line(self) -> int: ...
    @property
    def column(self) -> int: ...
    @property
    def offset(self) -> int: ...
    @property
    def text(self) -> str: ...


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """What every expression has: its place."""

    spot: Spot


@dataclass(frozen=True, slots=True, eq=False)
class Literal(Node):
    """A string without interpolation, a number, a boolean or null."""

    value: str | int | float | bool | None


@dataclass(frozen=True, slots=True, eq=False)
class Template(Node):
    """A string of literal and computed parts."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Array(Node):
    """A list as written."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Object(Node):
    """An object as written; its keys are expressions too."""

    entries: tuple[tuple[Node, Node], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Reference(Node):
    """A name, call or bracket and what is taken out of it: `.attribute` as text, `[index]` as an expression.

    A splat (`[*]`) is the step None.
    """

    base: str | Node
    steps: tuple[str | Node | None, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Call(Node):
    """A function call; `spread` where the last argument ends in `...`."""

    name: str
    arguments: tuple[Node, ...]
    spread: bool


@dataclass(frozen=True, slots=True, eq=False)
class Operation(Node):
    """An operator and its one or two operands."""

    operator: str
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Conditional(Node):
    """`test ? yes : no`."""

    test: Node
    yes: Node
    no: Node


@dataclass(frozen=True, slots=True, eq=False)
class Comprehension(Node):
    """`[for ...]`, or `{for ...}` where it has a key; `names` are one or two."""

    names: tuple[str, ...]
    collection: Node
    key: Node | None
    result: Node
    condition: Node | None


@dataclass(slots=True, eq=False)
class Block:
    """`type "label" "label" { body }`."""

    type: str
    labels: tuple[str, ...]
    body: Body
    spot: Spot


class Body(ABC):
    """Attributes and blocks between braces; an attribute's expression is read when it is asked for."""

    @abstractmethod
    def get(self, name: str) -> Node | None:
        """The expression of an attribute, None where it is missing."""

    @abstractmethod
    def names(self) -> tuple[str, ...]:
        """The names of its attributes."""

    @abstractmethod
    def blocks(self, kind: str = "") -> tuple[Block, ...]:
        """Its blocks, or those of one type."""

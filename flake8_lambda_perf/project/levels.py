"""How freely a value may move, and what is known of names outside the project."""

from __future__ import annotations

from enum import IntEnum
from functools import cache
from typing import TYPE_CHECKING

from flake8_lambda_perf.dataclass import dataclass
from flake8_lambda_perf.knowledge import idioms

if TYPE_CHECKING:
    from flake8_lambda_perf.project.facts import Function


class Level(IntEnum):
    """How freely a value may move; a value is as bound as the most bound thing it is made of."""

    CONSTANT = 0
    ENVIRONMENT = 1
    STORE = 2
    REQUEST = 3
    UNKNOWN = 4


@dataclass(frozen=True, slots=True)
class Dep:
    """A level, joined with that of the parameters in `refs`; `looped` if it changes from item to item of a loop.

    `lasting` are parameters of any call so far: what one call leaves behind is found by the next.
    """

    level: Level = Level.CONSTANT
    refs: frozenset[tuple[Function, str]] = frozenset()
    looped: bool = False
    lasting: frozenset[tuple[Function, str]] = frozenset()

    def join(self, other: Dep) -> Dep:
        """Gives what depends on both."""
        if other is NONE:
            return self
        if self is NONE:
            return other
        looped = self.looped or other.looped
        return Dep(max(self.level, other.level), self.refs | other.refs, looped, self.lasting | other.lasting)

    def kept(self) -> Dep:
        """Gives what depends on this where it is left behind for later calls."""
        if not self.refs:
            return self
        return Dep(max(self.level, Level.STORE), frozenset(), self.looped, self.lasting | self.refs)


NONE = Dep()
ENVIRONMENT = Dep(Level.ENVIRONMENT)
STORE = Dep(Level.STORE)
REQUEST = Dep(Level.REQUEST)
UNKNOWN = Dep(Level.UNKNOWN)


@cache
def external(name: str) -> Dep | None:
    """Tells what a name outside the project depends on, where that is known: request, environment, a moving value."""
    known = idioms()
    head = name
    while head:
        if head in known.request_locals or head in known.varying:
            return REQUEST
        if head in known.environment:
            return ENVIRONMENT
        head = head.removesuffix("()") if head.endswith("()") else head.rpartition(".")[0]
    last = name.rpartition(".")[2].removesuffix("()")
    return REQUEST if last in known.credentials else None

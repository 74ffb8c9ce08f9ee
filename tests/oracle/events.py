"""Events that answer every question a program asks of them, and differ from request to request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Mood:
    """How the values of an event answer: what literal they equal, and true or false when tested."""

    literal: str | None = None
    truth: bool = True
    flips: bool = False

    def answer(self) -> bool:
        """Whether a value is true, now that it is tested."""
        TESTS[0] += 1
        return self.truth is not (self.flips and TESTS[0] % 2 == 0)


TESTS = [0]
"""How often values were tested in this request."""


class Field(str):  # noqa: SLOT000 - a subclass of str cannot have slots with values of its own
    """A value of an event: text that can be indexed, iterated, tested, and compared with numbers.

    It equals the literal of its mood, so that branches and tables of a program are reached, but
    reads as itself: what is made from it differs from request to request.
    """

    salt: str
    mood: Mood

    def __new__(cls, name: str, salt: str, mood: Mood) -> Self:
        field = super().__new__(cls, f"{name}-{salt}")
        field.salt = salt
        field.mood = mood
        return field

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, str):
            return Field(key, self.salt, self.mood)
        return super().__getitem__(key)

    def __iter__(self) -> Iterator[str]:
        return iter([Field(f"{index}", self.salt, self.mood) for index in range(2)])

    def __bool__(self) -> bool:
        return self.mood.answer()

    def get(self, key: str, default: Any = None) -> Any:
        return Field(key, self.salt, self.mood) if self.mood.truth else default

    def __eq__(self, other: object) -> bool:
        if isinstance(other, str) and not isinstance(other, Field) and self.mood.literal is not None:
            return str.__eq__(other, self.mood.literal)
        return str.__eq__(self, other) if isinstance(other, str) else False

    def __lt__(self, other: object) -> bool:
        return str.__lt__(self, other) if isinstance(other, str) else self.mood.answer()

    def __le__(self, other: object) -> bool:
        return str.__le__(self, other) if isinstance(other, str) else self.mood.answer()

    def __gt__(self, other: object) -> bool:
        return str.__gt__(self, other) if isinstance(other, str) else self.mood.answer()

    def __ge__(self, other: object) -> bool:
        return str.__ge__(self, other) if isinstance(other, str) else self.mood.answer()

    def __hash__(self) -> int:
        return str.__hash__(self) if self.mood.literal is None else hash(self.mood.literal)


class Event(dict[str, Any]):
    """An event in which every key is present (or none, when its mood is false)."""

    def __init__(self, salt: str, mood: Mood) -> None:
        super().__init__()
        self.salt = salt
        self.mood = mood

    def __missing__(self, key: str) -> Field:
        return Field(str(key), self.salt, self.mood)

    def __contains__(self, key: object) -> bool:
        return super().__contains__(key) or self.mood.truth

    def get(self, key: str, default: Any = None) -> Any:
        if super().__contains__(key):
            return super().__getitem__(key)
        return self[key] if self.mood.truth else default

    def __len__(self) -> int:
        return super().__len__() or int(self.mood.truth)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Field(name, self.salt, self.mood)

    def __repr__(self) -> str:
        return f"Event({self.salt}, {dict.__repr__(self)})"

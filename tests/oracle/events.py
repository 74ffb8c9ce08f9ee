"""Events that answer every question a program asks of them, and differ from request to request."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Mood:
    """How the values of an event answer: one literal for all, and true or false when tested."""

    literal: str | None = None
    truth: bool = True


class Field(str):  # noqa: SLOT000 - a subclass of str cannot have slots with values of its own
    """A value of an event: text that can be indexed, iterated and tested."""

    salt: str
    mood: Mood

    def __new__(cls, name: str, salt: str, mood: Mood) -> Self:
        text = mood.literal if mood.literal is not None else f"{name}-{salt}"
        field = super().__new__(cls, text)
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
        return self.mood.truth

    def get(self, key: str, default: Any = None) -> Any:
        return Field(key, self.salt, self.mood) if self.mood.truth else default

    def __eq__(self, other: object) -> bool:
        return str.__eq__(self, other) if isinstance(other, str) else False

    __hash__ = str.__hash__


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

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Field(name, self.salt, self.mood)

    def __repr__(self) -> str:
        return f"Event({self.salt}, {dict.__repr__(self)})"

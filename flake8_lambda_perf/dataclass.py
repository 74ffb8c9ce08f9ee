"""Data classes that are made in a quarter of the time: nearly every module has some, and a start makes a hundred.

The standard library writes, compiles and runs the text of up to six functions for each class. Those that refuse changes
of frozen objects are left to type checkers here, and those that show, compare and hash an object are the same for all.
"""

from __future__ import annotations

import dataclasses
from operator import attrgetter
from typing import TYPE_CHECKING

__all__ = ["dataclass"]

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(*, frozen: bool = False, eq: bool = True, order: bool = False, slots: bool = False) -> object:
        """Does what the decorator of the standard library does, but that objects of frozen classes can be changed."""

        def decorate(cls: type) -> type:
            made = dataclasses.dataclass(cls, repr=False, eq=order, order=order, slots=slots)
            if "__repr__" not in vars(made):
                made.__repr__ = _shown
            if eq:
                _compare(made, hashed=frozen)
            return made

        return decorate

    def _compare(cls: type, *, hashed: bool) -> None:
        """Makes objects of a class equal where their fields are, and gives them the hash of these."""
        names = [field.name for field in dataclasses.fields(cls) if field.compare]
        values = attrgetter(*names) if names else type  # without fields, all objects of a class are equal

        def equal(self: object, other: object) -> bool:
            return values(self) == values(other) if type(other) is type(self) else NotImplemented

        cls.__eq__ = equal
        cls.__hash__ = (lambda self: hash(values(self))) if hashed else None

    def _shown(self: object) -> str:
        fields = (f"{field.name}={getattr(self, field.name)!r}" for field in dataclasses.fields(self) if field.repr)
        return f"{type(self).__qualname__}({', '.join(fields)})"

"""Data classes that are made in half the time: nearly every module has some, and making them is a third of a start.

The standard library writes, compiles and runs the text of up to six functions for each class. Those that refuse changes
of frozen objects are left to type checkers here, and the one that shows an object for debugging is the same for all.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

__all__ = ["dataclass"]

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(*, frozen: bool = False, eq: bool = True, order: bool = False, slots: bool = False) -> object:
        """Does what the decorator of the standard library does, but that objects of frozen classes can be changed."""

        def decorate(cls: type) -> type:
            cls = dataclasses.dataclass(cls, repr=False, eq=eq, order=order, unsafe_hash=frozen and eq, slots=slots)
            if "__repr__" not in vars(cls):
                cls.__repr__ = _shown
            return cls

        return decorate

    def _shown(self: object) -> str:
        fields = (f"{field.name}={getattr(self, field.name)!r}" for field in dataclasses.fields(self) if field.repr)
        return f"{type(self).__qualname__}({', '.join(fields)})"

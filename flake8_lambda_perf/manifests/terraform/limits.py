"""How far and how long values are followed: past a limit, or back where they began, is an error with its place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from flake8_lambda_perf.manifests.deployed import LocatedError

if TYPE_CHECKING:
    from flake8_lambda_perf.manifests.terraform.hcl_nodes import Spot
    from flake8_lambda_perf.manifests.terraform.scopes import Scope

MAX_LEVELS = 80
MAX_STEPS = 150_000
MAX_SCOPES = 500


class Limits:
    """The chain that is followed, and what was counted; past a limit for all, the error is always the first."""

    def __init__(self) -> None:
        self._active: dict[tuple[Scope, str], None] = {}
        self._levels = 0
        self._steps = 0
        self._scopes = 0
        self._endless: LocatedError | None = None
        self._too_many: LocatedError | None = None

    @contextmanager
    def following(self, key: tuple[Scope, str], spot: Spot) -> Iterator[None]:
        """Goes to what a name means; raises LocatedError where that is already on the way."""
        if key in self._active:
            names = [name for _, name in self._active]
            chain = " -> ".join([*names[names.index(key[1]) :], key[1]])
            raise _error(f"values refer to themselves: {chain}; break the circle", spot)
        self._active[key] = None
        try:
            with self.deeper(spot):
                yield
        finally:
            del self._active[key]

    @contextmanager
    def deeper(self, spot: Spot) -> Iterator[None]:
        """Goes one level further."""
        if self._levels >= MAX_LEVELS:
            message = f"values refer to one another more than {MAX_LEVELS} times in a row; shorten the chain"
            raise _error(message, spot)
        self._levels += 1
        try:
            yield
        finally:
            self._levels -= 1

    def count(self, spot: Spot, steps: int = 1) -> None:
        """Counts what is looked at."""
        self._steps += steps
        if self._steps > MAX_STEPS:
            message = "expressions expand without end; write the values out or exclude the file"
            self._endless = self._endless or _error(message, spot)
            raise self._endless

    def count_scope(self, spot: Spot) -> None:
        """Counts the instances of modules."""
        self._scopes += 1
        if self._scopes > MAX_SCOPES:
            message = f"calls modules more than {MAX_SCOPES} times; split the project or exclude the file"
            self._too_many = self._too_many or _error(message, spot)
            raise self._too_many


def _error(message: str, spot: Spot) -> LocatedError:
    return LocatedError(message, spot.path, spot.line)

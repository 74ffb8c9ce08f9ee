"""What a manifest states of one function, fact by fact."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flake8_lambda_perf.model import Said


class Facts:
    """The facts of one function; the first that states something counts."""

    def __init__(self, said: Iterable[Said]) -> None:
        self.said = tuple(said)

    def word(self, name: str) -> str | None:
        """A fact that is a word; None where it is left out or computed."""
        value = next((fact.value for fact in self.said if fact.name == name), None)
        return value if isinstance(value, str) else None

    def number(self, name: str) -> int | None:
        """A fact that is a whole number; None where it is left out or computed."""
        value = next((fact.value for fact in self.said if fact.name == name), None)
        return value if isinstance(value, int) else None

    def flag(self, name: str) -> bool | None:
        """Whether a setting is on, wherever it is stated; None where only the deployment knows."""
        values = [fact.value for fact in self.said if fact.name == name]
        if True in values:
            return True
        return None if None in values else False

"""One line of the report: a figure, the gate beside it, and whether it holds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """A measured figure. `gate` is the most it may be, None where it is only shown."""

    name: str
    figure: float
    unit: str
    gate: float | None
    note: str

    @property
    def missed(self) -> bool:
        return self.gate is not None and self.figure > self.gate

    def render(self) -> str:
        verdict = "" if self.gate is None else ("MISSED" if self.missed else "ok")
        gate = "" if self.gate is None else f"<= {self.gate:g}{self.unit}"
        return f"{self.name:44} {self.figure:9.3f}{self.unit:3} {gate:10} {verdict:7} {self.note}"


class Failure(str):
    """Says that a figure could not be measured; it counts as a gate missed."""

    __slots__ = ()


def header() -> str:
    return f"{'figure':44} {'measured':>9}{'':3} {'gate':10} {'':7} median CPU seconds, runs and spread"

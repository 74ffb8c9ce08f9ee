"""Turns a Run into text: one module a format, imported when it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from flake8_lambda_perf.model import Run

FORMATS = ("full", "concise", "json", "github", "sarif")
TEXT_FORMATS = frozenset({"full", "concise"})
FORMATS_WITH_FIXES = frozenset({"json", "sarif"})


class Format(Protocol):
    """What each module of this package offers."""

    def render(self, run: Run, colour: bool) -> str: ...


def render(run: Run, name: str, colour: bool = False) -> str:
    """The whole report, ending in a newline where it is not empty."""
    module = cast("Format", import_module(f"flake8_lambda_perf.report.{name}"))
    return module.render(run, colour)

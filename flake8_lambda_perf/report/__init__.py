"""Turns a Run into text: one module a format, imported when it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from flake8_lambda_perf.report.ansi import plain

if TYPE_CHECKING:
    from flake8_lambda_perf.model import Run
    from flake8_lambda_perf.report.ansi import Paint

FORMATS = ("full", "concise", "json", "github", "sarif")
TEXT_FORMATS = frozenset({"full", "concise"})
FORMATS_WITH_FIXES = frozenset({"json", "sarif"})


class Format(Protocol):
    """What each module of this package offers."""

    def render(self, run: Run, paint: Paint, /) -> str: ...


def render(run: Run, name: str, paint: Paint = plain) -> str:
    """The whole report, ending in a newline where it is not empty."""
    module = cast("Format", import_module(f"flake8_lambda_perf.report.{name}"))
    return module.render(run, paint)

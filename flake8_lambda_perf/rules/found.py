"""How every kind of rule turns what it found into a finding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_lambda_perf.dataclass import dataclass
from flake8_lambda_perf.model import Finding, Fix, Handler, Span, Step

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol

    from flake8_lambda_perf.source import Lines

    class Named(Protocol):
        """A rule as reports name it."""

        @property
        def code(self) -> str: ...
        @property
        def name(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Evidence:
    """The handler and the steps that lead from it to a line, the line's own step last.

    `note` says what a measured cost means for the handler's function.
    """

    handler: Handler | None
    steps: tuple[Step, ...]
    note: str = ""

    @property
    def handler_name(self) -> str:
        """The handler as messages name it."""
        return self.handler.name if self.handler is not None else ""


def no_fix() -> Fix | None:
    """Plans nothing: what a rule without a fix reports with."""
    return None


def finding_at(
    rule: Named,
    message: str,
    path: str,
    lines: Lines,
    span: Span,
    evidence: Evidence,
    plan: Callable[[], Fix | None],
) -> Finding:
    """Makes the finding of a rule at some characters of a file, and plans its fix."""
    line, column = lines.position(span.start)
    end_line, end_column = lines.position(span.end)
    fix = plan()
    return Finding(
        rule.code,
        rule.name,
        message,
        path,
        span,
        line,
        column,
        end_line,
        end_column,
        evidence.steps,
        evidence.handler,
        fix.safety if fix is not None else None,
        fix,
        evidence.note,
    )

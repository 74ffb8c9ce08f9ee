"""What every rule is: a LibCST visitor that asks the view and reports nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import libcst as cst

from flake8_lambda_perf.dataclass import dataclass
from flake8_lambda_perf.rules.found import no_fix

if TYPE_CHECKING:
    from collections.abc import Callable

    from flake8_lambda_perf.model import Fix
    from flake8_lambda_perf.rules.found import Evidence
    from flake8_lambda_perf.rules.view import ModuleView


@dataclass(frozen=True, slots=True)
class Report:
    """A node that a rule found, what proves it, what it has to say about it, and how its fix is planned."""

    node: cst.CSTNode
    message: str
    evidence: Evidence
    plan: Callable[[], Fix | None] = no_fix


class Rule(cst.BatchableCSTVisitor):
    """A pattern that is slow in a function. Its docstring is its documentation and its first test.

    Hooks return None: a rule cannot keep other rules, or itself, from seeing a part of the tree.
    """

    code: ClassVar[str]
    name: ClassVar[str]
    default: ClassVar[bool] = True
    message: ClassVar[str]
    triggers: ClassVar[tuple[str, ...]]
    """Words of which a file, or a file its handler reaches, must hold one to be looked at."""

    def __init__(self, view: ModuleView) -> None:
        super().__init__()
        self.view = view
        self.reports: list[Report] = []

    def report(
        self,
        node: cst.CSTNode,
        evidence: Evidence,
        plan: Callable[[], Fix | None] = no_fix,
        message: str | None = None,
        **names: str,
    ) -> None:
        """Reports a node; the names fill the rule's message, or another where that would mislead."""
        self.reports.append(Report(node, (message or self.message).format(**names), evidence, plan))

"""The engine as it would be without its filter: plain LibCST over whole modules, with the same rules.

What the filtered engine finds must be exactly what this one finds; it takes fifty times as long.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst
import pytest

from flake8_lambda_perf import engine
from flake8_lambda_perf.discover import is_test
from flake8_lambda_perf.job import Sources
from flake8_lambda_perf.project import sketch
from flake8_lambda_perf.project.changes import EVERYWHERE, Changes
from flake8_lambda_perf.project.closure import Closure
from flake8_lambda_perf.project.relevance import Relevance
from flake8_lambda_perf.rules.view import ModuleView
from flake8_lambda_perf.syntax import tree

if TYPE_CHECKING:
    import ast
    from collections.abc import Sequence

    from flake8_lambda_perf.model import Finding
    from flake8_lambda_perf.project.facts import Module
    from flake8_lambda_perf.rules.base import Report, Rule
    from flake8_lambda_perf.source import Lines


class Whole(engine._Checked):  # it is the engine but for the two methods
    """One look at a project, at every statement of its deployed modules."""

    def _statements(self) -> dict[str, list[ast.stmt]]:
        paths = self.analysis.deployed | self.analysis.graph.modules.keys()
        return {path: [] for path in paths if not is_test(path)}

    def _reports(
        self, module: Module, statements: Sequence[ast.stmt], classes: Sequence[type[Rule]], lines: Lines
    ) -> list[tuple[Rule, Report, ModuleView]]:
        assert list(statements) == []
        root = tree.parse_module(module.text)
        view = ModuleView(self.suspects, module, lines, tree.pair(root, module.tree))
        rules = [rule(view) for rule in classes]
        cst.visit_batched(root, rules)
        return [(rule, report, view) for rule in rules for report in rule.reports]


def both(job: engine.Job) -> tuple[list[Finding], list[Finding]]:
    """What the engine finds, and what it would find if it looked into every file, function and call."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sketch, "FEWEST_LINES", 1)  # short programs, too, are read without what seems not to matter
        filtered = engine._Checked(job, Sources(job))
        left = filtered.findings()
    with pytest.MonkeyPatch.context() as patch:
        for name in ("matters", "means_something", "concerns", "leads_on"):
            patch.setattr(Relevance, name, lambda *_: True)
        patch.setattr(Closure, "_acts", lambda *_: True)
        patch.setattr(Changes, "meeting", lambda *_: EVERYWHERE)
        whole = Whole(job, Sources(job))
        right = whole.findings()
    assert filtered.failed == whole.failed == []
    return left, right

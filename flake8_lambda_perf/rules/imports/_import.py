"""What the rules about imports in functions share: they differ in which imports they are about."""

from __future__ import annotations

import ast
from functools import partial
from typing import TYPE_CHECKING

from flake8_lambda_perf.fixes import imports
from flake8_lambda_perf.project.loads import is_standard
from flake8_lambda_perf.rules.base import Rule
from flake8_lambda_perf.rules.memory import costing

if TYPE_CHECKING:
    import libcst as cst


class ImportRule(Rule):
    """A rule that reports the imports in functions which are judged to be its own."""

    def visit_Import(self, node: cst.Import) -> None:
        """Looks at `import x`."""
        self._look_at(node)

    def visit_ImportFrom(self, node: cst.ImportFrom) -> None:
        """Looks at `from x import y`."""
        self._look_at(node)

    def _look_at(self, node: cst.Import | cst.ImportFrom) -> None:
        site = self.view.import_site(node)
        verdict = self.view.suspects.imports.judge(site) if site is not None else None
        if site is None or verdict is None or verdict.code != self.code:
            return
        line, statement = site.node.lineno, ast.unparse(site.node)
        if verdict.proof is not None:
            evidence = self.view.evidence(verdict.proof, line, f"`{statement}` is executed")
        else:
            evidence = self.view.load_evidence(line, f"`{statement}` stands in a function")
        plan = partial(imports.move, self.view.suspects.imports, site)
        names = [site.node.module or ""] if isinstance(site.node, ast.ImportFrom) else [a.name for a in site.node.names]
        if not all(map(is_standard, names)):  # the runtime's own start has loaded much of the standard library
            cost = partial(self.view.suspects.imports.added_cost, site)
            evidence = costing(evidence, cost, "the first request that gets there")
        self.report(node, evidence, plan, statement=statement, handler=evidence.handler_name)

"""What the rules about snapshots share."""

from __future__ import annotations

import ast
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from flake8_lambda_perf.fixes import restore
from flake8_lambda_perf.rules.base import Rule

if TYPE_CHECKING:
    import libcst as cst


class CapturedRule(Rule):
    """A call whose result a snapshot keeps; `kind` is one of `knowledge/snapshots.toml`."""

    kind: ClassVar[str]

    def visit_Call(self, node: cst.Call) -> None:
        """Looks at every call."""
        captured = self.view.captured_at(node)
        if captured is None or captured.kind != self.kind:
            return
        evidence = self.view.captured_evidence(captured)
        plan = partial(restore.plan, self.view.analysis, captured)
        factory = ast.unparse(captured.site.node.func)
        self.report(node, evidence, plan, factory=factory, handler=evidence.handler_name)

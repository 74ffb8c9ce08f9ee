"""What the rules about snapshots share."""

from __future__ import annotations

import ast
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from flake8_lambda_perf.fixes import defaults, restore
from flake8_lambda_perf.rules.base import Rule

if TYPE_CHECKING:
    import libcst as cst

    from flake8_lambda_perf.model import Fix
    from flake8_lambda_perf.project.snapshots import Captured


class CapturedRule(Rule):
    """A call whose result a snapshot keeps; `kind` is one of `knowledge/snapshots.toml`."""

    kind: ClassVar[str]
    frozen: ClassVar[str | None] = None
    """The message for a default that is computed at import, which is wrong without a snapshot too."""

    def visit_Call(self, node: cst.Call) -> None:
        """Looks at every call."""
        captured = self.view.captured_at(node)
        if captured is None or captured.kind != self.kind:
            return
        evidence = self.view.captured_evidence(captured)
        plan = partial(self._plan, captured)
        factory = ast.unparse(captured.site.node.func)
        message = self.message if captured.restored else self.frozen
        self.report(node, evidence, plan, message, factory=factory, handler=evidence.handler_name)

    def _plan(self, captured: Captured) -> Fix | None:
        """Plans a hook that renews the value, or a default that is computed when it is needed."""
        analysis, keeping = self.view.analysis, self.view.suspects.snapshots.keeping
        return restore.plan(analysis, captured) or defaults.plan(analysis, keeping, captured)

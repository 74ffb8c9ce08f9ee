"""What the rules about clients share: they differ in the clients they are about."""

from __future__ import annotations

import ast

import libcst as cst

from flake8_lambda_perf.rules.base import Rule, no_fix


class ClientRule(Rule):
    """A rule that reports the calls building its kind of client on every request."""

    def look_at(self, node: cst.Call) -> None:
        """Reports the call if it builds a client of this rule, and is not the receiver of a call that does."""
        build = self.view.build_at(node)
        if build is None or build.client.code != self.code:
            return
        call = build.site.node
        factory = ast.unparse(call.func)
        proof = build.proofs[0]
        evidence = self.view.evidence(proof, call.lineno, f"`{factory}(...)` is built")
        handler = evidence.handler.name if evidence.handler is not None else ""
        self.report(node, evidence, no_fix, factory=factory, handler=handler)

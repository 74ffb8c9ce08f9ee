"""What the rules about clients share: they differ in what they are about."""

from __future__ import annotations

import ast
from functools import partial
from typing import TYPE_CHECKING

from flake8_lambda_perf.fixes import hoist
from flake8_lambda_perf.rules.base import Rule

if TYPE_CHECKING:
    import libcst as cst

    from flake8_lambda_perf.project.analysis import Build

PER_REQUEST = "and pass with each request what it is given here"
"""What to do besides where the object is given values of a request after it is built."""


class ClientRule(Rule):
    """A rule that reports the calls building its kind of client on every request."""

    def look_at(self, node: cst.Call) -> None:
        """Reports the call if it builds a client of this rule, and is not the receiver of a call that does."""
        build = self.view.build_at(node)
        if build is not None and build.client.code == self.code and not self.view.is_receiver(node):
            self.report_build(node, build)

    def report_build(self, node: cst.Call, build: Build) -> None:
        """Reports a call with the path that leads to the build."""
        evidence = self.view.build_evidence(build)
        factory = ast.unparse(build.site.node.func)
        plan = partial(hoist.plan, self.view.analysis, build, build.site.node)
        message = f"{self.message}, {PER_REQUEST}" if self.view.is_adjusted(build) else self.message
        self.report(node, evidence, plan, message, factory=factory, handler=evidence.handler_name)

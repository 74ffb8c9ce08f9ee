"""LPF113."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_lambda_perf.rules.clients._client import ClientRule

if TYPE_CHECKING:
    import libcst as cst


class GetloggerPerInvocation(ClientRule):
    """A logger is looked up again on every invocation.

    Why: `logging.getLogger` gives the same object for the same name, so one look-up at module scope is enough; it also
        tells the reader that the logger is the module's.
    Cost: unmeasured here: a lock and a look-up in a dictionary. The rule is off by default, it is a matter of tidiness.
    Slow:
        import logging


        def handler(event, context):
            logger = logging.getLogger("orders")  # LPF113
            logger.info("order %s", event["id"])
            return event["id"]
    Fast:
        import logging

        logger = logging.getLogger("orders")


        def handler(event, context):
            logger.info("order %s", event["id"])
            return event["id"]
    Fix: Safe: the logger moves to module scope. Not offered where its name depends on the request.
    """

    code = "LPF113"
    name = "getlogger-per-invocation"
    default = False
    message = "`{factory}` runs on every invocation of `{handler}`; look the logger up once, at module scope"
    triggers = ("getLogger",)

    def visit_Call(self, node: cst.Call) -> None:
        """Looks at every call."""
        build = self.view.built_at(node)
        if build is not None and build.client.code == self.code:
            self.report_build(node, build)

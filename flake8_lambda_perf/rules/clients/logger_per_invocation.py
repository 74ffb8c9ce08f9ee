"""LPF106."""

from __future__ import annotations

import ast
from functools import partial
from typing import TYPE_CHECKING

import libcst as cst

from flake8_lambda_perf.fixes import setup
from flake8_lambda_perf.rules.clients._client import ClientRule

if TYPE_CHECKING:
    from flake8_lambda_perf.project.analysis import Build
    from flake8_lambda_perf.project.facts import Place

LOGGERS = frozenset({
    "logging.getLogger().addHandler", "logging.root.addHandler", "aws_lambda_powertools.Logger().addHandler",
})  # fmt: skip
PATCHES = frozenset({"aws_xray_sdk.core.patch_all"})
"""LPF207 reports these wherever they stand."""
CHECKS = ("handlers", "hasHandlers", "configured", "initialized")


class LoggerPerInvocation(ClientRule):
    """Logging, tracing or metrics are set up again on every invocation.

    Why: loggers belong to the process, which outlives the request. A handler that is added per request stays, so each
        line is written once more with every request that the environment serves; a Powertools Logger, Tracer or
        Metrics reads its settings and registers itself anew each time.
    Cost: unmeasured here: microseconds for a call that finds everything set up, a log line more for every handler.
    Slow:
        from aws_lambda_powertools import Logger


        def handler(event, context):
            logger = Logger(service="orders")  # LPF106
            logger.info("order %s", event["id"])
            return event["id"]
    Fast:
        from aws_lambda_powertools import Logger

        logger = Logger(service="orders")


        def handler(event, context):
            logger.info("order %s", event["id"])
            return event["id"]
    Fix: Safe for Powertools' objects: they move to module scope. Unsafe for `basicConfig`, `dictConfig`, `configure` of
        structlog and X-Ray, and `addHandler` of a plain stream handler, as they are now called during the import: the
        statement moves below the imports. Not offered for other log handlers, for calls that are not reached each
        time, nor where an argument depends on the request.
    """

    code = "LPF106"
    name = "logger-per-invocation"
    message = "`{factory}` runs on every invocation of `{handler}`; set it up once, at module scope"
    triggers = ("logging", "aws_lambda_powertools", "aws_xray_sdk", "structlog", "sentry_sdk", "watchtower")

    def visit_Call(self, node: cst.Call) -> None:
        """Looks at every call."""
        build = self.view.built_at(node)
        if build is None:
            self._look_for_handler(node)
        elif build.client.code == self.code and not self._is_excused(build):
            self.report_build(node, build)

    def _look_for_handler(self, node: cst.Call) -> None:
        """Reports `logger.addHandler(...)`, unless the handler is taken off again or gathers one request's lines."""
        names = self.view.names_of(node) if isinstance(node.func, cst.Attribute) else frozenset()
        if not names or not names <= LOGGERS:
            return
        site = self.view.site_of(node)
        proof = self.view.proof_of(site) if site is not None else None
        if site is None or proof is None or self._is_checked(site.place) or "removeHandler" in self.view.module.text:
            return
        inside = (name for arg in site.node.args for name in self.view.arguments_inside(arg, site.place))
        if any(name.startswith("io.") for name in inside):
            return
        factory = ast.unparse(site.node.func)
        evidence = self.view.evidence(proof, site.node.lineno, f"`{factory}(...)` adds one more handler")
        plan = partial(setup.plan_handler, self.view.analysis, site.node, site.place)
        self.report(node, evidence, plan, factory=factory, handler=evidence.handler_name)

    def _is_excused(self, build: Build) -> bool:
        """Tells whether another finding covers a build, or a test stands before it."""
        if build.client.name in PATCHES or self.view.is_added(build.site.node):
            return True
        return self._is_checked(build.site.place)

    def _is_checked(self, place: Place) -> bool:
        """Tells whether a test looks first whether everything is set up."""
        return any(word in test for test in self.view.tests_around(place) for word in CHECKS)

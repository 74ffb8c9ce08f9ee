"""LPF303."""

from __future__ import annotations

import ast
from functools import partial
from typing import TYPE_CHECKING

from flake8_lambda_perf.fixes import hoist
from flake8_lambda_perf.rules.base import Rule

if TYPE_CHECKING:
    import libcst as cst


class AppPerInvocation(Rule):
    """A web application, or its adapter, is built again on every invocation.

    Why: building an application registers every route and compiles what matches and checks requests. It is the same
        for each request: built at module scope it serves them all.
    Cost: unmeasured here: it grows with the number of routes.
    Slow:
        from fastapi import FastAPI
        from mangum import Mangum

        app = FastAPI()


        def handler(event, context):
            asgi = Mangum(app)  # LPF303
            return asgi(event, context)
    Fast:
        from fastapi import FastAPI
        from mangum import Mangum

        app = FastAPI()
        asgi = Mangum(app)


        def handler(event, context):
            return asgi(event, context)
    Fix: Safe where the application is only used: it moves to module scope. Not offered where routes are added to it in
        the function, or where an argument depends on the request.
    """

    code = "LPF303"
    name = "app-per-invocation"
    message = "`{factory}` builds an application on every invocation of `{handler}`; build it once, at module scope"
    triggers = ("FastAPI", "Flask", "Mangum", "Resolver", "Starlette", "app", "App", "adapter")

    def visit_Call(self, node: cst.Call) -> None:
        """Looks at every call."""
        build = self.view.app_at(node)
        if build is None:
            return
        partner = self.view.call_of(node)
        evidence = self.view.build_evidence(build)
        plan = partial(hoist.plan, self.view.analysis, build, partner)
        self.report(node, evidence, plan, factory=ast.unparse(partner.func), handler=evidence.handler_name)

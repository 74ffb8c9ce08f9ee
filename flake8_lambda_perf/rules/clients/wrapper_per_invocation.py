"""LPF105."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from flake8_lambda_perf.fixes import hoist
from flake8_lambda_perf.project.caches import CLIENT_CODES
from flake8_lambda_perf.rules.base import Rule

if TYPE_CHECKING:
    import libcst as cst

APART = "`{cls}()` builds `{factory}` on every invocation of `{handler}`; keep the client apart, at module scope"
"""What to say where one instance for all would keep what belongs to a request."""


class WrapperPerInvocation(Rule):
    """A class of the project whose constructor builds a client is instantiated on every invocation.

    Why: the client looks as if it were kept, on `self`, but the object itself is thrown away with the request, and the
        client with it. Built once at module scope, the object serves every request.
    Cost: that of the clients its constructor builds; measured on two desktop cores with boto3 1.44: 2.6 ms for a
        DynamoDB resource and its Table.
    Slow:
        import boto3


        class Orders:
            def __init__(self):
                self.table = boto3.resource("dynamodb").Table("orders")

            def get(self, key):
                return self.table.get_item(Key={"id": key})


        def handler(event, context):
            orders = Orders()  # LPF105
            return orders.get(event["id"])
    Fast:
        import boto3


        class Orders:
            def __init__(self):
                self.table = boto3.resource("dynamodb").Table("orders")

            def get(self, key):
                return self.table.get_item(Key={"id": key})


        orders = Orders()


        def handler(event, context):
            return orders.get(event["id"])
    Fix: Safe where the constructor only builds clients, its arguments do not depend on the request, and no method keeps
        anything on the object: the instance moves to module scope. Not offered otherwise.
    """

    code = "LPF105"
    name = "wrapper-per-invocation"
    message = "`{cls}()` builds `{factory}` on every invocation of `{handler}`; make one instance at module scope"
    triggers = ("boto3", "botocore", "connect", "Session", "Client")

    def visit_Call(self, node: cst.Call) -> None:
        """Looks at every instantiation."""
        construction = self.view.construction_at(node)
        if construction is None:
            return
        builds = [build for build in construction.builds if build.client.code in CLIENT_CODES]
        if not builds:
            return
        evidence = self.view.build_evidence(builds[0])
        names = {"cls": construction.cls.name, "factory": builds[0].client.name, "handler": evidence.handler_name}
        plan = partial(hoist.plan, self.view.analysis, construction, self.view.call_of(node))
        message = APART if self.view.belongs_to_request(construction, node) else self.message
        self.report(node, evidence, plan, message, **names)

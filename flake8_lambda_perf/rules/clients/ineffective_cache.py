"""LPF107."""

from __future__ import annotations

import ast
from functools import partial
from typing import TYPE_CHECKING

from flake8_lambda_perf.fixes import cache
from flake8_lambda_perf.rules.base import Rule

if TYPE_CHECKING:
    from collections.abc import Callable

    from flake8_lambda_perf.model import Fix
    from flake8_lambda_perf.project.analysis import Build

if TYPE_CHECKING:
    import libcst as cst


class IneffectiveCache(Rule):
    """A client looks cached and is built again on every invocation all the same.

    Why: arguments are evaluated before the call, so in `CACHE.setdefault("s3", boto3.client("s3"))` the client is
        built each time, and thrown away when there is one already; the same holds for `get` and `getattr` with a
        default. And what is kept on an object that is itself made for each request is forgotten with the object.
    Cost: that of the client, on every request; measured on two desktop cores with boto3 1.44: 3.6 ms for an S3 client.
    Slow:
        import boto3

        CACHE = {}


        def handler(event, context):
            s3 = CACHE.setdefault("s3", boto3.client("s3"))  # LPF107
            return s3.get_object(Bucket="orders", Key=event["key"])
    Fast:
        import boto3

        CACHE = {}


        def handler(event, context):
            if "s3" not in CACHE:
                CACHE["s3"] = boto3.client("s3")
            s3 = CACHE["s3"]
            return s3.get_object(Bucket="orders", Key=event["key"])
    Fix: Unsafe: a test goes before the build, and what is built then stays in the cache; an object that keeps a client
        moves to module scope. Not offered where the object keeps more than clients, or is made in several places.
    """

    code = "LPF107"
    name = "ineffective-cache"
    message = "`{factory}` runs on every invocation of `{handler}`, although `{cache}` seems to keep it; {remedy}"
    triggers = ("setdefault", "get", "getattr", "self", "cached_property")

    def visit_Call(self, node: cst.Call) -> None:
        """Looks at every call."""
        build = self.view.cached_in_vain_at(node)
        if build is None:
            return
        lookup = self.view.lookup_around(node)
        kept = ast.unparse(lookup.func) if lookup is not None else self.view.owner_of(build)
        remedy = "test before you build" if lookup is not None else "the object is made anew for each request"
        evidence = self.view.build_evidence(build)
        names = {"factory": ast.unparse(build.site.node.func), "handler": evidence.handler_name}
        self.report(node, evidence, self._plan(lookup, build), cache=kept, remedy=remedy, **names)

    def _plan(self, lookup: ast.Call | None, build: Build) -> Callable[[], Fix | None]:
        """Plans the test before the build, or one object for all requests."""
        if lookup is None:
            return partial(cache.plan_instance, self.view.analysis, build)
        return partial(cache.plan, self.view.analysis, lookup, self.view.module.sites[lookup].place)

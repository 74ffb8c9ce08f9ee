"""LPF207."""

from __future__ import annotations

import ast

import libcst as cst

from flake8_lambda_perf.rules.base import Rule


class PatchAll(Rule):
    """The X-Ray SDK patches every library it knows.

    Why: `patch_all()` imports each library that the SDK can trace and that is installed, whether the function uses it
        or not. `patch(("boto3",))` imports and patches the ones that are named.
    Cost: unmeasured here: what the libraries cost that are installed and not used; see them with `python -X importtime`.
    Slow:
        import boto3
        from aws_xray_sdk.core import patch_all

        patch_all()  # LPF207
        s3 = boto3.client("s3")


        def handler(event, context):
            return s3.head_object(Bucket="orders", Key=event["key"])
    Fast:
        import boto3
        from aws_xray_sdk.core import patch

        patch(("boto3",))
        s3 = boto3.client("s3")


        def handler(event, context):
            return s3.head_object(Bucket="orders", Key=event["key"])
    Fix: None yet: name the libraries that the function uses.
    """

    code = "LPF207"
    name = "patch-all"
    message = "`{factory}()` imports every library that X-Ray can trace, at each cold start of `{handler}`; name those in use with `patch`"
    triggers = ("patch_all", "aws_xray_sdk")

    def visit_Call(self, node: cst.Call) -> None:
        """Looks at every call."""
        site = self.view.site_of(node)
        if site is None or not self.view.suspects.is_patch_all(site.node, site.place) or not self.view.is_run(site):
            return
        factory = ast.unparse(site.node.func)
        evidence = self.view.load_evidence(site.node.lineno, f"`{factory}()` imports what it patches")
        self.report(node, evidence, factory=factory, handler=evidence.handler_name)

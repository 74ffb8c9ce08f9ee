"""LPF207."""

from __future__ import annotations

import ast
from functools import partial
from typing import TYPE_CHECKING

from flake8_lambda_perf.fixes import wildcards
from flake8_lambda_perf.rules.base import Rule

if TYPE_CHECKING:
    import libcst as cst


class PatchAll(Rule):
    """The X-Ray SDK patches every library it knows.

    Why: `patch_all()` imports each library that the SDK can trace and that is installed, whether the function uses it
        or not. `patch(("boto3",))` imports and patches the ones that are named.
    Cost: unmeasured here: what the libraries cost that are installed and not used; `python -X importtime` lists them.
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
    Fix: Unsafe: the libraries that the project imports are named; one that is used only inside another may be missed.
    """

    code = "LPF207"
    name = "patch-all"
    message = "`{factory}()` imports every library X-Ray can trace at a cold start of `{handler}`; name those in use"
    triggers = ("patch_all", "aws_xray_sdk")

    def visit_Call(self, node: cst.Call) -> None:
        """Looks at every call."""
        site = self.view.site_of(node)
        if site is None or not self.view.suspects.is_patch_all(site.node, site.place) or not self.view.is_run(site):
            return
        factory = ast.unparse(site.node.func)
        text, line = f"`{factory}()` imports what it patches", site.node.lineno
        proof = self.view.proof_of(site)
        evidence = self.view.evidence(proof, line, text) if proof is not None else self.view.load_evidence(line, text)
        plan = partial(wildcards.patch_some, self.view.suspects.imports, self.view.module, site.node)
        self.report(node, evidence, plan, factory=factory, handler=evidence.handler_name)

"""LPF705."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_lambda_perf.rules.deployed import DeploymentRule

if TYPE_CHECKING:
    from flake8_lambda_perf.manifests import Deployed


class X86Architecture(DeploymentRule):
    """A function runs on x86 where the cheaper processors of AWS would do.

    Why: a second on arm64 costs a fifth less. Off by default: wheels with compiled parts have to be built for it.
    Cost: a fifth of the price of a second, by the price list.
    Slow:
        # file: template.yaml
        Resources:
          OrdersFunction:
            Type: AWS::Serverless::Function
            Properties:
              Handler: app.handler
              Runtime: python3.13
              Architectures: [x86_64]  # LPF705
        # file: app.py
        def handler(event, context):
            return event["id"]
    Fast:
        # file: template.yaml
        Resources:
          OrdersFunction:
            Type: AWS::Serverless::Function
            Properties:
              Handler: app.handler
              Runtime: python3.13
              Architectures: [arm64]
        # file: app.py
        def handler(event, context):
            return event["id"]
    Fix: Unsafe: compiled packages must be there for the other processor.
    """

    code = "LPF705"
    name = "x86-architecture"
    default = False
    message = "`{function}` runs on x86_64; arm64 costs a fifth less"
    triggers = ("x86",)

    def look_at(self, function: Deployed) -> None:
        """Reports an architecture that is written out."""
        stated = self.view.fact(function, "architecture")
        if stated is None or stated.value != "x86_64":
            return
        text = stated.text.replace("X86_64", "ARM_64").replace("x86_64", "arm64")
        reason = "compiled packages must be there for the other processor"
        self.report(function, stated, lambda: self.view.changed(stated, text, "Run on arm64", "unsafe", reason))

"""LPF708."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_lambda_perf.rules.deployed import DeploymentRule
from flake8_lambda_perf.rules.folders import SDK

if TYPE_CHECKING:
    from flake8_lambda_perf.manifests import Deployed


class BundledSdk(DeploymentRule):
    """A function's requirements name boto3, which its runtime has.

    Why: where a build installs them, the package gets larger, and so does the time to load it. Off by default: many
        pin the version on purpose.
    Cost: 16 MB of botocore's data, unpacked.
    Slow:
        # file: template.yaml
        Resources:
          OrdersFunction:
            Type: AWS::Serverless::Function
            Properties:
              Handler: app.handler
              Runtime: python3.13
        # file: requirements.txt
        boto3==1.40.0  # LPF708
        requests==2.32.0
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
        # file: requirements.txt
        requests==2.32.0
        # file: app.py
        def handler(event, context):
            return event["id"]
    Fix: None: whether the version matters, only you know.
    """

    code = "LPF708"
    name = "bundled-sdk"
    default = False
    message = "the requirements of `{function}` name {package}, which the runtime has; leave it out"
    triggers = ("boto",)

    def look_at(self, function: Deployed) -> None:
        """Looks for the SDK in the requirements beside the code."""
        if function.package != "zip" or function.root is None:
            return
        for stated in self.view.folders.requirements(function.root):
            if stated.value in SDK and stated.value not in self.view.left_out(function):
                self.report(function, stated, package=str(stated.value))

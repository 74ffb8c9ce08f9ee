"""LPF706."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flake8_lambda_perf.knowledge import platform
from flake8_lambda_perf.rules.deployed import DeploymentRule

if TYPE_CHECKING:
    from flake8_lambda_perf.manifests import Deployed

STREAMING = re.compile(r"response.?transfer.?mode|response.?stream", re.IGNORECASE)
"""AWS documentation, Stream the integration response for your proxy integrations in API Gateway."""


class TimeoutBeyondCaller(DeploymentRule):
    """A function may run longer than the API in front of it waits.

    Why: API Gateway answers 504 after 29 seconds unless its quota was raised, while the function goes on and is
        billed for a result that nobody gets. It waits up to 15 minutes where it streams the response: nothing is
        reported where a manifest speaks of that.
    Cost: the seconds after the answer, each time.
    Slow:
        # file: template.yaml
        Resources:
          OrdersFunction:
            Type: AWS::Serverless::Function
            Properties:
              Handler: app.handler
              Runtime: python3.13
              Timeout: 300  # LPF706
              Events:
                Api:
                  Type: Api
                  Properties:
                    Path: /orders
                    Method: get
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
              Timeout: 29
              Events:
                Api:
                  Type: Api
                  Properties:
                    Path: /orders
                    Method: get
        # file: app.py
        def handler(event, context):
            return event["id"]
    Fix: Unsafe: requests that take longer end earlier.
    """

    code = "LPF706"
    name = "timeout-beyond-caller"
    message = (
        "`{function}` may run for {timeout} s, and API Gateway waits for {limit} s; answer sooner, or work "
        "behind a queue"
    )
    triggers = ("imeout",)

    def look_at(self, function: Deployed) -> None:
        """Compares a timeout with what API Gateway waits, where nothing else invokes the function."""
        stated, limit = self.view.fact(function, "timeout"), platform().api_timeout_s
        if stated is None or not isinstance(stated.value, int) or stated.value <= limit + 1:
            return
        if function.triggers != ("api",) or STREAMING.search(self.view.text(function.manifest)):
            return
        reason = "requests that take longer end earlier"
        self.report(
            function,
            stated,
            lambda: self.view.renumbered(stated, limit, f"Stop after {limit} s", reason),
            timeout=str(stated.value),
            limit=str(limit),
        )

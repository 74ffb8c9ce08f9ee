"""LPF703."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_lambda_perf.knowledge import platform
from flake8_lambda_perf.rules.deployed import DeploymentRule
from flake8_lambda_perf.rules.memory import time_with

if TYPE_CHECKING:
    from flake8_lambda_perf.manifests import Deployed

HEAVY = 3
"""How many times the setting `heavy-import-ms` makes the imports of a whole function heavy."""


class DefaultMemory(DeploymentRule):
    """A function that imports much is deployed with the memory that is the default.

    Why: Lambda gives CPU in proportion to memory: with 1,769 MB a function has the equivalent of one vCPU, with 128 MB
        a fourteenth, on which imports take fourteen times as long. What more memory costs per second, the shorter time
        often saves.
    Cost: the sum of the measured costs of what is imported, as CPU time of a whole core; the time with 128 MB is
        computed from it, not measured.
    Slow:
        # file: template.yaml
        Resources:
          OrdersFunction:  # LPF703
            Type: AWS::Serverless::Function
            Properties:
              Handler: app.handler
              Runtime: python3.13
        # file: app.py
        import pandas


        def handler(event, context):
            return pandas.Timestamp(event["time"])
    Fast:
        # file: template.yaml
        Resources:
          OrdersFunction:
            Type: AWS::Serverless::Function
            Properties:
              Handler: app.handler
              Runtime: python3.13
              MemorySize: 1024
        # file: app.py
        import pandas


        def handler(event, context):
            return pandas.Timestamp(event["time"])
    Fix: None: how much it needs is best measured.
    """

    code = "LPF703"
    name = "default-memory"
    message = (
        "`{function}` has the default of {memory} MB, with which its imports, {cost} ms of a whole core, take "
        "{time} at each cold start; give it more"
    )
    triggers = (
        "Function",
        "function",
        "lambda",
    )

    def look_at(self, function: Deployed) -> None:
        """Adds up what the function's code imports, where no memory is stated."""
        handler = self.view.handler_of(function)
        if handler is None or function.memory is not None or self.view.fact(function, "memory") is not None:
            return
        cost = self.view.import_cost(handler)
        if cost >= HEAVY * self.view.analysis.settings.heavy_import_ms:
            memory = platform().default_memory_mb
            time = time_with(cost, memory)
            self.report(function, None, memory=str(memory), cost=f"{cost:.0f}", time=time)

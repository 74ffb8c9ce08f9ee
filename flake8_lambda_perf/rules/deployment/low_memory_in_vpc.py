"""LPF702."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_lambda_perf.rules.deployed import DeploymentRule

if TYPE_CHECKING:
    from flake8_lambda_perf.manifests import Deployed

LEAST = 256
LEAST_PROVISIONED = 512


class LowMemoryInVpc(DeploymentRule):
    """A function in a VPC has so little memory that its share of a core makes each connection slow.

    Why: Lambda gives CPU in proportion to memory. A function in a VPC mostly opens connections, with a TLS handshake
        each, and computes keys for them on a fraction of a core.
    Cost: unmeasured here: 128 MB is a fourteenth of a core.
    Slow:
        # file: template.yaml
        Resources:
          OrdersFunction:
            Type: AWS::Serverless::Function
            Properties:
              Handler: app.handler
              Runtime: python3.13
              MemorySize: 128  # LPF702
              VpcConfig:
                SubnetIds: [subnet-1]
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
              MemorySize: 256
              VpcConfig:
                SubnetIds: [subnet-1]
        # file: app.py
        def handler(event, context):
            return event["id"]
    Fix: Unsafe: memory costs money. The value becomes the least that this rule asks for.
    """

    code = "LPF702"
    name = "low-memory-in-vpc"
    message = "`{function}` runs in a VPC with {memory} MB; give it {least} MB or more"
    triggers = ("Vpc", "vpc")

    def look_at(self, function: Deployed) -> None:
        """Compares the memory that a manifest states with the least."""
        least = LEAST_PROVISIONED if function.provisioned_concurrency else LEAST
        memory = self.view.fact(function, "memory")
        if not function.vpc or memory is None or not isinstance(memory.value, int) or memory.value >= least:
            return
        self.report(
            function,
            memory,
            lambda: self.view.renumbered(memory, least, f"Give {function.resource} {least} MB", "memory costs money"),
            memory=str(memory.value),
            least=str(least),
        )

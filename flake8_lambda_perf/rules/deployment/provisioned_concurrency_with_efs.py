"""LPF704."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_lambda_perf.rules.deployed import DeploymentRule

if TYPE_CHECKING:
    from flake8_lambda_perf.manifests import Deployed


class ProvisionedConcurrencyWithEfs(DeploymentRule):
    """A function with provisioned concurrency mounts a file system.

    Why: provisioned environments are started ahead of requests, but each of them mounts the file system and reads
        through it: imports from there are slow, and a burst of them uses up its credits.
    Cost: unmeasured here: it depends on the file system.
    Slow:
        # file: template.yaml
        Resources:
          OrdersFunction:
            Type: AWS::Serverless::Function
            Properties:
              Handler: app.handler
              Runtime: python3.13
              FileSystemConfigs:
                - Arn: arn:aws:efs:::access-point/a
                  LocalMountPath: /mnt/models
              ProvisionedConcurrencyConfig:
                ProvisionedConcurrentExecutions: 2  # LPF704
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
              FileSystemConfigs:
                - Arn: arn:aws:efs:::access-point/a
                  LocalMountPath: /mnt/models
        # file: app.py
        def handler(event, context):
            return event["id"]
    Fix: None: it is a decision about where the files live.
    """

    code = "LPF704"
    name = "provisioned-concurrency-with-efs"
    message = (
        "`{function}` has provisioned concurrency and mounts a file system: each environment reads its "
        "imports from there; ship them with the function"
    )
    triggers = (
        "Provisioned",
        "provisioned",
    )

    def look_at(self, function: Deployed) -> None:
        """Reports provisioned concurrency where a file system is mounted."""
        if function.efs and function.provisioned_concurrency:
            self.report(function, self.view.fact(function, "provisioned_concurrency"))

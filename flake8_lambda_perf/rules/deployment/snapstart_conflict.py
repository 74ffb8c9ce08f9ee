"""LPF701."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_lambda_perf.knowledge import platform
from flake8_lambda_perf.rules.deployed import DeploymentRule, version_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_lambda_perf.manifests import Deployed


def _conflicts(function: Deployed) -> Iterator[str]:
    limits = platform()
    if function.efs:
        yield "a file system"
    if function.provisioned_concurrency:
        yield "provisioned concurrency"
    if function.package == "image":
        yield "container images"
    if function.ephemeral_storage is not None and function.ephemeral_storage > limits.snapstart_storage_mb:
        yield f"{function.ephemeral_storage} MB of ephemeral storage ({limits.snapstart_storage_mb} MB is the most)"
    if function.runtime is not None and version_of(function.runtime) < version_of(limits.snapstart_runtime):
        yield f"{function.runtime} ({limits.snapstart_runtime} is the oldest)"


class SnapstartConflict(DeploymentRule):
    """SnapStart is switched on together with something that it does not work with.

    Why: a version with SnapStart cannot have provisioned concurrency, a file system, more than 512 MB of ephemeral
        storage or a container image, and needs Python 3.12: the deployment fails, or the function starts without a
        snapshot.
    Cost: a cold start as if SnapStart were off.
    Slow:
        # file: template.yaml
        Resources:
          OrdersFunction:
            Type: AWS::Serverless::Function
            Properties:
              Handler: app.handler
              Runtime: python3.11
              SnapStart:
                ApplyOn: PublishedVersions  # LPF701
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
              SnapStart:
                ApplyOn: PublishedVersions
        # file: app.py
        def handler(event, context):
            return event["id"]
    Fix: None: which of the two is wanted, only you know.
    """

    code = "LPF701"
    name = "snapstart-conflict"
    message = "`{function}` has SnapStart, which does not work with {conflicts}"
    triggers = (
        "SnapStart",
        "snap_start",
        "snapStart",
    )

    def look_at(self, function: Deployed) -> None:
        """Reports everything that SnapStart excludes."""
        found = list(_conflicts(function)) if function.snapstart else []
        if found:
            conflicts = ", ".join([*found[:-2], " and ".join(found[-2:])])
            self.report(function, self.view.fact(function, "snapstart"), conflicts=conflicts)

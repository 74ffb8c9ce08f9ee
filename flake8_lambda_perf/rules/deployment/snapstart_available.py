"""LPF709."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_lambda_perf.knowledge import platform
from flake8_lambda_perf.rules.deployed import DeploymentRule, version_of

if TYPE_CHECKING:
    from flake8_lambda_perf.manifests import Deployed


class SnapstartAvailable(DeploymentRule):
    """A function could start from a snapshot and does not.

    Why: SnapStart restores what the imports have built instead of building it again. Off by default: it costs by
        memory and by restore, and needs published versions.
    Cost: unmeasured here: it spares most of the init phase.
    Slow:
        # file: template.yaml
        Resources:
          OrdersFunction:  # LPF709
            Type: AWS::Serverless::Function
            Properties:
              Handler: app.handler
              Runtime: python3.13
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
              AutoPublishAlias: live
        # file: app.py
        def handler(event, context):
            return event["id"]
    Fix: None: it needs a published version, and code that a snapshot does no harm to.
    """

    code = "LPF709"
    name = "snapstart-available"
    default = False
    message = "`{function}` could start from a snapshot; consider SnapStart"
    triggers = (
        "Function",
        "function",
        "lambda",
    )

    def look_at(self, function: Deployed) -> None:
        """Reports functions with nothing that SnapStart excludes."""
        storage = function.ephemeral_storage or 0
        excluded = function.efs or function.provisioned_concurrency or storage > platform().snapstart_storage_mb
        if function.snapstart is not False or excluded is not False or function.package != "zip":
            return
        if self.view.may_be_at_edge(function):
            return
        if function.runtime is not None and version_of(function.runtime) >= version_of(platform().snapstart_runtime):
            self.report(function, None)

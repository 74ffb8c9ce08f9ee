"""LPF712."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_lambda_perf.knowledge import platform
from flake8_lambda_perf.rules.deployed import DeploymentRule

if TYPE_CHECKING:
    from flake8_lambda_perf.manifests import Deployed

MOST = 3
MEGABYTE = 1024 * 1024
"""As Lambda counts: it refuses packages of more than 262144000 bytes, its 250 MB."""


class PackageSize(DeploymentRule):
    """The folder that a function ships is large.

    Why: the package is downloaded and unpacked at cold starts, and Lambda refuses more than 250 MB unpacked, layers
        included. What is measured is the folder of the code as it lies in the project: what a build installs comes on
        top, what a build leaves out is counted. Folders of environments, of `node_modules` and of builds are not.
        Nothing is reported of the folder of the whole project, and where a manifest picks files by patterns. A result
        from the cache stays until a Python file or a manifest changes.
    Cost: unmeasured here: it grows with the size.
    Slow:
        # file: lambda-perf.toml
        max-package-mb = 0
        # file: template.yaml
        Resources:
          OrdersFunction:  # LPF712
            Type: AWS::Serverless::Function
            Properties:
              CodeUri: src
              Handler: app.handler
              Runtime: python3.13
        # file: src/app.py
        def handler(event, context):
            return event["id"]
    Fast:
        # file: lambda-perf.toml
        max-package-mb = 1
        # file: template.yaml
        Resources:
          OrdersFunction:
            Type: AWS::Serverless::Function
            Properties:
              CodeUri: src
              Handler: app.handler
              Runtime: python3.13
        # file: src/app.py
        def handler(event, context):
            return event["id"]
    Fix: None: what can be left out, only you know.
    """

    code = "LPF712"
    name = "package-size"
    message = (
        "`{function}` ships {folder}, which holds {size} MB before anything is installed, most of it in {largest}; "
        "{limit} MB is the most that Lambda takes"
    )
    triggers = (
        "Function",
        "function",
        "lambda",
    )

    def look_at(self, function: Deployed) -> None:
        """Adds up the files of the folder that a function ships, where it ships a folder of its own."""
        if not function.root or function.package != "zip" or self.view.fact(function, "package.patterns") is not None:
            return
        parts = self.view.folders.sizes(function.root)
        size = sum(parts.values()) / MEGABYTE
        if size < self.view.analysis.settings.max_package_mb:
            return
        largest = sorted(parts, key=lambda part: (-parts[part], part))[:MOST]
        named = ", ".join(f"{part} ({parts[part] / MEGABYTE:.0f} MB)" for part in largest)
        limit = str(platform().package_mb)
        self.report(function, None, size=f"{size:.0f}", folder=function.root, largest=named, limit=limit)

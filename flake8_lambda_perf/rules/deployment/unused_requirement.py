"""LPF711."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_lambda_perf.rules.deployed import DeploymentRule
from flake8_lambda_perf.rules.folders import SDK

if TYPE_CHECKING:
    from flake8_lambda_perf.manifests import Deployed


class UnusedRequirement(DeploymentRule):
    """A package is required for a function although nothing in its folder names it.

    Why: what a build installs is downloaded and unpacked at cold starts, and counts towards the limit of the package's
        size. Only the requirements.txt of the function's folder is looked at, and only packages of which is known how
        they are imported. Python files of the folder, and what they import, count as a whole: a word in a text is
        enough. Nothing is reported where they import a package that may load others, or one that is not known, nor of
        the SDK, which is a matter of LPF708.
    Cost: unmeasured here: it grows with the size of the package.
    Slow:
        # file: template.yaml
        Resources:
          OrdersFunction:
            Type: AWS::Serverless::Function
            Properties:
              CodeUri: src
              Handler: app.handler
              Runtime: python3.13
        # file: src/requirements.txt
        pandas==2.3.0  # LPF711
        requests==2.32.0
        # file: src/app.py
        import requests


        def handler(event, context):
            return requests.get(event["url"], timeout=3).json()
    Fast:
        # file: template.yaml
        Resources:
          OrdersFunction:
            Type: AWS::Serverless::Function
            Properties:
              CodeUri: src
              Handler: app.handler
              Runtime: python3.13
        # file: src/requirements.txt
        requests==2.32.0
        # file: src/app.py
        import requests


        def handler(event, context):
            return requests.get(event["url"], timeout=3).json()
    Fix: None: a package may be needed by its name alone.
    """

    code = "LPF711"
    name = "unused-requirement"
    message = "the requirements of `{function}` name {package}, which no Python file of {folder} does; leave it out"
    everywhere = True
    triggers = ("requirements",)

    def look_at(self, function: Deployed) -> None:
        """Compares the requirements beside the code with the words of the files there."""
        if function.root is None or self.view.handler_of(function) is None:
            return
        for stated in self.view.folders.requirements(function.root):
            package = str(stated.value)
            module = self.view.folders.module_of(package)
            if module is None or package in SDK or self.view.folders.may_need(function.root, module):
                continue
            if package not in self.view.left_out(function):
                self.report(function, stated, package=package, folder=function.root or "the project")

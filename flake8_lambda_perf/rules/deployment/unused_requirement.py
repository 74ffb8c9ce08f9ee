"""LPF711."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_lambda_perf.rules.deployed import DeploymentRule

if TYPE_CHECKING:
    from flake8_lambda_perf.manifests import Deployed


class UnusedRequirement(DeploymentRule):
    """A package is shipped with a function that nothing in its folder imports.

    Why: what is shipped is downloaded and unpacked at cold starts, and counts towards the limit of the package's
        size.
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
    message = "`{function}` ships {package}, which nothing in {folder} names; leave it out"
    everywhere = True
    triggers = ("requirements",)

    def look_at(self, function: Deployed) -> None:
        """Compares the requirements beside the code with the words of the files there."""
        if function.root is None or self.view.handler_of(function) is None:
            return
        for stated in self.view.requirements(function.root):
            module = self.view.module_of(str(stated.value))
            if module is not None and not self.view.is_named_below(function.root, module):
                self.report(function, stated, package=str(stated.value), folder=function.root or "the project")

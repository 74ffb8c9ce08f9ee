"""LPF710."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_lambda_perf.knowledge import ended_runtimes, runtime_ends
from flake8_lambda_perf.rules.deployed import DeploymentRule

if TYPE_CHECKING:
    from flake8_lambda_perf.manifests import Deployed

NEWEST = "python3.13"


class DeprecatedRuntime(DeploymentRule):
    """A function runs on a Python that its platform does not support any more.

    Why: a deprecated runtime gets no security updates, and soon the function can neither be created nor updated.
        Newer Pythons start and run faster.
    Cost: unmeasured here: Python 3.11 and later start faster than those before.
    Slow:
        # file: template.yaml
        Resources:
          OrdersFunction:
            Type: AWS::Serverless::Function
            Properties:
              Handler: app.handler
              Runtime: python3.8  # LPF710
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
        # file: app.py
        def handler(event, context):
            return event["id"]
    Fix: Unsafe: the code and its packages must run on the newer Python. The version becomes Python 3.13. None for
        Python 2: its code has to be ported first.
    """

    code = "LPF710"
    name = "deprecated-runtime"
    message = "`{function}` runs on {runtime}, which has had no updates since {day}; move to a newer Python"
    triggers = (
        "python",
        "PYTHON",
    )

    def look_at(self, function: Deployed) -> None:
        """Asks whether the support of a stated runtime has ended."""
        stated = self.view.fact(function, "runtime")
        if stated is None or str(stated.value) not in ended_runtimes(self.view.day):
            return
        old, new = str(stated.value), NEWEST
        written = {old: new, old.upper().replace("PYTHON", "PYTHON_").replace(".", "_"): "PYTHON_3_13"}
        text = next((stated.text.replace(was, now) for was, now in written.items() if was in stated.text), "")
        is_three = old.startswith("python3")
        reason = "the code and its packages must run on the newer Python"
        self.report(
            function,
            stated,
            lambda: self.view.changed(stated, text, f"Run on {new}", "unsafe", reason) if text and is_three else None,
            runtime=old,
            day=runtime_ends()[old].isoformat(),
        )

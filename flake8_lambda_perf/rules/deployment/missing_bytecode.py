"""LPF713."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from flake8_lambda_perf.rules.deployed import DeploymentRule

if TYPE_CHECKING:
    from flake8_lambda_perf.manifests import Deployed
    from flake8_lambda_perf.model import Fix, Said

VARIABLE = "environment.PYTHONDONTWRITEBYTECODE"
LEFT_OUT = (
    "`{function}` is shipped without the bytecode of its own folder (`{pattern}`): Python compiles what lies there at "
    "each cold start"
)
UV = re.compile(r"\buv (?:pip install|sync)\b")


class MissingBytecode(DeploymentRule):
    """A function is shipped without bytecode, so that Python compiles every module at each cold start.

    Why: a deployed function's folder cannot be written to: what was not compiled when the package was built is
        compiled again and again. Patterns of the Serverless Framework keep out what lies in the service's folder,
        vendored packages included; `slim` deletes the bytecode of the packages that the plugin installs.
    Cost: compiling takes two to six times as long as importing compiled modules.
    Slow:
        # file: Dockerfile
        FROM public.ecr.aws/lambda/python:3.13
        COPY requirements.txt .
        RUN uv pip install --system -r requirements.txt  # LPF713
        COPY app.py ${LAMBDA_TASK_ROOT}
        CMD ["app.handler"]
        # file: requirements.txt
        requests==2.32.0
        # file: app.py
        def handler(event, context):
            return event["id"]
    Fast:
        # file: Dockerfile
        FROM public.ecr.aws/lambda/python:3.13
        COPY requirements.txt .
        RUN uv pip install --compile-bytecode --system -r requirements.txt
        COPY app.py ${LAMBDA_TASK_ROOT}
        CMD ["app.handler"]
        # file: requirements.txt
        requests==2.32.0
        # file: app.py
        def handler(event, context):
            return event["id"]
    Fix: Safe: the flag is added to `uv`, or taken from `pip`. Unsafe for an environment variable, which may be read
        by others: it becomes empty; and for `slim` of serverless-python-requirements, which becomes `false`. Not
        offered for patterns: bytecode is of use only if the same Python compiled it that runs it.
    """

    code = "LPF713"
    name = "missing-bytecode"
    message = "`{function}` is shipped without bytecode ({cause}): Python compiles every module at each cold start"
    everywhere = True
    triggers = (
        "uv",
        "pip",
        "PYTHONDONTWRITEBYTECODE",
        "pyc",
        "slim",
    )

    def look_at(self, function: Deployed) -> None:
        """Looks at how an image is built, and at what keeps Python from writing bytecode."""
        compiles = any(f.name == "environment.UV_COMPILE_BYTECODE" and f.value for f in function.said)
        for stated in function.said:
            if stated.name == VARIABLE and stated.value:
                self._report_variable(function, stated)
            elif stated.name.startswith("build."):
                self._look_at_step(function, stated, compiles)
            elif stated.name == "package.slim":
                self._report_slim(function, stated)
            elif stated.name == "package.exclude" and function.platform == "lambda":
                self.report(function, stated, message=LEFT_OUT, pattern=str(stated.value))

    def _report_variable(self, function: Deployed, stated: Said) -> None:
        def plan() -> Fix | None:
            quote = stated.text[:1] if stated.text[:1] in ("'", '"') else ""
            text = quote * 2 or ('""' if stated.path.endswith((".yaml", ".yml")) else "")
            return self.view.changed(stated, text, "Let Python write bytecode", "unsafe", "other programs may read it")

        self.report(function, stated, plan, cause="`PYTHONDONTWRITEBYTECODE` is set")

    def _report_slim(self, function: Deployed, stated: Said) -> None:
        """Reports the option itself, or the pattern that it deletes by."""
        if stated.value != "slim":
            self.report(function, stated, cause=f"`{stated.value}` in `slimPatterns`")
            return
        reason = "the package grows: `slim` also strips libraries and deletes metadata"
        title = "Keep the bytecode of packages"
        plan = partial(self.view.changed, stated, "false", title, "unsafe", reason)
        self.report(function, stated, plan, cause="`slim` deletes it")

    def _look_at_step(self, function: Deployed, stated: Said, compiles: bool) -> None:
        command = str(stated.value)
        found = UV.search(command)
        if found is not None and not compiles and "--compile" not in command:
            text = stated.text.replace(found[0], f"{found[0]} --compile-bytecode", 1)
            cause = f"`{found[0]}` without `--compile-bytecode`"
            self._report_step(function, stated, text, cause)
        elif "pip install" in command and "--no-compile" in command:
            text = re.sub(r"[ \t]--no-compile\b", "", stated.text, count=1)
            self._report_step(function, stated, text, "`pip install --no-compile`")

    def _report_step(self, function: Deployed, stated: Said, text: str, cause: str) -> None:
        self.report(
            function,
            stated,
            lambda: self.view.changed(stated, text, "Compile when the image is built", "safe"),
            cause=cause,
        )

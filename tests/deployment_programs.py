"""Deployment programs written to a folder and read, for the tests of their readers."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from manifest_files import project
from places import told

from flake8_lambda_perf.manifests import Deployed, read
from flake8_lambda_perf.project.load import Project

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from flake8_lambda_perf.manifests.deployed import Reading

PLAIN = Deployed(
    handler="orders.handler",
    root="src",
    manifest="app.py",
    line=1,
    resource="Orders",
    runtime="python3.12",
    memory=None,
    timeout=None,
    snapstart=False,
    vpc=False,
    provisioned_concurrency=False,
)
STACK = """\
from aws_cdk import App, Duration, Size, Stack, aws_ec2 as ec2, aws_lambda as _lambda
class Service(Stack):
    def __init__(self, scope, construct_id, **kwargs):
        super().__init__(scope, construct_id, **kwargs)
        {body}
app = App()
Service(app, "Service")
"""
CODE = {"cdk.json": "{}", "src/orders.py": "def handler(event, context): ...\n"}
FUNCTION = 'runtime=_lambda.Runtime.PYTHON_3_12, handler="orders.handler", code=_lambda.Code.from_asset("src")'


def reading(root: Path, files: Mapping[str, str]) -> Reading:
    """What the Python programs among these files declare."""
    project(root, files)
    return read(root, (), Project(root, [name for name in files if name.endswith(".py")], {}))


def declared(root: Path, files: Mapping[str, str]) -> tuple[Deployed, ...]:
    """The functions that these files declare, without any problem."""
    deployed, problems = reading(root, files)
    assert problems == ()
    return deployed


def in_short(deployed: Deployed) -> str:
    """Where a function is declared, its name, its handler and the folder of its code."""
    return f"{deployed.manifest}:{deployed.line} {deployed.resource} {deployed.handler} in {deployed.root!r}"


def stack(*lines: str) -> str:
    """An app whose stack runs these lines."""
    return STACK.replace("{body}", "\n        ".join(lines))


said = partial(told, "app.py")
"""A fact stated in app.py where the only `where` in its text begins."""

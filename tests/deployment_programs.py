"""Deployment programs written to a folder and read, for the tests of their readers."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

from flake8_lambda_perf.manifests import Deployed, read
from flake8_lambda_perf.model import Said
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
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(dedent(text), encoding="utf-8")
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


def said(text: str, name: str, value: str | int | bool | None, where: str, literal: str = "") -> Said:
    """A fact stated in app.py where the only `where` begins."""
    assert text.count(where) == 1
    before = text[: text.index(where)]
    return Said(name, value, "app.py", before.count("\n") + 1, len(before) - before.rfind("\n"), literal)

"""Deployment programs in TypeScript written to a folder and read, for the tests of their readers."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from deployment_programs import PLAIN as PYTHON
from manifest_files import project
from places import told

from flake8_lambda_perf.manifests import Deployed, read
from flake8_lambda_perf.project.load import Project

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from flake8_lambda_perf.manifests.deployed import Reading

PLAIN = replace(PYTHON, manifest="app.ts")
"""The function that the plainest construct declares, but for its line and facts."""

STACK = """\
import { App, Duration, Size, Stack, aws_ec2 as ec2 } from "aws-cdk-lib";
import * as lambda from "aws-cdk-lib/aws-lambda";
class Service extends Stack {
  constructor(scope: App, id: string, props?: any) {
    super(scope, id, props);
    {body}
  }
}
new Service(new App(), "Service");
"""
LIBRARY = 'import * as lambda from "aws-cdk-lib/aws-lambda";\n'
CODE = {"cdk.json": "{}", "src/orders.py": "def handler(event, context): ...\n"}
RUNTIME = "runtime: lambda.Runtime.PYTHON_3_12"
FUNCTION = f'{RUNTIME}, handler: "orders.handler", code: lambda.Code.fromAsset("src")'


def reading(root: Path, files: Mapping[str, str]) -> Reading:
    """What the manifests among these files declare."""
    project(root, files)
    python = [name for name in files if name.endswith(".py") and not name.startswith("cdk.out")]
    return read(root, [name for name in files if not name.endswith(".py")], Project(root, python, {}))


def declared(root: Path, files: Mapping[str, str]) -> tuple[Deployed, ...]:
    """The functions that these files declare, without any problem."""
    deployed, problems = reading(root, files)
    assert problems == ()
    return deployed


def stack(*lines: str) -> str:
    """An app whose stack runs these lines."""
    return STACK.replace("{body}", "\n    ".join(lines))


said = partial(told, "app.ts")
"""A fact stated in app.ts where the only `where` in its text begins."""

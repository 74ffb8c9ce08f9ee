"""Deployment programs in TypeScript written to a folder and read, for the tests of their readers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from deployment_programs import PLAIN as PYTHON

from flake8_lambda_perf.manifests import Deployed, read
from flake8_lambda_perf.model import Said
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
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
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


def said(text: str, name: str, value: str | int | bool | None, where: str, literal: str = "") -> Said:
    """A fact stated in app.ts where the only `where` begins."""
    assert text.count(where) == 1
    before = text[: text.index(where)]
    return Said(name, value, "app.ts", before.count("\n") + 1, len(before) - before.rfind("\n"), literal)

"""Manifests whose functions all run other languages: not even parsed, so that what is wrong with them is not told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from manifest_files import declared, reading

if TYPE_CHECKING:
    from pathlib import Path

TEMPLATE = """\
Resources:
  Web:
    Type: AWS::Serverless::Function
    Properties: {Handler: app.handler, Runtime: nodejs22.x}
  Other: {Type: AWS::Serverless::Function, Properties: {Handler: app.handler, Runtime: %s}}
"""
TERRAFORM = """\
resource "aws_lambda_function" "web" {
  handler = "app.handler"
  runtime = "nodejs22.x"
}
resource "aws_lambda_function" "other" {
  handler  = "app.handler"
  runtime  = %s
  filename = "app.zip"
}
"""


@pytest.mark.parametrize(
    ("name", "text"),
    [("template.yaml", TEMPLATE % "java21" + "  - broken\n"), ("main.tf", TERRAFORM % '"java21"' + "}\n")],
    ids=["template", "terraform"],
)
def test_what_is_broken_in_a_manifest_of_others_is_not_told(name: str, text: str, tmp_path: Path) -> None:
    assert reading(tmp_path, {name: text, "app.py": ""}) == ((), ())
    deployed, problems = reading(tmp_path, {name: text.replace("java21", "python3.13"), "app.py": ""})
    assert (deployed, [problem.path for problem in problems]) == ((), [name])


@pytest.mark.parametrize("runtime", ["python3.13", "!Ref Runtime", "!Sub '${Runtime}'", "'python3.13'"])
def test_a_template_of_which_one_runtime_is_or_may_be_python_is_read(runtime: str, tmp_path: Path) -> None:
    found = declared(tmp_path, {"template.yaml": TEMPLATE % runtime, "app.py": ""})
    assert [each.resource for each in found] == ["Other"]


@pytest.mark.parametrize("runtime", ['"python3.13"', "var.runtime", "local.runtime"])
def test_terraform_of_which_one_runtime_is_or_may_be_python_is_read(runtime: str, tmp_path: Path) -> None:
    found = declared(tmp_path, {"main.tf": TERRAFORM % runtime, "app.py": ""})
    assert [each.resource for each in found] == ["aws_lambda_function.other"]

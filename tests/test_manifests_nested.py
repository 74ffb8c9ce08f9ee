"""What templates give to the templates that they deploy as a part of themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from manifest_files import declared

if TYPE_CHECKING:
    from pathlib import Path

CHILD = """\
Parameters:
  Memory: {Type: Number, Default: 128}
  Folder: {Type: String}
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties: {CodeUri: !Ref Folder, Handler: app.handler, Runtime: python3.13, MemorySize: !Ref Memory}
"""


def parent(parameters: str, *, location: str = "services/orders.yaml") -> str:
    """A template that deploys another with these parameters."""
    return f"""\
    Parameters:
      Size: {{Type: Number, Default: 512}}
    Resources:
      Orders:
        Type: AWS::Serverless::Application
        Properties:
          Location: {location}
          Parameters: {parameters}
    """


def test_what_a_parent_gives_is_known(tmp_path: Path) -> None:
    files = {"template.yaml": parent("{Memory: !Ref Size, Folder: src}"), "services/orders.yaml": CHILD}
    (found,) = declared(tmp_path, files)
    assert (found.manifest, found.root, found.memory) == ("services/orders.yaml", "services/src", 512)


@pytest.mark.parametrize(
    ("parameters", "memory"),
    [("{Folder: src}", 128), ("{Memory: !GetAtt X.Y, Folder: src}", None)],
    ids=["left out", "computed"],
)
def test_what_a_parent_does_not_give_is_the_default_and_what_it_computes_unknown(
    parameters: str, memory: int | None, tmp_path: Path
) -> None:
    (found,) = declared(tmp_path, {"template.yaml": parent(parameters), "services/orders.yaml": CHILD})
    assert found.memory == memory


def test_where_parents_differ_the_value_is_unknown(tmp_path: Path) -> None:
    files = {
        "a.yaml": parent("{Memory: 256, Folder: src}"),
        "b.yaml": parent("{Memory: 512, Folder: src}"),
        "services/orders.yaml": CHILD,
    }
    (found,) = declared(tmp_path, files)
    assert (found.root, found.memory) == ("services/src", None)


def test_parameters_are_handed_down_through_several_templates(tmp_path: Path) -> None:
    stack = """\
    Parameters:
      Amount: {Type: Number}
    Resources:
      Inner:
        Type: AWS::CloudFormation::Stack
        Properties: {TemplateURL: orders.yaml, Parameters: {Memory: !Ref Amount, Folder: src}}
    """
    files = {
        "template.yaml": parent("{Amount: 1024}", location="./services/middle.yaml"),
        "services/middle.yaml": stack,
        "services/orders.yaml": CHILD,
    }
    (found,) = declared(tmp_path, files)
    assert found.memory == 1024


@pytest.mark.parametrize(
    "location",
    [
        "s3://bucket/orders.yaml",
        "../../orders.yaml",
        "/services/orders.yaml",
        "{ApplicationId: arn, SemanticVersion: 1.0.0}",
    ],
)
def test_templates_elsewhere_are_left_alone(location: str, tmp_path: Path) -> None:
    files = {
        "template.yaml": parent("{Memory: 256, Folder: src}", location=location),
        "services/orders.yaml": CHILD,
    }
    (found,) = declared(tmp_path, files)
    assert (found.root, found.memory) == (None, 128)


def test_templates_that_deploy_one_another_in_a_circle_are_read(tmp_path: Path) -> None:
    both = (
        CHILD
        + """\
  Again:
    Type: AWS::Serverless::Application
    Properties: {Location: %s, Parameters: {Memory: !Ref Memory, Folder: src}}
"""
    )
    found = declared(tmp_path, {"a.yaml": both % "b.yaml", "b.yaml": both % "a.yaml"})
    assert [(one.manifest, one.root) for one in found] == [("a.yaml", "src"), ("b.yaml", "src")]

"""Small Terraform projects, and what is expected of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from manifest_files import declared

from flake8_lambda_perf.manifests import Deployed

PLAIN = Deployed(
    handler="app.handler",
    root=None,
    manifest="main.tf",
    line=1,
    resource="",
    runtime="python3.13",
    memory=None,
    timeout=None,
    snapstart=False,
    vpc=False,
    provisioned_concurrency=False,
)


def function(resource: str, line: int, **stated: Any) -> Deployed:
    """A function as the plainest block declares it, but for what is said."""
    return replace(PLAIN, resource=resource, line=line, **stated)


def read_files(root: Path, files: dict[str, str]) -> tuple[Deployed, ...]:
    """What a project with these files deploys; none of them is a problem."""
    return declared(root, files)


def plainly(deployed: tuple[Deployed, ...]) -> tuple[Deployed, ...]:
    """The same without the places of what is stated."""
    return tuple(replace(each, said=()) for each in deployed)

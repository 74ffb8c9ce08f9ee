"""Manifests written to a folder and read, for the tests of their readers."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

from flake8_lambda_perf.manifests import read

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from flake8_lambda_perf.manifests.deployed import Deployed, Reading


def project(root: Path, files: Mapping[str, str]) -> Path:
    """A project with these files."""
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(dedent(text), encoding="utf-8")
    return root.resolve()


def reading(root: Path, files: Mapping[str, str]) -> Reading:
    """What these files declare, all of which are looked at."""
    return read(project(root, files), files)


def declared(root: Path, files: Mapping[str, str]) -> tuple[Deployed, ...]:
    """The functions that these files declare, without any problem."""
    deployed, problems = reading(root, files)
    assert problems == ()
    return deployed


def in_short(deployed: Iterable[Deployed]) -> list[str]:
    """Where each function is declared, its name, its handler and the folder of its code."""
    return [f"{one.manifest}:{one.line} {one.resource} {one.handler} in {one.root!r}" for one in deployed]

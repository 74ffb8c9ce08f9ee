"""What is deployed: the functions that the project's deployment manifests declare."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Protocol

from flake8_lambda_perf.errors import ManifestError
from flake8_lambda_perf.manifests import dockerfile, sam, serverless
from flake8_lambda_perf.manifests.deployed import (
    Deployed,
    LocatedError,
    Reading,
    check_text,
    read_text,
)
from flake8_lambda_perf.model import Problem

__all__ = ["Deployed", "read"]


class Reader(Protocol):
    """A kind of manifest: a module with these two functions."""

    def claims(self, name: str, text: str) -> bool:
        """Whether the file called `name` is of this kind, judged without parsing it."""

    def read(self, root: Path, path: str, text: str) -> Reading:
        """The functions the manifest at `path` deploys; raises ManifestError where it is broken."""


READERS: tuple[Reader, ...] = (sam, serverless, dockerfile)
"""A new kind of manifest is one module and its place here."""

# Templates whose YAML or JSON exists only after rendering (Helm, Jinja, Sceptre); `{{resolve:` is CloudFormation's own.
_TEMPLATED = re.compile(r"\{%|\{\{(?!resolve:)")


def read(root: Path, manifests: Iterable[str]) -> Reading:
    """The deployed functions of the files in `manifests` (relative to `root`), and what could not be read."""
    root = root.resolve()
    deployed: list[Deployed] = []
    problems: list[Problem] = []
    for path in sorted(set(manifests)):
        found, failed = _read_file(root, path)
        deployed += found
        problems += failed
    return tuple(_without_repeated_images(deployed)), tuple(dict.fromkeys(problems))


def _without_repeated_images(deployed: list[Deployed]) -> Iterator[Deployed]:
    """Leaves out what a Dockerfile says of itself where a manifest deploys the same function, and knows more of it."""
    by_images = [each for each in deployed if dockerfile.is_named(each.manifest.rpartition("/")[2])]
    others = [each for each in deployed if not dockerfile.is_named(each.manifest.rpartition("/")[2])]
    known = {(each.root, each.handler) for each in others}
    yield from others
    yield from (each for each in by_images if each.root is None or (each.root, each.handler) not in known)


def _read_file(root: Path, path: str) -> Reading:
    try:
        text = read_text(root, path)
    except ManifestError as error:
        return (), (Problem(path, error.line, str(error)),)
    if text is None:
        return (), ()
    name = path.rpartition("/")[2]
    deployed: list[Deployed] = []
    problems: list[Problem] = []
    for reader in READERS:
        if not reader.claims(name, text):
            continue
        try:
            check_text(text)
            found, failed = reader.read(root, path, text)
        except LocatedError as error:
            problems.append(error.problem())
        except ManifestError as error:
            if not _TEMPLATED.search(text):
                problems.append(Problem(path, error.line, str(error)))
        else:
            deployed += found
            problems += failed
    return tuple(deployed), tuple(problems)

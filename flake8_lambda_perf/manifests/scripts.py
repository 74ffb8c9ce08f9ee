"""Reads the TypeScript and JavaScript of a project: each kind of deployment program, all of its files at once."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from flake8_lambda_perf.errors import ManifestError
from flake8_lambda_perf.manifests import cdk_typescript, sst_typescript
from flake8_lambda_perf.manifests.deployed import Deployed, Reading, read_text
from flake8_lambda_perf.manifests.typescript.packages import Packages
from flake8_lambda_perf.model import Problem

KINDS = (cdk_typescript, sst_typescript)


def read(root: Path, paths: Iterable[str]) -> Reading:
    """The Python functions that the programs among the files declare."""
    paths = list(paths)
    packages = Packages(root, paths)
    deployed: list[Deployed] = []
    problems: list[Problem] = []
    claimed: tuple[dict[str, str], ...] = tuple({} for _ in KINDS)
    for path in paths:
        try:
            text = read_text(root, path)
        except ManifestError as error:
            problems.append(Problem(path, error.line, str(error)))
            continue
        for kind, texts in zip(KINDS, claimed, strict=True):
            if text is not None and kind.claims(path.rpartition("/")[2], text):
                texts[path] = text
    for kind, texts in zip(KINDS, claimed, strict=True):
        found, failed = kind.read_all(root, texts, packages) if texts else ((), ())
        deployed += found
        problems += failed
    return tuple(deployed), tuple(problems)

"""The code that is checked: the generated monorepo, and a large installed package."""

from __future__ import annotations

import importlib.util
import shutil
from dataclasses import dataclass
from pathlib import Path

from tests.bench import monorepo

PACKAGES = ("sqlalchemy", "botocore", "moto", "libcst")
"""The first that is installed is the second corpus. It is copied under the name `library`, as a project's own
package: checkers skip site-packages, and ours skips vendored packages."""

APP = '''"""A function that is served by the package."""

import boto3

import library


def lambda_handler(event, context):
    """Answers with what the package holds."""
    client = boto3.client("s3")
    return client.list_buckets(), library.__name__
'''


@dataclass(frozen=True, slots=True)
class Corpus:
    """A folder of Python code and the sentence that describes it."""

    name: str
    root: Path
    description: str


def generated(folder: Path, seed: int, functions: int, lines: int) -> Corpus:
    """The monorepo, written below `folder`."""
    root = folder / "monorepo"
    root.mkdir()
    return Corpus("monorepo", root, monorepo.build(root, seed, functions, lines).describe())


def installed(folder: Path) -> Corpus | None:
    """A copy of a large package of this environment, None if there is none."""
    for name in PACKAGES:
        spec = importlib.util.find_spec(name)
        if spec is None or not spec.submodule_search_locations:
            continue
        root = folder / "package"
        shutil.copytree(spec.submodule_search_locations[0], root / "library", ignore=_only_python)
        (root / "app.py").write_text(APP)
        (root / "pyproject.toml").write_text("[tool.lambda-perf]\n")
        files = sorted(root.rglob("*.py"))
        lines = sum(len(path.read_bytes().splitlines()) for path in files)
        return Corpus("package", root, f"{name} as a project's own package: {len(files)} Python files, {lines} lines")
    return None


def _only_python(folder: str, names: list[str]) -> set[str]:
    return {name for name in names if not name.endswith(".py") and not (Path(folder) / name).is_dir()} | {"__pycache__"}

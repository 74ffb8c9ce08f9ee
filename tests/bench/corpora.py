"""The code that is checked: the generated monorepo, and a large installed package."""

from __future__ import annotations

import importlib.util
import shutil
from dataclasses import dataclass
from pathlib import Path

from tests.bench import monorepo

PACKAGES = ("sqlalchemy", "botocore", "moto", "libcst")
"""The first that is installed is the second corpus; it is copied, since checkers skip site-packages."""


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
        shutil.copytree(spec.submodule_search_locations[0], root / name, ignore=_only_python)
        (root / "pyproject.toml").write_text("[tool.lambda-perf]\n")
        files = sorted(root.rglob("*.py"))
        lines = sum(len(path.read_bytes().splitlines()) for path in files)
        return Corpus("package", root, f"package {name} as installed: {len(files)} Python files, {lines} lines")
    return None


def _only_python(folder: str, names: list[str]) -> set[str]:
    return {name for name in names if not name.endswith(".py") and not (Path(folder) / name).is_dir()} | {"__pycache__"}

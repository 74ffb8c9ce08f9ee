"""The filtered engine finds what plain LibCST finds on whole modules: its filter leaves nothing out."""

from __future__ import annotations

import importlib
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from test_cases import ALL, Case
from whole_engine import both

from flake8_lambda_perf import config, engine

PROJECTS = Path(__file__).parent / "projects"
NAMES = sorted(folder.name for folder in PROJECTS.iterdir() if (folder / "project").is_dir())
OFF_BY_DEFAULT = ("LPF113", "LPF202")
PACKAGES = {
    "coverage": ("coverage.cmdline:main",),
    "flake8": ("flake8.main.cli:main",),
    "importlinter": ("importlinter.cli:lint_imports",),
}
"""Installed packages, and functions of them that are taken for handlers."""


def job(root: Path, *, handlers: tuple[str, ...] = (), enable: tuple[str, ...] = OFF_BY_DEFAULT) -> engine.Job:
    """Asks for the findings of all rules, without heed to comments that hide some."""
    settings = config.load(root, None, isolated=False)
    settings = replace(settings, select=(), ignore=(), enable=enable, max_eager_routers=0)
    settings = replace(settings, handlers=(*settings.handlers, *handlers))
    return engine.Job(root, settings, (root,), {}, None, noqa=False)


# Files are left out only where no rule that is off by default looks into functions that nothing calls.
@pytest.mark.parametrize("case", ALL, ids=[f"{case.rule}: {case.title}" for case in ALL])
def test_nothing_of_a_case_is_left_out(case: Case, tmp_path: Path) -> None:
    case.job(tmp_path)
    filtered, whole = both(job(tmp_path, enable=tuple(code for code in OFF_BY_DEFAULT if code in case.codes)))
    assert filtered == whole


@pytest.mark.parametrize("enable", [OFF_BY_DEFAULT, ()], ids=["all rules", "rules on by default"])
@pytest.mark.parametrize("name", NAMES)
def test_nothing_of_a_project_is_left_out(name: str, enable: tuple[str, ...]) -> None:
    filtered, whole = both(job(PROJECTS / name / "project", enable=enable))
    assert filtered == whole


@pytest.mark.parametrize("name", PACKAGES)
def test_nothing_of_an_installed_package_is_left_out(name: str, tmp_path: Path) -> None:
    origin = importlib.import_module(name).__file__
    assert origin is not None
    data = shutil.ignore_patterns("data", "__pycache__", "*.so", "*.pyd", "tests", "vendored")
    shutil.copytree(Path(origin).parent, tmp_path / name, ignore=data)
    filtered, whole = both(job(tmp_path, handlers=PACKAGES[name]))
    assert filtered == whole
    assert any(finding.code == "LPF202" for finding in filtered)

"""Whole services: what is found in them, what the fix makes of them, and that they answer as before."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from oracle import judge
from oracle.examine import Examined, answer, examine, job_of

from flake8_lambda_perf import engine

PROJECTS = Path(__file__).parent / "projects"
NAMES = sorted(folder.name for folder in PROJECTS.iterdir() if (folder / "expected.json").is_file())
every_project = pytest.mark.parametrize("name", NAMES)
ROUTED = frozenset({"credentials"})
"""Their fix is code for a framework, which stubs only look like; test_lazy_projects.py runs it under the real one."""
fixed_under_stubs = pytest.mark.parametrize("name", [name for name in NAMES if name not in ROUTED])


def copy_of(name: str, tmp_path: Path) -> Path:
    return Path(shutil.copytree(PROJECTS / name / "project", tmp_path / name))


def expected_of(name: str) -> list[list[str | int]]:
    expected: list[list[str | int]] = json.loads((PROJECTS / name / "expected.json").read_text("utf-8"))
    return expected


@every_project
def test_exactly_the_expected_lines_are_found(name: str, tmp_path: Path) -> None:
    run = engine.check(job_of(copy_of(name, tmp_path)))
    assert run.problems == ()
    assert sorted([finding.path, finding.line, finding.code] for finding in run.findings) == expected_of(name)


@every_project
def test_the_fix_makes_the_expected_files(name: str, tmp_path: Path) -> None:
    folder = PROJECTS / name / "fixed"
    expected = {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in folder.rglob("*.py")}
    said = answer(copy_of(name, tmp_path), tmp_path / "fixed")
    assert {path: (said.fixed / path).read_text("utf-8") for path in expected} == expected


@pytest.fixture(scope="module")
def examined(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Examined]:
    """Every project run as it is and as it is fixed, by the handlers the engine finds."""
    scratch = tmp_path_factory.mktemp("projects")
    found = examine([(name, copy_of(name, scratch), ()) for name in NAMES], scratch)
    return {one.name: one for one in found}


@every_project
def test_every_finding_is_paid_on_every_request(name: str, examined: dict[str, Examined]) -> None:
    assert examined[name].before.errors == ()
    assert examined[name].wrong() == []


@fixed_under_stubs
def test_the_fixed_service_answers_as_before(name: str, examined: dict[str, Examined]) -> None:
    assert examined[name].broken() == []


@fixed_under_stubs
def test_the_fixed_service_builds_less_on_the_second_request(name: str, examined: dict[str, Examined]) -> None:
    one = examined[name]
    before, after = (judge.builds_per_request(record.calls).get(2, 0) for record in (one.before, one.after))
    assert after < before if any(claim.code.startswith("LPF1") for claim in one.safe) else after == before

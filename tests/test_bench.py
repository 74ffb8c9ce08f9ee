"""The generated monorepo is the same every time, is Python, and is as large and as mixed as it says."""

from __future__ import annotations

import ast
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def monorepo(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(ROOT))
    return import_module("tests.bench.monorepo")


def texts(root: Path) -> dict[str, str]:
    return {path.relative_to(root).as_posix(): path.read_text("utf-8") for path in root.rglob("*") if path.is_file()}


def test_the_same_seed_writes_the_same_bytes(monorepo: Any, tmp_path: Path) -> None:
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        monorepo.build(tmp_path / name, 7, 12, 8_000)
    assert texts(tmp_path / "first") == texts(tmp_path / "second")


def test_another_seed_writes_another_program(monorepo: Any, tmp_path: Path) -> None:
    for seed in (7, 8):
        (tmp_path / str(seed)).mkdir()
        monorepo.build(tmp_path / str(seed), seed, 4, 3_000)
    assert texts(tmp_path / "7") != texts(tmp_path / "8")


def test_what_is_generated_parses_and_no_two_modules_are_alike(monorepo: Any, tmp_path: Path) -> None:
    monorepo.build(tmp_path, 7, 12, 8_000)
    modules = [text for path, text in texts(tmp_path).items() if path.endswith(".py") and "__init__" not in path]
    assert all(ast.parse(text).body for text in modules)
    assert len(set(modules)) == len(modules)


def test_a_tenth_of_the_lines_is_in_functions_that_build_or_import(monorepo: Any, tmp_path: Path) -> None:
    made = monorepo.build(tmp_path, 7, 30, 20_000)
    assert (made.functions, round(made.lines, -3), round(made.candidate_lines / made.lines, 2)) == (30, 20_000, 0.1)


def test_each_of_the_thirty_routers_has_a_third_party_import_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT))
    app = import_module("tests.bench.routers_app")
    assert (len(app.NAMES), len(set(app.NAMES)), len(set(app.LIBRARIES))) == (30, 30, 30)
    assert {name for name in app.LIBRARIES if name.partition(".")[0] in sys.stdlib_module_names} == set()

"""What every fix keeps, over all programs at hand: they parse, have no new flaw and all their comments."""

from __future__ import annotations

import io
import re
import tokenize
import warnings
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from marked import job
from oracle.generate import generate
from pyflakes.api import check as pyflakes  # type: ignore[import-untyped]
from pyflakes.reporter import Reporter  # type: ignore[import-untyped]
from test_cases import ALL

from flake8_lambda_perf.engine import fix
from flake8_lambda_perf.rules.catalog import entries
from flake8_lambda_perf.source import decode, newline_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flake8_lambda_perf.engine import Change

CODES = frozenset(entry.code for entry in entries())
PROJECTS = Path(__file__).parent / "projects"
SEEDS = range(9_000, 9_150)

CASES = [case for case in ALL if any(name.endswith(".py") for name in case.files)]
TEXTS = {f"{case.rule}: {case.title}": case.files for case in CASES}
TEXTS |= {
    f"project {folder.name}": {
        path.relative_to(folder / "project").as_posix(): path.read_text("utf-8")
        for path in sorted((folder / "project").rglob("*"))
        if path.is_file() and path.suffix in {".py", ".yaml", ".yml", ".json", ".toml", ".txt"}
    }
    for folder in sorted(PROJECTS.iterdir())
    if (folder / "project").is_dir()
}


def comments(data: bytes) -> Counter[str]:
    tokens = tokenize.tokenize(io.BytesIO(data).readline)
    return Counter(token.string.rstrip() for token in tokens if token.type == tokenize.COMMENT)


def flaws(text: str) -> Counter[str]:
    """What pyflakes says, without its places; a fix moves lines."""
    out = io.StringIO()
    pyflakes(text, "f", Reporter(out, out))
    return Counter(re.sub(r" from line \d+$", "", line.split(" ", 1)[-1]) for line in out.getvalue().splitlines())


def violations(change: Change) -> list[str]:
    """What a changed file lost."""
    after = decode(change.after, change.path)
    found = []
    if change.path.endswith(".py"):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(after.text, change.path, "exec", dont_inherit=True)
    if change.before is None:
        return [f"{change.path}: {flaw}" for flaw in flaws(after.text)]
    before = decode(change.before, change.path)
    if change.path.endswith(".py"):
        found += [f"{change.path}: new: {flaw}" for flaw in flaws(after.text) - flaws(before.text)]
        found += [f"{change.path}: lost {comment}" for comment in comments(change.before) - comments(change.after)]
    if (after.encoding, after.bom) != (before.encoding, before.bom):
        found.append(f"{change.path}: its encoding changed")
    if newline_of(after.text) != newline_of(before.text) or (
        before.text.replace("\r\n", "").count("\r") != after.text.replace("\r\n", "").count("\r")
    ):
        found.append(f"{change.path}: its newlines changed")
    return found


def assert_kept(root: Path, files: Mapping[str, str], *, unsafe: bool) -> None:
    """Fixes a program twice; the second time changes nothing."""
    task = job(root, files, CODES)
    repair = fix(task, unsafe)
    assert [flaw for change in repair.changes for flaw in violations(change)] == []
    for change in repair.changes:
        (root / change.path).parent.mkdir(parents=True, exist_ok=True)
        (root / change.path).write_bytes(change.after)
    again = fix(task, unsafe)
    assert [(change.path, change.after.decode()) for change in again.changes] == []


@pytest.mark.parametrize("unsafe", [False, True], ids=["safe", "unsafe"])
@pytest.mark.parametrize("files", TEXTS.values(), ids=TEXTS)
def test_fixed_program_keeps_all_but_what_is_slow(files: Mapping[str, str], unsafe: bool, tmp_path: Path) -> None:
    assert_kept(tmp_path, files, unsafe=unsafe)


@pytest.mark.parametrize("seed", SEEDS)
def test_fixed_generated_program_keeps_all_but_what_is_slow(seed: int, tmp_path: Path) -> None:
    assert_kept(tmp_path, dict(generate(seed).files), unsafe=bool(seed % 2))


@pytest.mark.slow
def test_windows_newlines_stay_in_every_fixed_program(tmp_path: Path) -> None:
    for number, files in enumerate(TEXTS.values()):
        windows = {name: text.replace("\n", "\r\n") for name, text in files.items()}
        assert_kept(tmp_path / str(number), windows, unsafe=True)

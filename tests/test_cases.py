"""Runs tests/cases/*.md; its README tells what a case is."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from marked import Files, fixed, found, job, marks_of, unmarked

from flake8_lambda_perf.rules.catalog import entries

if TYPE_CHECKING:
    from flake8_lambda_perf.engine import Job

CASES = Path(__file__).parent / "cases"
CODES = {entry.name: entry.code for entry in entries()}
_HEADING = re.compile(r"^## (.+)\n", re.MULTILINE)
_FIX = re.compile(r"^### (.+)\n", re.MULTILINE)
_FENCE = re.compile(r"^(```+)[a-z]+ (\S+)\n(.*?)^\1$", re.MULTILINE | re.DOTALL)
FIXES = frozenset({"fixed", "fixed unsafe", "no fix"})


@dataclass(frozen=True)
class Case:
    """One case: the project with its marks, and what is expected of the fix."""

    rule: str
    title: str
    marked: Files
    fix: str
    after: Files

    @cached_property
    def files(self) -> Files:
        return unmarked(self.marked)

    @cached_property
    def codes(self) -> frozenset[str]:
        """The rules the case is about: the one its file is named after, and those it marks."""
        own = {CODES[self.rule]} if self.rule in CODES else set()
        return frozenset(own | {code for _, _, code in marks_of(self.marked)})

    def job(self, root: Path) -> Job:
        return job(root, self.files, self.codes)


def cases_in(rule: str, text: str) -> list[Case]:
    """Reads the cases of one Markdown file, or says which is not written as the README says."""
    _, *parts = _HEADING.split(_outside_fences(text))
    titles = parts[::2]
    assert len(titles) == len(set(titles)), f"{rule}: two cases have the same heading"
    return [_case(rule, title, _inside_fences(body)) for title, body in zip(titles, parts[1::2], strict=True)]


def _case(rule: str, title: str, body: str) -> Case:
    where = f"{rule}, {title}"
    before, *fix = _FIX.split(_outside_fences(body))
    assert len(fix) in (0, 2), f"{where}: more than one expected fix"
    kind, after = fix or ("", "")
    assert kind in {"", *FIXES}, f"{where}: `### {kind}` is none of {sorted(FIXES)}"
    case = Case(rule, title, _files(_inside_fences(before)), kind, _files(_inside_fences(after)))
    assert case.marked, f"{where}: no files"
    assert bool(case.after) == kind.startswith("fixed"), f"{where}: files belong below `### fixed`"
    assert not kind or marks_of(case.marked), f"{where}: a fix is expected of nothing"
    return case


def _files(text: str) -> Files:
    fences = _FENCE.findall(text)
    names = [name for _, name, _ in fences]
    assert len(names) == len(set(names)), f"two files have the same name: {names}"
    return {name: body for _, name, body in fences}


def _outside_fences(text: str) -> str:
    """Hides the lines of fences that look like headings, as comments in Python do."""
    return _FENCE.sub(lambda fence: re.sub(r"^#", "\0#", fence[0], flags=re.MULTILINE), text)


def _inside_fences(text: str) -> str:
    return text.replace("\0#", "#")


def _read() -> list[Case]:
    files = sorted(file for file in CASES.glob("*.md") if file.name != "README.md")
    return [case for file in files for case in cases_in(file.stem, file.read_text("utf-8"))]


ALL = _read()
every_case = pytest.mark.parametrize("case", ALL, ids=[f"{case.rule}: {case.title}" for case in ALL])
FIXED = [case for case in ALL if case.fix]
every_fix = pytest.mark.parametrize("case", FIXED, ids=[f"{case.rule}: {case.title}" for case in FIXED])


@every_case
def test_marked_lines_are_found_and_no_other(case: Case, tmp_path: Path) -> None:
    assert found(case.job(tmp_path), case.codes) == marks_of(case.marked)


@every_fix
def test_the_fix_makes_the_expected_files(case: Case, tmp_path: Path) -> None:
    unsafe = case.fix != "fixed"
    assert fixed(case.job(tmp_path), case.files, unsafe=unsafe) == {**case.files, **case.after}


@every_fix
def test_what_is_fixed_parses_keeps_its_comments_and_is_not_fixed_again(case: Case, tmp_path: Path) -> None:
    once = fixed(case.job(tmp_path), case.files, unsafe=True)
    for name, text in once.items():
        if name.endswith(".py") and text != case.files.get(name):
            ast.parse(text)
            assert comments(case.files.get(name, "")) <= comments(text)
    again = replace(case, marked=once).job(tmp_path)
    assert fixed(again, once, unsafe=True) == once


def comments(text: str) -> set[str]:
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return {token.string for token in tokens if token.type == tokenize.COMMENT}


def test_every_rule_has_cases_that_are_found_and_cases_that_are_left_alone() -> None:
    without = {
        f"{name} has no case that {what}"
        for name in CODES
        for what, wanted in (("is found", True), ("is left alone", False))
        if not any(case.rule == name and bool(marks_of(case.marked)) is wanted for case in ALL)
    }
    assert without == set()

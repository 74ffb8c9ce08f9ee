"""The analysis against the oracle: no wrong finding, and no fix that changes what a program does."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from oracle import judge
from oracle.examine import Examined, examine, report
from oracle.generate import generate
from oracle.programs import Program, from_cases, likely_handlers

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

DEFINITION = re.compile(r"\s*(?:async )?(?:def|class) (\w+?)(?:_\d+)?\b|^(\w+?)_\d+ = lambda")


def test_no_finding_in_the_cases_is_contradicted_by_a_run(tmp_path: Path) -> None:
    folders = [
        (program.name, program.write(tmp_path / str(index)), likely_handlers(program))
        for index, program in enumerate(from_cases())
    ]
    assert report(examine(folders, tmp_path)) == ([], [])


def test_no_finding_in_generated_programs_is_contradicted_by_a_run(
    tmp_path: Path, pytestconfig: pytest.Config, record_property: Callable[[str, object], None]
) -> None:
    count = 2000 if pytestconfig.getoption("--oracle-deep") else 300
    programs = [generate(seed) for seed in range(count)]
    folders = [
        (program.name, program.write(tmp_path / str(seed)), (("app.py", "handler"),))
        for seed, program in enumerate(programs)
    ]
    examined = examine(folders, tmp_path)
    found, misses = tally(programs, examined)
    print(f"\n{found} findings confirmed, {sum(misses.values())} lines missed: {dict(misses.most_common())}")  # noqa: T201
    record_property("confirmed", found)
    record_property("missed", dict(misses))
    assert report(examined) == ([], [])
    assert found > count // 2


def tally(programs: list[Program], examined: list[Examined]) -> tuple[int, Counter[str]]:
    """How many findings there are, and the missed lines by what encloses them."""
    misses: Counter[str] = Counter()
    for program, one in zip(programs, examined, strict=True):
        texts = dict(program.files)
        misses.update(enclosing(texts[path], line) for path, line in judge.missed(one.claims, one.before))
    return sum(len(one.claims) for one in examined), misses


def enclosing(text: str, line: int) -> str:
    """The kind of the definition that stands last before a line of a generated program."""
    for candidate in reversed(text.splitlines()[:line]):
        if (match := DEFINITION.match(candidate)) and match[1] not in {"get", "make", "build", "client", "wrapper"}:
            return match[1] or match[2]
    return "module"

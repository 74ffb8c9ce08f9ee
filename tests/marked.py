"""Programs with expected findings on their lines, as rules and case files show them.

A line that ends in `# LPF101` has one finding of that rule; `# LPF101 LPF105` has two. The marks
are taken off before the program is looked at, so that they cannot change what is found or fixed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from flake8_lambda_perf import config, engine
from flake8_lambda_perf.rules.catalog import entries

Files: TypeAlias = dict[str, str]
Mark: TypeAlias = tuple[str, int, str]
"""File, line and code."""

_MARK = re.compile(r"[ \t]*#[ \t]*(LPF\d{3}(?:[ ,]+LPF\d{3})*)[ \t]*$", re.MULTILINE)
_FILE = re.compile(r"^# file: (\S+)\n", re.MULTILINE)
_SETTINGS = frozenset({"pyproject.toml", "lambda-perf.toml"})


def files_of(program: str) -> Files:
    """Parts a program at its lines `# file: name.py`; without one it is `app.py`."""
    head, *rest = _FILE.split(program)
    files = {name: body.strip("\n") + "\n" for name, body in zip(rest[::2], rest[1::2], strict=True)}
    return files if not head.strip() else {"app.py": head, **files}


def unmarked(files: Mapping[str, str]) -> Files:
    return {name: text if name in _SETTINGS else _MARK.sub("", text) for name, text in files.items()}


def marks_of(files: Mapping[str, str]) -> list[Mark]:
    """The expected findings, sorted."""
    return sorted(
        (name, text.count("\n", 0, match.start(1)) + 1, code)
        for name, text in files.items()
        if name not in _SETTINGS
        for match in _MARK.finditer(text)
        for code in re.findall(r"LPF\d{3}", match[1])
    )


def job(root: Path, files: Mapping[str, str], codes: frozenset[str]) -> engine.Job:
    """Writes a project and asks for its findings of these rules.

    Settings that select rules themselves are left as they are, and a rule that is off stays off
    where they do not switch it on.
    """
    for name, text in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8", newline="")
    settings = config.load(root, None, isolated=False)
    on = {entry.code for entry in entries() if entry.default}
    if codes <= on and not (settings.select or settings.enable or settings.extend_select):
        settings = replace(settings, select=tuple(sorted(codes)))
    return engine.Job(root=root, settings=settings, targets=(root,), overlay={}, cache=None)


def found(job: engine.Job, codes: frozenset[str]) -> list[Mark]:
    """What `check` finds of these rules, sorted; a problem fails the test."""
    run = engine.check(job)
    assert run.problems == ()
    return sorted((finding.path, finding.line, finding.code) for finding in run.findings if finding.code in codes)


def fixed(job: engine.Job, files: Mapping[str, str], *, unsafe: bool) -> Files:
    """The project's files as `fix` leaves them; nothing is written."""
    repair = engine.fix(job, unsafe)
    assert repair.run.problems == ()
    changes = {change.path: change.after.decode() for change in repair.changes}
    return {**files, **changes}

"""Paths as the user reads them: relative to the working directory instead of the project's root."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from flake8_lambda_perf.model import Run
from flake8_lambda_perf.source import decode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from flake8_lambda_perf.model import Finding, Fix, Handler


def shown_from(root: Path) -> Callable[[str], str]:
    """A function that rewrites a path below `root` for a reader in the working directory."""
    here = Path.cwd()

    def shown(path: str) -> str:
        if not path:
            return path
        full = root / path
        try:
            return Path(os.path.relpath(full, here)).as_posix()
        except ValueError:  # another drive on Windows
            return full.as_posix()

    return shown


def with_edited_texts(run: Run, root: Path) -> Run:
    """The same run with the texts of the files that fixes edit although nothing was found in them."""
    fixes = (finding.fix for finding in run.findings if finding.fix)
    missing = {edit.path for fix in fixes for edit in fix.edits} - run.texts.keys()
    texts = {path: decode((root / path).read_bytes(), path).text for path in sorted(missing)}
    return replace(run, texts={**run.texts, **texts})


def relocate(run: Run, root: Path) -> Run:
    """The same run with every path rewritten."""
    shown = shown_from(root)
    if shown("a") == "a":
        return run
    return replace(
        run,
        findings=tuple(relocate_finding(finding, shown) for finding in run.findings),
        problems=tuple(replace(each, path=shown(each.path)) for each in run.problems),
        handlers=tuple(relocate_handler(handler, shown) for handler in run.handlers),
        unresolved=tuple(replace(each, path=shown(each.path)) for each in run.unresolved),
        notices=tuple(replace(each, path=shown(each.path)) for each in run.notices),
        texts={shown(path): text for path, text in run.texts.items()},
    )


def relocate_finding(finding: Finding, shown: Callable[[str], str]) -> Finding:
    """One finding with its trace, handler and fix rewritten."""
    return replace(
        finding,
        path=shown(finding.path),
        trace=tuple(replace(step, path=shown(step.path)) for step in finding.trace),
        handler=relocate_handler(finding.handler, shown) if finding.handler else None,
        fix=relocate_fix(finding.fix, shown) if finding.fix else None,
    )


def relocate_handler(handler: Handler, shown: Callable[[str], str]) -> Handler:
    """One handler, with the places of its manifest."""
    deployed = replace(handler.deployed, path=shown(handler.deployed.path)) if handler.deployed else None
    said = tuple(replace(fact, path=shown(fact.path)) for fact in handler.said)
    return replace(handler, path=shown(handler.path), deployed=deployed, said=said)


def relocate_fix(fix: Fix, shown: Callable[[str], str]) -> Fix:
    """One fix."""
    return replace(
        fix,
        edits=tuple(replace(edit, path=shown(edit.path)) for edit in fix.edits),
        creates=tuple(replace(new, path=shown(new.path)) for new in fix.creates),
    )


def merge(runs: Iterable[Run]) -> Run:
    """The runs of several roots as one, in the order of what the user reads."""
    each = list(runs)
    if len(each) == 1:
        return each[0]
    findings = (finding for run in each for finding in run.findings)
    return Run(
        findings=tuple(sorted(findings, key=lambda f: (f.path, f.line, f.column, f.code))),
        problems=tuple(problem for run in each for problem in run.problems),
        handlers=tuple(_once(handler for run in each for handler in run.handlers)),
        unresolved=tuple(one for run in each for one in run.unresolved),
        notices=tuple(notice for run in each for notice in run.notices),
        files=sum(run.files for run in each),
        skipped=sum(run.skipped for run in each),
        seconds=sum(run.seconds for run in each),
        texts={path: text for run in each for path, text in run.texts.items()},
    )


def _once(handlers: Iterable[Handler]) -> Iterable[Handler]:
    """Each handler once: an inner project's are known to the one around it too, which sees more of them."""
    found: dict[tuple[object, ...], Handler] = {}
    for each in handlers:
        place = (each.deployed.path, each.deployed.line) if each.deployed is not None else None
        found.setdefault((each.path, each.line, each.qualified_name, each.evidence, place), each)
    return found.values()

"""`lambda-perf fix`: apply fixes, or show what they would change."""

from __future__ import annotations

import sys
from dataclasses import replace
from operator import attrgetter
from typing import TYPE_CHECKING

from flake8_lambda_perf.cli.jobs import jobs_of, read_stdin
from flake8_lambda_perf.cli.paths import merge, relocate, shown_from
from flake8_lambda_perf.cli.terminal import (
    notice,
    notice_no_handlers,
    notice_problems,
    notice_unread,
    paint_for,
    sign_of_life,
    write,
    write_bytes,
)
from flake8_lambda_perf.cli.write import write_changes
from flake8_lambda_perf.dataclass import dataclass
from flake8_lambda_perf.engine import fix
from flake8_lambda_perf.errors import UsageError
from flake8_lambda_perf.model import Run  # noqa: TC001  # dataclass field
from flake8_lambda_perf.report.ansi import printable
from flake8_lambda_perf.report.diff import unified
from flake8_lambda_perf.report.footer import count

if TYPE_CHECKING:
    from argparse import Namespace

    from flake8_lambda_perf.cli.jobs import Stdin
    from flake8_lambda_perf.engine import Change, Job, Repair


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one project: what is left, and what was or would be written."""

    run: Run
    changes: tuple[Change, ...]
    applied: int


def run(options: Namespace) -> int:
    """Fix the targets and return the exit status."""
    stdin = read_stdin(options)
    if stdin is not None and not is_dry(options):
        return fix_stdin(options, stdin)
    jobs = jobs_of(options, stdin)
    with sign_of_life("fixing"):
        repairs = [(job, fix(job, options.unsafe_fixes)) for job in jobs]
    outcomes = [preview(*each) if is_dry(options) else apply(*each) for each in repairs]
    rest = merge(outcome.run for outcome in outcomes)
    changes = sorted((each for outcome in outcomes for each in outcome.changes), key=attrgetter("path"))
    applied = sum(outcome.applied for outcome in outcomes)
    write(shown_changes(changes, options))
    notice_problems(rest, options.color)
    notice_unread(rest)
    notice_no_handlers(rest)
    notice(summary(applied, changes, rest, options))
    if rest.problems:
        return 2
    return 1 if is_dry(options) and changes else 0


def is_dry(options: Namespace) -> bool:
    """Whether nothing is to be written."""
    return bool(options.diff or options.check)


def preview(job: Job, repair: Repair) -> Outcome:
    """What would be written, with paths for the user."""
    shown = shown_from(job.root)
    changes = tuple(replace(change, path=shown(change.path)) for change in repair.changes)
    return Outcome(relocate(repair.run, job.root), changes, repair.applied)


def apply(job: Job, repair: Repair) -> Outcome:
    """Write the changes of one project."""
    written, problems = write_changes(job.root, repair.changes)
    left = replace(repair.run, problems=(*repair.run.problems, *problems))
    return preview(job, replace(repair, run=left, changes=tuple(written)))


def fix_stdin(options: Namespace, stdin: Stdin) -> int:
    """Write the fixed text to standard output; the text as it came where it cannot be fixed alone."""
    jobs = jobs_of(options, stdin)
    if not jobs:  # the file is excluded
        write_bytes(stdin.data)
        return 0
    (job,) = jobs
    repair = fix(job, options.unsafe_fixes)
    (path,) = job.overlay
    others = [change.path for change in repair.changes if change.path != path]
    if others:
        write_bytes(stdin.data)
        raise UsageError(f"the fix of {path} changes {', '.join(others)} too; run lambda-perf fix {path} instead")
    after = [change.after for change in repair.changes]
    write_bytes(after[0] if after else stdin.data)
    left = relocate(repair.run, job.root)
    notice_problems(left, options.color)
    return 2 if left.problems else 0


def shown_changes(changes: list[Change], options: Namespace) -> str:
    """The diff, or the names of the files that were or would be written."""
    if options.diff:
        paint = paint_for(sys.stdout, options.color)
        return "".join(unified(change.path, change.before, change.after, paint) for change in changes)
    verb = "would fix" if options.check else "fixed"
    return "".join(f"{verb} {printable(change.path)}\n" for change in changes)


def summary(applied: int, changes: list[Change], rest: Run, options: Namespace) -> str:
    """`3 fixes applied in 2 files, 1 finding left`."""
    left = f"{count(len(rest.findings), 'finding')} left"
    if not changes:
        return f"nothing fixed, {left}" if rest.findings else "nothing to fix"
    number = f"{applied} fix" if applied == 1 else f"{applied} fixes"
    verb = "would be applied" if is_dry(options) else "applied"
    return f"{number} {verb} in {count(len(changes), 'file')}, {left}"

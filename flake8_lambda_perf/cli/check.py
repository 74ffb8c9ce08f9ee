"""`lambda-perf check`: report, write nothing."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from flake8_lambda_perf.cli.jobs import jobs_of, read_stdin
from flake8_lambda_perf.cli.paths import merge, relocate, with_edited_texts
from flake8_lambda_perf.cli.terminal import (
    notice_no_handlers,
    notice_problems,
    notice_unread,
    paint_for,
    sign_of_life,
    write,
)
from flake8_lambda_perf.engine import check, check_with_fixes
from flake8_lambda_perf.errors import UsageError
from flake8_lambda_perf.report import FORMATS_WITH_FIXES, TEXT_FORMATS, render

if TYPE_CHECKING:
    from argparse import Namespace

    from flake8_lambda_perf.model import Run


def run(options: Namespace) -> int:
    """Check the targets and return the exit status."""
    if options.statistics and options.format not in TEXT_FORMATS:
        raise UsageError(f"--statistics cannot be part of --format {options.format}; ask for one of the two")
    found = analyse(options)
    write(report(found, options))
    if options.format in TEXT_FORMATS:
        notice_problems(found, options.color)
    notice_unread(found)
    notice_no_handlers(found)
    return status(found, options)


def analyse(options: Namespace) -> Run:
    """What the engine finds in every project among the targets, with paths for the user."""
    jobs = jobs_of(options, read_stdin(options))
    ask = check_with_fixes if options.format in FORMATS_WITH_FIXES else check
    with sign_of_life("checking"):
        runs = [(ask(job), job.root) for job in jobs]
        return merge(relocate(with_edited_texts(found, root), root) for found, root in runs)


def report(found: Run, options: Namespace) -> str:
    """The text for standard output."""
    text = render(found, options.format, paint_for(sys.stdout, options.color))
    if options.statistics:
        from flake8_lambda_perf.report import statistics

        text += statistics.render(found)
    return text


def status(found: Run, options: Namespace) -> int:
    """2 for a problem, else 1 for a finding, else 0."""
    if found.problems:
        return 2
    return 1 if found.findings and not options.exit_zero else 0

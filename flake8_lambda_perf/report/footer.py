"""The last line of the reports that people read."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flake8_lambda_perf.model import Run


def footer(run: Run) -> str:
    """How much was found, and how much of it `fix` repairs."""
    if not run.findings:
        return f"no findings in {count(run.files, 'file')}, {count(len(run.handlers), 'handler')}"
    safe = sum(finding.fixable == "safe" for finding in run.findings)
    unsafe = sum(finding.fixable == "unsafe" for finding in run.findings)
    text = count(len(run.findings), "finding")
    if safe and unsafe:
        return f"{text}, {safe} fixable with lambda-perf fix ({unsafe} more with --unsafe-fixes)"
    if safe:
        return f"{text}, {safe} fixable with lambda-perf fix"
    if unsafe:
        return f"{text}, {unsafe} fixable with lambda-perf fix --unsafe-fixes"
    return text


def count(number: int, noun: str) -> str:
    """`1 file`, `2 files`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"

"""One line a finding, as flake8 prints them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_lambda_perf.report.ansi import BOLD, CYAN, RED, paint, printable
from flake8_lambda_perf.report.footer import footer

if TYPE_CHECKING:
    from flake8_lambda_perf.model import Finding, Problem, Run


def render(run: Run, colour: bool) -> str:
    """`path:line:column: LPF101 message` for each finding, then the footer."""
    lines = [finding_line(finding, colour) for finding in run.findings]
    lines.append(footer(run))
    return "\n".join(lines) + "\n"


def finding_line(finding: Finding, colour: bool) -> str:
    """The line of one finding."""
    path = paint(printable(finding.path), BOLD, colour)
    colon = paint(":", CYAN, colour)
    code = paint(finding.code, RED, colour)
    place = f"{path}{colon}{finding.line}{colon}{finding.column}{colon}"
    return f"{place} {code} {printable(finding.message)}"


def problem_line(problem: Problem, colour: bool) -> str:
    """The line of one problem: `path:line: error: message`."""
    place = printable(problem.path)
    if problem.line:
        place = f"{place}:{problem.line}"
    text = f"{paint('error:', RED, colour)} {printable(problem.message)}"
    return f"{place}: {text}" if place else text

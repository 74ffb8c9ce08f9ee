"""One line a finding, as flake8 prints them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_lambda_perf.report.ansi import BOLD, CYAN, RED, printable
from flake8_lambda_perf.report.footer import footer

if TYPE_CHECKING:
    from flake8_lambda_perf.model import Finding, Problem, Run
    from flake8_lambda_perf.report.ansi import Paint


def render(run: Run, paint: Paint) -> str:
    """`path:line:column: LPF101 message` for each finding, then the footer."""
    lines = [finding_line(finding, paint) for finding in run.findings]
    lines.append(footer(run))
    return "\n".join(lines) + "\n"


def finding_line(finding: Finding, paint: Paint) -> str:
    """The line of one finding."""
    path = paint(printable(finding.path), BOLD)
    colon = paint(":", CYAN)
    code = paint(finding.code, RED)
    place = f"{path}{colon}{finding.line}{colon}{finding.column}{colon}"
    return f"{place} {code} {printable(finding.message)}"


def problem_line(problem: Problem, paint: Paint) -> str:
    """The line of one problem: `path:line: error: message`."""
    place = printable(problem.path)
    if problem.line:
        place = f"{place}:{problem.line}"
    text = f"{paint('error:', RED)} {printable(problem.message)}"
    return f"{place}: {text}" if place else text

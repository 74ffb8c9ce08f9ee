"""Workflow commands, which GitHub Actions shows as annotations on the changed lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flake8_lambda_perf.model import Finding, Problem, Run
    from flake8_lambda_perf.report.ansi import Paint


def render(run: Run, _paint: Paint) -> str:
    """One `::warning` a finding, one `::error` a problem; colours mean nothing here."""
    rows = [warning(finding) for finding in run.findings]
    rows += [error(problem) for problem in run.problems]
    return "".join(f"{row}\n" for row in rows)


def warning(finding: Finding) -> str:
    """The annotation of one finding; GitHub takes columns only where it ends on its first line."""
    place: dict[str, str | int] = {
        "title": f"{finding.code} ({finding.name})",
        "file": finding.path,
        "line": finding.line,
        "endLine": finding.end_line,
    }
    if finding.line == finding.end_line:
        place |= {"col": finding.column, "endColumn": finding.end_column}
    text = f"{finding.path}:{finding.line}:{finding.column}: {finding.code} {finding.message}"
    return command("warning", place, text)


def error(problem: Problem) -> str:
    """The annotation of one problem."""
    place: dict[str, str | int] = {"title": "lambda-perf"}
    if problem.path:
        place["file"] = problem.path
    if problem.line:
        place["line"] = problem.line
    return command("error", place, problem.message)


def command(level: str, properties: dict[str, str | int], text: str) -> str:
    """`::level name=value,name=value::text` with what would end it early escaped."""
    listed = ",".join(f"{name}={property_text(str(value))}" for name, value in properties.items())
    return f"::{level} {listed}::{message_text(text)}"


def message_text(text: str) -> str:
    """The text after `::`."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def property_text(text: str) -> str:
    """A value before `::`."""
    return message_text(text).replace(":", "%3A").replace(",", "%2C")

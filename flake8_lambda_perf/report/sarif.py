"""SARIF 2.1.0, as GitHub code scanning and other viewers read it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import quote

from flake8_lambda_perf import __version__
from flake8_lambda_perf.report.fingerprint import fingerprints
from flake8_lambda_perf.rules.catalog import entries
from flake8_lambda_perf.source import Lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from flake8_lambda_perf.model import Edit, Finding, Fix, Problem, Run, Span, Step
    from flake8_lambda_perf.report.ansi import Paint
    from flake8_lambda_perf.rules.catalog import Entry

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
PROJECT = "https://pypi.org/project/flake8-lambda-perf/"


def render(run: Run, _paint: Paint) -> str:
    """One SARIF log with one run; colours mean nothing here."""
    rules = list(entries())
    index = {entry.code: position for position, entry in enumerate(rules)}
    lines = {path: Lines(text) for path, text in run.texts.items()}
    marks = fingerprints(run.findings, lines)
    log = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": driver(rules)},
                "automationDetails": {"id": "lambda-perf/"},
                "columnKind": "utf16CodeUnits",
                "invocations": [invocation(run.problems)],
                "results": [
                    result(finding, index[finding.code], mark, lines)
                    for finding, mark in zip(run.findings, marks, strict=True)
                ],
            }
        ],
    }
    return json.dumps(log, indent=2) + "\n"


def driver(rules: Iterable[Entry]) -> dict[str, object]:
    """The tool and what its rules mean."""
    return {
        "name": "lambda-perf",
        "semanticVersion": __version__,
        "informationUri": PROJECT,
        "rules": [rule(entry) for entry in rules],
    }


def rule(entry: Entry) -> dict[str, object]:
    """One rule, with its documentation as help."""
    return {
        "id": entry.code,
        "name": entry.name,
        "shortDescription": {"text": entry.summary},
        "fullDescription": {"text": entry.why},
        "help": {"text": help_text(entry), "markdown": help_markdown(entry)},
        "defaultConfiguration": {"level": "warning", "enabled": entry.default},
        "properties": {
            "tags": ["performance", "serverless"],
            "precision": "high",
            "problem.severity": "warning",
        },
    }


def help_text(entry: Entry) -> str:
    """What `explain` says, as plain text."""
    parts = (entry.summary, f"Why: {entry.why}", f"Cost: {entry.cost}", f"Fix: {entry.fix}")
    return "\n\n".join(parts)


def help_markdown(entry: Entry) -> str:
    """What `explain` says, with its examples, as Markdown."""
    return (
        f"{entry.summary}\n\n{entry.why}\n\n**Cost**: {entry.cost}\n\n"
        f"**Slow**\n```python\n{entry.slow.rstrip()}\n```\n"
        f"**Fast**\n```python\n{entry.fast.rstrip()}\n```\n\n**Fix**: {entry.fix}\n"
    )


def invocation(problems: Iterable[Problem]) -> dict[str, object]:
    """Whether all went well, and what did not."""
    notifications = [notification(problem) for problem in problems]
    return {
        "executionSuccessful": not notifications,
        "toolExecutionNotifications": notifications,
    }


def notification(problem: Problem) -> dict[str, object]:
    """One problem."""
    note: dict[str, object] = {"level": "error", "message": {"text": problem.message}}
    if problem.path:
        region = {"startLine": problem.line} if problem.line else None
        note["locations"] = [{"physicalLocation": physical(problem.path, region)}]
    return note


def result(finding: Finding, index: int, fingerprint: str, lines: Mapping[str, Lines]) -> dict[str, object]:
    """One finding."""
    region = finding_region(finding, lines)
    shown: dict[str, object] = {
        "ruleId": finding.code,
        "ruleIndex": index,
        "level": "warning",
        "message": {"text": finding.message},
        "locations": [{"physicalLocation": physical(finding.path, region)}],
        "partialFingerprints": {"primaryLocationLineHash": fingerprint},
    }
    if finding.trace:
        flow = {"locations": [flow_location(step) for step in finding.trace]}
        shown["codeFlows"] = [{"threadFlows": [flow]}]
    if finding.fix is not None:
        shown["fixes"] = [fix_object(finding.fix, lines)]
    return shown


def finding_region(finding: Finding, lines: Mapping[str, Lines]) -> dict[str, int]:
    """Where the finding is, in UTF-16 units where its text is at hand."""
    if finding.path in lines:
        return region_of(finding.span, lines[finding.path])
    return {
        "startLine": finding.line,
        "startColumn": finding.column,
        "endLine": finding.end_line,
        "endColumn": finding.end_column,
    }


def region_of(span: Span, lines: Lines) -> dict[str, int]:
    """A range of characters as lines and UTF-16 columns, the end exclusive."""
    return {
        "startLine": lines.position(span.start)[0],
        "startColumn": lines.utf16_column(span.start),
        "endLine": lines.position(span.end)[0],
        "endColumn": lines.utf16_column(span.end),
    }


def physical(path: str, region: Mapping[str, object] | Mapping[str, int] | None) -> dict[str, object]:
    """A place in a file, its path as a relative URI."""
    place: dict[str, object] = {"artifactLocation": {"uri": uri(path)}}
    if region:
        place["region"] = region
    return place


def uri(path: str) -> str:
    """A relative path as a URI reference; bytes that are no text are kept as they are."""
    return quote(path.encode("utf-8", "surrogateescape"), safe="/")


def flow_location(step: Step) -> dict[str, object]:
    """One step of the trace."""
    region = {"startLine": step.line} if step.line else None
    return {
        "location": {
            "physicalLocation": physical(step.path, region),
            "message": {"text": step.text},
        }
    }


def fix_object(fix: Fix, lines: Mapping[str, Lines]) -> dict[str, object]:
    """One fix; a file that it creates is a replacement of nothing at its start."""
    changes = [
        {
            "artifactLocation": {"uri": uri(path)},
            "replacements": [replacement(edit, lines[path]) for edit in fix.edits if edit.path == path],
        }
        for path in dict.fromkeys(edit.path for edit in fix.edits)
    ]
    changes += [
        {
            "artifactLocation": {"uri": uri(new.path)},
            "replacements": [
                {
                    "deletedRegion": {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 1},
                    "insertedContent": {"text": new.text},
                }
            ],
        }
        for new in fix.creates
    ]
    note = f"{fix.title} ({fix.safety}{': ' if fix.reason else ''}{fix.reason})"
    return {"description": {"text": note}, "artifactChanges": changes}


def replacement(edit: Edit, lines: Lines) -> dict[str, object]:
    """One edit."""
    return {
        "deletedRegion": region_of(edit.span, lines),
        "insertedContent": {"text": edit.text},
    }

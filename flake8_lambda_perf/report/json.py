"""The report for programs; its shape is documented and only ever grows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from flake8_lambda_perf.source import Lines

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flake8_lambda_perf.model import Edit, Finding, Fix, Handler, Run
    from flake8_lambda_perf.report.ansi import Paint

VERSION = 1


def render(run: Run, _paint: Paint) -> str:
    """One JSON document; colours mean nothing here."""
    lines = {path: Lines(text) for path, text in run.texts.items()}
    document = {
        "version": VERSION,
        "findings": [finding_object(finding, lines) for finding in run.findings],
        "problems": [
            {"path": problem.path, "line": problem.line, "message": problem.message} for problem in run.problems
        ],
        "summary": summary(run),
    }
    return json.dumps(document, indent=2) + "\n"


def summary(run: Run) -> dict[str, int]:
    """The counts of the footer, and more."""
    return {
        "files": run.files,
        "skipped": run.skipped,
        "handlers": len(run.handlers),
        "findings": len(run.findings),
        "fixable": sum(finding.fixable == "safe" for finding in run.findings),
        "unsafe": sum(finding.fixable == "unsafe" for finding in run.findings),
    }


def finding_object(finding: Finding, lines: Mapping[str, Lines]) -> dict[str, object]:
    """One finding."""
    return {
        "code": finding.code,
        "name": finding.name,
        "message": finding.message,
        "path": finding.path,
        "line": finding.line,
        "column": finding.column,
        "end_line": finding.end_line,
        "end_column": finding.end_column,
        "handler": handler_object(finding.handler) if finding.handler else None,
        "trace": [{"path": step.path, "line": step.line, "text": step.text} for step in finding.trace],
        "note": finding.note or None,
        "fix": fix_object(finding.fix, lines) if finding.fix else None,
    }


def handler_object(handler: Handler) -> dict[str, object]:
    """One entry point, as findings name it."""
    return {
        "name": handler.name,
        "path": handler.path,
        "evidence": handler.evidence,
        "confidence": handler.confidence,
    }


def fix_object(fix: Fix, lines: Mapping[str, Lines]) -> dict[str, object]:
    """One fix, its places as lines and columns."""
    return {
        "title": fix.title,
        "safety": fix.safety,
        "reason": fix.reason,
        "edits": [edit_object(edit, lines[edit.path]) for edit in fix.edits],
        "creates": [{"path": new.path, "text": new.text} for new in fix.creates],
    }


def edit_object(edit: Edit, lines: Lines) -> dict[str, object]:
    """One edit."""
    return {
        "path": edit.path,
        "start": position_object(edit.span.start, lines),
        "end": position_object(edit.span.end, lines),
        "text": edit.text,
    }


def position_object(offset: int, lines: Lines) -> dict[str, int]:
    """A character offset as line and column, both from 1."""
    line, column = lines.position(offset)
    return {"line": line, "column": column}

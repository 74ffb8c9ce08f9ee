"""A mark for each finding that stays when lines are added above it."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from flake8_lambda_perf.model import Finding
    from flake8_lambda_perf.source import Lines


def fingerprints(findings: Iterable[Finding], lines: Mapping[str, Lines]) -> list[str]:
    """A digest of rule, path, the line without blanks, and which of several equal ones it is."""
    seen: Counter[str] = Counter()
    marks: list[str] = []
    for finding in findings:
        code = lines[finding.path].line_text(finding.line) if finding.path in lines else ""
        content = "\0".join((finding.code, finding.path, "".join(code.split())))
        seen[content] += 1
        text = f"{content}\0{seen[content]}".encode("utf-8", "surrogateescape")
        marks.append(sha256(text).hexdigest()[:32])
    return marks

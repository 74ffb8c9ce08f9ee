"""Comments that mean something where they stand: marks of regions, and what tools are told about a line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ast
    from collections.abc import Collection

    from flake8_lambda_perf.fixes.build import Draft

TOOLS = r"(?:autopep8|cspell|flake8|fmt|isort|mypy|pylint|pyright|ruff|spell-checker|ty|type|yapf)\s*:"
PARTS = r"[-_ ](?:of[-_ ])?(?:example|region|snippet)\b"
OPENS = re.compile(
    r"#\s*(\[\s*START\b|snippet-start\b|-+8<-+\s*\[start\b|<editor-fold\b|\{\{\{|%%"
    rf"|(begin|start){PARTS}|{TOOLS}\s*(off|disable)\b(?!-next))",
    re.IGNORECASE,
)
CLOSES = re.compile(
    r"#\s*(\[\s*END\b|snippet-end\b|-+8<-+\s*\[end\b|</editor-fold\b|\}\}\}|(pragma\s+)?endregion\b"
    rf"|end{PARTS}|{TOOLS}\s*(on|enable)\b)",
    re.IGNORECASE,
)
FOLD = re.compile(r"#\s*(pragma\s+)?region\b", re.IGNORECASE)
"""What opens a region where the file has an `endregion`, and speaks of AWS's regions elsewhere."""
NEXT_LINE = re.compile(
    r"#\s*(nosemgrep|noinspection|pyre-(fixme|ignore)|skipcq|checkov:skip|\w[\w-]*:\s*(disable|ignore)-next)",
    re.IGNORECASE,
)
"""A comment that tells a tool about the line below it."""
OWN_LINE = re.compile(rf"#\s*({TOOLS}|noqa\b|nosec\b|nosonar\b|pragma\b|pyre-(fixme|ignore)\b)", re.IGNORECASE)
"""A comment that tells a tool about the line it stands behind, and would mean another one, or more, on a line alone."""
ASSIGNMENT = re.compile(r"#\s*(type\s*:(?!\s*ignore)|(mypy|pyre-\w+|pyright|ty|type)\b.*assign)", re.IGNORECASE)
"""A comment for a type checker on the assignment it stands behind."""


def opens(draft: Draft, comment: str) -> bool:
    """Tells whether a comment marks the start of a region of a file."""
    if FOLD.match(comment):
        return "endregion" in draft.text.lower()
    return OPENS.match(comment) is not None


def closes(comment: str) -> bool:
    """Tells whether a comment marks the end of a region."""
    return CLOSES.match(comment) is not None


def is_emptied(draft: Draft, statements: Collection[ast.stmt]) -> bool:
    """Tells whether a region would be left with nothing in it but comments if some statements went."""
    going = {line for node in statements for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)}
    last, _ = draft.lines.position(len(draft.text))

    def meets(line: int, step: int) -> bool:
        while 1 <= (line := line + step) <= last:
            text = draft.lines.line_text(line).strip()
            if line in going or not text:
                continue
            if not text.startswith("#"):
                return False
            if opens(draft, text) if step < 0 else closes(text):
                return True
        return False

    return any(meets(node.lineno, -1) and meets(node.lineno, 1) for node in statements)

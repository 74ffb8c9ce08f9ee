"""What a fix changes, as a unified diff that `git apply` and `patch` take."""

from __future__ import annotations

import re
from difflib import unified_diff
from typing import TYPE_CHECKING

from flake8_lambda_perf.report.ansi import BOLD, CONTROL, CYAN, GREEN, RED, plain

if TYPE_CHECKING:
    from flake8_lambda_perf.report.ansi import Paint

LINE = re.compile(r"[^\n]*\n|[^\n]+")


def unified(path: str, before: bytes | None, after: bytes, paint: Paint = plain) -> str:
    """The diff of one file; `before` is None for a new one."""
    old = "/dev/null" if before is None else quoted(f"a/{path}")
    rows = unified_diff(lines_of(before or b""), lines_of(after), old, quoted(f"b/{path}"))
    return "".join(painted(ended(row), paint) for row in rows)


def quoted(path: str) -> str:
    """A path as git writes it: with escapes where it holds a quote, a backslash or a control character."""
    if not (CONTROL.search(path) or re.search(r'["\\\t]', path)):
        return path
    escaped = "".join(
        f"\\{byte:03o}" if byte < 32 or byte > 126 or byte in b'"\\' else chr(byte)
        for byte in path.encode("utf-8", "surrogateescape")
    )
    return f'"{escaped}"'


def lines_of(data: bytes) -> list[str]:
    """The lines of a file; they end at line feeds only, a carriage return is part of its line."""
    return LINE.findall(data.decode("utf-8", "surrogateescape"))


def ended(row: str) -> str:
    """A row with its newline, and the mark that patch wants where the file has none."""
    return row if row.endswith("\n") else f"{row}\n\\ No newline at end of file\n"


def painted(row: str, paint: Paint) -> str:
    """A row in the colour of what it says."""
    text = row.rstrip("\n")
    newlines = row[len(text) :]
    if row.startswith(("--- ", "+++ ")):
        style = BOLD
    elif row.startswith("@@"):
        style = CYAN
    else:
        style = {"+": GREEN, "-": RED}.get(row[:1], "")
    return (paint(text, style) if style else text) + newlines

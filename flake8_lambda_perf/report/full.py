"""Findings for people: the line in its code, and the trace that proves it is paid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_lambda_perf.report.ansi import BOLD, CYAN, DIM, GREEN, RED, printable
from flake8_lambda_perf.report.footer import footer
from flake8_lambda_perf.source import Lines

if TYPE_CHECKING:
    from flake8_lambda_perf.model import Finding, Run, Step
    from flake8_lambda_perf.report.ansi import Paint

TAB_WIDTH = 4


def render(run: Run, paint: Paint) -> str:
    """Each finding with its code frame and trace, then the footer."""
    lines = {path: Lines(text) for path, text in run.texts.items()}
    blocks = [block(finding, lines.get(finding.path), paint) for finding in run.findings]
    return "\n".join([*blocks, footer(run) + "\n"])


def block(finding: Finding, lines: Lines | None, paint: Paint) -> str:
    """Everything about one finding."""
    code = paint(finding.code, RED)
    message = paint(printable(finding.message), BOLD)
    name = paint(f"[{finding.name}]", DIM)
    arrow = paint("-->", CYAN)
    place = f"{printable(finding.path)}:{finding.line}:{finding.column}"
    rows = [f"{code} {message} {name}", f"  {arrow} {place}"]
    if lines is not None:
        rows += frame(finding, lines, paint)
    rows += trace(finding.trace, paint)
    rows += [f"  {paint('note:', CYAN)} {printable(finding.note)}"] if finding.note else []
    rows += fix_note(finding, paint)
    return "\n".join(rows) + "\n"


def frame(finding: Finding, lines: Lines, paint: Paint) -> list[str]:
    """The reported line with the line above it, and carets under what is meant."""
    width = len(str(finding.line))
    empty = paint(" " * width + " |", CYAN)
    rows = [empty]
    for number in range(max(1, finding.line - 1), finding.line + 1):
        bar = paint(f"{number:>{width}} |", CYAN)
        shown = "".join(cells(lines.line_text(number)))
        rows.append(f"{bar} {shown}".rstrip())
    rows.append(f"{empty} {paint(carets(finding, lines), RED)}")
    return rows


def carets(finding: Finding, lines: Lines) -> str:
    """Blanks and carets as wide as the code they stand under."""
    shown = cells(lines.line_text(finding.line))
    start = finding.column - 1
    end = finding.end_column - 1 if finding.end_line == finding.line else len(shown)
    before = sum(map(width_of, shown[:start]))
    return " " * before + "^" * max(1, sum(map(width_of, shown[start:end])))


def cells(line: str) -> list[str]:
    """What is shown for each character of a line: tabs as blanks, control characters escaped."""
    bare = line.rstrip("\r\n")
    return [" " * TAB_WIDTH if character == "\t" else printable(character) for character in bare]


def width_of(cell: str) -> int:
    """How many columns of a terminal a cell takes."""
    if cell.isascii():
        return len(cell)
    from unicodedata import combining, east_asian_width  # only for text that needs it

    return sum(0 if combining(character) else 2 if east_asian_width(character) in "WF" else 1 for character in cell)


def trace(steps: tuple[Step, ...], paint: Paint) -> list[str]:
    """The steps from the entry point to the line, one a row, their places in one column."""
    if not steps:
        return []
    places = [printable(f"{step.path}:{step.line}" if step.line else step.path) for step in steps]
    width = max(map(len, places))
    rows = [paint("  why this line is paid:", CYAN)]
    for place, step in zip(places, steps, strict=True):
        rows.append(f"    {place:<{width}}  {printable(step.text)}".rstrip())
    return rows


def fix_note(finding: Finding, paint: Paint) -> list[str]:
    """Which command repairs the finding, where one does."""
    match finding.fixable:
        case "safe":
            command = "lambda-perf fix"
        case "unsafe":
            command = "lambda-perf fix --unsafe-fixes"
        case _:
            return []
    return [f"  {paint('fix:', GREEN)} {command} --select {finding.code}"]

"""From syntax nodes to edits of the text they stand in: replace, insert, delete, move."""

from __future__ import annotations

import ast
import re
from dataclasses import field
from functools import lru_cache
from typing import TYPE_CHECKING

from flake8_lambda_perf.dataclass import dataclass
from flake8_lambda_perf.fixes.markers import NEXT_LINE, OWN_LINE, closes, opens
from flake8_lambda_perf.model import Edit, Span
from flake8_lambda_perf.project.sketch import HOLDING
from flake8_lambda_perf.source import Lines, lines_of, newline_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from flake8_lambda_perf.project.facts import Module


class MoveError(Exception):
    """Code that cannot be rewritten so that it surely does the same; its text says why."""


@dataclass(frozen=True, slots=True)
class Draft:
    """The text of one module and its lines, to make edits of."""

    path: str
    text: str
    lines: Lines = field(compare=False)
    newline: str

    def span(self, node: ast.AST) -> Span:
        """Gives the characters of a node."""
        return self.lines.span(node)

    def of(self, node: ast.AST) -> str:
        """Gives the text of a node."""
        span = self.lines.span(node)
        return self.text[span.start : span.end]

    def line_start(self, line: int) -> int:
        """Gives the offset of a line's first character."""
        return self.lines.offset(line, 0)

    def line_end(self, line: int) -> int:
        """Gives the offset of what ends a line."""
        return self.line_start(line) + len(self.lines.line_text(line))

    def after_line(self, line: int) -> int:
        """Gives the offset behind a line and its newline."""
        end = self.line_end(line)
        return end + (2 if self.text.startswith("\r\n", end) else 1 if end < len(self.text) else 0)

    def indent_of(self, line: int) -> str:
        """Gives the white space a line starts with."""
        text = self.lines.line_text(line)
        return text[: len(text) - len(text.lstrip(" \t\f"))]


@lru_cache(maxsize=4)  # many fixes of a file ask the same
def draft_of(module: Module) -> Draft:
    """Gives the draft of a module."""
    return Draft(module.path, module.text, lines_of(module.text), newline_of(module.text))


def checked(draft: Draft, node: ast.expr) -> ast.expr:
    """Gives the node back, if the text at its position is really its own: inside f-strings Python 3.11 is wrong."""
    text = draft.of(node)
    if isinstance(node, ast.Name):
        same = text == node.id
    else:
        try:
            same = ast.dump(ast.parse(f"({text}\n)", mode="eval").body) == ast.dump(node)
        except (SyntaxError, ValueError):
            same = False
    if not same:
        raise MoveError("the place of an expression inside an f-string is not known")
    return node


def replaced(draft: Draft, node: ast.expr, text: str) -> Edit:
    """Replaces an expression."""
    return Edit(draft.path, draft.span(checked(draft, node)), text)


def inserted(draft: Draft, offset: int, text: str) -> Edit:
    """Inserts text."""
    return Edit(draft.path, Span(offset, offset), text)


def claimed(draft: Draft, offset: int, text: str) -> Edit:
    """Inserts text where no other fix may insert in the same round: it takes the character beside it."""
    if offset == 0:
        return Edit(draft.path, Span(0, 1), text + draft.text[0])
    return Edit(draft.path, Span(offset - 1, offset), draft.text[offset - 1] + text)


def first_line(statement: ast.stmt) -> int:
    """Gives the line a statement starts on, decorators included."""
    decorators: Sequence[ast.expr] = getattr(statement, "decorator_list", ())
    return min([statement.lineno, *(decorator.lineno for decorator in decorators)])


def last_line(statement: ast.stmt) -> int:
    """Gives the line a statement ends on."""
    return statement.end_lineno or statement.lineno


# -- statements and their comments -------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Lot:
    """A statement with the lines around it: its block, the comment lines directly above, the comment behind it."""

    statement: ast.stmt
    block: Sequence[ast.stmt]
    header: int
    above: tuple[str, ...]
    behind: str
    alone: bool
    """No other statement shares its lines."""


def lot_of(draft: Draft, statement: ast.stmt, owner: ast.AST) -> Lot:
    """Finds the block of a statement inside `owner`, and the comments that belong to the statement."""
    block, header = block_of(statement, owner)
    line, end = first_line(statement), last_line(statement)
    span = draft.span(statement)
    before = draft.text[draft.line_start(line) : span.start]
    behind = draft.text[span.end : draft.line_end(end)].strip()
    alone = not before.strip() and (not behind or behind.startswith("#"))
    above = tuple(_comments_above(draft, line, max(header, _end_before(block, statement)))) if alone else ()
    return Lot(statement, block, header, above, behind if alone else "", alone)


def block_of(statement: ast.stmt, owner: ast.AST) -> tuple[list[ast.stmt], int]:
    """Gives the statements among which one stands inside `owner`, and the line of what holds them."""
    holders = [owner]
    for node in holders:
        for name in HOLDING.get(node.__class__, ()):
            block = getattr(node, name)
            if any(member is statement for member in block):
                return block, getattr(node, "lineno", 0)
            holders += block
    raise ValueError("the statement stands elsewhere")


def _end_before(block: Sequence[ast.stmt], statement: ast.stmt) -> int:
    index = next(index for index, member in enumerate(block) if member is statement)
    return last_line(block[index - 1]) if index else 0


def _comments_above(draft: Draft, line: int, floor: int) -> list[str]:
    found: list[str] = []
    indent = draft.indent_of(line)
    while line - 1 > floor:
        line -= 1
        text = draft.lines.line_text(line)
        if not text.startswith(f"{indent}#") or opens(draft, text.strip()) or closes(text.strip()):
            break
        found.append(text.strip())
    return found[::-1]


def deleted(draft: Draft, lot: Lot, *, with_comments: bool, gone: Sequence[ast.stmt] = ()) -> Edit:
    """Deletes a statement with its lines; its comments stay unless they go elsewhere with it.

    `gone` are the statements that the same fix deletes: where they are all of a block, it becomes `pass`.
    """
    statement = lot.statement
    others = [member for member in lot.block if member is not statement and not any(member is other for other in gone)]
    span = draft.span(statement)
    if not lot.alone:
        if any(other is not statement and first_line(other) == first_line(statement) for other in gone):
            raise MoveError("the statement shares its line with another one that goes")
        return _deleted_in_line(draft, lot, emptied=not others)
    line, end = first_line(statement), last_line(statement)
    indent = draft.indent_of(line)
    start = draft.line_start(line - len(lot.above)) if with_comments else draft.line_start(line)
    kept = "" if with_comments or not lot.behind else f"{indent}{lot.behind}"
    if (kept and OWN_LINE.search(lot.behind)) or (not with_comments and any(map(NEXT_LINE.match, lot.above[-1:]))):
        raise MoveError("a comment for a tool would be left behind")
    if not with_comments and comments_of(draft.text[span.start : span.end]):
        raise MoveError("a comment inside the statement would be lost")
    left = [kept] if kept else []
    if not others and statement is lot.block[-1]:
        left.append(f"{indent}pass")
    text = "".join(f"{part}{draft.newline}" for part in left)
    stop = draft.after_line(end)
    if stop == draft.line_end(end):
        text = text.removesuffix(draft.newline)
    if not text:
        start, stop = _without_blank_lines(draft, lot, start, end, gone)
    return Edit(draft.path, Span(start, stop), text)


def _without_blank_lines(draft: Draft, lot: Lot, start: int, end: int, gone: Sequence[ast.stmt]) -> tuple[int, int]:
    """Widens a deletion by the blank lines that would begin or end a block, or by the fewer of those around it."""
    index = next(index for index, member in enumerate(lot.block) if member is lot.statement)
    first = all(any(member is other for other in gone) for member in lot.block[:index])
    line, _ = draft.lines.position(start)
    above, below = line, end
    while above > 1 and not draft.lines.line_text(above - 1).strip():
        above -= 1
    while draft.after_line(below + 1) > draft.after_line(below) and not draft.lines.line_text(below + 1).strip():
        below += 1
    if index + 1 == len(lot.block) or (not first and line - above < below - end):
        return draft.line_start(above), draft.after_line(end)
    return start, draft.after_line(below if first or above < line else end)


def _deleted_in_line(draft: Draft, lot: Lot, *, emptied: bool) -> Edit:
    """Deletes a statement that shares its line with others; a comment behind them stays."""
    span = draft.span(lot.statement)
    if emptied:
        return Edit(draft.path, span, "pass")
    index = next(index for index, member in enumerate(lot.block) if member is lot.statement)
    following = draft.span(lot.block[index + 1]) if index + 1 < len(lot.block) else None
    if following is not None and _joins(draft.text[span.end : following.start]):
        return Edit(draft.path, Span(span.start, following.start), "")
    previous = draft.span(lot.block[index - 1]) if index else None
    if previous is not None and _joins(draft.text[previous.end : span.start]):
        return Edit(draft.path, Span(previous.end, span.end), "")
    raise MoveError("the statement shares its line with another one")


def _joins(between: str) -> bool:
    return between.strip(" \t\f") == ";"


def comments_of(text: str) -> list[str]:
    """Lists the comments in the text of a statement."""
    if "#" not in text:
        return []
    import io
    import tokenize

    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return [token.string.rstrip() for token in tokens if token.type == tokenize.COMMENT]


# -- text that moves ---------------------------------------------------------------------------


def moved(draft: Draft, span: Span, root: ast.AST, indent: str, names: Mapping[str, str]) -> str:
    """Gives the text of a span for a place with another indentation, names replaced as `names` says.

    `root` is the syntax in the span: its strings that go over several lines stay as they are.
    """
    line, _ = draft.lines.position(span.start)
    text = draft.text[span.start : span.end]
    for node in sorted(_named(root, names), key=lambda node: -draft.span(node).start):
        at = draft.span(checked(draft, node))
        if span.start <= at.start and at.end <= span.end:
            text = text[: at.start - span.start] + names[node.id] + text[at.end - span.start :]
    old = draft.indent_of(line)
    fixed = set(_lines_in_strings(root))
    parts = [match[0] for match in re.finditer(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$", text)]
    for index, part in enumerate(parts):
        if index and line + index not in fixed and part.strip():
            parts[index] = indent + (part.removeprefix(old) if part.startswith(old) else part.lstrip(" \t"))
    return "".join(parts)


def _named(root: ast.AST, names: Mapping[str, str]) -> list[ast.Name]:
    return [node for node in ast.walk(root) if isinstance(node, ast.Name) and names.get(node.id, node.id) != node.id]


def _lines_in_strings(root: ast.AST) -> Iterator[int]:
    for node in ast.walk(root):
        if (
            isinstance(node, ast.Constant | ast.JoinedStr)
            and node.end_lineno is not None
            and node.end_lineno > node.lineno
        ) and (isinstance(node, ast.JoinedStr) or isinstance(node.value, str | bytes)):
            yield from range(node.lineno + 1, node.end_lineno + 1)


def as_expression(text: str) -> str:
    """Puts brackets around an expression that needs them to stand on lines of its own."""
    try:
        ast.parse(text, mode="eval")
    except SyntaxError:
        return f"({text})"
    return text


def indent_unit(module: Module, draft: Draft) -> str:
    """Gives what one level of indentation is in a file."""
    for statement in module.top.body:
        body = getattr(module.whole(statement), "body", None)
        if isinstance(body, list) and body and body[0].lineno > statement.lineno:
            return draft.indent_of(first_line(body[0])) or "    "
    return "    "

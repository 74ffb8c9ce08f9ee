"""Applies fixes to texts, one after another, and refuses those that would break a file."""

from __future__ import annotations

import ast
import builtins
import io
import re
import symtable
import sys
import tokenize
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from flake8_lambda_perf.model import Edit, Fix, Problem, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

NAMES_OF_MODULES = frozenset(dir(builtins)) | {
    "__file__",
    "__path__",
    "__builtins__",
    "__annotations__",
    "WindowsError",
}

BLANK = re.compile(r"(?:[ \t]*(?:\r\n|\n))+")


@dataclass(frozen=True, slots=True)
class Applied:
    """The texts after one round: the fixes that went in, and those that never may, each with why.

    What is in neither waits for the next round: it overlaps with a fix that went in.
    """

    texts: Mapping[str, str]
    accepted: tuple[str, ...]
    refused: tuple[tuple[str, Problem], ...]


def apply(texts: Mapping[str, str], fixes: Sequence[tuple[str, Fix]]) -> Applied:
    """Applies the fixes that do not overlap, in their order; each is named by the finding it belongs to."""
    now = dict(texts)
    taken: dict[str, list[Edit]] = {}
    accepted: list[str] = []
    refused: list[tuple[str, Problem]] = []
    for name, fix in fixes:
        merged = _merged(taken, fix)
        if merged is None or any(new.path in now for new in fix.creates):
            continue
        changed = {path: _edited(texts[path], edits) for path, edits in merged.items()}
        problem = _problem(texts, changed, name)
        if problem is None:
            taken.update(merged)
            now.update(changed)
            now.update((new.path, new.text) for new in fix.creates)
            accepted.append(name)
        elif _problem(texts, _alone(texts, fix), name) is not None:
            refused.append((name, problem))
    return Applied(now, tuple(accepted), tuple(refused))


def _alone(texts: Mapping[str, str], fix: Fix) -> dict[str, str]:
    paths = {edit.path for edit in fix.edits}
    return {path: _edited(texts[path], [edit for edit in fix.edits if edit.path == path]) for path in paths}


# -- which edits go together -------------------------------------------------------------------


def _merged(taken: Mapping[str, list[Edit]], fix: Fix) -> dict[str, list[Edit]] | None:
    """Joins a fix with the edits taken so far; None where they overlap."""
    found: dict[str, list[Edit]] = {}
    for edit in fix.edits:
        edits = found.setdefault(edit.path, list(taken.get(edit.path, ())))
        if edit in taken.get(edit.path, ()) and _inserts(edit):
            continue
        if any(_conflicts(edit, other) for other in taken.get(edit.path, ())):
            return None
        edits.append(edit)
    return found


def _inserts(edit: Edit) -> bool:
    """Tells whether an edit deletes nothing: it may take the character beside it, to be alone there."""
    return len(edit.text) > 1 >= edit.span.end - edit.span.start


def _conflicts(one: Edit, other: Edit) -> bool:
    a, b = one.span, other.span
    if a.start == a.end and b.start == b.end:
        return one != other and bool(_bound(one.text) & _bound(other.text))
    if a.start == a.end:
        return b.start < a.start < b.end or (_inserts(other) and b.start <= a.start <= b.end)
    if b.start == b.end:
        return a.start < b.start < a.end or (_inserts(one) and a.start <= b.start <= a.end)
    return a.start < b.end and b.start < a.end


def _bound(text: str) -> set[str]:
    """Lists what two insertions must not both hold: the names that statements bind, and the values they give.

    The later of two equal values waits: in the next round it is there already, under the other's name.
    """
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return set()
    found: set[str] = set()
    for node in tree.body:
        match node:
            case ast.FunctionDef(name=name, body=[*_, ast.Return(value=ast.Call() as value)]):
                found |= {name, ast.dump(value)}
            case ast.FunctionDef(name=name):
                found.add(name)
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=value)
            ):
                found |= {name, ast.dump(value)} if isinstance(value, ast.Call) else {name}
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                found.update(alias.asname or alias.name.partition(".")[0] for alias in names)
    return found


def _edited(text: str, edits: Iterable[Edit]) -> str:
    """Applies edits that do not overlap; insertions at one place keep their order, functions behind statements."""
    parts: list[str] = []
    at = 0
    for span, pieces in _grouped(text, edits):
        parts.append(text[at : span.start])
        parts.append(_together(pieces))
        at = span.end
    parts.append(text[at:])
    return "".join(parts)


def _grouped(text: str, edits: Iterable[Edit]) -> list[tuple[Span, list[str]]]:
    found: dict[Span, list[str]] = {}
    for edit in sorted(edits, key=lambda edit: edit.span):
        found.setdefault(edit.span, [])
    for edit in edits:
        found[edit.span].append(edit.text)
    return _without_empty_lines(text, list(found.items()))


def _without_empty_lines(text: str, found: list[tuple[Span, list[str]]]) -> list[tuple[Span, list[str]]]:
    """Widens neighbouring deletions by the blank lines that would then begin a block, or stand twice."""
    wider = list(found)
    for index, ((before, one), (span, other)) in enumerate(pairwise(found), 1):
        if [*one, *other] != ["", ""] or before.end != span.start or text[before.start : before.start + 1] not in " \t":
            continue
        first = index - 1
        while first and found[first - 1][1] == [""] and found[first - 1][0].end == found[first][0].start:
            first -= 1
        head = text[: found[first][0].start].rstrip(" \t")
        blank = BLANK.match(text, span.end)
        free = index + 1 == len(found) or blank is None or found[index + 1][0].start >= blank.end()
        if blank is not None and free and (head.rstrip("\r\n").endswith(":") or head.endswith(("\n\n", "\r\n\r\n"))):
            wider[index] = (Span(span.start, blank.end()), other)
    return wider


def _together(pieces: Sequence[str]) -> str:
    """Joins the texts that go to one place: imports, statements, functions; statements stand in one paragraph."""
    if len(pieces) == 1:
        return pieces[0]
    parts = [part for piece in pieces for part in _parts(piece)]
    imports = [part for part in parts if _rank(part) == 0]
    text = _imports_together(imports) if len(imports) > 1 else "".join(imports)
    for piece in sorted((part for part in parts if _rank(part)), key=_rank):
        text = _joined(text, piece)
    return text


def _parts(piece: str) -> list[str]:
    """Splits a text behind the imports it starts with."""
    if _rank(piece):
        return [piece]
    body = ast.parse(piece).body
    end = next((index for index, node in enumerate(body) if not isinstance(node, ast.Import | ast.ImportFrom)), 0)
    if not end:
        return [piece]
    lines = piece.splitlines(keepends=True)
    last = body[end - 1].end_lineno or 0
    return ["".join(lines[:last]), "".join(lines[last:])]


def _imports_together(pieces: Sequence[str]) -> str:
    """Joins imports of the standard library before others, each in order, where they stand without comments."""
    if any("#" in piece for piece in pieces):
        return "".join(pieces)
    newline = "\r\n" if "\r\n" in pieces[0] else "\n"
    found: dict[str, bool] = {}
    for piece in pieces:
        for node in ast.parse(piece).body:
            name = node.module or "" if isinstance(node, ast.ImportFrom) else ast.unparse(node).split()[1]
            found[ast.get_source_segment(piece, node) or ""] = name.partition(".")[0] in sys.stdlib_module_names
    groups = [newline.join(sorted(text for text in found if found[text] is own)) for own in (True, False)]
    text = (newline * 2).join(group for group in groups if group)
    before = max((piece[: len(piece) - len(piece.lstrip())] for piece in pieces), key=len)
    return before + text + max((piece[len(piece.rstrip()) :] for piece in pieces), key=len)


def _rank(piece: str) -> int:
    code = piece.lstrip("\r\n")
    return 2 if code.startswith(("@", "def ")) else 0 if code.startswith(("import ", "from ")) else 1


def _joined(text: str, piece: str) -> str:
    """Puts a piece behind another with the blank lines both ask for, not their sum."""
    if not text:
        return piece
    newline = "\r\n" if "\r\n" in text + piece else "\n"
    body = piece.lstrip("\r\n")
    if 2 in (_rank(text), _rank(piece)):
        return text.rstrip("\r\n") + newline * 3 + body
    if _rank(text) == _rank(piece) == 1:
        return text.rstrip("\r\n") + newline + body
    if _rank(text) == 0:
        return text.rstrip("\r\n") + newline * 2 + body
    return text + piece


# -- what must hold afterwards -----------------------------------------------------------------


def _problem(before: Mapping[str, str], changed: Mapping[str, str], name: str) -> Problem | None:
    for path, text in changed.items():
        if not path.endswith(".py"):  # a manifest, whose values are replaced one by one
            continue
        try:
            ast.parse(text)
        except (SyntaxError, ValueError) as error:
            return Problem(
                path, getattr(error, "lineno", 0) or 0, f"the fix of {name} would not parse; the file stays as it was"
            )
        lost = comments(before[path]) - comments(text)
        if lost:
            return Problem(
                path, 0, f"the fix of {name} would lose a comment ({next(iter(lost))}); the file stays as it was"
            )
        unbound = undefined_names(text) - undefined_names(before[path])
        if unbound:
            return Problem(
                path, 0, f"the fix of {name} would leave `{min(unbound)}` undefined; the file stays as it was"
            )
    return None


def comments(text: str) -> Counter[str]:
    """Counts the comments of a file."""
    try:
        tokens = tokenize.generate_tokens(io.StringIO(text, newline="").readline)
        return Counter(token.string.rstrip() for token in tokens if token.type == tokenize.COMMENT)
    except (tokenize.TokenError, IndentationError, SyntaxError):
        return Counter()


def undefined_names(text: str) -> set[str]:
    """Lists the names that a file reads as globals and binds nowhere; none where `import *` may bind them."""
    found: set[str] = set()
    bound: set[str] = set()
    root = symtable.symtable(text, "<text>", "exec")
    stack = [root]
    while stack:
        table = stack.pop()
        stack.extend(table.get_children())
        for symbol in table.get_symbols():
            if (table is root or symbol.is_declared_global()) and (
                symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace()
            ):
                bound.add(symbol.get_name())
            if symbol.is_referenced() and (symbol.is_global() or table is root):
                found.add(symbol.get_name())
    if any(isinstance(node, ast.ImportFrom) and node.names[0].name == "*" for node in ast.walk(ast.parse(text))):
        return set()
    return found - bound - NAMES_OF_MODULES - {"__name__", "__doc__", "__package__", "__spec__", "__loader__"}

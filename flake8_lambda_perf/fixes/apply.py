"""Applies the fixes of one round to texts, and refuses those that would break a file."""

from __future__ import annotations

import ast
import builtins
import io
import re
import symtable
import sys
import tokenize
from collections import Counter
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from flake8_lambda_perf.dataclass import dataclass
from flake8_lambda_perf.model import Edit, Fix, Problem, Span
from flake8_lambda_perf.source import Lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

NAMES_OF_MODULES = frozenset(dir(builtins)) | {
    "__file__",
    "__path__",
    "__builtins__",
    "__annotations__",
    "WindowsError",
}

BLOCK = 1024
"""So many characters of a file share one list of what is edited there."""
PART = 100
"""So many functions of a file are looked at together."""
FUTURE = re.compile(r"^from[ \t]+__future__[ \t]+import\b.*\bannotations\b", re.MULTILINE)
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
    found = _Round(texts)
    found.settle(fixes)
    return Applied(found.now, tuple(name for name, _ in found.accepted), tuple(found.refused))


class _Round:
    """One round: the fixes go in together, and are parted only where the result does not hold."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.texts = texts
        self.now = dict(texts)
        self.accepted: list[tuple[str, Fix]] = []
        self.refused: list[tuple[str, Problem]] = []
        self._flaws: dict[tuple[str, str], tuple[int, str] | None] = {}

    def settle(self, fixes: Sequence[tuple[str, Fix]]) -> None:
        """Accepts the fixes that go together with those before; half by half where all at once break a file."""
        taken = _Taken(self.now)
        for _, fix in self.accepted:
            taken.add(fix)
        chosen = [(name, fix) for name, fix in fixes if taken.takes(fix)]
        paths = dict.fromkeys(edit.path for _, fix in chosen for edit in fix.edits)
        changed = {path: _edited(self.texts[path], taken.edits[path]) for path in paths}
        if not self._problem(changed, ""):
            self.accepted += chosen
            self.now |= changed
            self.now |= {new.path: new.text for _, fix in chosen for new in fix.creates}
        elif len(fixes) == 1:
            self._refuse(*fixes[0], changed)
        else:
            self.settle(fixes[: len(fixes) // 2])
            self.settle(fixes[len(fixes) // 2 :])

    def _refuse(self, name: str, fix: Fix, changed: Mapping[str, str]) -> None:
        """Refuses a fix that breaks a file also alone; one that does only beside others waits."""
        problem = self._problem(changed, name)
        alone = {path: _edited(self.texts[path], [e for e in fix.edits if e.path == path]) for path in changed}
        if problem is not None and self._problem(alone, name) is not None:
            self.refused.append((name, problem))

    def _problem(self, changed: Mapping[str, str], name: str) -> Problem | None:
        for path, text in changed.items():
            if not path.endswith(".py"):  # a manifest, whose values are replaced one by one
                continue
            if (path, text) not in self._flaws:
                self._flaws[path, text] = _flaw(self.texts[path], text)
            flaw = self._flaws[path, text]
            if flaw is not None:
                return Problem(path, flaw[0], f"the fix of {name} would {flaw[1]}; the file stays as it was")
        return None


# -- which edits go together -------------------------------------------------------------------


class _Taken:
    """The edits taken so far, by path in their order, and by what an edit that conflicts with one would share."""

    def __init__(self, paths: Iterable[str]) -> None:
        self.edits: dict[str, list[Edit]] = {}
        self._paths = set(paths)
        self._known: set[Edit] = set()
        self._near: dict[tuple[str, int], set[tuple[Span, bool]]] = {}
        self._bound: dict[tuple[str, str], set[Edit]] = {}

    def takes(self, fix: Fix) -> bool:
        """Adds a fix unless it conflicts with what is taken; tells whether it did."""
        fresh = [edit for edit in fix.edits if not self._is_known(edit)]
        if any(map(self._conflicts, fresh)) or any(new.path in self._paths for new in fix.creates):
            return False
        self.add(fix)
        return True

    def add(self, fix: Fix) -> None:
        """Adds a fix; an insertion that is there already is made once."""
        self._paths.update(new.path for new in fix.creates)
        for edit in [edit for edit in fix.edits if not self._is_known(edit)]:
            self._known.add(edit)
            self.edits.setdefault(edit.path, []).append(edit)
            for key in _keys(edit):
                self._bound.setdefault(key, set()).add(edit)
            for block in _blocks(edit):
                self._near.setdefault(block, set()).add((edit.span, _inserts(edit)))

    def _is_known(self, edit: Edit) -> bool:
        return _inserts(edit) and edit in self._known

    def _conflicts(self, edit: Edit) -> bool:
        if any(self._bound.get(key, {edit}) != {edit} for key in _keys(edit)):
            return True
        own = edit.span, _inserts(edit)
        return any(_overlap(own, other) for block in _blocks(edit) for other in self._near.get(block, ()))


def _inserts(edit: Edit) -> bool:
    """Tells whether an edit deletes nothing: it may take the character beside it, to be alone there."""
    return len(edit.text) > 1 >= edit.span.end - edit.span.start


def _blocks(edit: Edit) -> Iterator[tuple[str, int]]:
    """Names the parts of a file that an edit touches."""
    return ((edit.path, number) for number in range(edit.span.start // BLOCK, edit.span.end // BLOCK + 1))


def _overlap(one: tuple[Span, bool], other: tuple[Span, bool]) -> bool:
    """Tells whether one of two spans holds a part of the other, or claims the place where the other inserts."""
    (a, claims), (b, other_claims) = one, other
    if a.start == a.end:
        return b.start < a.start < b.end or (other_claims and b.start < b.end and b.start <= a.start <= b.end)
    if b.start == b.end:
        return a.start < b.start < a.end or (claims and a.start <= b.start <= a.end)
    return a.start < b.end and b.start < a.end


def _keys(edit: Edit) -> Iterator[tuple[str, str]]:
    """Names what an insertion binds in its file."""
    return ((edit.path, name) for name in (_bound(edit.text) if edit.span.start == edit.span.end else ()))


@lru_cache(maxsize=1024)
def _bound(text: str) -> frozenset[str]:
    """Lists what two insertions must not both hold: the names that statements bind, and the values they give.

    The later of two equal values waits: in the next round it is there already, under the other's name.
    """
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return frozenset()
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
    return frozenset(found)


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
        start = end = found[first][0].start
        while end and text[end - 1] in " \t\r\n":
            end -= 1
        gap = text[end:start].rstrip(" \t")
        opens = text[max(end - 1, 0) : end] == ":" and not gap.strip("\r\n")
        blank = BLANK.match(text, span.end)
        free = index + 1 == len(found) or blank is None or found[index + 1][0].start >= blank.end()
        if blank is not None and free and (opens or gap.endswith(("\n\n", "\r\n\r\n"))):
            wider[index] = (Span(span.start, blank.end()), other)
    return wider


def _together(pieces: Sequence[str]) -> str:
    """Joins the texts that go to one place: imports, statements, functions; statements stand in one paragraph."""
    if len(pieces) == 1:
        return pieces[0]
    parts = [part for piece in pieces for part in _parts(piece)]
    imports = [part for part in parts if _rank(part) == 0]
    others = sorted((part for part in parts if _rank(part)), key=_rank)
    if imports:
        others.insert(0, _imports_together(imports) if len(imports) > 1 else imports[0])
    return _joined(others)


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


def _joined(pieces: Sequence[str]) -> str:
    """Puts pieces behind each other with the blank lines that both ask for, not their sum."""
    first = _rank(pieces[0])
    newline = "\r\n" if any("\r\n" in piece for piece in pieces) else "\n"
    parts = [pieces[0]]
    for piece in pieces[1:]:
        blank = 3 if 2 in (first, _rank(piece)) else 2 if first == 0 else 1
        parts[-1] = parts[-1].rstrip("\r\n")
        parts += [newline * blank, piece.lstrip("\r\n")]
    return "".join(parts)


# -- what must hold afterwards -----------------------------------------------------------------


def _flaw(before: str, after: str) -> tuple[int, str] | None:
    """Finds what a changed file lost: the line where it has one, and what a fix of it would do."""
    try:
        ast.parse(after)
    except (SyntaxError, ValueError) as error:
        return getattr(error, "lineno", 0) or 0, "not parse"
    lost = comments(before) - comments(after)
    if lost:
        return 0, f"lose a comment ({next(iter(lost))})"
    try:
        unbound = undefined_names(after) - undefined_names(before)
    except SyntaxError as error:  # that only compiling tells: `global` behind a use, `nonlocal` of nothing
        return 0, f"not compile ({error.msg})"
    return (0, f"leave `{min(unbound)}` undefined") if unbound else None


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
    tree = ast.parse(text)
    for root in _tables(text, tree):
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
    if any(isinstance(node, ast.ImportFrom) and node.names[0].name == "*" for node in ast.walk(tree)):
        return set()
    return found - bound - NAMES_OF_MODULES - {"__name__", "__doc__", "__package__", "__spec__", "__loader__"}


def _tables(text: str, tree: ast.Module) -> Iterator[symtable.SymbolTable]:
    """Gives the symbols of a module in parts: those of one take time with the square of its functions."""
    lines = Lines(text)
    definitions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    ends = [one.end_lineno or 0 for one, other in pairwise(tree.body) if isinstance(other, definitions)]
    future = "from __future__ import annotations\n" if FUTURE.search(text) else ""
    for start, end in pairwise([0, *(lines.offset(line + 1, 0) for line in ends[PART::PART]), len(text)]):
        yield symtable.symtable(future * bool(start) + text[start:end], "<text>", "exec")

"""A file's syntax tree without the bodies of its functions: each is parsed when something asks for it.

A body is left out only where the text leaves no doubt about where it ends; what looks odd is parsed with the rest.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable

from flake8_lambda_perf.errors import SourceError
from flake8_lambda_perf.source import parse

FEWEST_LINES = 4
"""A shorter body costs less to parse than to leave out."""

FAR = 2000
"""So many lines above a body cost more to read than to count for its nodes."""

_PLAIN = r"\"[^\"\\\n]*+\"|'[^'\\\n]*+'"
_INNER = rf"\((?:[^()\"'#]|{_PLAIN})*+\)"
FUNCTION = re.compile(
    rf"(?m:^)([ \t]*+)(?:def|async[ \t]+def)[ \t]+\w+[ \t]*+\((?:[^()\"'#]++|{_PLAIN}|{_INNER})*+\)[ \t]*+"
    r"(?:->[^:\"'#\n]++)?:[ \t]*+((?:\n(?:\1[ \t][^\n]*+|[ \t]*+(?:\#[^\n]*+)?(?=\n|\Z)))*+)(?=\n|\Z)"
)
"""The indentation of a function whose header is plain, and its body: lines with more of it, blank ones, comments."""

STRINGS = (
    r'"""(?:[^"\\]++|\\(?s:.)|"(?!""))*+"""'
    r"|'''(?:[^'\\]++|\\(?s:.)|'(?!''))*+'''"
    r'|(?!""")"(?:[^"\\\n]++|\\(?s:.))*+"'
    r"|(?!''')'(?:[^'\\\n]++|\\(?s:.))*+'"
    r"|#[^\n]*+"
)
FUNCTIONS = frozenset({ast.FunctionDef, ast.AsyncFunctionDef})
_LOOP = ("body", "orelse")
_TRY = ("body", "handlers", "orelse", "finalbody")
HOLDING: dict[type[ast.AST], tuple[str, ...]] = {
    **dict.fromkeys((ast.Module, ast.ClassDef, *FUNCTIONS, ast.With, ast.AsyncWith, ast.ExceptHandler), ("body",)),
    **dict.fromkeys((ast.If, ast.For, ast.AsyncFor, ast.While), _LOOP),
    **dict.fromkeys((ast.Try, ast.TryStar), _TRY),
    ast.Match: ("cases",),
    ast.match_case: ("body",),
}
"""Where compound statements, and the parts of them, hold statements."""

QUOTED = re.compile(STRINGS)
"""Strings and comments."""
DOCSTRING = re.compile(r'\s*+(?:"""[^"\\]*+""")?')


class Body:
    """The statements of a function that are not in the tree; `whole` parses the file, or says what is wrong with it."""

    __slots__ = ("_end", "_line", "_start", "_text", "_whole")

    def __init__(self, text: str, start: int, end: int, line: int, whole: Whole) -> None:
        self._text = text
        self._start = start  # behind the colon
        self._end = end
        self._line = line  # of the colon
        self._whole = whole

    @property
    def last_line(self) -> int:
        """The line on which the body ends, blank lines and comments below it included."""
        return self._line + self._text.count("\n", self._start, self._end)

    def holds(self, word: str) -> bool:
        """Tells whether a text stands in the body."""
        return self._text.find(word, self._start, self._end) >= 0

    def fill(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        """Parses the body and puts it into its definition, which stays empty if the file does not parse."""
        try:
            _take_over(node, self._parsed())
        except SourceError:
            whole = self._whole()
            for other in ast.walk(whole) if whole is not None else ():
                if isinstance(other, ast.FunctionDef | ast.AsyncFunctionDef) and other.lineno == node.lineno:
                    _take_over(node, other)

    def check(self) -> None:
        """Parses the body and keeps nothing of it, so that a problem in it is noted."""
        try:
            self._parsed()
        except SourceError:
            self._whole()

    def _parsed(self) -> ast.stmt:
        above = self._line - 1
        ahead = "\n" * above if above < FAR else ""
        tree = parse(f"{ahead}if 1:{self._text[self._start : self._end]}")
        return (tree if ahead else ast.increment_lineno(tree, above)).body[0]


Whole = Callable[[], ast.Module | None]
Bodies = dict[int, Body]
"""The bodies that are left out of a tree, by the line of the `def`."""


def sketch(text: str, whole: Whole) -> tuple[ast.Module, Bodies]:
    """Parses a file without the bodies of its functions; raises SourceError where it does not parse."""
    plain = text.replace("\r\n", "\n") if "\r" in text else text
    if "\r" in plain or "\f" in plain:
        return parse(text), {}
    bodies: Bodies = {}
    parts: list[str] = []
    done = line = 0  # what is looked through, and the newlines in it
    quotes = _Quotes(plain)
    for found in FUNCTION.finditer(plain):
        start, end = found.span(2)
        lines = plain.count("\n", start, end)
        if lines < FEWEST_LINES:
            continue
        if quotes.are_open(found.start()) or not _is_whole(found[2]):
            continue
        quotes.pass_by(end)
        line += plain.count("\n", done, found.start())
        first, line = line + 1, line + plain.count("\n", found.start(), start)
        bodies[first] = Body(plain, start, end, line + 1, whole)
        parts += (plain[done:start], "0", "\n" * lines)
        done, line = end, line + lines
    if not bodies:
        return parse(text), {}
    parts.append(plain[done:])
    try:
        tree = parse("".join(parts))
    except SourceError:  # what is wrong, or was cut wrongly, shows in the whole file
        return parse(text), {}
    return (tree, bodies) if _count(tree, bodies) == len(bodies) else (parse(text), {})


def _count(tree: ast.Module, bodies: Bodies) -> int:
    """Counts the functions whose bodies are left out: what looks like one in a string is none."""
    found = 0
    nodes: list[ast.AST] = [tree]
    for node in nodes:
        if node.__class__ in FUNCTIONS and node.lineno in bodies:
            found += 1
        elif node.__class__ in HOLDING:
            nodes += _held(node)
    return found


def _take_over(node: ast.FunctionDef | ast.AsyncFunctionDef, other: ast.stmt) -> None:
    """Gives a definition the body of another statement."""
    assert isinstance(other, ast.FunctionDef | ast.AsyncFunctionDef | ast.If)
    node.body, node.end_lineno, node.end_col_offset = other.body, other.end_lineno, other.end_col_offset


def fill(root: ast.AST, bodies: Bodies) -> None:
    """Parses the bodies that are left out at or below a node; what ends with one of them ends where it does then."""
    stack: list[tuple[ast.AST, bool]] = [(root, False)]
    while stack:
        node, is_filled = stack.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.lineno in bodies:
            bodies.pop(node.lineno).fill(node)
        elif is_filled:
            _close(node)
        else:
            stack.append((node, True))
            stack += [(child, False) for child in _held(node)]


def _held(node: ast.AST) -> list[ast.AST]:
    """Lists the statements in a compound statement, and what holds some of them."""
    found: list[ast.AST] = []
    for name in HOLDING.get(node.__class__, ()):
        found += getattr(node, name)
    return found


def _close(node: ast.AST) -> None:
    """Moves the end of a compound statement to that of the last statement in it."""
    inner = [part for child in _held(node) for part in (child.body if isinstance(child, ast.match_case) else [child])]
    ends = [(part.end_lineno or 0, part.end_col_offset or 0) for part in inner]  # type: ignore[attr-defined]
    if ends and isinstance(node, ast.stmt | ast.excepthandler):
        known = node.end_lineno or 0, node.end_col_offset or 0  # a semicolon may stand behind what is in it
        node.end_lineno, node.end_col_offset = max(*ends, known)


class _Quotes:
    """Counts the ends of long strings on the way through a text, each character once."""

    __slots__ = ("_done", "_double", "_single", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._double = self._single = 0
        self._done = 0

    def are_open(self, place: int) -> bool:
        """Tells whether a long string is open at a place."""
        self._double += self._text.count('"""', self._done, place)
        self._single += self._text.count("'''", self._done, place)
        self._done = place
        return bool(self._double & 1 or self._single & 1)

    def pass_by(self, place: int) -> None:
        """Goes on at a place, where none is open."""
        self._done = place


def _is_whole(body: str) -> bool:
    """Tells whether no string is left open, nor a line to be continued.

    A bracket left open, which is rare, leaves the rest of the file one too many: it does not parse.
    """
    documented = DOCSTRING.match(body)
    if _ends_lines(body, documented.end() if documented is not None else 0):
        return True
    bare = QUOTED.sub("", body)
    return '"' not in bare and "'" not in bare and not bare.endswith("\\")


def _ends_lines(body: str, start: int) -> bool:
    """Tells whether no string is left open at the end of a line, to be closed or not."""
    find, count = body.find, body.count
    if find('"""', start) >= 0 or find("'''", start) >= 0:
        return False
    if "\\" in body and ("\\\n" in body or body.endswith("\\")):
        return False
    return not (count('"', start) & 1 or count("'", start) & 1)

"""Bytes to text and back, text to syntax tree, and every conversion between positions.

Inside the package an offset counts characters of the decoded text from 0. `ast` counts columns in
UTF-8 bytes, editors in UTF-16 units; both are converted here and nowhere else.
"""

from __future__ import annotations

import ast
import codecs
import re
import sys
import warnings
from bisect import bisect_right
from functools import lru_cache
from itertools import accumulate
from tokenize import detect_encoding

from flake8_lambda_perf.dataclass import dataclass
from flake8_lambda_perf.errors import SourceError
from flake8_lambda_perf.model import Span

MAX_DEPTH = 200
"""Levels of a syntax tree that every later step, LibCST's recursive parser included, survives."""

SLACK = 10
"""Levels that take no character, as `arguments` between a function and its parameters."""

NEWLINE = re.compile(r"\r\n|\r|\n")
"""What ends a line for Python's tokenizer: not a form feed, \\x0b, \\x1c or U+2028."""

MARKS = frozenset({
    "arg", "asname", "attr", "conversion", "ctx", "id", "is_async", "kind", "kwd_attrs", "level", "module", "op", "ops",
    "rest", "simple", "str", "type_comment",
})  # fmt: skip
"""Fields that hold text, numbers, operators or contexts in every class of node."""

MIXED = frozenset({"keys", "kw_defaults", "names"})
"""Fields that hold a list of nodes in which None may stand, or in some classes a list of names."""

FIRST_LINES = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n)?[^\r\n]*(?:\r\n|\r|\n)?")

FOREIGN_BOMS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)

NEWER_SYNTAX = (
    (re.compile(r"\s*type\s+\w+\s*(\[.*\])?\s*="), (3, 12), "a `type` statement"),
    (re.compile(r"\s*(async\s+)?(def|class)\s+\w+\s*\["), (3, 12), "a list of type parameters"),
    (re.compile(r"\s*except\*?\s+[^(:]+,[^:]*:"), (3, 14), "`except` with several types and no parentheses"),
    (re.compile(r"""(.*[^\w.'"])?(t|tr|rt)["']""", re.IGNORECASE), (3, 14), "a template string"),
    (re.compile(r"\s*lazy\s+(import|from)\b"), (3, 15), "a lazy import"),
)
"""Lines that stop an older parser, from the "What's New in Python" page of each version."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """The text of one file with its newlines as they are, and what is needed to write it back."""

    path: str
    text: str
    encoding: str
    bom: bool


def decode(data: bytes, path: str) -> SourceFile:
    """Decode a Python file as the interpreter does: byte order mark, coding cookie, else UTF-8."""
    for mark, name in FOREIGN_BOMS:
        if data.startswith(mark):
            raise SourceError(f"the file is {name}, which Python cannot run; save it as UTF-8", 1)
    if (nul := data.find(b"\0")) >= 0:
        line = _line_of(data, nul)
        raise SourceError(
            f"line {line} holds a NUL byte, so this is no Python source; exclude or repair the file", line
        )
    encoding = _encoding_of(data)
    bom = data.startswith(codecs.BOM_UTF8)
    body = data[len(codecs.BOM_UTF8) :] if bom else data
    if encoding != "utf-8" and not _is_reversible("#", encoding, b"#"):
        raise _unusable(encoding)
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError as error:
        line = _line_of(body, error.start)
        raise SourceError(
            f"line {line} is not {encoding}: byte 0x{body[error.start]:02x} cannot be decoded; "
            "save the file as UTF-8 or declare its encoding on the first line",
            line,
        ) from error
    except UnicodeError as error:
        raise _unusable(encoding) from error
    if encoding != "utf-8" and not _is_reversible(text, encoding, body):
        raise _unusable(encoding)
    return SourceFile(path, text, encoding, bom)


def encode(source: SourceFile, text: str) -> bytes:
    """Encode new text for the file `source` with the encoding and byte order mark it had."""
    try:
        body = text.encode(source.encoding)
    except UnicodeEncodeError as error:
        line = len(NEWLINE.findall(text, 0, error.start)) + 1
        raise SourceError(
            f"line {line} would hold {text[error.start]!a}, which {source.encoding} cannot write; "
            "save the file as UTF-8 first",
            line,
        ) from error
    return codecs.BOM_UTF8 + body if source.bom else body


def parse(text: str) -> ast.Module:
    """Parse a text, or say on which line it is too new, too deep, or no Python at all."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an odd escape in the user's string is not ours to print, nor an error
            tree = ast.parse(text)
    except SyntaxError as error:
        line = error.lineno or 0
        raise SourceError(_syntax_message(error, text, sys.version_info[:2]), line) from error
    except (RecursionError, MemoryError) as error:
        raise SourceError("the code is nested too deeply for Python's parser; split its longest expression") from error
    except ValueError as error:
        raise SourceError(f"cannot be parsed: {error}; repair or exclude the file") from error
    _refuse_depth(tree)
    return tree


def nodes_of(root: ast.AST) -> list[ast.AST]:
    """List a node and all nodes below it, in a third of the time of `ast.walk`."""
    found = [root]
    for node in found:
        found.extend(children_of(node))
    return found


class _Fields(dict[type[ast.AST], tuple[str, ...]]):
    """The fields in which the nodes of each class may hold others, in order."""

    def __missing__(self, kind: type[ast.AST]) -> tuple[str, ...]:
        fields = () if kind is ast.Constant else tuple(name for name in kind._fields if name not in MARKS)
        self[kind] = fields
        return fields


FIELDS = _Fields()


def children_of(node: ast.AST) -> list[ast.AST]:
    """List the nodes one level below a node, but for operators and contexts, which are marks without content."""
    found: list[ast.AST] = []
    for name in FIELDS[node.__class__]:
        value = getattr(node, name, None)
        if value.__class__ is list:
            found += value if name not in MIXED else [item for item in value if isinstance(item, ast.AST)]
        elif isinstance(value, ast.AST):
            found.append(value)
    return found


def newline_of(text: str) -> str:
    r"""Return the newline that ends most lines of `text`, `\n` where none does."""
    windows = text.count("\r\n")
    unix, mac = text.count("\n") - windows, text.count("\r") - windows
    if windows > unix and windows >= mac:
        return "\r\n"
    return "\r" if mac > unix else "\n"


def _starts_of(text: str) -> list[int]:
    """List the offsets at which lines start."""
    if "\r" in text:
        return [0, *(match.end() for match in NEWLINE.finditer(text))]
    return [*accumulate([len(line) + 1 for line in text.split("\n")[:-1]], initial=0)]


@lru_cache(maxsize=4)  # many questions about one text follow each other
def lines_of(text: str) -> Lines:
    """Return the lines of a text."""
    return Lines(text)


class Lines:
    """The line starts of one text, to go between `ast` positions, offsets and columns."""

    __slots__ = ("_ascii", "_starts", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._ascii = text.isascii()
        self._starts = _starts_of(text)

    def offset(self, line: int, utf8_column: int) -> int:
        """Return the offset of a position as `ast` states it: line from 1, column in UTF-8 bytes."""
        start, end = self._bounds(line)
        if self._ascii:
            return min(start + utf8_column, end)
        head = self._text[start : min(start + utf8_column, end)]
        if head.isascii():
            return start + len(head)
        return start + len(head.encode("utf-8", "surrogatepass")[:utf8_column].decode("utf-8", "ignore"))

    def position(self, offset: int) -> tuple[int, int]:
        """Return line and column of an offset, both from 1, the column in characters."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def span(self, node: ast.AST) -> Span:
        """Return the characters a node covers; `node` must have a position of its own."""
        if not isinstance(node, ast.expr | ast.stmt | ast.excepthandler | ast.arg | ast.keyword | ast.alias):
            raise TypeError(f"{type(node).__name__} has no position")
        last_line, last_column = node.end_lineno, node.end_col_offset
        if last_line is None or last_column is None:
            raise TypeError(f"{type(node).__name__} was not made by the parser, so its end is unknown")
        return Span(self.offset(node.lineno, node.col_offset), self.offset(last_line, last_column))

    def line_text(self, line: int) -> str:
        """Return a line, counted from 1, without its newline."""
        start, end = self._bounds(line)
        return self._text[start:end]

    def utf16_column(self, offset: int) -> int:
        """Return the column of an offset in UTF-16 units, from 1."""
        line, column = self.position(offset)
        if self._ascii:
            return column
        head = self._text[self._starts[line - 1] : offset]
        return column + sum(character > "\uffff" for character in head)

    def _bounds(self, line: int) -> tuple[int, int]:
        """Return the offsets of a line's first character and of its newline; the text's end beyond the last line."""
        if line > len(self._starts):
            return len(self._text), len(self._text)
        start = self._starts[line - 1]
        if line == len(self._starts):
            return start, len(self._text)
        following = self._starts[line]
        return start, following - (2 if self._text[following - 2 : following] == "\r\n" else 1)


def _encoding_of(data: bytes) -> str:
    """Return the encoding of a file, looking for a cookie where the interpreter looks: in two lines."""
    found = FIRST_LINES.match(data)
    head = found[0] if found is not None else b""
    if head.isascii() and b"coding" not in head:  # the usual case, told ten times as fast
        return "utf-8"
    first_lines = iter(head.splitlines(keepends=True))
    try:
        encoding, _ = detect_encoding(lambda: next(first_lines, b""))
    except SyntaxError as error:
        line = 1
        if not isinstance(error.__context__, LookupError) and (bad := _undecodable(data)) is not None:
            line = _line_of(data, bad)
        raise SourceError(f"{error}; declare the right encoding or save the file as UTF-8", line) from error
    return "utf-8" if encoding == "utf-8-sig" else encoding


def _undecodable(data: bytes) -> int | None:
    """Return where `data` stops being UTF-8."""
    try:
        data.decode()
    except UnicodeDecodeError as error:
        return error.start
    return None


def _line_of(data: bytes, position: int) -> int:
    """Return the line, from 1, of a byte."""
    return len(re.findall(rb"\r\n|\r|\n", data[:position])) + 1


def _is_reversible(text: str, encoding: str, body: bytes) -> bool:
    """Tell whether writing the text gives the same bytes: stateful codecs would rewrite untouched lines."""
    try:
        return text.encode(encoding) == body
    except (LookupError, UnicodeError):
        return False


def _unusable(encoding: str) -> SourceError:
    return SourceError(f"the declared encoding {encoding} is not fit for Python source; save the file as UTF-8", 1)


def _syntax_message(error: SyntaxError, text: str, host: tuple[int, int]) -> str:
    """Say what is wrong in one line, and under which Python to run where newer syntax is the cause."""
    reason = error.msg.splitlines()[0]
    running = f"Python {host[0]}.{host[1]}"
    if error.lineno:
        line = Lines(text).line_text(error.lineno)
        for pattern, version, name in NEWER_SYNTAX:
            if version > host and pattern.match(line):
                wanted = f"Python {version[0]}.{version[1]}"
                return f"{name} needs {wanted}, this is {running}; run lambda-perf under {wanted} or newer"
    if reason.startswith("f-string") and host < (3, 12):
        return f"{reason} ({running}); if it is an f-string of Python 3.12, run lambda-perf under Python 3.12 or newer"
    return f"{reason} ({running}); repair the line, or exclude the file"


def _refuse_depth(tree: ast.Module) -> None:
    """Raise where a tree has more levels than recursive visitors survive; itself never recurses."""
    level: list[ast.AST] = list(tree.body)
    for depth in range(MAX_DEPTH):
        room = MAX_DEPTH - depth - SLACK  # a level takes one character or more
        deeper: list[ast.AST] = []
        for node in level:
            # Nearly all statements stand on one line with too few characters to nest so many levels.
            if not (
                node._attributes  # noqa: SLF001  # part of the documented interface, as `_fields` is
                and node.end_lineno == node.lineno  # type: ignore[attr-defined]  # what has attributes has a position
                and node.end_col_offset - node.col_offset < room  # type: ignore[attr-defined]
            ):
                deeper.extend(children_of(node))
        if not deeper:
            return
        level = deeper
    line = min((node.lineno for node in level if isinstance(node, ast.expr | ast.stmt)), default=0)
    raise SourceError(
        f"the code is nested more than {MAX_DEPTH} levels deep; split the longest chain, concatenation or elif", line
    )

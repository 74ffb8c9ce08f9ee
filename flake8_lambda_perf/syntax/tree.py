"""Guarded parsing with LibCST, and the least text it must parse for one statement.

LibCST costs eleven times what ast does and its parser overflows the C stack on text that ast
refuses, so it only ever sees text that passed `source.parse`, and as little of it as will do.
"""

from __future__ import annotations

import ast
import re
import threading
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final, TypeAlias

import libcst as cst

from flake8_lambda_perf.errors import SourceError
from flake8_lambda_perf.syntax.pairing import (
    PairingError,
    pair,
    pair_headers,
    pair_whole,
)

if TYPE_CHECKING:
    from flake8_lambda_perf.source import Lines

__all__ = [
    "PairingError",
    "pair",
    "pair_headers",
    "pair_whole",
    "parse_module",
    "slice_of",
    "slices_of",
    "whole_of",
]

MAX_CHARACTERS: Final = 2_000_000
SHORT: Final = 4_000
SHALLOW: Final = 40
"""The characters and the brackets of a text that the stack of any thread holds; most statements are such."""
_STACK_BYTES: Final = 64 * 1024 * 1024
_STACK_SIZE_LOCK: Final = threading.Lock()

# What may stand between the last expression of a header and its colon, comments and all.
_COLON: Final = re.compile(r"(?:[^:#]++|#[^\r\n]*+)*+:")
# What may stand between two cases of a match statement.
_CASE: Final = re.compile(r"(?:[\s;\\]++|#[^\r\n]*+)*+(?=case)")

_Compound: TypeAlias = (
    ast.FunctionDef
    | ast.AsyncFunctionDef
    | ast.ClassDef
    | ast.For
    | ast.AsyncFor
    | ast.While
    | ast.If
    | ast.With
    | ast.AsyncWith
)
_Positioned: TypeAlias = ast.stmt | ast.expr | ast.arg | ast.keyword | ast.pattern


def parse_module(text: str) -> cst.Module:
    """Parses text that ast has accepted; what LibCST refuses is a SourceError, never a crash."""
    if len(text) > MAX_CHARACTERS:
        raise SourceError(
            f"{len(text):,} characters are too many to analyse (the limit is {MAX_CHARACTERS:,}); "
            "split the file or exclude it"
        )
    outcome: list[cst.Module | BaseException] = []
    if len(text) <= SHORT and sum(text.count(bracket) for bracket in "([{") <= SHALLOW:
        _parse_into(text, outcome)
    else:
        _parse_apart(text, outcome)
    match outcome[0]:
        case cst.Module() as module:
            return module
        case cst.ParserSyntaxError() as error:
            raise SourceError(
                f"LibCST cannot parse this: {error.message.strip()}; a newer libcst may know the syntax",
                error.raw_line,
            ) from error
        case error:
            raise SourceError(f"LibCST cannot parse this: {error}") from error


def _parse_apart(text: str, outcome: list[cst.Module | BaseException]) -> None:
    """Parses in a thread of its own, whose stack holds nesting that the caller's may not."""
    worker = threading.Thread(target=_parse_into, args=(text, outcome), daemon=True)
    with _STACK_SIZE_LOCK:
        before = threading.stack_size(_STACK_BYTES)
        try:
            worker.start()
        finally:
            threading.stack_size(before)
    worker.join()


def _parse_into(text: str, outcome: list[cst.Module | BaseException]) -> None:
    try:
        outcome.append(cst.parse_module(text))
    except BaseException as error:  # noqa: BLE001  # a panic of the parser is no Exception; the caller raises it
        outcome.append(error)


def slices_of(text: str, lines: Lines, statements: Sequence[ast.stmt]) -> str:
    """The slices of several statements as one module, for one parse and `pair_headers`."""
    return "".join(slice_of(text, lines, statement) for statement in statements)


def slice_of(text: str, lines: Lines, statement: ast.stmt) -> str:
    """The smallest module with the expressions that belong to `statement` itself.

    A simple statement is there as it is written, without its line's indentation and neighbours
    (what stands in its continuation lines keeps its meaning). A compound statement is there with
    its header only; the statements it holds are slices of their own.
    """
    match statement:
        case ast.Match():
            return _match_slice(text, lines, statement)
        case ast.Try() | ast.TryStar():
            return _try_slice(text, lines, statement)
        case (
            ast.FunctionDef()
            | ast.AsyncFunctionDef()
            | ast.ClassDef()
            | ast.For()
            | ast.AsyncFor()
            | ast.While()
            | ast.If()
            | ast.With()
            | ast.AsyncWith()
        ):
            return f"{_header(text, lines, statement)} pass\n"
        case _:
            span = lines.span(statement)
            return f"{text[span.start : span.end]}\n"


def whole_of(text: str, lines: Lines, statement: ast.stmt) -> str:
    """A module with one whole statement, everything it holds included; for `pair_whole`."""
    start = _start(text, lines, statement)
    return f"{_indented(text, lines, start, text[start : lines.span(statement).end])}\n"


def _indented(text: str, lines: Lines, start: int, code: str) -> str:
    """The code, cut out at `start`, below an `if 1:` where its further lines are indented.

    Taking the indentation away instead would change the strings that span lines.
    """
    indentation = text[lines.offset(lines.position(start)[0], 0) : start]
    header = f"if 1:\n{indentation}" if indentation.strip("\f").isspace() else ""
    return f"{header}{_from_elif(code)}"


def _header(text: str, lines: Lines, statement: _Compound) -> str:
    ends = (_end(lines, node) for node in _header_nodes(statement))
    after = max(ends, default=lines.span(statement).start)
    start = _start(text, lines, statement)
    header = _to_colon(text, start, after)
    if getattr(statement, "decorator_list", ()):
        return _indented(text, lines, start, header)
    return _from_elif(header)


def _to_colon(text: str, start: int, end: int) -> str:
    """The text from `start` to the first colon after `end` that is not in a comment."""
    match = _COLON.match(text, end)
    if match is None:
        raise SourceError("the positions of ast do not fit this text")
    return text[start : match.end()]


def _start(text: str, lines: Lines, statement: ast.stmt) -> int:
    """Where the statement starts, its decorators included."""
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    if not decorators:
        return lines.span(statement).start
    at = text.rindex("@", 0, lines.span(decorators[0]).start)
    while text[lines.offset(lines.position(at)[0], 0) : at].strip():  # in a comment
        at = text.rindex("@", 0, at)
    return at


def _end(lines: Lines, node: _Positioned) -> int:
    return lines.offset(node.end_lineno or 0, node.end_col_offset or 0)


def _from_elif(text: str) -> str:
    """Turns the `elif` that ast takes for a statement into the `if` it means."""
    return text[2:] if text.startswith("elif") else text


def _header_nodes(statement: _Compound) -> Iterator[_Positioned]:
    match statement:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            yield from _argument_nodes(statement.args)
            if statement.returns is not None:
                yield statement.returns
        case ast.ClassDef():
            yield from statement.bases
            yield from statement.keywords
        case ast.For() | ast.AsyncFor():
            yield statement.iter
        case ast.While() | ast.If():
            yield statement.test
        case _:
            item = statement.items[-1]
            yield item.optional_vars or item.context_expr
    yield from getattr(statement, "type_params", ())


def _argument_nodes(arguments: ast.arguments) -> Iterator[_Positioned]:
    yield from arguments.posonlyargs
    yield from arguments.args
    yield from arguments.kwonlyargs
    yield from arguments.defaults
    for node in (arguments.vararg, arguments.kwarg, *arguments.kw_defaults):
        if node is not None:
            yield node


def _match_slice(text: str, lines: Lines, statement: ast.Match) -> str:
    end = _end(lines, statement.subject)
    head = _to_colon(text, lines.span(statement).start, end)
    parts = [f"{head}\n"]
    end = lines.span(statement).start + len(head)
    for case in statement.cases:
        start = _CASE.match(text, end)
        if start is None:
            raise SourceError("the positions of ast do not fit this text")
        parts.append(f" {_to_colon(text, start.end(), _end(lines, case.guard or case.pattern))} pass\n")
        end = _end(lines, case.body[-1])
    return "".join(parts)


def _try_slice(text: str, lines: Lines, statement: ast.Try | ast.TryStar) -> str:
    parts = ["try: pass\n"]
    for handler in statement.handlers:
        start = lines.span(handler).start
        end = start if handler.type is None else _end(lines, handler.type)
        parts.append(f"{_to_colon(text, start, end)} pass\n")
    if not statement.handlers:
        parts.append("finally: pass\n")
    return "".join(parts)

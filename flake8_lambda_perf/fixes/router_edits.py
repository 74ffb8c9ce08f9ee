"""Writes the edits of LPF301: each changed call and import, rebuilt by LibCST from its own text."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

import libcst as cst

from flake8_lambda_perf.model import Edit, Span
from flake8_lambda_perf.source import Lines, SourceFile, newline_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flake8_lambda_perf.fixes.router_calls import Include

NOQA = re.compile(r"#\s*(noqa|isort|type|pylint|ruff|pyright|fmt|ty)\b[^#]*", re.IGNORECASE)
"""A comment for a tool about the import it stands beside; it goes with the import."""


def edits_of(source: SourceFile, includes: Sequence[Include], new_import: str) -> tuple[Edit, ...] | str:
    """Return the edits that make `includes` lazy, or why they cannot be made without losing a comment."""
    lines = Lines(source.text)
    edits = [Edit(source.path, lines.span(item.call), _lazy_call(source.text, lines, item)) for item in includes]
    removed = removals_of(source, includes, new_import)
    return removed if isinstance(removed, str) else tuple(sorted([*edits, *removed]))


def removals_of(source: SourceFile, includes: Sequence[Include], new_import: str) -> list[Edit] | str:
    """Return the edits that remove the imports of `includes`, `new_import` in the place of the first."""
    lines = Lines(source.text)
    edits: list[Edit] = []
    gone: dict[int, tuple[ast.Import | ast.ImportFrom, set[str]]] = {}
    for item in includes:
        statement = item.origin.statement
        gone.setdefault(statement.lineno, (statement, set()))[1].add(item.local)
    for _, (statement, names) in sorted(gone.items()):
        edit = _without(source, lines, statement, names, new_import)
        if isinstance(edit, str):
            return edit
        edits.append(edit)
        new_import = ""
    return edits


def _lazy_call(text: str, lines: Lines, include: Include) -> str:
    """Return the text of the lazy call: everything but function, router and `match` stays as it was."""
    span = lines.span(include.call)
    tree = cst.parse_module(text[span.start : span.end])
    statement = cst.ensure_type(tree.body[0], cst.SimpleStatementLine)
    call = cst.ensure_type(cst.ensure_type(statement.body[0], cst.Expr).value, cst.Call)
    quote = "'" if "'" in text[span.start : span.end] and '"' not in text[span.start : span.end] else '"'
    between = _separator(call)
    target = cst.SimpleString(f"{quote}{include.target}{quote}")
    arguments = [_named(argument, target, argument is call.args[0]) for argument in call.args]
    if include.match:
        _insert_match(arguments, include.match, quote, between)
    first = cst.Arg(cst.Name(include.app), comma=between)
    owner = cst.Name("include_lazy_router")
    lazy = call.with_changes(func=owner, args=[first, *arguments])
    return tree.with_changes(body=[statement.with_changes(body=[cst.Expr(lazy)])]).code


def _named(argument: cst.Arg, target: cst.SimpleString, first: bool) -> cst.Arg:
    """Return the argument, the router replaced by the text that names it."""
    if argument.keyword is None or (argument.keyword.value == "router" and first):
        return argument.with_changes(value=target, keyword=None, equal=cst.MaybeSentinel.DEFAULT)
    if argument.keyword.value == "router":
        return argument.with_changes(value=target, keyword=cst.Name("target"))
    return argument


def _insert_match(arguments: list[cst.Arg], match: str, quote: str, between: cst.Comma) -> None:
    """Put `match=` behind the prefix, or behind the router where there is none."""
    keys = [argument.keyword.value if argument.keyword else "" for argument in arguments]
    place = keys.index("prefix") if "prefix" in keys else next(i for i, key in enumerate(keys) if key in ("", "target"))
    before = arguments[place]
    added = cst.Arg(
        cst.SimpleString(f"{quote}{match}{quote}"),
        keyword=cst.Name("match"),
        equal=cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace("")),
        comma=before.comma,
    )
    arguments[place] = before.with_changes(comma=between)
    arguments.insert(place + 1, added)


def _separator(call: cst.Call) -> cst.Comma:
    """Return a comma and what follows it: a space, or a new line where every argument has its own."""
    space = call.whitespace_before_args
    if isinstance(space, cst.ParenthesizedWhitespace):
        bare = cst.ParenthesizedWhitespace(cst.TrailingWhitespace(), indent=space.indent, last_line=space.last_line)
        return cst.Comma(whitespace_after=bare)
    return cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))


def _without(
    source: SourceFile, lines: Lines, statement: ast.Import | ast.ImportFrom, names: set[str], new_import: str
) -> Edit | str:
    """Return the edit that removes `names` from an import, and puts `new_import` in its place or before it."""
    span, text = lines.span(statement), source.text
    line_end = min((at for at in (text.find("\n", span.end), text.find("\r", span.end)) if at >= 0), default=len(text))
    tail = text[span.end : line_end]
    where = f"{source.path}:{statement.lineno}"
    left = [alias for alias in statement.names if (alias.asname or alias.name) not in names]
    newline = newline_of(text)
    if new_import and statement.col_offset:
        return f"{where} shares its line with another statement"
    if left:
        kept = _narrowed(text[span.start : span.end], names)
        if _comments(text[span.start : span.end]) - _comments(kept):
            return f"{where} has a comment beside an import that would go"
        return Edit(source.path, span, f"{new_import}{newline}{kept}" if new_import else kept)
    if _comments(text[span.start : span.end]) or not NOQA.fullmatch(tail.strip() or "# noqa"):
        return f"{where} has a comment, or another statement, beside an import that would go"
    if new_import:
        return Edit(source.path, span, new_import)
    after = line_end + (2 if text.startswith("\r\n", line_end) else 1 if line_end < len(text) else 0)
    return Edit(source.path, Span(span.start, after), "")


def _narrowed(text: str, names: set[str]) -> str:
    """Return an import without some of its names, its brackets and line breaks kept."""
    tree = cst.parse_module(text)
    line = cst.ensure_type(tree.body[0], cst.SimpleStatementLine)
    statement = cst.ensure_type(line.body[0], cst.Import | cst.ImportFrom)  # type: ignore[arg-type]
    aliases = list(statement.names)
    kept = [alias for alias in aliases if _bound(alias) not in names]
    if aliases[-1] is not kept[-1]:
        kept[-1] = kept[-1].with_changes(comma=aliases[-1].comma)
    return tree.with_changes(body=[line.with_changes(body=[statement.with_changes(names=kept)])]).code


def _bound(alias: cst.ImportAlias) -> str:
    return alias.evaluated_alias or alias.evaluated_name


def _comments(text: str) -> set[str]:
    """Return the comments of an import statement; it holds no string that could look like one."""
    return set(re.findall(r"#[^\r\n]*", text))

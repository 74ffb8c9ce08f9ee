"""Reads HCL into nodes where somebody asks for them: no file can make it recurse or run without end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import field
from typing import TYPE_CHECKING

from flake8_lambda_perf.dataclass import dataclass
from flake8_lambda_perf.errors import ManifestError
from flake8_lambda_perf.manifests import parsing
from flake8_lambda_perf.manifests.deployed import LocatedError
from flake8_lambda_perf.manifests.terraform.hcl_nodes import (
    Array,
    Block,
    Body,
    Call,
    Comprehension,
    Conditional,
    Literal,
    Node,
    Object,
    Operation,
    Reference,
    Spot,
    Template,
)
from flake8_lambda_perf.manifests.terraform.hcl_places import Range, Source

if TYPE_CHECKING:
    from tree_sitter import Node as Syntax

MAX_BYTES = 128_000
"""Larger than what people write; the parser takes up to a second for so much nonsense."""

MAX_TEXT = 4_000
"""Longer texts of JSON files are no names and no paths."""

MAX_BLANKS = 1_000
"""The parser's time grows with the square of the blanks in a row."""

MAX_DEPTH = 40

OPERATORS = frozenset({"==", "!=", "<", ">", "<=", ">=", "&&", "||", "+", "-", "*", "/", "%"})

_ESCAPE = re.compile(r'\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([nrt"\\]))|([$%])\4\{')
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_BLANKS = re.compile(r"\s{2,}")
_NUMBER = re.compile(r"[0-9]{1,15}")


class NoParserError(ManifestError):
    """The library that reads HCL is not installed."""


def parse(path: str, text: str) -> Body:
    """The body of a file; raises ManifestError with the line where it is too large or not valid."""
    if len(text) > MAX_BYTES or len(text.encode()) > MAX_BYTES:
        raise ManifestError(f"larger than {MAX_BYTES} bytes; split the file or exclude it")
    source = Source(path, text)
    blanks = _many_blanks(text)
    if blanks is not None:
        line = source.lines.position(blanks)[0]
        raise ManifestError(f"more than {MAX_BLANKS} blanks in a row; remove them or exclude the file", line)
    top = _tree(source)
    if top.has_error:
        line = source.position(_first_error(top).start_byte)[0]
        raise ManifestError("not valid HCL; correct the file or exclude it", line)
    body = next((child for child in top.named_children if child.type == "body"), None)
    return _ParsedBody(source, body)


def template(spot: Spot, content: str) -> Node | None:
    """The expression that a string of a JSON file holds, at the string's place; None where it is not valid."""
    if "${" not in content and "%{" not in content:
        return Literal(spot, content)
    if len(content) > MAX_TEXT or _many_blanks(content) is not None:
        return None
    source = Source(spot.path, f"x = <<E_O_F\n{content}\nE_O_F\n")
    top = _tree(source)
    body = next((child for child in top.named_children if child.type == "body"), None)
    if top.has_error or body is None or len(body.named_children) != 1:
        return None
    return _ParsedBody(source, body, spot).get("x")


def _many_blanks(text: str) -> int | None:
    """Where more blanks follow one another than the parser takes."""
    return next((found.start() for found in _BLANKS.finditer(text) if len(found[0]) > MAX_BLANKS), None)


def _tree(source: Source) -> Syntax:
    # Imported here because most projects have no Terraform.
    try:
        import tree_sitter
        import tree_sitter_hcl
    except ImportError as error:
        message = "not read: tree-sitter is missing; `pip install tree-sitter tree-sitter-hcl`, or exclude the file"
        raise NoParserError(message) from error
    return parsing.tree(tree_sitter.Language(tree_sitter_hcl.language()), source.data)


def _first_error(node: Syntax) -> Syntax:
    while not (node.is_error or node.is_missing):
        below = next((child for child in node.children if child.has_error or child.is_missing), None)
        if below is None:
            break
        node = below
    return node


@dataclass(slots=True, eq=False)
class _ParsedBody(Body):
    """A body of tree-sitter's tree. With `outer` all its nodes stand at that one place."""

    source: Source
    node: Syntax | None
    outer: Spot | None = None
    _attributes: dict[str, Syntax] | None = None
    _blocks: list[Block] = field(default_factory=list)
    _read: dict[str, Node] = field(default_factory=dict)

    def get(self, name: str) -> Node | None:
        node = self._index().get(name)
        if node is None:
            return None
        if name not in self._read:
            self._read[name] = _Expressions(self.source, self.outer).read(node, 0)
        return self._read[name]

    def names(self) -> tuple[str, ...]:
        return tuple(self._index())

    def blocks(self, kind: str = "") -> tuple[Block, ...]:
        self._index()
        return tuple(block for block in self._blocks if not kind or block.type == kind)

    def _index(self) -> dict[str, Syntax]:
        if self._attributes is None:
            self._attributes = {}
            for child in () if self.node is None else self.node.named_children:
                parts = child.named_children
                if child.type == "attribute" and parts[-1].type == "expression":
                    self._attributes.setdefault(_text(parts[0]), parts[-1])
                elif child.type == "block":
                    self._blocks.append(self._block(child, parts))
        return self._attributes

    def _block(self, node: Syntax, parts: list[Syntax]) -> Block:
        labels = (_text(part).strip('"') for part in parts[1:] if part.type in ("string_lit", "identifier"))
        body = next((part for part in parts if part.type == "body"), None)
        spot = Range(self.source, node.start_byte, node.end_byte)
        return Block(_text(parts[0]), tuple(labels), _ParsedBody(self.source, body), spot)


class _Expressions:
    """Makes expressions of tree-sitter's nodes."""

    def __init__(self, source: Source, outer: Spot | None) -> None:
        self._source = source
        self._outer = outer

    def read(self, node: Syntax, depth: int) -> Node:
        """The expression at a node of type `expression`."""
        return self._flat([child for child in node.children if child.type != "comment"], depth)

    def _flat(self, parts: list[Syntax], depth: int) -> Node:
        """A term, or an expression in brackets, and what is taken out of it."""
        if depth > MAX_DEPTH:
            line = self._source.position(parts[0].start_byte)[0]
            message = f"nested more than {MAX_DEPTH} levels deep; correct the file or exclude it"
            raise LocatedError(message, self._source.path, line)
        spot = self._spot(parts[0], parts[-1])
        if parts[0].type == "(":
            base, rest = self.read(parts[1], depth + 1), parts[3:]
        elif parts[0].type == "variable_expr":
            return Reference(spot, _text(parts[0]), tuple(self._steps(parts[1:], depth)))
        else:
            base, rest = self._term(parts[0], depth + 1), parts[1:]
        return Reference(spot, base, tuple(self._steps(rest, depth))) if rest else base

    def _steps(self, parts: list[Syntax], depth: int) -> Iterator[str | Node | None]:
        pending = parts[::-1]
        while pending:
            part = pending.pop()
            match part.type:
                case "get_attr":
                    yield _text(part.named_children[0])
                case "index" | "new_index":
                    inner = part.named_children[0]
                    if inner.type in ("new_index", "legacy_index"):
                        pending.append(inner)
                    else:
                        yield self.read(inner, depth + 1)
                case "legacy_index":
                    yield Literal(self._spot(part, part), number(_text(part).removeprefix(".")))
                case "splat":
                    yield None
                    pending += part.named_children[0].named_children[::-1]

    def _term(self, node: Syntax, depth: int) -> Node:
        spot = self._spot(node, node)
        parts = [child for child in node.children if child.type != "comment"]
        match node.type:
            case "literal_value":
                return self._literal(spot, parts[0])
            case "template_expr":
                return self._template(spot, parts[0], depth)
            case "collection_value":
                return self._collection(spot, parts[0], depth)
            case "function_call":
                return self._call(spot, parts, depth)
            case "for_expr":
                return self._comprehension(spot, parts[0], depth)
            case "operation":
                return self._operation(spot, parts[0], depth)
            case "conditional":
                test, yes, no = (self.read(part, depth) for part in node.named_children if part.type == "expression")
                return Conditional(spot, test, yes, no)
            case _:
                return Node(spot)

    def _literal(self, spot: Spot, node: Syntax) -> Node:
        match node.type:
            case "string_lit":
                return Literal(spot, _unescaped(self._source.slice(node.start_byte + 1, node.end_byte - 1)))
            case "numeric_lit":
                return Literal(spot, number(_text(node)))
            case "bool_lit":
                return Literal(spot, _text(node) == "true")
            case "null_lit":
                return Literal(spot, None)
            case _:
                return Node(spot)

    def _template(self, spot: Spot, node: Syntax, depth: int) -> Node:
        """A template's parts; literal ones are cut from the text, because the tree leaves out blanks."""
        heredoc = node.type == "heredoc_template"
        computed = [child for child in node.named_children if child.type == "template_interpolation"]
        if any(child.type == "template_directive" for child in node.named_children):
            return Node(spot)
        start, end = node.start_byte + 1, node.end_byte - 1
        if heredoc:
            if _text(node).startswith("<<-"):
                return Node(spot)
            start = self._source.data.index(b"\n", node.start_byte) + 1
            end = max(self._source.data.rindex(b"\n", 0, node.named_children[-1].start_byte), start)
        parts: list[Node] = []
        for child in computed:
            self._add_text(parts, spot, start, child.start_byte, heredoc=heredoc)
            inner = next((part for part in child.named_children if part.type == "expression"), None)
            parts.append(Node(spot) if inner is None else self.read(inner, depth))
            start = child.end_byte
        self._add_text(parts, spot, start, end, heredoc=heredoc)
        return Template(spot, tuple(parts))

    def _add_text(self, parts: list[Node], spot: Spot, start: int, end: int, *, heredoc: bool) -> None:
        if end > start:
            text = self._source.slice(start, end)
            parts.append(Literal(spot, text if heredoc else _unescaped(text)))

    def _collection(self, spot: Spot, node: Syntax, depth: int) -> Node:
        if node.type == "tuple":
            items = (child for child in node.named_children if child.type == "expression")
            return Array(spot, tuple([self.read(item, depth) for item in items]))
        entries: list[tuple[Node, Node]] = []
        for child in node.named_children:
            pair = [part for part in child.named_children if part.type == "expression"]
            if child.type == "object_elem" and len(pair) == 2:
                entries.append((self._key(pair[0], depth), self.read(pair[1], depth)))
        return Object(spot, tuple(entries))

    def _key(self, node: Syntax, depth: int) -> Node:
        """The key of an object's entry: a bare word is a text."""
        key = self.read(node, depth)
        if isinstance(key, Reference) and isinstance(key.base, str) and not key.steps:
            return Literal(key.spot, key.base)
        return key

    def _call(self, spot: Spot, parts: list[Syntax], depth: int) -> Node:
        given = next((part for part in parts if part.type == "function_arguments"), None)
        children = [] if given is None else given.named_children
        arguments = [self.read(child, depth) for child in children if child.type == "expression"]
        name = "::".join(_text(part) for part in parts if part.type == "identifier")
        return Call(spot, name, tuple(arguments), any(child.type == "ellipsis" for child in children))

    def _comprehension(self, spot: Spot, node: Syntax, depth: int) -> Node:
        names: list[str] = []
        collection, condition = None, None
        results: list[Node] = []
        for child in node.named_children:
            if child.type == "for_intro":
                names = [_text(part) for part in child.named_children if part.type == "identifier"]
                collection = self.read(child.named_children[-1], depth)
            elif child.type == "for_cond":
                condition = self.read(child.named_children[-1], depth)
            elif child.type == "expression":
                results.append(self.read(child, depth))
        if collection is None or not names or not results or any(c.type == "ellipsis" for c in node.children):
            return Node(spot)
        key = results[0] if len(results) == 2 else None
        return Comprehension(spot, tuple(names), collection, key, results[-1], condition)

    def _operation(self, spot: Spot, node: Syntax, depth: int) -> Node:
        parts = [child for child in node.children if child.type != "comment"]
        if node.type == "unary_operation":
            return Operation(spot, parts[0].type, (self._flat(parts[1:], depth),))
        at = next((n for n, part in enumerate(parts) if n and part.type in OPERATORS), len(parts) - 2)
        return Operation(spot, parts[at].type, (self._flat(parts[:at], depth), self._flat(parts[at + 1 :], depth)))

    def _spot(self, first: Syntax, last: Syntax) -> Spot:
        return self._outer or Range(self._source, first.start_byte, last.end_byte)


def _text(node: Syntax) -> str:
    return (node.text or b"").decode(errors="replace")


def number(text: str) -> int | float | None:
    if _NUMBER.fullmatch(text):
        return int(text)
    try:
        return float(text)
    except ValueError:
        return None


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(_character, text) if "\\" in text or "{" in text else text


def _character(match: re.Match[str]) -> str:
    short, long, letter, sign = match.groups()
    if sign is not None:
        return f"{sign}{{"
    if letter is not None:
        return _ESCAPED[letter]
    code = int(short or long, 16)
    return chr(code) if code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else match[0]

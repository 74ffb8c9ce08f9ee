"""Reads YAML and JSON into small frozen nodes with line marks, guarded against hostile files.

Nodes are built from parser events in one pass, without recursion: constructing objects runs code, and
deep nesting crashes the constructing loaders of PyYAML. Aliases share the node they name.
"""

from __future__ import annotations

import importlib
import json
import re
from dataclasses import field
from typing import TYPE_CHECKING, Any

from flake8_lambda_perf.dataclass import dataclass
from flake8_lambda_perf.errors import ManifestError
from flake8_lambda_perf.model import Said

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

MAX_DEPTH = 100
MAX_NODES = 200_000

_MERGE_KEY = "<<"
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_ANCHOR = re.compile(r"&[^\s,\[\]{}]+[ \t]+")
_JSON_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\]]|[^\s,:{}\[\]"]+', re.DOTALL)


@dataclass(frozen=True, slots=True, eq=False)
class Scalar:
    """One value; `tag` is an explicit tag (`!Ref`), `plain` means without quotes.

    `written` is its source, from its place on: with quotes, tag and anchor, or the mark and the lines of a block.
    """

    text: str
    tag: str | None
    plain: bool
    line: int
    column: int
    written: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Sequence:
    """A list."""

    items: tuple[Node, ...]
    tag: str | None
    line: int
    column: int


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """A key of a mapping and its value."""

    key: Scalar
    value: Node


@dataclass(frozen=True, slots=True, eq=False)
class Mapping:
    """A mapping by the text of its keys, merge keys (`<<`) already applied."""

    entries: dict[str, Entry]
    tag: str | None
    line: int
    column: int

    def get(self, key: str) -> Node | None:
        """The value of `key`, None where it is missing."""
        entry = self.entries.get(key)
        return None if entry is None else entry.value


Node = Scalar | Sequence | Mapping


def parse(path: str, text: str) -> Node | None:
    """The first document of `text`, None where it is empty; raises ManifestError with the line."""
    if text.lstrip()[:1] != "{":
        return _from_yaml(text)
    try:
        return _from_json(text)
    except ManifestError:
        if path.endswith(".json"):
            raise
    return _from_yaml(text)


def text_of(node: Node | None) -> str | None:
    """The text of a single value; None for a list, a mapping, or nothing."""
    return node.text if isinstance(node, Scalar) else None


def is_null(node: Node | None) -> bool:
    """Whether the value is missing or written as null."""
    if node is None:
        return True
    return isinstance(node, Scalar) and node.plain and node.tag is None and node.text in _NULLS


def stated(name: str, value: str | int | bool | None, path: str, node: Node) -> Said:
    """What the manifest `path` states at a node, with the node's source where it is a literal of one line."""
    if not isinstance(node, Scalar):
        return Said(name, value, path, node.line, node.column)
    anchor = _ANCHOR.match(node.written)
    start = anchor.end() if anchor is not None else 0
    written = node.written[start:]
    literal = written if node.tag is None and "\n" not in written else ""
    return Said(name, value, path, node.line, node.column + start, literal)


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not been read; `items` of a mapping alternate key and value."""

    mapping: bool
    anchor: str | None
    tag: str | None
    line: int
    column: int
    items: list[Node] = field(default_factory=list)


class _Builder:
    """Makes nodes from events and stops at the limits."""

    def __init__(self) -> None:
        self.document: Node | None = None
        self._stack: list[_Open] = []
        self._anchors: dict[str, Node | None] = {}
        self._count = 0

    def scalar(self, node: Scalar, anchor: str | None) -> None:
        self._count_nodes(1, node.line)
        self._add(node, anchor)

    def open(self, opened: _Open) -> None:
        self._count_nodes(1, opened.line)
        if len(self._stack) >= MAX_DEPTH:
            message = f"nested more than {MAX_DEPTH} levels deep; correct the file or exclude it"
            raise ManifestError(message, opened.line)
        if opened.anchor is not None:
            self._anchors[opened.anchor] = None
        self._stack.append(opened)

    def close(self) -> None:
        opened = self._stack.pop()
        if opened.mapping:
            node: Node = Mapping(self._entries(opened), opened.tag, opened.line, opened.column)
        else:
            node = Sequence(tuple(opened.items), opened.tag, opened.line, opened.column)
        self._add(node, opened.anchor)

    def alias(self, name: str, line: int) -> None:
        self._count_nodes(1, line)
        node = self._anchors.get(name)
        if node is None:
            reason = "stands inside the value it names" if name in self._anchors else "names no anchor above it"
            raise ManifestError(f"the alias `*{name}` {reason}; correct the file or exclude it", line)
        self._add(node, None)

    def _add(self, node: Node, anchor: str | None) -> None:
        if anchor is not None:
            self._anchors[anchor] = node
        if self._stack:
            self._stack[-1].items.append(node)
        else:
            self.document = node

    def _entries(self, opened: _Open) -> dict[str, Entry]:
        merged: dict[str, Entry] = {}
        own: dict[str, Entry] = {}
        for key, value in zip(opened.items[::2], opened.items[1::2], strict=True):
            if not isinstance(key, Scalar):
                continue
            if key.text == _MERGE_KEY and key.plain:
                self._merge(value, merged)
            else:
                own[key.text] = Entry(key, value)
        return merged | own if merged else own

    def _merge(self, value: Node, into: dict[str, Entry]) -> None:
        """Adds the entries of the merged mappings; each copied one counts as a node, so that chains stay bounded."""
        for source in value.items if isinstance(value, Sequence) else (value,):
            if isinstance(source, Mapping):
                self._count_nodes(len(source.entries) + 1, value.line)
                for name, entry in source.entries.items():
                    into.setdefault(name, entry)

    def _count_nodes(self, more: int, line: int) -> None:
        self._count += more
        if self._count > MAX_NODES:
            raise ManifestError(f"holds more than {MAX_NODES} values; split the file or exclude it", line)


def _from_yaml(text: str) -> Node | None:
    # Imported here because most projects have no manifest, and by name because its stubs may be absent.
    yaml: Any = importlib.import_module("yaml")
    builder = _Builder()
    try:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
        try:
            _build(builder, yaml, loader.get_event, text)
        finally:
            loader.dispose()
    except yaml.YAMLError as error:
        raise _yaml_error(error, text) from error
    return builder.document


def _build(builder: _Builder, yaml: ModuleType, next_event: Callable[[], Any], text: str) -> None:
    """Gives the events of the first document to the builder."""
    scalar, alias, ends = yaml.ScalarEvent, yaml.AliasEvent, (yaml.SequenceEndEvent, yaml.MappingEndEvent)
    starts = {yaml.SequenceStartEvent: False, yaml.MappingStartEvent: True}
    last = (yaml.DocumentEndEvent, yaml.StreamEndEvent)
    while True:
        event = next_event()
        kind, mark = type(event), event.start_mark
        if kind is scalar:
            written = text[mark.index : event.end_mark.index]
            node = Scalar(event.value, event.tag, not event.style, mark.line + 1, mark.column + 1, written)
            builder.scalar(node, event.anchor)
        elif kind in starts:
            builder.open(_Open(starts[kind], event.anchor, event.tag, mark.line + 1, mark.column + 1))
        elif kind in ends:
            builder.close()
        elif kind is alias:
            builder.alias(event.anchor, mark.line + 1)
        elif kind in last:
            return


def _yaml_error(error: Exception, text: str) -> ManifestError:
    mark = getattr(error, "problem_mark", None)
    if mark is not None:
        reason, line = getattr(error, "problem", "unreadable"), mark.line + 1
    else:
        # A character that YAML forbids: such an error has an offset (in bytes with libyaml) and no mark.
        offset = getattr(error, "position", 0) or 0
        reason, line = getattr(error, "reason", "unreadable"), text.encode()[:offset].count(b"\n") + 1
    if "nesting depth" in reason:  # libyaml's own limit, in the wheels of PyYAML 6.0.4; it is far above ours
        return ManifestError(f"nested more than {MAX_DEPTH} levels deep; correct the file or exclude it", line)
    return ManifestError(f"not valid YAML: {reason}; correct the file or exclude it", line)


def _from_json(text: str) -> Node | None:
    try:
        json.loads(text, parse_int=str, parse_float=str, parse_constant=str)
    except json.JSONDecodeError as error:
        raise ManifestError(f"not valid JSON: {error.msg}; correct the file or exclude it", error.lineno) from error
    except RecursionError:
        # Valid so far, and deeper than the builder goes: it stops below, with the line.
        pass
    builder = _Builder()
    line, line_start, last = 1, 0, 0
    for match in _JSON_TOKEN.finditer(text):
        start, written = match.start(), match.group()
        if newlines := text.count("\n", last, start):
            line, line_start = line + newlines, text.rfind("\n", last, start) + 1
        last, column = start, start - line_start + 1
        match written[0]:
            case "{" | "[":
                builder.open(_Open(written == "{", None, None, line, column))
            case "}" | "]":
                builder.close()
            case '"':
                builder.scalar(Scalar(json.loads(written), None, False, line, column, written), None)
            case _:
                builder.scalar(Scalar(written, None, True, line, column, written), None)
    return builder.document

"""Reads `*.tf.json`, where blocks are objects and every string is a template."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field

from flake8_lambda_perf.dataclass import dataclass
from flake8_lambda_perf.errors import ManifestError
from flake8_lambda_perf.manifests.deployed import LocatedError
from flake8_lambda_perf.manifests.terraform import hcl_parse
from flake8_lambda_perf.manifests.terraform.hcl_nodes import Array, Block, Body, Literal, Node, Object
from flake8_lambda_perf.manifests.yaml_nodes import Mapping, Scalar, Sequence
from flake8_lambda_perf.manifests.yaml_nodes import Node as JsonNode
from flake8_lambda_perf.manifests.yaml_nodes import parse as parse_json

LABELS = {"resource": 2, "data": 2, "ephemeral": 2, "module": 1, "output": 1, "provider": 1, "variable": 1}
CONSTANTS = {"true": True, "false": False, "null": None}
COMMENT = "//"


@dataclass(frozen=True, slots=True, eq=False)
class _Spot:
    """The place of a JSON value."""

    path: str
    line: int
    column: int
    text: str
    offset: int = 0


def parse(path: str, text: str) -> Body:
    """The body of a file; raises ManifestError with the line where it is too large or not valid."""
    if len(text) > hcl_parse.MAX_BYTES:
        raise ManifestError(f"larger than {hcl_parse.MAX_BYTES} bytes; split the file or exclude it")
    top = parse_json(path, text)
    return _JsonBody(path, top if isinstance(top, Mapping) else Mapping({}, None, 1, 1), top=True)


@dataclass(slots=True, eq=False)
class _JsonBody(Body):
    """An object that stands for a body."""

    path: str
    mapping: Mapping
    top: bool = False
    _read: dict[str, Node] = field(default_factory=dict)

    def get(self, name: str) -> Node | None:
        node = self.mapping.get(name)
        if node is None:
            return None
        if name not in self._read:
            self._read[name] = _expression(self.path, node, 0)
        return self._read[name]

    def names(self) -> tuple[str, ...]:
        return tuple(name for name in self.mapping.entries if name != COMMENT)

    def blocks(self, kind: str = "") -> tuple[Block, ...]:
        kinds = (kind,) if kind else self.names()
        return tuple(block for name in kinds for block in self._blocks(name))

    def _blocks(self, kind: str) -> Iterator[Block]:
        depth = LABELS.get(kind, 0) if self.top else int(kind == "dynamic")
        node = self.mapping.get(kind)
        found: list[tuple[tuple[str, ...], JsonNode]] = [] if node is None else [((), node)]
        for _ in range(depth):
            found = [
                ((*labels, name), entry.value)
                for labels, outer in found
                for mapping in _mappings(outer)
                for name, entry in mapping.entries.items()
                if name != COMMENT
            ]
        for labels, outer in found:
            for mapping in _mappings(outer):
                spot = _Spot(self.path, mapping.line, mapping.column, "")
                yield Block(kind, labels, _JsonBody(self.path, mapping), spot)


def _mappings(node: JsonNode) -> Iterator[Mapping]:
    for item in node.items if isinstance(node, Sequence) else (node,):
        if isinstance(item, Mapping):
            yield item


def _expression(path: str, node: JsonNode, depth: int) -> Node:
    spot = _Spot(path, node.line, node.column, node.written if isinstance(node, Scalar) else "")
    if depth > hcl_parse.MAX_DEPTH:
        message = f"nested more than {hcl_parse.MAX_DEPTH} levels deep; correct the file or exclude it"
        raise LocatedError(message, path, node.line)
    match node:
        case Scalar(plain=True, text=text):
            return Literal(spot, CONSTANTS[text] if text in CONSTANTS else hcl_parse.number(text))
        case Scalar(text=text):
            return hcl_parse.template(spot, text) or Node(spot)
        case Sequence(items=items):
            return Array(spot, tuple([_expression(path, item, depth + 1) for item in items]))
        case Mapping(entries=entries):
            pairs = [entry for name, entry in entries.items() if name != COMMENT]
            keys = [_expression(path, entry.key, depth + 1) for entry in pairs]
            values = [_expression(path, entry.value, depth + 1) for entry in pairs]
            return Object(spot, tuple(zip(keys, values, strict=True)))

"""The values of a template: what its parameters, mappings and functions such as `!Sub` make of them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping as Values
from functools import cached_property
from typing import TYPE_CHECKING

from flake8_lambda_perf.manifests.inline import Inline, Piece, inline, pieces, substituted
from flake8_lambda_perf.manifests.yaml_nodes import Mapping, Node, Scalar, Sequence, is_null
from flake8_lambda_perf.source import Lines

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MAX_TEXT = 2_000
MAX_PARTS = 100
MAX_NESTED = 20
MAX_NAMES = 20
MAX_LINES = 5_000
MAX_CODE = 1_000_000
"""Characters of code in a template that are looked at."""

_VARIABLE = re.compile(r"\$\{([^${}]*)\}")

Given = Values[str, str | None]
"""What a parent gives the parameters of a template; None where it is not known."""


class Template:
    """A template, and what its parameters make of a value; remembers each value.

    `given` is what a parent gives its parameters.
    """

    def __init__(
        self, root: Path, path: str, top: Mapping, resources: Mapping, source: str, given: Given | None = None
    ) -> None:
        self.root = root
        self.path = path
        self.folder = posixpath.dirname(path)
        self.top = top
        self.resources = resources
        self._given = given or {}
        self._source = source
        self._texts: dict[Node, str | None] = {}
        self._nested = 0
        self.code_left = MAX_CODE

    @cached_property
    def _lines(self) -> Lines:
        return Lines(self._source)

    def offset(self, node: Node) -> int:
        """Where a value starts in the template's text."""
        return self._lines.offset(node.line, 0) + node.column - 1

    def type_of(self, resource: Node | None) -> str | None:
        """The type of a resource."""
        kind = at(resource, "Type")
        return kind.text if isinstance(kind, Scalar) else None

    def text(self, node: Node | None) -> str | None:
        """The text of a value, parameters by their defaults; None where it is missing or computed otherwise."""
        if node is None or is_null(node) or self._nested >= MAX_NESTED:
            return None
        if node not in self._texts:
            self._nested += 1
            text = self._computed(node)
            self._nested -= 1
            self._texts[node] = text if text is not None and len(text) <= MAX_TEXT else None
        return self._texts[node]

    def _computed(self, node: Node) -> str | None:
        function = intrinsic(node)
        if function is None:
            return node.text if isinstance(node, Scalar) else None
        name, argument = function
        match name, argument:
            case "Ref", Scalar(text=text):
                return self.parameter(text)
            case "Sub", Scalar(text=text):
                return self._substituted(text, None)
            case "Sub", Sequence(items=(Scalar(text=text), Mapping() as values)):
                return self._substituted(text, values)
            case "FindInMap", Sequence(items=(_, _, _) as keys):
                texts = [self.text(key) for key in keys]
                return self._mapped([text for text in texts if text is not None])
            case "Join", Sequence(items=(Scalar(text=separator), Sequence(items=parts))) if len(parts) <= MAX_PARTS:
                texts = [self.text(part) for part in parts]
                known = [text for text in texts if text is not None]
                return separator.join(known) if len(known) == len(texts) else None
        return None

    def parameter(self, name: str) -> str | None:
        """What a parameter is: what the parent gives it, else its default; None where neither is known here."""
        if name in self._given:
            return self._given[name]
        parameter = at(self.top, "Parameters", name)
        kind = at(parameter, "Type")
        if isinstance(kind, Scalar) and kind.text.startswith("AWS::SSM::"):
            return None  # its default names the value's place
        default = at(parameter, "Default")
        return default.text if isinstance(default, Scalar) and intrinsic(default) is None else None

    def _substituted(self, pattern: str, values: Mapping | None) -> str | None:
        if len(pattern) > MAX_TEXT:
            return None
        known = {name: self._variable(name, values) for name in _VARIABLE.findall(pattern)}
        return None if None in known.values() else _VARIABLE.sub(lambda match: known[match[1]] or "", pattern)

    def _variable(self, name: str, values: Mapping | None) -> str | None:
        if name.startswith("!"):
            return f"${{{name[1:]}}}"
        own = values.get(name.strip()) if values is not None else None
        return self.text(own) if own is not None else self.parameter(name.strip())

    def _mapped(self, keys: list[str]) -> str | None:
        value = at(self.top, "Mappings", *keys) if len(keys) == 3 else None
        return value.text if isinstance(value, Scalar) else None


def inline_code(template: Template, resource: str, node: Node) -> Inline | None:
    """The code that a value holds: a text, `!Sub` of one, or `!Join` of its lines; None where it is computed."""

    def of(scalar: Scalar) -> list[Piece]:
        template.code_left -= len(scalar.text)
        if template.code_left < 0:
            return []
        return list(pieces(scalar.text, scalar.written, template.offset(scalar)))

    match intrinsic(node) or ("", node):
        case "", Scalar() as text:
            found = of(text)
        case "Sub", (Scalar() as text) | Sequence(items=(Scalar() as text, Mapping())):
            found = list(substituted(of(text)))
        case "Join", Sequence(items=(Scalar(text=separator), Sequence(items=parts))):
            found = []
            for part in parts[:MAX_LINES]:
                found += [Piece(separator, found[-1].offset, exact=False)] if found else []
                if isinstance(part, Scalar) and intrinsic(part) is None:
                    found += of(part)
                else:
                    found.append(Piece("value", template.offset(part), exact=False))
        case _:
            return None
    return inline(template.path, resource, found)


def at(node: Node | None, *keys: str) -> Node | None:
    """The value below `node` under `keys`, None where the path ends early."""
    for key in keys:
        node = node.get(key) if isinstance(node, Mapping) else None
    return node


def intrinsic(node: Node | None) -> tuple[str, Node] | None:
    """The function and the argument of `!Sub x` and `{Fn::Sub: x}`, None for any other value."""
    if isinstance(node, Mapping) and len(node.entries) == 1:
        ((key, entry),) = node.entries.items()
        if key in ("Ref", "Condition") or key.startswith("Fn::"):
            return key.removeprefix("Fn::"), entry.value
    if node is None or node.tag is None or not node.tag.startswith("!") or node.tag == "!":
        return None
    return node.tag[1:], node


def referred(node: Node | None) -> str | None:
    """The name in `!Ref Name` or `{Ref: Name}`."""
    function = intrinsic(node)
    if function is None or function[0] != "Ref" or not isinstance(function[1], Scalar):
        return None
    return function[1].text


def pattern(node: Node) -> str:
    """The text of a value as written, with the variables of `!Sub`; empty where it has none."""
    function = intrinsic(node)
    argument = node if function is None else function[1]
    if isinstance(argument, Sequence) and argument.items:
        argument = argument.items[0]
    return argument.text if isinstance(argument, Scalar) else ""


def mentioned(node: Node | None) -> Iterator[str]:
    """The names of resources that `!Ref`, `!GetAtt`, `!Sub` and `!Join` of them name."""
    match intrinsic(node):
        case "Ref", Scalar(text=text):
            yield text
        case "GetAtt", Scalar(text=text):
            yield text.partition(".")[0]
        case "GetAtt", Sequence(items=(Scalar(text=text), *_)):
            yield text
        case "Sub", Scalar(text=text):
            yield from _names_in(text)
        case "Sub", Sequence(items=(Scalar(text=text), Mapping() as values)):
            yield from _names_in(text)
            for entry in list(values.entries.values())[:MAX_NAMES]:
                if not isinstance(entry.value, Scalar) or entry.value.tag != "!Sub":
                    yield from _direct(entry.value)
        case "Join", Sequence(items=(_, Sequence(items=parts))):
            for part in parts[:MAX_NAMES]:
                yield from _direct(part)


def _direct(node: Node) -> Iterator[str]:
    """The name in a `!Ref` or `!GetAtt`, which cannot hold another."""
    function = intrinsic(node)
    if function is not None and function[0] in ("Ref", "GetAtt"):
        yield from mentioned(node)


def _names_in(pattern: str) -> Iterator[str]:
    for name in _VARIABLE.findall(pattern[:MAX_TEXT])[:MAX_NAMES]:
        yield name.strip().partition(".")[0]

"""Unrolls `Fn::ForEach`, the loop of CloudFormation's language extensions.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-foreach.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from flake8_lambda_perf.errors import ManifestError
from flake8_lambda_perf.manifests.inline import MAX_CODE
from flake8_lambda_perf.manifests.intrinsics import at, intrinsic
from flake8_lambda_perf.manifests.yaml_nodes import MAX_DEPTH, MAX_NODES, Entry, Mapping, Node, Scalar, Sequence

if TYPE_CHECKING:
    from flake8_lambda_perf.manifests.intrinsics import Template

LOOP = "Fn::ForEach::"

MAX_LOOPS = 5
"""Loops within one another, as CloudFormation takes them."""

MAX_ITEM = 255
MAX_CHARACTERS = 2_000_000
"""Characters of an item, and of all texts in which one is put."""


def unrolled(template: Template) -> Mapping:
    """The resources of a template, those of its loops one by one; a loop over what is not known here is left out."""
    if not any(key.startswith(LOOP) for key in template.resources.entries):
        return template.resources
    return _Loops(template).mapping(template.resources, {}, 0)


CORRECT = "split the template or exclude it"


class _Loops:
    """Copies what the loops of one template hold, up to the limits of a file."""

    def __init__(self, template: Template) -> None:
        self._template = template
        self._left = MAX_NODES
        self._characters = MAX_CHARACTERS

    def mapping(self, node: Mapping, names: dict[str, str], depth: int) -> Mapping:
        """The mapping with its loops unrolled, and with the value of each loop's name in place of it."""
        entries: dict[str, Entry] = {}
        for entry in node.entries.values():
            if entry.key.text.startswith(LOOP):
                entries |= self._rounds(entry.value, names, depth)
            elif names:
                key = self._replaced(entry.key, names)
                entries[key.text] = Entry(key, self._copied(entry.value, names, depth))
            else:
                entries[entry.key.text] = entry
        return replace(node, entries=entries)

    def _rounds(self, loop: Node, names: dict[str, str], depth: int) -> dict[str, Entry]:
        """What a loop makes; each function is told at the item that makes it, where the template lists the items."""
        match loop:
            case Sequence(items=(Scalar(text=name), collection, Mapping() as body)):
                entries: dict[str, Entry] = {}
                for item in self._items(collection, names):
                    self._count(1, len(item.text), loop, len(names))
                    made = self.mapping(body, {**names, name: item.text}, depth + 1).entries
                    told = {
                        key: replace(e, key=replace(e.key, line=item.line, column=item.column))
                        for key, e in made.items()
                    }
                    entries |= made if depth else told
                return entries
        return {}

    def _items(self, collection: Node, names: dict[str, str]) -> Iterator[Scalar]:
        match intrinsic(collection):
            case None if isinstance(collection, Sequence):
                for item in collection.items:
                    text = self._template.text(self._copied(item, names, 0))
                    if text is not None and len(text) <= MAX_ITEM:
                        yield Scalar(text, None, False, item.line, item.column)
            case "Ref", Scalar(text=name):
                text = self._template.parameter(name)
                for word in text.split(",") if text else ():
                    yield Scalar(word.strip()[:MAX_ITEM], None, False, collection.line, collection.column)
            case "FindInMap", Sequence(items=(_, _, _) as keys):
                texts = [self._template.text(self._copied(key, names, 0)) for key in keys]
                found = at(self._template.top, "Mappings", *(text or "" for text in texts))
                yield from self._items(found, names) if isinstance(found, Sequence) and intrinsic(found) is None else ()

    def _copied(self, node: Node, names: dict[str, str], depth: int) -> Node:
        self._count(1, 0, node, 0)
        if depth > MAX_DEPTH:
            raise ManifestError(f"its loops make more than {MAX_DEPTH} levels; {CORRECT}", node.line)
        if isinstance(node, Mapping):
            referred = node.entries.get("Ref") if len(node.entries) == 1 else None
            if referred is not None and isinstance(referred.value, Scalar) and referred.value.text in names:
                return replace(referred.value, text=names[referred.value.text], written="", plain=False)
            return self.mapping(node, names, depth + 1)
        if isinstance(node, Sequence):
            return replace(node, items=tuple(self._copied(item, names, depth + 1) for item in node.items))
        return self._replaced(node, names)

    def _replaced(self, node: Scalar, names: dict[str, str]) -> Scalar:
        """A word with the loops' names in it replaced; one that is changed cannot be edited in its place."""
        text = node.text
        if node.tag == "!Ref" and text in names:
            return replace(node, text=names[text], tag=None, plain=False, written="")
        if "{" not in text or len(text) > MAX_CODE:
            return node
        for name, value in names.items():
            text = text.replace(f"${{{name}}}", value).replace(f"&{{{name}}}", value)
            self._count(0, len(text), node, 0)
        return node if text == node.text else replace(node, text=text, written="", plain=False)

    def _count(self, nodes: int, characters: int, node: Node, loops: int) -> None:
        self._left -= nodes
        self._characters -= characters
        if self._left < 0 or self._characters < 0 or loops >= MAX_LOOPS:
            raise ManifestError(f"its loops make too much of it; {CORRECT}", node.line)

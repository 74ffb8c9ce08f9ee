"""Settings that a manifest gives for several stages: what they say of the one that serves users."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_lambda_perf.manifests.yaml_nodes import Entry, Mapping, Node, Sequence, is_null, stated, text_of
from flake8_lambda_perf.model import Said

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from collections.abc import Sequence as Many

PRODUCTION = frozenset({"prod", "production", "prd", "live"})

Value = str | int | bool | None


def served(stages: Node | None) -> list[Entry]:
    """The stages that count: those called production where there are any, else all."""
    entries = stages.entries.values() if isinstance(stages, Mapping) else ()
    found = [entry for entry in entries if isinstance(entry.value, Mapping)]
    return [entry for entry in found if entry.key.text.lower() in PRODUCTION] or found


class Settings:
    """One function's settings in every stage that counts; in each the first of several mappings that has a key."""

    def __init__(self, path: str, stages: Many[tuple[Mapping, ...]]) -> None:
        self._path = path
        self._stages = stages

    def nodes(self, key: str) -> list[Node | None]:
        """The value of a key in every stage, None where it is left out."""
        return [next((node for part in stage if not is_null(node := part.get(key))), None) for stage in self._stages]

    def first(self, key: str) -> Node | None:
        """The value of a key in the first stage that has one."""
        return next((node for node in self.nodes(key) if node is not None), None)

    def said(self, name: str, key: str, value_of: Callable[[Node], Value]) -> Iterator[Said]:
        """A fact of a key, computed where the stages do not agree."""
        yield from self._agreed(name, self.nodes(key), value_of)

    def environment(self, *keys: str) -> Iterator[Said]:
        """The environment variables of mappings under these keys."""
        stages = [self._variables(stage, keys) for stage in self._stages]
        for name in dict.fromkeys(name for stage in stages for name in stage):
            yield from self._agreed(f"environment.{name}", [stage.get(name) for stage in stages], text_of)

    def _agreed(self, name: str, nodes: list[Node | None], value_of: Callable[[Node], Value]) -> Iterator[Said]:
        node = next((node for node in nodes if node is not None), None)
        if node is None:
            return
        values = {None if each is None else value_of(each) for each in nodes}
        if len(values) == 1:
            yield stated(name, values.pop(), self._path, node)
        else:
            yield Said(name, None, self._path, node.line, node.column)

    def _variables(self, stage: tuple[Mapping, ...], keys: tuple[str, ...]) -> dict[str, Node]:
        found: dict[str, Node] = {}
        for part in stage:
            for key in keys:
                block = part.get(key)
                for name, entry in block.entries.items() if isinstance(block, Mapping) else ():
                    found.setdefault(name, entry.value)
        return found


def has_items(node: Node) -> bool:
    """Whether a list or mapping holds something."""
    return bool(node.items if isinstance(node, Sequence) else isinstance(node, Mapping) and node.entries)

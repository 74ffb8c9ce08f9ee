"""What a block sets: its attributes and the blocks in it, static or dynamic."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from flake8_lambda_perf.dataclass import dataclass
from flake8_lambda_perf.manifests.terraform.data import UNKNOWN, Index, Pointer, Unknown, Value, as_text
from flake8_lambda_perf.manifests.terraform.hcl_nodes import Body, Reference, Spot
from flake8_lambda_perf.model import Said

if TYPE_CHECKING:
    from flake8_lambda_perf.manifests.terraform.hcl_nodes import Block
    from flake8_lambda_perf.manifests.terraform.scopes import Env, Instance, Scope
    from flake8_lambda_perf.manifests.terraform.values import Evaluation


@dataclass(frozen=True, slots=True, eq=False)
class Settings:
    """A block's settings; `sure` unless it depends on what is not known whether there is such a block."""

    evaluation: Evaluation
    body: Body
    env: Env
    spot: Spot
    sure: bool = True

    def get(self, name: str) -> Value | None:
        """The value of an attribute, None where it is missing or null."""
        found = self.evaluation.attribute(self.body, name, self.env)
        return None if found.data is None else found

    def text(self, name: str) -> str | None:
        """The text of an attribute, None where it has none that is known."""
        return as_text(self.evaluation.attribute(self.body, name, self.env).data)

    def blocks(self, name: str) -> Iterator[Settings]:
        """The blocks of one type."""
        for block in self.body.blocks(name):
            yield Settings(self.evaluation, block.body, self.env, block.spot)
        for block in self.body.blocks("dynamic"):
            over = block.body.get("for_each")
            if block.labels != (name,) or over is None:
                continue
            iterator = block.body.get("iterator")
            bound = iterator.base if isinstance(iterator, Reference) and isinstance(iterator.base, str) else name
            for key, env, _ in self.evaluation.entries(over, self.env, bound):
                for content in block.body.blocks("content"):
                    yield Settings(self.evaluation, content.body, env, block.spot, sure=key is not None)

    def within(self, name: str, inner: str) -> Value | None:
        """An attribute of the first block of a type."""
        block = next(self.blocks(name), None)
        return None if block is None else block.get(inner)

    def block(self, name: str) -> Value | None:
        """Whether there is a block of a type; None where there is none."""
        block = next(self.blocks(name), None)
        return None if block is None else Value(True if block.sure else UNKNOWN, block.spot)


def settings_of(evaluation: Evaluation, block: Block, instance: Instance) -> Settings:
    """The settings of one of the things that a block declares."""
    return Settings(evaluation, block.body, instance.env, block.spot)


def instance_of(evaluation: Evaluation, block: Block | None, scope: Scope, key: str | int | None) -> Settings | None:
    """The settings of the thing that a block declares under a key; of the first where the key is not known."""
    for instance in () if block is None else evaluation.instances(block, scope):
        if block is not None and (key in (None, instance.key) or instance.key is None):
            return settings_of(evaluation, block, instance)
    return None


def behind(evaluation: Evaluation, value: Value | None) -> Settings | None:
    """The settings of the resource or data source that a pointer leads to."""
    found = pointed(value)
    if found is None:
        return None
    pointer, names, key = found
    return instance_of(evaluation, pointer.scope.folder.resources.get(names), pointer.scope, key)


def said(name: str, data: str | int | bool | None, value: Value) -> Said:
    """A fact at the place of a value."""
    spot = value.spot
    assert spot is not None  # every value of an expression has one
    return Said(name, data, spot.path, spot.line, spot.column, spot.text if value.exact else "")


def is_given(value: Value) -> bool | None:
    """Whether a list, text or flag asks for something; None where that is not known."""
    if isinstance(value.data, Unknown):
        return None
    if isinstance(value.data, Pointer):
        return True
    return value.data not in (None, "", (), False) and value.data != {}


def pointed(value: Value | None) -> tuple[Pointer, tuple[str, ...], str | int | None] | None:
    """What a pointer leads to: `("data", "archive_file", "code")` and the key in brackets after it."""
    pointer = None if value is None else value.data
    if not isinstance(pointer, Pointer):
        return None
    depth = 3 if pointer.steps[0] == "data" else 2
    names = tuple(step for step in pointer.steps[:depth] if isinstance(step, str))
    if len(names) < depth:
        return None
    last = pointer.steps[depth] if len(pointer.steps) > depth else None
    return pointer, names, last.key if isinstance(last, Index) else None

"""Terraform's folders, and the instances of modules that calls make of them."""

from __future__ import annotations

import posixpath
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import field
from functools import cached_property
from typing import TYPE_CHECKING

from flake8_lambda_perf.dataclass import dataclass

if TYPE_CHECKING:
    from flake8_lambda_perf.manifests.terraform.data import Value
    from flake8_lambda_perf.manifests.terraform.hcl_nodes import Block, Body, Spot


class Folder:
    """What the files of one folder declare, by name; the first of several with one name counts."""

    def __init__(self, path: str, bodies: tuple[Body, ...], assigned: Mapping[str, Body]) -> None:
        self.path = path
        self.assigned = assigned
        """The `.tfvars` file that gives a variable its value, where the folder is a root."""
        self._blocks = [block for body in bodies for block in body.blocks()]

    @cached_property
    def resources(self) -> dict[tuple[str, ...], Block]:
        """Resources by type and name, data sources by `data`, type and name."""
        found: dict[tuple[str, ...], Block] = {}
        for block in self._blocks:
            if len(block.labels) == 2 and block.type in ("resource", "data"):
                found.setdefault(block.labels if block.type == "resource" else ("data", *block.labels), block)
        return found

    @cached_property
    def locals(self) -> dict[str, Body]:
        """The block that holds each local value."""
        found: dict[str, Body] = {}
        for block in self._blocks:
            if block.type == "locals":
                for name in block.body.names():
                    found.setdefault(name, block.body)
        return found

    @cached_property
    def variables(self) -> dict[str, Block]:
        return self._labelled("variable")

    @cached_property
    def outputs(self) -> dict[str, Block]:
        return self._labelled("output")

    @cached_property
    def modules(self) -> dict[str, Block]:
        return self._labelled("module")

    def is_default(self, spot: Spot) -> bool:
        """Whether a value stands in the declaration of a variable."""
        starts, ends = self._declarations.get(spot.path, ([], []))
        before = bisect_right(starts, spot.offset)
        return before > 0 and spot.offset < ends[before - 1]

    @cached_property
    def _declarations(self) -> dict[str, tuple[list[int], list[int]]]:
        """Where the declarations of variables begin and end, by file."""
        found: dict[str, tuple[list[int], list[int]]] = {}
        for spot in sorted((block.spot for block in self.variables.values()), key=lambda spot: spot.offset):
            starts, ends = found.setdefault(spot.path, ([], []))
            starts.append(spot.offset)
            ends.append(spot.offset + len(spot.text))
        return found

    def _labelled(self, kind: str) -> dict[str, Block]:
        found: dict[str, Block] = {}
        for block in self._blocks:
            if block.type == kind and len(block.labels) == 1:
                found.setdefault(block.labels[0], block)
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Env:
    """Where an expression stands: its module, and the names that are bound there (`each`, `count`, those of `for`)."""

    scope: Scope
    names: Mapping[str, Value] = field(default_factory=dict)

    def bind(self, **names: Value) -> Env:
        """The same place with more names."""
        return Env(self.scope, {**self.names, **names})


@dataclass(slots=True, eq=False)
class Scope:
    """One instance of a module: its folder, the call that made it, and where relative paths begin."""

    folder: Folder
    base: str
    """The root module's folder: what Terraform writes into `path.module`, and files, are relative to it."""
    address: str = ""
    call: tuple[Body, Env] | None = None
    spots: tuple[Spot, ...] = ()
    """The places that make this instance, innermost call first."""
    children: dict[tuple[str, str | int | None], Scope | None] = field(default_factory=dict)

    @property
    def path_module(self) -> str:
        """The value of `path.module`."""
        return posixpath.relpath(self.folder.path or ".", self.base or ".")


@dataclass(frozen=True, slots=True, eq=False)
class Instance:
    """One of the things that a block declares with `for_each` or `count`, or the only one."""

    key: str | int | None
    env: Env
    spot: Spot
    """The entry that makes it, else the block."""

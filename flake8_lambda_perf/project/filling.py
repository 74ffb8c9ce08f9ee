"""Whether requests fill a lasting location, or use up what it holds, wherever in the project they do it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_lambda_perf.project.changing import MUTATORS, REMOVERS
from flake8_lambda_perf.project.facts import Class, Function, Module
from flake8_lambda_perf.project.respelled import respelled
from flake8_lambda_perf.project.truth import asked
from flake8_lambda_perf.project.values import Inst, Mod

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_lambda_perf.project.facts import Place
    from flake8_lambda_perf.project.locations import Location
    from flake8_lambda_perf.project.names import Names

MAKERS = frozenset({"__init__", "__new__", "__post_init__"})


class Filling:
    """Judges lasting locations by what functions write to them; belongs to one `Names`."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self._found: dict[Location, frozenset[bool]] = {}

    def forget(self) -> None:
        """Drops what was evaluated."""
        self._found.clear()

    def is_filled(self, location: Location) -> bool:
        """Tells whether a function puts something there."""
        return True in self._of(location)

    def is_used_up(self, location: Location) -> bool:
        """Tells whether functions only take away what is there."""
        return self._of(location) == {False}

    def _of(self, location: Location) -> frozenset[bool]:
        """Lists what functions do to a location: put something there (True), take it away (False)."""
        if location not in self._found:
            self._found[location] = frozenset()
            self._found[location] = frozenset(self._writes(location))
        return self._found[location]

    def _writes(self, location: Location) -> Iterator[bool]:
        match location.owner:
            case Module() as module:
                for binding in module.global_writes.get(location.name, ()):
                    if not _replaces(binding.place, location.name):
                        yield binding.kind != "del" and not _is_empty(binding.value)
                yield from self._from_outside(Mod(module), location.name)
                for function, name in self.names.aliases.users(module, location.name):
                    yield from _of_name(function, name)
            case Class() as cls:
                yield from self._from_outside(Inst(cls), location.name)
            case Function() as owner:
                for binding in owner.scope.bindings.get(location.name, ()):
                    if binding.place.scope is not owner.scope:
                        yield not _is_empty(binding.value)

    def _from_outside(self, base: Mod | Inst, name: str) -> Iterator[bool]:
        for change, sure in self.names.members.changes_of(base, name):
            if sure and not _is_made(change.place) and not _replaces(change.place, name):
                yield not _is_empty(change.value) and not (change.within and change.value is None)


def _of_name(function: Function, name: str) -> Iterator[bool]:
    """Lists what a function does to the content of a global."""
    if any(binding.kind != "from" for binding in function.scope.bindings.get(name, ())):
        return
    for site in function.calls:
        for call in (site.node, *respelled(site.node)):
            match call.func:
                case ast.Attribute(value=ast.Name(id=base), attr=attr) if base == name and attr in MUTATORS | REMOVERS:
                    yield attr in MUTATORS
    for target, _place in function.stores:
        match target:
            case ast.Subscript(value=ast.Name(id=base), ctx=context) if base == name:
                yield not isinstance(context, ast.Del)


def _is_empty(value: ast.expr | None) -> bool:
    match value:
        case ast.Constant(value=literal):
            return not literal
        case ast.List(elts=[]) | ast.Tuple(elts=[]) | ast.Dict(keys=[]):
            return True
        case ast.Call(func=ast.Name(id="dict" | "list" | "set"), args=[], keywords=[]):
            return True
    return False


def _replaces(place: Place, name: str) -> bool:
    """Tells whether a place is run only where there is something under a name already."""
    for branch in place.branch.chain():
        if branch.test is not None and branch.kind in ("if", "after", "operand"):
            for expr, present in asked(branch.test, branch.polarity):
                found = expr.attr if isinstance(expr, ast.Attribute) else getattr(expr, "id", "")
                if present and found == name:
                    return True
    return False


def _is_made(place: Place) -> bool:
    """Tells whether an instance is only being made at a place."""
    return place.scope.function is None or place.scope.function.name in MAKERS

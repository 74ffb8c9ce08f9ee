"""What is taken out of written-out lists, tuples and dictionaries, and what `with` binds."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_lambda_perf.project.flow import before
from flake8_lambda_perf.project.index import index_body
from flake8_lambda_perf.project.values import ANYTHING, NOTHING, UNKNOWN, Const, Ext, Func, Inst, Items, Value, ordered

if TYPE_CHECKING:
    from flake8_lambda_perf.project.facts import Binding, Place
    from flake8_lambda_perf.project.names import Names

LONGEST_NAME = 160


class Containers:
    """Takes values apart; belongs to one `Names`."""

    def __init__(self, names: Names) -> None:
        self.names = names

    def unpacked(self, binding: Binding) -> frozenset[Value]:
        """Lists what one name of an unpacked tuple gets."""
        if binding.value is None or binding.index is None:
            return ANYTHING
        found: set[Value] = set()
        for value in ordered(self.names.values(binding.value, before(binding.place))):
            if (
                isinstance(value, Items)
                and isinstance(value.node, ast.Tuple | ast.List)
                and binding.index < len(value.node.elts)
            ):
                found |= self.names.values(value.node.elts[binding.index], value.place)
            else:
                found.add(UNKNOWN)
        return frozenset(found)

    def looped(self, binding: Binding) -> frozenset[Value]:
        """Lists what a loop's target can be."""
        if binding.value is None or binding.index is not None:
            return ANYTHING
        found = ordered(self.names.values(binding.value, before(binding.place)))
        return self.names.join([self.elements(value) for value in found])

    def elements(self, value: Value) -> frozenset[Value]:
        """Lists what iterating over a value gives."""
        if not isinstance(value, Items):
            return ANYTHING
        node = value.node
        elements = [key for key in node.keys if key] if isinstance(node, ast.Dict) else getattr(node, "elts", [])
        return self.names.join([self.names.values(element, value.place) for element in elements])

    def item(self, base: Value, key: ast.expr, place: Place) -> frozenset[Value]:
        """Lists what `base[key]` can be."""
        if not isinstance(base, Items):
            return (
                frozenset({Ext(f"{base.name}[]")})
                if isinstance(base, Ext) and len(base.name) < LONGEST_NAME
                else ANYTHING
            )
        node = base.node
        if isinstance(node, ast.Dict):
            return self._dict_item(node, base.place, key, place, NOTHING)
        elements: list[ast.expr] = getattr(node, "elts", [])
        if isinstance(key, ast.Constant) and isinstance(key.value, int) and -len(elements) <= key.value < len(elements):
            return self.names.values(elements[key.value], base.place)
        return self.names.join([self.names.values(element, base.place) for element in elements])

    def _dict_item(
        self, node: ast.Dict, at: Place, key: ast.expr, place: Place, otherwise: frozenset[Value]
    ) -> frozenset[Value]:
        """Lists what a dictionary holds under a key; everything in it where the key is not known."""
        items = {
            name.value: value
            for name, value in zip(node.keys, node.values, strict=True)
            if isinstance(name, ast.Constant)
        }
        wanted = self.names.values(key, place)
        if all(isinstance(name, Const) for name in wanted) and len(items) == len(node.keys):
            names = [name.value for name in wanted if isinstance(name, Const)]
            found = self.names.join([self.names.values(items[name], at) for name in names if name in items])
            return found if all(name in items for name in names) else found | otherwise
        elements = [
            ANYTHING if name is None else self.names.values(value, at)
            for name, value in zip(node.keys, node.values, strict=True)
        ]
        return self.names.join(elements) | otherwise

    def got(self, node: ast.Call, place: Place) -> frozenset[Value] | None:
        """Lists what `{...}.get(key, default)` gives; None if it is another call."""
        match node:
            case ast.Call(func=ast.Attribute(value=of, attr="get"), args=[key, *rest], keywords=[]) if len(rest) < 2:
                bases = self.names.values(of, place)
            case _:
                return None
        dicts = [
            (base.node, base.place) for base in bases if isinstance(base, Items) and isinstance(base.node, ast.Dict)
        ]
        if not dicts or len(dicts) < len(bases):
            return None
        default = self.names.values(rest[0], place) if rest else frozenset({Const(None)})
        return self.names.join([self._dict_item(base, at, key, place, default) for base, at in dicts])

    def entered(self, binding: Binding) -> frozenset[Value]:
        """Lists what `with ... as name` binds: the result of `__enter__`, what a generator yields, or the object."""
        if binding.value is None or binding.index is not None:
            return ANYTHING
        place = before(binding.place)
        found: set[Value] = set()
        if isinstance(binding.value, ast.Call):
            for callee in ordered(self.names.values(binding.value.func, place)):
                if isinstance(callee, Func) and callee.function.is_generator:
                    index_body(callee.function)
                    for value, where in callee.function.yields:
                        found |= self.names.values(value, where) if value is not None else NOTHING
        for manager in ordered(self.names.values(binding.value, place)):
            if isinstance(manager, Inst):
                entered = self.names.members.attribute(manager, "__enter__")
                methods = [method for method in entered if isinstance(method, Func)]
                found |= self.names.join([self.names.returned(method) for method in methods])
            elif isinstance(manager, Ext):
                found.add(manager)
        return frozenset(found or {UNKNOWN})

"""What is spelled in a roundabout way, spelled plainly: `operator.setitem(d, k, v)`, `getattr(x, "a")` and the like."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

FUNCTIONS = {
    "setitem": "__setitem__", "delitem": "__delitem__", "iadd": "extend", "iconcat": "extend", "imul": "extend",
    "ior": "update", "ixor": "update", "isub": "difference_update", "iand": "intersection_update",
    "heappush": "append", "heappushpop": "append", "heapreplace": "append", "heappop": "pop", "shuffle": "rotate",
    "insort": "append", "insort_left": "append", "insort_right": "append",
}  # fmt: skip
"""Functions of `operator`, `heapq`, `bisect` and `random`, each with a method that changes its object likewise."""
TYPES = frozenset({"dict", "list", "set", "bytearray", "deque", "OrderedDict", "defaultdict", "Counter", "UserDict"})
PATCHERS = frozenset({"patch", "object", "multiple"})


NAMES = frozenset({*FUNCTIONS, *PATCHERS})
KINDS = TYPES | {"patch"}


def may_be(func: ast.expr) -> bool:
    """Tells whether `respelled` may know what a call calls."""
    if not isinstance(func, ast.Attribute):
        return isinstance(func, ast.Name) and func.id in NAMES
    owner = func.value
    name = owner.id if isinstance(owner, ast.Name) else owner.attr if isinstance(owner, ast.Attribute) else ""
    return func.attr in NAMES or name in KINDS


def respelled(node: ast.Call) -> Iterator[ast.Call]:
    """Gives `d.__setitem__(k, v)` for `operator.setitem(d, k, v)`, and the like for its kin."""
    func = node.func
    name = func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""
    match func:
        case _ if name in FUNCTIONS and node.args:
            yield _method(node, node.args[0], FUNCTIONS[name])
        case ast.Attribute(value=ast.Name(id=kind) | ast.Attribute(attr=kind)) if node.args and kind in TYPES:
            yield _method(node, node.args[0], name)
        case ast.Attribute(value=ast.Name(id="patch") | ast.Attribute(attr="patch"), attr="dict") if node.args:
            patched = _named(node.args[0])
            if patched is not None:
                yield _method(node, patched, "update")
        case _ if name in PATCHERS and node.args:
            yield from _patched(node, name)


def plain(expr: ast.expr) -> ast.Name | ast.Attribute | None:
    """Gives what `getattr(x, "a")`, `vars(x)["a"]`, `x.__dict__["a"]` or `globals()["a"]` read."""
    match expr:
        case ast.Call(func=ast.Name(id="getattr"), args=[base, ast.Constant(value=str(name)), *_]):
            return ast.copy_location(ast.Attribute(base, name, ast.Load()), expr)
        case (
            ast.Subscript(value=of, slice=ast.Constant(value=str(name)))
            | ast.Call(func=ast.Attribute(value=of, attr="get"), args=[ast.Constant(value=str(name)), *_])
        ):
            match of:
                case ast.Call(func=ast.Name(id="globals"), args=[]):
                    return ast.copy_location(ast.Name(name, ast.Load()), expr)
                case ast.Call(func=ast.Name(id="vars"), args=[base]) | ast.Attribute(value=base, attr="__dict__"):
                    return ast.copy_location(ast.Attribute(base, name, ast.Load()), expr)
    return None


def _patched(node: ast.Call, name: str) -> Iterator[ast.Call]:
    """Gives the `setattr` that a `mock.patch(...)` amounts to while it is in force."""
    match name, node.args:
        case "patch", [ast.Constant(value=str(path)), *rest] if "." in path:
            owner, _, attr = path.rpartition(".")
            base = _named(ast.copy_location(ast.Constant(owner), node))
            given = [(ast.Constant(attr), value) for value in rest[:1]]
            given += [(ast.Constant(attr), k.value) for k in node.keywords if k.arg == "new"]
        case "object", [target, attr_name, *rest]:
            base = _named(target)
            values = [*rest[:1], *(k.value for k in node.keywords if k.arg == "new")]
            given = [(attr_name, value) for value in values if isinstance(attr_name, ast.Constant)]
        case "multiple", [target]:
            base = _named(target)
            given = [(ast.Constant(k.arg), k.value) for k in node.keywords if k.arg is not None]
        case _:
            return
    setter = ast.copy_location(ast.Name("setattr", ast.Load()), node)
    for attribute, value in given:
        if base is not None:
            yield ast.copy_location(ast.Call(setter, [base, attribute, value], []), node)


def _method(node: ast.Call, base: ast.expr, name: str) -> ast.Call:
    given = node.args[1:]
    func = ast.copy_location(ast.Attribute(base, name, ast.Load()), node)
    return ast.copy_location(ast.Call(func, given, node.keywords), node)


def _named(expr: ast.expr) -> ast.expr | None:
    """Gives what a patch changes: an expression, or the dotted path that a string spells."""
    if not isinstance(expr, ast.Constant):
        return expr
    parts = expr.value.split(".") if isinstance(expr.value, str) else [""]
    if not all(part.isidentifier() for part in parts):
        return None
    found: ast.expr = ast.copy_location(ast.Name(parts[0], ast.Load()), expr)
    for part in parts[1:]:
        found = ast.copy_location(ast.Attribute(found, part, ast.Load()), expr)
    return found

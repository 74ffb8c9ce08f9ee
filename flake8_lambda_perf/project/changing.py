"""What changes the object it is called on, or given, by its name."""

from __future__ import annotations

import ast
from functools import cache

ANY_NAME = "*"  # of an attribute that is set by `setattr` under a name that is computed
MUTATORS = frozenset({
    "append", "appendleft", "extend", "extendleft", "update", "insert", "add", "setdefault", "put", "push",
    "__setitem__", "__iadd__", "__ior__",
})  # fmt: skip
ADJUSTERS = ("set_", "register", "unregister", "mount", "insert_", "add_header", "load_")
"""How the methods begin that set an object up."""

REMOVERS = frozenset({
    "sort", "reverse", "rotate", "remove", "pop", "popleft", "popitem", "discard", "clear", "__delitem__",
    "difference_update", "intersection_update",
})  # fmt: skip
TAKERS = frozenset({"pop", "popleft", "popitem", "rotate"})
"""Methods that take another part out each time, unless they are given its key."""
CHANGERS = MUTATORS | REMOVERS | {"putenv", "unsetenv"}
BY_NAME = frozenset({"setattr", "delattr", "__setattr__", "__delattr__"})


@cache
def may_change(name: str) -> bool:
    """Tells whether a method of this name may change the object before the dot."""
    return name in CHANGERS or name.startswith(ADJUSTERS)


def is_key(given: list[ast.expr]) -> bool:
    """Tells whether a method is told what to take out by more than a number, which counts what is left."""
    return bool(given) and not (isinstance(given[0], ast.Constant) and isinstance(given[0].value, int))

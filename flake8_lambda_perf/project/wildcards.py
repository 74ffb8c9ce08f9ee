"""Which `from x import *` bring in names that their module uses."""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING

from flake8_lambda_perf.project.exports import exports, read_globally, referenced_globally
from flake8_lambda_perf.project.flow import is_dead

if TYPE_CHECKING:
    import ast
    from collections.abc import Set as AbstractSet

    from flake8_lambda_perf.project.analysis import Analysis
    from flake8_lambda_perf.project.facts import Module, Place

ALWAYS_THERE = frozenset(dir(builtins)) | {"__file__", "__name__", "__path__", "__spec__", "__builtins__", "__class__"}


def is_reported(analysis: Analysis, module: Module, node: ast.ImportFrom, place: Place) -> bool:
    """Tells whether an import is a wildcard to name: it runs, it is needed, and it does not only pass names on."""
    if node.names[0].name != "*":
        return False
    if module.path.endswith("__init__.py") or is_dead(place):
        return False
    if any(branch.kind in ("try", "handler", "else") for branch in place.branch.chain()):
        return False  # an optional module, with something else where it is missing
    exported = exports(analysis, node, module.path)
    if "__all__" not in module.scope.bindings and _is_needed(module, exported, referenced_globally(module)):
        return True  # told without a look at annotations, for which all of the file is parsed
    return _is_needed(module, exported, read_globally(module))


def _is_needed(module: Module, exported: AbstractSet[str] | None, read: AbstractSet[str] | None) -> bool:
    """Tells whether a module reads what it does not bind and a wildcard exports, or may export."""
    if read is None:
        return False
    unbound = read - module.scope.bindings.keys() - module.global_writes.keys() - ALWAYS_THERE
    return bool(unbound) if exported is None else not exported.isdisjoint(unbound)

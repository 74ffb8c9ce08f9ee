"""What `from x import *` brings in that its module uses."""

from __future__ import annotations

import ast
import builtins

from flake8_lambda_perf.project.analysis import Analysis
from flake8_lambda_perf.project.facts import Module, Place
from flake8_lambda_perf.project.flow import is_dead

ALWAYS_THERE = frozenset(dir(builtins)) | {"__file__", "__name__", "__path__", "__spec__", "__builtins__", "__class__"}


def is_reported(analysis: Analysis, module: Module, node: ast.ImportFrom, place: Place) -> bool:
    """Tells whether a wildcard import is one to name: it runs, it is needed, and it does not only pass names on."""
    if module.path.endswith("__init__.py") or is_dead(place):
        return False
    if any(branch.kind in ("try", "handler", "else") for branch in place.branch.chain()):
        return False  # an optional module, with something else where it is missing
    free = unbound(module)
    source = analysis.names.resolve(node.module or "", module.path, node.level)
    if source is None or "*" in source.scope.bindings:
        return bool(free)
    return any(name in source.scope.bindings for name in free)


def unbound(module: Module) -> frozenset[str]:
    """Lists the names a module reads and binds nowhere: what only a wildcard can have brought."""
    read: set[str] = set()
    bound: set[str] = set(ALWAYS_THERE)
    for node in ast.walk(module.tree):
        match node:
            case ast.Name(id=name, ctx=ast.Load()):
                read.add(name)
            case ast.Name(id=name):
                bound.add(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                bound.add(name)
            case ast.arg(arg=name):
                bound.add(name)
            case ast.alias(name=name, asname=asname):
                bound.add(asname or name.partition(".")[0])
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                bound.add(name)
            case ast.MatchMapping(rest=str(name)):
                bound.add(name)
    return frozenset(read - bound)

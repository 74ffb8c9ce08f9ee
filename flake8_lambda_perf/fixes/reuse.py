"""What a module has already: a variable or a cached function that holds an equal object."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_lambda_perf.project.facts import Function
from flake8_lambda_perf.project.index import index_body

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_lambda_perf.fixes.forms import Subject
    from flake8_lambda_perf.project.facts import Binding


def reusable(subject: Subject) -> str | None:
    """Names the module's variable, or calls its cached function, that holds an equal object."""
    if subject.needs.local_names:
        return None
    module, key = subject.function.module, _key(subject, subject.extent)
    for name, bindings in module.scope.bindings.items():
        if len(bindings) != 1 or name in module.global_writes or not _is_visible(subject.function, name, subject.local):
            continue
        if _holds(subject, bindings[0], key):
            return name
        if _caches(subject, bindings[0].target, key):
            return f"{name}()"
    return None


def _holds(subject: Subject, binding: Binding, key: str) -> bool:
    if binding.kind != "assign" or binding.value is None or binding.place.branch.parent is not None:
        return False
    if _key(subject, binding.value) != key:
        return False
    return subject.top.index_of(binding.place.statement) < subject.top.before_runs(subject.function)


def _caches(subject: Subject, target: object, key: str) -> bool:
    if not isinstance(target, Function) or target is subject.function or not isinstance(target.node, ast.FunctionDef):
        return False
    if target.node.args.args or target.node.args.kwonlyargs or not subject.analysis.graph.wrappers.memoised(target):
        return False
    match target.node.body:
        case [ast.Return(value=ast.expr() as value)]:
            return _key(subject, value) == key
    return False


def _key(subject: Subject, expr: ast.expr) -> str:
    """Gives what two equal builds have in common, however they spell the factory."""
    site = subject.function.module.sites.get(expr)
    client = subject.analysis.client_of(site) if site is not None else None
    if client is None or "(" in client.name or not isinstance(expr, ast.Call):
        return ast.dump(expr)
    return f"{client.name} {[ast.dump(part) for part in (*expr.args, *expr.keywords)]}"


def _is_visible(function: Function, name: str, local: str) -> bool:
    """Tells whether a global's name means the global wherever the local is used."""
    if name != local and any(name in inner.scope.bindings for inner in (function, *_nested(function))):
        return False
    outer = function.parent
    while outer is not None:
        if name in outer.scope.bindings:
            return False
        outer = outer.parent
    return True


def _nested(function: Function) -> Iterator[Function]:
    for inner in function.nested:
        index_body(inner)
        yield inner
        yield from _nested(inner)

"""What a module has already: a variable or a cached function that holds an equal object."""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import TYPE_CHECKING

from flake8_lambda_perf.project.facts import Function
from flake8_lambda_perf.project.index import index_body

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from flake8_lambda_perf.fixes.forms import Subject
    from flake8_lambda_perf.project.analysis import Analysis
    from flake8_lambda_perf.project.facts import Binding, Module


def reusable(subject: Subject) -> str | None:
    """Names the module's variable, or calls its cached function, that holds an equal object."""
    if subject.needs.local_names:
        return None
    module = subject.function.module
    for name, binding in _kept(subject.analysis, module).get(_key(subject.analysis, module, subject.extent), ()):
        if binding.target is subject.function or not _is_visible(subject.function, name, subject.local):
            continue
        if binding.kind != "assign":
            return f"{name}()"
        if subject.top.index_of(binding.place.statement) < subject.top.before_runs(subject.function):
            return name
    return None


@lru_cache(maxsize=4)  # many fixes of a file ask the same
def _kept(analysis: Analysis, module: Module) -> Mapping[str, Sequence[tuple[str, Binding]]]:
    """Lists the variables and cached functions of a module by what they hold."""
    found: dict[str, list[tuple[str, Binding]]] = {}
    for name, bindings in module.scope.bindings.items():
        value = _value_of(analysis, bindings[0]) if len(bindings) == 1 and name not in module.global_writes else None
        if value is not None:
            found.setdefault(_key(analysis, module, value), []).append((name, bindings[0]))
    return found


def _value_of(analysis: Analysis, binding: Binding) -> ast.expr | None:
    """Gives what a variable is given at module scope, or what a cached function returns."""
    if binding.kind == "assign":
        return binding.value if binding.place.branch.parent is None else None
    target = binding.target
    if not isinstance(target, Function) or not isinstance(target.head, ast.FunctionDef):
        return None
    if target.head.args.args or target.head.args.kwonlyargs or not analysis.graph.wrappers.memoised(target):
        return None
    index_body(target)
    match target.node.body:
        case [ast.Return(value=ast.expr() as value)]:
            return value
    return None


def _key(analysis: Analysis, module: Module, expr: ast.expr) -> str:
    """Gives what two equal builds have in common, however they spell the factory."""
    site = module.sites.get(expr)
    client = analysis.client_of(site) if site is not None else None
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

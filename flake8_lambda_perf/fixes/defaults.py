"""Lets a field compute its default for each object instead of once at import (LPF601, LPF602)."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_lambda_perf.fixes.build import draft_of
from flake8_lambda_perf.model import Edit, Fix, Span
from flake8_lambda_perf.project.frozen import field_of

if TYPE_CHECKING:
    from flake8_lambda_perf.project.analysis import Analysis
    from flake8_lambda_perf.project.facts import Scope
    from flake8_lambda_perf.project.kept import Keeping
    from flake8_lambda_perf.project.snapshots import Captured

FACTORIES = {
    "pydantic": "default_factory", "dataclasses": "default_factory", "sqlmodel": "default_factory",
    "attr": "factory", "attrs": "factory",
}  # fmt: skip
"""How packages call the function that makes a default, where they do not take one for `default` itself."""

NAMED = frozenset({"django"})
"""Packages that take a function by its name only: https://docs.djangoproject.com/en/stable/ref/models/fields/#default."""


def plan(analysis: Analysis, keeping: Keeping, captured: Captured) -> Fix | None:
    """Plans to give a field the function instead of its value; None where the default is no field's own."""
    found = field_of(analysis, keeping, captured.site, captured.kind)
    if found is None:
        return None
    package, keyword = found
    scope = captured.site.place.scope
    if keyword.arg != "default" or keyword.end_lineno != keyword.lineno or _sees_the_class(keyword.value, scope):
        return None
    draft = draft_of(scope.module)
    function = _function(keyword.value)
    if function is None and package in NAMED:
        return None
    text = draft.of(function) if function is not None else f"lambda: {draft.of(keyword.value)}"
    span = Span(draft.span(keyword).start, draft.span(keyword.value).end)
    edit = Edit(draft.path, span, f"{FACTORIES.get(package, 'default')}={text}")
    return Fix("Compute the default for each object", (edit,), (), "unsafe", "objects differ that were equal before")


def _function(value: ast.expr) -> ast.expr | None:
    """Gives the function of a call without arguments that is named by a dotted name."""
    if not isinstance(value, ast.Call) or value.args or value.keywords:
        return None
    inner = value.func
    while isinstance(inner, ast.Attribute):
        inner = inner.value
    return value.func if isinstance(inner, ast.Name) else None


def _sees_the_class(value: ast.expr, scope: Scope) -> bool:
    """Tells whether an expression uses names of the class, which a function in it would not see."""
    return any(isinstance(node, ast.Name) and node.id in scope.bindings for node in ast.walk(value))

"""Moves calls that set up logging or tracing for the whole process to module scope (LPF106)."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_lambda_perf.fixes.build import MoveError, draft_of
from flake8_lambda_perf.fixes.caught import is_caught
from flake8_lambda_perf.fixes.forms import Subject, at_module_scope
from flake8_lambda_perf.fixes.needs import Needing
from flake8_lambda_perf.fixes.often import is_reached
from flake8_lambda_perf.fixes.places import Top, changes_environment
from flake8_lambda_perf.fixes.uses import is_scope_known, parents_in
from flake8_lambda_perf.model import Fix
from flake8_lambda_perf.project.values import Ext

if TYPE_CHECKING:
    from flake8_lambda_perf.project.analysis import Analysis
    from flake8_lambda_perf.project.facts import Place

SETUPS = frozenset(
    {
        "logging.basicConfig", "logging.config.dictConfig", "structlog.configure", "structlog.configure_once",
        "aws_xray_sdk.core.xray_recorder.configure",
    }
)  # fmt: skip
PLAIN_HANDLERS = frozenset({"logging.StreamHandler", "logging.NullHandler"})
"""Classes of log handlers that open nothing."""
REASON = "it runs once, while the module is imported: what is set up in between is no longer overruled"


def plan(analysis: Analysis, node: ast.Call, place: Place) -> Fix | None:
    """Plans the move of a statement that is nothing but a call which sets something up."""
    try:
        return _fix(analysis, node, place)
    except MoveError:
        return None


def plan_handler(analysis: Analysis, node: ast.Call, place: Place) -> Fix | None:
    """Plans the move of `logger.addHandler(...)`, for handlers that open nothing."""
    if len(node.args) != 1 or node.keywords or not _is_plain(analysis, node.args[0], place):
        return None
    return plan(analysis, node, place)


def _is_plain(analysis: Analysis, handler: ast.expr, place: Place) -> bool:
    if isinstance(handler, ast.Name):
        bindings = analysis.names.bindings(handler.id, place) or []
        if len(bindings) != 1 or bindings[0].value is None:
            return False
        handler, place = bindings[0].value, bindings[0].place
    values = analysis.names.values(handler.func, place) if isinstance(handler, ast.Call) else frozenset()
    return bool(values) and all(isinstance(value, Ext) and value.name in PLAIN_HANDLERS for value in values)


def _fix(analysis: Analysis, node: ast.Call, place: Place) -> Fix:
    function = place.scope.function
    if function is None or not is_reached(place) or is_caught(place):
        raise MoveError("it does not run on every call, or an `except` answers for it")
    statement = parents_in(function.node).get(node)
    if not isinstance(statement, ast.Expr):
        raise MoveError("its result is used")
    if changes_environment(analysis, function.module) or not is_scope_known(function):
        raise MoveError("a function changes what it sees")
    draft = draft_of(function.module)
    needing = Needing(analysis, function)
    for part in (
        node.func.value if isinstance(node.func, ast.Attribute) else node.func,
        *node.args,
        *(keyword.value for keyword in node.keywords),
    ):
        needing.add(part, place)
    subject = Subject(
        analysis, function, draft, Top(analysis, function.module, draft), node, (), "", needing.needs, "", statement
    )
    edits = sorted(at_module_scope(subject), key=lambda edit: edit.span)
    return Fix(f"Call `{ast.unparse(node.func)}` once, at module scope", tuple(edits), (), "unsafe", REASON)

"""The routers and blueprints that an app registers when it starts, each from a module of its own."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flake8_lambda_perf.project.values import Ext

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_lambda_perf.project.analysis import Analysis
    from flake8_lambda_perf.project.facts import Function, Module, Site
    from flake8_lambda_perf.project.loads import Loads

MAKERS = {
    "include_router": frozenset({"fastapi.FastAPI()", "fastapi.APIRouter()"}),
    "register_blueprint": frozenset({"flask.Flask()", "flask.Blueprint()", "quart.Quart()", "quart.Blueprint()"}),
}


@dataclass(frozen=True, slots=True)
class Registration:
    """All calls that register something imported with one app, in the order of the text."""

    module: Module
    app: str
    calls: tuple[ast.Call, ...]


def registrations(analysis: Analysis, loads: Loads) -> dict[ast.AST, Registration]:
    """Maps the first registering call of each app over the settings' limit to all of them."""
    limit = analysis.settings.max_eager_routers
    found: dict[ast.AST, Registration] = {}
    for path in sorted(analysis.graph.modules):
        if _is_snapshot(analysis, loads, path):
            continue
        groups: dict[tuple[Function | None, str], list[ast.Call]] = {}
        module = analysis.graph.modules[path]
        for site in _registering(analysis, module):
            key = (site.function, ast.unparse(site.node.func))
            groups.setdefault(key, []).append(site.node)
        for (_function, method), calls in groups.items():
            if len({ast.unparse(call.args[0]) for call in calls}) > limit:
                calls.sort(key=lambda call: (call.lineno, call.col_offset))
                found[calls[0]] = Registration(module, method.rpartition(".")[0], tuple(calls))
    return found


def _registering(analysis: Analysis, module: Module) -> Iterator[Site]:
    """Lists the calls of a module that register something imported with an app, and are run at all."""
    for site in list(module.sites.values()):
        func = site.node.func
        if not isinstance(func, ast.Attribute) or func.attr not in MAKERS or not site.node.args:
            continue
        if site.function is not None and site.function not in analysis.graph.explored:
            continue
        values = analysis.names.values(func.value, site.place)
        makes = bool(values) and all(isinstance(value, Ext) and value.name in MAKERS[func.attr] for value in values)
        if makes and analysis.graph.possible(site.place) and _is_imported(analysis, site):
            yield site


def _is_imported(analysis: Analysis, site: Site) -> bool:
    """Tells whether what is registered comes from another module."""
    root = site.node.args[0]
    while isinstance(root, ast.Attribute):
        root = root.value
    if not isinstance(root, ast.Name):
        return False
    bindings = analysis.names.bindings(root.id, site.place) or []
    return any(binding.kind in ("import", "from") for binding in bindings)


def _is_snapshot(analysis: Analysis, loads: Loads, path: str) -> bool:
    """Tells whether every function that loads a file is restored from a snapshot or kept warm: eager is right then."""
    if analysis.settings.snapstart:
        return True
    holders = loads.holders(path)
    owners = [entry.handler for entry in analysis.entries if entry.handler.path in holders]
    return bool(owners) and all(handler.snapstart or handler.provisioned_concurrency for handler in owners)

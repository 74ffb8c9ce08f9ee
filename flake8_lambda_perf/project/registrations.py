"""The routers and blueprints that an app registers when it starts, each from a module of its own."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_lambda_perf.dataclass import dataclass
from flake8_lambda_perf.project.values import Ext, Mod

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_lambda_perf.project.analysis import Analysis
    from flake8_lambda_perf.project.facts import Binding, Function, Module, Site
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
        if loads.is_prepaid(path) or _is_late(loads, path):
            continue
        groups: dict[tuple[Function | None, str], list[tuple[ast.Call, str]]] = {}
        module = analysis.graph.modules[path]
        for site, home in _registering(analysis, module):
            groups.setdefault((site.function, ast.unparse(site.node.func)), []).append((site.node, home))
        for (_function, method), registered in groups.items():
            if len({home for _call, home in registered}) > limit:
                calls = sorted((call for call, _home in registered), key=lambda call: (call.lineno, call.col_offset))
                found[calls[0]] = Registration(module, method.rpartition(".")[0], tuple(calls))
    return found


def _registering(analysis: Analysis, module: Module) -> Iterator[tuple[Site, str]]:
    """Lists the calls of a module that register something imported with an app, each with the module it comes from."""
    for site in list(module.sites.values()):
        func = site.node.func
        if not isinstance(func, ast.Attribute) or func.attr not in MAKERS or not site.node.args:
            continue
        if site.function is not None and site.function not in analysis.graph.explored:
            continue
        values = analysis.names.values(func.value, site.place)
        makes = bool(values) and all(isinstance(value, Ext) and value.name in MAKERS[func.attr] for value in values)
        home = _home(analysis, site) if makes and analysis.graph.possible(site.place) else None
        if home is not None:
            yield site, home


def _home(analysis: Analysis, site: Site) -> str | None:
    """Names the module that defines what is registered; None where that is this module itself."""
    given = site.node.args[0]
    root = given
    while isinstance(root, ast.Attribute):
        root = root.value
    bindings = analysis.names.bindings(root.id, site.place) if isinstance(root, ast.Name) else None
    if not bindings or bindings[0].kind not in ("import", "from"):
        return None
    if not isinstance(given, ast.Attribute):
        return _defining(analysis, bindings[0])
    owners = analysis.names.values(given.value, site.place)
    paths = [value.module.path for value in owners if isinstance(value, Mod)]
    return paths[0] if paths else ast.unparse(given.value)


def _defining(analysis: Analysis, binding: Binding) -> str:
    """Follows an imported name through the modules that pass it on."""
    path = binding.place.scope.module.path
    while (origin := binding.origin) is not None and isinstance(binding.node, ast.alias):
        module = analysis.names.resolve(origin.module or "", path, origin.level)
        if module is None or module.path == path:
            return f"{'.' * origin.level}{origin.module or ''}"
        path = module.path
        further = module.scope.bindings.get(binding.node.name, [])
        if len(further) != 1:
            break
        binding = further[0]
    return path


def _is_late(loads: Loads, path: str) -> bool:
    """Tells whether a file is loaded by a request, not by a handler's start: its routers wait already."""
    return bool(loads.holders(path)) and not loads.is_loaded_at_start(path)

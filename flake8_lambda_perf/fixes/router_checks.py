"""Finds the reasons for which a router is better left to be imported at start."""

from __future__ import annotations

import ast
import re
from collections import Counter
from typing import TYPE_CHECKING

from flake8_lambda_perf.fixes.import_effects import Module, dotted, effect_of, full_name, imported, read_module
from flake8_lambda_perf.fixes.router_calls import Draft, Include, RouterApp, applications_of
from flake8_lambda_perf.fixes.router_routes import odd_route

if TYPE_CHECKING:
    from flake8_lambda_perf.source import SourceFile

CROWD = 3
"""So many routers may share one prefix, as `/users` and what belongs to it do."""

NEW_MODULE = "lazy_routers"
NEW_FUNCTION = "include_lazy_router"
KEEPERS = frozenset(
    {"fastapi.testclient.TestClient", "httpx.ASGITransport", "httpx.AsyncClient", "mangum.Mangum", "uvicorn.run"}
    | {"starlette.testclient.TestClient"}
)
"""Calls that take the application and only serve it."""

HARMLESS_ATTRIBUTES = frozenset(
    {
        "add_exception_handler",
        "add_middleware",
        "api_route",
        "delete",
        "dependency_overrides",
        "exception_handler",
        "get",
    }
    | {"include_router", "middleware", "mount", "on_event", "add_event_handler", "patch", "post", "put", "state"}
    | {"websocket", "title", "version", "add_api_route", "head", "options"}
)
"""What the application may be asked for by code that runs before its routers are loaded."""


def refused_application(app: RouterApp, module: Module) -> str | None:
    """Return why no router of this application may be lazy: somebody looks at its routes at start."""
    if module.names.get(NEW_FUNCTION, NEW_FUNCTION).rpartition(".")[2] != NEW_FUNCTION:
        return f"{NEW_FUNCTION} means something else in {app.source.path}"
    for source in (app.source, *app.others):
        if ".routes" not in source.text and ".openapi" not in source.text and "get_openapi" not in source.text:
            continue
        other = module if source is app.source else read_module("", source)
        found = None if other is None else _reads_routes(other)
        if found is not None and not source.path.endswith(f"/{NEW_MODULE}.py"):
            return f"{source.path}:{found.lineno} reads the routes or the OpenAPI document of an application"
    applications = applications_of(module)
    last = app.module.rpartition(".")[2]
    others = [read_module("", source) for source in app.others if last in source.text]
    holders = [(module, applications)]
    holders += [(other, _imported_applications(other, last, applications)) for other in others if other is not None]
    for holder, names in holders:
        for node in ast.walk(holder.tree) if names else ():
            if isinstance(node, ast.Call) and _keeps(node, names) and not _only_serves(node, app, holder):
                return f"{holder.source.path}:{node.lineno} hands the application to {ast.unparse(node.func)}"
    return None


def _imported_applications(other: Module, last: str, applications: frozenset[str]) -> frozenset[str]:
    """Return the names under which another file imports the application."""
    wanted = {f"{last}.{name}" for name in applications}
    return frozenset(name for name, full in other.names.items() if ".".join(full.split(".")[-2:]) in wanted)


def _reads_routes(module: Module) -> ast.expr | ast.alias | None:
    for node in ast.walk(module.tree):
        match node:
            case ast.Attribute(attr="routes" | "router", value=ast.Attribute(attr="app")):
                return node
            case ast.Attribute(attr="routes" | "router", value=ast.Name(id=name)) if "app" in name:
                if name not in module.names or module.names[name].rpartition(".")[2] == "app":
                    return node
            case ast.Attribute(attr="openapi", ctx=ast.Store()):
                return node
            case ast.alias(name="get_openapi"):
                return node
    return None


def _keeps(call: ast.Call, applications: frozenset[str]) -> bool:
    given = [*call.args, *(keyword.value for keyword in call.keywords)]
    return any(isinstance(value, ast.Name) and value.id in applications for value in given)


def _only_serves(call: ast.Call, app: RouterApp, module: Module) -> bool:
    """Tell whether a call that takes the application leaves its routes alone."""
    name = dotted(call.func)
    full = full_name(module.names, name) or f"{module.name}.{name}"
    if full in KEEPERS or full.rpartition(".")[2] == NEW_FUNCTION:
        return True
    owner, _, function = full.rpartition(".")
    source = module.source if owner == module.name else app.find(owner)
    holder = None if source is None else read_module(owner, source)
    for statement in () if holder is None else holder.tree.body:
        if isinstance(statement, ast.FunctionDef) and statement.name == function:
            names = {argument.arg for argument in (*statement.args.posonlyargs, *statement.args.args)}
            return _uses_harmlessly(statement, names)
    return False


def _uses_harmlessly(function: ast.FunctionDef, names: set[str]) -> bool:
    """Tell whether every use of the parameters asks for a harmless attribute."""
    uses = sum(isinstance(node, ast.Name) and node.id in names for node in ast.walk(function))
    good = sum(
        isinstance(node, ast.Attribute) and node.attr in HARMLESS_ATTRIBUTES and dotted(node.value) in names
        for node in ast.walk(function)
    )
    return uses == good


def drop_used_elsewhere(draft: Draft) -> None:
    """Leave a router eager whose import cannot go: something else uses the name it binds."""
    arguments = {id(node) for include in draft.lazy for node in ast.walk(_router_of(include.call))}
    uses = {
        node.id: node.lineno
        for node in ast.walk(draft.module.tree)
        if isinstance(node, ast.Name) and id(node) not in arguments
    }
    last = draft.module.name.rpartition(".")[2]
    near = [(source, _imported_from(source, last)) for source in draft.app.others if last in source.text]
    reasons: dict[str, str] = {}
    for include in draft.lazy:
        head = include.local.partition(".")[0]
        if head in uses:
            reasons[include.local] = f"`{include.local}` is used again at {draft.app.source.path}:{uses[head]}"
        elif (where := _mentioned(draft, include, near)) is not None:
            reasons[include.local] = f"`{include.local}` is used by {where}"
    _drop(draft, reasons)


def drop_crowds(draft: Draft) -> None:
    """Leave routers eager that share one prefix: a request for the last would load all the others."""
    crowd = Counter(include.under for include in draft.lazy)
    reasons = {
        item.local: f"`{item.local}` shares the prefix {item.under} with {crowd[item.under] - 1} others"
        for item in draft.lazy
        if crowd[item.under] > CROWD
    }
    _drop(draft, reasons)


def drop_loaded_anyway(draft: Draft) -> None:
    """Leave a router eager that another import loads at start: it would gain nothing."""
    while True:
        kept = kept_modules(draft)
        reasons = {
            include.local: f"`{include.local}` is imported at start by another module"
            for include in draft.lazy
            if include.module in kept
        }
        if not reasons:
            return
        _drop(draft, reasons)


def drop_effects(draft: Draft) -> None:
    """Leave a router eager when importing it, or what only it imports, does something to others."""
    kept = kept_modules(draft)
    effects: dict[str, str | None] = {}
    reasons: dict[str, str] = {}
    for include in draft.lazy:
        for name in sorted(draft.modules.closure([include.module]) - kept):
            if name not in effects:
                module = draft.modules.get(name)
                effects[name] = None if module is None else odd_route(module) or effect_of(module, draft.modules)
            if effects[name] is not None:
                reasons[include.local] = f"`{include.local}` stays: {effects[name]}"
                break
    _drop(draft, reasons)


def kept_modules(draft: Draft) -> frozenset[str]:
    """Return the modules of the project that are still imported at start."""
    gone = {(id(include.origin.statement), id(include.origin.alias)) for include in draft.lazy}
    names = [draft.module.name]
    left = ast.Module([], [])
    for statement in draft.module.tree.body:
        if isinstance(statement, ast.Import | ast.ImportFrom):
            aliases = [alias for alias in statement.names if (id(statement), id(alias)) not in gone]
            if not aliases:
                continue
            copy = (
                ast.Import(aliases)
                if isinstance(statement, ast.Import)
                else ast.ImportFrom(statement.module, aliases, statement.level)
            )
            left.body.append(copy)
        else:
            left.body.append(statement)
    rest = Module(draft.module.name, draft.module.source, left, {}, frozenset(), frozenset())
    names.extend(imported(rest))
    package = draft.module.name.rpartition(".")[0]
    starts = [name for name in names if name != draft.module.name] + ([package] if package else [])
    return draft.modules.closure(starts, without=draft.module.name) | {draft.module.name}


def _router_of(call: ast.Call) -> ast.expr:
    """Return the argument that names the router."""
    return call.args[0] if call.args else next(k.value for k in call.keywords if k.arg in ("router", "blueprint"))


def _mentioned(draft: Draft, include: Include, near: list[tuple[SourceFile, frozenset[str]]]) -> str | None:
    """Return the file that takes the name from the application's module, or patches it or the router's module."""
    own, local = draft.module.name, include.local
    patched = re.compile(rf"""['"]{re.escape(include.module)}[.'"]""")
    for source in draft.app.others:
        if include.module in source.text and patched.search(source.text):
            return source.path
    attribute = re.compile(rf"\b{re.escape(own.rpartition('.')[2])}\.{re.escape(local)}\b")
    for source, names in near:
        if names & {local, "*"} or (local in source.text and attribute.search(source.text)):
            return source.path
    return None


def _imported_from(source: SourceFile, last: str) -> frozenset[str]:
    """Return the names a file imports from any module that is called `last`; all where it cannot be parsed."""
    other = read_module("", source)
    if other is None:
        return frozenset("*")
    return frozenset(
        alias.name
        for node in ast.walk(other.tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").rpartition(".")[2] == last
        for alias in node.names
    )


def _drop(draft: Draft, reasons: dict[str, str]) -> None:
    """Leave the routers eager whose local names have a reason for it."""
    for include in draft.lazy:
        if include.local in reasons:
            draft.eager.append(reasons[include.local])
    draft.lazy = [include for include in draft.lazy if include.local not in reasons]

"""Finds routes that a router's prefix does not cover."""

from __future__ import annotations

import ast

from flake8_lambda_perf.fixes.import_effects import ROUTE_CALLS, ROUTE_METHODS, Module
from flake8_lambda_perf.fixes.router_calls import static


def odd_route(module: Module) -> str | None:
    """Return the first use of a router that may put a route outside of its prefix, or hides where it is."""
    for node in ast.walk(module.tree):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr=attr)) if owner in module.routers:
                where = f"{module.source.path}:{node.lineno}"
                if attr == "include_router":
                    continue
                if attr not in ROUTE_METHODS | ROUTE_CALLS:
                    return f"{where} calls {owner}.{attr}"
                given = [*node.args[:1], *(keyword.value for keyword in node.keywords if keyword.arg == "path")]
                path = static(given[0], module) if given else None
                if path is None or not (path == "" or path.startswith("/")):
                    return f"{where} has a route whose path cannot be told to lie below the prefix"
    return None

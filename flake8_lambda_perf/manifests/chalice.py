"""Reads the configuration of Chalice applications; what they deploy their decorators say."""

from __future__ import annotations

import ast
import posixpath
from typing import TYPE_CHECKING

from flake8_lambda_perf.manifests.decorated import Code, Decorated
from flake8_lambda_perf.manifests.deployed import MAX_FUNCTIONS, Deployed, Reading, as_number
from flake8_lambda_perf.manifests.facts import Facts
from flake8_lambda_perf.manifests.staged import Settings, has_items, served
from flake8_lambda_perf.manifests.yaml_nodes import Mapping, Node, parse, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flake8_lambda_perf.model import Said


CONFIG = ".chalice/config.json"
TIMEOUT = 60
"""Seconds, where the configuration does not say: https://aws.github.io/chalice/topics/configfile."""

_MIDDLEWARE = frozenset({"chalice.Chalice().middleware", "chalice.Chalice().register_middleware"})
_OF_ROUTES = "api_handler"
_OF_WEBSOCKETS = "websocket_handler"


def claims(_name: str, text: str) -> bool:
    """Whether the file may configure an application."""
    return '"stages"' in text


def read(root: Path, path: str, text: str) -> Reading:
    """The functions of the application beside the configuration."""
    if not f"/{path}".endswith(f"/{CONFIG}"):
        return (), ()
    top = parse(path, text)
    if not isinstance(top, Mapping):
        return (), ()
    folder = posixpath.dirname(posixpath.dirname(path))
    code = Code(root, folder, "app", "chalice")
    found = [each for each in code.functions() if not all(name in _MIDDLEWARE for name, _ in each.decorators)]
    deployed = [_function(path, folder, top, each.handler, _resource(each), each.said) for each in found]
    if not deployed and code.has("app"):
        deployed.append(_function(path, folder, top, "app.app", _OF_ROUTES, ()))
    return tuple(deployed[:MAX_FUNCTIONS]), ()


def _function(
    path: str, folder: str, top: Mapping, handler: str, resource: str, invoked_by: tuple[Said, ...]
) -> Deployed:
    stages = served(top.get("stages"))
    chains = [_chain(top, stage.value, resource) for stage in stages] or [_chain(top, None, resource)]
    facts = Facts([*invoked_by, *_said(Settings(path, chains))])
    return Deployed(
        handler=handler,
        root=folder,
        manifest=path,
        line=stages[0].key.line if stages else top.line,
        resource=resource,
        runtime=None,
        memory=facts.number("memory"),
        timeout=facts.number("timeout") if any(fact.name == "timeout" for fact in facts.said) else TIMEOUT,
        snapstart=False,
        vpc=facts.flag("vpc"),
        provisioned_concurrency=False,
        said=facts.said,
    )


def _resource(function: Decorated) -> str:
    """The name of the function that runs it: all routes share one, and so do all receivers of websockets."""
    for name, node in function.decorators:
        kind = name.rpartition(".")[2]
        if kind == "route":
            return _OF_ROUTES
        if kind.startswith("on_ws_"):
            return _OF_WEBSOCKETS
        for keyword in node.keywords if isinstance(node, ast.Call) else ():
            if keyword.arg == "name" and isinstance(keyword.value, ast.Constant):
                return str(keyword.value.value)
    return function.name


def _chain(top: Mapping, stage: Node | None, resource: str) -> tuple[Mapping, ...]:
    """Where settings are looked for, in Chalice's order."""
    parts = [part for part in (stage, top) if isinstance(part, Mapping)]
    return tuple(each for part in parts for each in (*_own(part, resource), part))


def _own(part: Mapping, resource: str) -> Iterator[Mapping]:
    functions = part.get("lambda_functions")
    own = functions.get(resource) if isinstance(functions, Mapping) else None
    if isinstance(own, Mapping):
        yield own


def _said(settings: Settings) -> Iterator[Said]:
    yield from settings.said("memory", "lambda_memory_size", _number)
    yield from settings.said("timeout", "lambda_timeout", _number)
    if settings.first("security_group_ids") is not None:
        yield from settings.said("vpc", "subnet_ids", has_items)
    yield from settings.said("layers", "layers", has_items)
    yield from settings.environment("environment_variables")


def _number(node: Node) -> int | None:
    return as_number(text_of(node))

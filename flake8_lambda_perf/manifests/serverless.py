"""Reads the service files of the Serverless Framework."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from flake8_lambda_perf.manifests.deployed import (
    MAX_FUNCTIONS,
    Deployed,
    LocatedError,
    Reading,
    Written,
    as_number,
    code_folder,
    gathered,
    is_python,
    place,
)
from flake8_lambda_perf.manifests.sam import MAX_LAYERS, referred
from flake8_lambda_perf.manifests.variables import Located, Variables
from flake8_lambda_perf.manifests.yaml_nodes import Entry, Mapping, Sequence, parse

WSGI_HANDLERS = frozenset({"wsgi_handler.handler", "wsgi.handler"})
"""What the plugin serverless-wsgi writes while it packages; `custom.wsgi.app` names the application."""

_NAME = re.compile(r"serverless[\w.-]*\.(?:ya?ml|json)")


def claims(name: str, text: str) -> bool:
    """Whether the file is a service with functions."""
    return _NAME.fullmatch(name) is not None and "functions" in text and "provider" in text


def read(root: Path, path: str, text: str) -> Reading:
    """The Python functions of a service."""
    top = parse(path, text)
    if not isinstance(top, Mapping) or "functions" not in top.entries or "provider" not in top.entries:
        return (), ()
    variables = Variables(root, path, top)
    return gathered(_functions(variables), lambda function: _function(variables, function))


@dataclass(frozen=True, slots=True)
class _Function:
    """A function's name and its unresolved settings."""

    name: str
    path: str
    line: int
    settings: Located


def _functions(variables: Variables) -> list[_Function]:
    found: list[_Function] = []
    for path, entry in _entries(variables):
        if len(found) >= MAX_FUNCTIONS:
            message = f"declares more than {MAX_FUNCTIONS} functions; split the service or exclude it"
            raise LocatedError(message, path, entry.key.line)
        found.append(_Function(entry.key.text, path, entry.key.line, Located(path, entry.value)))
    return found


def _entries(variables: Variables) -> Iterator[tuple[str, Entry]]:
    """The functions of a map, or of a list of maps each of which may stand in a file of its own."""
    functions = variables.member(variables.top, "functions")
    if functions is None:
        return
    blocks = functions.node.items if isinstance(functions.node, Sequence) else (functions.node,)
    for block in blocks[: MAX_FUNCTIONS + 1]:
        resolved = variables.resolve(Located(functions.path, block))
        if resolved is not None and isinstance(resolved.node, Mapping):
            for entry in resolved.node.entries.values():
                yield resolved.path, entry


def _function(variables: Variables, function: _Function) -> Deployed | None:
    settings = variables.resolve(function.settings)
    provider = variables.member(variables.top, "provider")
    is_image = variables.member(settings, "image") is not None
    handler = _image_command(variables, settings) if is_image else _handler(variables, settings)
    runtime = None if is_image else _setting(variables, settings, provider, "runtime")
    if settings is None or handler is None or (runtime is not None and not runtime.startswith("python")):
        return None
    root = _image_root(variables, settings) if is_image else _code_root(variables, settings)
    if root is not None:
        place(variables.root, root, Written(handler, "handler", function.path, function.line))
    deployed = Deployed(
        handler=handler,
        root=root,
        manifest=function.path,
        line=function.line,
        resource=function.name,
        runtime=runtime,
        memory=as_number(_setting(variables, settings, provider, "memorySize")),
        timeout=as_number(_setting(variables, settings, provider, "timeout")),
        snapstart=_switch(variables, settings, "snapStart"),
        vpc=_vpc(variables, settings, provider),
        provisioned_concurrency=_switch(variables, settings, "provisionedConcurrency"),
        layers=_layers(variables, settings, provider),
    )
    return deployed if is_python(variables.root, deployed) else None


def _setting(variables: Variables, settings: Located | None, provider: Located | None, key: str) -> str | None:
    """A setting of the function, else the provider's default; None where only the deployment knows."""
    own = settings is not None and isinstance(settings.node, Mapping) and key in settings.node.entries
    return variables.text(settings if own else provider, key)


def _handler(variables: Variables, settings: Located | None) -> str | None:
    """The handler string; the application itself where a plugin generates the handler's module around it."""
    handler = variables.text(settings, "handler")
    if handler in WSGI_HANDLERS:
        return variables.text(variables.top, "custom", "wsgi", "app") or handler
    if handler is not None and "." not in handler and variables.text(variables.top, "provider", "name") == "google":
        return f"main.{handler}"  # Google Cloud Functions load main.py and name the function alone.
    return handler


def _code_root(variables: Variables, settings: Located) -> str | None:
    """The service's folder, or the function's module folder where functions are packaged one by one."""
    module = variables.member(settings, "module")
    text = variables.text(module)
    individually = "true" in (
        variables.text(settings, "package", "individually"),
        variables.text(variables.top, "package", "individually"),
    )
    if module is None or text is None or not individually:
        return variables.folder
    return code_folder(variables.root, variables.folder, Written(text, "module", module.path, module.node.line))


def _image_command(variables: Variables, settings: Located | None) -> str | None:
    command = variables.member(settings, "image", "command")
    if command is None or not isinstance(command.node, Sequence) or len(command.node.items) != 1:
        return None
    return variables.text(command, "0")


def _image_root(variables: Variables, settings: Located) -> str | None:
    """The folder an image is built from."""
    name = variables.text(settings, "image", "name")
    images = variables.member(variables.top, "provider", "ecr", "images")
    context = None if name is None else variables.member(images, name, "path")
    text = variables.text(context)
    if context is None or text is None:
        return None
    return code_folder(variables.root, variables.folder, Written(text, "path", context.path, context.node.line))


def _switch(variables: Variables, settings: Located, key: str) -> bool | None:
    """Whether a setting is on; None where only the deployment knows."""
    if not isinstance(settings.node, Mapping) or key not in settings.node.entries:
        return False
    value = variables.text(settings, key)
    return None if value is None else value not in ("false", "0")


def _vpc(variables: Variables, settings: Located, provider: Located | None) -> bool | None:
    for where in (settings, provider):
        if where is not None and isinstance(where.node, Mapping) and "vpc" in where.node.entries:
            vpc = variables.member(where, "vpc")
            if vpc is None:
                return None
            return isinstance(vpc.node, Mapping)
    return False


def _layers(variables: Variables, settings: Located, provider: Located | None) -> tuple[str, ...]:
    """The folders of the service's own layers that the function uses; its list replaces the provider's."""
    used = variables.member(settings, "layers") or variables.member(provider, "layers")
    own = variables.member(variables.top, "layers")
    if used is None or own is None or not isinstance(used.node, Sequence) or not isinstance(own.node, Mapping):
        return ()
    names = {_logical_name(name): name for name in own.node.entries}
    folders: list[str] = []
    for name in map(referred, used.node.items[:MAX_LAYERS]):
        place_of = None if name is None or name not in names else variables.member(own, names[name], "path")
        text = variables.text(place_of)
        if place_of is not None and text is not None:
            written = Written(text, "path", place_of.path, place_of.node.line)
            folder = code_folder(variables.root, variables.folder, written)
            folders += [] if folder is None else [folder]
    return tuple(dict.fromkeys(folders))


def _logical_name(layer: str) -> str:
    """The name under which the framework deploys a layer."""
    escaped = layer.replace("-", "Dash").replace("_", "Underscore")
    return escaped[:1].upper() + escaped[1:] + "LambdaLayer"

"""Reads the service files of the Serverless Framework."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_lambda_perf.dataclass import dataclass
from flake8_lambda_perf.manifests.deployed import (
    MAX_FUNCTIONS,
    Deployed,
    LocatedError,
    Platform,
    Reading,
    Written,
    code_folder,
    gathered,
    is_python,
    place,
)
from flake8_lambda_perf.manifests.facts import Facts
from flake8_lambda_perf.manifests.package import Code, of_image
from flake8_lambda_perf.manifests.serverless_events import of_authorizers
from flake8_lambda_perf.manifests.serverless_facts import (
    Settings,
    has_web_adapter,
    is_concurrent,
    layer_folders,
    own_layers,
    said_of,
)
from flake8_lambda_perf.manifests.variables import Located, Variables
from flake8_lambda_perf.manifests.yaml_nodes import Entry, Mapping, Sequence, parse

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flake8_lambda_perf.model import Said

DEFAULT_MEMORY, DEFAULT_TIMEOUT = 1024, 6
"""What the framework writes where a service leaves them out: https://www.serverless.com/framework/docs/providers/aws/guide/functions."""

WSGI_HANDLERS = frozenset({"wsgi_handler.handler", "wsgi.handler"})
"""What the plugin serverless-wsgi writes while it packages; `custom.wsgi.app` names the application."""

_PLATFORMS: dict[str, Platform] = {"aws": "lambda", "google": "google", "azure": "azure"}


def claims(_name: str, text: str) -> bool:
    """Whether the file is a service with functions."""
    return "functions" in text and "provider" in text


def read(root: Path, path: str, text: str) -> Reading:
    """The Python functions of a service."""
    top = parse(path, text)
    if not isinstance(top, Mapping) or "functions" not in top.entries or "provider" not in top.entries:
        return (), ()
    variables = Variables(root, path, top)
    functions = _functions(variables)
    authorizers = of_authorizers(variables, [function.settings for function in functions])
    layers = own_layers(variables)

    def read_one(function: _Function) -> Deployed | None:
        settings = Settings(variables, function.settings, layers)
        return _function(settings, function, authorizers.get(function.name, []))

    return gathered(functions, read_one)


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


def _function(settings: Settings, function: _Function, elsewhere: list[Said]) -> Deployed | None:
    """One function; `elsewhere` is what others say of it."""
    variables = settings.variables
    is_image = settings.get("image") is not None
    code = _image(settings) if is_image else _archive(settings)
    runtime = None if is_image else settings.text("runtime")
    if code is None or (runtime is not None and not runtime.startswith("python")):
        return None
    adapter = code.web_adapter or has_web_adapter(settings)
    handler = code.called(variables.root, adapter)
    if code.root is not None:
        place(variables.root, code.root, Written(handler, "handler", function.path, function.line))
    facts = Facts([*said_of(settings, is_image), *elsewhere, *code.said])
    deployed = Deployed(
        handler=handler,
        root=code.root,
        manifest=function.path,
        line=function.line,
        resource=function.name,
        runtime=facts.word("runtime"),
        memory=_default(settings, facts, "memory", "memorySize", DEFAULT_MEMORY),
        timeout=_default(settings, facts, "timeout", "timeout", DEFAULT_TIMEOUT),
        snapstart=facts.flag("snapstart"),
        vpc=facts.flag("vpc"),
        provisioned_concurrency=facts.flag("provisioned_concurrency"),
        layers=layer_folders(settings),
        architecture=facts.word("architecture"),
        ephemeral_storage=facts.number("ephemeral_storage"),
        efs=facts.flag("efs"),
        package="image" if is_image else "zip",
        web_adapter=adapter,
        concurrent=is_concurrent(settings),
        said=facts.said,
        platform=_PLATFORMS.get(variables.text(variables.top, "provider", "name") or "aws", "other"),
    )
    return deployed if is_python(variables.root, deployed) else None


def _default(settings: Settings, facts: Facts, fact: str, key: str, default: int) -> int | None:
    """A number, or what the framework makes of one that is left out on AWS."""
    if settings.written(key) is None and settings.variables.text(settings.provider, "name") in (None, "aws"):
        return default
    return facts.number(fact)


def _archive(settings: Settings) -> Code | None:
    """A handler string; the application itself where a plugin generates the handler's module around it."""
    variables = settings.variables
    handler = variables.text(settings.own, "handler")
    if handler is None:
        return None
    if handler in WSGI_HANDLERS:
        handler = variables.text(variables.top, "custom", "wsgi", "app") or handler
    elif "." not in handler and variables.text(variables.top, "provider", "name") == "google":
        handler = f"main.{handler}"  # Google Cloud Functions load main.py and name the function alone.
    return Code(handler, _code_root(settings))


def _code_root(settings: Settings) -> str | None:
    """The service's folder, or the function's module folder where functions are packaged one by one."""
    variables = settings.variables
    module = settings.get("module")
    text = variables.text(module)
    individually = "true" in (
        variables.text(settings.own, "package", "individually"),
        variables.text(variables.top, "package", "individually"),
    )
    if module is None or text is None or not individually:
        return variables.folder
    return code_folder(variables.root, variables.folder, Written(text, "module", module.path, module.node.line))


def _image(settings: Settings) -> Code | None:
    """What an image runs: the command that is given, else that of its Dockerfile."""
    variables = settings.variables
    command = variables.member(settings.own, "image", "command")
    is_one = command is not None and isinstance(command.node, Sequence) and len(command.node.items) == 1
    handler = variables.text(command, "0") if is_one else None
    name = variables.text(settings.own, "image", "name") or variables.text(settings.own, "image")
    image = None if name is None else variables.member(variables.top, "provider", "ecr", "images", name)
    context = variables.member(image, "path")
    text = variables.text(context)
    if context is None or text is None:
        return None if handler is None else Code(handler, None)
    written = Written(text, "path", context.path, context.node.line)
    folder = code_folder(variables.root, variables.folder, written)
    return of_image(variables.root, folder, variables.text(image, "file") or "Dockerfile", handler)

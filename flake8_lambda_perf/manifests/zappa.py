"""Reads the settings of Zappa: an application, and the functions that events call beside it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from flake8_lambda_perf.dataclass import dataclass
from flake8_lambda_perf.manifests.deployed import MAX_FUNCTIONS, Deployed, Reading, as_number, module_file
from flake8_lambda_perf.manifests.facts import Facts
from flake8_lambda_perf.manifests.relaxed_json import parse_relaxed
from flake8_lambda_perf.manifests.staged import Settings, has_items, served
from flake8_lambda_perf.manifests.toml_nodes import parse_toml
from flake8_lambda_perf.manifests.yaml_nodes import Mapping, Node, Sequence, is_null, parse, stated, text_of
from flake8_lambda_perf.model import Said

if TYPE_CHECKING:
    from pathlib import Path

MEMORY = 512
TIMEOUT = 30
"""MB and seconds where the settings do not say: https://github.com/zappa/Zappa#advanced-settings."""

GENERATED = "handler.lambda_handler"
"""What Zappa writes around the application."""

_SETTING = re.compile(r"app_function|django_settings|lambda_handler|events|authorizer")
_HANDLER = re.compile(r"[\w./-]+\.\w+")
_SERVICE = re.compile(r"arn:aws[\w-]*:([\w-]+):")
_TRIGGERS = {"s3": "s3", "sns": "sns", "sqs": "sqs", "dynamodb": "dynamodb", "kinesis": "kinesis"}


def claims(_name: str, text: str) -> bool:
    """Whether the file holds the settings of an application."""
    return _SETTING.search(text) is not None


def read(root: Path, path: str, text: str) -> Reading:
    """The application and the functions that the stages deploy."""
    if path.endswith(".toml"):
        top: Node | None = parse_toml(text)
    else:
        top = parse_relaxed(path, text) if path.endswith(".json") else parse(path, text)
    if not isinstance(top, Mapping):
        return (), ()
    calls: dict[str, list[_Call]] = {}
    for stage in served(top):
        for call in _calls(root, path, stage.key.text, _extended(top, stage.value)):
            calls.setdefault(call.handler, []).append(call)
    return tuple(_function(path, each) for each in list(calls.values())[:MAX_FUNCTIONS]), ()


@dataclass(frozen=True, slots=True)
class _Call:
    """A function that a stage's one Lambda function calls, and what invokes it."""

    handler: str
    stage: str
    settings: tuple[Mapping, ...]
    line: int
    triggers: tuple[Said, ...]


def _extended(top: Mapping, stage: Node) -> tuple[Mapping, ...]:
    """A stage, and those it extends."""
    chain: list[Mapping] = []
    while isinstance(stage, Mapping) and stage not in chain:
        chain.append(stage)
        name = stage.get("extends")
        stage = top.get(text_of(name) or "") or stage if name is not None else stage
    return tuple(chain)


def _calls(root: Path, path: str, stage: str, chain: tuple[Mapping, ...]) -> Iterator[_Call]:
    settings = Settings(path, [chain])
    handler, node = _application(root, path, settings)
    if handler is not None and node is not None and _HANDLER.fullmatch(handler):
        yield _Call(handler, stage, chain, node.line, tuple(_of_gateway(path, settings, node)))
    for called, triggers in _called(path, settings):
        name = text_of(called)
        if name is not None and _HANDLER.fullmatch(name):
            yield _Call(name, stage, chain, called.line, tuple(triggers))


def _application(root: Path, path: str, settings: Settings) -> tuple[str | None, Node | None]:
    """The handler of one's own, else the application; for Django the one that its project's `wsgi.py` makes."""
    own, app, django = (settings.first(key) for key in ("lambda_handler", "app_function", "django_settings"))
    if own is not None and text_of(own) != GENERATED:
        return text_of(own), own
    if app is not None:
        return text_of(app), app
    name = None if django is None else text_of(django)
    package = name or ""
    while package:
        package = package.rpartition(".")[0]
        module = f"{package}.wsgi" if package else "wsgi"
        if module_file(root, posixpath.dirname(path), f"{module}.application") is not None:
            return f"{module}.application", django
    return name, django


def _of_gateway(path: str, settings: Settings, node: Node) -> Iterator[Said]:
    switches = [settings.first(key) for key in ("apigateway_enabled", "use_apigateway")]
    if not any(switch is not None and text_of(switch) == "false" for switch in switches):
        yield Said("trigger", "api", path, node.line, node.column)


def _called(path: str, settings: Settings) -> Iterator[tuple[Node, Iterator[Said]]]:
    """The functions of events and of authorizers, each with what invokes it."""
    events = settings.first("events")
    for event in events.items[:MAX_FUNCTIONS] if isinstance(events, Sequence) else ():
        function = event.get("function") if isinstance(event, Mapping) else None
        if function is not None and isinstance(event, Mapping):
            yield function, _of_event(path, event)
    authorizer = settings.first("authorizer")
    function = authorizer.get("function") if isinstance(authorizer, Mapping) else None
    if function is not None:
        yield function, iter([Said("trigger", "authorizer", path, function.line, function.column)])


def _of_event(path: str, event: Mapping) -> Iterator[Said]:
    for key in ("expression", "expressions"):
        node = event.get(key)
        if not is_null(node) and node is not None:
            yield Said("trigger", "schedule", path, node.line, node.column)
    source = event.get("event_source")
    arn = source.get("arn") if isinstance(source, Mapping) else None
    service = _SERVICE.match(text_of(arn) or "") if arn is not None else None
    if arn is not None:
        yield Said("trigger", _TRIGGERS.get(service[1], "other") if service else "other", path, arn.line, arn.column)


def _function(path: str, calls: list[_Call]) -> Deployed:
    first = calls[0]
    triggers = {(fact.value, fact.line): fact for call in calls for fact in call.triggers}
    facts = Facts([*_said(path, Settings(path, [call.settings for call in calls])), *triggers.values()])
    known = {fact.name for fact in facts.said}
    return Deployed(
        handler=first.handler,
        root=posixpath.dirname(path),
        manifest=path,
        line=first.line,
        resource=first.stage,
        runtime=facts.word("runtime"),
        memory=facts.number("memory") if "memory" in known else MEMORY,
        timeout=facts.number("timeout") if "timeout" in known else TIMEOUT,
        snapstart=facts.flag("snapstart"),
        vpc=facts.flag("vpc"),
        provisioned_concurrency=False,
        architecture=facts.word("architecture"),
        ephemeral_storage=facts.number("ephemeral_storage"),
        efs=facts.flag("efs"),
        said=facts.said,
    )


def _said(path: str, settings: Settings) -> Iterator[Said]:
    """The facts of a function; `exclude` is a pattern of files that are left out of its package."""
    yield from settings.said("runtime", "runtime", text_of)
    yield from settings.said("memory", "memory_size", _number)
    yield from settings.said("timeout", "timeout_seconds", _number)
    yield from settings.said("vpc", "vpc_config", _has_subnets)
    yield from settings.said("efs", "efs_config", has_items)
    yield from settings.said("snapstart", "snap_start", _is_published)
    yield from settings.said("architecture", "architecture", _only)
    yield from settings.said("ephemeral_storage", "ephemeral_storage", _size)
    yield from settings.said("layers", "layers", has_items)
    yield from settings.said("slim_handler", "slim_handler", _is_on)
    yield from settings.said("keep_warm", "keep_warm", _is_on)
    excluded = settings.first("exclude")
    for node in excluded.items[:MAX_FUNCTIONS] if isinstance(excluded, Sequence) else ():
        yield stated("exclude", text_of(node), path, node)
    yield from settings.environment("environment_variables", "aws_environment_variables")


def _number(node: Node) -> int | None:
    return as_number(text_of(node))


def _size(node: Node) -> int | None:
    size = node.get("Size") if isinstance(node, Mapping) else None
    return None if size is None else _number(size)


def _has_subnets(node: Node) -> bool:
    subnets = node.get("SubnetIds") if isinstance(node, Mapping) else None
    return subnets is not None and has_items(subnets)


def _is_on(node: Node) -> bool:
    return text_of(node) == "true"


def _is_published(node: Node) -> bool:
    return text_of(node) == "PublishedVersions"


def _only(node: Node) -> str | None:
    items = node.items if isinstance(node, Sequence) else (node,)
    return text_of(items[0]) if len(items) == 1 else None

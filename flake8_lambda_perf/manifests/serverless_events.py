"""What invokes the functions of a Serverless service: their `events`, and the events that name them as authorizers."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from flake8_lambda_perf.manifests.deployed import LocatedError
from flake8_lambda_perf.manifests.variables import Located
from flake8_lambda_perf.manifests.yaml_nodes import Entry, Mapping, Scalar, Sequence, stated

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flake8_lambda_perf.manifests.variables import Variables
    from flake8_lambda_perf.model import Said

MAX_EVENTS = 50
"""Events of a function that are looked at."""

EVENTS = {
    "activemq": "mq",
    "alb": "alb",
    "alexaSkill": "other",
    "alexaSmartHome": "other",
    "cloudFront": "other",
    "cloudwatchEvent": "eventbridge",
    "cloudwatchLog": "logs",
    "cognitoUserPool": "cognito",
    "eventBridge": "eventbridge",
    "http": "api",
    "httpApi": "api",
    "iot": "iot",
    "kafka": "kafka",
    "msk": "kafka",
    "rabbitmq": "mq",
    "s3": "s3",
    "schedule": "schedule",
    "sns": "sns",
    "sqs": "sqs",
    "websocket": "websocket",
}
"""The events of functions on AWS."""

ELSEWHERE = {
    "blob": "blob",
    "cosmosDB": "cosmosdb",
    "event": "other",
    "eventGrid": "eventgrid",
    "eventHub": "eventhub",
    "http": "http",
    "queue": "queue",
    "serviceBus": "servicebus",
    "timer": "timer",
}
"""The events of functions on Azure and Google Cloud."""

GOOGLE = {"firestore": "firestore", "pubsub": "pubsub", "storage": "storage"}
"""Words in the type of an event on Google Cloud."""


def of_function(variables: Variables, settings: Located) -> Iterator[Said]:
    """The triggers that a function states."""
    provider = variables.text(variables.top, "provider", "name")
    for path, entry in _events(variables, settings):
        name, event = entry.key.text, Located(path, entry.value)
        kind = EVENTS.get(name, "other") if provider in (None, "aws") else ELSEWHERE.get(name, "other")
        if name == "stream":
            kind = _stream(variables, event)
        elif name == "eventBridge" and variables.written(event, "schedule") is not None:
            kind = "schedule"
        elif name == "event":
            of = (variables.text(event, "eventType") or "").lower()
            kind = next((trigger for word, trigger in GOOGLE.items() if word in of), kind)
        yield stated("trigger", kind, path, entry.key)
    url = variables.written(settings, "url")
    if url is not None and variables.text(url) != "false":
        yield stated("trigger", "url", url.path, url.node)


def of_authorizers(variables: Variables, functions: Iterable[Located]) -> dict[str, list[Said]]:
    """The functions that events of others, or the provider's settings, name as authorizers."""
    found: dict[str, list[Said]] = {}
    for where in [*_authorizers(variables, functions), *_common(variables)]:
        named = variables.text(where) or variables.text(where, "name") or variables.text(where, "functionName")
        if named is not None:
            found.setdefault(named, [stated("trigger", "authorizer", where.path, where.node)])
    return found


def _authorizers(variables: Variables, functions: Iterable[Located]) -> Iterator[Located]:
    for function in functions:
        with suppress(LocatedError):  # told where the function itself is read
            for path, entry in _events(variables, variables.resolve(function)):
                authorizer = variables.written(Located(path, entry.value), "authorizer")
                if authorizer is not None:
                    yield authorizer


def _common(variables: Variables) -> Iterator[Located]:
    known = variables.member(variables.top, "provider", "httpApi", "authorizers")
    if known is not None and isinstance(known.node, Mapping):
        yield from (Located(known.path, entry.value) for entry in list(known.node.entries.values())[:MAX_EVENTS])


def _events(variables: Variables, settings: Located | None) -> Iterator[tuple[str, Entry]]:
    """The events of a function: each a name and its settings, or a name alone."""
    events = variables.member(settings, "events")
    if events is None or not isinstance(events.node, Sequence):
        return
    for item in events.node.items[:MAX_EVENTS]:
        event = variables.resolve(Located(events.path, item))
        if event is None:
            continue
        if isinstance(event.node, Scalar):
            yield event.path, Entry(event.node, event.node)
        elif isinstance(event.node, Mapping):
            for entry in list(event.node.entries.values())[:1]:
                yield event.path, entry


def _stream(variables: Variables, event: Located) -> str:
    kind = variables.text(event, "type")
    if kind in ("dynamodb", "kinesis"):
        return kind
    arn = (variables.text(event) or variables.text(event, "arn") or "").split(":")
    return arn[2] if len(arn) > 2 and arn[2] in ("dynamodb", "kinesis") else "other"

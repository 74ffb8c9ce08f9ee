"""What invokes the functions of a CDK app in TypeScript, and what else other calls state of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from flake8_lambda_perf.manifests.cdk_constructs import SOURCES, TARGETS
from flake8_lambda_perf.manifests.typescript.cdk_facts import provisioned
from flake8_lambda_perf.manifests.typescript.facts import items_of, literal, property_of, stated, text_of
from flake8_lambda_perf.manifests.typescript.values import NOTHING, Array, Built, Object, Property, Text, Value

if TYPE_CHECKING:
    from flake8_lambda_perf.manifests.typescript.nodes import Place
    from flake8_lambda_perf.model import Said

MAX_VALUES = 200
"""Values of a call's arguments that are looked at."""

METHODS = {"addTrigger": "cognito", "addLambdaDataSource": "other"}
"""Methods that are given a function."""

RULE_TARGET = "aws-events-targets.LambdaFunction"

STREAMS = (("aws-sqs.", "sqs"), ("aws-dynamodb.", "dynamodb"), ("aws-kinesis.", "kinesis"), ("aws-msk", "kafka"))

FunctionOf = Callable[[Value], Built | None]


def facts_by_function(calls: Sequence[Built], function_of: FunctionOf) -> dict[Built, dict[Said, None]]:
    """What the calls of a program state of the functions that they name."""
    found: dict[Built, dict[Said, None]] = {}
    schedules = {id(target) for rule in calls for target in _targets(rule) if _is_scheduled(rule)}
    for call in calls:
        for own, fact in _stated(call, function_of, is_scheduled=id(call) in schedules):
            found.setdefault(own, {})[fact] = None
    return found


def _targets(call: Built) -> list[Value]:
    """What a rule of EventBridge invokes."""
    if call.name == "aws-events.Rule":
        properties = call.argument(2)
        return items_of(properties.get("targets")) if isinstance(properties, Object) else []
    return [call.argument(0)] if call.name == "aws-events.Rule.addTarget" else []


def _is_scheduled(call: Built) -> bool:
    rule = call if call.owner is None else call.owner
    return property_of(rule.argument(2), "schedule") is not None


def _stated(call: Built, function_of: FunctionOf, *, is_scheduled: bool) -> Iterator[tuple[Built, Said]]:
    own = None if call.owner is None else function_of(call.owner)
    if own is not None:
        yield from ((own, fact) for fact in _of_function(call))
        return
    kind = TARGETS.get(call.name.replace("-", "_")) if call.owner is None else METHODS.get(call.name.rpartition(".")[2])
    if call.name == RULE_TARGET:
        kind = "schedule" if is_scheduled else "eventbridge"
    if kind is not None:
        yield from ((found, stated("trigger", kind, call.place)) for found in _functions(call.args, function_of))
    elif call.name in ("aws-lambda.EventSourceMapping", "aws-lambda.CfnEventSourceMapping"):
        for found in _functions(call.args, function_of):
            yield found, stated("trigger", _stream(call.argument(2)), call.place)
    elif call.name in ("aws-lambda.Alias", "aws-lambda.Version"):
        aliased = function_of(call)
        yield from ((aliased, fact) for fact in provisioned(call.argument(2)) if aliased is not None)


def _of_function(call: Built) -> Iterator[Said]:
    """What a method of a function, or of its version, states of it."""
    match call.name.rpartition(".")[2]:
        case "addEventSource":
            yield event_source(call.argument(0), call.place)
        case "addEventSourceMapping":
            yield stated("trigger", _stream(call.argument(1)), call.place)
        case "addFunctionUrl":
            yield stated("trigger", "url", call.place)
        case "addAlias":
            yield from provisioned(call.argument(1))
        case "addEnvironment":
            name = text_of(call.argument(0))
            if name is not None:
                value = call.argument(1)
                place = value.place if isinstance(value, Text) else call.place
                yield stated(f"environment.{name}", text_of(value), place, literal(place))
        case "addPropertyOverride":
            yield from _overridden(call)


def event_source(source: Value, place: Place) -> Said:
    """What a construct of aws-lambda-event-sources invokes a function for."""
    if not isinstance(source, Built):
        return stated("trigger", "other", place)
    return stated("trigger", SOURCES.get(source.name.rpartition(".")[2], "other"), source.place)


def _functions(values: Iterable[Value], function_of: FunctionOf) -> Iterator[Built]:
    """The functions among values, also in lists and objects."""
    pending = [(value, 0) for value in reversed(list(values))]
    for _ in range(MAX_VALUES):
        if not pending:
            return
        value, depth = pending.pop()
        found = function_of(value)
        if found is not None:
            yield found
        elif isinstance(value, Object) and value.cls is None and depth < 3:
            pending += [(given.value, depth + 1) for given in reversed(value.properties.values())]
        elif isinstance(value, Array) and depth < 3:
            pending += [(item, depth + 1) for item in reversed(value.items)]


def _stream(properties: Value) -> str:
    """What a mapping reads from, by the class that its address is an attribute of."""
    if property_of(properties, "kafkaTopic") is not None:
        return "kafka"
    given = property_of(properties, "eventSourceArn")
    source = NOTHING if given is None else given.value
    name = source.name if isinstance(source, Built) else ""
    return next((kind for library, kind in STREAMS if name.startswith(library)), "other")


def _overridden(call: Built) -> Iterator[Said]:
    """A handler as it is replaced, SnapStart as it is switched on where the construct has no property for it."""
    path, value = text_of(call.argument(0)), call.argument(1)
    if path == "Handler":
        yield stated("handler", text_of(value), call.place)
    given = property_of(value, "ApplyOn") if path == "SnapStart" else None
    if path == "SnapStart.ApplyOn":
        given = Property(value, value.place if isinstance(value, Text) else call.place)
    if given is not None:
        word = text_of(given.value)
        is_on = None if word is None else word == "PublishedVersions"
        yield stated("snapstart", is_on, given.place, literal(given.place))

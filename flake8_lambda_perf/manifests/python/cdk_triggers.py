"""What invokes the functions of a CDK app, and what else other calls state of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from flake8_lambda_perf.manifests.cdk_constructs import SOURCES, TARGETS
from flake8_lambda_perf.manifests.python import cdk_facts as facts
from flake8_lambda_perf.manifests.python.facts import items_of, provisioned, qualified, stated, switch
from flake8_lambda_perf.manifests.python.values import UNKNOWN, Outside, Table, Value, text_of

if TYPE_CHECKING:
    from flake8_lambda_perf.manifests.python.apps import Apps, Found
    from flake8_lambda_perf.model import Said

MAX_ARGUMENTS = 50

STREAMS = (("aws_sqs.", "sqs"), ("aws_dynamodb.", "dynamodb"), ("aws_kinesis.", "kinesis"), ("aws_msk", "kafka"))


def note(apps: Apps, call: Outside) -> None:
    """Adds what a call states to the functions that it names."""
    module, name = qualified(call)
    if call.owner is not None:
        _by_method(apps, call, name)
    kind = TARGETS.get(f"{module.removesuffix('_alpha')}.{name}")
    if kind is not None:
        apps.add(_values(call), [stated("trigger", kind, call.place)])
    elif call.name.endswith("aws_events.Rule()"):
        _by_rule(apps, call, items_of(call.argument("targets")))
    elif call.name.endswith((".EventSourceMapping()", ".CfnEventSourceMapping()")):
        target = call.argument("target") or call.argument("function_name")
        apps.add([target], [stated("trigger", _stream(call), call.place)])
    elif call.name.endswith((".Alias()", ".Version()", ".CfnAlias()", ".CfnVersion()")):
        apps.add([call], provisioned(call))


def _by_method(apps: Apps, call: Outside, method: str) -> None:
    """What a method of a function, of its version, or of something that is given a function states."""
    own = apps.function_of(call.owner)
    if own is not None:
        apps.add([call.owner], _of_function(own, call, method))
    elif method == "add_target" and call.owner is not None and call.owner.name.endswith("aws_events.Rule()"):
        _by_rule(apps, call.owner, [call.argument("target", 0) or UNKNOWN])
    elif method == "add_trigger":
        apps.add(call.args, [stated("trigger", "cognito", call.place)])
    elif method == "add_lambda_data_source":
        apps.add(_values(call), [stated("trigger", "other", call.place)])


def _of_function(own: Found, call: Outside, method: str) -> Iterator[Said]:
    """What a method of a function, or of its version, states of it."""
    match method:
        case "add_event_source":
            source = call.argument("source", 0)
            kind = SOURCES.get(_class_of(source), "other")
            yield stated(
                "trigger", kind, source.place if isinstance(source, Outside) and source.is_made else call.place
            )
        case "add_event_source_mapping":
            yield stated("trigger", _stream(call), call.place)
        case "add_function_url":
            yield stated("trigger", "url", call.place)
        case "add_alias":
            yield from provisioned(call)
        case "add_layers":
            yield from (facts.layer(own, layer, call.place) for layer in call.args)
        case "add_environment":
            yield from facts.variable(call.argument("key", 0), call.argument("value", 1), call.place)
        case "add_property_override":
            yield from _overridden(call)


def _values(call: Outside) -> list[Value]:
    return [*call.args, *call.named.entries.values()][:MAX_ARGUMENTS]


def _by_rule(apps: Apps, rule: Outside, targets: list[Value]) -> None:
    """The functions that a rule of EventBridge invokes."""
    kind = "schedule" if rule.named.get("schedule") is not None else "eventbridge"
    for target in targets:
        if isinstance(target, Outside) and target.name.endswith("aws_events_targets.LambdaFunction()"):
            apps.add([target.argument("handler", 0)], [stated("trigger", kind, target.place)])


def _stream(call: Outside) -> str:
    """What a mapping reads from, by the class that its address is an attribute of."""
    source = call.argument("event_source_arn")
    name = source.name if isinstance(source, Outside) else ""
    if call.argument("kafka_topic") is not None:
        return "kafka"
    return next((kind for module, kind in STREAMS if module in name), "other")


def _class_of(value: Value | None) -> str:
    return value.name.rpartition(".")[2].removesuffix("()") if isinstance(value, Outside) else ""


def _overridden(call: Outside) -> Iterator[Said]:
    """A handler as it is replaced, SnapStart as it is switched on where the construct has no argument for it."""
    path, value = text_of(call.argument("property_path", 0)), call.argument("value", 1)
    if path == "Handler":
        yield stated("handler", text_of(value), call.place)
    if path == "SnapStart" and isinstance(value, Table):
        value = value.get("ApplyOn")
    elif path != "SnapStart.ApplyOn":
        return
    yield switch("snapstart", value or UNKNOWN, call.place, "PublishedVersions")

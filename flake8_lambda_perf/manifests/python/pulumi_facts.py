"""What a Pulumi program states of its Lambda functions: their arguments, and the resources that name them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flake8_lambda_perf.manifests.python import facts
from flake8_lambda_perf.manifests.python.pulumi_code import arguments, block, layer_of
from flake8_lambda_perf.manifests.python.values import Outside, Place, Plain, Value, text_of
from flake8_lambda_perf.manifests.sam_facts import MAX_LAYERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_lambda_perf.manifests.python.apps import Apps, Found
    from flake8_lambda_perf.model import Said

NUMBERS = {"memory_size": "memory", "timeout": "timeout"}
BLOCKS = {"vpc_config": "vpc", "file_system_config": "efs"}

TARGETS = {
    "apigateway.Authorizer": "authorizer",
    "apigateway.Integration": "api",
    "apigatewayv2.Authorizer": "authorizer",
    "apigatewayv2.Integration": "api",
    "cloudwatch.LogSubscriptionFilter": "logs",
    "lambda_.FunctionUrl": "url",
    "lb.TargetGroupAttachment": "alb",
    "pulumi_aws_apigateway.RouteArgs": "api",
    "s3.BucketNotificationLambdaFunctionArgs": "s3",
    "scheduler.Schedule": "schedule",
    "sns.TopicSubscription": "sns",
}
"""Resources that are given a function, by module and class."""

PRINCIPALS = {
    "apigateway": "api",
    "cognito-idp": "cognito",
    "elasticloadbalancing": "alb",
    "events": "eventbridge",
    "iot": "iot",
    "logs": "logs",
    "s3": "s3",
    "scheduler": "schedule",
    "sns": "sns",
}
"""Services that may be permitted to invoke a function."""

STREAMS = ((".sqs.", "sqs"), (".dynamodb.", "dynamodb"), (".kinesis.", "kinesis"), (".msk.", "kafka"))

_RUNTIME = re.compile(r"\.Runtime\.PYTHON(\d)D(\d+)$")


def said_of(found: Found) -> Iterator[Said]:
    """Everything that the arguments of a function state."""
    named = arguments(found.made)
    for key, value in list(named.entries.items()):
        place = facts.place_of(named, str(key), found.made.place)
        if key == "runtime":
            yield _runtime(value, place)
        elif key in NUMBERS:
            yield facts.number(NUMBERS[str(key)], value, place)
        elif key in BLOCKS:
            yield facts.flag(BLOCKS[str(key)], value, place)
        elif key == "architectures" and len(facts.items_of(value)) == 1:
            yield facts.word("architecture", facts.items_of(value)[0], place)
        elif key == "ephemeral_storage":
            yield facts.number("ephemeral_storage", block(value).get("size") or value, place)
        elif key == "snap_start":
            yield facts.switch("snapstart", block(value).get("apply_on") or value, place, "PublishedVersions")
        elif key == "layers":
            yield from (_layer(found, item, place) for item in facts.items_of(value)[:MAX_LAYERS])
        elif key == "environment":
            yield from facts.environment(block(value).get("variables"), place)


def _runtime(value: Value, place: Place) -> Said:
    known = _RUNTIME.search(value.name) if isinstance(value, Outside) else None
    if known is not None and isinstance(value, Outside):
        return facts.stated("runtime", f"python{known[1]}.{known[2]}", value.place)
    return facts.word("runtime", value, place)


def _layer(found: Found, value: Value, place: Place) -> Said:
    return facts.stated("layers", layer_of(found.program, value), value.place if isinstance(value, Plain) else place)


def note(apps: Apps, call: Outside) -> None:
    """Adds what another resource states to the functions that it names."""
    kind = TARGETS.get(".".join(facts.qualified(call)))
    values = list(call.named.entries.values())
    if call.name.endswith(".cloudwatch.EventTarget()"):
        kind = _of_rule(call.argument("rule"))
    elif call.name.endswith(".lambda_.EventSourceMapping()"):
        kind = _stream(call.argument("event_source_arn"))
    elif call.name.endswith(".lambda_.Permission()"):
        kind = PRINCIPALS.get((text_of(call.argument("principal")) or "").partition(".")[0])
    elif call.name.endswith((".lambda_.ProvisionedConcurrencyConfig()", ".lambda_.Alias()")):
        apps.add(values, facts.provisioned(call))
    if kind is not None:
        apps.add(values, [facts.stated("trigger", kind, call.place)])


def _of_rule(rule: Value | None) -> str:
    """What a rule of EventBridge waits for: a time or an event."""
    owner = rule if isinstance(rule, Outside) and rule.is_made else rule.owner if isinstance(rule, Outside) else None
    is_timed = owner is not None and owner.named.get("schedule_expression") is not None
    return "schedule" if is_timed else "eventbridge"


def _stream(source: Value | None) -> str:
    name = source.name if isinstance(source, Outside) else ""
    return next((kind for module, kind in STREAMS if module in name), "other")

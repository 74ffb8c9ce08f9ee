"""What other resources state of a function: what invokes it, and how many environments are kept ready."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from flake8_lambda_perf.manifests.sam_triggers import ARNS, MAX_EVENTS, PRINCIPALS
from flake8_lambda_perf.manifests.terraform.data import Value, as_text
from flake8_lambda_perf.manifests.terraform.settings import Settings, behind, pointed, said, settings_of

if TYPE_CHECKING:
    from flake8_lambda_perf.manifests.terraform.hcl_nodes import Block
    from flake8_lambda_perf.manifests.terraform.scopes import Instance, Scope
    from flake8_lambda_perf.manifests.terraform.values import Evaluation
    from flake8_lambda_perf.model import Said

MAX_HOPS = 5

SOURCES = {
    "aws_dynamodb_table": "dynamodb",
    "aws_kinesis_stream": "kinesis",
    "aws_kinesis_stream_consumer": "kinesis",
    "aws_mq_broker": "mq",
    "aws_msk_cluster": "kafka",
    "aws_msk_serverless_cluster": "kafka",
    "aws_sqs_queue": "sqs",
}
"""What an event source mapping reads."""

SERVICES = {"apigateway": "api", "dynamodb": "dynamodb", "kinesis": "kinesis", "kafka": "kafka", "sqs": "sqs"}
"""What the community's module takes as `service`, beside the names in principals."""

TARGETS = {
    "aws_api_gateway_authorizer": ("authorizer_uri", "authorizer"),
    "aws_apigatewayv2_authorizer": ("authorizer_uri", "authorizer"),
    "aws_lambda_event_source_mapping": ("function_name", "other"),
    "aws_lambda_function_url": ("function_name", "url"),
    "aws_lambda_permission": ("function_name", "other"),
    "aws_lambda_provisioned_concurrency_config": ("function_name", ""),
}
"""Where resources name the function that they invoke or say something of."""

Function = tuple["Scope", tuple[str, ...]]
"""A function's module and its name there: `("aws_lambda_function", "orders")`."""


class Elsewhere:
    """What the resources of all modules say of functions, by function."""

    def __init__(self, evaluation: Evaluation) -> None:
        self._evaluation = evaluation
        self._by_pointer: dict[Function, list[tuple[str | int | None, Said]]] = {}
        self._by_name: dict[str, list[Said]] = {}

    def add(self, kind: str, block: Block, instance: Instance) -> None:
        """Reads one more resource of a kind in TARGETS."""
        settings = settings_of(self._evaluation, block, instance)
        self._place(settings.get(TARGETS[kind][0]), _fact(kind, settings))

    def of(self, function: Function, key: str | int | None, name: str | None) -> Iterator[Said]:
        """What is said of one instance of a function; `name` is the one it is deployed under."""
        pointed_at = self._by_pointer.get(function, ())
        facts = (fact for index, fact in pointed_at if index is None or key is None or index == key)
        yield from islice(facts, MAX_EVENTS)
        yield from self._by_name.get(name or "", ())[:MAX_EVENTS]

    def _place(self, target: Value | None, fact: Said | None) -> None:
        for _ in range(MAX_HOPS):
            if target is None or fact is None:
                return
            if isinstance(target.data, str):
                self._by_name.setdefault(target.data, []).append(fact)
                return
            found = pointed(target)
            if found is None:
                return
            pointer, names, key = found
            if names[0] != "aws_lambda_alias":
                self._by_pointer.setdefault((pointer.scope, names), []).append((key, fact))
                return
            alias = behind(self._evaluation, target)
            target = None if alias is None else alias.get("function_name")


def _fact(kind: str, settings: Settings) -> Said | None:
    match kind:
        case "aws_lambda_permission":
            principal = settings.get("principal")
            source = settings.get("source_arn")
            if principal is None:
                return None
            return said("trigger", trigger_of_permission(settings.evaluation, principal, source), principal)
        case "aws_lambda_event_source_mapping":
            source = settings.get("event_source_arn")
            if next(settings.blocks("self_managed_event_source"), None) is not None:
                return said("trigger", "kafka", Value(None, settings.spot))
            return said("trigger", source_kind(source), source or Value(None, settings.spot))
        case "aws_lambda_provisioned_concurrency_config":
            number = settings.get("provisioned_concurrent_executions")
            value = number or Value(None, settings.spot)
            text = None if number is None else as_text(number.data)
            return said("provisioned_concurrency", None if text is None else text != "0", value)
        case _:
            return said("trigger", TARGETS[kind][1], Value(None, settings.spot))


def trigger_of_permission(evaluation: Evaluation, principal: Value, source: Value | None) -> str:
    """The kind of events that a service which may invoke a function sends."""
    service = (as_text(principal.data) or "").partition(".")[0]
    trigger = PRINCIPALS.get(service) or SERVICES.get(service, "other")
    settings = behind(evaluation, source) if trigger in ("api", "eventbridge") else None
    if settings is not None and settings.get("schedule_expression") is not None:
        return "schedule"
    if settings is not None and settings.text("protocol_type") == "WEBSOCKET":
        return "websocket"
    return trigger


def source_kind(source: Value | None) -> str:
    """The kind of events that an event source mapping reads."""
    if source is None:
        return "other"
    found = pointed(source)
    if found is not None:
        names = found[1]
        return SOURCES.get(names[1] if names[0] == "data" else names[0], "other")
    parts = (as_text(source.data) or "").split(":")
    return ARNS.get(parts[2], "other") if len(parts) > 2 else "other"

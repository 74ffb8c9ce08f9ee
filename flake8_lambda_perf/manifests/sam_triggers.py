"""What invokes the functions of a template: their events, and the resources that name them."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from flake8_lambda_perf.manifests.intrinsics import Template, at, mentioned
from flake8_lambda_perf.manifests.yaml_nodes import Mapping, Node, Scalar, Sequence, stated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_lambda_perf.model import Said

MAX_EVENTS = 100
"""Events of a function that are looked at, and values of a list or map of targets."""

MAX_RESOURCES = 2_000
"""Resources that are looked at; CloudFormation takes 500."""

MAX_NAMED = 20_000
"""Names of resources that are looked at."""

EVENTS = {
    "AlexaSkill": "other",
    "Api": "api",
    "CloudWatchEvent": "eventbridge",
    "CloudWatchLogs": "logs",
    "Cognito": "cognito",
    "DocumentDB": "other",
    "DynamoDB": "dynamodb",
    "EventBridgeRule": "eventbridge",
    "HttpApi": "api",
    "IoTRule": "iot",
    "Kinesis": "kinesis",
    "MQ": "mq",
    "MSK": "kafka",
    "S3": "s3",
    "SNS": "sns",
    "SQS": "sqs",
    "Schedule": "schedule",
    "ScheduleV2": "schedule",
    "SelfManagedKafka": "kafka",
}
"""The types of events of AWS::Serverless::Function."""

TARGETS = {
    "AWS::ApiGateway::Authorizer": (("AuthorizerUri", "authorizer"),),
    "AWS::ApiGateway::Method": (("Integration.Uri", "api"),),
    "AWS::ApiGatewayV2::Authorizer": (("AuthorizerUri", "authorizer"),),
    "AWS::ApiGatewayV2::Integration": (("IntegrationUri", "api"),),
    "AWS::AppSync::DataSource": (("LambdaConfig.LambdaFunctionArn", "other"),),
    "AWS::Cognito::UserPool": (("LambdaConfig.*", "cognito"), ("LambdaConfig.*.LambdaArn", "cognito")),
    "AWS::ElasticLoadBalancingV2::TargetGroup": (("Targets.*.Id", "alb"),),
    "AWS::Events::Rule": (("Targets.*.Arn", "eventbridge"),),
    "AWS::IoT::TopicRule": (("TopicRulePayload.Actions.*.Lambda.FunctionArn", "iot"),),
    "AWS::Lambda::EventSourceMapping": (("FunctionName", "other"),),
    "AWS::Lambda::Permission": (("FunctionName", "other"),),
    "AWS::Lambda::Url": (("TargetFunctionArn", "url"),),
    "AWS::Logs::SubscriptionFilter": (("DestinationArn", "logs"),),
    "AWS::Pipes::Pipe": (("Target", "other"), ("Enrichment", "other")),
    "AWS::S3::Bucket": (("NotificationConfiguration.LambdaConfigurations.*.Function", "s3"),),
    "AWS::SNS::Subscription": (("Endpoint", "sns"),),
    "AWS::SNS::Topic": (("Subscription.*.Endpoint", "sns"),),
    "AWS::Scheduler::Schedule": (("Target.Arn", "schedule"),),
    "AWS::Serverless::Api": (("Auth.Authorizers.*.FunctionArn", "authorizer"),),
    "AWS::Serverless::HttpApi": (("Auth.Authorizers.*.FunctionArn", "authorizer"),),
    "AWS::Serverless::StateMachine": (("DefinitionSubstitutions.*", "stepfunctions"),),
    "AWS::StepFunctions::StateMachine": (
        ("DefinitionSubstitutions.*", "stepfunctions"),
        ("DefinitionString", "stepfunctions"),
    ),
}
"""Where resources name the functions they invoke, below their properties; `*` is every value of a list or map."""

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
"""The services that a permission lets invoke a function."""

SOURCES = {
    "AWS::AmazonMQ::Broker": "mq",
    "AWS::DynamoDB::GlobalTable": "dynamodb",
    "AWS::DynamoDB::Table": "dynamodb",
    "AWS::Kinesis::Stream": "kinesis",
    "AWS::Kinesis::StreamConsumer": "kinesis",
    "AWS::MSK::Cluster": "kafka",
    "AWS::MSK::ServerlessCluster": "kafka",
    "AWS::SQS::Queue": "sqs",
    "AWS::Serverless::SimpleTable": "dynamodb",
}
"""What an event source mapping reads."""

ARNS = {"dynamodb": "dynamodb", "kafka": "kafka", "kinesis": "kinesis", "mq": "mq", "sqs": "sqs"}
"""The same by the service in an ARN."""


def of_events(template: Template, events: Node | None) -> Iterator[Said]:
    """The triggers that a function's own `Events` state."""
    for event in _each(events):
        kind = at(event, "Type")
        if isinstance(kind, Scalar):
            yield stated("trigger", EVENTS.get(kind.text, "other"), template.path, kind)


def of_resources(template: Template) -> dict[str, list[Said]]:
    """The triggers that the other resources of a template state, by the name of the function."""
    found: dict[str, list[Said]] = {}
    for name, said in islice(_targets(template), MAX_NAMED):
        if name in template.resources.entries:
            found.setdefault(name, []).append(said)
    return found


def _targets(template: Template) -> Iterator[tuple[str, Said]]:
    for entry in islice(template.resources.entries.values(), MAX_RESOURCES):
        kind = template.type_of(entry.value)
        properties = at(entry.value, "Properties")
        for path, trigger in TARGETS.get(kind or "", ()):
            for node in _below(properties, path.split(".")):
                for name in mentioned(node):
                    yield name, _said(template, kind, properties, node, trigger)


def _said(template: Template, kind: str | None, properties: Node | None, node: Node, trigger: str) -> Said:
    """What a resource that names a function states; for some the kind of trigger depends on their other properties."""
    if kind == "AWS::Lambda::Permission":
        principal = at(properties, "Principal")
        text = template.text(principal)
        trigger = _permitted(template, text.partition(".")[0] if text is not None else "", at(properties, "SourceArn"))
        node = principal if principal is not None else node
    elif kind == "AWS::Lambda::EventSourceMapping":
        trigger = _mapped(template, properties)
    elif kind == "AWS::Events::Rule" and at(properties, "ScheduleExpression") is not None:
        trigger = "schedule"
    elif kind == "AWS::ApiGatewayV2::Integration" and _is_websocket(template, at(properties, "ApiId")):
        trigger = "websocket"
    return stated("trigger", trigger, template.path, node)


def _permitted(template: Template, service: str, source: Node | None) -> str:
    trigger = PRINCIPALS.get(service, "other")
    if trigger == "eventbridge":
        rules = (template.resources.get(name) for name in mentioned(source))
        if any(at(rule, "Properties", "ScheduleExpression") is not None for rule in rules):
            return "schedule"
    if trigger == "api" and _is_websocket(template, source):
        return "websocket"
    return trigger


def _is_websocket(template: Template, node: Node | None) -> bool:
    apis = (template.resources.get(name) for name in mentioned(node))
    return any(template.text(at(api, "Properties", "ProtocolType")) == "WEBSOCKET" for api in apis)


def _mapped(template: Template, properties: Node | None) -> str:
    if at(properties, "SelfManagedEventSource") is not None:
        return "kafka"
    source = at(properties, "EventSourceArn")
    for name in mentioned(source):
        kind = SOURCES.get(template.type_of(template.resources.get(name)) or "")
        if kind is not None:
            return kind
    parts = (template.text(source) or "").split(":")
    return ARNS.get(parts[2], "other") if len(parts) > 2 else "other"


def _below(node: Node | None, path: list[str]) -> Iterator[Node]:
    if node is None or not path:
        yield from () if node is None else (node,)
    elif path[0] == "*":
        for each in _each(node):
            yield from _below(each, path[1:])
    else:
        yield from _below(at(node, path[0]), path[1:])


def _each(node: Node | None) -> Iterator[Node]:
    if isinstance(node, Mapping):
        yield from (entry.value for entry in islice(node.entries.values(), MAX_EVENTS))
    elif isinstance(node, Sequence):
        yield from node.items[:MAX_EVENTS]

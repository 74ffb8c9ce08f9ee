"""Templates and services made of any values in any place: an answer with places of the file, never a crash."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flake8_lambda_perf.manifests import read

WORDS = [
    "F", "G", "F.Arn", "${F.Arn}", "${AWS::Region}", "${!x}", "${", "python3.13", "512", "0", "", "app.handler",
    "index.handler", "run.sh", "../out", "a.zip", "PublishedVersions", "Image", "None", "AWS::NoValue", "Sizes",
    "sqs.amazonaws.com", "arn:aws:lambda:eu-west-1:1:layer:LambdaAdapterLayerX86:1", "/opt/bootstrap",
    "def handler(e, c):\n    return 1\n",
    "${self:provider}", "${self:custom.a, 'b'}", "${file(serverless.json):functions}", "${param:x}", "${sls:stage}",
    "${strToBool(${self:custom.a})}", "\ud7ff", "\u2028", "\x85", "true",
]  # fmt: skip  # one word a line would take a screen
KEYS = [
    "Ref", "Fn::Sub", "Fn::Join", "Fn::GetAtt", "Fn::If", "Fn::FindInMap", "Type", "Properties", "Variables", "Size",
    "ApplyOn", "SubnetIds", "Command", "ZipFile", "Default", "Arn", "FunctionName", "Principal", "SourceArn", "name",
    "path", "command", "authorizer", "arn", "type", "http", "sqs", "individually", "x", "F",
]  # fmt: skip  # as above
PROPERTIES = [
    "Handler", "Runtime", "MemorySize", "Timeout", "CodeUri", "Code", "InlineCode", "PackageType", "ImageUri",
    "ImageConfig", "VpcConfig", "SnapStart", "Layers", "Environment", "Events", "Architectures", "EphemeralStorage",
    "FileSystemConfigs", "ProvisionedConcurrencyConfig", "FunctionUrlConfig", "CapacityProviderConfig",
]  # fmt: skip  # as above
SETTINGS = [
    "handler", "runtime", "memorySize", "timeout", "module", "image", "layers", "environment", "events", "url", "vpc",
    "snapStart", "provisionedConcurrency", "fileSystemConfig", "architecture", "package", "capacityProvider",
]  # fmt: skip  # as above
OTHERS = [
    "AWS::Lambda::Permission", "AWS::Lambda::EventSourceMapping", "AWS::Lambda::Alias", "AWS::Events::Rule",
    "AWS::S3::Bucket", "AWS::Cognito::UserPool", "AWS::Serverless::LayerVersion", "AWS::ApiGatewayV2::Integration",
]  # fmt: skip  # as above

VALUES = st.recursive(
    st.sampled_from(WORDS) | st.none() | st.booleans() | st.integers(0, 10_000),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=3),
    max_leaves=8,
)


def block(names: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(st.sampled_from(names), VALUES, max_size=8)


TEMPLATES = st.builds(
    lambda own, defaults, parameters, kind, other: {
        "Globals": {"Function": defaults},
        "Parameters": {"F": parameters},
        "Mappings": {"Sizes": parameters},
        "Resources": {
            "F": {"Type": "AWS::Serverless::Function", "Properties": own, "Metadata": parameters},
            "G": {"Type": "AWS::Lambda::Function", "Properties": {"Handler": "index.handler", **own}},
            "H": {"Type": kind, "Properties": other},
            "Fn::ForEach::L": ["F", parameters, {"L${F}": {"Type": "AWS::Lambda::Function", "Properties": own}}],
            "N": {
                "Type": "AWS::CloudFormation::Stack",
                "Properties": {"TemplateURL": "template.json", "Parameters": parameters},
            },
        },
    },
    block(PROPERTIES),
    block(PROPERTIES),
    VALUES,
    st.sampled_from(OTHERS),
    block([*KEYS, "Targets", "NotificationConfiguration", "LambdaConfig", "IntegrationUri", "EventSourceArn"]),
)
SERVICES = st.builds(
    lambda own, provider, custom: {
        "provider": {"name": "aws", **provider},
        "custom": {"a": custom},
        "params": {"default": {"x": custom}},
        "layers": custom,
        "functions": {"F": own, "G": {"handler": "app.handler", **own}, "H": custom},
    },
    block(SETTINGS),
    block([*SETTINGS, "ecr", "httpApi", "stage"]),
    VALUES,
)


def check(root: Path, name: str, text: str) -> None:
    """Demand that whatever is said has a place in the file, and its text there."""
    (root / name).write_text(text, encoding="utf-8", newline="")
    deployed, problems = read(root, [name])
    lines = text.split("\n")
    assert all(problem.path == name and problem.message for problem in problems)
    for fact in (fact for each in deployed for fact in each.said):
        assert 1 <= fact.line <= len(lines)
        assert lines[fact.line - 1][fact.column - 1 :].startswith(fact.text)
    for code in (each.inline for each in deployed if each.inline is not None):
        places = code.places()
        assert all(0 <= places.of(offset) < len(text) for offset in range(len(code.text)))


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TEMPLATES)
def test_any_template_is_read(tmp_path: Path, template: dict[str, Any]) -> None:
    check(tmp_path, "template.json", json.dumps(template, indent=1))


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(SERVICES)
def test_any_service_is_read(tmp_path: Path, service: dict[str, Any]) -> None:
    check(tmp_path, "serverless.json", json.dumps(service, indent=1))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TEMPLATES)
def test_any_template_is_read_without_quotes_where_yaml_allows(tmp_path: Path, template: dict[str, Any]) -> None:
    plain = json.dumps(template, indent=1).replace('"512"', "&m 512").replace('"true"', "!Ref F")
    check(tmp_path, "template.yaml", plain)

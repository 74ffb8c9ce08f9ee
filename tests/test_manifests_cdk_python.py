"""What the constructs of CDK apps in Python declare and state."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from deployment_programs import CODE, FUNCTION, PLAIN, declared, in_short, said, stack


def test_a_function_takes_everything_that_its_call_states(tmp_path: Path) -> None:
    lines = [
        'vpc = ec2.Vpc(self, "Vpc")',
        'fn = _lambda.Function(self, "Orders",',
        '    description="größer", runtime=_lambda.Runtime.PYTHON_3_12, handler="orders.handler",',
        '    code=_lambda.Code.from_asset("src", exclude=["*.md"]), memory_size=512, timeout=Duration.seconds(30),',
        "    architecture=_lambda.Architecture.ARM_64, vpc=vpc,",
        "    snap_start=_lambda.SnapStartConf.ON_PUBLISHED_VERSIONS, ephemeral_storage_size=Size.gibibytes(1),",
        '    environment={"TABLE": "orders", "URL": vpc.vpc_id},',
        '    filesystem=_lambda.FileSystem.from_efs_access_point(None, "/mnt"))',
    ]
    text = stack(*lines)
    assert declared(tmp_path, {**CODE, "app.py": text}) == (
        replace(
            PLAIN,
            line=6,
            memory=512,
            timeout=30,
            architecture="arm64",
            vpc=True,
            snapstart=True,
            ephemeral_storage=1024,
            efs=True,
            said=(
                said(text, "runtime", "python3.12", "_lambda.Runtime", "_lambda.Runtime.PYTHON_3_12"),
                said(text, "memory", 512, "512", "512"),
                said(text, "timeout", 30, "30)", "30"),
                said(text, "architecture", "arm64", "_lambda.Architecture", "_lambda.Architecture.ARM_64"),
                said(text, "vpc", True, "vpc,\n"),
                said(text, "snapstart", True, "_lambda.SnapStartConf"),
                said(text, "ephemeral_storage", 1024, "Size.gibibytes"),
                said(text, "efs", True, "_lambda.FileSystem"),
                said(text, "environment.TABLE", "orders", '"orders",', '"orders"'),
                said(text, "environment.URL", None, "vpc.vpc_id"),
            ),
        ),
    )


def test_a_python_function_is_a_folder_a_file_and_a_function(tmp_path: Path) -> None:
    lines = [
        'PythonFunction(self, "Default", entry="src", runtime=_lambda.Runtime.PYTHON_3_13)',
        'PythonFunction(self, "Named", entry="src", index="api/orders.py", handler="run",',
        "    runtime=_lambda.Runtime.PYTHON_3_13)",
    ]
    text = "from aws_cdk.aws_lambda_python_alpha import PythonFunction\n" + stack(*lines)
    assert [in_short(one) for one in declared(tmp_path, {**CODE, "app.py": text})] == [
        "app.py:6 Default index.handler in 'src'",
        "app.py:7 Named api/orders.run in 'src'",
    ]


def test_an_image_runs_the_command_that_is_given_else_that_of_its_dockerfile(tmp_path: Path) -> None:
    image = 'code=_lambda.DockerImageCode.from_image_asset("{}"{}))'
    lines = [
        '_lambda.DockerImageFunction(self, "Given", ' + image.format("img", ', cmd=["orders.run"]'),
        '_lambda.DockerImageFunction(self, "Default", ' + image.format("img", ""),
        '_lambda.DockerImageFunction(self, "Other", ' + image.format(".", ', file="img/Dockerfile.node"'),
        '_lambda.DockerImageFunction(self, "Elsewhere",',
        '    code=_lambda.DockerImageCode.from_ecr(None, cmd=["orders.run"]))',
    ]
    files = {
        "cdk.json": "",
        "img/Dockerfile": 'FROM public.ecr.aws/lambda/python:3.12\nCOPY orders.py ./\nCMD ["orders.handler"]\n',
        "img/Dockerfile.node": 'FROM public.ecr.aws/lambda/nodejs:20\nCMD ["index.handler"]\n',
        "img/orders.py": "",
    }
    found = declared(tmp_path, {**files, "app.py": stack(*lines)})
    assert [(in_short(one), one.package, one.runtime) for one in found] == [
        ("app.py:5 Given orders.run in 'img'", "image", "python3.12"),
        ("app.py:6 Default orders.handler in 'img'", "image", "python3.12"),
    ]


def test_code_in_the_program_is_a_file_of_its_own(tmp_path: Path) -> None:
    text = '''\
from textwrap import dedent
from aws_cdk import aws_lambda as _lambda
R = _lambda.Runtime.PYTHON_3_12
_lambda.Function(None, "Inline", runtime=R, handler="index.main", code=_lambda.Code.from_inline(dedent("""
    def main(event, context):
        return 1
""")))
'''
    (found,) = declared(tmp_path, {"cdk.json": "", "app.py": text})
    assert found.root == "app.py#Inline"
    assert found.inline is not None
    start = text.index("def main")
    assert found.inline.text == "\ndef main(event, context):\n    return 1\n"
    assert found.inline.places().of(found.inline.text.index("return")) == start + text[start:].index("return")


def test_code_that_the_program_reads_from_a_file_is_that_file(tmp_path: Path) -> None:
    text = """\
from pathlib import Path
from aws_cdk import aws_lambda as _lambda
R = _lambda.Runtime.PYTHON_3_12
with open("src/orders.py", encoding="utf8") as file:
    text = file.read()
_lambda.Function(None, "Opened", runtime=R, handler="index.main", code=_lambda.InlineCode(text))
_lambda.Function(None, "Read", runtime=R, handler="index.main",
    code=_lambda.Code.from_inline((Path(__file__).parent / "src" / "orders.py").read_text()))
"""
    assert [in_short(one) for one in declared(tmp_path, {**CODE, "app.py": text})] == [
        "app.py:6 Opened orders.main in 'src'",
        "app.py:7 Read orders.main in 'src'",
    ]


def test_other_constructs_that_declare_a_function_are_known(tmp_path: Path) -> None:
    kinds = ("_lambda.SingletonFunction", "cf.experimental.EdgeFunction", "triggers.TriggerFunction")
    lines = [f'{kind}(self, "Orders", {FUNCTION})' for kind in kinds]
    lines += [
        f'solution(self, "Queue", lambda_function_props=_lambda.FunctionProps({FUNCTION}))',
        '_lambda.CfnFunction(self, "Cfn", code=_lambda.CfnFunction.CodeProperty(s3_bucket="b", s3_key="k"), role="r",',
        '    handler="orders.handler", runtime="python3.11", memory_size=256, timeout=5, architectures=["arm64"],',
        "    snap_start=_lambda.CfnFunction.SnapStartProperty(apply_on='PublishedVersions'),",
        "    ephemeral_storage=_lambda.CfnFunction.EphemeralStorageProperty(size=600),",
        "    environment=_lambda.CfnFunction.EnvironmentProperty(variables={'A': 'b'}))",
    ]
    text = "from aws_cdk import aws_cloudfront as cf, triggers\nfrom solutions import solution\n" + stack(*lines)
    *plain, cfn = declared(tmp_path, {**CODE, "app.py": text})
    assert [in_short(one) for one in plain] == [
        "app.py:7 Orders orders.handler in 'src'",
        "app.py:8 Orders orders.handler in 'src'",
        "app.py:9 Orders orders.handler in 'src'",
        "app.py:10 FunctionProps orders.handler in 'src'",
    ]
    assert cfn == replace(
        PLAIN,
        resource="Cfn",
        line=11,
        root=None,
        runtime="python3.11",
        memory=256,
        timeout=5,
        architecture="arm64",
        snapstart=True,
        ephemeral_storage=600,
        said=(
            said(text, "runtime", "python3.11", '"python3.11"', '"python3.11"'),
            said(text, "memory", 256, "256", "256"),
            said(text, "timeout", 5, "5, arch", "5"),
            said(text, "architecture", "arm64", '"arm64"', '"arm64"'),
            said(text, "snapstart", True, "'PublishedVersions'", "'PublishedVersions'"),
            said(text, "ephemeral_storage", 600, "600", "600"),
            said(text, "environment.A", "b", "'b'", "'b'"),
        ),
    )


@pytest.mark.parametrize(
    "lines",
    [
        ['_lambda.Function(self, "Node", runtime=_lambda.Runtime.NODEJS_20_X, handler="index.handler")'],
        ['_lambda.Function(self, "Node", runtime=_lambda.determine_latest_node_runtime(self), handler="a.b")'],
        ['cloudfront.Function(self, "Edge", handler="orders.handler", code=cloudfront.FunctionCode.from_file("src"))'],
        [f'other.Function(self, "Orders", {FUNCTION})'],
        [f'_lambda.Function(self, "Orders", {FUNCTION})'.replace('"orders.handler"', "kwargs['handler']")],
        ['_lambda.Function(self, "Any", handler="orders.handler", code=_lambda.Code.from_bucket(None, "k"))'],
        [f'print("""_lambda.Function(self, "Orders", {FUNCTION})""".replace("a", "b"))'],
        ["if False:", f'    _lambda.Function(self, "Orders", {FUNCTION})'],
        ["return", f'_lambda.Function(self, "Orders", {FUNCTION})'],
    ],
)
def test_what_declares_no_python_function_is_left_alone(lines: list[str], tmp_path: Path) -> None:
    text = "from aws_cdk import aws_cloudfront as cloudfront\nimport other\n" + stack(*lines)
    assert declared(tmp_path, {**CODE, "app.py": text}) == ()


def test_a_test_of_an_app_declares_nothing(tmp_path: Path) -> None:
    text = stack(f'_lambda.Function(self, "Orders", {FUNCTION})')
    assert declared(tmp_path, {**CODE, "tests/test_stack.py": text}) == ()


def test_layers_are_folders_or_addresses(tmp_path: Path) -> None:
    lines = [
        'own = _lambda.LayerVersion(self, "Own", code=_lambda.Code.from_asset("layers/own"))',
        'other = _lambda.LayerVersion.from_layer_version_arn(self, "Other", "arn:aws:lambda:eu-west-1:1:layer:x:1")',
        'third = alpha.PythonLayerVersion(self, "Third", entry="layers/third")',
        f'fn = _lambda.Function(self, "Orders", {FUNCTION}, layers=[own, other])',
        "fn.add_layers(third)",
    ]
    text = "from aws_cdk import aws_lambda_python_alpha as alpha\n" + stack(*lines)
    (found,) = declared(tmp_path, {**CODE, "layers/own/a.txt": "", "layers/third/a.txt": "", "app.py": text})
    assert found.layers == ("layers/own", "layers/third")
    assert [fact for fact in found.said if fact.name == "layers"] == [
        said(text, "layers", "layers/own", "_lambda.LayerVersion(self"),
        said(text, "layers", "arn:aws:lambda:eu-west-1:1:layer:x:1", "_lambda.LayerVersion.from"),
        said(text, "layers", "layers/third", "alpha.PythonLayerVersion"),
    ]


TRIGGERS = {
    "fn.add_event_source(sources.SqsEventSource(queue))": "sqs",
    "fn.add_event_source(sources.DynamoEventSource(table, starting_position=None))": "dynamodb",
    "fn.add_event_source(unknown)": "other",
    'fn.add_event_source_mapping("M", event_source_arn=sqs.Queue(self, "Q").queue_arn)': "sqs",
    '_lambda.EventSourceMapping(self, "M", target=fn, kafka_topic="t")': "kafka",
    "fn.add_function_url()": "url",
    'apigateway.LambdaRestApi(self, "Api", handler=fn)': "api",
    'apigateway.RestApi(self, "Api").root.add_method("GET", apigateway.LambdaIntegration(fn))': "api",
    'integrations.HttpLambdaIntegration("I", fn)': "api",
    'apigateway.TokenAuthorizer(self, "A", handler=fn)': "authorizer",
    'events.Rule(self, "R", schedule=events.Schedule.rate(1), targets=[targets.LambdaFunction(fn)])': "schedule",
    'events.Rule(self, "R", event_pattern={}).add_target(targets.LambdaFunction(fn))': "eventbridge",
    "bucket.add_event_notification(None, notifications.LambdaDestination(fn))": "s3",
    "topic.add_subscription(subscriptions.LambdaSubscription(fn))": "sns",
    'tasks.LambdaInvoke(self, "T", lambda_function=fn.current_version)': "stepfunctions",
    'cognito.UserPool(self, "P").add_trigger(None, fn)': "cognito",
    'tasks.LambdaInvoke(self, "T", _lambda.Alias(self, "A", version=fn.current_version))': "stepfunctions",
}


@pytest.mark.parametrize(("line", "kind"), TRIGGERS.items())
def test_what_is_given_a_function_invokes_it(line: str, kind: str, tmp_path: Path) -> None:
    imports = """\
from aws_cdk import (aws_apigateway as apigateway, aws_apigatewayv2_integrations as integrations,
    aws_cognito as cognito, aws_events as events, aws_events_targets as targets,
    aws_lambda_event_sources as sources, aws_sqs as sqs,
    aws_s3_notifications as notifications, aws_sns_subscriptions as subscriptions, aws_stepfunctions_tasks as tasks)
from lib import bucket, topic, queue, table, unknown
"""
    text = imports + stack(f'fn = _lambda.Function(self, "Orders", {FUNCTION})', line)
    (found,) = declared(tmp_path, {**CODE, "app.py": text})
    assert [(fact.value, fact.line) for fact in found.said if fact.name == "trigger"] == [(kind, 11)]


def test_a_function_that_is_handed_on_and_calls_another_is_not_invoked(tmp_path: Path) -> None:
    lines = [f'fn = _lambda.Function(self, "Orders", {FUNCTION})', "fn.grant_invoke(self.role)", "print(fn)"]
    (found,) = declared(tmp_path, {**CODE, "app.py": stack(*lines)})
    assert found.triggers == ()


@pytest.mark.parametrize(
    ("lines", "value"),
    [
        (['fn.add_alias("live", provisioned_concurrent_executions=2)'], True),
        (['_lambda.Alias(self, "L", version=fn.current_version, provisioned_concurrent_executions=2)'], True),
        (['_lambda.Version(self, "V", lambda_=fn, provisioned_concurrent_executions=0)'], False),
        (['_lambda.Version(self, "V", lambda_=fn)', 'fn.add_alias("x")'], False),
        (['fn.current_version.add_alias("live", provisioned_concurrent_executions=self.count)'], None),
    ],
)
def test_an_alias_or_version_keeps_environments_ready(lines: list[str], value: bool | None, tmp_path: Path) -> None:
    text = stack(f'fn = _lambda.Function(self, "Orders", {FUNCTION})', *lines)
    (found,) = declared(tmp_path, {**CODE, "app.py": text})
    assert found.provisioned_concurrency is value


def test_the_environment_and_snapstart_may_be_added_later(tmp_path: Path) -> None:
    lines = [
        f'fn = _lambda.Function(self, "Orders", {FUNCTION}, environment={{"A": "1"}})',
        'fn.add_environment("B", "2")',
        'fn.node.default_child.add_property_override("SnapStart", {"ApplyOn": "PublishedVersions"})',
    ]
    (found,) = declared(tmp_path, {**CODE, "app.py": stack(*lines)})
    assert (found.environment, found.snapstart) == (("A", "B"), True)


def test_the_web_adapter_serves_the_application_of_its_script(tmp_path: Path) -> None:
    lines = [
        '_lambda.Function(self, "Web", runtime=_lambda.Runtime.PYTHON_3_12, handler="run.sh",',
        '    code=_lambda.Code.from_asset("src"), environment={"AWS_LAMBDA_EXEC_WRAPPER": "/opt/bootstrap"})',
    ]
    files = {**CODE, "src/run.sh": "#!/bin/sh\nexec uvicorn main:app\n", "app.py": stack(*lines)}
    (found,) = declared(tmp_path, files)
    assert (found.handler, found.root, found.web_adapter) == ("main.app", "src", True)


def test_a_handler_that_is_replaced_later_counts(tmp_path: Path) -> None:
    lines = [
        f'fn = _lambda.Function(self, "Orders", {FUNCTION})',
        'fn.node.default_child.add_property_override("Handler", "orders.other")',
    ]
    (found,) = declared(tmp_path, {**CODE, "app.py": stack(*lines)})
    assert (found.handler, found.root) == ("orders.other", "src")


def test_the_container_that_builds_the_code_copies_it_from_beside_its_dockerfile(tmp_path: Path) -> None:
    code = '_lambda.Code.from_docker_build(path=".", file="api/Dockerfile")'
    lines = [f'_lambda.Function(self, "Orders", {FUNCTION.partition(", code")[0]}, code={code})']
    (found,) = declared(tmp_path, {"cdk.json": "", "api/orders.py": "", "app.py": stack(*lines)})
    assert found.root == "api"

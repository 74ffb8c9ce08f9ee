"""What Pulumi programs in Python declare."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from deployment_programs import PLAIN, declared, in_short, reading
from places import told

from flake8_lambda_perf.manifests.inline import Piece
from flake8_lambda_perf.model import Problem

CODE = {"infra/Pulumi.yaml": "runtime: python\n", "infra/app/orders.py": "def handler(event, context): ...\n"}
IMPORTS = "import pulumi\nimport pulumi_aws as aws\n"
FUNCTION = 'aws.lambda_.Function("orders", runtime="python3.12", handler="orders.handler", {})\n'
FILES = FUNCTION.format('code=pulumi.FileArchive("./app")')
said = partial(told, "infra/__main__.py")


def test_a_function_takes_everything_that_its_arguments_state(tmp_path: Path) -> None:
    text = f"""{IMPORTS}
fn = aws.lambda_.Function(
    "orders", runtime="python3.12", handler="orders.handler", code=pulumi.FileArchive("./app"),
    memory_size=512, timeout=30, architectures=["arm64"], ephemeral_storage={{"size": 1024}},
    vpc_config=aws.lambda_.FunctionVpcConfigArgs(subnet_ids=[]), file_system_config={{"arn": "a"}},
    snap_start={{"apply_on": "PublishedVersions"}}, layers=["arn:aws:lambda:x"],
    environment=aws.lambda_.FunctionEnvironmentArgs(variables={{"TABLE": "orders", "KEY": pulumi.Config().get("k")}}))
"""
    assert declared(tmp_path, {**CODE, "infra/__main__.py": text}) == (
        replace(
            PLAIN,
            root="infra/app",
            manifest="infra/__main__.py",
            line=4,
            resource="orders",
            memory=512,
            timeout=30,
            architecture="arm64",
            ephemeral_storage=1024,
            vpc=True,
            efs=True,
            snapstart=True,
            said=(
                said(text, "runtime", "python3.12", '"python3.12"', '"python3.12"'),
                said(text, "memory", 512, "512", "512"),
                said(text, "timeout", 30, "30,", "30"),
                said(text, "architecture", "arm64", '"arm64"', '"arm64"'),
                said(text, "ephemeral_storage", 1024, "1024", "1024"),
                said(text, "vpc", True, "aws.lambda_.FunctionVpcConfigArgs"),
                said(text, "efs", True, '{"arn"'),
                said(text, "snapstart", True, '"PublishedVersions"', '"PublishedVersions"'),
                said(text, "layers", "arn:aws:lambda:x", '"arn:aws'),
                said(text, "environment.TABLE", "orders", '"orders", "KEY"', '"orders"'),
                said(text, "environment.KEY", None, "pulumi.Config"),
            ),
        ),
    )


@pytest.mark.parametrize(
    ("code", "short"),
    [
        ('pulumi.FileArchive("app")', "orders.handler in 'infra/app'"),
        ('pulumi.AssetArchive({".": pulumi.FileArchive("./app")})', "orders.handler in 'infra/app'"),
        ('AssetArchive(assets={"orders.py": pulumi.FileAsset("app/orders.py")})', "orders.handler in 'infra/app'"),
        ('pulumi.AssetArchive({"orders.py": pulumi.FileAsset("../lib/run.py")})', "run.handler in 'lib'"),
        ('pulumi.AssetArchive({"a.txt": pulumi.FileAsset("a.txt"), ".": pulumi.FileArchive("app")})',
         "orders.handler in 'infra/app'"),
        ('pulumi.asset.FileArchive(os.path.join(os.path.dirname(__file__), "app"))', "orders.handler in 'infra/app'"),
        ('pulumi.FileArchive("app/all.zip")', "orders.handler in 'infra/app'"),
        ('pulumi.FileArchive("dist/all.zip")', "orders.handler in None"),
        ('pulumi.RemoteArchive("https://example.com/a.zip")', "orders.handler in None"),
    ],
)  # fmt: skip  # one case a line
def test_an_archive_is_a_folder_or_entries(code: str, short: str, tmp_path: Path) -> None:
    text = "import os\nfrom pulumi import AssetArchive\n" + IMPORTS + FUNCTION.format(f"code={code}")
    files = {**CODE, "lib/run.py": "", "infra/__main__.py": text}
    assert [in_short(one).partition("orders ")[2] for one in declared(tmp_path, files)] == [short]


def test_a_folder_in_an_archive_is_a_package(tmp_path: Path) -> None:
    text = IMPORTS + 'aws.lambda_.Function("a", runtime="python3.12", handler="pkg.orders.handler",\n'
    text += '    code=pulumi.AssetArchive({"pkg": pulumi.FileArchive("app")}))\n'
    assert [in_short(one) for one in declared(tmp_path, {**CODE, "infra/__main__.py": text})] == [
        "infra/__main__.py:3 a orders.handler in 'infra/app'"
    ]


def test_code_in_the_program_is_a_file_of_its_own(tmp_path: Path) -> None:
    text = IMPORTS + 'aws.lambda_.Function("a", runtime="python3.12", handler="index.main",\n'
    text += '    code=pulumi.AssetArchive({"index.py": pulumi.StringAsset("def main(event, context): ...")}))\n'
    (found,) = declared(tmp_path, {**CODE, "infra/__main__.py": text})
    code = "def main(event, context): ..."
    assert found.root == "infra/__main__.py#a"
    assert found.inline is not None
    assert [piece for piece in found.inline.pieces if piece.text] == [Piece(code, text.index(code))]


@pytest.mark.parametrize(
    "program",
    [
        'for name, handler in {"orders": "orders.handler", "users": "users.handler"}.items():\n make(name, handler)\n',
        'ALL = {n: {"of": f"{n}.handler"} for n in ["orders", "users"]}\nfor n in ALL:\n make(n, ALL[n]["of"])\n',
        'made = [make(n, n + ".handler") for n in ("orders", "users")]\n',
        'Made("orders", pulumi.ResourceOptions())\nMade("users")\n',
    ],
)
def test_handlers_in_dictionaries_and_components_are_followed(program: str, tmp_path: Path) -> None:
    text = f"""{IMPORTS}
def make(name, handler, opts=None):
    args = aws.lambda_.FunctionArgs(runtime=aws.lambda_.Runtime.PYTHON3D12, handler=handler,
                                    code=pulumi.FileArchive("app"), memory_size=256)
    return aws.lambda_.Function(name, args, opts=opts)
class Made(pulumi.ComponentResource):
    def __init__(self, name, opts=None):
        super().__init__("my:index:Made", name, None, opts)
        self.function = make(name, f"{{name}}.handler", pulumi.ResourceOptions(parent=self))
{program}"""
    found = declared(tmp_path, {**CODE, "infra/app/users.py": "", "infra/__main__.py": text})
    assert [(one.resource, one.handler, one.root, one.runtime, one.memory) for one in found] == [
        ("orders", "orders.handler", "infra/app", "python3.12", 256),
        ("users", "users.handler", "infra/app", "python3.12", 256),
    ]


@pytest.mark.parametrize(
    ("line", "kind"),
    {
        'aws.lambda_.EventSourceMapping("m", event_source_arn=aws.sqs.Queue("q").arn, function_name=fn.arn)': "sqs",
        'aws.lambda_.EventSourceMapping("m", event_source_arn=source, function_name=fn.name)': "other",
        'aws.lambda_.Permission("p", principal="apigateway.amazonaws.com", function=fn)': "api",
        'aws.lambda_.FunctionUrl("u", function_name=fn.name)': "url",
        'aws.cloudwatch.EventTarget("t", rule=timer.name, arn=fn.arn)': "schedule",
        'aws.cloudwatch.EventTarget("t", rule="r", arn=fn.arn)': "eventbridge",
        'aws.sns.TopicSubscription("s", protocol="lambda", endpoint=fn.arn)': "sns",
        'aws.apigatewayv2.Integration("i", integration_uri=fn.invoke_arn.apply(lambda uri: uri))': "api",
    }.items(),
)
def test_what_names_a_function_invokes_it(line: str, kind: str, tmp_path: Path) -> None:
    timer = 'timer = aws.cloudwatch.EventRule("r", schedule_expression="rate(1 minute)")\n'
    text = f"{IMPORTS}from lib import source\n{timer}fn = {FILES}{line}\n"
    (found,) = declared(tmp_path, {**CODE, "infra/__main__.py": text})
    assert [(fact.value, fact.line) for fact in found.said if fact.name == "trigger"] == [(kind, 6)]


def test_provisioned_concurrency_is_a_resource_of_its_own(tmp_path: Path) -> None:
    more = 'aws.lambda_.ProvisionedConcurrencyConfig("p", function_name=fn.name, provisioned_concurrent_executions=1)\n'
    (found,) = declared(tmp_path, {**CODE, "infra/__main__.py": f"{IMPORTS}fn = {FILES}{more}"})
    assert found.provisioned_concurrency is True


def test_layers_are_folders_or_addresses(tmp_path: Path) -> None:
    layer = 'own = aws.lambda_.LayerVersion("own", code=pulumi.FileArchive("layer"))\n'
    text = IMPORTS + layer + FUNCTION.format('code=pulumi.FileArchive("app"), layers=[own.arn, "arn:aws:lambda:x"]')
    (found,) = declared(tmp_path, {**CODE, "infra/layer/a.txt": "", "infra/__main__.py": text})
    assert found.layers == ("infra/layer",)


def test_an_image_runs_its_command_else_that_of_the_dockerfile_it_is_built_from(tmp_path: Path) -> None:
    text = f"""{IMPORTS}import pulumi_awsx as awsx
image = awsx.ecr.Image("i", repository_url="r", context="./app")
aws.lambda_.Function("default", package_type="Image", image_uri=image.image_uri)
aws.lambda_.Function("given", package_type="Image", image_uri=image.image_uri,
    image_config=aws.lambda_.FunctionImageConfigArgs(commands=["orders.other"]))
aws.lambda_.Function("elsewhere", package_type="Image", image_uri="1.dkr.ecr.eu-west-1.amazonaws.com/a:1")
"""
    docker = 'FROM public.ecr.aws/lambda/python:3.12\nCOPY orders.py ./\nCMD ["orders.handler"]\n'
    found = declared(tmp_path, {**CODE, "infra/app/Dockerfile": docker, "infra/__main__.py": text})
    assert [(in_short(one), one.package) for one in found] == [
        ("infra/__main__.py:5 default orders.handler in 'infra/app'", "image"),
        ("infra/__main__.py:6 given orders.other in 'infra/app'", "image"),
    ]


@pytest.mark.parametrize(
    "line",
    [
        FILES.replace("python3.12", "nodejs20.x"),
        FILES.replace("aws.lambda_", "other.lambda_"),
        FILES.replace('"orders.handler"', "pulumi.Config().get('handler')"),
    ],
)
def test_what_declares_no_python_function_is_left_alone(line: str, tmp_path: Path) -> None:
    assert declared(tmp_path, {**CODE, "infra/__main__.py": f"{IMPORTS}import other\n{line}"}) == ()


def test_an_archive_out_of_the_project_is_a_problem(tmp_path: Path) -> None:
    text = IMPORTS + FUNCTION.format('code=pulumi.FileArchive("../../elsewhere")')
    deployed, problems = reading(tmp_path, {**CODE, "infra/__main__.py": text})
    assert deployed == ()
    assert problems == (
        Problem(
            "infra/__main__.py",
            3,
            "FileArchive `../../elsewhere` leads out of the project, and nothing there is read; "
            "run on a folder that holds both, or name the handler in `handlers`",
        ),
    )

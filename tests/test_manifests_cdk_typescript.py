"""What the constructs of CDK apps in TypeScript declare and state."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from deployment_programs import in_short
from typescript_programs import CODE, FUNCTION, LIBRARY, PLAIN, RUNTIME, declared, reading, said, stack

from flake8_lambda_perf.model import Problem


def test_a_function_takes_everything_that_its_properties_state(tmp_path: Path) -> None:
    lines = [
        'const vpc = new ec2.Vpc(this, "Vpc");',
        'new lambda.Function(this, "Orders", {',
        '  description: "größer", runtime: lambda.Runtime.PYTHON_3_12, handler: "orders.handler",',
        '  code: lambda.Code.fromAsset("src", {exclude: ["*.md"]}), memorySize: 512, timeout: Duration.seconds(30),',
        "  architecture: lambda.Architecture.ARM_64, vpc,",
        "  snapStart: lambda.SnapStartConf.ON_PUBLISHED_VERSIONS, ephemeralStorageSize: Size.gibibytes(1),",
        '  environment: {TABLE: "orders", "URL": vpc.vpcId},',
        '  filesystem: lambda.FileSystem.fromEfsAccessPoint(null, "/mnt"),',
        "});",
    ]
    text = stack(*lines)
    assert declared(tmp_path, {**CODE, "app.ts": text}) == (
        replace(
            PLAIN,
            line=7,
            memory=512,
            timeout=30,
            architecture="arm64",
            vpc=True,
            snapstart=True,
            ephemeral_storage=1024,
            efs=True,
            said=(
                said(text, "runtime", "python3.12", "lambda.Runtime.PYTHON_3_12", "lambda.Runtime.PYTHON_3_12"),
                said(text, "memory", 512, "512", "512"),
                said(text, "timeout", 30, "30)", "30"),
                said(text, "architecture", "arm64", "lambda.Architecture", "lambda.Architecture.ARM_64"),
                said(text, "vpc", True, "vpc,\n"),
                said(text, "snapstart", True, "lambda.SnapStartConf"),
                said(text, "efs", True, "lambda.FileSystem"),
                said(text, "ephemeral_storage", 1024, "Size.gibibytes"),
                said(text, "environment.TABLE", "orders", '"orders",', '"orders"'),
                said(text, "environment.URL", None, "vpc.vpcId"),
            ),
        ),
    )


def test_a_python_function_is_a_folder_a_file_and_a_function(tmp_path: Path) -> None:
    lines = [
        f'new PythonFunction(this, "Default", {{entry: "src", {RUNTIME}}});',
        f'new PythonFunction(this, "Named", {{entry: `src`, index: "api/orders.py", handler: "run", {RUNTIME}}});',
    ]
    text = 'import { PythonFunction } from "@aws-cdk/aws-lambda-python-alpha";\n' + stack(*lines)
    assert [in_short(one) for one in declared(tmp_path, {**CODE, "app.ts": text})] == [
        "app.ts:7 Default index.handler in 'src'",
        "app.ts:8 Named api/orders.run in 'src'",
    ]


def test_an_image_runs_the_command_that_is_given_else_that_of_its_dockerfile(tmp_path: Path) -> None:
    image = "code: lambda.DockerImageCode.fromImageAsset({})}});"
    lines = [
        'new lambda.DockerImageFunction(this, "Given", {' + image.format('"img", {cmd: ["orders.run"]}'),
        'new lambda.DockerImageFunction(this, "Default", {' + image.format('"img"'),
        'new lambda.DockerImageFunction(this, "Other", {' + image.format('".", {file: "img/Dockerfile.node"}'),
        'new lambda.DockerImageFunction(this, "Elsewhere", {',
        '  code: lambda.DockerImageCode.fromEcr(repository, {cmd: ["orders.run"]})});',
    ]
    files = {
        "cdk.json": "",
        "img/Dockerfile": 'FROM public.ecr.aws/lambda/python:3.12\nCOPY orders.py ./\nCMD ["orders.handler"]\n',
        "img/Dockerfile.node": 'FROM public.ecr.aws/lambda/nodejs:20\nCMD ["index.handler"]\n',
        "img/orders.py": "",
    }
    found = declared(tmp_path, {**files, "app.ts": stack(*lines)})
    assert [(in_short(one), one.package, one.runtime) for one in found] == [
        ("app.ts:6 Given orders.run in 'img'", "image", "python3.12"),
        ("app.ts:7 Default orders.handler in 'img'", "image", "python3.12"),
    ]


def test_code_in_the_program_is_a_file_of_its_own(tmp_path: Path) -> None:
    text = f"""\
{LIBRARY}new lambda.Function(s, "Inline", {{{RUNTIME}, handler: "index.main", code: lambda.Code.fromInline(`
import os
def main(event, context):
    return "${{bucket.name}}"
`)}});
"""
    (found,) = declared(tmp_path, {"cdk.json": "", "app.ts": text})
    assert found.root == "app.ts#Inline"
    assert found.inline is not None
    assert found.inline.text == '\nimport os\ndef main(event, context):\n    return "v_bucket_name_"\n'
    assert found.inline.places().of(found.inline.text.index("return")) == text.index("return")


def test_code_that_the_program_reads_from_a_file_is_that_file(tmp_path: Path) -> None:
    text = f"""\
import * as fs from "fs";
import * as path from "node:path";
{LIBRARY}const given = {{{RUNTIME}, handler: "index.main"}};
const text = fs.readFileSync(path.join(__dirname, "src", "orders.py"), "utf8");
new lambda.Function(s, "Kept", {{...given, code: lambda.Code.fromInline(text)}});
new lambda.Function(s, "Read", {{...given, code: new lambda.InlineCode(fs.readFileSync("src/orders.py").toString())}});
"""
    assert [in_short(one) for one in declared(tmp_path, {**CODE, "app.ts": text})] == [
        "app.ts:6 Kept orders.main in 'src'",
        "app.ts:7 Read orders.main in 'src'",
    ]


def test_code_of_a_folder_that_is_uploaded_lies_in_that_folder(tmp_path: Path) -> None:
    lines = [
        'const asset = new assets.Asset(this, "Asset", {path: "src"});',
        f'new lambda.Function(this, "Orders", {{{RUNTIME}, handler: "orders.handler",',
        "  code: lambda.Code.fromBucket(asset.bucket, asset.s3ObjectKey)});",
    ]
    text = 'import { aws_s3_assets as assets } from "aws-cdk-lib";\n' + stack(*lines)
    (found,) = declared(tmp_path, {**CODE, "app.ts": text})
    assert in_short(found) == "app.ts:8 Orders orders.handler in 'src'"


def test_other_constructs_that_declare_a_function_are_known(tmp_path: Path) -> None:
    kinds = ("lambda.SingletonFunction", "cf.experimental.EdgeFunction", "triggers.TriggerFunction")
    lines = [f'new {kind}(this, "Orders", {{{FUNCTION}}});' for kind in kinds]
    lines += [
        f'new solution(this, "Queue", {{lambdaFunctionProps: {{{FUNCTION}}}}});',
        'new lambda.CfnFunction(this, "Cfn", {code: {s3Bucket: "b", s3Key: "k"}, role: "r",',
        '  handler: "orders.handler", runtime: "python3.11", memorySize: 256, timeout: 5, architectures: ["arm64"],',
        "  snapStart: {applyOn: 'PublishedVersions'}, ephemeralStorage: {size: 600},",
        "  environment: {variables: {A: 'b'}}});",
    ]
    head = 'import { aws_cloudfront as cf, triggers } from "aws-cdk-lib";\nimport solution from "@solutions/queue";\n'
    text = head + stack(*lines)
    *plain, cfn = declared(tmp_path, {**CODE, "app.ts": text})
    assert [in_short(one) for one in plain] == [
        "app.ts:8 Orders orders.handler in 'src'",
        "app.ts:9 Orders orders.handler in 'src'",
        "app.ts:10 Orders orders.handler in 'src'",
        "app.ts:11 Queue orders.handler in 'src'",
    ]
    assert cfn == replace(
        PLAIN,
        resource="Cfn",
        line=12,
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
            said(text, "architecture", "arm64", '["arm64"]'),
            said(text, "snapstart", True, "'PublishedVersions'", "'PublishedVersions'"),
            said(text, "ephemeral_storage", 600, "600", "600"),
            said(text, "environment.A", "b", "'b'", "'b'"),
        ),
    )


@pytest.mark.parametrize(
    "lines",
    [
        ['new lambda.Function(this, "Node", {runtime: lambda.Runtime.NODEJS_20_X, handler: "index.handler"});'],
        ['new NodejsFunction(this, "Node", {entry: "src/orders.ts", handler: "handler"}); // no python'],
        [f'new cloudfront.Function(this, "Edge", {{{FUNCTION}}});'],
        [f'new lambda.Function(this, "Orders", {{{FUNCTION}}});'.replace('"orders.handler"', "props.handler")],
        ['new lambda.Function(this, "Any", {handler: "a.python", code: lambda.Code.fromBucket(b, "k")});'],
        [f'// new lambda.Function(this, "Orders", {{{FUNCTION}}});'],
        ["if (false) {", f'  new lambda.Function(this, "Orders", {{{FUNCTION}}});', "}"],
        ["return;", f'new lambda.Function(this, "Orders", {{{FUNCTION}}});'],
        [f'new lambda.Function(this, "Orders", {{{FUNCTION}}});'.replace('"orders.handler"', "`${x}`")],
    ],
)
def test_what_declares_no_python_function_is_left_alone(lines: list[str], tmp_path: Path) -> None:
    head = 'import * as cloudfront from "aws-cdk-lib/aws-cloudfront";\n'
    head += 'import { NodejsFunction } from "aws-cdk-lib/aws-lambda-nodejs";\n'
    assert declared(tmp_path, {**CODE, "app.ts": head + stack(*lines)}) == ()


def test_tests_declarations_and_compiled_files_declare_nothing(tmp_path: Path) -> None:
    text = stack(f'new lambda.Function(this, "Orders", {{{FUNCTION}}});')
    files = {"test/app.ts": text, "node_modules/x.d.ts": text, "app.ts": text, "app.js": text.replace(": App", "")}
    assert [in_short(one) for one in declared(tmp_path, {**CODE, **files})] == [
        "app.ts:6 Orders orders.handler in 'src'"
    ]


def test_layers_are_folders_or_addresses(tmp_path: Path) -> None:
    lines = [
        'const own = new lambda.LayerVersion(this, "Own", {code: lambda.Code.fromAsset("layers/own")});',
        'const arn = lambda.LayerVersion.fromLayerVersionArn(this, "Other", "arn:aws:lambda:eu-west-1:1:layer:x:1");',
        'const third = new PythonLayerVersion(this, "Third", {entry: "layers/third"});',
        f'const fn = new lambda.Function(this, "Orders", {{{FUNCTION}, layers: [own, arn, third]}});',
    ]
    text = 'import { PythonLayerVersion } from "@aws-cdk/aws-lambda-python-alpha";\n' + stack(*lines)
    (found,) = declared(tmp_path, {**CODE, "layers/own/a.txt": "", "layers/third/a.txt": "", "app.ts": text})
    assert found.layers == ("layers/own", "layers/third")
    assert [fact for fact in found.said if fact.name == "layers"] == [
        said(text, "layers", "layers/own", "new lambda.LayerVersion"),
        said(text, "layers", "arn:aws:lambda:eu-west-1:1:layer:x:1", "lambda.LayerVersion.from"),
        said(text, "layers", "layers/third", "new PythonLayerVersion"),
    ]


TRIGGERS = {
    "fn.addEventSource(new sources.SqsEventSource(queue))": "sqs",
    "fn.addEventSource(source)": "other",
    "fn.addEventSourceMapping('m', {eventSourceArn: new sqs.Queue(this, 'Q').queueArn})": "sqs",
    "fn.addFunctionUrl()": "url",
    "fn.currentVersion.addFunctionUrl()": "url",
    "new events.Rule(this, 'R', {schedule: s, targets: [new targets.LambdaFunction(fn)]})": "schedule",
    "new events.Rule(this, 'R', {eventPattern: p, targets: [new targets.LambdaFunction(fn)]})": "eventbridge",
    "new events.Rule(this, 'R', {schedule: s}).addTarget(new targets.LambdaFunction(fn))": "schedule",
    "api.root.addMethod('GET', new apigateway.LambdaIntegration(fn))": "api",
    "new apigateway.LambdaRestApi(this, 'A', {handler: fn})": "api",
    "new apigateway.LambdaRestApi(s, 'A', {handler: new lambda.Alias(s, 'L', {version: fn.currentVersion})})": "api",
    "new apigateway.TokenAuthorizer(this, 'A', {handler: fn})": "authorizer",
    "topic.addSubscription(new subscriptions.LambdaSubscription(fn))": "sns",
    "bucket.addEventNotification(e, new notifications.LambdaDestination(fn))": "s3",
    "new tasks.LambdaInvoke(this, 'T', {lambdaFunction: fn})": "stepfunctions",
    "new cognito.UserPool(this, 'P', {lambdaTriggers: {preSignUp: fn}})": "cognito",
    "new cognito.UserPool(this, 'P').addTrigger(o, fn)": "cognito",
}
LIBRARIES = {
    "apigateway": "apigateway",
    "cognito": "cognito",
    "events": "events",
    "notifications": "s3-notifications",
    "sources": "lambda-event-sources",
    "sqs": "sqs",
    "subscriptions": "sns-subscriptions",
    "targets": "events-targets",
    "tasks": "stepfunctions-tasks",
}
IMPORTS = "".join(f'import * as {name} from "aws-cdk-lib/aws-{library}";\n' for name, library in LIBRARIES.items())


@pytest.mark.parametrize(("line", "kind"), TRIGGERS.items(), ids=list(TRIGGERS))
def test_what_is_given_a_function_invokes_it(line: str, kind: str, tmp_path: Path) -> None:
    text = IMPORTS + stack(f'const fn = new lambda.Function(this, "Orders", {{{FUNCTION}}});', f"{line};")
    (found,) = declared(tmp_path, {**CODE, "app.ts": text})
    assert found.triggers == (kind,)


def test_a_script_that_replaces_the_handler_starts_the_application(tmp_path: Path) -> None:
    lines = [
        (
            'const fn = new PythonFunction(this, "Web", {entry: "src", index: "app/main.py", '
            'runtime: lambda.Runtime.PYTHON_3_12, environment: {AWS_LAMBDA_EXEC_WRAPPER: "/opt/bootstrap"}});'
        ),
        '(fn.node.defaultChild as CfnResource).addPropertyOverride("Handler", "run.sh");',
    ]
    python = 'import { PythonFunction } from "@aws-cdk/aws-lambda-python-alpha";\n'
    script = "#!/bin/sh\nexec python -m uvicorn app.main:api\n"
    (found,) = declared(tmp_path, {**CODE, "app.ts": IMPORTS + python + stack(*lines), "src/run.sh": script})
    assert (found.handler, found.root, found.web_adapter) == ("app.main.api", "src", True)


def test_methods_of_a_function_state_more_of_it(tmp_path: Path) -> None:
    lines = [
        f'const fn = new lambda.Function(this, "Orders", {{{FUNCTION}, events: [new sources.SqsEventSource(queue)]}});',
        'fn.addEnvironment("TABLE", "orders");',
        'fn.addAlias("live", {provisionedConcurrentExecutions: 5});',
        'fn.node.defaultChild.addPropertyOverride("SnapStart", {ApplyOn: "PublishedVersions"});',
    ]
    text = IMPORTS + stack(*lines)
    (found,) = declared(tmp_path, {**CODE, "app.ts": text})
    assert (found.triggers, found.environment) == (("sqs",), ("TABLE",))
    assert (found.provisioned_concurrency, found.snapstart) == (True, True)
    assert found.said[1:] == (
        said(text, "trigger", "sqs", "new sources.Sqs"),
        said(text, "environment.TABLE", "orders", '"orders")', '"orders"'),
        said(text, "provisioned_concurrency", True, "5}", "5"),
        said(text, "snapstart", True, '"PublishedVersions"', '"PublishedVersions"'),
    )


PATHS = {
    'path.join(__dirname, "../src")': "src",
    'path.join(__dirname, "..", "src/")': "src",
    'path.resolve(__dirname, "../src")': "src",
    'path.resolve("src")': "src",
    'path.join(process.cwd(), "src")': "src",
    'path.dirname(path.join(__dirname, "../src/orders.py"))': "src",
    "`${__dirname}/../src`": "src",
    '__dirname + "/../src"': "src",
    '"./src"': "src",
    '"../src"': "src",
    'new URL("../src", import.meta.url).pathname': "src",
    'path.join(path.dirname(fileURLToPath(import.meta.url)), "../src")': "src",
    "process.env.SOURCE": None,
    'path.join(process.env.HOME ?? "", "src")': None,
    '"code.zip"': None,
}


@pytest.mark.parametrize(("written", "root"), PATHS.items(), ids=list(PATHS))
def test_a_path_leads_from_the_file_or_from_the_folder_of_the_app(
    written: str, root: str | None, tmp_path: Path
) -> None:
    head = 'import * as path from "path";\nimport { fileURLToPath } from "url";\n'
    text = head + stack(f'new lambda.Function(this, "Orders", {{{FUNCTION}}});'.replace('"src"', written))
    (found,) = declared(tmp_path, {**CODE, "lib/app.ts": text})
    assert found.root == root


def test_a_path_without_an_app_s_folder_is_that_of_the_nearest_folder_above(tmp_path: Path) -> None:
    text = stack(f'new lambda.Function(this, "Orders", {{{FUNCTION}}});')
    files = {"src/orders.py": "", "service/src/orders.py": "", "service/infra/lib/app.ts": text}
    (found,) = declared(tmp_path, files)
    assert found.root == "service/src"


def test_code_outside_the_project_is_a_problem_and_the_other_functions_remain(tmp_path: Path) -> None:
    functions = [f'new lambda.Function(this, "{name}", {{{FUNCTION}}});' for name in ("Out", "In")]
    text = stack(functions[0].replace('"src"', '"../outside"'), functions[1])
    deployed, problems = reading(tmp_path, {**CODE, "app.ts": text})
    assert [in_short(one) for one in deployed] == ["app.ts:7 In orders.handler in 'src'"]
    message = (
        "Code.fromAsset `../outside` leads out of the project, and nothing there is read; "
        "run on a folder that holds both, or name the handler in `handlers`"
    )
    assert problems == (Problem("app.ts", 6, message),)


def test_a_name_that_is_known_in_part_means_the_modules_that_fit(tmp_path: Path) -> None:
    lines = [
        "for (const name of names) {",
        "  new lambda.Function(this, name, {",
        f'    {RUNTIME}, handler: `${{name}}.handler`, code: lambda.Code.fromAsset("one")}});',
        f'  new PythonFunction(this, name, {{{RUNTIME}, entry: `several/${{name}}`, index: "app.py"}});',
        f"  new PythonFunction(this, name, {{{RUNTIME}, entry: `none/${{name}}`}});",
        f'  new PythonFunction(this, name, {{{RUNTIME}, entry: "one", index: name, handler: `${{name}}`}});',
        "}",
    ]
    modules = dict.fromkeys(("one/orders.py", "several/a/app.py", "several/b/app.py", "several/c/x.py"), "")
    text = 'import { PythonFunction } from "@aws-cdk/aws-lambda-python-alpha";\n' + stack(*lines)
    assert [in_short(one) for one in declared(tmp_path, {**CODE, **modules, "app.ts": text})] == [
        "app.ts:8 Function orders.handler in 'one'",
        "app.ts:10 PythonFunction several/a/app.handler in None",
        "app.ts:10 PythonFunction several/b/app.handler in None",
        "app.ts:11 PythonFunction index.handler in None",
    ]


def test_functions_whose_names_are_known_in_part_are_candidates_once(tmp_path: Path) -> None:
    lines = [
        "for (const name of ['a', 'b']) {",
        "  const file = lib.convert(name);",
        f'  new PythonFunction(this, name, {{{RUNTIME}, entry: "src", index: `${{file}}.py`, memorySize: 512}});',
        "}",
    ]
    text = 'import { PythonFunction } from "@aws-cdk/aws-lambda-python-alpha";\n' + stack(*lines)
    found = declared(tmp_path, {"cdk.json": "", "src/one.py": "", "src/two.py": "", "app.ts": text})
    assert [(in_short(one), one.memory) for one in found] == [
        ("app.ts:9 PythonFunction src/one.handler in None", 512),
        ("app.ts:9 PythonFunction src/two.handler in None", 512),
    ]


def test_facts_that_properties_of_others_may_state_are_unknown(tmp_path: Path) -> None:
    text = stack(f'new lambda.Function(this, "Orders", {{...props.more, {FUNCTION}}});')
    (found,) = declared(tmp_path, {**CODE, "app.ts": text})
    assert (found.vpc, found.snapstart, found.efs, found.provisioned_concurrency) == (None,) * 4
    assert [(fact.name, fact.value) for fact in found.said[1:]] == [("memory", None), ("timeout", None)]


def test_a_function_of_several_stages_is_one_with_what_they_have_in_common(tmp_path: Path) -> None:
    text = stack(f'new lambda.Function(this, "Orders", {{{FUNCTION}, memorySize: props.memory}});')
    text = text.replace('"Service");', '"Dev", {memory: 128});\nnew Service(new App(), "Prod", {memory: 1024});')
    (found,) = declared(tmp_path, {**CODE, "app.ts": text})
    assert (found.memory, found.runtime) == (None, "python3.12")
    assert found.said[1:] == (said(text, "memory", None, "props.memory"),)

"""What SAM, CloudFormation and Serverless Framework files deploy."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from manifest_files import project

from flake8_lambda_perf.manifests import Deployed
from flake8_lambda_perf.manifests import read as read_with_places

if TYPE_CHECKING:
    from flake8_lambda_perf.model import Problem


PLAIN = Deployed(
    handler="app.handler",
    root="",
    manifest="template.yaml",
    line=1,
    resource="",
    runtime="python3.13",
    memory=None,
    timeout=None,
    snapstart=False,
    vpc=False,
    provisioned_concurrency=False,
)


def read(root: Path, paths: list[str]) -> tuple[tuple[Deployed, ...], tuple[Problem, ...]]:
    """What manifests deploy, without the places that say so."""
    deployed, problems = read_with_places(root, paths)
    return tuple(replace(each, said=(), inline=None) for each in deployed), problems


def function(resource: str, line: int, **said: Any) -> Deployed:
    """A function as the plainest manifest declares it, but for what is said."""
    return replace(PLAIN, resource=resource, line=line, **said)


def service_function(resource: str, line: int, **said: Any) -> Deployed:
    """A function as the plainest service declares it, but for what is said."""
    return function(resource, line, **{"memory": 1024, "timeout": 6, **said})


def test_sam_function_takes_what_it_leaves_out_from_globals(tmp_path: Path) -> None:
    project(
        tmp_path,
        {
            "infra/template.yaml": """\
        Transform: AWS::Serverless-2016-10-31
        Globals:
          Function: {Runtime: python3.13, Timeout: 10, MemorySize: 256, VpcConfig: {SubnetIds: [a]}, Layers: [!Ref B]}
        Resources:
          B:
            Type: AWS::Serverless::LayerVersion
            Properties: {ContentUri: ../layers/base}
          Orders:
            Type: AWS::Serverless::Function
            Properties:
              Handler: src/app.handler
              CodeUri: ../orders/
              MemorySize: 1024
              SnapStart: {ApplyOn: PublishedVersions}
              ProvisionedConcurrencyConfig: {ProvisionedConcurrentExecutions: 1}
              Layers: [!Ref Own, arn:aws:lambda:eu-west-1:1:layer:x:1]
          Own:
            Type: AWS::Lambda::LayerVersion
            Properties: {Content: own}
          Users:
            Type: AWS::Serverless::Function
            Properties: {Handler: users.handler, VpcConfig: !Ref AWS::NoValue, SnapStart: {ApplyOn: None}}
        """
        },
    )
    orders = function(
        "Orders",
        8,
        handler="src/app.handler",
        root="orders",
        manifest="infra/template.yaml",
        memory=1024,
        timeout=10,
        snapstart=True,
        vpc=True,
        provisioned_concurrency=True,
        layers=("layers/base", "infra/own"),
    )
    users = function(
        "Users",
        20,
        handler="users.handler",
        root="infra",
        manifest="infra/template.yaml",
        memory=256,
        timeout=10,
        layers=("layers/base",),
    )
    assert read(tmp_path, ["infra/template.yaml"]) == ((orders, users), ())


def test_references_to_parameters_mean_their_defaults(tmp_path: Path) -> None:
    project(
        tmp_path,
        {
            "template.yaml": """\
        Parameters:
          Version: {Type: String, Default: python3.13}
          Memory: {Type: Number, Default: 512}
          Folder: {Type: String, Default: src}
          Seconds: {Type: Number}
        Resources:
          Orders:
            Type: AWS::Serverless::Function
            Properties:
              Runtime: !Ref Version
              MemorySize: {Ref: Memory}
              Timeout: !Ref Seconds
              CodeUri: !Sub "${Folder}/orders"
              Handler: {"Fn::Sub": app.handler}
              SnapStart: {ApplyOn: !Ref Unknown}
              VpcConfig: !If [InVpc, {SubnetIds: [a]}, !Ref AWS::NoValue]
          Computed:
            Type: AWS::Serverless::Function
            Properties: {Runtime: !Ref Version, CodeUri: !Sub "${Folder}/${AWS::Region}", Handler: app.handler}
          File:
            Type: AWS::Serverless::Function
            Properties: {Runtime: !Ref Version, CodeUri: "src/app.py", Handler: app.handler}
        """,
            "src/app.py": "",
        },
    )
    orders = function("Orders", 7, root="src/orders", memory=512, snapstart=None, vpc=None)
    expected = (orders, function("Computed", 17, root=None), function("File", 20, root="src"))
    assert read(tmp_path, ["template.yaml"]) == (expected, ())


def test_cloudformation_code_is_a_folder_an_archive_or_unknown(tmp_path: Path) -> None:
    project(
        tmp_path,
        {
            "beside/app.py": "",
            "stack.template": """\
        {"Resources": {
          "Local": {"Type": "AWS::Lambda::Function",
            "Properties": {"Handler": "app.handler", "Runtime": "python3.13", "Code": "./src/app"}},
          "Bucket": {"Type": "AWS::Lambda::Function",
            "Properties": {"Handler": "app.handler", "Runtime": "python3.13", "Code": {"S3Bucket": "b"}}},
          "Inline": {"Type": "AWS::Lambda::Function",
            "Properties": {"Handler": "index.handler", "Runtime": "python3.13", "Code": {"ZipFile": "..."}}},
          "Beside": {"Type": "AWS::Lambda::Function",
            "Properties": {"Handler": "app.handler", "Runtime": "python3.13", "Code": "beside/code.zip"}},
          "Remote": {"Type": "AWS::Lambda::Function",
            "Properties": {"Handler": "app.handler", "Runtime": "python3.13", "Code": "s3://bucket/code.zip"}},
          "Ready": {"Type": "AWS::Lambda::Alias",
            "Properties": {"FunctionName": {"Ref": "Local"}, "ProvisionedConcurrencyConfig": {}}}
        }}
        """,
        },
    )
    expected = (
        function("Local", 2, root="src/app", manifest="stack.template", provisioned_concurrency=True),
        function("Bucket", 4, root=None, manifest="stack.template"),
        function("Inline", 6, root="stack.template#Inline", manifest="stack.template", handler="index.handler"),
        function("Beside", 8, root="beside", manifest="stack.template"),
        function("Remote", 10, root=None, manifest="stack.template"),
    )
    assert read(tmp_path, ["stack.template"]) == (expected, ())


def test_image_takes_its_handler_from_the_command_and_its_root_from_the_docker_context(tmp_path: Path) -> None:
    project(
        tmp_path,
        {
            "image/app.py": "",
            "template.yaml": """\
        Resources:
          Image:
            Type: AWS::Serverless::Function
            Metadata: {DockerContext: ./image, Dockerfile: Dockerfile}
            Properties: {PackageType: Image, ImageConfig: {Command: [app.handler]}}
          Elsewhere:
            Type: AWS::Serverless::Function
            Properties: {PackageType: Image, ImageUri: "1.dkr.ecr/x:1", ImageConfig: {Command: [app.handler]}}
        """,
        },
    )
    assert read(tmp_path, ["template.yaml"]) == (
        (function("Image", 2, root="image", runtime=None, package="image"),),
        (),
    )


def test_other_runtimes_web_adapters_and_other_types_are_left_out(tmp_path: Path) -> None:
    project(
        tmp_path,
        {
            "known.py": "",
            "template.yaml": """\
        Resources:
          Node: {Type: AWS::Serverless::Function, Properties: {Handler: a.b, Runtime: nodejs22.x, CodeUri: ../out}}
          Custom: {Type: AWS::Serverless::Function, Properties: {Handler: bootstrap, Runtime: provided.al2023}}
          Adapter: {Type: AWS::Serverless::Function, Properties: {Handler: run.sh, Runtime: python3.13}}
          Inline: {Type: AWS::Serverless::Function, Properties: {Handler: index.h, Runtime: ruby3.4, InlineCode: x}}
          Web: {Type: AWS::Serverless::WebFunction, Properties: {Handler: known.handler, Runtime: python3.13}}
          Unknown: {Type: AWS::Serverless::Function, Properties: {Handler: unknown.handler, Runtime: !Ref Missing}}
          Known: {Type: AWS::Serverless::Function, Properties: {Handler: known.handler, Runtime: !Ref Missing}}
          Empty: {Type: AWS::Serverless::Function}
          "Fn::ForEach::All": [Name, [a, b], {}]
        """,
        },
    )
    assert read(tmp_path, ["template.yaml"]) == ((function("Known", 8, handler="known.handler", runtime=None),), ())


def test_serverless_functions_take_the_providers_defaults(tmp_path: Path) -> None:
    project(
        tmp_path,
        {
            "svc/serverless.yml": """\
        service: orders
        custom:
          memory: {prod: 2048, dev: 512}
          names: [first, second]
        provider:
          name: aws
          runtime: python3.13
          memorySize: ${self:custom.memory.${opt:stage, 'dev'}}
          timeout: 20
          vpc: {subnetIds: [a]}
        package: {individually: true}
        layers:
          common-code_v2: {path: layers/common}
        functions:
          list:
            handler: src/orders/list.handler
            layers: [{Ref: CommonDashcodeUnderscorev2LambdaLayer}, arn:aws:lambda:eu-west-1:1:layer:x:1]
          create:
            handler: ${self:custom.names.1}.handler
            module: create
            memorySize: ${env:MEMORY}
            timeout: ${env:SECONDS, 5}
            snapStart: true
            provisionedConcurrency: ${opt:warm}
          node: {handler: src/web.handler, runtime: nodejs22.x}
        """
        },
    )
    listing = function(
        "list",
        15,
        handler="src/orders/list.handler",
        root="svc",
        manifest="svc/serverless.yml",
        memory=512,
        timeout=20,
        vpc=True,
        layers=("svc/layers/common",),
    )
    create = function(
        "create",
        18,
        handler="second.handler",
        root="svc/create",
        manifest="svc/serverless.yml",
        timeout=5,
        snapstart=True,
        vpc=True,
        provisioned_concurrency=None,
    )
    assert read(tmp_path, ["svc/serverless.yml"]) == ((listing, create), ())


def test_serverless_functions_may_stand_in_files_of_their_own(tmp_path: Path) -> None:
    project(
        tmp_path,
        {
            "svc/serverless.yml": """\
            provider: ${file(../shared/provider.json)}
            functions:
              - ${file(functions/users.yml)}
              - ${file(functions/orders.yml):functions}
              - single: ${file(functions/single.yml):first.second}
              - ${file(generated.js)}
              - ${file(missing.yml)}
            """,
            "shared/provider.json": '{"name": "aws", "runtime": "python3.13"}',
            "svc/functions/users.yml": "users: {handler: users.handler}\n",
            "svc/functions/orders.yml": """\
            # the orders
            functions:
              orders: &orders
                handler: orders.handler
              again: {<<: *orders, timeout: 9}
            """,
            "svc/functions/single.yml": "first: {second: {handler: single.handler}}\n",
        },
    )
    expected = (
        service_function("users", 1, handler="users.handler", root="svc", manifest="svc/functions/users.yml"),
        service_function("orders", 3, handler="orders.handler", root="svc", manifest="svc/functions/orders.yml"),
        service_function(
            "again", 5, handler="orders.handler", root="svc", manifest="svc/functions/orders.yml", timeout=9
        ),
        service_function("single", 5, handler="single.handler", root="svc", manifest="svc/serverless.yml"),
    )
    assert read(tmp_path, ["svc/serverless.yml"]) == (expected, ())


def test_handlers_that_a_plugin_or_a_provider_completes_are_completed(tmp_path: Path) -> None:
    project(
        tmp_path,
        {
            "wsgi/serverless.yml": """\
            custom: {wsgi: {app: api/app.app}}
            provider: {name: aws, runtime: python3.13}
            functions: {api: {handler: wsgi_handler.handler}}
            """,
            "google/serverless.json": """\
            {"provider": {"name": "google", "runtime": "python313"},
             "functions": {"http": {"handler": "hello"}}}
            """,
            "image/serverless.yml": """\
            provider: {name: aws, ecr: {images: {own: {path: ./docker}}}}
            functions:
              own: {image: {name: own, command: [app.handler]}}
              foreign: {image: 1.dkr.ecr/x}
            """,
            "image/docker/app.py": "",
        },
    )
    expected = (
        function(
            "http",
            2,
            handler="main.hello",
            root="google",
            manifest="google/serverless.json",
            runtime="python313",
            platform="google",
        ),
        service_function("own", 3, root="image/docker", manifest="image/serverless.yml", runtime=None, package="image"),
        service_function("api", 3, handler="api/app.app", root="wsgi", manifest="wsgi/serverless.yml"),
    )
    manifests = ["wsgi/serverless.yml", "google/serverless.json", "image/serverless.yml"]
    assert read(tmp_path, manifests) == (expected, ())


def test_files_that_are_no_manifests_are_left_aside(tmp_path: Path) -> None:
    files = {
        "chart/templates/deployment.yaml": "{{- if .Values.enabled }}\nkind: Deployment\n{{- end }}\n",
        "chart/templates/lambda.yaml": """\
            Resources:
            {{- range .Values.functions }}
              {{ . }}: {Type: AWS::Lambda::Function}
            {{- end }}
            """,
        "policy.json": '{"Resources": "AWS::Lambda::Function", "Statement": []}',
        "specification.json": '{"AWS::Lambda::Function": {"Documentation": "Resources Type: AWS::Lambda::FunctionUrl"',
        "list.yaml": "- Resources: {F: {Type: AWS::Lambda::Function}}\n",
        "broken.yml": "a: [\n",
        "empty.yml": "",
        "serverless-fragment.yml": "functions: {a: {handler: a.b, description: no provider here}}\n",
        "serverless.json": '["functions", "provider"]',
        "empty.template": "# Resources Type: AWS::Lambda::Function\n",
    }
    project(tmp_path, files)
    assert read(tmp_path, [*files, "gone.yaml", "chart"]) == ((), ())

"""What SAM and CloudFormation templates state of functions, and where."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest
from manifest_files import project

from flake8_lambda_perf.manifests import Deployed, read
from flake8_lambda_perf.model import Said

PATH = "template.yaml"


def functions(root: Path, text: str, **files: str) -> dict[str, Deployed]:
    """The functions of a template, by name."""
    project(root, {PATH: text, **files})
    deployed, problems = read(root, [PATH])
    assert problems == ()
    return {each.resource: each for each in deployed}


def said(name: str, value: str | int | bool | None, line: int, column: int, text: str = "") -> Said:
    return Said(name, value, PATH, line, column, text)


def template(properties: str, more: str = "") -> str:
    """A template with one function, whose properties begin in line 5."""
    lines = [
        "Resources:",
        "  F:",
        "    Type: AWS::Serverless::Function",
        "    Properties:",
        *(f"      {line}" for line in dedent(properties).strip().splitlines()),
        "      Handler: app.handler",
        *(f"  {line}" for line in dedent(more).strip().splitlines()),
    ]
    return "\n".join(lines) + "\n"


def test_every_fact_of_a_function_has_its_place(tmp_path: Path) -> None:
    found = functions(
        tmp_path,
        template("""\
            Runtime: "python3.13"
            MemorySize: 512  # MB
            Timeout: &t 29
            EphemeralStorage: {Size: 1024}
            Architectures: [arm64]
            VpcConfig:
              SubnetIds: [subnet-1]
            FileSystemConfigs:
              - {Arn: arn:aws:efs, LocalMountPath: /mnt/x}
            SnapStart: {ApplyOn: PublishedVersions}
            ProvisionedConcurrencyConfig: {ProvisionedConcurrentExecutions: 2}
            PackageType: Zip
            Layers: ['arn:aws:lambda:eu-west-1:1:layer:x:1']
            Environment:
              Variables:
                TABLE: !Ref Orders
                LEVEL: 'INFO'
            """),
    )
    assert found["F"] == Deployed(
        handler="app.handler",
        root="",
        manifest=PATH,
        line=2,
        resource="F",
        runtime="python3.13",
        memory=512,
        timeout=29,
        snapstart=True,
        vpc=True,
        provisioned_concurrency=True,
        architecture="arm64",
        ephemeral_storage=1024,
        efs=True,
        said=(
            said("runtime", "python3.13", 5, 16, '"python3.13"'),
            said("memory", 512, 6, 19, "512"),
            said("timeout", 29, 7, 19, "29"),
            said("ephemeral_storage", 1024, 8, 32, "1024"),
            said("architecture", "arm64", 9, 23, "arm64"),
            said("vpc", True, 10, 7),
            said("efs", True, 12, 7),
            said("snapstart", True, 14, 28, "PublishedVersions"),
            said("provisioned_concurrency", True, 15, 71, "2"),
            said("package", "zip", 16, 20, "Zip"),
            said("layers", "arn:aws:lambda:eu-west-1:1:layer:x:1", 17, 16, "'arn:aws:lambda:eu-west-1:1:layer:x:1'"),
            said("environment.TABLE", None, 20, 18),
            said("environment.LEVEL", "INFO", 21, 18, "'INFO'"),
        ),
    )
    assert found["F"].environment == ("TABLE", "LEVEL")


def test_what_globals_state_is_merged_setting_by_setting(tmp_path: Path) -> None:
    found = functions(
        tmp_path,
        """\
        Globals:
          Function:
            Runtime: python3.13
            MemorySize: 512
            Environment: {Variables: {A: 1, B: 1}}
            VpcConfig: {SubnetIds: []}
            SnapStart: {ApplyOn: PublishedVersions}
            FunctionUrlConfig: {AuthType: NONE}
        Resources:
          Merged:
            Type: AWS::Serverless::Function
            Properties:
              Handler: app.handler
              VpcConfig: {SubnetIds: [a]}
              SnapStart: {ApplyOn: None}
              Environment: {Variables: {B: 2, C: 3}}
          Apart:
            Type: AWS::Serverless::Function
            IgnoreGlobals: [MemorySize, Environment, VpcConfig, SnapStart, FunctionUrlConfig]
            Properties: {Handler: app.handler}
          Alone:
            Type: AWS::Serverless::Function
            IgnoreGlobals: "*"
            Properties: {Handler: app.handler, Runtime: python3.12}
          Computed:
            Type: AWS::Serverless::Function
            Properties: {Handler: app.handler, VpcConfig: !If [A, {}, !Ref AWS::NoValue], SnapStart: !If [A, {}, {}]}
        """,
    )
    facts = {
        name: (each.runtime, each.memory, each.vpc, each.snapstart, each.environment, each.triggers)
        for name, each in found.items()
    }
    assert facts == {
        "Merged": ("python3.13", 512, True, False, ("A", "B", "C"), ("url",)),
        "Apart": ("python3.13", None, False, False, (), ()),
        "Alone": ("python3.12", None, False, False, (), ()),
        "Computed": ("python3.13", 512, None, None, ("A", "B"), ("url",)),
    }
    assert [fact for fact in found["Merged"].said if fact.name.startswith("environment")] == [
        said("environment.A", "1", 5, 34, "1"),
        said("environment.B", "2", 16, 36, "2"),
        said("environment.C", "3", 16, 42, "3"),
    ]


def test_parameters_mappings_and_functions_mean_what_they_compute(tmp_path: Path) -> None:
    found = functions(
        tmp_path,
        """\
        Parameters:
          Stage: {Type: String, Default: dev}
          Secret: {Type: AWS::SSM::Parameter::Value<String>, Default: /path/of/it}
        Mappings:
          Sizes: {dev: {Memory: 256}, prod: {Memory: 1024}}
        Resources:
          F:
            Type: AWS::Lambda::Function
            Properties:
              Runtime: !Sub ["python${Version}", {Version: "3.13"}]
              MemorySize: !FindInMap [Sizes, !Ref Stage, Memory]
              Timeout: {"Fn::FindInMap": [Sizes, {Ref: Secret}, Memory]}
              Handler: {"Fn::Join": ["", [src, /, app, .handler]]}
              Code: !Sub "./${Stage}/${!Stage}"
        """,
    )
    function = found["F"]
    assert (function.runtime, function.memory, function.timeout) == ("python3.13", 256, None)
    assert (function.handler, function.root) == ("src/app.handler", "dev/${Stage}")
    assert function.said == (
        said("runtime", "python3.13", 10, 16),
        said("memory", 256, 11, 19),
        said("timeout", None, 12, 16),
    )


@pytest.mark.parametrize(
    ("kind", "trigger"),
    [
        ("Api", "api"),
        ("HttpApi", "api"),
        ("SQS", "sqs"),
        ("Kinesis", "kinesis"),
        ("DynamoDB", "dynamodb"),
        ("S3", "s3"),
        ("SNS", "sns"),
        ("Schedule", "schedule"),
        ("ScheduleV2", "schedule"),
        ("EventBridgeRule", "eventbridge"),
        ("CloudWatchLogs", "logs"),
        ("IoTRule", "iot"),
        ("Cognito", "cognito"),
        ("MSK", "kafka"),
        ("MQ", "mq"),
        ("AlexaSkill", "other"),
    ],
)
def test_events_are_triggers(tmp_path: Path, kind: str, trigger: str) -> None:
    text = template(f"""\
        Runtime: python3.13
        Events:
          E:
            Type: {kind}
        """)
    assert functions(tmp_path, text)["F"].said[1:] == (said("trigger", trigger, 8, 17, kind),)


RESOURCES = {
    "url": "U: {Type: AWS::Lambda::Url, Properties: {TargetFunctionArn: !Ref F}}",
    "api": "P: {Type: AWS::Lambda::Permission, Properties: {FunctionName: !GetAtt F.Arn, "
    "Principal: apigateway.amazonaws.com}}",
    "websocket": """\
        A: {Type: AWS::ApiGatewayV2::Api, Properties: {ProtocolType: WEBSOCKET}}
        I: {Type: AWS::ApiGatewayV2::Integration, Properties: {ApiId: !Ref A, IntegrationUri: !Sub "x/${F.Arn}/y"}}
        """,
    "sqs": """\
        Q: {Type: AWS::SQS::Queue}
        M: {Type: AWS::Lambda::EventSourceMapping, Properties: {FunctionName: !Ref F, EventSourceArn: !GetAtt Q.Arn}}
        """,
    "kinesis": "M: {Type: AWS::Lambda::EventSourceMapping, Properties: {FunctionName: !Ref F, "
    "EventSourceArn: arn:aws:kinesis:eu-west-1:1:stream/s}}",
    "kafka": "M: {Type: AWS::Lambda::EventSourceMapping, Properties: {FunctionName: !Ref F, "
    "SelfManagedEventSource: {Endpoints: {}}}}",
    "schedule": "R: {Type: AWS::Events::Rule, Properties: {ScheduleExpression: rate(1 day), "
    "Targets: [{Arn: !GetAtt [F, Arn]}]}}",
    "eventbridge": "R: {Type: AWS::Events::Rule, Properties: {EventPattern: {}, Targets: [{Arn: !GetAtt F.Arn}]}}",
    "s3": "B: {Type: AWS::S3::Bucket, Properties: {NotificationConfiguration: {LambdaConfigurations: "
    "[{Function: !GetAtt F.Arn}]}}}",
    "sns": "T: {Type: AWS::SNS::Topic, Properties: {Subscription: [{Protocol: lambda, Endpoint: !GetAtt F.Arn}]}}",
    "authorizer": "A: {Type: AWS::Serverless::Api, Properties: {Auth: {Authorizers: "
    "{L: {FunctionArn: !GetAtt F.Arn}}}}}",
    "stepfunctions": "S: {Type: AWS::Serverless::StateMachine, Properties: {DefinitionSubstitutions: "
    '{Fn: {"Fn::Join": ["", [{"Fn::GetAtt": [F, Arn]}, ":1"]]}}}}',
    "alb": "G: {Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: {Targets: [{Id: !GetAtt F.Arn}]}}",
}


@pytest.mark.parametrize(("trigger", "resources"), RESOURCES.items(), ids=RESOURCES.keys())
def test_resources_that_name_a_function_are_triggers(tmp_path: Path, trigger: str, resources: str) -> None:
    text = template("Runtime: python3.13", resources)
    assert functions(tmp_path, text)["F"].triggers == (trigger,)


def test_permission_is_the_trigger_of_its_principal_at_its_line(tmp_path: Path) -> None:
    more = """\
        R: {Type: AWS::Events::Rule, Properties: {ScheduleExpression: rate(1 day)}}
        P:
          Type: AWS::Lambda::Permission
          Properties:
            FunctionName: !Ref F
            Principal: events.amazonaws.com
            SourceArn: !GetAtt R.Arn
        Other:
          Type: AWS::Lambda::Permission
          Properties: {FunctionName: !Ref Elsewhere, Principal: sns.amazonaws.com}
        """
    found = functions(tmp_path, template("Runtime: python3.13", more))
    assert found["F"].said[1:] == (said("trigger", "schedule", 12, 18, "events.amazonaws.com"),)


def test_versions_and_aliases_that_keep_environments_ready_are_said_where_they_stand(tmp_path: Path) -> None:
    more = """\
        A:
          Type: AWS::Lambda::Alias
          Properties:
            FunctionName: !Ref F
            ProvisionedConcurrencyConfig:
              ProvisionedConcurrentExecutions: 0
        """
    function = functions(tmp_path, template("Runtime: python3.13", more))["F"]
    assert function.provisioned_concurrency is False
    assert function.said[1:] == (said("provisioned_concurrency", False, 12, 42, "0"),)


def test_web_adapter_starts_the_application_that_its_script_names(tmp_path: Path) -> None:
    text = """\
        Resources:
          Layer:
            Type: AWS::Serverless::Function
            Properties:
              Handler: run.sh
              CodeUri: src
              Runtime: python3.13
              Layers: [!Sub "arn:aws:lambda:${AWS::Region}:753240598075:layer:LambdaAdapterLayerX86:25"]
          Wrapper:
            Type: AWS::Serverless::Function
            Properties:
              Handler: app.main.handler
              Runtime: python3.13
              Environment: {Variables: {AWS_LAMBDA_EXEC_WRAPPER: /opt/bootstrap}}
          Unknown:
            Type: AWS::Serverless::Function
            Properties:
              Handler: start.sh
              Runtime: python3.13
              Environment: {Variables: {AWS_LAMBDA_EXEC_WRAPPER: /opt/bootstrap}}
          Other:
            Type: AWS::Serverless::Function
            Properties:
              Handler: app.main.handler
              Runtime: python3.13
              Environment: {Variables: {AWS_LAMBDA_EXEC_WRAPPER: /opt/otel-instrument}}
        """
    found = functions(tmp_path, text, **{"src/run.sh": "#!/bin/sh\nexec python -m uvicorn --port=$PORT app:api\n"})
    assert {name: (each.handler, each.web_adapter) for name, each in found.items()} == {
        "Layer": ("app.api", True),
        "Wrapper": ("app.main.handler", True),
        "Other": ("app.main.handler", False),
    }


@pytest.mark.parametrize(
    ("config", "concurrent"),
    [
        ("{LambdaManagedInstancesCapacityProviderConfig: {CapacityProviderArn: a}}", True),
        ("{LambdaManagedInstancesCapacityProviderConfig: {PerExecutionEnvironmentMaxConcurrency: 1}}", False),
        ("{Arn: a, PerExecutionEnvironmentMaxConcurrency: 8}", True),
        ("!If [Managed, {}, !Ref AWS::NoValue]", None),
        ("!Ref AWS::NoValue", False),
    ],
)
def test_managed_instances_serve_several_requests_unless_told_otherwise(
    tmp_path: Path, config: str, concurrent: bool | None
) -> None:
    text = template(f"Runtime: python3.13\nCapacityProviderConfig: {config}")
    assert functions(tmp_path, text)["F"].concurrent is concurrent


def test_image_runs_what_its_dockerfile_says_with_the_templates_settings(tmp_path: Path) -> None:
    text = """\
        Resources:
          F:
            Type: AWS::Serverless::Function
            Properties: {PackageType: Image, MemorySize: 512}
            Metadata: {DockerContext: ./src, Dockerfile: orders/Dockerfile}
        """
    docker = 'FROM public.ecr.aws/lambda/python:3.13\nCOPY orders/app.py ./\nCMD ["app.handler"]\n'
    function = functions(tmp_path, text, **{"src/orders/Dockerfile": docker, "src/orders/app.py": ""})["F"]
    assert (function.handler, function.root, function.runtime) == ("app.handler", "src/orders", "python3.13")
    assert function.said == (
        said("memory", 512, 4, 50, "512"),
        said("package", "image", 4, 31, "Image"),
        Said("runtime", "python3.13", "src/orders/Dockerfile", 1, 35, "3.13"),
    )


def test_code_that_a_script_puts_there_later_is_looked_for_in_the_project(tmp_path: Path) -> None:
    text = template("Runtime: PYTHON_VERSION").replace("Handler", "Code: {ZipFile: later}\n      Handler")
    assert {name: each.root for name, each in functions(tmp_path, text, **{"app.py": ""}).items()} == {}
    known = template("Runtime: python3.13").replace("Handler", "InlineCode: later\n      Handler")
    function = functions(tmp_path, known)["F"]
    assert (function.root, function.inline) == (None, None)
    replaced = functions(tmp_path, template("Runtime: PYTHON_VERSION"))["F"]
    assert (replaced.root, replaced.runtime) == ("", None)


def test_yaml_is_imported_only_for_a_manifest_in_yaml(tmp_path: Path) -> None:
    files = {
        "plain.yml": "a: 1\n",
        "template.json": """\
        {"Resources": {"F": {"Type": "AWS::Lambda::Function",
          "Properties": {"Handler": "a.b", "Runtime": "python3.13"}}}}
        """,
        "template.yaml": "Resources: {F: {Type: AWS::Lambda::Function}}\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    program = dedent("""\
        import sys
        from pathlib import Path
        from flake8_lambda_perf.manifests import read
        for name in ("plain.yml", "template.json", "template.yaml"):
            deployed, problems = read(Path(sys.argv[1]), [name])
            print(name, len(deployed), len(problems), "yaml" in sys.modules)
        """)
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("plain.yml 0 0 False\ntemplate.json 1 0 False\ntemplate.yaml 0 0 True\n", "")

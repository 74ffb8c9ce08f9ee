"""What Serverless services state of functions, and where."""

from __future__ import annotations

from pathlib import Path

import pytest
from manifest_files import declared, in_short, project, reading

from flake8_lambda_perf.manifests import Deployed, read
from flake8_lambda_perf.model import Said

PATH = "serverless.yml"


def functions(root: Path, text: str, **files: str) -> dict[str, Deployed]:
    """The functions of a service, by name."""
    project(root, {PATH: text, **files})
    deployed, problems = read(root, [PATH])
    assert problems == ()
    return {each.resource: each for each in deployed}


def said(name: str, value: str | int | bool | None, line: int, column: int, text: str = "", path: str = PATH) -> Said:
    return Said(name, value, path, line, column, text)


def test_every_fact_of_a_function_has_its_place(tmp_path: Path) -> None:
    found = functions(
        tmp_path,
        """\
        provider:
          name: aws
          runtime: python3.13
          architecture: arm64
          memorySize: ${self:custom.memory}
          environment:
            STAGE: ${opt:stage, 'dev'}
            TABLE: orders
          vpc:
            subnetIds: [a]
        custom: {memory: 512}
        functions:
          orders:
            handler: app.handler
            timeout: 29
            ephemeralStorageSize: 1024
            snapStart: true
            provisionedConcurrency: 2
            fileSystemConfig: {arn: a, localMountPath: /mnt/x}
            environment:
              TABLE: ${file(tables.yml):orders}
              OTHER: {Ref: Other}
            layers:
              - arn:aws:lambda:eu-west-1:1:layer:x:1
          plain:
            handler: app.handler
            vpc: ~
        """,
        **{"tables.yml": "orders: Orders\n"},
    )
    assert found["orders"] == Deployed(
        handler="app.handler",
        root="",
        manifest=PATH,
        line=13,
        resource="orders",
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
            said("runtime", "python3.13", 3, 12, "python3.13"),
            said("architecture", "arm64", 4, 17, "arm64"),
            said("memory", 512, 5, 15),
            said("timeout", 29, 15, 14, "29"),
            said("ephemeral_storage", 1024, 16, 27, "1024"),
            said("snapstart", True, 17, 16, "true"),
            said("provisioned_concurrency", True, 18, 29, "2"),
            said("vpc", True, 9, 3),
            said("efs", True, 19, 5),
            said("layers", "arn:aws:lambda:eu-west-1:1:layer:x:1", 24, 9, "arn:aws:lambda:eu-west-1:1:layer:x:1"),
            said("environment.STAGE", "dev", 7, 12),
            said("environment.TABLE", "Orders", 21, 14),
            said("environment.OTHER", None, 22, 14),
        ),
    )
    plain = found["plain"]
    assert (plain.vpc, plain.memory, plain.timeout, plain.environment) == (False, 512, 6, ("STAGE", "TABLE"))


EVENTS = {
    "http: GET /orders": "api",
    "httpApi: '*'": "api",
    "websocket: $connect": "websocket",
    "sqs: arn:aws:sqs:eu-west-1:1:q": "sqs",
    "sns: topic": "sns",
    "s3: bucket": "s3",
    "schedule: rate(1 day)": "schedule",
    "eventBridge: {schedule: rate(1 day)}": "schedule",
    "eventBridge: {pattern: {}}": "eventbridge",
    "stream: arn:aws:dynamodb:eu-west-1:1:table/t/stream/s": "dynamodb",
    "stream: {type: kinesis, arn: {Ref: S}}": "kinesis",
    "stream: {arn: {Ref: S}}": "other",
    "alb: {listenerArn: a}": "alb",
    "cognitoUserPool: {pool: p}": "cognito",
    "cloudwatchLog: /group": "logs",
    "iot: {sql: x}": "iot",
    "msk: {arn: a}": "kafka",
    "rabbitmq: {arn: a}": "mq",
    "alexaSkill": "other",
}


@pytest.mark.parametrize(("event", "trigger"), EVENTS.items(), ids=EVENTS.keys())
def test_events_are_triggers(tmp_path: Path, event: str, trigger: str) -> None:
    text = f"""\
        provider: {{name: aws, runtime: python3.13}}
        functions:
          f:
            handler: app.handler
            events:
              - {event}
        """
    name = event.partition(":")[0]
    assert functions(tmp_path, text)["f"].said[1:] == (said("trigger", trigger, 6, 9, name),)


def test_google_and_azure_name_their_events_otherwise(tmp_path: Path) -> None:
    text = """\
        provider: {name: google, runtime: python313}
        functions:
          http: {handler: http, events: [{http: path}]}
          topic: {handler: topic, events: [{event: {eventType: providers/cloud.pubsub/eventTypes/topic.publish}}]}
          bucket: {handler: bucket, events: [{event: {eventType: google.storage.object.finalize}}]}
        """
    found = functions(tmp_path, text)
    assert {name: each.triggers for name, each in found.items()} == {
        "http": ("http",),
        "topic": ("pubsub",),
        "bucket": ("storage",),
    }


def test_function_urls_and_authorizers_are_triggers(tmp_path: Path) -> None:
    text = """\
        provider:
          name: aws
          runtime: python3.13
          httpApi: {authorizers: {own: {type: request, functionName: common}}}
        functions:
          orders:
            handler: app.handler
            url: true
            events:
              - http: {path: /, method: get, authorizer: {name: check}}
          check: {handler: app.check, url: false}
          common: {handler: app.common}
        """
    found = functions(tmp_path, text)
    assert {name: each.triggers for name, each in found.items()} == {
        "orders": ("api", "url"),
        "check": ("authorizer",),
        "common": ("authorizer",),
    }
    assert found["common"].said[1:] == (said("trigger", "authorizer", 4, 32),)


def test_parameters_stages_and_booleans_mean_their_defaults(tmp_path: Path) -> None:
    text = """\
        params:
          default: {memory: 512}
        stages:
          default: {params: {timeout: 20}}
        custom: {snap: 'TRUE', off: 'false'}
        provider: {name: aws, runtime: python3.13, stage: prod}
        functions:
          f:
            handler: ${sls:stage}/app.handler
            memorySize: ${param:memory}
            timeout: ${param:timeout}
            snapStart: ${strToBool(${self:custom.off})}
            provisionedConcurrency: ${param:unknown}
        """
    function = functions(tmp_path, text)["f"]
    facts = (function.handler, function.memory, function.timeout, function.snapstart, function.provisioned_concurrency)
    assert facts == ("prod/app.handler", 512, 20, False, None)


COMPOSED = """\
provider: {name: aws, runtime: python3.13, memorySize: '${param:memory}', timeout: '${param:timeout}'}
params: {default: {memory: 128, timeout: 10}}
functions: {f: {handler: app.handler}}
"""


@pytest.mark.parametrize(
    ("compose", "memory"),
    [
        ("services: {orders: {path: services/orders, params: {memory: 512}}}", 512),
        ("services: {orders: {path: services/orders, config: serverless.yml, params: {memory: 512}}}", 512),
        ("services: {orders: {path: services/orders, config: other.yml, params: {memory: 512}}}", 128),
        ("services: {users: {path: services/users, params: {memory: 512}}}", 128),
        ("services: {orders: {path: ../../orders, params: {memory: 512}}}", 128),
        ("services: {orders: {path: services/orders, params: {memory: '${users.memory}'}}}", None),
        ("services: [orders]", 128),
        ("", 128),
    ],
    ids=["given", "of its file", "of another file", "of another", "outside", "computed", "no services", "empty"],
)
def test_what_a_compose_file_above_gives_counts_before_defaults(
    compose: str, memory: int | None, tmp_path: Path
) -> None:
    files = {"services/orders/serverless.yml": COMPOSED, "serverless-compose.yml": compose}
    (found,) = declared(tmp_path, files)
    assert (found.memory, found.timeout) == (memory, 10)


def test_a_broken_compose_file_is_a_problem(tmp_path: Path) -> None:
    files = {"services/orders/serverless.yml": COMPOSED, "serverless-compose.yml": "services: [\n"}
    assert [(each.path, each.line) for each in reading(tmp_path, files)[1]] == [("serverless-compose.yml", 2)]


def test_functions_are_taken_from_lists_of_files_with_keys(tmp_path: Path) -> None:
    files = {
        "serverless.yml": """\
            provider: {name: aws, runtime: python3.13}
            functions:
              - ${file(more.yml):functions}
              - ${file(more.yml):deep.list.0}
              - three: ${file(three.json):three}
            """,
        "more.yml": "functions: {one: {handler: m.one}}\ndeep: {list: [{two: {handler: m.two}}]}\n",
        "three.json": '{"three": {"handler": "m.three"}}',
    }
    assert in_short(declared(tmp_path, files)) == [
        "more.yml:1 one m.one in ''",
        "more.yml:2 two m.two in ''",
        "serverless.yml:5 three m.three in ''",
    ]


def test_image_is_its_name_its_dockerfile_and_its_command(tmp_path: Path) -> None:
    text = """\
        provider: {name: aws, ecr: {images: {own: {path: ./docker, file: Dockerfile.prod}, far: {uri: 1.dkr.ecr/x}}}}
        functions:
          named: {image: own}
          commanded: {image: {name: own, command: [app.other]}}
          far: {image: {name: far, command: [far.handler]}}
          unknown: {image: far}
        """
    docker = 'FROM public.ecr.aws/lambda/python:3.13\nCOPY app.py ./\nCMD ["app.handler"]\n'
    found = functions(tmp_path, text, **{"docker/Dockerfile.prod": docker, "docker/app.py": ""})
    assert {name: (each.handler, each.root, each.package) for name, each in found.items()} == {
        "named": ("app.handler", "docker", "image"),
        "commanded": ("app.other", "docker", "image"),
    }
    assert found["named"].said == (
        said("package", "image", 3, 11),
        Said("runtime", "python3.13", "docker/Dockerfile.prod", 1, 35, "3.13"),
    )


def test_web_adapter_and_managed_instances_are_known(tmp_path: Path) -> None:
    text = """\
        provider: {name: aws, runtime: python3.13}
        functions:
          web:
            handler: run.sh
            layers: ["arn:aws:lambda:${aws:region}:753240598075:layer:LambdaAdapterLayerArm64:25"]
          wrapped:
            handler: app.handler
            environment: {AWS_LAMBDA_EXEC_WRAPPER: /opt/bootstrap}
          managed: {handler: app.handler, capacityProvider: {name: p, maxConcurrency: 8}}
          single: {handler: app.handler, capacityProvider: {name: p, maxConcurrency: 1}}
        """
    found = functions(tmp_path, text, **{"run.sh": "exec gunicorn -b :8080 shop.wsgi:application\n"})
    assert {name: (each.handler, each.web_adapter, each.concurrent) for name, each in found.items()} == {
        "web": ("shop.wsgi.application", True, False),
        "wrapped": ("app.handler", True, False),
        "managed": ("app.handler", False, True),
        "single": ("app.handler", False, False),
    }


def test_what_keeps_bytecode_out_has_its_place(tmp_path: Path) -> None:
    found = functions(
        tmp_path,
        """\
        plugins: {modules: [serverless-python-requirements]}
        provider: {name: aws, runtime: python3.13}
        custom:
          requirements: {slim: true, noDeploy: [boto3]}
          pythonRequirements: ${self:custom.requirements}
        package:
          patterns: ['!tests/**', "!**/__pycache__/**"]
        functions:
          orders:
            handler: app.handler
          others:
            handler: app.handler
            package:
              patterns: ['**/*.pyc']
          image:
            image: 1.dkr.ecr.eu-west-1.amazonaws.com/app
        """,
    )
    slim = [said("package.slim", "slim", 4, 24, "true"), said("package.no_deploy", "boto3", 4, 41, "boto3")]
    patterns = said("package.patterns", "!tests/**", 7, 14, "'!tests/**'")
    assert [fact for fact in found["orders"].said if fact.name.startswith("package.")] == [
        patterns,
        said("package.exclude", "!**/__pycache__/**", 7, 27, '"!**/__pycache__/**"'),
        *slim,
    ]
    assert [fact for fact in found["others"].said if fact.name.startswith("package.")] == [patterns, *slim]

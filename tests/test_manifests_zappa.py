"""What the settings of Zappa deploy: an application, and the functions that events call."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from manifest_files import project
from places import said

from flake8_lambda_perf.manifests import Deployed, read
from flake8_lambda_perf.model import Problem

JSON = "zappa_settings.json"

PLAIN = Deployed(
    handler="shop.app",
    root="",
    manifest=JSON,
    line=1,
    resource="dev",
    runtime=None,
    memory=512,
    timeout=30,
    snapstart=False,
    vpc=False,
    provisioned_concurrency=False,
)


def written(root: Path, text: str, name: str = JSON, *files: str) -> Path:
    """A project with these settings and empty files."""
    return project(root, {name: text, **dict.fromkeys(files, "")})


def functions(root: Path, name: str = JSON) -> list[tuple[str, str, tuple[str, ...]]]:
    """The handlers that are found, with their stage and what invokes them."""
    deployed, problems = read(root, [name])
    assert problems == ()
    return [(each.handler, each.resource, each.triggers) for each in deployed]


SETTLED = """\
{
    // as Zappa takes it
    "base": {
        "app_function": "shop.app", # the WSGI application
        "runtime": "python3.12",
        "memory_size": 256,
        "environment_variables": {"TABLE": "orders"},
    },
    "production": {
        "extends": "base",
        "memory_size": 2048,
        "timeout_seconds": 29,
        "vpc_config": {"SubnetIds": ["a"]},
        "efs_config": [{"Arn": "b"}],
        "snap_start": "PublishedVersions",
        "architecture": ["arm64"],
        "ephemeral_storage": {"Size": 1024},
        "slim_handler": true,
        "exclude": ["*.pyc"],
        "aws_environment_variables": {"LEVEL": "INFO"},
    },
}
"""


def test_a_stage_takes_what_it_leaves_out_from_the_one_it_extends(tmp_path: Path) -> None:
    def fact(name: str, value: str | int | bool, before: str, literal: str = "") -> Any:
        return said(name, value, JSON, SETTLED, before, literal)

    expected = replace(
        PLAIN,
        line=4,
        resource="production",
        runtime="python3.12",
        memory=2048,
        timeout=29,
        vpc=True,
        efs=True,
        snapstart=True,
        architecture="arm64",
        ephemeral_storage=1024,
        said=(
            fact("runtime", "python3.12", '"runtime": ', '"python3.12"'),
            fact("memory", 2048, '"base",\n        "memory_size": ', "2048"),
            fact("timeout", 29, '"timeout_seconds": ', "29"),
            fact("vpc", True, '"vpc_config": '),
            fact("efs", True, '"efs_config": '),
            fact("snapstart", True, '"snap_start": ', '"PublishedVersions"'),
            fact("architecture", "arm64", '"architecture": '),
            fact("ephemeral_storage", 1024, '"ephemeral_storage": '),
            fact("slim_handler", True, '"slim_handler": ', "true"),
            fact("exclude", "*.pyc", '"exclude": [', '"*.pyc"'),
            fact("environment.LEVEL", "INFO", '{"LEVEL": ', '"INFO"'),
            fact("environment.TABLE", "orders", '{"TABLE": ', '"orders"'),
            fact("trigger", "api", '"app_function": '),
        ),
    )
    assert read(written(tmp_path, SETTLED), [JSON]) == ((expected,), ())


def test_settings_may_be_toml_and_yaml(tmp_path: Path) -> None:
    toml = """\
[dev]
app_function = "shop.app"   # the WSGI application
memory_size = 1024
apigateway_enabled = false
exclude = [
    "tests",
]

[dev.environment_variables]
LEVEL = 'INFO'
"""
    name = "zappa_settings.toml"
    facts = (
        said("memory", 1024, name, toml, "memory_size = ", "1024"),
        said("exclude", "tests", name, toml, "exclude = "),
        said("environment.LEVEL", "INFO", name, toml, "LEVEL = ", "'INFO'"),
    )
    expected = replace(PLAIN, manifest=name, line=2, memory=1024, said=facts)
    assert read(written(tmp_path, toml, name), [name]) == ((expected,), ())
    yaml = "dev:\n  app_function: shop.app\n  use_apigateway: false\n"
    expected = replace(PLAIN, manifest="zappa_settings.yml", line=2)
    assert read(written(tmp_path, yaml, "zappa_settings.yml"), ["zappa_settings.yml"]) == ((expected,), ())


def test_events_and_authorizers_call_functions_of_their_own(tmp_path: Path) -> None:
    text = """\
    {"dev": {
      "app_function": "shop.app",
      "keep_warm": false,
      "authorizer": {"function": "shop.auth.check"},
      "events": [
        {"function": "shop.jobs.sweep", "expression": "rate(1 day)"},
        {"function": "shop.jobs.sweep", "expressions": ["rate(1 hour)"]},
        {"function": "shop.jobs.resize", "event_source": {"arn": "arn:aws:s3:::uploads", "events": ["s3:*"]}},
        {"function": "shop.jobs.other", "event_source": {"arn": "arn:aws:events:eu-west-1:1:x"}},
        {"function": "no name"}
      ]
    }}
    """
    assert functions(written(tmp_path, text)) == [
        ("shop.app", "dev", ("api",)),
        ("shop.jobs.sweep", "dev", ("schedule",)),
        ("shop.jobs.resize", "dev", ("s3",)),
        ("shop.jobs.other", "dev", ("other",)),
        ("shop.auth.check", "dev", ("authorizer",)),
    ]


def test_a_handler_of_ones_own_takes_the_application_s_place(tmp_path: Path) -> None:
    text = '{"dev": {"app_function": "shop.app", "lambda_handler": "shop.main.handler", "use_apigateway": false}}'
    assert functions(written(tmp_path, text)) == [("shop.main.handler", "dev", ())]


@pytest.mark.parametrize(
    ("settings", "files", "handler"),
    [
        ("shop.settings", ("shop/wsgi.py",), "shop.wsgi.application"),
        ("shop.settings.live", ("shop/wsgi.py",), "shop.wsgi.application"),
        ("settings", ("wsgi.py",), "wsgi.application"),
        ("shop.settings", (), "shop.settings"),
    ],
)
def test_the_application_of_django_is_the_one_its_project_makes(
    settings: str, files: tuple[str, ...], handler: str, tmp_path: Path
) -> None:
    root = written(tmp_path, f'{{"dev": {{"django_settings": "{settings}"}}}}', JSON, *files)
    assert functions(root) == [(handler, "dev", ("api",))]


def test_stages_that_deploy_different_functions_are_all_found(tmp_path: Path) -> None:
    text = (
        '{"a": {"app_function": "shop.app", "memory_size": 128}, "b": {"app_function": "shop.app", "memory_size": 256},'
        ' "c": {"app_function": "other.app"}}'
    )
    deployed, problems = read(written(tmp_path, text), [JSON])
    assert ([(each.handler, each.resource, each.memory) for each in deployed], problems) == (
        [("shop.app", "a", None), ("other.app", "c", 512)],
        (),
    )


def test_stages_that_extend_each_other_and_stages_that_are_none_end(tmp_path: Path) -> None:
    text = '{"a": {"extends": "b", "app_function": "shop.app"}, "b": {"extends": "a"}, "c": {"extends": "x"}, "d": 1}'
    assert functions(written(tmp_path, text)) == [("shop.app", "a", ("api",))]


@pytest.mark.parametrize(
    ("name", "text", "line", "message"),
    [
        (JSON, '{"dev": {\n"app_function" "a.b"}}', 2, "not valid JSON: Expecting ':' delimiter"),
        (
            "zappa_settings.toml",
            "[dev]\napp_function = a.b\n",
            2,
            "not valid TOML: Invalid value (at line 2, column 16)",
        ),
        ("zappa_settings.yml", "dev: {app_function: a.b\n", 2, "not valid YAML: did not find expected ',' or '}'"),
    ],
)
def test_broken_settings_are_a_problem(name: str, text: str, line: int, message: str, tmp_path: Path) -> None:
    problem = Problem(name, line, f"{message}; correct the file or exclude it")
    assert read(written(tmp_path, text, name), [name]) == ((), (problem,))


def test_settings_without_an_application_are_left_alone(tmp_path: Path) -> None:
    root = written(tmp_path, '{"dev": {"s3_bucket": "events"}, "app_function": []}')
    assert read(root, [JSON]) == ((), ())

"""What SST apps, and settings that name a handler beside a runtime, declare."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from deployment_programs import in_short
from typescript_programs import PLAIN, declared, reading

from flake8_lambda_perf.model import Problem, Said

CODE = {"packages/functions/src/api.py": "", "functions/users.py": ""}


def test_settings_in_yaml_state_everything_with_its_place(tmp_path: Path) -> None:
    text = """\
functions:
  orders:
    handler: packages/functions/src/api.handler
    runtime: python3.12
    memorySize: 512
    timeout: 30 seconds
    architecture: arm64
    environment:
      TABLE: orders
"""
    assert declared(tmp_path, {**CODE, "infra/functions.yml": text}) == (
        replace(
            PLAIN,
            handler="packages/functions/src/api.handler",
            root="",
            manifest="infra/functions.yml",
            line=3,
            resource="orders",
            memory=512,
            timeout=30,
            architecture="arm64",
            said=(
                Said("runtime", "python3.12", "infra/functions.yml", 4, 14, "python3.12"),
                Said("memory", 512, "infra/functions.yml", 5, 17, "512"),
                Said("timeout", 30, "infra/functions.yml", 6, 14),
                Said("architecture", "arm64", "infra/functions.yml", 7, 19, "arm64"),
                Said("environment.TABLE", "orders", "infra/functions.yml", 9, 14, "orders"),
            ),
        ),
    )


def test_settings_may_be_lists_in_json_and_name_the_folder_of_the_code(tmp_path: Path) -> None:
    text = """\
[
  {"name": "a", "handler": "./users.handler", "runtime": "python3.12", "codeUri": "../functions"},
  {"handler": "users.handler", "runtime": "python3.12"},
  {"name": "node", "handler": "users.handler", "runtime": "nodejs20.x"}
]
"""
    found = declared(tmp_path, {**CODE, "config/functions.json": text})
    assert [in_short(one) for one in found] == [
        "config/functions.json:2 a users.handler in 'functions'",
        "config/functions.json:3 users.handler users.handler in None",
    ]
    assert [(fact.name, fact.value) for fact in found[1].said] == [
        ("runtime", "python3.12"),
        ("memory", None),
        ("timeout", None),
    ]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.yml", "handler: main:handler\nruntime: python3.9\n"),
        ("a.yml", "handler: users.handler\nx: {runtime: python3.9}\n"),
        ("a.yml", "# handler, runtime: python3.9\n"),
        ("a.yml", "handler: !Sub users.handler\nruntime: python3.9\n"),
        ("a.tf.json", '{"handler": "users.handler", "runtime": "python3.9"}'),
        ("serverless.prod.yml", "functions: {a: {handler: users.handler, runtime: python3.9}}\n"),
        ("t.yml", "# AWS::Lambda::Function\nhandler: users.handler\nruntime: python3.9\n"),
    ],
)
def test_what_names_no_python_handler_is_left_alone(name: str, text: str, tmp_path: Path) -> None:
    assert declared(tmp_path, {**CODE, name: text}) == ()


def test_settings_below_a_service_of_the_serverless_framework_are_its_own(tmp_path: Path) -> None:
    text = "orders: {handler: functions/users.handler, runtime: python3.12}\n"
    assert declared(tmp_path, {**CODE, "serverless.yml": "", "config/functions.yml": text}) == ()


def test_more_than_a_thousand_functions_are_a_problem(tmp_path: Path) -> None:
    text = "f: &f {handler: functions/users.handler, runtime: python3.12}\nall:\n" + "".join(
        f"  f{number}: {{handler: functions/users.handler, runtime: python3.12}}\n" for number in range(1_001)
    )
    _, problems = reading(tmp_path, {**CODE, "a.yml": text})
    assert problems == (Problem("a.yml", 1_002, "declares more than 1000 functions; split the file or exclude it"),)


CONFIG = """\
const runtime = "python3.13"; export default $config({
  app(input) { return { name: "shop" }; },
  async run() {
    await import("./infra/other");
    new sst.aws.Function("Orders", {
      handler: "packages/functions/src/api.handler", runtime: "python3.12", memory: "1 GB", timeout: "1 minute",
      vpc, environment: {TABLE: "orders"}, url: true, python: { container: true },
    });
    const api = new sst.aws.ApiGatewayV2("Api");
    api.route("GET /", { handler: "functions/users.get", runtime: "python3.12", memory: `512 MB` });
    api.route("POST /", "functions/users.post");
    new sst.aws.Cron("Nightly", { schedule: "rate(1 day)", function: { handler: "functions/users.clean", runtime } });
  },
});
"""


def test_constructs_of_sst_declare_what_they_are_given(tmp_path: Path) -> None:
    other = 'new sst.aws.Function("Other", { handler: "functions/users.other", runtime: "python3.12" });\n'
    first, *others = sorted(
        declared(tmp_path, {**CODE, "sst.config.ts": CONFIG, "infra/other.ts": other}),
        key=lambda one: (one.manifest != "sst.config.ts", one.line),
    )
    assert first == replace(
        PLAIN,
        handler="packages/functions/src/api.handler",
        root="",
        manifest="sst.config.ts",
        line=6,
        memory=1024,
        timeout=60,
        vpc=True,
        package="image",
        said=(
            Said("runtime", "python3.12", "sst.config.ts", 6, 63, '"python3.12"'),
            Said("memory", 1024, "sst.config.ts", 6, 85),
            Said("timeout", 60, "sst.config.ts", 6, 102),
            Said("environment.TABLE", "orders", "sst.config.ts", 7, 33, '"orders"'),
            Said("trigger", "url", "sst.config.ts", 5, 5),
        ),
    )
    assert [(in_short(one), one.runtime, one.memory, one.triggers) for one in others] == [
        ("sst.config.ts:10 Api functions/users.get in ''", "python3.12", 512, ("api",)),
        ("sst.config.ts:12 Nightly functions/users.clean in ''", "python3.13", None, ("schedule",)),
        ("infra/other.ts:1 Other functions/users.other in ''", "python3.12", None, ()),
    ]


def test_routes_of_an_older_sst_may_be_handlers_alone(tmp_path: Path) -> None:
    text = """\
import { Api } from "sst/constructs";
export function API({ stack }) {
  new Api(stack, "api", {
    defaults: { function: { runtime: "python3.12" } },
    routes: {
      "GET /": "functions/users.get",
      "PUT /": { function: { handler: "functions/users.put", timeout: 20 } },
    },
    customDomain: "api.example.com",
  });
}
"""
    found = declared(tmp_path, {**CODE, "sst.config.ts": "", "stacks/api.ts": text})
    assert [(in_short(one), one.timeout, one.triggers) for one in found] == [
        ("stacks/api.ts:6 api functions/users.get in ''", None, ("api",)),
        ("stacks/api.ts:7 api functions/users.put in ''", 20, ("api",)),
    ]


def test_functions_of_other_libraries_are_left_alone(tmp_path: Path) -> None:
    text = """\
import "sst";
import { Function } from "other";
new Function("F", { handler: "functions/users.handler", runtime: "python3.12" });
"""
    assert declared(tmp_path, {**CODE, "sst.config.ts": text}) == ()

"""What the configuration of a Chalice application says of the functions that its decorators deploy."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from manifest_files import project
from places import said

from flake8_lambda_perf.manifests import Deployed, read
from flake8_lambda_perf.model import Said

CONFIG = "shop/.chalice/config.json"
APP = """\
from chalice import Chalice
from chalicelib import orders as more
from chalicelib.jobs import jobs

app = Chalice(app_name="shop")
app.register_blueprint(jobs)


@app.middleware("all")
def log(event, get_response): ...


@app.route("/")
def index(): ...


@app.on_sqs_message(queue="orders", name="receive")
def on_order(event): ...


@app.authorizer()
def who(request): ...


def helper(event, context): ...
"""
JOBS = """\
import chalice

jobs = chalice.Blueprint(__name__)


@jobs.schedule("rate(1 hour)")
def sweep(event): ...


@jobs.on_ws_connect()
def greet(event): ...
"""


def application(root: Path, config: str, **modules: str) -> Path:
    """An application with its modules by their names, dots written as `__`, and its configuration."""
    texts = {f"shop/{name.replace('__', '/')}.py": text for name, text in modules.items()} | {CONFIG: config}
    return project(root, texts)


def function(handler: str, resource: str, line: int, *facts: Said) -> Deployed:
    """A function as the plainest configuration deploys it."""
    return Deployed(
        handler=handler,
        root="shop",
        manifest=CONFIG,
        line=line,
        resource=resource,
        runtime=None,
        memory=None,
        timeout=60,
        snapstart=False,
        vpc=False,
        provisioned_concurrency=False,
        said=facts,
    )


SETTLED = """\
{
  "version": "2.0",
  "app_name": "shop",
  "lambda_memory_size": 256,
  "environment_variables": {"TABLE": "orders", "LEVEL": "INFO"},
  "lambda_functions": {"receive": {"lambda_timeout": 300}},
  "stages": {
    "dev": {"lambda_memory_size": 128},
    "prod": {
      "lambda_memory_size": 1024,
      "subnet_ids": ["a"], "security_group_ids": ["b"],
      "layers": ["arn:aws:lambda:eu-west-1:1:layer:x:1"],
      "environment_variables": {"LEVEL": "WARNING"},
      "lambda_functions": {"receive": {"lambda_memory_size": 512}}
    }
  }
}
"""


def test_decorators_name_the_functions_and_the_configuration_their_settings(tmp_path: Path) -> None:
    root = application(tmp_path, SETTLED, app=APP, chalicelib__jobs=JOBS)
    common = (
        said("vpc", True, CONFIG, SETTLED, '"subnet_ids": '),
        said("layers", True, CONFIG, SETTLED, '"layers": '),
        said("environment.LEVEL", "WARNING", CONFIG, SETTLED, '{"LEVEL": ', '"WARNING"'),
        said("environment.TABLE", "orders", CONFIG, SETTLED, '{"TABLE": ', '"orders"'),
    )
    memory = said("memory", 1024, CONFIG, SETTLED, '"prod": {\n      "lambda_memory_size": ', "1024")

    def settled(handler: str, resource: str, trigger: str, path: str, line: int) -> Deployed:
        facts = (Said("trigger", trigger, f"shop/{path}", line, 2), memory, *common)
        return replace(function(handler, resource, 9, *facts), memory=1024, vpc=True)

    received = replace(
        settled("app.on_order", "receive", "sqs", "app.py", 17),
        memory=512,
        timeout=300,
        said=(
            Said("trigger", "sqs", "shop/app.py", 17, 2),
            said("memory", 512, CONFIG, SETTLED, '{"receive": {"lambda_memory_size": ', "512"),
            said("timeout", 300, CONFIG, SETTLED, '{"receive": {"lambda_timeout": ', "300"),
            *common,
        ),
    )
    expected = (
        settled("app.index", "api_handler", "api", "app.py", 13),
        received,
        settled("app.who", "who", "authorizer", "app.py", 21),
        settled("chalicelib.jobs.sweep", "sweep", "schedule", "chalicelib/jobs.py", 6),
        settled("chalicelib.jobs.greet", "websocket_handler", "websocket", "chalicelib/jobs.py", 10),
    )
    assert read(root, [CONFIG]) == (expected, ())


def test_stages_that_do_not_agree_leave_a_setting_open(tmp_path: Path) -> None:
    config = """\
{"stages": {
  "dev": {"lambda_memory_size": 128, "lambda_timeout": 10},
  "test": {"lambda_memory_size": 512, "lambda_timeout": 10, "subnet_ids": ["a"]}
}}
"""
    app = 'import chalice\napp = chalice.Chalice("shop")\n@app.lambda_function()\ndef load(event, context): ...\n'
    memory = said("memory", None, CONFIG, config, '"dev": {"lambda_memory_size": ')
    timeout = said("timeout", 10, CONFIG, config, '128, "lambda_timeout": ', "10")
    expected = replace(function("app.load", "load", 2, memory, timeout), timeout=10)
    assert read(application(tmp_path, config, app=app), [CONFIG]) == ((expected,), ())


def test_an_application_without_plain_decorators_is_deployed_whole(tmp_path: Path) -> None:
    app = "from chalicelib.main import make\napp = make()\n"
    root = application(tmp_path, '{"app_name": "shop", "stages": {}}', app=app)
    assert read(root, [CONFIG]) == ((function("app.app", "api_handler", 1),), ())


def test_left_alone_are_other_files_of_that_name_and_folders_without_an_application(tmp_path: Path) -> None:
    root = application(tmp_path, '{"stages": {}}', app="import json\n")
    (root / "config.json").write_text('{"stages": {}}', encoding="utf-8")
    (root / "none" / ".chalice").mkdir(parents=True)
    (root / "none" / CONFIG.removeprefix("shop/")).write_text('{"stages": {}}', encoding="utf-8")
    assert read(root, [CONFIG, "config.json", "none/.chalice/config.json"]) == ((), ())

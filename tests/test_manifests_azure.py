"""What the files of Azure Functions deploy, in both programming models."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from manifest_files import project
from places import said

from flake8_lambda_perf.manifests import Deployed, read
from flake8_lambda_perf.model import Problem, Said

if TYPE_CHECKING:
    from pathlib import Path

HOST = """\
{
  "version": "2.0",
  "functionTimeout": "00:10:00", // of each function
}
"""
HTTP = '{"bindings": [{"type": "httpTrigger", "name": "req"}, {"type": "http", "direction": "out"}]}'
PLAIN = Deployed(
    handler="load.main",
    root="shop",
    manifest="shop/load/function.json",
    line=1,
    resource="load",
    runtime=None,
    memory=None,
    timeout=None,
    snapstart=False,
    vpc=False,
    provisioned_concurrency=False,
    concurrent=True,
    platform="azure",
)


def test_a_function_of_the_first_model_is_the_main_of_its_folder(tmp_path: Path) -> None:
    files = {"shop/load/function.json": HTTP, "shop/load/__init__.py": "", "shop/host.json": HOST}
    path = "shop/load/function.json"
    facts = (
        said("trigger", "http", path, HTTP, '[{"type": ', '"httpTrigger"'),
        said("timeout", 600, "shop/host.json", HOST, '"functionTimeout": ', '"00:10:00"'),
    )
    expected = replace(PLAIN, timeout=600, said=facts)
    assert read(project(tmp_path, files), [path]) == ((expected,), ())


@pytest.mark.parametrize(("most", "concurrent"), [("1", None), ("100", True)])
def test_requests_run_side_by_side_unless_the_host_may_take_one_at_a_time(
    most: str, concurrent: bool | None, tmp_path: Path
) -> None:
    host = f'{{"version": "2.0", "extensions": {{"http": {{"maxConcurrentRequests": {most}}}}}}}'
    files = {"shop/load/function.json": HTTP, "shop/load/__init__.py": "", "shop/host.json": host}
    ((found,), problems) = read(project(tmp_path, files), ["shop/load/function.json"])
    assert (found.concurrent, problems) == (concurrent, ())


@pytest.mark.parametrize(
    ("script", "entry", "file", "handler"),
    [
        ("main.py", "run", "load/main.py", "load/main.run"),
        ("../shared/jobs.py", "run", "shared/jobs.py", "shared/jobs.run"),
        ("__init__.py", "", "load/__init__.py", "load.main"),
    ],
)
def test_a_description_may_name_file_and_function(
    script: str, entry: str, file: str, handler: str, tmp_path: Path
) -> None:
    text = f'{{"scriptFile": "{script}", "entryPoint": "{entry}", "bindings": []}}'
    root = project(tmp_path, {"load/function.json": text, file: ""})
    expected = replace(PLAIN, handler=handler, root="", manifest="load/function.json")
    assert read(root, ["load/function.json"]) == ((expected,), ())


@pytest.mark.parametrize(
    "binding",
    [
        "timerTrigger timer",
        "cosmosDBTrigger cosmosdb",
        "rabbitMQTrigger mq",
        "activityTrigger other",
        "KafkaTrigger kafka",
    ],
)
def test_a_binding_says_what_invokes_a_function(binding: str, tmp_path: Path) -> None:
    written, kind = binding.split()
    text = f'{{"bindings": [{{"type": "queue"}}, {{"type": "{written}"}}, 3, {{"type": []}}]}}'
    deployed, problems = read(
        project(tmp_path, {"load/function.json": text, "load/__init__.py": ""}), ["load/function.json"]
    )
    assert ([each.triggers for each in deployed], problems) == ([(kind,)], ())


LEFT = {
    "a function in another language": {"load/function.json": '{"scriptFile": "index.js", "bindings": []}'},
    "a function without code": {"load/function.json": '{"bindings": []}'},
    "one that is switched off": {"load/function.json": '{"disabled": true, "bindings": []}', "load/__init__.py": ""},
    "one beside all folders": {"function.json": '{"bindings": []}', "__init__.py": ""},
    "a schema": {"load/function.json": '{"properties": {"bindings": {}}}', "load/__init__.py": ""},
    "a host of functions in another language": {"host.json": HOST, "app.py": ""},
    "another host": {"host.json": '["version"]', "function_app.py": ""},
    "a module without functions": {"host.json": HOST, "function_app.py": "import azure.functions as func\n"},
}


@pytest.mark.parametrize("files", LEFT.values(), ids=LEFT.keys())
def test_left_alone_is(files: dict[str, str], tmp_path: Path) -> None:
    assert read(project(tmp_path, files), [name for name in files if name.endswith(".json")]) == ((), ())


APP = """\
import azure.functions as func
from orders.blueprint import bp
from .jobs import app

import shop

app.register_functions(bp)


@app.function_name("load")
@app.route(route="load")
def load(req: func.HttpRequest): ...


@shop.remember
@app.queue_output("b")
def helper(req): ...
"""
JOBS = """\
import azure.functions as functions
from fastapi import FastAPI

api = FastAPI()
app: functions.FunctionApp = functions.FunctionApp()
"""
BLUEPRINT = """\
from azure.functions import Blueprint
from azure.durable_functions import Blueprint as Durable

try:
    bp = Blueprint()
finally:
    more = Durable()


@bp.timer_trigger(schedule="0 0 * * * *", arg_name="timer")
async def sweep(timer): ...


if True:
    @more.activity_trigger("count")
    def count(name): ...
"""


def test_functions_of_the_second_model_are_those_of_decorators_of_apps_and_blueprints(tmp_path: Path) -> None:
    files = {
        "host.json": HOST,
        "function_app.py": APP,
        "jobs.py": JOBS,
        "orders/__init__.py": "",
        "orders/blueprint.py": BLUEPRINT,
    }
    timeout = said("timeout", 600, "host.json", HOST, '"functionTimeout": ', '"00:10:00"')

    def function(handler: str, trigger: str, path: str, line: int, column: int = 2) -> Deployed:
        facts = (Said("trigger", trigger, path, line, column), timeout)
        name = handler.rpartition(".")[2]
        return replace(PLAIN, handler=handler, root="", manifest="host.json", resource=name, timeout=600, said=facts)

    expected = (
        function("function_app.load", "http", "function_app.py", 11),
        function("orders.blueprint.sweep", "timer", "orders/blueprint.py", 10),
        function("orders.blueprint.count", "other", "orders/blueprint.py", 15, 6),
    )
    assert read(project(tmp_path, files), ["host.json"]) == (expected, ())


def test_an_application_may_be_served_whole(tmp_path: Path) -> None:
    app = "import azure.functions as func\nfrom web import api\napp = func.AsgiFunctionApp(app=api)\n"
    root = project(tmp_path, {"host.json": '{"version": "2.0"}', "function_app.py": app})
    expected = replace(PLAIN, handler="function_app.app", root="", manifest="host.json", resource="app")
    assert read(root, ["host.json"]) == ((expected,), ())


@pytest.mark.parametrize(
    ("written", "seconds"), [("00:05:00", 300), ("1.00:00:01", 86_401), ("-1", None), ("", None), ("00:05", None)]
)
def test_a_timeout_is_a_span_of_time(written: str, seconds: int | None, tmp_path: Path) -> None:
    host = f'{{"version": "2.0", "functionTimeout": "{written}"}}'
    app = "import azure.functions as func\napp = func.FunctionApp()\n@app.route()\ndef load(req): ...\n"
    deployed, problems = read(project(tmp_path, {"host.json": host, "function_app.py": app}), ["host.json"])
    assert ([each.timeout for each in deployed], problems) == ([seconds], ())


def test_a_broken_host_is_one_problem_and_its_functions_remain(tmp_path: Path) -> None:
    files = {"load/function.json": HTTP, "load/__init__.py": "", "host.json": '{"version": '}
    deployed, problems = read(project(tmp_path, files), ["load/function.json", "host.json"])
    assert [each.handler for each in deployed] == ["load.main"]
    assert problems == (Problem("host.json", 1, "not valid JSON: Expecting value; correct the file or exclude it"),)

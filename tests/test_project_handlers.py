"""Which functions are handlers where no manifest says so."""

from __future__ import annotations

import pytest
from analysed import analysed

from flake8_lambda_perf.knowledge import idioms


def handlers_of(program: str) -> list[str]:
    """The functions that requests start in."""
    analysis = analysed(program)
    return sorted(handler.qualified_name for handler in analysis.handler_of.values())


@pytest.mark.parametrize(
    "definition",
    [
        "def handler(event, context): ...",
        "def handler(request, _): ...",
        "def lambda_handler(event): ...",
        "def on_order(order: SQSEvent, info: LambdaContext): ...",
        "def on_order(order: 'SQSEvent', info: 'typing.LambdaContext'): ...",
        "def load(request: HttpRequest): ...",
        "def load(event): ...",
        "handler = lambda event, context: ...",
        "handler = lambda event: ...",
        "run = lambda *given: ...\nhandler = run",
    ],
)
def test_a_function_is_a_handler_by_its_name_and_parameters(definition: str) -> None:
    assert len(handlers_of(f"import boto3\n{definition}\n")) == 1


@pytest.mark.parametrize(
    "definition",
    [
        "def main(arguments, _): ...",
        "def handler(event, context, *more): ...",
        "def on_order(order: 'Order', info: 'Info'): ...",
        "def _load(event): ...",
        "import flask\ndef load(event): ...",
        "from flask import Flask\ndef load(event): ...",
        "def load(event): ...\nload(3)",
        "error_handler = lambda error, request: ...",
        "handler = lambda *given: ...",
        "on_error = lambda error: ...\nerror_handler = on_error",
        "on_error = lambda error, request: ...\nerror_handler = on_error",
    ],
)
def test_a_function_is_no_handler_for_less(definition: str) -> None:
    assert handlers_of(f"import boto3\n{definition}\n") == []


@pytest.mark.parametrize("decorator", sorted(idioms().handler_decorators))
def test_a_function_is_a_handler_by_its_decorator_whatever_its_parameters(decorator: str) -> None:
    module, called, rest = decorator.partition("()")
    module, _, name = module.rpartition(".")
    program = f"from {module} import {name}\n\n\n@{name}{called}{rest}\ndef load(one, two, three): ...\n"
    assert handlers_of(f"import boto3\n{program}") == ["load"]


@pytest.mark.parametrize(
    ("program", "triggers"),
    [
        ("import functions_framework\n@functions_framework.http\ndef load(request): ...", ("http",)),
        ("import functions_framework\n@functions_framework.cloud_event\ndef load(event): ...", ()),
        ("from firebase_functions import https_fn as on\n@on.on_request(memory=512)\ndef load(req): ...", ("http",)),
        (
            "from firebase_functions import storage_fn\n@storage_fn.on_object_finalized()\ndef load(e): ...",
            ("storage",),
        ),
        (
            (
                "import azure.functions as func\napp = func.FunctionApp()\n"
                "@app.function_name('load')\n@app.timer_trigger(schedule='* * * * * *')\ndef load(timer): ..."
            ),
            ("timer",),
        ),
        (
            (
                "from azure.functions import Blueprint\nbp = Blueprint()\n"
                "@bp.route('a')\n@bp.queue_output('b')\ndef load(req): ..."
            ),
            ("http",),
        ),
        (
            "import azure.durable_functions as df\napp = df.DFApp()\n@app.activity_trigger('a')\ndef load(a): ...",
            ("other",),
        ),
        ("from chalice import Chalice\napp = Chalice('a')\n@app.on_sqs_message('q')\ndef load(event): ...", ("sqs",)),
        ("from chalice import Chalice\napp = Chalice('a')\n@app.lambda_function()\ndef load(e, c): ...", ()),
        ("def load(event, context): ...", ()),
    ],
)
def test_a_decorator_says_what_invokes_a_handler(program: str, triggers: tuple[str, ...]) -> None:
    handlers = analysed(f"{program}\n").handler_of.values()
    assert [(handler.name, handler.confidence, handler.triggers) for handler in handlers] == [
        ("load", "conventional", triggers)
    ]

"""Which functions are handlers where no manifest says so."""

from __future__ import annotations

import pytest
from analysed import analysed


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
    ],
)
def test_a_function_is_no_handler_for_less(definition: str) -> None:
    assert handlers_of(f"import boto3\n{definition}\n") == []

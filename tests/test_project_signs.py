"""Which files may hold a handler, judged by their text."""

from __future__ import annotations

import pytest

from flake8_lambda_perf.knowledge import idioms
from flake8_lambda_perf.project.signs import DECORATORS, MAKERS, Seeker

PACKAGES = {package for packages, _ in (*MAKERS, *DECORATORS) for package in packages}


@pytest.mark.parametrize(
    "text",
    [
        b"def handler(event, context): ...",
        b"x = 1\r\nasync def load(event,\r\n    context): ...",
        b"x = 1\rasync  def load(request: str): ...",
        b"entry_point_handler = main",
        b"main = idempotent_function(run)",
        b"@metrics.log_metrics\ndef load(one, two): ...",
        b"adapter = Mangum(app)",
    ],
)
def test_a_file_may_hold_a_handler(text: bytes) -> None:
    assert Seeker(PACKAGES).signs(text).handler


@pytest.mark.parametrize("text", [b"def load(one, two): ...  # log_metrics", b"async def load(event): ...", b"x = 1\n"])
def test_a_file_holds_no_handler_for_less(text: bytes) -> None:
    assert not Seeker(PACKAGES).signs(text).handler


def test_what_makes_handlers_is_not_met_where_nothing_imports_its_package() -> None:
    assert Seeker({"mangum"}).signs(b"adapter = Mangum(app)").handler
    assert not Seeker({"boto3"}).signs(b"adapter = Mangum(app)").handler


def test_functions_that_take_an_event_are_handlers_if_nothing_calls_them() -> None:
    signs = Seeker(()).signs(b"async def load(event): ...\ndef store(request): ...")
    assert signs.receivers == {"load", "store"}


def test_the_package_of_every_decorator_that_makes_handlers_has_its_words() -> None:
    assert {name.partition(".")[0] for name in idioms().handler_decorators} <= PACKAGES

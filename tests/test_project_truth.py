"""Tests that the arguments of a call decide, and decorators that keep what they make."""

from __future__ import annotations

import pytest
from analysed import analysed


def builds(program: str) -> bool:
    """Whether a request builds something."""
    analysis = analysed(f"import boto3\n{program}")
    return bool(analysis.builds or analysis.constructions)


@pytest.mark.parametrize(
    ("test", "argument", "expected"),
    [
        ("x == 'a'", "'a'", True),
        ("x == 'a'", "'b'", False),
        ("x != 'a'", "'a'", False),
        ("x != 'a'", "'b'", True),
        ("len('ab') == 2 and x", "'a'", True),
        ("len('ab') == 1 and x", "'a'", False),
        ("x > 1", "0", True),
        ("x == event", "'a'", True),
        ("x", "'a'", True),
        ("x", "''", False),
        ("x", "None", False),
        ("x", "[]", False),
        ("x", "{'a': 1}", True),
        ("x", "handler", True),
        ("x", "boto3.Session()", True),
        ("not x", "None", True),
        ("not x", "1", False),
        ("x is None", "None", True),
        ("x is None", "handler", False),
        ("x is not None", "None", False),
        ("x or not x", "1", True),
        ("x and event['a']", "None", False),
        ("x == 'a' or x == 'b'", "'c'", False),
        ("not (x == 'a' or event['a'])", "'a'", False),
        ("not (x == 'a')", "'a'", False),
    ],
)
def test_the_argument_of_a_call_decides_the_test_of_its_callee(test: str, argument: str, expected: bool) -> None:
    program = (
        f"def f(x, event):\n    if {test}:\n        boto3.client('s3')\n"
        f"def handler(event, context):\n    f({argument}, event)\n"
    )
    assert builds(program) is expected


KEPT = {
    "library's cache": "import cachetools\n@cachetools.cached({})\n",
    "unknown library's memo": "import handy\n@handy.memoize\n",
    "unknown decorator called cached": "@missing.cached_for(60)\n",
    "project's memo": (
        "def once(function):\n    made = {}\n    def inner():\n        if 'x' not in made:\n"
        "            made['x'] = function()\n        return made['x']\n    return inner\n@once\n"
    ),
}
NOT_KEPT = {
    "plain": "",
    "retry": "import tenacity\n@tenacity.retry\n",
    "project's decorator": "def around(f):\n    def inner():\n        return f()\n    return inner\n@around\n",
    "decorator that gives the function back": "def around(f):\n    return f\n@around\n",
    "decorator that gives nothing back": "def around(f):\n    return\n@around\n",
    "decorator without parameters": "def around():\n    pass\n@around\n",
}


@pytest.mark.parametrize("decorator", KEPT.values(), ids=KEPT)
def test_a_decorator_that_keeps_the_result_makes_it_once(decorator: str) -> None:
    assert not builds(f"{decorator}def f():\n    return boto3.client('s3')\ndef handler(event, context):\n    f()\n")


@pytest.mark.parametrize("decorator", NOT_KEPT.values(), ids=NOT_KEPT)
def test_other_decorators_keep_nothing(decorator: str) -> None:
    assert builds(f"{decorator}def f():\n    return boto3.client('s3')\ndef handler(event, context):\n    f()\n")


def test_a_decorator_that_keeps_it_on_the_instance_is_as_good_as_the_instance() -> None:
    program = (
        "import functools\nclass A:\n    @functools.cached_property\n    def x(self):\n"
        "        return boto3.client('s3')\n{}\ndef handler(event, context):\n    {}.x\n"
    )
    assert not builds(program.format("a = A()", "a"))
    assert builds(program.format("", "A()"))


@pytest.mark.parametrize(
    ("decorator", "expected"),
    [
        ("import handy\n@handy.singleton\n", False),
        ("class Once:\n    def __init__(self, cls):\n        pass\n@Once\n", False),
        ("from dataclasses import dataclass\n@dataclass\n", True),
        ("import abc\n", True),
    ],
)
def test_a_class_decorator_may_keep_the_instance(decorator: str, expected: bool) -> None:
    program = (
        f"{decorator}class A:\n    def __init__(self):\n        boto3.client('s3')\n"
        "def handler(event, context):\n    A()\n"
    )
    assert builds(program) is expected
    assert builds(program.replace("class A:", "class A(metaclass=abc.ABCMeta):")) is expected


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("make('s3', region_name='a')", True),
        ("functools.partial(make, 's3', region_name='a')()", True),
        ("functools.partial(make, 's3')(event['zone'])", False),
        ("prepared(event['zone'])", False),
        ("prepared(use_ssl=event['ssl'])", False),
    ],
)
def test_the_rest_of_the_arguments_may_come_from_two_places(call: str, expected: bool) -> None:
    program = (
        "import functools\ndef make(*names, **options):\n    return boto3.client(*names, **options)\n"
        "prepared = functools.partial(make, 's3', region_name='a')\n"
        f"def handler(event, context):\n    {call}\n"
    )
    assert builds(program) is expected


@pytest.mark.parametrize(("default", "expected"), [("'eu-west-1'", True), ("random.choice(ZONES)", False)])
def test_a_default_of_the_handler_is_a_value_of_each_request(default: str, expected: bool) -> None:
    body = f"def handler(event, context, zone={default}):\n    boto3.client('s3', region_name=zone)\n"
    assert builds(f"import random\nZONES = ['eu-west-1', 'eu-west-2']\n{body}") is expected


@pytest.mark.parametrize("parameter", ["orders=Depends(Orders)", "orders: Annotated[Orders, Depends(Orders)]"])
def test_a_class_that_a_route_depends_on_is_made_for_each_request(parameter: str) -> None:
    program = (
        "from typing import Annotated\nfrom fastapi import Depends, FastAPI\nfrom mangum import Mangum\n"
        "app = FastAPI()\nclass Orders:\n    def __init__(self):\n        self.s3 = boto3.client('s3')\n"
        f"@app.get('/')\ndef load({parameter}):\n    return orders.s3\nhandler = Mangum(app)\n"
    )
    assert builds(program)

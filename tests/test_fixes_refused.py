"""What is found and not fixed, and why: each program has a line that keeps its client, connection or call in place."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hoisting import analysed, outcomes, written

CLIENTS = {
    "a class of the function has a member of its name": (
        "a class in the function has a member of the same name",
        """
def handler(event, context):
    s3 = boto3.client("s3")

    class Reader:
        s3 = s3

    return Reader().s3.head_object(Key=event["key"])
""",
    ),
    "it decorates a function": (
        "the object decorates a function of the request",
        """
def handler(event, context):
    s3 = boto3.client("s3")

    @s3
    def read():
        return event["key"]

    return read()
""",
    ),
    "a part of it decorates a function": (
        "the object decorates a function of the request",
        """
def handler(event, context):
    s3 = boto3.client("s3")

    @s3.meta.events
    def read():
        return event["key"]

    return read()
""",
    ),
    "it is told something new": (
        "`set_config_variable` changes the object per request",
        """
import botocore.session


def handler(event, context):
    session = botocore.session.get_session()
    session.set_config_variable("region", "eu-west-1")
    return session.create_client("s3").list_buckets()
""",
    ),
    "a comment for a tool stands behind it": (
        "a comment for a tool would be left behind",
        """
def handler(event, context):
    boto3.client("s3")  # type: ignore
    return event["key"]
""",
    ),
    "a comment stands inside it": (
        "a comment inside the statement would be lost",
        """
def handler(event, context):
    s3 = boto3.client(
        "s3",  # orders
    )
    return event["key"]
""",
    ),
    "its line goes on": (
        "the statement shares its line with another one",
        """
def handler(event, context):
    key = event["key"]; \\
    s3 = boto3.client("s3"); \\
    return s3.head_object(Key=key)
""",
    ),
    "its import shares the line": (
        "the statement shares its line with another one that goes",
        """
def handler(event, context):
    from botocore.config import Config; s3 = boto3.client("s3", config=Config())
    return s3.head_object(Key=event["key"])
""",
    ),
    "functools is something else": (
        "`functools` means something else in the module",
        """
functools = None


def handler(event, context):
    if event["key"]:
        return boto3.client("s3").head_object(Key=event["key"])
    return functools
""",
    ),
    "an import would lose its use": (
        "the import of `Final` would be left without a use",
        """
from typing import Final


def handler(event, context):
    if event["key"]:
        s3: Final = boto3.client("s3")
        return s3.head_object(Key=event["key"])
    return None
""",
    ),
    "a list of names would lose its import": (
        "the import of `boto3` would be left without a use",
        """
__all__ = ["boto3", "handler"]


def handler(event, context):
    boto3.client("s3")
    return event["key"]
""",
    ),
    "the module calls the function before there is a class": (
        "the module runs the function before its first definition",
        """
def load(key):
    return Orders().get(key)


FIRST = load(None)


class Orders:
    def __init__(self):
        self.s3 = boto3.client("s3")

    def get(self, key):
        return self.s3.head_object(Key=key)


def handler(event, context):
    return load(event["key"]) if event else FIRST
""",
    ),
}
CONNECTIONS = {
    "the function reads its own names": (
        "the function looks at its own names",
        """
def handler(event, context):
    connection = psycopg2.connect("host=db")
    connection.cursor().execute("select %(key)s", locals())
""",
    ),
    "the driver is imported in parts": (
        "the module of the driver has no name here",
        """
from psycopg2 import connect


def handler(event, context):
    connection = connect("host=db")
    connection.cursor().execute(event["sql"])
""",
    ),
    "the driver is behind another object": (
        "the module of the driver has no name here",
        """
class Driver:
    connect = psycopg2.connect


def handler(event, context):
    connection = Driver.connect("host=db")
    connection.cursor().execute(event["sql"])
""",
    ),
    "a coroutine holds it": (
        "others could use the connection at the same time",
        """
def connect():
    return psycopg2.connect("host=db")


async def handler(event, context):
    connection = connect()
    connection.cursor().execute(event["sql"])
""",
    ),
    "a handler returns it": (
        "who gets the connection is not known",
        """
def handler(event, context):
    return psycopg2.connect("host=db")
""",
    ),
    "a property gives it": (
        "who gets the connection is not known",
        """
class Store:
    @property
    def connection(self):
        return psycopg2.connect("host=db")

    def run(self, sql):
        self.connection.cursor().execute(sql)


def handler(event, context):
    Store().run(event["sql"])
""",
    ),
    "a function holds two": (
        "a function asks for two connections",
        """
def connect():
    return psycopg2.connect("host=db")


def handler(event, context):
    source = connect()
    target = connect()
    target.cursor().execute(source.cursor().execute(event["sql"]))
""",
    ),
    "its host is a parameter": (
        "an argument depends on the request or on a parameter",
        """
def run(host, sql):
    connection = psycopg2.connect(host)
    connection.cursor().execute(sql)


def handler(event, context):
    run("host=db", event["sql"])
""",
    ),
}
SETUPS = {
    "its result is used": (
        "its result is used",
        """
def handler(event, context):
    return logging.basicConfig(level="INFO")
""",
    ),
}


def outcomes_of(program: str, root: Path) -> list[str]:
    """What becomes of everything that a program builds per request."""
    return outcomes(analysed(root, {}, written(root, {"app.py": program})))


@pytest.mark.parametrize(("why", "program"), CLIENTS.values(), ids=CLIENTS)
def test_a_client_stays_where(why: str, program: str, tmp_path: Path) -> None:
    assert set(outcomes_of(f"import boto3\n{program}", tmp_path)) == {why}


@pytest.mark.parametrize(("why", "program"), CONNECTIONS.values(), ids=CONNECTIONS)
def test_a_connection_stays_where(why: str, program: str, tmp_path: Path) -> None:
    assert outcomes_of(f"import psycopg2\n{program}", tmp_path) == [why]


@pytest.mark.parametrize(("why", "program"), SETUPS.values(), ids=SETUPS)
def test_a_call_that_sets_something_up_stays_where(why: str, program: str, tmp_path: Path) -> None:
    assert outcomes_of(f"import logging\n{program}", tmp_path) == [why]


IN_TEXT = '''
import boto3


def handler(event, context):
    return f"""{f\'\'\'{boto3.client("s3").meta.region_name}
\'\'\'}"""
'''


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="there the place of what an f-string holds is known")
def test_a_client_stays_inside_an_f_string_whose_parts_have_no_place(tmp_path: Path) -> None:
    assert outcomes_of(IN_TEXT, tmp_path) == ["the place of an expression inside an f-string is not known"]

"""Which objects that keep a client are made once for all requests, and why others are not."""

from __future__ import annotations

from pathlib import Path

import pytest
from hoisting import analysed, outcomes, written

HANDLER = """

def handler(event, context):
    orders = Orders()
    return orders.get(event["key"])
"""
ONCE = {
    "a plain object": """
class Orders:
    def __init__(self):
        self.s3 = boto3.client("s3")

    def get(self, key):
        return self.s3.get_object(Key=key)
""",
    "of an abstract class": """
import abc


class Orders(abc.ABC):
    def __init__(self):
        self.s3 = boto3.client("s3")

    def get(self, key):
        return self.s3.get_object(Key=key)
""",
    "of a dataclass": """
from dataclasses import dataclass


@dataclass
class Orders:
    bucket: str = "orders"

    def __post_init__(self):
        self.s3 = boto3.client("s3")

    def get(self, key):
        return self.s3.get_object(Bucket=self.bucket, Key=key)
""",
    "with a client that has a method named like one of dictionaries": """
import opensearchpy


class Orders:
    def __init__(self):
        self.search = opensearchpy.OpenSearch("https://search.internal")

    def get(self, key):
        return self.search.update(index="orders", id=key, body={})
""",
}
AGAIN = {
    "a decorated function helps": (
        "`make` is decorated",
        """
@log
def make():
    return boto3.client("s3")


class Orders:
    def __init__(self):
        self.s3 = make()

    def get(self, key):
        return self.s3.get_object(Key=key)
""",
    ),
    "a generator helps": (
        "`parts` is no plain function",
        """
def parts():
    yield "orders"


class Orders:
    def __init__(self):
        self.s3 = boto3.client("s3")
        self.parts = parts()

    def get(self, key):
        return self.s3.get_object(Key=key)
""",
    ),
    "another object is changed": (
        "`connect` changes something besides its own instance",
        """
class Kept:
    pass


def connect():
    Kept.bucket = "orders"


class Orders:
    def __init__(self):
        self.s3 = boto3.client("s3")
        connect()

    def get(self, key):
        return self.s3.get_object(Bucket=Kept.bucket, Key=key)
""",
    ),
    "a value of the request is kept": (
        "`number` depends on the request or on a store",
        """
NUMBER = 0


def count(event):
    global NUMBER
    NUMBER = event["number"]


class Orders:
    def __init__(self):
        self.s3 = boto3.client("s3")
        self.number = NUMBER

    def get(self, key):
        count(key)
        return self.s3.get_object(Key=self.number)
""",
    ),
    "what is called is not known": (
        "the constructor calls what may have an effect",
        """
class Orders:
    def __init__(self):
        self.s3 = boto3.client("s3")
        self.s3.meta.events.register("before-call", print)

    def get(self, key):
        return self.s3.get_object(Key=key)
""",
    ),
    "its class inherits from one that is not known": (
        "`Orders` inherits from `threading.Thread`",
        """
import threading


class Orders(threading.Thread):
    def __init__(self):
        self.s3 = boto3.client("s3")

    def get(self, key):
        return self.s3.get_object(Key=key)
""",
    ),
    "its class is decorated": (
        "the class is decorated",
        """
import attrs


@attrs.define
class Orders:
    def __init__(self):
        self.s3 = boto3.client("s3")

    def get(self, key):
        return self.s3.get_object(Key=key)
""",
    ),
    "its class has a metaclass": (
        "the class has a metaclass",
        """
class Orders(metaclass=type):
    def __init__(self):
        self.s3 = boto3.client("s3")

    def get(self, key):
        return self.s3.get_object(Key=key)
""",
    ),
    "a field is filled by requests": (
        "a field starts empty for each instance",
        """
from dataclasses import dataclass, field


@dataclass
class Orders:
    seen: list = field(default_factory=list)

    def __post_init__(self):
        self.s3 = boto3.client("s3")

    def get(self, key):
        return self.s3.get_object(Key=key)
""",
    ),
    "a method sets an attribute by its name": (
        "`get` may change the instance",
        """
class Orders:
    def __init__(self):
        self.s3 = boto3.client("s3")

    def get(self, key):
        setattr(self, "key", key)
        return self.s3.get_object(Key=key)
""",
    ),
    "a method reads all attributes": (
        "`get` may change the instance",
        """
class Orders:
    def __init__(self):
        self.s3 = boto3.client("s3")

    def get(self, key):
        print(self.__dict__)
        return self.s3.get_object(Key=key)
""",
    ),
    "a method sets an item of what is kept": (
        "`get` changes the instance",
        """
from botocore.config import Config


class Orders:
    def __init__(self):
        self.s3 = boto3.client("s3")
        self.options = Config()

    def get(self, key):
        self.options["KEY"] = key
        return self.s3.get_object(Key=key)
""",
    ),
    "a method updates what is kept": (
        "`get` changes what the instance keeps",
        """
from botocore.config import Config


class Orders:
    def __init__(self):
        self.s3 = boto3.client("s3")
        self.options = Config()

    def get(self, key):
        self.options.update(KEY=key)
        return self.s3.get_object(Key=key)
""",
    ),
}


def outcomes_of(definition: str, root: Path) -> list[str]:
    """What hoisting does with the object of a class."""
    return outcomes(analysed(root, {}, written(root, {"app.py": f"import boto3\n{definition}{HANDLER}"})))


@pytest.mark.parametrize("definition", ONCE.values(), ids=ONCE)
def test_an_object_that_stays_as_it_is_made_is_made_once(definition: str, tmp_path: Path) -> None:
    assert outcomes_of(definition, tmp_path) == ["Build `orders` once, at module scope"]


@pytest.mark.parametrize(("why", "definition"), AGAIN.values(), ids=AGAIN)
def test_an_object_that_may_belong_to_one_request_is_made_for_each(why: str, definition: str, tmp_path: Path) -> None:
    assert outcomes_of(definition, tmp_path) == [why]

"""What the filter of words leaves out changes no finding, however code hands functions on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from marked import job
from whole_engine import both

if TYPE_CHECKING:
    from pathlib import Path

CODES = frozenset({"LPF101", "LPF105"})
START = """\
from dataclasses import dataclass

import boto3


def build(*args):
    return boto3.client("s3")


class Opened:
    def __enter__(self):
        return boto3.client("s3")

    def __exit__(self, *args):
        pass


"""
PROGRAMS = """
# a second target: second()
first = second = build
# a loop: made()
for made in (build,):
    pass
# a with: made()
with open("x") as file:
    made = build
# a walrus: made()
if (made := build) is not None:
    pass
# deep in arms: made()
if True:
    if True:
        if True:
            made = build
# setattr: Made().get()
class Made:
    pass


setattr(Made, 'get', build)
# a global: get()
made = None
def init():
    global made
    made = build
init()
def get():
    return made()
# an attribute is called: holder.get()
class Holder:
    def __init__(self, make):
        self.make = make

    def get(self):
        return self.make()
holder = Holder(build)
# an attribute is passed on: holder.get()
class Holder:
    def __init__(self, make):
        self.make = make

    def get(self):
        return list(map(self.make, [1]))
holder = Holder(build)
# a list in an attribute: Holder([build]).get()
class Holder:
    def __init__(self, make):
        self.make = make

    def get(self):
        return [make() for make in self.make]
# of a base: Child(build).get()
class Holder:
    def __init__(self, make):
        self.make = make

    def get(self):
        return None
class Child(Holder):
    def get(self):
        return list(map(self.make, [1]))
# a field: Held(build).get()
@dataclass
class Held:
    make: object

    def get(self):
        return self.make()
# a special method of what is handed over: holder.get()
class Holder:
    def __init__(self, make):
        self.make = make

    def get(self):
        return self.open()
    def open(self):
        with self.make as client:
            return client
holder = Holder(Opened())
# a special method of what is kept: User().get()
class User:
    def __init__(self):
        self.opened = Opened()

    def get(self):
        with self.opened as client:
            return client
# a class in its own method: Made.get()
class Made:
    def __init__(self):
        self.client = build()

    @staticmethod
    def get():
        return Made()
# a class on one line: Made().get()
class Made: get = lambda self: build()
# behind a text that ends in a definition: made()
TEMPLATE = \"\"\"
def lambda_handler(event):
\"\"\"
made = build
TEXT = \"\"\" \"\"\"
# behind a comment that ends a text: made()
TEXT = \"\"\"
    # the end \"\"\"
made = build
TEXT = \"\"\"
    # another \"\"\"
# behind a docstring that says the same: get()
made = build
def get(items=()):
    \"\"\"Calls made() and returns a \"client\".\"\"\"; return made()
# behind a comment that is none: get()
made = build
def get():
    name = 'left \\
    # right'; return made()
# a class's own name in a field: Made.get()
class Made:
    def make(self):
        return build()
    get = lambda: Made().make()
"""
"""Each with how it is called, and what a handler asks of it."""

HEADING = re.compile(r"^# (.+): (.+)$", re.MULTILINE)
TITLES, USES, TEXTS = (HEADING.split(PROGRAMS)[start::3] for start in (1, 2, 3))


@pytest.mark.parametrize(("text", "use"), list(zip(TEXTS, USES, strict=True)), ids=TITLES)
@pytest.mark.parametrize("where", ["app.py", "lib.py"])
def test_what_is_handed_on_is_found_without_looking_at_everything(
    text: str, use: str, where: str, tmp_path: Path
) -> None:
    text = f"{START}{text}\n"
    handler = f"def handler(event, context):\n    return {use}\n"
    apart = {"lib.py": text, "app.py": f"from lib import *\n{handler}"}
    filtered, whole = both(job(tmp_path, {"app.py": text + handler} if where == "app.py" else apart, CODES))
    assert filtered == whole
    assert filtered

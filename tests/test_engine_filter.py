"""What the filter of words leaves out changes no finding, however code hands functions on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from marked import files_of, job
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
# a name that only a text says: getattr(Made(), "get")()
class Made:
    def get(self):
        return build()
# a name in two parts: getattr(Made(), "ge" "t")()
class Made:
    def get(self):
        return build()
# a name with a number for a letter: getattr(Made(), "ge\\x74")()
class Made:
    def get(self):
        return build()
# a name that only another method says: Made().start()
class Made:
    def start(self):
        return self.middle()
    def middle(self):
        return self.get()
    def get(self):
        return build()
# a name that a list holds: [step() for step in STEPS]
def get():
    return build()
STEPS = [get]
# another name in the class: Made().other()
class Made:
    def get(self):
        return build()
    other = get
# another name for the class: Alias().get()
class Made:
    def get(self):
        return build()
Alias = Made
# a property: Made().client
class Made:
    @property
    def client(self):
        return build()
# what a thread runs: Made().start()
from threading import Thread
class Made(Thread):
    def run(self):
        build()
# what a thread runs of another base: Made().start()
from threading import Thread
class Work:
    def run(self):
        build()
class Made(Work, Thread):
    pass
# what a framework calls: json.dumps({}, cls=Made, default=Made().default)
import json
class Made(json.JSONEncoder):
    def default(self, o):
        return build()
# what is handed to a framework: framework.serve(Made())
import framework
class Made(framework.Base):
    def on_message(self):
        return build()
# an override: Child().start()
class Made:
    def start(self):
        return self.get()
    def get(self):
        return None
class Child(Made):
    def get(self):
        return build()
# through super: Child().start()
class Made:
    def get(self):
        return build()
class Child(Made):
    def start(self):
        return super().get()
# behind an import: made()
import os; made = build
# letters that are read as others: \N{FULLWIDTH LATIN SMALL LETTER G}et()
def get():
    return build()
# a name in letters of its own: größe()
def größe():
    return build()
# a class in letters of its own: Größe().maß()
class Größe:
    def maß(self):
        return build()
# a nested function that is returned: outer()()
def outer():
    def get():
        return build()
    return get
# after a text with an odd end: made()
def odd():
    return "\'\'\'"
made = build
TEXT = "\'\'\'"
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


APART = """
# file: app.py
from lib import build as made

def handler(event, context):
    return made()
# file: lib.py
import boto3

def build():
    return boto3.client("s3")

# file: app.py
from lib import serve
from made import Made

def handler(event, context):
    return serve(Made())
# file: lib.py
def serve(made):
    return made.get()
# file: made.py
import boto3

class Made:
    def get(self):
        return boto3.client("s3")

# file: app.py
from core import handler
# file: core.py
import boto3

def handler(event, context):
    return boto3.client("s3")

# file: app.py
from lib import build\tas\tmade

def handler(event, context):
    return made()
# file: lib.py
import boto3

def build():
    return boto3.client("s3")

# file: app.py
import routes

app = routes.app
# file: routes.py
import boto3
from fastapi import FastAPI
from mangum import Mangum

app = FastAPI()
handler = Mangum(app)

@app.get("/")
def never_said():
    return boto3.client("s3")

# file: app.py
from lib import first, second

def handler(event, context):
    return first()
# file: lib.py
import other
import boto3

def first():
    return other.back()

def second():
    return boto3.client("s3")
# file: other.py
import lib

def back():
    return lib.second()
"""
"""Projects of several files in which one calls what another builds."""


@pytest.mark.parametrize("program", APART.strip().split("\n\n# file: app.py"))
def test_what_other_files_call_is_found_without_looking_at_everything(program: str, tmp_path: Path) -> None:
    files = files_of(f"# file: app.py{program}" if not program.startswith("#") else program)
    filtered, whole = both(job(tmp_path, files, CODES))
    assert filtered == whole
    assert filtered

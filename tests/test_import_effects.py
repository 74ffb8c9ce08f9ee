"""What counts as harmless when a module is imported later, and what does not."""

from __future__ import annotations

import pytest

from flake8_lambda_perf.fixes.import_effects import Modules, effect_of, read_module
from flake8_lambda_perf.source import SourceFile

OWN = {
    "own": """class Plain:
    def __init__(self, a=1): self.a = a
TABLE = {}
def register(f): TABLE[f] = 1; return f
"""
}


def effect(text: str) -> str | None:
    """Return the effect of the module `m`; `own` is a module of the same project."""

    def find(name: str) -> SourceFile | None:
        return SourceFile(f"{name}.py", OWN[name], "utf-8", bom=False) if name in OWN else None

    module = read_module("m", SourceFile("m.py", text, "utf-8", bom=False))
    assert module is not None
    return effect_of(module, Modules(find))


HARMLESS = [
    "import os\nHOME = os.environ['HOME'].strip()\nREGION = os.environ.get('R', 'x').lower()",
    "from own import Plain, TABLE\nplain = Plain(2)\nfirst = TABLE.get('a')",
    "import boto3\nresource = boto3.resource('dynamodb')\ntable = resource.Table('t')",
    "from pathlib import Path\nHERE = Path(__file__).resolve().parent\nDATA = HERE.joinpath('data')",
    "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from x import y",
    "try:\n    import orjson\nexcept ImportError:\n    orjson = None",
    "if __name__ == '__main__':\n    print(1)",
    "a, (b, c) = 1, (2, 3)",
    "class C:\n    x: int = 3\n    @property\n    def y(self): return 1\n    @y.setter\n    def y(self, v): print(v)",
    "def f(a=int('3'), *, b=()):\n    print(a)",
    "pick = lambda value: value",
    "class P:\n    size = 1\n    def show(self): print(self)\nplain = P()",
    "class P:\n    def show(self): print(self)\n    def __init__(self):\n        'Fills.'\n        pass\nplain = P()",
    "def named(f): return f\n@named\ndef g(): print(1)",
    "def named(n):\n    'Names.'\n    def inner(f): return f\n    return inner\n@named('a')\ndef g(): print(1)",
]


@pytest.mark.parametrize("text", HARMLESS)
def test_defining_and_building_is_harmless(text: str) -> None:
    assert effect(text) is None


EFFECTS = {
    "print(1)": "m.py:1 does more than define things",
    "import requests\nx = requests.get('https://x')": "m.py:2 calls requests.get",
    "import boto3\nc = boto3.client('s3')\nc2 = c.copy(1)": "m.py:3 calls c.copy",
    "import boto3\nx = boto3.client('s3').list_buckets()": "m.py:2 calls boto3.client('s3').list_buckets",
    "from own import register\n@register\ndef f(): pass": "m.py:2 decorates f with register",
    "import own\nown.TABLE['a'] = 1": "m.py:2 does more than define things",
    "import own\nown.TABLE['a'], x = 1, 2": "m.py:2 does more than define things",
    "x = open('y').read()": "m.py:1 calls open('y').read",
    "def f(a=input()): pass": "m.py:1 calls input",
    "class C:\n    x = open('y')": "m.py:2 calls open",
    "while False: pass": "m.py:1 does more than define things",
    "with open('x') as f: pass": "m.py:1 does more than define things",
    "from own import db\nclass User(db.Model): pass": "m.py:2 registers the model User",
    "del x": "m.py:1 does more than define things",
    "x = (y := 1)": "m.py:1 does more than define things",
    "from functools import lru_cache\n@lru_cache(maxsize=input())\ndef f(): pass": "m.py:2 calls input",
    "class P:\n    def __init__(self): print(self)\nplain = P()": "m.py:3 calls P",
    "def seen(f): return print(f)\n@seen\ndef g(): pass": "m.py:2 decorates g with seen",
    "def seen(f):\n    @print\n    def on(): pass\n    return f\n@seen\ndef g(): pass": "m.py:5 decorates g with seen",
    "def seen(n):\n    def on(f): print(f)\n    return on\n@seen(1)\ndef g(): pass": "m.py:4 decorates g with seen",
    "try:\n    y = 1\nfinally:\n    print()": "m.py:4 does more than define things",
}


@pytest.mark.parametrize("text", EFFECTS)
def test_whatever_may_reach_others_is_an_effect(text: str) -> None:
    assert effect(text) == EFFECTS[text]


def test_a_module_that_cannot_be_parsed_is_not_read() -> None:
    assert read_module("m", SourceFile("m.py", "x = (", "utf-8", bom=False)) is None

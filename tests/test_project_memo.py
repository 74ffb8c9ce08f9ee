"""What is built once although it stands in a function, and what only looks so."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest
from analysed import analysed, modules_of

if TYPE_CHECKING:
    from flake8_lambda_perf.project.memo import Memo

LASTS = "lasts"
NOTHING = "no memo"


def kept(program: str) -> str:
    """How long what the call `build()` makes is kept: the classes whose instances keep it, or for good."""
    analysis = analysed(program)
    for module in modules_of(analysis):
        for site in module.sites.values():
            if isinstance(site.node.func, ast.Name) and site.node.func.id == "build":
                memo = analysis.graph.memos.around(site.place)
                return _text(memo)
    raise AssertionError(program)


def _text(memo: Memo | None) -> str:
    if memo is None:
        return NOTHING
    return " ".join(sorted(cls.name for cls in memo.instances)) or LASTS


GLOBAL = {
    "none": "if x is None:\n        x = build()",
    "false": "if not x:\n        x = build()",
    "early return": "if x is not None:\n        return x\n    x = build()",
    "or": "x = x or build()",
    "choice": "x = build() if x is None else x",
    "else": "if x:\n        pass\n    else:\n        x = build()",
    "parentheses and a nested block": "if True:\n        if (x is None):\n            x = build()",
    "comprehension": "x = x or [build() for _ in (1, 2)]",
    "unbound name": "try:\n        x\n    except NameError:\n        x = build()",
    "named in globals": "if 'x' not in globals():\n        x = build()",
    "put in globals": "if not globals().get('x'):\n        globals()['x'] = build()",
    "other function that fills it": "if x is None:\n        build()",
    "age": "if now() - made > 60:\n        made = now()\n        x = build()",
    "flag": "if not ready:\n        x = build()\n        ready = True",
    "delay in a name of its own": (
        "old = made + 60 < now()\n    if not old:\n        return\n    made = now()\n    x = build()"
    ),
    "match": "match x:\n        case None:\n            x = build()",
}
NOT_GLOBAL = {
    "never filled": "if x is None:\n        y = build()",
    "no test": "x = build()",
    "another name": "if x is None:\n        ready = build()",
    "local of the same name": "if y is None:\n        y = build()",
    "locals": "if 'y' not in locals():\n        y = build()",
    "loop": "for y in x:\n        build()",
}


@pytest.mark.parametrize("body", GLOBAL.values(), ids=GLOBAL)
def test_a_global_whose_test_becomes_false_is_a_memo(body: str) -> None:
    fill = "global x\n    x = 1\n    return x"
    program = (
        f"x = None\nready = False\nmade = 0\ndef build():\n    {fill}\ndef f():\n    "
        f"global x, ready, made\n    {body}\n"
    )
    assert kept(program) == LASTS


@pytest.mark.parametrize("body", NOT_GLOBAL.values(), ids=NOT_GLOBAL)
def test_a_test_that_stays_true_is_no_memo(body: str) -> None:
    assert kept(f"x = None\nready = False\ndef f():\n    global x, ready\n    y = 1\n    {body}\n") == NOTHING


CONTAINERS = {
    "key": "if 'a' not in X:\n        X['a'] = build()",
    "get": "y = X.get('a')\n    if y is None:\n        X['a'] = build()",
    "walrus": "if (y := X.get('a')) is None:\n        X['a'] = y = build()",
    "error": "try:\n        return X['a']\n    except KeyError:\n        X['a'] = build()",
    "length": "if len(X) == 0:\n        X.append(build())",
    "alias": "y = X\n    if not y:\n        y['a'] = build()",
}


@pytest.mark.parametrize("body", CONTAINERS.values(), ids=CONTAINERS)
def test_a_container_that_is_tested_and_filled_is_a_memo(body: str) -> None:
    assert kept(f"X = {{}}\ndef f():\n    {body}\n") == LASTS


def test_a_container_that_is_filled_anyway_is_no_memo() -> None:
    assert kept("X = {}\ndef f():\n    return X.setdefault('a', build())\n") == NOTHING
    assert kept("def f():\n    X = {}\n    if not X:\n        X['a'] = build()\n") == NOTHING


def test_an_attribute_of_a_function_a_class_or_a_module_is_a_memo() -> None:
    assert kept("def f():\n    if not hasattr(f, 'x'):\n        f.x = build()\n") == LASTS
    assert kept("def f():\n    if not getattr(f, 'x', None):\n        setattr(f, 'x', build())\n") == LASTS
    assert (
        kept(
            "class A:\n    x = None\n    @classmethod\n    def f(cls):\n        "
            "if cls.x is None:\n            cls.x = build()\n"
        )
        == LASTS
    )
    assert kept("class A:\n    x = None\ndef f():\n    if A.x is None:\n        A.x = build()\n") == LASTS
    program = "# file: app.py\nimport a\ndef f():\n    if a.x is None:\n        a.x = build()\n# file: a.py\nx = None\n"
    assert kept(program) == LASTS


def test_an_imported_name_is_the_memory_of_its_module() -> None:
    program = (
        "# file: app.py\nfrom a import X\ndef f():\n    if 'k' not in X:\n        "
        "X['k'] = build()\n# file: a.py\nX = {}\n"
    )
    assert kept(program) == LASTS


def test_an_attribute_of_an_instance_is_kept_as_long_as_the_instance() -> None:
    program = (
        "class A:\n    def __init__(self):\n        self.x = None\n    def f(self):\n        "
        "if self.x is None:\n            self.x = build()\n"
    )
    assert kept(program) == "A"
    assert kept(program.replace("self.x = None", "self.x = {}").replace("self.x is None", "not self.x")) == "A"


def test_an_attribute_of_a_base_class_is_kept_with_it() -> None:
    program = (
        "class B:\n    x = None\nclass A(B):\n    @classmethod\n    def f(cls):\n        "
        "if not cls.x:\n            B.x = build()\n"
    )
    assert kept(program) == LASTS


def test_an_object_that_lives_longer_than_the_request_may_be_a_memory() -> None:
    assert (
        kept(
            "import threading\nlocal = threading.local()\ndef f():\n    "
            "if not hasattr(local, 'x'):\n        local.x = build()\n"
        )
        == LASTS
    )
    assert kept("import flask\ndef f():\n    if 'x' not in flask.g:\n        flask.g.x = build()\n") == NOTHING
    assert kept("x = missing()\ndef f():\n    if not x.y:\n        x.y = build()\n") == LASTS
    assert kept("def f(x):\n    if not x.y:\n        x.y = build()\n") == LASTS
    program = (
        "import boto3\ndef handler(event, context):\n    boto3.client('s3')\n    "
        "if not event.x:\n        event.x = build()\n"
    )
    assert kept(program) == NOTHING


def test_a_variable_of_the_enclosing_function_is_a_memo() -> None:
    program = (
        "def outer():\n    x = None\n    def f():\n        nonlocal x\n        "
        "if x is None:\n            x = build()\n    return f\n"
    )
    assert kept(program) == LASTS


def test_a_mutable_default_is_a_memo() -> None:
    program = (
        "import boto3\ndef handler(event, context):\n    f()\ndef f(x={}):\n    "
        "boto3.client('s3')\n    if not x:\n        x['a'] = build()\n"
    )
    assert kept(program) == LASTS


def test_a_test_is_followed_into_the_function_it_calls() -> None:
    program = (
        "x = None\ndef ready():\n    return x is not None\ndef f():\n    global x\n    "
        "if not ready():\n        x = build()\n"
    )
    assert kept(program) == LASTS


def test_a_constructor_that_fills_what_is_tested_is_a_memo() -> None:
    program = (
        "class A:\n    kept = None\n    def __init__(self):\n        A.kept = self\ndef f():\n    "
        "if A.kept is None:\n        A()\n        build()\n"
    )
    assert kept(program) == LASTS


FILLED = {
    "flag set after it": "if not ready:\n        build()\n    ready = True",
    "kept after it": "y = x\n    if y is None:\n        y = build()\n    x = y",
    "kept at the end": "y = x or build()\n    print(y)\n    x = y",
    "kept by another function": "return x or build()\ndef keep(y):\n    global x\n    x = y",
}


@pytest.mark.parametrize("body", FILLED.values(), ids=FILLED)
def test_what_asks_for_a_global_that_is_set_elsewhere_is_a_memo(body: str) -> None:
    assert kept(f"x = None\nready = False\ndef f():\n    global x, ready\n    {body}\n") == LASTS


def test_what_asks_for_a_global_that_is_set_from_outside_is_a_memo() -> None:
    program = (
        "# file: app.py\nimport boto3\nfrom b import keep\nx = None\ndef f():\n    return x or build()\n"
        "def handler(event, context):\n    boto3.client('s3')\n"
        "# file: b.py\nimport app\ndef keep(y):\n    app.x = y\n"
    )
    assert kept(program) == LASTS
    assert kept(program.replace("app.x = y", "app.x = None")) == NOTHING


NOT_FILLED = {
    "made empty again": "if not x:\n        build()\n    x = None",
    "only deleted": "if not x:\n        build()\n    del x",
    "asked for what is there": "if x:\n        build()\n    x = 1",
    "compared": "if x > 1:\n        build()\n    x = 2",
    "set only where it is set": "if x is not None:\n        x = 1\n    y = x or build()",
    "another name is set": "if not x:\n        build()\n    ready = True",
}


@pytest.mark.parametrize("body", NOT_FILLED.values(), ids=NOT_FILLED)
def test_what_asks_for_a_global_that_is_set_to_nothing_elsewhere_is_no_memo(body: str) -> None:
    assert kept(f"x = None\nready = False\ndef f():\n    global x, ready\n    {body}\n") == NOTHING


POOLS = {
    "choice": "y = X.pop() if X else build()",
    "else": "if X:\n        y = X.pop()\n    else:\n        y = build()",
    "early return": "if X:\n        return X.pop()\n    return build()",
    "error": "try:\n        y = X.pop()\n    except IndexError:\n        y = build()",
    "length": "if len(X) == 0:\n        y = build()",
    "loop": "while not X:\n        X.append(build())",
}


@pytest.mark.parametrize("body", POOLS.values(), ids=POOLS)
def test_a_pool_that_is_given_back_to_is_a_memo(body: str) -> None:
    program = f"X = []\ndef f():\n    {body}\ndef give(y):\n    X.append(y)\n"
    assert kept(program) == LASTS
    if body != POOLS["loop"]:
        assert kept(program.replace("X.append(y)", "print(y)")) == NOTHING


def test_a_pool_on_an_instance_is_kept_as_long_as_the_instance() -> None:
    program = (
        "import boto3\nclass A:\n    def __init__(self):\n        self.x = []\n    def take(self):\n        "
        "return self.x.pop() if self.x else build()\n    def give(self, y):\n        self.x.append(y)\n"
        "def handler(event, context):\n    boto3.client('s3')\n"
    )
    assert kept(program) == "A"
    assert kept(program.replace("self.x.append(y)", "print(y)")) == NOTHING
    assert kept(program.replace("self.x = []", "self.x = [1]").replace("self.x.append(y)", "print(y)")) == NOTHING


def test_a_variable_of_the_enclosing_function_that_another_function_sets_is_a_memo() -> None:
    program = (
        "def outer():\n    x = None\n    def f():\n        return x or build()\n    "
        "def keep(y):\n        nonlocal x\n        x = y\n    return f, keep\n"
    )
    assert kept(program) == LASTS


USED_UP = {
    "emptied": "if X:\n        build()\n        X.clear()",
    "taken from": "if X:\n        X.pop()\n        build()",
    "taken from in the test": "if X and X.pop():\n        build()",
    "taken from in a loop": "while X:\n        X.pop()\n        build()",
    "gone through and emptied": "for y in X:\n        build()\n    X.clear()",
    "asked for a key": "if 'a' in X:\n        build()\n        X.remove('a')",
    "emptied under another name": "if Y:\n        build()\n        X.clear()",
}


@pytest.mark.parametrize("body", USED_UP.values(), ids=USED_UP)
def test_a_container_that_is_used_up_is_a_memo(body: str) -> None:
    program = f"X = ['a']\nY = X\ndef f():\n    {body}\n"
    assert kept(program) == LASTS
    refilled = f"{program}def fill(y):\n    X.append(y)\n"
    assert kept(refilled) == NOTHING


@pytest.mark.parametrize(
    ("imported", "name"),
    [
        ("from a import X as Y", "Y"),
        ("from b import Z as Y", "Y"),
        ("from c import *", "X"),
        ("import a\nY = a.X", "Y"),
        ("import b as d\nY = d.Z", "Y"),
    ],
)
def test_a_container_is_the_same_memory_under_every_name(imported: str, name: str) -> None:
    others = "# file: a.py\nX = {}\n# file: b.py\nfrom a import X as Z\n# file: c.py\nfrom a import *\n"
    use = f"def f():\n    if 'k' not in {name}:\n        a.X['k'] = build()\n"
    assert kept(f"# file: app.py\nimport a\n{imported}\n{use}{others}") == LASTS


def test_names_that_are_imported_in_a_circle_are_no_memory_of_their_own() -> None:
    use = "def f():\n    if not X:\n        build()\n"
    assert kept(f"# file: a.py\nfrom b import *\n{use}# file: b.py\nfrom a import *\n") == NOTHING
    assert kept(f"# file: a.py\nfrom b import X\n{use}# file: b.py\nfrom a import X\n") == NOTHING

"""On what a value depends: nothing, the environment, a store, or the request."""

from __future__ import annotations

import textwrap

import pytest
from analysed import analysed, result_of

from flake8_lambda_perf.project.flow import before
from flake8_lambda_perf.project.levels import NONE, Level


def dependence(body: str, before_it: str = "", after_it: str = "") -> str:
    """On what `result` depends in a handler: a level, or the parameters it is made of."""
    handler = f"def handler(event, context):\n    boto3.client('s3')\n{textwrap.indent(body, '    ')}\n"
    analysis = analysed(f"import os\nimport boto3\n{before_it}\n{handler}\n{after_it}\n")
    binding = result_of(analysis)
    dependence = analysis.graph.dependence
    found = dependence.binding(binding)
    refs = sorted(f"{function.qualified_name}.{name}" for function, name in found.refs | found.lasting)
    assert before(binding.place).scope is binding.place.scope
    level = [found.level.name.lower()] if found.level > (Level.STORE if found.lasting else Level.CONSTANT) else []
    return " ".join([*refs, *level]) or "constant"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("'a'", "constant"),
        ("['a', 1]", "constant"),
        ("lambda: event", "constant"),
        ("os.environ['A']", "environment"),
        ("os.environ.get('A', 'b')", "environment"),
        ("os.getenv('A', event['b'])", "handler.event environment"),
        ("os.environ", "environment"),
        ("event", "handler.event"),
        ("event['a']", "handler.event"),
        ("f\"{event['a']}-1\"", "handler.event"),
        ("str(event)", "handler.event"),
        ("event.get('a') or 'b'", "handler.event store"),
        ("{'a': 1}[event['b']]", "handler.event"),
        ("boto3.client('s3').list_buckets()", "store"),
        ("boto3.client('s3')", "constant"),
        ("boto3.client('sts').assume_role()['Credentials']", "request"),
        ("open('a').read()", "store"),
        ("missing", "unknown"),
        ("missing.a('b')", "unknown"),
        ("[x for x in (1, 2)]", "constant"),
        ("[x + event['a'] for x in (1, 2)]", "handler.event"),
        ("{x: os.getenv('A') for x in (1, 2)}", "environment"),
        ("(yield)", "request"),
        ("1()", "constant"),
        ("{'a': print}['a'](event)", "handler.event store"),
    ],
)
def test_an_expression_depends_on_what_it_is_made_of(expression: str, expected: str) -> None:
    assert dependence(f"result = {expression}") == expected


def test_a_value_that_is_never_the_same_twice_depends_on_the_request() -> None:
    assert dependence("result = uuid.uuid4()", "import uuid") == "request"
    assert dependence("result = uuid4()", "from uuid import uuid4") == "request"


def test_a_local_that_shadows_a_constant_is_the_local() -> None:
    assert dependence("ZONE = event['zone']\nresult = ZONE", "ZONE = 'a'") == "handler.event"
    assert dependence("result = ZONE", "ZONE = 'a'") == "constant"


def test_the_test_that_chooses_a_value_counts() -> None:
    assert dependence("x = 'a'\nif event['b']:\n    x = 'c'\nresult = x") == "handler.event"
    assert dependence("x = 'a'\nif os.getenv('B'):\n    x = 'c'\nresult = x") == "environment"
    assert dependence("try:\n    x = 'a'\nexcept KeyError:\n    x = 'b'\nresult = x") == "store"
    assert dependence("try:\n    event['a']\nexcept KeyError as error:\n    result = error") == "request"


def test_the_test_that_chooses_a_returned_value_counts() -> None:
    choose = "def choose(event):\n    if event['a']:\n        return 'b'\n    return 'c'\n"
    assert dependence("result = choose(event)", choose) == "handler.event"
    both = "def one():\n    return 1\ndef two():\n    return 2\n"
    assert dependence("result = {'a': one, 'b': two}[event['a']]()", both) == "handler.event"
    assert dependence("result = {'a': one}.get(event['a'], two)()", both) == "handler.event store"


def test_what_chooses_between_objects_counts_for_their_attributes_and_methods() -> None:
    kinds = (
        "class A:\n    zone = 'a'\n    def name(self):\n        return 'a'\n"
        "class B:\n    zone = 'b'\n    def name(self):\n        return 'b'\n"
        "def pick(event):\n    if event['a']:\n        return A()\n    return B()\n"
        "current = A()\n"
    )
    assert dependence("result = (A() if event['a'] else B()).zone", kinds) == "handler.event"
    assert dependence("result = (A() if os.getenv('A') else B()).zone", kinds) == "environment"
    assert dependence("result = {'a': A, 'b': B}[event['a']].zone", kinds) == "handler.event"
    assert dependence("result = pick(event).zone", kinds) == "handler.event"
    assert dependence("result = pick(event).name()", kinds) == "handler.event"
    assert (
        dependence("global current\nif event['a']:\n    current = B()\nresult = current.zone", kinds) == "handler.event"
    )
    assert dependence("result = A(event).zone", kinds) == "constant"


def test_what_an_except_answers_to_counts() -> None:
    tried = "try:\n    {}\n    x = 'a'\nexcept (KeyError, ValueError):\n    x = 'b'\nresult = x"
    assert dependence(tried.format("int(event['a'])")) == "handler.event store"
    assert dependence(tried.format("y = event['a']")) == "handler.event store"
    assert dependence(tried.format("y = os.environ['A']")) == "store"
    changed = "try:\n    int(event['a'])\nexcept ValueError:\n    a.zone = 'b'\nresult = a.zone"
    assert dependence(changed, "class A:\n    zone = 'a'\na = A()") == "handler.event store"


def test_arguments_take_the_place_of_parameters() -> None:
    made = "def made(region, name='a', *rest, **options):\n    return {}\n"
    assert dependence("result = made('b')", made.format("region, name")) == "constant"
    assert dependence("result = made(event['b'])", made.format("region")) == "handler.event"
    assert dependence("result = made('b', event)", made.format("region")) == "constant"
    assert dependence("result = made('b', 'c', event)", made.format("rest")) == "handler.event"
    assert dependence("result = made('b', zone=event['z'])", made.format("options")) == "handler.event"
    assert dependence("result = made(*event['b'])", made.format("region")) == "unknown"
    assert dependence("result = again(event)", "def again(x):\n    return again(x)") == "constant"


def test_loops_make_what_they_go_over_and_what_ends_them_count() -> None:
    assert dependence("for x in ('a', 'b'):\n    result = x") == "constant"
    assert dependence("for x in event['a']:\n    result = x") == "handler.event"
    assert dependence("for x in (1, 2):\n    if event[x]:\n        break\nresult = x") == "handler.event"
    assert dependence("x = 0\nwhile event[x]:\n    x = x + 1\nresult = x") == "handler.event"
    assert dependence("x = 1\nx += event['a']\nresult = x") == "handler.event"
    assert dependence("x = 'a'\nfor y in event['a']:\n    x = 'b'\nresult = x") == "handler.event"
    changed = "for x in {}:\n    a.zone = 'b'\nresult = a.zone"
    assert dependence(changed.format("event"), "class A:\n    zone = 'a'\na = A()") == "handler.event"
    assert dependence(changed.format("(1, 2)"), "class A:\n    zone = 'a'\na = A()") == "constant"


def test_what_is_put_into_a_container_counts() -> None:
    assert dependence("x = {}\nx['a'] = event['a']\nresult = x") == "handler.event"
    assert dependence("x = []\nx.append(event['a'])\nresult = x") == "handler.event"
    assert dependence("x = ['a', 'b']\nx.sort(key=lambda part: event[part])\nresult = x") == (
        "handler.<locals>.<lambda>.part handler.event"
    )
    assert dependence("x = {}\nif event['a']:\n    x['a'] = 1\nresult = x") == "handler.event"
    assert dependence("x = {}\ndef put():\n    x['a'] = event\nput()\nresult = x") == "handler.event"
    assert dependence("x = {}\n[x.update(a) for a in event]\nresult = [y for y in x]") == "handler.event"


def test_what_others_put_into_a_container_counts() -> None:
    fill = "def fill(target, value):\n    target['a'] = value\n"
    assert dependence("x = {}\nfill(x, event)\nresult = x", fill) == "handler.event"
    assert dependence("x = dict()\nprint(x, event)\nresult = x", fill) == "constant"
    assert dependence("fill(X, event)\nresult = X", f"X = {{}}\n{fill}") == "handler.event"
    assert dependence("fill_more(X, event)\nresult = X", f"X = {{}}\n{fill}def fill_more(x, y):\n    fill(x, y)\n") == (
        "handler.event"
    )
    assert dependence("read(X, event)\nresult = X", "X = {}\ndef read(x, y):\n    return x['a']\n") == "constant"
    assert dependence("y = X\ny['a'] = event\nresult = X", "X = {}") == "handler.event"
    assert dependence(
        "put = functools.partial(fill)\nput(X, event)\nresult = X", f"import functools\nX = {{}}\n{fill}"
    ) == ("handler.event")
    assert dependence("result = X", "X = {}", "def other(X, event):\n    X['a'] = event\n") == "constant"


@pytest.mark.parametrize(
    "fill",
    [
        "from options import OPTIONS\ndef fill(event):\n    OPTIONS['a'] = event\n",
        "from options import OPTIONS as known\ndef fill(event):\n    known['a'] = event\n",
        "from options import *\ndef fill(event):\n    OPTIONS['a'] = event\n",
        "from shared import SAME as known\ndef fill(event):\n    known['a'] = event\n",
        "from stars import *\ndef fill(event):\n    OPTIONS['a'] = event\n",
        "import options\ndef fill(event):\n    options.OPTIONS['a'] = event\n",
        "import options\nknown = options.OPTIONS\ndef fill(event):\n    known['a'] = event\n",
        "def fill(event):\n    from options import OPTIONS\n    OPTIONS['a'] = event\n",
        "def fill(event):\n    from options import OPTIONS as known\n    known['a'] = event\n",
        "from options import OPTIONS as known\ndef fill(event):\n    for known['a'] in event:\n        pass\n",
        "from options import OPTIONS as known\ndef fill(event):\n    if event:\n        known.clear()\n",
    ],
)
def test_what_another_module_puts_into_a_container_counts(fill: str) -> None:
    program = f"""
# file: app.py
import boto3
from options import OPTIONS
from fill import fill

def handler(event, context):
    boto3.client("s3")
    fill(event)
    result = OPTIONS

# file: fill.py
{fill}

# file: options.py
OPTIONS = {{}}

# file: shared.py
from options import OPTIONS as SAME

# file: stars.py
from options import *
"""
    analysis = analysed(program)
    found = analysis.graph.dependence.binding(result_of(analysis))
    assert [name for _, name in found.refs | found.lasting] == ["event"]


def test_a_container_of_another_name_is_another_container() -> None:
    program = """
# file: app.py
import boto3
from options import OPTIONS
from others import OPTIONS as others

def handler(event, context):
    boto3.client("s3")
    others["a"] = event
    result = OPTIONS

# file: options.py
OPTIONS = {}

# file: others.py
OPTIONS = {}
"""
    analysis = analysed(program)
    assert analysis.graph.dependence.binding(result_of(analysis)) == NONE


@pytest.mark.parametrize(
    "made",
    ["{k: 1 for k in 'ab'}", "{'a': 1} | {'b': 2}", "{} if os.getenv('A') else {'a': 1}", "make()", "dict(a=1)",
     "json.load(open('a'))"],
)  # fmt: skip
def test_what_is_put_into_a_container_counts_however_it_is_made(made: str) -> None:
    before_it = f"import json\ndef make():\n    return {{'a': 1}}\nX = {made}\ndef fill(event):\n    X['a'] = event\n"
    assert dependence("fill(event)\nresult = X", before_it).startswith("fill.event")


def test_what_is_put_into_a_part_of_a_container_counts() -> None:
    fill = "X = {{'a': {{}}}}\ndef fill(event):\n    {}\n"
    for body in (
        "y = X['a']\n    y['b'] = event",
        "y = X.get('a')\n    y['b'] = event",
        "for y in X.values():\n        y['b'] = event",
        "y = X\n    z = y['a']\n    z['b'] = event",
    ):
        assert dependence("fill(event)\nresult = X", fill.format(body)).startswith("fill.event")
    assert dependence("fill(event)\nresult = X", fill.format("y = X.copy()\n    y['b'] = event")) == "constant"
    put = "def put(target, event):\n    target['a'] = event\n"
    assert dependence("fill(event)\nresult = X", f"{put}{fill.format('put(event=event, target=X)')}") == "fill.event"


def test_what_is_taken_out_of_a_container_differs_each_time() -> None:
    assert dependence("result = X.pop()", "X = ['a', 'b']") == "request"
    assert dependence("X.pop(0)\nresult = X", "X = ['a', 'b']") == "request"
    assert dependence("X.popitem()\nresult = X", "X = {'a': 'b'}") == "request"
    assert dependence("result = next(X)", "import itertools\nX = itertools.cycle('ab')") == "request"
    assert dependence("X.pop('a', None)\nresult = X", "X = {'a': 'b'}") == "store"
    assert dependence("X.clear()\nresult = X", "X = {'a': 'b'}") == "store"
    assert dependence("if event:\n    X.clear()\nresult = X", "X = {'a': 'b'}") == "handler.event"
    assert dependence("if event:\n    del X['a']\nresult = X", "X = {'a': 'b'}") == "handler.event"
    assert dependence("x = ['a', 'b']\nx.pop()\nresult = x") == "constant"
    assert dependence("x = ['a']\ndef take():\n    return x.pop()\ntake()\nresult = x") == "request"


def test_what_one_call_leaves_behind_is_found_by_all() -> None:
    keep = "X = {}\ndef keep(order=None):\n    global Y\n    Y = X['a'] = order\n    return X\nY = 1"
    analysis = analysed(
        f"import boto3\n{keep}\ndef handler(event, context):\n    boto3.client('s3')\n    result = X, Y\n"
    )
    found = analysis.graph.dependence.binding(result_of(analysis))
    assert not found.refs
    assert [(function.name, name) for function, name in found.lasting] == [("keep", "order")]
    assert found.level is Level.STORE


def test_an_attribute_depends_on_what_is_assigned_to_it() -> None:
    kind = (
        "class A:\n    zone = 'a'\n    def __init__(self, event=None):\n        "
        "self.region = event\n        self.name = 'b'\n"
    )
    assert dependence("result = A(event).name", kind) == "constant"
    assert dependence("result = A(event).zone", kind) == "constant"
    assert dependence("result = A(event).region", kind) == "A.__init__.event"
    assert dependence("a = A()\na.zone = event\nresult = a.zone", kind) == "handler.event"
    assert dependence("a = A()\na.zone += 'b'\nresult = a.zone", kind) == "request"
    assert dependence("A.zone = event\nresult = A().zone", kind) == "handler.event"
    assert (
        dependence("a.settings['a'] = event\nresult = a.settings", f"{kind}    settings = {{}}\na = A()")
        == "handler.event"
    )
    assert dependence("vars(a).update(event)\nresult = a.zone", f"{kind}a = A()") == "handler.event"
    assert (
        dependence("for name in event:\n    setattr(a, name, event)\nresult = a.zone", f"{kind}a = A()")
        == "handler.event"
    )


def test_a_property_or_method_depends_on_what_it_returns() -> None:
    kind = (
        "class A:\n    @property\n    def x(self):\n        return os.getenv('X')\n    "
        "def y(self):\n        return 'a'\n"
    )
    assert dependence("result = A().x", kind) == "environment"
    assert dependence("result = A().y()", kind) == "constant"


def test_an_attribute_that_nothing_assigns_depends_on_what_the_instance_is_made_of() -> None:
    assert dependence("result = A(event).x", "class A(dict):\n    pass") == "handler.event"
    assert dependence("A().f()", "class A(dict):\n    def f(self):\n        result = self.x") == "request"


def test_fields_depend_on_what_a_generated_constructor_is_given() -> None:
    kind = "from dataclasses import dataclass\n@dataclass\nclass A:\n    x: str = 'a'\n    def f(self):\n        {}\n"
    assert dependence("result = A(event).x", kind.format("pass")) == "handler.event"
    assert dependence("result = A().x", kind.format("pass")) == "constant"
    assert dependence("A(event).f()", kind.format("result = self.x")) == "A.__init__.x"
    assert dependence("A(event).f()", kind.format("result = self.y")) == "request"


def test_attributes_of_library_objects_depend_on_them_and_on_what_is_set() -> None:
    kind = "from types import SimpleNamespace\nX = SimpleNamespace(a=1)"
    assert dependence("result = X.a", kind) == "constant"
    assert dependence("X.a = event\nresult = X.a", kind) == "handler.event"


def test_an_attribute_of_a_function_depends_on_what_is_assigned_to_it() -> None:
    assert dependence("f.zone = event\nresult = f.zone", "def f():\n    pass\nf.zone = 'a'") == "handler.event"
    assert dependence("result = f.zone", "def f():\n    pass\nf.zone = 'a'") == "constant"


def test_globals_depend_on_what_any_function_writes() -> None:
    assert dependence("global X\nX = event\nresult = X", "X = 1") == "handler.event"
    assert dependence("global X\nX += 1\nresult = X", "X = 1") == "request"
    assert dependence("globals()['X'] = event\nresult = X", "X = 1") == "handler.event"


def test_constants_of_another_module_are_what_they_are_there() -> None:
    program = """
# file: app.py
import boto3
import settings
from settings import REGION, ZONE

def handler(event, context):
    boto3.client("s3")
    {}

# file: settings.py
import os
REGION = os.getenv("REGION")
ZONE = "a"
"""
    for line, expected in (
        ("result = REGION", "ENVIRONMENT"),
        ("result = settings.REGION", "ENVIRONMENT"),
        ("result = settings.ZONE", "CONSTANT"),
        ("result = ZONE", "CONSTANT"),
    ):
        analysis = analysed(program.format(line))
        assert analysis.graph.dependence.binding(result_of(analysis)).level.name == expected


def test_an_environment_variable_depends_on_what_the_project_writes_to_it() -> None:
    assert dependence("os.environ['A'] = event\nresult = os.getenv('A')") == "handler.event environment"
    assert dependence("os.environ['A'] = event\nresult = os.getenv('B')") == "environment"
    assert dependence("os.putenv('A', event)\nresult = os.environ['A']") == "handler.event environment"
    assert dependence("os.environ.update(A=event)\nresult = os.environ['A']") == "handler.event environment"
    assert dependence("os.environ.setdefault('A', event)\nresult = os.environ['A']") == "handler.event environment"
    assert dependence("env['A'] = event\nresult = os.getenv('A')", "env = os.environ") == "handler.event environment"
    assert dependence("env['A'] = event\nresult = os.getenv('A')", "from os import environ as env") == (
        "handler.event environment"
    )
    assert dependence("os.environ['A'] = 'b'\nresult = os.getenv('A')") == "environment"

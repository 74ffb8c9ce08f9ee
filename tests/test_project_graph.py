"""What runs per request, and the call path that proves it."""

from __future__ import annotations

import pytest
from analysed import analysed

BUILD = "import boto3\n"


def paths(program: str) -> list[str]:
    """How requests come to each build: the lines of the calls, outermost first, and of the build."""
    analysis = analysed(BUILD + program)
    found = [(build.site.node.lineno, proof) for build in analysis.builds.values() for proof in build.proofs]
    found += [
        (build.site.node.lineno, proof)
        for construction in analysis.constructions.values()
        for build in construction.builds
        for proof in build.proofs
    ]
    return sorted(
        " ".join([proof.entry.qualified_name, *(f"{edge.kind} {edge.line}" for edge in proof.path), f"builds {line}"])
        for line, proof in found
    )


def test_a_build_in_a_handler_needs_no_path() -> None:
    assert paths("def handler(event, context):\n    boto3.client('s3')\n") == ["handler builds 3"]


def test_a_build_at_module_scope_is_none_of_a_request() -> None:
    assert paths("s3 = boto3.client('s3')\ndef handler(event, context):\n    s3.get()\n") == []


REACHED = {
    "function": ("def f():\n    boto3.client('s3')\ndef handler(event, context):\n    f()\n", "calls 5 builds 3"),
    "nested function": (
        "def handler(event, context):\n    def f():\n        boto3.client('s3')\n    f()\n",
        "calls 5 builds 4",
    ),
    "lambda": ("f = lambda: boto3.client('s3')\ndef handler(event, context):\n    f()\n", "calls 4 builds 2"),
    "constructor": (
        "class A:\n    def __init__(self):\n        boto3.client('s3')\ndef handler(event, context):\n    A()\n",
        "builds 6 builds 4",
    ),
    "constructor of a base class": (
        (
            "class B:\n    def __init__(self):\n        boto3.client('s3')\nclass A(B):\n    pass\n"
            "def handler(event, context):\n    A()\n"
        ),
        "builds 8 builds 4",
    ),
    "after the constructor": (
        "class A:\n    def __post_init__(self):\n        boto3.client('s3')\ndef handler(event, context):\n    A()\n",
        "builds 6 builds 4",
    ),
    "default factory": (
        (
            "from dataclasses import dataclass, field\n@dataclass\nclass A:\n"
            "    x: object = field(default_factory=lambda: boto3.client('s3'))\ndef handler(event, context):\n    A()\n"
        ),
        "builds 7 builds 5",
    ),
    "method": (
        "class A:\n    def f(self):\n        boto3.client('s3')\na = A()\ndef handler(event, context):\n    a.f()\n",
        "calls 7 builds 4",
    ),
    "override of a subclass": (
        (
            "class B:\n    def f(self):\n        self.g()\n    def g(self):\n        pass\n"
            "class A(B):\n    def g(self):\n        boto3.client('s3')\na = A()\n"
            "def handler(event, context):\n    a.f()\n"
        ),
        "calls 12 calls 4 builds 9",
    ),
    "called instance": (
        (
            "class A:\n    def __call__(self):\n        boto3.client('s3')\na = A()\n"
            "def handler(event, context):\n    a()\n"
        ),
        "calls 7 builds 4",
    ),
    "property": (
        (
            "class A:\n    @property\n    def x(self):\n        return boto3.client('s3')\na = A()\n"
            "def handler(event, context):\n    a.x\n"
        ),
        "reads 8 builds 5",
    ),
    "context manager": (
        (
            "class A:\n    def __enter__(self):\n        boto3.client('s3')\na = A()\n"
            "def handler(event, context):\n    with a:\n        pass\n"
        ),
        "enters 7 builds 4",
    ),
    "iterator": (
        (
            "class A:\n    def __iter__(self):\n        boto3.client('s3')\na = A()\n"
            "def handler(event, context):\n    for b in a:\n        pass\n"
        ),
        "iterates 7 builds 4",
    ),
    "decorated function": (
        (
            "def around(function):\n    def inner(*args):\n        return function(*args)\n    return inner\n"
            "@around\ndef f():\n    boto3.client('s3')\ndef handler(event, context):\n    f()\n"
        ),
        "calls 10 builds 8",
    ),
    "partial": (
        (
            "import functools\ndef f(name):\n    boto3.client(name)\ng = functools.partial(f, 's3')\n"
            "def handler(event, context):\n    g()\n"
        ),
        "calls 7 builds 4",
    ),
    "partial of the factory": (
        "import functools\ng = functools.partial(boto3.client, 's3')\ndef handler(event, context):\n    g()\n",
        "builds 5",
    ),
    "factory under another name": ("make = boto3.client\ndef handler(event, context):\n    make('s3')\n", "builds 4"),
    "callback": (
        "def f(name):\n    boto3.client('s3')\ndef handler(event, context):\n    list(map(f, event['names']))\n",
        "passes 5 builds 3",
    ),
    "thread": (
        (
            "import threading\nclass A(threading.Thread):\n    def run(self):\n        boto3.client('s3')\n"
            "def handler(event, context):\n    A().start()\n"
        ),
        "passes 7 builds 5",
    ),
    "dispatch": (
        (
            "def f(event):\n    boto3.client('s3')\nTABLE = {'f': f}\n"
            "def handler(event, context):\n    TABLE[event['kind']](event)\n"
        ),
        "calls 6 builds 3",
    ),
    "rest of the arguments": (
        (
            "def f(name, **options):\n    boto3.client(name, **options)\n"
            "def handler(event, context):\n    f('s3', use_ssl=True)\n"
        ),
        "calls 5 builds 3",
    ),
    "passed function": (
        (
            "def f():\n    boto3.client('s3')\ndef run(function):\n    function()\n"
            "def handler(event, context):\n    run(f)\n"
        ),
        "calls 7 calls 5 builds 3",
    ),
    "framework's object": (
        (
            "import framework\nclass A(framework.Base):\n    def on_message(self):\n        boto3.client('s3')\n"
            "def handler(event, context):\n    framework.run(A())\n"
        ),
        "passes 7 builds 5",
    ),
}


@pytest.mark.parametrize(("program", "expected"), REACHED.values(), ids=REACHED)
def test_what_a_handler_reaches_is_proved_by_its_path(program: str, expected: str) -> None:
    assert paths(program) == [f"handler {expected}"]


LEFT_ALONE = {
    "nobody calls it": "def f():\n    boto3.client('s3')\ndef handler(event, context):\n    pass\n",
    "called at import": (
        "def f():\n    return boto3.client('s3')\ns3 = f()\ndef handler(event, context):\n    s3.get()\n"
    ),
    "cached": (
        "import functools\n@functools.cache\ndef f():\n    return boto3.client('s3')\n"
        "def handler(event, context):\n    f()\n"
    ),
    "memo": (
        "x = None\ndef f():\n    global x\n    if x is None:\n        x = boto3.client('s3')\n"
        "def handler(event, context):\n    f()\n"
    ),
    "injected": (
        "s3 = boto3.client('s3')\ndef f(client=None):\n    client = client or boto3.client('s3')\n"
        "def handler(event, context):\n    f(s3)\n"
    ),
    "argument of the request": (
        "def f(region):\n    boto3.client('s3', region_name=region)\n"
        "def handler(event, context):\n    f(event['region'])\n"
    ),
    "static method with the request": (
        "class A:\n    @staticmethod\n    def f(x):\n        boto3.client('s3', region_name=x['region'])\na = A()\n"
        "def handler(event, context):\n    a.f(event)\n"
    ),
    "test that no call meets": (
        "def f(fresh=False):\n    if fresh:\n        boto3.client('s3')\ndef handler(event, context):\n    f()\n"
    ),
    "test that goes both ways": (
        "def f(x):\n    if x['a']:\n        boto3.client('s3')\n"
        "def handler(event, context):\n    if not event['a']:\n        f(event)\n"
    ),
    "test of the same parameter further up": (
        "def f(x):\n    if x['a'] == 1:\n        boto3.client('s3')\n"
        "def g(y):\n    f(y)\ndef handler(event, context):\n    if event['a'] == 1:\n        return\n    g(event)\n"
    ),
    "another function passed": (
        "def f():\n    boto3.client('s3')\ndef other():\n    pass\ndef run(function):\n    function()\n"
        "run(f)\ndef handler(event, context):\n    run(other)\n"
    ),
    "decorator that does not call": (
        "def around(function):\n    def inner():\n        pass\n    return inner\n"
        "@around\ndef f():\n    boto3.client('s3')\ndef handler(event, context):\n    f()\n"
    ),
    "decorator that changes the arguments": (
        "def around(function):\n    def inner(*args, **kwargs):\n        kwargs['region'] = args[0]['region']\n"
        "        return function(*args, **kwargs)\n    return inner\n"
        "@around\ndef f(event, region='a'):\n    boto3.client('s3', region_name=region)\n"
        "def handler(event, context):\n    f(event)\n"
    ),
    "singleton by metaclass": (
        "class Single(type):\n    pass\nclass A(metaclass=Single):\n    def __init__(self):\n"
        "        boto3.client('s3')\ndef handler(event, context):\n    A()\n"
    ),
    "factory given for the field": (
        "from dataclasses import dataclass, field\n@dataclass\nclass A:\n"
        "    x: object = field(default_factory=lambda: boto3.client('s3'))\ndef handler(event, context):\n    A(x=1)\n"
    ),
    "session that becomes the caller's": (
        "def handler(event, context):\n    session = boto3.Session()\n    "
        "session._session.set_credentials(event['key'])\n"
    ),
    "environment of the SDK set by the request": (
        "import os\ndef handler(event, context):\n    "
        "os.environ['AWS_PROFILE'] = event['profile']\n    boto3.client('s3')\n"
    ),
    "instance that lasts": (
        "class A:\n    def __init__(self):\n        self.x = None\n    def f(self):\n        if not self.x:\n"
        "            self.x = boto3.client('s3')\na = A()\ndef handler(event, context):\n    a.f()\n"
    ),
}


@pytest.mark.parametrize("program", LEFT_ALONE.values(), ids=LEFT_ALONE)
def test_what_is_not_built_again_for_nothing_has_no_proof(program: str) -> None:
    assert paths(program) == []


def test_a_lazy_attribute_of_an_instance_of_the_request_is_built_again() -> None:
    program = (
        "class A:\n    def __init__(self):\n        self.x = None\n    def f(self):\n        if not self.x:\n"
        "            self.x = boto3.client('s3')\ndef handler(event, context):\n    A().f()\n"
    )
    assert paths(program) == ["handler calls 9 builds 7"]


def test_every_place_that_builds_an_instance_has_its_path() -> None:
    program = (
        "class A:\n    def __init__(self):\n        boto3.client('s3')\ndef f():\n    A()\ndef g():\n    A()\n"
        "def handler(event, context):\n    f()\n    g()\n"
    )
    assert paths(program) == ["handler calls 10 builds 6 builds 4", "handler calls 11 builds 8 builds 4"]


def test_each_handler_has_its_own_path() -> None:
    program = (
        "def f():\n    boto3.client('s3')\ndef a_handler(event, context):\n    f()\n"
        "def b_handler(event, context):\n    f()\n"
    )
    assert paths(program) == ["a_handler calls 5 builds 3", "b_handler calls 7 builds 3"]


def test_the_choice_between_two_callees_is_followed_to_the_one_that_builds() -> None:
    program = (
        "def f(client=None):\n    if client is None:\n        boto3.client('s3')\n"
        "s3 = boto3.client('s3')\ndef handler(event, context):\n    f(s3)\n    f()\n"
    )
    assert paths(program) == ["handler calls 8 builds 4"]


def test_a_path_tells_whether_every_request_takes_it_and_whether_threads_do() -> None:
    program = (
        "import boto3\nfrom concurrent.futures import ThreadPoolExecutor\npool = ThreadPoolExecutor()\n"
        "def f(x):\n    boto3.client('s3')\n"
        "def handler(event, context):\n    if event['a']:\n        pool.submit(f, 1)\n"
    )
    (build,) = analysed(program).builds.values()
    assert [(proof.always, proof.threaded) for proof in build.proofs] == [(False, True)]


def test_the_level_of_a_parameter_joins_all_calls() -> None:
    program = (
        "import os\nimport boto3\ndef f(x, y, *rest):\n    boto3.client('s3')\n"
        "def handler(event, context):\n    f('a', os.getenv('A'), 1)\n    f('b', 'c')\n    f(event, 'd')\n"
    )
    analysis = analysed(program)
    (build,) = analysis.builds.values()
    function = build.site.function
    assert function is not None
    assert [analysis.graph.level(function, name).name for name in ("x", "y")] == ["REQUEST", "ENVIRONMENT"]


def test_the_level_of_a_parameter_that_calls_hand_on_is_that_of_their_callers() -> None:
    program = (
        "import boto3\ndef f(x, y, z, n):\n    boto3.client('s3')\n    f(x, y, z, n)\n"
        "def g(x, y, *rest):\n    f(x, y, *rest)\n"
        "def handler(event, context):\n    g('a', event, 'b', 1)\n"
    )
    analysis = analysed(program)
    (build,) = analysis.builds.values()
    function = build.site.function
    assert function is not None
    levels = [analysis.graph.level(function, name).name for name in ("x", "y", "z")]
    assert levels == ["CONSTANT", "REQUEST", "REQUEST"]

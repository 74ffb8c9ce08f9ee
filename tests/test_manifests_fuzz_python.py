"""Deployment programs that are broken, endless, enormous or made to hurt: a Problem, never a crash."""

from __future__ import annotations

import ast
import tempfile
from pathlib import Path

import pytest
from deployment_programs import FUNCTION, declared, reading
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

IMPORTS = "import os, aws_cdk\nfrom pathlib import Path\nfrom aws_cdk import aws_lambda as _lambda\n"
ENDLESS = "takes more than 100000 steps to follow; name its handlers in `handlers`, or exclude it"
MANY = "declares more than 1000 functions; split the program or exclude it"
DEEP = "the code is nested more than 200 levels deep; split the longest chain, concatenation or elif"
LARGE = "longer than 500000 characters; split the file or exclude it"

BROKEN = {
    "loops in loops": ("for a in range(500):\n for b in range(500):\n  x = a\n", 0, ENDLESS),
    "calls that double": (
        "def f0(x): ...\n" + "".join(f"def f{n + 1}(x):\n return f{n}(f{n}(x))\n" for n in range(30)) + "f30(1)\n",
        0,
        ENDLESS,
    ),
    "doubled lists": ("x = [1]\n" + "x = [*x, *x]\n" * 40, 0, ENDLESS),
    "a large dictionary handed on": (
        f"d = {{{', '.join(f'{n}: {n}' for n in range(9_000))}}}\n" + "f(**d)\n" * 90,
        0,
        ENDLESS,
    ),
    "a long text looked through": (f"t = {'a' * 200_000!r}\n" + "x = 'b' in t\n" * 9_000, 0, ENDLESS),
    "many names in many branches": (
        "".join(f"v{n} = 1\n" for n in range(3_000)) + "if f():\n x = 1\n" * 3_000,
        0,
        ENDLESS,
    ),
    "many functions": (
        f"for a in range(34):\n for b in range(34):\n  _lambda.Function(None, str(a * 34 + b), {FUNCTION})\n",
        6,
        MANY,
    ),
    "deep nesting": (f"x = {'-' * 250}1\n", 4, DEEP),
    "half a megabyte": ("#" * 500_000, 0, LARGE),
}


@pytest.mark.parametrize(("program", "line", "message"), BROKEN.values(), ids=list(BROKEN))
def test_what_has_no_end_is_a_problem(program: str, line: int, message: str, tmp_path: Path) -> None:
    _, problems = reading(tmp_path, {"src/orders.py": "", "app.py": f"{IMPORTS}# Stack(\n{program}"})
    assert [(one.path, one.line if line == 0 else line, one.message) for one in problems] == [
        ("app.py", 0 if line == 0 else line, message)
    ]


FINE = {
    "recursion": "def f(x):\n return f(x) + f(x)\nf(1)\n",
    "a function of itself": "f = lambda g: g(g)\nf(f)\n",
    "a property of itself": "class A:\n @property\n def b(self):\n  return self.b\nA().b\n",
    "a class of itself": "class A(A): ...\nA()\n",
    "a construct in itself": "class A(_lambda.Function):\n def __init__(self):\n  super().__init__(A(), 'a')\nA()\n",
    "names without end": "x = aws_cdk\nfor a in range(400):\n x = x.a()\n",
    "doubled texts": "x = 'a'\n" + "x = x + x\nx = f'{x}{x}'\nx = x.replace('a', x)\n" * 60,
    "calls in calls": f"x = {'f(' * 150}1{')' * 150}\n",
    "branches in branches": "".join(f"{' ' * n}if f():\n" for n in range(90)) + f"{' ' * 90}pass\n",
    "modules in a circle": "import app\nfrom app import f\nf()\n",
    "a construct around a construct": "from constructs import Construct\nclass A(Construct): ...\n"
    "a = A(None, 'a')\nfor n in range(300):\n a = A(a, 'b')\n",
    "strange arguments": "f(*1, **2)\nos.path.join()\nPath()\nPath(1)\n''.join(1)\n'{'.format(1)\n'%d' % 1\n(1).x()\n"
    "[].pop()\n{}.get()\n{1: 2}.pop([])\nint('x')\n'a'.split('')\n'a'.strip(1)\nrange(-1)\nstr()\n",
}


@pytest.mark.parametrize("program", FINE.values(), ids=list(FINE))
def test_what_is_strange_hides_no_function(program: str, tmp_path: Path) -> None:
    text = f"{IMPORTS}{program}\n_lambda.Function(None, 'Orders', {FUNCTION})\n"
    assert [one.resource for one in declared(tmp_path, {"src/orders.py": "", "app.py": text})] == ["Orders"]


NAMES = st.sampled_from(
    ["a", "self", "_lambda", "_lambda.Function", "_lambda.Code.from_asset", "os.path.join", "Path", "__file__", "dict"]
)
ATOMS = NAMES | st.sampled_from(["1", "'a'", "'../..'", "'\\0'", "None", "True", "[]", "{}", "'handler.h'", "super()"])


def _around(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pair = st.tuples(inner, inner)
    return st.one_of(
        pair.map(lambda p: f"{p[0]}({p[1]})"),
        pair.map(lambda p: f"_lambda.Function(self, {p[0]}, handler={p[1]}, code={p[0]}, runtime={p[1]})"),
        pair.map(lambda p: f"{p[0]}(*{p[1]}, **{p[0]})"),
        pair.map(lambda p: f"({p[0]} + {p[1]})"),
        pair.map(lambda p: f"({p[0]} / {p[1]})"),
        pair.map(lambda p: f"({p[0]} % {p[1]})"),
        pair.map(lambda p: f"({p[0]} if {p[1]} in {p[0]} else {p[1]})"),
        pair.map(lambda p: f"[{p[0]} for a in {p[1]}]"),
        pair.map(lambda p: f"{{{p[0]}: {p[1]}, **{p[1]}}}"),
        pair.map(lambda p: f"({p[0]})[{p[1]}]"),
        inner.map(lambda one: f"({one}).parent"),
        inner.map(lambda one: f"({one}).format({one})"),
        inner.map(lambda one: f"(lambda a: {one})"),
    )


EXPRESSIONS = st.recursive(ATOMS, _around, max_leaves=8)
STATEMENTS = st.one_of(
    EXPRESSIONS.map(lambda one: f"a = {one}\n"),
    EXPRESSIONS.map(lambda one: f"a.b = a['c'] = {one}\n"),
    EXPRESSIONS.map(lambda one: f"a += {one}\n"),
    EXPRESSIONS.map(lambda one: f"for a in {one}:\n    a = {one}\n"),
    EXPRESSIONS.map(lambda one: f"if {one}:\n    a = {one}\nelse:\n    return\n"),
    EXPRESSIONS.map(lambda one: f"def f(a, b={one}, *c, **d):\n    return f(a, *c, **d) or {one}\nf({one})\n"),
    EXPRESSIONS.map(
        lambda one: f"class C({one}):\n    def __init__(self, a={one}):\n        super().__init__(a)\nC()\n"
    ),
    EXPRESSIONS.map(lambda one: f"with {one} as a:\n    pass\n"),
    EXPRESSIONS.map(lambda one: f"try:\n    a = {one}\nexcept {one}:\n    a = 1\n"),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(st.lists(STATEMENTS, max_size=6))
def test_any_program_is_read(body: list[str]) -> None:
    lines = "".join(body).splitlines() or ["pass"]
    text = f"{IMPORTS}def main(self, a=None):\n" + "".join(f"    {line}\n" for line in lines)
    ast.parse(text)
    with tempfile.TemporaryDirectory() as folder:
        deployed, problems = reading(Path(folder), {"app.py": text})
    assert {one.manifest for one in deployed} <= {"app.py"}
    assert {one.path for one in problems} <= {"app.py"}

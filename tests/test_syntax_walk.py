"""The dispatcher against LibCST's own, call by call."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import hypothesis
import libcst as cst
import pytest
from libcst._typed_visitor import CSTTypedVisitorFunctions

from flake8_lambda_perf.syntax.tree import parse_module
from flake8_lambda_perf.syntax.walk import walk

HOOKS = sorted(name for name in dir(CSTTypedVisitorFunctions) if name.startswith(("visit_", "leave_")))
TRIVIA = (
    cst.BaseAugOp
    | cst.BaseBinaryOp
    | cst.BaseBooleanOp
    | cst.BaseCompOp
    | cst.BaseParenthesizableWhitespace
    | cst.BaseUnaryOp
    | cst.AssignEqual
    | cst.Asynchronous
    | cst.BitOr
    | cst.Colon
    | cst.Comma
    | cst.Comment
    | cst.Dot
    | cst.EmptyLine
    | cst.LeftCurlyBrace
    | cst.LeftParen
    | cst.LeftSquareBracket
    | cst.Newline
    | cst.ParamSlash
    | cst.RightCurlyBrace
    | cst.RightParen
    | cst.RightSquareBracket
    | cst.Semicolon
    | cst.TrailingWhitespace
)

SNIPPETS = {
    "decorators come before the name they decorate": (
        "@a.b(1)\n@c\nasync def f(x: int = 1, /, *a, k=2, **kw) -> None:\n    pass\n"
    ),
    "a class with bases and keywords": "@d\nclass A(B, C, metaclass=M, **kw):\n    x: int = 1\n",
    "an argument's keyword comes before its value": "f(a, *b, k=1, **c)\n",
    "a conditional expression starts with its body": "x = a if b else c\n",
    "comprehensions": (
        "x = [a async for b in c if d for e in f], {k: v for k, v in w}, {s for s in t}, (g for g in h)\n"
    ),
    "an empty format specification is not visited": "x = f'{a!r} {b:>{w}} {c=}' 'd' r'e'\n",
    "a star import": "from ..a import *\nfrom . import (b as c, d,)\nimport e.f as g\n",
    "every compound statement": (
        "for a in b:\n  continue\nelse:\n  break\nwhile a: pass\n"
        "if a: pass\nelif b: pass\nelse: pass\n"
        "with a as b, c: pass\nasync with (d as e): pass\n"
        "try: pass\nexcept A as b: pass\nexcept: pass\nelse: pass\nfinally: pass\n"
        "try: pass\nexcept* A: pass\n"
    ),
    "every pattern": (
        "match a, b:\n"
        "  case [x, *_] | (y, z): pass\n"
        "  case {'k': v, **r} if g: pass\n"
        "  case A.B(1, k=-2) as c: pass\n"
        "  case None | 'a' 'b': pass\n"
    ),
    "small statements": (
        "global a; del b, c; assert d, e; raise f from g\nh += 1; i: j = k; (l := m)\nreturn lambda n, *, o=1: not n\n"
    ),
    "slices, operators and brackets": "x = ((a[1:2:3, ::, *b] + -c) ** d) and e is not f\n",
    "type parameters": "type A[T: int = str, *Ts, **P] = B\ndef f[T](a): ...\nclass C[*T](D): ...\n",
    "comments and blank lines": "# head\n\nif a:  # why\n    # inner\n    b(  # open\n        1,\n    )\n\n# foot\n",
    "nothing at all": "",
}


class Recorder(cst.BatchableCSTVisitor):
    """Writes down every call of a hook."""

    hooks: tuple[str, ...] = ()

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[tuple[str, int]] = []


def recorder(hooks: list[str]) -> type[Recorder]:
    def hook(name: str) -> Any:
        def record(self: Recorder, node: cst.CSTNode) -> None:
            self.calls.append((name, id(node)))

        record.__name__ = name
        return record

    return type("Everything", (Recorder,), {name: hook(name) for name in hooks})


def is_about_trivia(hook: str) -> bool:
    return issubclass(getattr(cst, hook.split("_")[1]), TRIVIA)


EVERYTHING = recorder(HOOKS)
WITHOUT_TRIVIA = recorder([name for name in HOOKS if not is_about_trivia(name)])
NODES_ONLY = recorder([name for name in HOOKS if name.count("_") == 1 and not is_about_trivia(name)])
RECORDERS = {"every hook": EVERYTHING, "no trivia": WITHOUT_TRIVIA, "nodes only": NODES_ONLY}


def assert_same_calls(module: cst.Module, kind: type[Recorder]) -> None:
    ours, theirs = [kind(), kind()], [kind(), kind()]
    walk(module, ours)
    cst.visit_batched(module, theirs)
    assert [visitor.calls for visitor in ours] == [visitor.calls for visitor in theirs]


@pytest.mark.parametrize("kind", RECORDERS.values(), ids=RECORDERS)
@pytest.mark.parametrize("text", SNIPPETS.values(), ids=SNIPPETS)
def test_hooks_are_called_as_libcst_calls_them(text: str, kind: type[Recorder]) -> None:
    assert_same_calls(parse_module(text), kind)


@pytest.mark.skipif(not hasattr(cst, "TemplatedString"), reason="this libcst does not know template strings")
def test_template_strings_are_walked_as_libcst_walks_them() -> None:
    assert_same_calls(parse_module("x = t'{a!r:>{b}} {c=}'\n"), EVERYTHING)


@pytest.mark.skipif(not hasattr(cst, "LazyImport"), reason="this libcst does not know lazy imports")
def test_lazy_imports_are_walked_as_libcst_walks_them() -> None:
    assert_same_calls(parse_module("lazy import c\nlazy from d import e, f as g\n"), EVERYTHING)


def sources() -> list[Path]:
    """Every seventh file of LibCST and hypothesis: real code, and the same files each time."""
    folders = [Path(cst.__file__).parent, Path(hypothesis.__file__).parent]
    files = [file for folder in folders for file in sorted(folder.rglob("*.py"))]
    return [file for file in files if 0 < file.stat().st_size < 20_000][::7]


@pytest.mark.parametrize("kind", RECORDERS.values(), ids=RECORDERS)
def test_real_sources_are_walked_as_libcst_walks_them(kind: type[Recorder]) -> None:
    files = sources()
    assert len(files) > 20
    for file in files:
        assert_same_calls(parse_module(file.read_text("utf-8")), kind)


def test_subscribing_to_trivia_alone_still_finds_it() -> None:
    class Comments(cst.BatchableCSTVisitor):
        def __init__(self) -> None:
            super().__init__()
            self.found: list[str] = []

        def visit_Comment(self, node: cst.Comment) -> None:
            self.found.append(node.value)

    visitor = Comments()
    walk(parse_module(SNIPPETS["comments and blank lines"]), [visitor])
    assert visitor.found == ["# head", "# why", "# inner", "# open", "# foot"]


def test_hooks_of_a_parent_class_are_called() -> None:
    class Parent(cst.BatchableCSTVisitor):
        def __init__(self) -> None:
            super().__init__()
            self.names: list[str] = []

        def visit_Name(self, node: cst.Name) -> None:
            self.names.append(node.value)

        def leave_Name(self, original_node: cst.Name) -> None:
            self.names.append(original_node.value.upper())

    class Child(Parent):
        def leave_Name(self, original_node: cst.Name) -> None:
            self.names.append("left")

    child = Child()
    walk(parse_module("a(b)\n"), [child])
    assert child.names == ["a", "left", "b", "left"]


@pytest.mark.parametrize("hook", ["visit_Call_func", "leave_Call_func", "visit_Call_args", "leave_Arg_value"])
def test_a_hook_of_one_field_is_called_alone(hook: str) -> None:
    assert_same_calls(parse_module("a(b)(c=d, *e)\n"), recorder([hook]))


def test_what_is_named_as_a_hook_and_is_no_method_is_not_called() -> None:
    kind = type("Counting", (recorder(["leave_Name"]),), {"visit_Name": None})
    visitor = kind()
    walk(parse_module("a(b)\n"), [visitor])
    assert [name for name, _ in visitor.calls] == ["leave_Name", "leave_Name"]


def test_visitors_take_turns_at_each_node() -> None:
    order: list[str] = []

    class Named(cst.BatchableCSTVisitor):
        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

        def visit_Name(self, node: cst.Name) -> None:
            order.append(f"{self.name} {node.value}")

    walk(parse_module("a; b\n"), [Named("first"), Named("second")])
    assert order == ["first a", "second a", "first b", "second b"]


def test_a_chain_of_three_thousand_calls_is_walked() -> None:
    node: cst.BaseExpression = cst.Name("a")
    for _ in range(3_000):
        node = cst.Call(cst.Attribute(node, cst.Name("b")))

    class Calls(cst.BatchableCSTVisitor):
        visited = left = 0

        def visit_Call(self, node: cst.Call) -> None:
            self.visited += 1

        def leave_Call(self, original_node: cst.Call) -> None:
            self.left += 1

    visitor = Calls()
    walk(node, [visitor])
    assert (visitor.visited, visitor.left) == (3_000, 3_000)


def test_no_visitors_is_no_work_and_no_error() -> None:
    module = parse_module("a(b)\n")
    walk(module, [])
    assert module.code == "a(b)\n"

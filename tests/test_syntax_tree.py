"""Slices, and the ast node of each LibCST node."""

from __future__ import annotations

import ast
import inspect
import sys
import threading
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import libcst as cst
import pytest

from flake8_lambda_perf import source
from flake8_lambda_perf.errors import SourceError
from flake8_lambda_perf.syntax.tree import (
    MAX_CHARACTERS,
    PairingError,
    pair,
    pair_headers,
    pair_whole,
    parse_module,
    slice_of,
    slices_of,
    whole_of,
)

NESTED = '''\
class A(B, m=C):  # a comment: with a colon
    @one  # @two
    @(
        # @three
        three(4)
    )
    async def f(
        self, a: "x:y" = lambda: 0, *, b=d[1:2]  # why: not
    ) -> e[
        "f"
    ]:
        if a: await g(); return [
    1,
        2]
        elif (b
              ):
            s = """
  left: alone
"""; t = f"""{
    h(i)
}"""
        else:
            pass
        with (j() as k,  # k: comment
              l()): pass
        match m, n():
            # case of: nothing
            case [o, *_] if p(o): pass; pass;
            case _:
                pass
            # case (x:
            case (
                # case y:
                q
            ): pass
        try:
            pass
        except (r, s) as t: pass
        except: pass
        finally:
            pass
        async for u in v(): x = yield
        while (y := z()): break
'''

SLICES = [
    "class A(B, m=C): pass\n",
    (
        "if 1:\n    @one  # @two\n    @(\n        # @three\n        three(4)\n    )\n    async def f(\n"
        '        self, a: "x:y" = lambda: 0, *, b=d[1:2]  # why: not\n    ) -> e[\n        "f"\n    ]: pass\n'
    ),
    "if a: pass\n",
    "await g()\n",
    "return [\n    1,\n        2]\n",
    "if (b\n              ): pass\n",
    's = """\n  left: alone\n"""\n',
    't = f"""{\n    h(i)\n}"""\n',
    "pass\n",
    "with (j() as k,  # k: comment\n              l()): pass\n",
    "pass\n",
    (
        "match m, n():\n case [o, *_] if p(o): pass\n case _: pass\n case (\n                # case y:\n"
        "                q\n            ): pass\n"
    ),
    "pass\n",
    "pass\n",
    "pass\n",
    "pass\n",
    "try: pass\nexcept (r, s) as t: pass\nexcept: pass\n",
    "pass\n",
    "pass\n",
    "pass\n",
    "pass\n",
    "async for u in v(): pass\n",
    "x = yield\n",
    "while (y := z()): pass\n",
    "break\n",
]


def statements(node: ast.AST) -> Iterator[ast.stmt]:
    """All statements below a node, in source order."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt):
            yield child
        if not isinstance(child, ast.expr):
            yield from statements(child)


def test_a_slice_is_what_a_statement_says_itself() -> None:
    lines = source.Lines(NESTED)
    assert [slice_of(NESTED, lines, each) for each in statements(ast.parse(NESTED))] == SLICES


def test_a_slice_has_the_expressions_of_its_statement_and_no_other() -> None:
    lines = source.Lines(NESTED)
    every = list(statements(ast.parse(NESTED)))
    for statement in every:
        (own,) = ast.parse(slice_of(NESTED, lines, statement)).body
        if isinstance(own, ast.If) and not isinstance(statement, ast.If):
            (own,) = own.body
        assert expressions(own) == expressions(statement)


def expressions(statement: ast.AST) -> list[str]:
    """The expressions of a statement's header, as ast dumps them."""
    found = []
    for child in ast.iter_child_nodes(statement):
        if isinstance(child, ast.excepthandler | ast.match_case):
            found.extend(expressions(child))
        elif not isinstance(child, ast.stmt):
            found.append(ast.dump(child))
    return found


def test_a_whole_statement_keeps_its_strings() -> None:
    text = 'class A:\n\tdef f(self):\n\t\treturn """\n\tx\n"""\n\n\tdef g(self): pass\n'
    (function, _) = ast.parse(text).body[0].body  # type: ignore[attr-defined]
    expected = 'if 1:\n\tdef f(self):\n\t\treturn """\n\tx\n"""\n'
    assert whole_of(text, source.Lines(text), function) == expected


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_every_statement_can_be_cut_out_whole_and_paired(newline: str) -> None:
    text = NESTED.replace("\n", newline)
    lines = source.Lines(text)
    for statement in statements(ast.parse(text)):
        module = parse_module(whole_of(text, lines, statement))
        paired = pair_whole(module, statement)
        assert wanted(statement) <= {id(node) for node in paired.values()}


def wanted(tree: ast.AST) -> set[int]:
    """The ids of the nodes that a rule may ask about."""
    kinds = (ast.Call, ast.Attribute, ast.Name, ast.Import, ast.ImportFrom, ast.FunctionDef)
    more = (ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.withitem, ast.keyword, ast.alias, ast.arg)
    return {id(node) for node in ast.walk(tree) if isinstance(node, kinds + more)}


def assert_pairs(text: str) -> None:
    tree, lines = ast.parse(text), source.Lines(text)
    every = list(statements(tree))
    from_module = pair(parse_module(text), tree)
    from_slices = pair_headers(parse_module(slices_of(text, lines, every)), every)
    assert wanted(tree) <= {id(node) for node in from_module.values()}
    assert wanted(tree) <= {id(node) for node in from_slices.values()}


def test_a_pair_is_the_same_call() -> None:
    text = "@a(b(1))\ndef f(x=c(2)): return d(e(3), *g(4), k=h(5), **i(6))\n"
    module, tree = parse_module(text), ast.parse(text)
    paired = pair(module, tree)

    class Calls(cst.CSTVisitor):
        def visit_Call(self, node: cst.Call) -> None:
            assert module.code_for_node(node) == ast.get_source_segment(text, paired[id(node)])
            found.append(module.code_for_node(node.func))

    found: list[str] = []
    module.visit(Calls())
    assert found == ["a", "b", "c", "d", "e", "g", "h", "i"]


PAIRED = {
    "decorators, classes and parameters": (
        "@a.b(1)\nclass A(B, C, k=D, **e):\n  @f\n"
        "  async def g(a: h = i, /, b: j = k, *c: l, d: m = n, e: o, **p: q) -> r: pass\n"
    ),
    "arguments and keywords mixed": "f(a, k=b, *c(d), l=e, *g, **h)\n",
    "dictionaries": "{a: b, **c, d: e}\n{**a}\n{a(b): c for d in e if f if g for h in i}\n",
    "chains of and and or": "a and b and c or d or e and (f and g) and h\n(a or b) or c\n",
    "strings written together": "x = 'a' f'{b}' 'c' rf'{d!r:>{e}}' f'{g=}'\ny = 'a' 'b'\nz = f'a' 'b'\nw = b'a' b'b'\n",
    "f-strings over several lines": 'x = f"""{\n  a(b,\n c=d)\n} {e(f"{g(h)}")}"""\n',
    "subscripts": "a[b], a[b,], a[b, c], a[(b, c)], a[b:c:d], a[:, ::2], a[*b], a[*b, c], a[b][c]\n",
    "deleting": "del a\ndel a, b\ndel (a, b)\ndel a,\ndel [a]\ndel (a)\n",
    "parenthesized with": (
        "with (a): pass\nwith (a, b): pass\nwith (a, b) as c: pass\nwith (a as b, c as d,): pass\n"
        "with (a), (b) as c: pass\nwith (yield): pass\n"
    ),
    "patterns": (
        "match a:\n  case b.c | -1 | 1+2j | 'x' 'y' | None: pass\n  case {'k': d, e.f: _, **g} if h: pass\n"
        "  case I(j, k=L(m)) as n: pass\n  case [o, *p], (q,), *_: pass\n  case {**r}: pass\n  case (s): pass\n"
    ),
    "names in another Unicode form": "ﬁle = ª.ﬁle(ﬁle=1)\ndef ﬁ(ﬁ): pass\nimport ﬁ.a as ﬁ\n",
    "imports": "import a, b.c as d\nfrom . import *\nfrom ..e.f import (g as h, i,)\nfrom .j import k; import l\n",
    "loops and comprehensions": (
        "async def f():\n  async for a, *b in c: pass\n  else: d\n  return [(yield) async for e in g(h) if i(j)]\n"
    ),
    "else of every kind": (
        "for a in b: c\nelse: d\nwhile a: b\nelse: c\nif a: b\nelif c: d\nelif e: f\nelse: g\nif a:\n  pass\n"
        "else:\n  if b: c\n"
    ),
    "exceptions": (
        "try: a\nexcept B as c: d\nexcept (E, f()): g\nelse: h\nfinally: i\ntry: a\nexcept* b: c\ntry: a\nfinally: b\n"
    ),
    "small statements": (
        "global a; nonlocal_ = b = c; d: e; f: g = h; i += j; assert k, l; raise m from n; raise\n"
        "x, *y = z; print(*a, *b)\n"
    ),
    "constants": "None, True, False, ..., 1, 1.5, 2j, -3, 'a', b'b', not a\n",
    "lambdas and conditionals": "lambda: 0\nlambda a, /, b=c, *d, e, f=g, **h: i(j) if k(l) else m(n)\n(o := p)\n",
    "comparisons": "a < b(c) <= d != e is not f not in g\n",
    "form feeds and tabs": "if a:\n\tb()\n\f\nc()\n",
    "backslashes": "if a and \\\n   b: c(); \\\n  d()\nwith a as b, \\\n  c: pass\n",
}


@pytest.mark.parametrize("text", PAIRED.values(), ids=PAIRED)
def test_both_trees_are_paired(text: str) -> None:
    assert_pairs(text)


@pytest.mark.skipif(sys.version_info < (3, 12), reason="syntax of Python 3.12")
@pytest.mark.parametrize(
    "text",
    [
        "type A[T: b(c), *Ts, **P] = D[T]\n",
        "@a\nclass C[T: (d, e.f)](g): pass\nclass C[T: h]: pass\n",
        "def f[T: g(h)](i: T = j) -> T: pass\nasync def f[*Ts](): pass\n",
        "x = f'{a('b', f'{c['d']}')!r:{e:{f}}}'\n",
    ],
)
def test_syntax_of_python_3_12_is_paired(text: str) -> None:
    assert_pairs(text)


@pytest.mark.skipif(sys.version_info < (3, 13), reason="syntax of Python 3.13")
def test_defaults_of_type_parameters_are_paired() -> None:
    assert_pairs("class C[T: a = b(c), *Ts = *d, **P = [e]]: pass\ntype F[T = g.h] = i\n")


@pytest.mark.skipif(sys.version_info < (3, 14), reason="syntax of Python 3.14")
def test_template_strings_are_paired() -> None:
    assert_pairs("x = t'{a(b)!r:>{c}} {d=}'\n")


def test_real_sources_are_paired() -> None:
    """Every ninth file of LibCST, botocore and hypothesis."""
    packages = map(import_module, ("libcst", "botocore", "hypothesis"))
    folders = [Path(inspect.getfile(package)).parent for package in packages]
    files = [file for folder in folders for file in sorted(folder.rglob("*.py"))][::9]
    assert len(files) > 40
    for file in files:
        if 0 < file.stat().st_size < 40_000:
            assert_pairs(source.decode(file.read_bytes(), file.name).text)


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("a(b)\n", "a(c)\n"),
        ("a.b\n", "a.c\n"),
        ("a(b)\n", "a[b]\n"),
        ("a(b, c)\n", "a(b)\n"),
        ("a(k=b)\n", "a(l=b)\n"),
        ("a(*b)\n", "a(b)\n"),
        ("import a\n", "import b\n"),
        ("from . import a\n", "from .. import a\n"),
        ("from a import *\n", "from a import b\n"),
        ("import a as b\n", "import a\n"),
        ("def f(): a\n", "async def f(): a\n"),
        ("def f(): a\n", "def g(): a\n"),
        ("a and b\n", "a or b\n"),
        ("x = None\n", "x = True\n"),
        ("yield a\n", "yield from a\n"),
        ("a\n", "a; b\n"),
        ("if a: b\nelse: c\n", "if a: b\n"),
        ("f'{a}'\n", "f'{b}'\n"),
        ("f'{a}'\n", "'a'\n"),
        ("'a' f'{b}'\n", "'a' 'b'\n"),
        ("for a in b: c\n", "async for a in b: c\n"),
        ("with a: b\n", "async with a: b\n"),
        ("a[b, c]\n", "a[b]\n"),
        ("a[*b, c]\n", "a[b, c]\n"),
        ("yield a\n", "yield\n"),
    ],
)
def test_different_code_is_not_paired(text: str, other: str) -> None:
    with pytest.raises(PairingError):
        pair(parse_module(text), ast.parse(other))
    with pytest.raises(PairingError):
        pair(parse_module(other), ast.parse(text))


def test_what_libcst_cannot_parse_says_where() -> None:
    with pytest.raises(SourceError, match="LibCST cannot parse this") as raised:
        parse_module("a = 1\nclass A(m=1, *b): pass\n")
    assert raised.value.line > 0


def test_what_libcst_cannot_take_at_all_is_no_crash() -> None:
    with pytest.raises(SourceError, match=r"LibCST cannot parse this: .* surrogates not allowed"):
        parse_module("a = '\udc80'\n")


def test_a_decorator_behind_a_comment_that_holds_one_starts_its_slice() -> None:
    text = "a = 1\n@(  # @two\n    three(4)\n)\ndef f(): return a\n"
    function = ast.parse(text).body[1]
    assert slice_of(text, source.Lines(text), function) == "@(  # @two\n    three(4)\n)\ndef f(): pass\n"


@pytest.mark.parametrize(
    ("text", "other"),
    [("if a: b\n", "if a  b\n"), ("match a:\n case b: c\n", "match a:\n ease b: c\n")],
)
def test_a_text_that_is_not_the_one_of_the_tree_is_refused(text: str, other: str) -> None:
    with pytest.raises(SourceError, match="the positions of ast do not fit this text"):
        slice_of(other, source.Lines(other), ast.parse(text).body[0])


def test_text_over_the_size_limit_is_refused() -> None:
    with pytest.raises(SourceError, match="2,000,001 characters are too many"):
        parse_module("#" * (MAX_CHARACTERS + 1))


def test_as_many_brackets_as_ast_takes_are_parsed_on_a_small_stack() -> None:
    text = "x = " + "(" * 190 + "1" + ")" * 190 + "\n"
    ast.parse(text)
    before = threading.stack_size()
    assert parse_module(text).code == text
    assert threading.stack_size() == before

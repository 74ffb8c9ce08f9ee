"""A tree whose bodies are left out is the whole tree once they are filled in."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path

import pytest

from flake8_lambda_perf.errors import SourceError
from flake8_lambda_perf.model import Problem
from flake8_lambda_perf.project.load import Project
from flake8_lambda_perf.project.sketch import FAR, Bodies, fill, sketch
from flake8_lambda_perf.source import decode, parse

LONG = "\n    a = 1\n    b = 2\n    c = 3\n    return a\n"
"""A body that is worth leaving out."""


def sketched(text: str) -> tuple[ast.Module, Bodies]:
    """A tree and what is left out of it; nothing may have to parse the whole file."""
    return sketch(text, lambda: pytest.fail("the whole file was parsed"))


def dumped(tree: ast.Module) -> str:
    return ast.dump(tree, include_attributes=True)


@pytest.mark.parametrize("name", ["ast", "asyncio", "boto3", "flake8", "libcst", "fastapi"])
def test_a_filled_tree_is_the_whole_tree_in_every_file_of_a_package(name: str) -> None:
    origin = importlib.import_module(name).__file__
    assert origin is not None
    package = Path(origin).name == "__init__.py"
    paths = sorted(Path(origin).parent.rglob("*.py")) if package else [Path(origin)]
    left_out = 0
    for path in paths:
        text = decode(path.read_bytes(), path.name).text
        tree, bodies = sketched(text)
        left_out += len(bodies)
        fill(tree, bodies)
        assert dumped(tree) == dumped(parse(text)), path
        assert not bodies
    assert left_out > len(paths) / 2


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        pytest.param(f"def f():{LONG}", [1], id="a function"),
        pytest.param(f"def f(): \n# why\n{LONG}", [1], id="comments at the margin"),
        pytest.param(f"async def f(a, b='x', *, c=(1, 2)) -> int:{LONG}\nx = 1\n", [1], id="a plain header"),
        pytest.param(f"def f(\n    a,\n    b,\n):{LONG}", [1], id="a header on several lines"),
        pytest.param(f"@cache\ndef f():{LONG}", [2], id="a decorator"),
        pytest.param(f"class A:\n    def f(self):{LONG.replace('    ', '        ')}", [2], id="a method ends a class"),
        pytest.param(f"if a:\n    def f():{LONG.replace('    ', '        ')}else:\n    b\n", [2], id="in an arm"),
        pytest.param(f"def f():{LONG}".replace("\n", "\r\n"), [1], id="windows line ends"),
        pytest.param(f"def f():\n    '''é'''{LONG}", [1], id="letters of several bytes"),
        pytest.param("def f():\n    a = '''\n#\n    '''\n    b\n    c\n    d", [1], id="no final newline"),
        pytest.param(f"def f():{LONG}".replace("\n", "\r"), [], id="lone carriage returns"),
        pytest.param(f"def f():\n\f{LONG}", [], id="a form feed"),
        pytest.param("def f():\n    return 1\n", [], id="a short body"),
        pytest.param(f"def f(a=f'{{(1)}}'):{LONG}", [1], id="a string in the header"),
        pytest.param(f"def f(a={{'(': 1}}):{LONG}", [1], id="a bracket in a string of the header"),
        pytest.param(f'X = """\ndef f():{LONG}"""\n', [], id="an example in a string"),
        pytest.param('def f():\n    a\n    b\n    x = """\nc\n"""\n    d\n    e\n', [], id="a string at the margin"),
        pytest.param(f"if a:\n    b;\ndef f():{LONG}", [3], id="a semicolon ends a block"),
        pytest.param(
            f'x = \'"""\'\ny = """\ndef g():{LONG}"""\ndef f():{LONG}', [], id="quotes in a string, an example in one"
        ),
        pytest.param("def f():\n    a\n    b\n    x = (\n1)\n    d\n    e\n", [], id="a bracket at the margin"),
        pytest.param("def f():\n    a\n    b\n    c = 1 + \\\n1\n    d\n    e\n", [], id="a backslash"),
        pytest.param("def f():\n    a\n    b\n    c\n    d\n    '", [], id="a string that does not end"),
    ],
)
def test_what_is_left_out_is_where_the_text_leaves_no_doubt(text: str, lines: list[int]) -> None:
    try:
        whole = parse(text)
    except SourceError:
        with pytest.raises(SourceError):
            sketched(text)
        return
    tree, bodies = sketched(text)
    assert list(bodies) == lines
    fill(tree, bodies)
    assert dumped(tree) == dumped(whole)


def test_a_function_in_one_with_an_odd_header_is_filled_in_with_it() -> None:
    inner = LONG.replace("    ", "        ")
    text = f"def outer(a=((1,), (lambda: (2,)))):\n    def inner():{inner}    return inner\n"
    module = Project(Path("nowhere"), (), {"app.py": text.encode()}).module("app.py")
    assert module is not None
    assert list(module.left_out) == [2]
    outer = next(function for function in module.functions if function.name == "outer")
    assert ast.dump(outer.node, include_attributes=True) == ast.dump(parse(text).body[0], include_attributes=True)
    assert module.left_out == {}


def test_a_body_that_does_not_parse_is_a_problem_when_it_is_asked_for() -> None:
    text = "def f():\n    a = 1\n    b = = 2\n    c = 3\n    return a\n"
    project = Project(Path("nowhere"), (), {"app.py": text.encode()})
    module = project.module("app.py")
    assert module is not None
    assert project.problems == {}
    assert ast.unparse(module.functions[0].node) == "def f():\n    0"
    with pytest.raises(SourceError) as error:
        parse(text)
    assert project.problems == {"app.py": Problem("app.py", 3, str(error.value))}
    assert project.module("app.py") is None


def test_a_body_that_is_only_checked_is_not_kept() -> None:
    texts = {"good.py": f"def f():{LONG}", "bad.py": f"def f():{LONG}".replace("= 2", "= = 2")}
    project = Project(Path("nowhere"), (), {path: text.encode() for path, text in texts.items()})
    for path in texts:
        module = project.module(path)
        assert module is not None
        module.functions[0].check()
        assert list(module.left_out) == [1]
    assert [(problem.path, problem.line) for problem in project.problems.values()] == [("bad.py", 3)]


def test_a_function_ends_where_the_function_in_it_does_that_is_left_out() -> None:
    inner = LONG.replace("    ", "        ")
    text = f"def outer() -> 'str':\n    def inner():{inner}"
    module = Project(Path("nowhere"), (), {"app.py": text.encode()}).module("app.py")
    assert module is not None
    assert list(module.left_out) == [2]
    assert module.functions[0].lines == (1, 6)


def test_a_body_far_down_is_where_it_stands() -> None:
    text = "#\n" * 2 * FAR + f"def f():{LONG}"
    tree, bodies = sketched(text)
    assert len(bodies) == 1
    fill(tree, bodies)
    assert dumped(tree) == dumped(parse(text))


def test_a_comment_with_quotes_leaves_what_follows_in_the_tree() -> None:
    text = f'# """\ndef f():{LONG}' * 2
    tree, bodies = sketched(text)
    assert list(bodies) == [8]
    fill(tree, bodies)
    assert dumped(tree) == dumped(parse(text))


@pytest.mark.parametrize(
    "statement",
    [
        "self.x = 2",
        "self.x=2",
        "self.x\t= 2",
        "self.x\\\n    = 2",
        "self.x: int = 2",
        "self.x += 2",
        "self.x@=y",
        "self.x = self.y = 2",
        "self.y = self.x = 2",
        "(self.x) = 2",
        "[self.y, self.x] = 2, 1",
        "self.x, self.y = 2, 1",
        "(self.x  # first\n    , self.y) = 2, 1",
        "(self.x# first\n    , self.y) = 2, 1",
        "(\n        self.x\n    ) = 2",
        "for self.x in y: pass",
        "with y as self.x: pass",
    ],
)
def test_a_body_that_is_left_out_may_assign_to_an_attribute_however_it_is_written(statement: str) -> None:
    assert may_assign(statement)


@pytest.mark.parametrize("statement", ["self.x.y = 2", "self.x[0] = 2", "self.x(y)", "self.xy = 2", "self.y = 2"])
def test_a_body_that_only_uses_what_an_attribute_holds_does_not_assign_to_it(statement: str) -> None:
    assert not may_assign(statement)


def may_assign(statement: str) -> bool:
    """Whether the body around a statement may assign to `x`; it is not parsed for that."""
    text = f"def f(self, y):\n    {statement}{LONG}"
    module = Project(Path("nowhere"), (), {"app.py": text.encode()}).module("app.py")
    assert module is not None
    assert list(module.left_out) == [1]
    return module.functions[0].may_assign("x")

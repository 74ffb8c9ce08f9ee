"""The constructors of data classes have the parameters that Python gives them."""

from __future__ import annotations

import ast
import inspect

import pytest

from flake8_lambda_perf.project.index import index_module

HEAD = """
import abc
import dataclasses
from abc import ABC
from dataclasses import KW_ONLY, InitVar, dataclass, field
from typing import ClassVar, Generic, TypeVar

T = TypeVar("T")

"""


def signature(program: str) -> str | None:
    """The parameters of the constructor that `A` is given; None if it is given none."""
    text = HEAD + program
    module = index_module("app.py", ast.parse(text), {}, text)
    found = next(cls for cls in module.classes if cls.name == "A").constructor
    return ast.unparse(found.node.args) if found is not None else None


@pytest.mark.parametrize(
    "program",
    [
        "@dataclass\nclass A:\n    x: str\n    y: int = 1\n",
        "@dataclasses.dataclass(frozen=True, slots=True)\nclass A:\n    x: str\n",
        "@dataclass\nclass A:\n    x: ClassVar[int] = 1\n    y: InitVar[int] = 2\n    z = 3\n",
        "@dataclass\nclass A:\n    x: str\n    _: KW_ONLY\n    y: int\n    z: int = 1\n",
        "@dataclass(kw_only=True)\nclass A:\n    x: str\n    y: int = 1\n",
        "@dataclass\nclass A:\n    x: str = field(init=False, default='a')\n    y: int = field(default=1)\n",
        "@dataclass\nclass A:\n    x: str = field(kw_only=True)\n    y: int = field(repr=False)\n",
        "@dataclass\nclass B:\n    x: str\n@dataclass\nclass A(B):\n    y: int\n",
        "@dataclass\nclass B:\n    x: str\n    y: int\n@dataclass\nclass A(B):\n    x: int\n    z: int = 2\n",
        "class B:\n    def f(self): ...\n@dataclass\nclass A(B):\n    y: int\n",
        "@dataclass\nclass B:\n    x: int\n@dataclass\nclass C:\n    y: int\n@dataclass\nclass A(B, C):\n    z: int\n",
        "@dataclass\nclass A(ABC):\n    x: str\n",
        "@dataclass\nclass A(Generic[T]):\n    x: T\n",
        "@dataclass\nclass A:\n    pass\n",
    ],
)
def test_a_constructor_takes_what_python_says(program: str) -> None:
    scope: dict[str, type] = {}
    exec(compile(HEAD + program, "app", "exec", dont_inherit=True), scope)  # noqa: S102
    exec(f"def found({signature(program)}): ...", scope)  # noqa: S102
    expected = inspect.signature(scope["A"]).parameters.values()
    _, *found = inspect.signature(scope["found"]).parameters.values()
    assert [(p.name, p.kind, p.default) for p in found] == [(p.name, p.kind, p.default) for p in expected]


def test_a_value_that_is_made_for_each_instance_is_called_for() -> None:
    assert signature("@dataclass\nclass A:\n    x: list = field(default_factory=list)\n") == "self, x=list()"


@pytest.mark.parametrize(
    "program",
    [
        "class A:\n    x: str\n",
        "@other\nclass A:\n    x: str\n",
        "@dataclass(init=False)\nclass A:\n    x: str\n",
        "@dataclass(**options)\nclass A:\n    x: str\n",
        "@dataclass(init=maybe)\nclass A:\n    x: str\n",
        "@dataclass\nclass A:\n    x: str\n    def __init__(self): ...\n",
        "from b import B\n@dataclass\nclass A(B):\n    x: str\n",
        "class B(missing):\n    x: str\n@dataclass\nclass A(B):\n    y: str\n",
        "@other\nclass B:\n    x: str\n@dataclass\nclass A(B):\n    y: str\n",
    ],
)
def test_a_class_whose_constructor_is_not_known_is_given_none(program: str) -> None:
    assert signature(program) is None

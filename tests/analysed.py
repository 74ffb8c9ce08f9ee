"""Small programs as the analysis sees them: `result = ...` marks the expression a test asks about."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

from marked import files_of

from flake8_lambda_perf.config import Settings
from flake8_lambda_perf.project.analysis import Analysis
from flake8_lambda_perf.project.index import index_body
from flake8_lambda_perf.project.load import Project
from flake8_lambda_perf.project.values import Cls, Const, Ext, Func, Inst, Items, Mod, Partial, Super

if TYPE_CHECKING:
    from flake8_lambda_perf.project.facts import Binding, Function, Module
    from flake8_lambda_perf.project.values import Value


def analysed(program: str) -> Analysis:
    """The analysis of a program that lies nowhere on the disk."""
    overlay = {name: text.encode() for name, text in files_of(program.lstrip("\n")).items()}
    return Analysis(Project(Path("nowhere"), (), overlay), (), Settings())


def modules_of(analysis: Analysis) -> list[Module]:
    """All modules of a program, their functions indexed."""
    modules = [module for path in analysis.project.files if (module := analysis.project.module(path)) is not None]
    for module in modules:
        for function in module.functions:  # grows by those nested in them
            index_body(function)
    return modules


def result_of(analysis: Analysis) -> Binding:
    """The one assignment to `result`."""
    scopes = [
        scope for module in modules_of(analysis) for scope in (module.scope, *(f.scope for f in module.functions))
    ]
    found = [binding for scope in scopes for binding in scope.bindings.get("result", ())]
    assert len(found) == 1
    return found[0]


def function_of(analysis: Analysis, name: str) -> Function:
    """The one function of a qualified name."""
    found = [f for module in modules_of(analysis) for f in module.functions if f.qualified_name == name]
    assert len(found) == 1
    return found[0]


def text_of(value: Value) -> str:
    """A value as a test writes it."""
    match value:
        case Ext(name=name):
            return name
        case Mod(module=module):
            return f"module {module.path}"
        case Func(function=function, bound=bound):
            return f"{'method' if bound else 'function'} {function.qualified_name}"
        case Cls(cls=cls):
            return f"class {cls.qualified_name}"
        case Inst(cls=cls):
            return f"a {cls.qualified_name}"
        case Super(cls=cls):
            return f"super of {cls.qualified_name}"
        case Const(value=literal):
            return repr(literal)
        case Items(node=node):
            return ast.unparse(node)
        case Partial(node=call):
            return ast.unparse(call)
    return "unknown"

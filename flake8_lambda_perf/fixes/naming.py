"""Names for what moves to module scope: the local's own, or one that nothing else has."""

from __future__ import annotations

import ast
import builtins
import keyword
import re
from functools import lru_cache
from itertools import count
from typing import TYPE_CHECKING

from flake8_lambda_perf.fixes.build import MoveError
from flake8_lambda_perf.fixes.idle import is_taken_whole, with_wildcards
from flake8_lambda_perf.project.index import index_body
from flake8_lambda_perf.source import nodes_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_lambda_perf.knowledge import Client
    from flake8_lambda_perf.project.analysis import Analysis
    from flake8_lambda_perf.project.facts import Function, Module

CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
WORD = re.compile(r"[^0-9a-zA-Z]+")


def global_name(analysis: Analysis, function: Function, wanted: str, *, own: bool) -> str:
    """Gives a name for module scope that changes the meaning of no other.

    With `own` it is the name of the function's local, which may stay as it is.
    """
    module = function.module

    def is_taken(name: str) -> bool:
        bound = keyword.iskeyword(name) or name in dir(builtins)
        bound = bound or name in module.scope.bindings or name in module.global_writes
        return bound or _is_taken_outside(analysis, module, name)

    if (
        own
        and not is_taken(wanted)
        and "*" not in module.scope.bindings
        and not _is_bound_between(function, wanted)
        and not _is_read_elsewhere(module, function, wanted)
    ):
        return wanted
    words = _words(module)
    return next(name for name in _candidates(wanted) if name not in words and not is_taken(name))


def free_name(analysis: Analysis, module: Module, names: tuple[str, ...]) -> str:
    """Gives the first of some names that nothing in the module has, with an underscore before it neither."""
    for name in names:
        if not {name, f"_{name}"} & _words(module) and not _is_taken_outside(analysis, module, name):
            return name
    raise MoveError("no free name was found")


def _is_taken_outside(analysis: Analysis, module: Module, name: str) -> bool:
    """Tells whether another file would find a new global of a module where it meant something else by the name."""
    project = analysis.project
    folder, slash, file = module.path.rpartition("/")
    if file == "__init__.py" and {f"{folder}{slash}{name}.py", f"{folder}{slash}{name}/__init__.py"} & project.known:
        return True  # `from package import name` gives the submodule
    if name.startswith("_") or "__all__" in module.scope.bindings or not is_taken_whole(project, module.path):
        return False
    word = re.compile(rf"\b{re.escape(name)}\b".encode())
    return any(word.search(project.data(path) or b"") for path in with_wildcards(project) if path != module.path)


@lru_cache(maxsize=4)
def _words(module: Module) -> frozenset[str]:
    """Lists every name of a module that is no attribute."""
    found: set[str] = set()
    for node in nodes_of(module.tree):
        match node:
            case (
                ast.Name(id=name) | ast.arg(arg=name) | ast.alias(asname=str(name)) | ast.ExceptHandler(name=str(name))
            ):
                found.add(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                found.add(name)
            case ast.alias(name=name):
                found.update(name.split("."))
            case ast.Global(names=names) | ast.Nonlocal(names=names):
                found.update(names)
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
                found.add(name)
    return frozenset(found)


def _candidates(wanted: str) -> Iterator[str]:
    yield wanted
    yield f"_{wanted.lstrip('_')}"
    yield f"_{wanted.lstrip('_')}_client"
    yield from (f"_{wanted.lstrip('_')}_{number}" for number in count(2))


def _is_bound_between(function: Function, name: str) -> bool:
    """Tells whether a function around this one has a local of the name."""
    outer = function.parent
    while outer is not None:
        index_body(outer)
        if name in outer.scope.bindings:
            return True
        outer = outer.parent
    return False


def _is_read_elsewhere(module: Module, function: Function, name: str) -> bool:
    """Tells whether code outside the function reads the name as a global that is not there: it would find this one."""
    if "global " not in module.text:
        return False
    for other in module.functions:
        if other is function:
            continue
        index_body(other)
        if name in other.scope.global_names:
            return True
    return False


def client_name(client: Client, call: ast.Call) -> str:
    """Gives the variable for a client that has none: `boto3.client("lambda")` -> `lambda_client`."""
    values = [*call.args, *(word.value for word in call.keywords if word.arg in ("service_name", None))]
    text = next(
        (value.value for value in values if isinstance(value, ast.Constant) and isinstance(value.value, str)), ""
    )
    found = client.variable.replace("{0}", WORD.sub("_", text).strip("_").lower()).strip("_")
    return found if found.isidentifier() else "client"


def part_name(parent: str, call: ast.Call) -> str:
    """Gives the variable for a part of a resource: `.Table("orders")` -> `orders_table`."""
    assert isinstance(call.func, ast.Attribute)
    kind = call.func.attr.lower()
    text = next((arg.value for arg in call.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)), "")
    found = f"{WORD.sub('_', text).strip('_').lower()}_{kind}".strip("_")
    return found if found.isidentifier() else parent


def maker_name(call: ast.Call) -> str:
    """Gives the variable for what a class or a function of the project makes: `DebtTable()` -> `debt_table`."""
    last = (
        call.func.attr
        if isinstance(call.func, ast.Attribute)
        else call.func.id
        if isinstance(call.func, ast.Name)
        else ""
    )
    found = CAPITAL.sub("_", last).lower()
    for prefix in ("create_", "make_", "build_", "get_"):
        found = found.removeprefix(prefix)
    return (
        found if found.isidentifier() and not keyword.iskeyword(found) and found != last else f"{found or 'instance'}_"
    )

"""Defaults that are computed when a module is imported and taken for new ones later: `default=datetime.now()`.

They are wrong in every environment that serves more than one request, with or without a snapshot.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from flake8_lambda_perf.discover import is_test
from flake8_lambda_perf.project.outline import DEFAULT, Suspicion
from flake8_lambda_perf.project.values import Ext, defaults, last_name, ordered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flake8_lambda_perf.project.analysis import Analysis
    from flake8_lambda_perf.project.facts import Class, Module, Site
    from flake8_lambda_perf.project.kept import Keeping

MEASURES = frozenset({"monotonic", "monotonic_ns", "perf_counter"})
"""Clocks that tell no time of day: they only measure."""

DEFAULTS = re.compile(DEFAULT.decode())
FIELDS = frozenset({
    "pynamodb", "django", "sqlalchemy", "flask_sqlalchemy", "sqlmodel", "mongoengine", "flask_mongoengine", "peewee",
    "tortoise", "odmantic", "pydantic", "dataclasses", "attr", "attrs", "marshmallow", "umongo", "ninja",
})  # fmt: skip
"""Packages whose fields take a default that each new object gets, by their documentation."""

BASES = frozenset({
    "pydantic.BaseModel", "aws_lambda_powertools.utilities.parser.BaseModel", "sqlmodel.SQLModel", "typing.NamedTuple",
    "msgspec.Struct",
})  # fmt: skip
DECORATORS = frozenset({
    "dataclasses.dataclass", "pydantic.dataclasses.dataclass", "attr.s", "attr.dataclass", "attr.define", "attr.frozen",
    "attrs.define", "attrs.frozen", "attrs.mutable",
})  # fmt: skip
"""What makes the annotated names of a class the fields of its objects."""


def frozen(analysis: Analysis, keeping: Keeping, kind_of: Callable[[Site], str | None]) -> Iterator[tuple[Site, str]]:
    """Lists the calls whose values are defaults of fields and parameters, each with its kind."""
    project = analysis.project
    suspicion = Suspicion(project.packages)
    for path in sorted(analysis.leading):
        if is_test(path) or not suspicion.may_be_frozen(project.data(path) or b""):
            continue
        module = project.module(path)
        for site in list(module.calls) if module is not None else ():
            kind = kind_of(site) if last_name(site.node.func) not in MEASURES else None
            if kind in ("clock", "unique") and _is_default(analysis, keeping, site, kind):
                yield site, kind


def _is_default(analysis: Analysis, keeping: Keeping, site: Site, kind: str) -> bool:
    statement, scope = site.place.statement, site.place.scope
    match statement:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            scope.module.whole(statement)
            return any(
                keeping.by_expression(value, kind, site.node, scope.module)
                and _is_left_out(analysis, scope.module, statement, name)
                for name, value in defaults(statement.args)
                if _is_taken_as_new(statement, name, kind)
            )
        case ast.Assign() | ast.AnnAssign() if scope.owner is not None:
            is_field = field_of(analysis, keeping, site, kind) is not None or (
                isinstance(statement, ast.AnnAssign)
                and statement.value is not None
                and keeping.by_expression(statement.value, kind, site.node, scope.module)
                and _has_fields(analysis, scope.owner)
            )
            return is_field and _is_made_later(analysis, scope.owner)
    return False


# -- parameters --------------------------------------------------------------------------------


def _is_taken_as_new(function: ast.FunctionDef | ast.AsyncFunctionDef, name: str, kind: str) -> bool:
    """Tells whether a function uses a parameter for more than to measure how long ago a time was."""
    measured = _subtracted(function)
    reads = [part for statement in function.body for part in names_in(statement, name)]
    return any(kind != "clock" or id(read) not in measured for read in reads if isinstance(read.ctx, ast.Load))


def _is_left_out(
    analysis: Analysis, module: Module, function: ast.FunctionDef | ast.AsyncFunctionDef, name: str
) -> bool:
    """Tells whether requests call a function without one of its arguments: as a handler, or in deployed functions."""
    if any(handled.node is function for handled in analysis.handler_of):
        return True
    positional = [arg.arg for arg in (*function.args.posonlyargs, *function.args.args)]
    method = module.function_of[function].has_receiver if function in module.function_of else False
    index = positional.index(name) - method if name in positional else len(positional)
    for path in sorted(analysis.leading):
        user = analysis.project.module(path) if _calls(analysis, path, function.name) and not is_test(path) else None
        for outer in user.functions if user is not None else ():
            for node in ast.walk(outer.node):
                if isinstance(node, ast.Call) and last_name(node.func) == function.name and _omits(node, name, index):
                    return True
    return False


def _calls(analysis: Analysis, path: str, name: str) -> bool:
    return f"{name}(".encode() in (analysis.project.data(path) or b"")


def _omits(call: ast.Call, name: str, index: int) -> bool:
    """Tells whether a call certainly leaves a parameter to its default."""
    if any(isinstance(arg, ast.Starred) for arg in call.args) or any(k.arg in (None, name) for k in call.keywords):
        return False
    return len(call.args) <= index


# -- fields ------------------------------------------------------------------------------------


def _is_made_later(analysis: Analysis, cls: Class) -> bool:
    """Tells whether a function makes objects of a class, or may do so: it mentions it, or another file does."""
    module = cls.module
    if any(names_in(function.node, cls.name) for function in module.functions if function.parent is None):
        return True
    return len(analysis.names.aliases.of(module, cls.name)) > 1


def field_of(analysis: Analysis, keeping: Keeping, site: Site, kind: str) -> tuple[str, ast.keyword] | None:
    """Gives the package of the field whose default a call is, and that default; None where it is none's."""
    statement, module = site.place.statement, site.place.scope.module
    value = statement.value if isinstance(statement, ast.Assign | ast.AnnAssign) else None
    if not isinstance(value, ast.Call) or site.place.scope.owner is None:
        return None
    names = analysis.names.values(value.func, site.place)
    packages = {v.name.partition(".")[0] if isinstance(v, Ext) else "" for v in names}
    if len(packages) != 1 or not packages <= FIELDS:
        return None
    given = (keyword for keyword in value.keywords if keyword.arg is not None and DEFAULTS.fullmatch(keyword.arg))
    holding = next((k for k in given if keeping.by_expression(k.value, kind, site.node, module)), None)
    return (packages.pop(), holding) if holding is not None else None


def _has_fields(analysis: Analysis, cls: Class) -> bool:
    """Tells whether the annotated names of a class are fields, each with a default for new objects."""
    decorators = [d.func if isinstance(d, ast.Call) else d for d in cls.node.decorator_list]
    known = {
        value.name
        for expr in (*decorators, *cls.node.bases)
        for value in ordered(analysis.names.values(expr, cls.place))
        if isinstance(value, Ext)
    }
    return not known.isdisjoint(BASES | DECORATORS)


# -- times that are measured -------------------------------------------------------------------


def names_in(node: ast.AST, name: str) -> list[ast.Name]:
    """Lists where a name stands in a tree."""
    return [part for part in ast.walk(node) if isinstance(part, ast.Name) and part.id == name]


def only_measured(module: Module, name: str) -> bool:
    """Tells whether functions only ask how long ago a time was: a probe of the start, wanted as it is."""
    return all(
        id(read) in _subtracted(function.node)
        for function in module.functions
        if function.parent is None
        for read in names_in(function.node, name)
    )


def attribute_reads(module: Module, attr: str) -> Iterator[bool]:
    """Lists the reads of an attribute in a module; each tells whether it is only part of a difference."""
    measured = _subtracted(module.tree)
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute) and node.attr == attr and isinstance(node.ctx, ast.Load):
            yield id(node) in measured


def _subtracted(tree: ast.AST) -> set[int]:
    """Lists the ids of what stands on either side of a minus."""
    return {
        id(side)
        for node in ast.walk(tree)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub)
        for side in (node.left, node.right)
    }

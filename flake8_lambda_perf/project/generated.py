"""The constructors that `dataclass` generates: a parameter for each field, in the order of the class."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_lambda_perf.project.facts import Binding, Class, Function, Place, Scope
from flake8_lambda_perf.project.values import last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

HARMLESS = frozenset({"object", "ABC", "Generic", "Protocol"})
"""Bases that bring no fields."""


def add_constructor(cls: Class) -> None:
    """Gives a data class the `__init__` that its decorator makes, where all of its fields are known."""
    options = _options(cls)
    inherited = _inherited(cls)
    if options is None or inherited is None or "__init__" in cls.scope.bindings:
        return
    args = ast.arguments([], [ast.arg("self")], None, [], [], None, [])
    fields = inherited | {name: field for name, field in _own(cls, kw_only=options) if field is not None}
    for name, (default, by_name) in fields.items():
        if by_name:
            args.kwonlyargs.append(ast.arg(name))
            args.kw_defaults.append(default)
        else:
            args.args.append(ast.arg(name))
            args.defaults += [default] if default is not None else []
    node = ast.parse("def __init__(self): pass").body[0]
    assert isinstance(node, ast.FunctionDef)
    node.args = args
    node.lineno = node.end_lineno = cls.node.lineno
    place = Place(cls.scope, cls.branch, cls.place.order, cls.node)
    scope = Scope("function", node, cls.scope, cls.module, None)
    scope.indexed = False
    cls.constructor = scope.function = Function(node, "__init__", f"{cls.qualified_name}.__init__", place, scope)
    cls.module.function_of[node] = cls.constructor
    cls.scope.bindings["__init__"] = [Binding("__init__", "def", node, place, None, target=cls.constructor)]


Fields = dict[str, tuple[ast.expr | None, bool]]
"""The fields of a class, each with its default and whether it is given by name only."""


def _options(cls: Class) -> bool | None:
    """Tells whether a data class takes its fields by name only; None if the class is none that makes a constructor."""
    for decorator in cls.node.decorator_list:
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        if (called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")) == "dataclass":
            given = {k.arg: k.value for k in decorator.keywords} if isinstance(decorator, ast.Call) else {}
            if None in given or not all(isinstance(value, ast.Constant) for value in given.values()):
                return None
            flags = {name: isinstance(value, ast.Constant) and bool(value.value) for name, value in given.items()}
            return flags.get("kw_only", False) if flags.get("init", True) else None
    return None


def _inherited(cls: Class) -> Fields | None:
    """Lists the fields of the bases; None where one of them is not known."""
    found: Fields = {}
    for base in reversed(cls.node.bases):
        expr = base.value if isinstance(base, ast.Subscript) else base
        if (expr.attr if isinstance(expr, ast.Attribute) else getattr(expr, "id", "")) in HARMLESS:
            continue
        bindings = cls.module.scope.bindings.get(expr.id, []) if isinstance(expr, ast.Name) else []
        target = bindings[0].target if len(bindings) == 1 else None
        if not isinstance(target, Class):
            return None
        if target.constructor is not None:
            found |= _of_constructor(target.constructor)
        elif target.node.bases or target.node.decorator_list or "__init__" in target.scope.bindings:
            return None
    return found


def _of_constructor(function: Function) -> Fields:
    args = function.head.args
    positional = [arg.arg for arg in args.args[1:]]
    without: list[ast.expr | None] = [None] * (len(positional) - len(args.defaults))
    found: Fields = {
        name: (default, False) for name, default in zip(positional, [*without, *args.defaults], strict=True)
    }
    return found | {arg.arg: (default, True) for arg, default in zip(args.kwonlyargs, args.kw_defaults, strict=True)}


def _own(cls: Class, *, kw_only: bool) -> Iterator[tuple[str, tuple[ast.expr | None, bool] | None]]:
    """Lists the fields of a class itself; None for one that its constructor does not take."""
    for statement in cls.node.body:
        match statement:
            case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation, value=value):
                kind = annotation.id if isinstance(annotation, ast.Name) else ast.unparse(annotation)
                if "KW_ONLY" in kind:
                    kw_only = True
                elif "ClassVar" not in kind:
                    yield name, _field(value, kw_only)


def _field(value: ast.expr | None, kw_only: bool) -> tuple[ast.expr | None, bool] | None:
    """Reads the default of a field: a value, or a call of what makes one for each instance."""
    if not isinstance(value, ast.Call) or not last_name(value.func).endswith("field"):
        return value, kw_only
    given = {keyword.arg: keyword.value for keyword in value.keywords}
    factory = given.get("default_factory")
    made = ast.copy_location(ast.Call(factory, [], []), factory) if factory is not None else given.get("default")
    flags = {name: isinstance(v, ast.Constant) and bool(v.value) for name, v in given.items()}
    return (made, flags.get("kw_only", kw_only)) if flags.get("init", True) else None

"""The abstract values an expression can have, and how a call's arguments meet the parameters."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_lambda_perf.dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Collection

    from flake8_lambda_perf.project.facts import Class, Function, Module, Place


@dataclass(frozen=True, slots=True)
class Ext:
    """Something outside the project by its dotted name; `()` marks a call: `boto3.Session().client`."""

    name: str


@dataclass(frozen=True, slots=True)
class Mod:
    """A module of the project."""

    module: Module


@dataclass(frozen=True, slots=True)
class Func:
    """A function of the project; `bound` when it is a method taken from an instance or a class."""

    function: Function
    bound: bool = False


@dataclass(frozen=True, slots=True)
class Cls:
    """A class of the project."""

    cls: Class


@dataclass(frozen=True, slots=True)
class Inst:
    """An instance of a class of the project."""

    cls: Class


@dataclass(frozen=True, slots=True)
class Super:
    """What `super()` gives in a method of `cls`."""

    cls: Class


@dataclass(frozen=True, slots=True)
class Items:
    """A list, tuple, set or dictionary written out in the source."""

    node: ast.expr
    place: Place


@dataclass(frozen=True, slots=True)
class Const:
    """A literal."""

    value: str | int | float | bool | bytes | None


@dataclass(frozen=True, slots=True)
class Partial:
    """`functools.partial(function, ...)`."""

    function: Value
    node: ast.Call
    place: Place


@dataclass(frozen=True, slots=True)
class Unknown:
    """Something the analysis cannot tell: silence for findings, refusal for fixes."""


Value = Ext | Mod | Func | Cls | Inst | Super | Items | Const | Partial | Unknown
UNKNOWN = Unknown()
NOTHING: frozenset[Value] = frozenset()
ANYTHING: frozenset[Value] = frozenset({UNKNOWN})


def ordered(values: Collection[Value]) -> Collection[Value]:
    """Sorts values by where they stand: a set of them has another order in each run, and what is asked first counts."""
    return values if len(values) < 2 else sorted(values, key=_order_of)


def _order_of(value: Value) -> tuple[str, str, int, str]:
    kind = type(value).__name__
    match value:
        case Func(function=function):
            return kind, function.module.path, function.line, function.qualified_name
        case Cls(cls=cls) | Inst(cls=cls) | Super(cls=cls):
            return kind, cls.module.path, cls.node.lineno, cls.qualified_name
        case Items(node=node, place=place) | Partial(node=node, place=place):
            return kind, place.scope.module.path, node.lineno, str(node.col_offset)
        case Mod(module=module):
            return kind, module.path, 0, ""
        case Ext(name=name):
            return kind, "", 0, name
    return kind, "", 0, repr(value)


@dataclass(frozen=True, slots=True)
class Argument:
    """What a parameter is given at one call: an expression and where it is evaluated, or something unknown.

    `omitted` tells that the call leaves the parameter to its default, which is then `expr`.
    """

    expr: ast.expr | None
    place: Place | None
    omitted: bool = False


def arguments(
    function: Function, call: ast.Call, place: Place, bound: bool, partial: Partial | None = None
) -> dict[str, Argument]:
    """Maps each parameter of `function` to what `call` gives it; starred arguments make the rest unknown.

    `*args` gets the tuple and `**kwargs` the dictionary that the call makes for it.
    """
    node = function.head
    given = {name: Argument(default, function.place, True) for name, default in defaults(node.args)}
    positional = [arg.arg for arg in (*node.args.posonlyargs, *node.args.args)]
    passed: list[tuple[ast.expr, Place]] = [(arg, place) for arg in call.args]
    keywords: list[tuple[ast.keyword, Place]] = [(keyword, place) for keyword in call.keywords]
    if partial is not None:
        passed = [(arg, partial.place) for arg in partial.node.args[1:]] + passed
        keywords = [(keyword, partial.place) for keyword in partial.node.keywords] + keywords
    if bound and positional:
        positional = positional[1:]
    unknown = any(keyword.arg is None for keyword, _ in keywords)
    for index, (arg, where) in enumerate(passed):
        if isinstance(arg, ast.Starred):
            unknown = True
            for name in positional[index:]:
                given[name] = Argument(None, None)
            break
        if index < len(positional):
            given[positional[index]] = Argument(arg, where)
    accepted = {arg.arg for arg in (*node.args.args, *node.args.kwonlyargs)}
    given.update({k.arg: Argument(k.value, where) for k, where in keywords if k.arg in accepted})
    if unknown:
        for name in accepted:
            if name not in given or given[name].omitted:
                given[name] = Argument(None, None)
    if node.args.vararg is not None:
        given[node.args.vararg.arg] = _rest(call, passed[len(positional) :] if not unknown else passed, place)
    if node.args.kwarg is not None:
        left = [(keyword, where) for keyword, where in keywords if keyword.arg not in accepted]
        given[node.args.kwarg.arg] = _named_rest(call, left, place)
    return given


def _rest(call: ast.Call, left: list[tuple[ast.expr, Place]], place: Place) -> Argument:
    """Makes the tuple that `*args` gets."""
    if any(where is not place for _, where in left):
        return Argument(None, None)
    return Argument(ast.copy_location(ast.Tuple(elts=[arg for arg, _ in left], ctx=ast.Load()), call), place)


def _named_rest(call: ast.Call, left: list[tuple[ast.keyword, Place]], place: Place) -> Argument:
    """Makes the dictionary that `**kwargs` gets."""
    if any(where is not place for _, where in left):
        return Argument(None, None)
    keys: list[ast.expr | None] = [ast.Constant(k.arg) if k.arg is not None else None for k, _ in left]
    return Argument(ast.copy_location(ast.Dict(keys=keys, values=[k.value for k, _ in left]), call), place)


def defaults(args: ast.arguments) -> list[tuple[str, ast.expr]]:
    """Pairs the parameters that have a default with it."""
    positional = [*args.posonlyargs, *args.args]
    found = [(arg.arg, value) for arg, value in zip(positional[::-1], args.defaults[::-1], strict=False)]
    found.extend(
        (arg.arg, value) for arg, value in zip(args.kwonlyargs, args.kw_defaults, strict=True) if value is not None
    )
    return found


def last_name(expr: ast.expr) -> str:
    """Names what a call calls, without what stands before the dot."""
    return expr.attr if isinstance(expr, ast.Attribute) else expr.id if isinstance(expr, ast.Name) else ""


def length_of(value: Value) -> Const | None:
    """Gives the length of a literal that nothing can change; None for any other value."""
    match value:
        case Const(value=str() | bytes() as literal):
            return Const(len(literal))
        case Items(node=ast.Tuple(elts=elements)) if not any(isinstance(e, ast.Starred) for e in elements):
            return Const(len(elements))
    return None

"""Classes of a deployment program: their objects, what these inherit, and what they were constructed with."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from flake8_lambda_perf.manifests.python.values import (
    UNKNOWN,
    Class,
    Frame,
    Function,
    Instance,
    Method,
    Outside,
    Place,
    Super,
    Table,
    Value,
)

if TYPE_CHECKING:
    from flake8_lambda_perf.manifests.python.program import Program

MOST_BASES = 20


def ancestry(cls: Class) -> list[Value]:
    """A class and what it inherits from, in the order in which names are looked up."""
    found: list[Value] = []
    stack: list[Value] = [cls]
    while stack and len(found) < MOST_BASES:
        value = stack.pop()
        if value not in found:
            found.append(value)
            stack += reversed(value.bases) if isinstance(value, Class) else ()
    return found


def library_base(above: list[Value]) -> Outside | None:
    """The first class of a library among those."""
    return next((value for value in above if isinstance(value, Outside)), None)


def member(above: list[Value], name: str) -> Value | None:
    """A member by its name, of the first class that has it."""
    return next((value.members[name] for value in above if isinstance(value, Class) and name in value.members), None)


def construct(program: Program, cls: Class, args: list[Value], named: Table, place: Place, frame: Frame) -> Value:
    """A new object of a class."""
    above = ancestry(cls)
    made = _new(program, cls, above)
    init = member(above, "__init__")
    if isinstance(init, Function):
        program.run(bound(init, made), args, named, place, frame)
    else:
        _construct_plainly(program, made, above, args, named, place, frame)
    return made


def construct_unknown(program: Program, cls: Class, frame: Frame) -> None:
    """An object of a class that nothing constructs, made with anything."""
    above = ancestry(cls)
    made = _new(program, cls, above)
    init = member(above, "__init__")
    if isinstance(init, Function):
        program.run_unknown(bound(init, made), frame)


def _new(program: Program, cls: Class, above: list[Value]) -> Instance:
    made = Instance(cls, {}, born=program.branches)
    for value in above:
        if isinstance(value, Class):
            program.started.setdefault(value.node, made)
    return made


def _construct_plainly(
    program: Program, made: Instance, above: list[Value], args: list[Value], named: Table, place: Place, frame: Frame
) -> None:
    """Constructs an object whose classes in the program have no constructor: by its library's, or field by field."""
    base = library_base(above)
    if base is not None and not _is_record(base):
        made.base = program.made(base, args, named, place, frame)
        return
    program.spend(sum(len(value.node.body) for value in above if isinstance(value, Class)))
    made.attributes |= dict(zip(_fields(above), args, strict=False))
    made.attributes |= {name: value for name, value in named.entries.items() if isinstance(name, str)}


def _is_record(base: Outside) -> bool:
    """Whether the constructor of a library's class keeps what it is given under the names of the class's fields."""
    return base.name.rpartition(".")[2] in {"BaseModel", "BaseSettings", "NamedTuple", "Protocol", "ABC", "object"}


def _fields(above: list[Value]) -> list[str]:
    """The annotated names of classes, in the order in which a dataclass takes them."""
    bodies = [value.node.body for value in reversed(above) if isinstance(value, Class)]
    names = (node.target for body in bodies for node in body if isinstance(node, ast.AnnAssign))
    return list(dict.fromkeys(target.id for target in names if isinstance(target, ast.Name)))


def bound(function: Function, owner: Value) -> Function:
    """A function as the method of an object."""
    if "staticmethod" in _decorators(function):
        return function
    return Function(function.node, function.frame, function.cls, owner)


def attribute(program: Program, owner: Value, name: str, place: Place, frame: Frame) -> Value:
    """An attribute of a class, of an object, or of the object behind `super()`."""
    match owner:
        case Class():
            found = member(ancestry(owner), name)
            if isinstance(found, Function):
                return bound(found, owner) if "classmethod" in _decorators(found) else found
            return UNKNOWN if found is None else found
        case Super():
            above = _above(owner)
            if name == "__init__" and member(above, name) is None:
                return Method(owner, name)
            return _of_object(program, owner.instance, above, name, place, frame)
        case Instance():
            if name in owner.attributes:
                return owner.attributes[name]
            return _of_object(program, owner, ancestry(owner.cls), name, place, frame)
    return UNKNOWN


def _of_object(program: Program, owner: Instance, above: list[Value], name: str, place: Place, frame: Frame) -> Value:
    found = member(above, name)
    if isinstance(found, Function):
        if {"property", "cached_property"} & _decorators(found):
            return program.run(bound(found, owner), [], Table(), place, frame)
        return bound(found, owner)
    if found is not None:
        return found
    base = owner.base or library_base(above)
    if base is None:
        return UNKNOWN
    return Outside(f"{base.name if base.is_made else f'{base.name}()'}.{name}", place, owner.base)


def construct_base(program: Program, owner: Super, args: list[Value], named: Table, place: Place, frame: Frame) -> None:
    """Constructs what an object inherits from a library."""
    _construct_plainly(program, owner.instance, _above(owner), args, named, place, frame)


def _above(owner: Super) -> list[Value]:
    above = ancestry(owner.instance.cls)
    return above[above.index(owner.cls) + 1 :] if owner.cls in above else []


def _decorators(function: Function) -> frozenset[str]:
    return frozenset(
        _names(function.node.decorator_list[:MOST_BASES]) if not isinstance(function.node, ast.Lambda) else ()
    )


def _names(decorators: list[ast.expr]) -> Iterator[str]:
    for decorator in decorators:
        expr = decorator.func if isinstance(decorator, ast.Call) else decorator
        if isinstance(expr, ast.Attribute):
            yield expr.attr
        elif isinstance(expr, ast.Name):
            yield expr.id

"""What each kind of expression of a deployment program stands for."""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from flake8_lambda_perf.manifests.python import classes, library
from flake8_lambda_perf.manifests.python.comparisons import compared
from flake8_lambda_perf.manifests.python.statements import MOST_ROUNDS, assign, elements
from flake8_lambda_perf.manifests.python.values import (
    MOST_ITEMS,
    UNKNOWN,
    Choice,
    Class,
    Frame,
    Function,
    Instance,
    Items,
    Method,
    Module,
    Outside,
    Place,
    Plain,
    Super,
    Table,
    Unknown,
    Value,
    composed,
    join,
    options,
    shortened,
    truth,
)

if TYPE_CHECKING:
    from flake8_lambda_perf.manifests.python.program import Program

MOST_TEXT = 10_000
MOST_HINT = 80
MOST = 10**12


def value(program: Program, node: ast.expr, frame: Frame) -> Value:
    """What an expression stands for; UNKNOWN where its kind does not matter to deployments."""
    reader = READERS.get(type(node))
    return UNKNOWN if reader is None else reader(program, node, frame)


def _constant(_program: Program, node: ast.expr, frame: Frame) -> Value:
    assert isinstance(node, ast.Constant)
    if isinstance(node.value, str | int | float | bool | None):
        return Plain(node.value, Place(frame.file, node), literal=True)
    return UNKNOWN


def _name(program: Program, node: ast.expr, frame: Frame) -> Value:
    assert isinstance(node, ast.Name)
    return program.name(node.id, Place(frame.file, node), frame)


def _attribute(program: Program, node: ast.expr, frame: Frame) -> Value:
    assert isinstance(node, ast.Attribute)
    owner, place = program.value(node.value, frame), Place(frame.file, node)
    return join(attribute(program, option, node.attr, place, frame) for option in options(owner))


def attribute(program: Program, owner: Value, name: str, place: Place, frame: Frame) -> Value:
    """An attribute of a value."""
    match owner:
        case Module():
            return program.member_of(owner, name)
        case Class() | Instance() | Super():
            return classes.attribute(program, owner, name, place, frame)
        case Outside():
            return library.constant(owner, name, place) or Outside(
                shortened(f"{owner.name}.{name}"), place, owner if owner.is_made else owner.owner
            )
        case Plain():
            return library.path_attribute(owner, name, place) or Method(owner, name)
        case Items() | Table():
            return Method(owner, name)
    return UNKNOWN


def _call(program: Program, node: ast.expr, frame: Frame) -> Value:
    assert isinstance(node, ast.Call)
    place = Place(frame.file, node)
    if isinstance(node.func, ast.Name) and node.func.id == "super":
        return _super(frame)
    callee = program.value(node.func, frame)
    args: list[Value] = []
    named = Table(born=program.branches)
    for arg in node.args:
        if isinstance(arg, ast.Starred):
            found = program.value(arg.value, frame)
            program.charge(found)
            args += found.items if isinstance(found, Items) else ()
            named.is_open = named.is_open or not isinstance(found, Items) or found.is_open
        else:
            args.append(program.value(arg, frame))
    for keyword in node.keywords:
        found = program.value(keyword.value, frame)
        program.charge(found if keyword.arg is None else UNKNOWN)
        if keyword.arg is None and isinstance(found, Table):
            named.take(found)
        elif keyword.arg is None:
            named.is_open = True
        else:
            named.entries[keyword.arg] = found
            named.places[keyword.arg] = Place(frame.file, keyword.value)
    return join(program.call(option, args, named, place, frame) for option in options(callee))


def _super(frame: Frame) -> Value:
    """The object that a method was called on, looked at from above the method's class."""
    function = frame.function
    if function is None or function.cls is None or not isinstance(function.bound, Instance):
        return UNKNOWN
    return Super(function.bound, function.cls)


def _joined(program: Program, node: ast.expr, frame: Frame) -> Value:
    assert isinstance(node, ast.JoinedStr)
    parts: list[Value] = []
    for part in node.values:
        if isinstance(part, ast.FormattedValue):
            found = program.value(part.value, frame)
            parts.append(found if part.format_spec is None and part.conversion in (-1, ord("s")) else UNKNOWN)
        else:
            parts.append(program.value(part, frame))
    texts = [str(part.value) for part in parts if isinstance(part, Plain)]
    if len(texts) < len(parts):
        return Unknown("".join(texts)[:MOST_HINT].strip("-_./: "))
    if sum(map(len, texts)) > MOST_TEXT:
        return UNKNOWN
    return composed("".join(texts), Place(frame.file, node), parts)


def _operation(program: Program, node: ast.expr, frame: Frame) -> Value:
    assert isinstance(node, ast.BinOp)
    left, right = program.value(node.left, frame), program.value(node.right, frame)
    place = Place(frame.file, node)
    match node.op, left, right:
        case ast.Div(), Plain(value=str(one)), Plain(value=str(other)) if left.is_path or right.is_path:
            joined = posixpath.join(one, other)
            return composed(joined, place, (left, right), is_path=True) if len(joined) <= MOST_TEXT else UNKNOWN
        case ast.Add(), Plain(value=str(one)), Plain(value=str(other)):
            fits = len(one) + len(other) <= MOST_TEXT
            return composed(one + other, place, (left, right)) if fits else UNKNOWN
        case ast.Mod(), Plain(value=str(one)), _:
            return library.percent(one, left, right, place)
        case ast.Add(), Items(), Items():
            fits = len(left.items) + len(right.items) <= MOST_ITEMS
            items = left.items + right.items if fits else []
            return Items(items, left.is_open or right.is_open or not fits, born=program.branches)
        case ast.BitOr(), Table(), _:
            program.charge(left, right)
            merged = left.copy()
            merged.born = program.branches
            merged.take(right)
            return merged
        case _, Plain(value=int(one) | float(one)), Plain(value=int(other) | float(other)):
            return _number(node.op, one, other, place)
    return UNKNOWN


def _number(op: ast.operator, one: float, other: float, place: Place) -> Value:
    result: float | None = None
    match op:
        case ast.Add():
            result = one + other
        case ast.Sub():
            result = one - other
        case ast.Mult():
            result = one * other
        case ast.FloorDiv() if other:
            result = one // other
    return UNKNOWN if result is None or not abs(result) < MOST else Plain(result, place)


def _boolean(program: Program, node: ast.expr, frame: Frame) -> Value:
    """`a or b`, `a and b`: the first value that decides, or those that may."""
    assert isinstance(node, ast.BoolOp)
    deciding = isinstance(node.op, ast.Or)
    found: list[Value] = []
    for index, operand in enumerate(node.values):
        one = program.value(operand, frame)
        known = truth(one)
        if known is deciding or index == len(node.values) - 1:
            found.append(one)
            break
        if known is None:
            found.append(one)
    return join(found)


def _unary(program: Program, node: ast.expr, frame: Frame) -> Value:
    assert isinstance(node, ast.UnaryOp)
    operand, place = program.value(node.operand, frame), Place(frame.file, node)
    if isinstance(node.op, ast.Not):
        known = truth(operand)
        return UNKNOWN if known is None else Plain(not known, place)
    if isinstance(node.op, ast.USub) and isinstance(operand, Plain) and isinstance(operand.value, int | float):
        return Plain(-operand.value, place)
    return UNKNOWN


def _comparison(program: Program, node: ast.expr, frame: Frame) -> Value:
    assert isinstance(node, ast.Compare)
    left = program.value(node.left, frame)
    rights = [program.value(right, frame) for right in node.comparators]
    program.charge(*rights)
    answer = compared(node.ops[0], left, rights[0]) if len(rights) == 1 else None
    return UNKNOWN if answer is None else Plain(answer, Place(frame.file, node))


def _conditional(program: Program, node: ast.expr, frame: Frame) -> Value:
    assert isinstance(node, ast.IfExp)
    known = truth(program.value(node.test, frame))
    if known is not None:
        return program.value(node.body if known else node.orelse, frame)
    with program.maybe():
        return join((program.value(node.body, frame), program.value(node.orelse, frame)))


def _items(program: Program, node: ast.expr, frame: Frame) -> Value:
    assert isinstance(node, ast.List | ast.Tuple | ast.Set)
    found = Items([], born=program.branches)
    for element in node.elts:
        if isinstance(element, ast.Starred):
            inner = program.value(element.value, frame)
            program.charge(inner)
            found.items += inner.items if isinstance(inner, Items) else ()
            found.is_open = found.is_open or not isinstance(inner, Items) or inner.is_open
        else:
            found.items.append(program.value(element, frame))
    return found


def _table(program: Program, node: ast.expr, frame: Frame) -> Value:
    assert isinstance(node, ast.Dict)
    found = Table(born=program.branches)
    for key, item in zip(node.keys, node.values, strict=True):
        known = None if key is None else program.value(key, frame)
        content = program.value(item, frame)
        if key is None:
            program.charge(content, found)
            found.take(content)
        elif isinstance(known, Plain):
            found.entries[known.value] = content
            found.places[known.value] = Place(frame.file, item)
        else:
            found.is_open = True
    return found


def _subscript(program: Program, node: ast.expr, frame: Frame) -> Value:
    assert isinstance(node, ast.Subscript)
    owner, key = program.value(node.value, frame), program.value(node.slice, frame)
    if isinstance(key, Plain):
        return join(_entry(option, key) for option in options(owner))
    if isinstance(key, Choice) and all(isinstance(option, Plain) for option in key.options):
        return join(_entry(owner, option) for option in key.options if isinstance(option, Plain))
    return UNKNOWN


def _entry(owner: Value, key: Plain) -> Value:
    match owner, key.value:
        case Table(), found:
            return owner.entries.get(found, UNKNOWN)
        case Items(items=items), int(index) if -len(items) <= index < len(items) and not owner.is_open:
            return items[index]
        case Class(), str(name):  # an enumeration
            return owner.members.get(name, UNKNOWN)
    return UNKNOWN


def _lambda(_program: Program, node: ast.expr, frame: Frame) -> Value:
    assert isinstance(node, ast.Lambda)
    return Function(node, frame)


def _named(program: Program, node: ast.expr, frame: Frame) -> Value:
    assert isinstance(node, ast.NamedExpr)
    found = program.value(node.value, frame)
    frame.names[node.target.id] = found
    return found


def _inner(program: Program, node: ast.expr, frame: Frame) -> Value:
    """Runs what stands in an expression that has no value of its own to speak of."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            program.value(child, frame)
    return UNKNOWN


def _awaited(program: Program, node: ast.expr, frame: Frame) -> Value:
    assert isinstance(node, ast.Await)
    return program.value(node.value, frame)


def _list_of(program: Program, node: ast.expr, frame: Frame) -> Value:
    assert isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp)
    inner = Frame(frame.file, {}, frame, frame.function, frame.caller, frame.site)
    found = Items([], born=program.branches)
    for is_sure in _rounds(program, node.generators, 0, inner):
        found.items.append(program.value(node.elt, inner))
        found.is_open = found.is_open or not is_sure
    return found


def _table_of(program: Program, node: ast.expr, frame: Frame) -> Value:
    assert isinstance(node, ast.DictComp)
    inner = Frame(frame.file, {}, frame, frame.function, frame.caller, frame.site)
    found = Table(born=program.branches)
    for is_sure in _rounds(program, node.generators, 0, inner):
        key, content = program.value(node.key, inner), program.value(node.value, inner)
        if isinstance(key, Plain):
            found.entries[key.value] = content
            found.places[key.value] = Place(frame.file, node.value)
        found.is_open = found.is_open or not is_sure or not isinstance(key, Plain)
    return found


def _rounds(program: Program, generators: list[ast.comprehension], index: int, frame: Frame) -> Iterator[bool]:
    """Goes through the rounds of a comprehension; False for one that may not be, or stands for several."""
    if index == len(generators):
        yield True
        return
    generator = generators[index]
    over = program.value(generator.iter, frame)
    known = isinstance(over, Items | Table) and not over.is_open
    place = Place(frame.file, generator.iter)
    for item in elements(over, place)[:MOST_ROUNDS] if known and isinstance(over, Items | Table) else [UNKNOWN]:
        assign(program, generator.target, item, frame)
        tests = [truth(program.value(test, frame)) for test in generator.ifs]
        if False not in tests:
            for is_sure in _rounds(program, generators, index + 1, frame):
                yield is_sure and known and None not in tests


READERS: dict[type[ast.expr], Callable[[Program, ast.expr, Frame], Value]] = {
    ast.Constant: _constant, ast.Name: _name, ast.Attribute: _attribute, ast.Call: _call, ast.JoinedStr: _joined,
    ast.BinOp: _operation, ast.BoolOp: _boolean, ast.UnaryOp: _unary, ast.Compare: _comparison,
    ast.IfExp: _conditional, ast.List: _items, ast.Tuple: _items, ast.Set: _items, ast.Dict: _table,
    ast.Subscript: _subscript, ast.Lambda: _lambda, ast.NamedExpr: _named, ast.Await: _awaited, ast.Yield: _inner,
    ast.YieldFrom: _inner, ast.Starred: _inner, ast.ListComp: _list_of, ast.SetComp: _list_of,
    ast.GeneratorExp: _list_of, ast.DictComp: _table_of,
}  # fmt: skip  # one kind a line would take a screen

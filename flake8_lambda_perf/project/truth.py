"""What a test is known to be: from literals, built objects, and the arguments of one call."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Literal

from flake8_lambda_perf.knowledge import clients
from flake8_lambda_perf.project.flow import static_truth
from flake8_lambda_perf.project.values import Argument, Cls, Const, Ext, Func, Inst, Items, Mod, Partial, Value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flake8_lambda_perf.project.facts import Place
    from flake8_lambda_perf.project.names import Names

Shape = Literal["none", "not none", "falsy", "truthy"]


def has_shape(value: Value, shape: Shape) -> bool | None:
    """Tells whether a value is `None`, or false; None where it cannot be told."""
    match value:
        case Const(value=literal):
            known = {"none": literal is None, "falsy": not literal}
        case Inst() | Func() | Cls() | Mod() | Partial():
            known = {"none": False, "falsy": False}
        case Items(node=node):
            known = {
                "none": False,
                "falsy": not (node.keys if isinstance(node, ast.Dict) else getattr(node, "elts", ())),
            }
        case Ext(name=name) if name in clients() or name.removesuffix("()") in clients():
            known = {"none": False, "falsy": False}
        case _:
            return None
    positive = known["none" if shape in ("none", "not none") else "falsy"]
    return positive if shape in ("none", "falsy") else not positive


def shape_of(names: Names, expr: ast.expr, place: Place, shape: Shape) -> bool | None:
    """Tells whether all values of an expression have a shape (True) or none has (False)."""
    values = names.values(expr, place)
    answers = {has_shape(value, shape) for value in values}
    if len(answers) > 1 or (isinstance(expr, ast.Name) and any(_may_be_filled(names, v, expr, place) for v in values)):
        return None
    return answers.pop() if answers else None


def _may_be_filled(names: Names, value: Value, expr: ast.Name, place: Place) -> bool:
    """Tells whether something is put into a container that is written out empty, under the name that is asked for."""
    if not isinstance(value, Items) or not has_shape(value, "falsy") or isinstance(value.node, ast.Tuple):
        return False
    bindings = names.bindings(expr.id, place) or ()
    if any(expr.id in binding.place.scope.mutations for binding in bindings):
        return True
    module = place.scope.module
    shared = any(binding.place.scope.kind == "module" for binding in bindings)
    users = names.aliases.users(module, expr.id) if shared else ()
    return any(name in function.scope.mutations for function, name in users)


def simple_test(test: ast.expr, polarity: bool) -> tuple[ast.expr, Shape] | None:
    """Reads `x is None`, `x is not None` and `x`, or the opposite, as an expression and its shape."""
    match test:
        case ast.Compare(left=left, ops=[ast.Is() | ast.Eq()], comparators=[ast.Constant(value=None)]):
            return left, "none" if polarity else "not none"
        case ast.Compare(left=left, ops=[ast.IsNot() | ast.NotEq()], comparators=[ast.Constant(value=None)]):
            return left, "not none" if polarity else "none"
        case ast.Name() | ast.Attribute() | ast.Subscript() | ast.Call():
            return test, "truthy" if polarity else "falsy"
    return None


def parts(test: ast.expr, polarity: bool) -> Iterator[tuple[ast.expr, bool]]:
    """Splits `a and b` that holds, and `a or b` that does not, into their operands."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        yield from parts(test.operand, not polarity)
    elif isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) == polarity:
        for value in test.values:
            yield from parts(value, polarity)
    else:
        yield test, polarity


def asked(test: ast.expr, polarity: bool) -> Iterator[tuple[ast.expr, bool]]:
    """Lists what a test asks for, each with whether it has to be there: `x is None`, `key in x`, `not x`."""
    for part, holds in parts(test, polarity):
        match part:
            case ast.Compare(ops=[ast.In() | ast.NotIn() as op], comparators=[container]):
                yield container, isinstance(op, ast.In) == holds
            case ast.NamedExpr(value=value):
                yield value, holds
            case ast.Compare(left=ast.NamedExpr(value=left), ops=ops, comparators=others):
                yield from asked(ast.Compare(left, ops, others), holds)
            case ast.Compare(left=ast.Call(func=ast.Name(id="len"), args=[of]), comparators=[ast.Constant(value=0)]):
                yield of, isinstance(part.ops[0], ast.Eq | ast.LtE) != holds
            case _:
                simple = simple_test(part, holds)
                if simple is not None:
                    yield simple[0], simple[1] in ("truthy", "not none")


def decide(names: Names, test: ast.expr, place: Place, given: Mapping[str, Argument] | None = None) -> bool | None:
    """Tells what a test is, with the arguments of one call for its parameters; None where it cannot be told."""
    static = static_truth(test)
    if static is not None:
        return static
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            inner = decide(names, operand, place, given)
            return None if inner is None else not inner
        case ast.BoolOp(op=op, values=values):
            answers = [decide(names, value, place, given) for value in values]
            decisive = isinstance(op, ast.Or)
            if decisive in answers:
                return decisive
            return None if None in answers else not decisive
        case ast.Compare(left=left, ops=[op], comparators=[right]) if (
            not isinstance(right, ast.Constant) or right.value is not None
        ):
            return _compare(names, left, op, right, place, given)
    simple = simple_test(test, True)
    if simple is None:
        return None
    expr, shape = simple
    return shape_of(names, *_argument(expr, place, given), shape)


def names_decided(test: ast.expr) -> Iterator[str]:
    """Lists the names for which `decide` looks among the arguments of a call."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield from names_decided(operand)
        case ast.BoolOp(values=values):
            for value in values:
                yield from names_decided(value)
        case ast.Compare(left=left, ops=[_], comparators=[right]):
            yield from (side.id for side in (left, right) if isinstance(side, ast.Name))
        case ast.Name(id=name):
            yield name


def _argument(expr: ast.expr, place: Place, given: Mapping[str, Argument] | None) -> tuple[ast.expr, Place]:
    if given is not None and isinstance(expr, ast.Name):
        argument = given.get(expr.id)
        if argument is not None and argument.expr is not None and argument.place is not None:
            return argument.expr, argument.place
    return expr, place


def _compare(
    names: Names, left: ast.expr, op: ast.cmpop, right: ast.expr, place: Place, given: Mapping[str, Argument] | None
) -> bool | None:
    if not isinstance(op, ast.Eq | ast.NotEq):
        return None
    sides = [names.values(*_argument(side, place, given)) for side in (left, right)]
    literals = [next(iter(side)) for side in sides if len(side) == 1]
    if len(literals) < 2 or not all(isinstance(value, Const) for value in literals):
        return None
    equal = literals[0] == literals[1]
    return equal if isinstance(op, ast.Eq) else not equal

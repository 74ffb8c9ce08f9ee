"""What a test is known to be: from literals, built objects, and the arguments of one call."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Literal

from flake8_lambda_perf.knowledge import clients
from flake8_lambda_perf.project.flow import static_truth
from flake8_lambda_perf.project.values import Argument, Cls, Const, Ext, Func, Inst, Items, Mod, Partial, Value

if TYPE_CHECKING:
    from collections.abc import Mapping

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
    answers = {has_shape(value, shape) for value in names.values(expr, place)}
    return answers.pop() if len(answers) == 1 else None


def simple_test(test: ast.expr, polarity: bool) -> tuple[ast.expr, Shape] | None:
    """Reads `x is None`, `x is not None`, `not x` and `x` as an expression and its shape."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return simple_test(operand, not polarity)
        case ast.Compare(left=left, ops=[ast.Is() | ast.Eq()], comparators=[ast.Constant(value=None)]):
            return left, "none" if polarity else "not none"
        case ast.Compare(left=left, ops=[ast.IsNot() | ast.NotEq()], comparators=[ast.Constant(value=None)]):
            return left, "not none" if polarity else "none"
        case ast.Name() | ast.Attribute() | ast.Subscript() | ast.Call():
            return test, "truthy" if polarity else "falsy"
    return None


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

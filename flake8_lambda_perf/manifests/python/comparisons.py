"""Comparisons of what is known of a deployment program's values; None where only running it tells."""

from __future__ import annotations

import ast

from flake8_lambda_perf.manifests.python.values import (
    Class,
    Function,
    Instance,
    Items,
    Outside,
    Plain,
    Table,
    Value,
    is_object,
    is_same,
    text_of,
)


def compared(op: ast.cmpop, left: Value, right: Value) -> bool | None:
    """What a comparison gives."""
    match op:
        case ast.Eq() | ast.Is():
            return _equal(left, right)
        case ast.NotEq() | ast.IsNot():
            equal = _equal(left, right)
            return None if equal is None else not equal
        case ast.In() | ast.NotIn():
            inside = _inside(left, right)
            return None if inside is None else inside is isinstance(op, ast.In)
        case ast.Lt() | ast.LtE() | ast.Gt() | ast.GtE():
            return _ordered(op, left, right)
    return None


def _ordered(op: ast.cmpop, left: Value, right: Value) -> bool | None:
    match left, right:
        case Plain(value=int() | float() as one), Plain(value=int() | float() as other):
            smaller = one < other if isinstance(op, ast.Lt | ast.GtE) else one <= other
            return smaller is isinstance(op, ast.Lt | ast.LtE)
    return None


def _equal(left: Value, right: Value) -> bool | None:
    if isinstance(left, Plain) and isinstance(right, Plain):
        return left.value == right.value
    for one, other in ((left, right), (right, left)):
        if isinstance(one, Plain) and one.value is None:
            made = isinstance(other, Items | Table | Instance | Function | Class)
            return False if made or (isinstance(other, Outside) and is_object(other)) else None
    return True if isinstance(left, Outside) and is_same(left, right) else None


def _inside(one: Value, many: Value) -> bool | None:
    if not isinstance(one, Plain):
        return None
    if isinstance(many, Table):
        return True if one.value in many.entries else None if many.is_open else False
    if isinstance(many, Items) and all(isinstance(item, Plain) for item in many.items):
        found = any(is_same(item, one) for item in many.items)
        return True if found else None if many.is_open else False
    text, whole = text_of(one), text_of(many)
    return text in whole if text is not None and whole is not None else None

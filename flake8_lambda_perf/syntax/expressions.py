"""How the expressions of LibCST correspond to those of ast."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Any, Final

import libcst as cst

from flake8_lambda_perf.syntax.parts import (
    Pairs,
    Shape,
    check_name,
    fields,
    mismatch,
    perhaps,
    shape,
    together,
)


def _name(node: Any, partner: Any) -> Pairs:
    if isinstance(partner, ast.Name):
        check_name(node, node.value, partner.id)
    elif repr(partner.value) != node.value:
        raise mismatch(node, partner)
    return iter(())


def _attribute(node: Any, partner: Any) -> Pairs:
    check_name(node, node.attr.value, partner.attr)
    yield node.value, partner.value


def _call(node: Any, partner: Any) -> Pairs:
    yield node.func, partner.func
    yield from arguments(node, node.args, partner.args, partner.keywords)


def arguments(parent: cst.CSTNode, args: Sequence[cst.Arg], values: Any, keywords: Any) -> Pairs:
    """Pairs arguments with the two lists ast parts them into, both in source order."""
    named = [arg for arg in args if arg.keyword is not None or arg.star == "**"]
    for arg, keyword in together(parent, named, keywords):
        yield arg, keyword
    plain = [arg for arg in args if arg.keyword is None and arg.star != "**"]
    for arg, value in together(parent, plain, values):
        yield arg, value


def _arg(node: Any, partner: Any) -> Pairs:
    if isinstance(partner, ast.keyword):
        if node.keyword is not None:
            check_name(node, node.keyword.value, partner.arg or "")
        yield node.value, partner.value
    elif node.star == "*":
        if not isinstance(partner, ast.Starred):
            raise mismatch(node, partner)
        yield node.value, partner.value
    else:
        yield node.value, partner


def _subscript(node: Any, partner: Any) -> Pairs:
    yield node.value, partner.value
    elements = node.slice
    alone = elements[0].slice
    is_tuple = isinstance(elements[0].comma, cst.Comma) or getattr(alone, "star", None)
    if len(elements) > 1 or is_tuple:
        if not isinstance(partner.slice, ast.Tuple):
            raise mismatch(node, partner.slice)
        yield from together(node, (element.slice for element in elements), partner.slice.elts)
    else:
        yield alone, partner.slice


def _index(node: Any, partner: Any) -> Pairs:
    if node.star:
        if not isinstance(partner, ast.Starred):
            raise mismatch(node, partner)
        partner = partner.value
    yield node.value, partner


def _decorator(node: Any, partner: Any) -> Pairs:
    yield node.decorator, partner


def _dict(node: Any, partner: Any) -> Pairs:
    keys = (getattr(element, "key", None) for element in node.elements)
    for written, known in together(node, keys, partner.keys):
        yield from perhaps(node, written, known)
    yield from together(node, (element.value for element in node.elements), partner.values)


def _elements(node: Any, partner: Any) -> Pairs:
    for element, value in together(node, node.elements, partner.elts):
        yield (element if isinstance(element, cst.StarredElement) else element.value), value


def _comprehension(node: Any, partner: Any) -> Pairs:
    if isinstance(node, cst.DictComp):
        yield node.key, partner.key
        yield node.value, partner.value
    else:
        yield node.elt, partner.elt
    fors = []
    inner = node.for_in
    while inner is not None:
        fors.append(inner)
        inner = inner.inner_for_in
    yield from together(node, fors, partner.generators)


def _comp_for(node: Any, partner: Any) -> Pairs:
    yield node.target, partner.target
    yield node.iter, partner.iter
    yield from together(node, (condition.test for condition in node.ifs), partner.ifs)


def _comparison(node: Any, partner: Any) -> Pairs:
    yield node.left, partner.left
    yield from together(node, (target.comparator for target in node.comparisons), partner.comparators)


def _boolean(node: Any, partner: Any) -> Pairs:
    """Pairs `a and b and c`, which ast has as one node and LibCST as two."""
    operator = type(node.operator)
    if type(partner.op).__name__ != operator.__name__:
        raise mismatch(node, partner)
    values = [node.right]
    left = node.left
    while isinstance(left, cst.BooleanOperation) and not left.lpar and type(left.operator) is operator:
        values.append(left.right)
        left = left.left
    values.append(left)
    yield from together(node, reversed(values), partner.values)


def _lambda(node: Any, partner: Any) -> Pairs:
    yield from parameters(node.params, partner.args)
    yield node.body, partner.body


def _yield(node: Any, partner: Any) -> Pairs:
    if isinstance(node.value, cst.From):
        if not isinstance(partner, ast.YieldFrom):
            raise mismatch(node, partner)
        yield node.value.item, partner.value
    elif isinstance(partner, ast.YieldFrom):
        raise mismatch(node, partner)
    else:
        yield from perhaps(node, node.value, partner.value)


def _string(node: Any, partner: Any) -> Pairs:
    expressions = list(_replacements(node))
    if isinstance(partner, ast.Constant):
        if expressions or not isinstance(partner.value, str | bytes):
            raise mismatch(node, partner)
        return
    fields = [part for part in partner.values if not isinstance(part, ast.Constant)]
    yield from together(node, expressions, fields)


def _replacements(string: Any) -> Iterator[cst.CSTNode]:
    """The replacement fields of a string and of those it is written together with."""
    while isinstance(string, cst.ConcatenatedString):
        yield from _replacements(string.left)
        string = string.right
    for part in getattr(string, "parts", ()):
        if hasattr(part, "expression"):
            yield part


def _replacement(node: Any, partner: Any) -> Pairs:
    yield node.expression, partner.value
    parts = [part for part in node.format_spec or () if hasattr(part, "expression")]
    spec = getattr(partner.format_spec, "values", ())
    yield from together(node, parts, (part for part in spec if not isinstance(part, ast.Constant)))


def parameters(node: Any, partner: ast.arguments) -> Pairs:
    positional = [*node.posonly_params, *node.params]
    arguments = [*partner.posonlyargs, *partner.args]
    yield from together(node, positional, arguments)
    yield from together(node, node.kwonly_params, partner.kwonlyargs)
    defaults = [param.default for param in positional if param.default is not None]
    yield from together(node, defaults, partner.defaults)
    named = (param.default for param in node.kwonly_params)
    for written, known in together(node, named, partner.kw_defaults):
        yield from perhaps(node, written, known)
    star = node.star_arg if isinstance(node.star_arg, cst.Param) else None
    yield from perhaps(node, star, partner.vararg)
    yield from perhaps(node, node.star_kwarg, partner.kwarg)


def _param(node: Any, partner: Any) -> Pairs:
    check_name(node, node.name.value, partner.arg)
    annotation = node.annotation and node.annotation.annotation
    yield from perhaps(node, annotation, partner.annotation)


EXPRESSIONS: Final[dict[str, Shape]] = {
    "Await": shape("Await", fields(expression="value")),
    "Attribute": shape("Attribute", _attribute),
    "BinaryOperation": shape("BinOp", fields(left="left", right="right")),
    "BooleanOperation": shape("BoolOp", _boolean),
    "Call": shape("Call", _call),
    "CompFor": shape("comprehension", _comp_for),
    "Comparison": shape("Compare", _comparison),
    "ConcatenatedString": shape("Constant JoinedStr TemplateStr", _string),
    "Dict": shape("Dict", _dict),
    "DictComp": shape("DictComp", _comprehension),
    "Ellipsis": shape("Constant"),
    "Float": shape("Constant"),
    "FormattedString": shape("JoinedStr", _string),
    "FormattedStringExpression": shape("FormattedValue", _replacement),
    "GeneratorExp": shape("GeneratorExp", _comprehension),
    "IfExp": shape("IfExp", fields(test="test", body="body", orelse="orelse")),
    "Imaginary": shape("Constant"),
    "Integer": shape("Constant"),
    "Lambda": shape("Lambda", _lambda),
    "List": shape("List", _elements),
    "ListComp": shape("ListComp", _comprehension),
    "Name": shape("Name Constant", _name),
    "NamedExpr": shape("NamedExpr", fields(target="target", value="value")),
    "Param": shape("arg", _param),
    "Set": shape("Set", _elements),
    "SetComp": shape("SetComp", _comprehension),
    "SimpleString": shape("Constant", _string),
    "Slice": shape("Slice", fields(lower="lower", upper="upper", step="step")),
    "StarredElement": shape("Starred", fields(value="value")),
    "Subscript": shape("Subscript", _subscript),
    "TemplatedString": shape("TemplateStr", _string),
    "TemplatedStringExpression": shape("Interpolation", _replacement),
    "Tuple": shape("Tuple", _elements),
    "UnaryOperation": shape("UnaryOp", fields(expression="operand")),
    "Yield": shape("Yield YieldFrom", _yield),
}

WRAPPERS: Final = {
    "Arg": _arg,
    "Decorator": _decorator,
    "Index": _index,
}
"""Nodes that hold one expression and go by what ast has in their place."""

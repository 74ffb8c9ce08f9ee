"""Which ast node each LibCST node is, by walking both trees at once.

Nodes are paired by order and shape, never by position: what ast says about positions inside
f-strings is wrong on Python 3.11. Every pair is checked for its kind and its names.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Sequence
from typing import Any, Final

import libcst as cst

from flake8_lambda_perf.syntax.expressions import EXPRESSIONS, WRAPPERS
from flake8_lambda_perf.syntax.parts import (
    Pair,
    PairingError,
    Shape,
    mismatch,
    statements_of,
    together,
)
from flake8_lambda_perf.syntax.statements import STATEMENTS

__all__ = ["PairingError", "pair", "pair_headers", "pair_whole"]

_SHAPES: Final[dict[str, Shape]] = EXPRESSIONS | STATEMENTS


def pair(root: cst.Module, module: ast.Module) -> dict[int, ast.AST]:
    """Returns the ast node of each LibCST node by its id.

    Nodes that ast does not have (commas, blocks, elements, names of parameters) are left out;
    those that hold one expression (arguments, decorators) come with what ast has for them.
    """
    return _pair([(root, module)])


def pair_headers(root: cst.Module, statements: Sequence[ast.stmt]) -> dict[int, ast.AST]:
    """Pairs a module of slices (`tree.slices_of`) with the statements they were cut from."""
    originals: dict[int, ast.AST] = {}
    headers = [_header(statement, originals) for statement in statements]
    nodes = together(root, statements_of(root), headers)
    paired = _pair([(_unwrapped(node, partner), partner) for node, partner in nodes])
    return {key: originals.get(id(partner), partner) for key, partner in paired.items()}


def pair_whole(root: cst.Module, statement: ast.stmt) -> dict[int, ast.AST]:
    """Pairs the module that `tree.whole_of` cut out with its statement."""
    ((node, partner),) = together(root, statements_of(root), [statement])
    if statement.col_offset > 0 and isinstance(partner, ast.If):
        return _pair([(_inner(node), partner)])
    return _pair([(_unwrapped(node, partner), partner)])


def _unwrapped(node: cst.CSTNode, partner: ast.AST) -> cst.CSTNode:
    """The statement below the `if 1:` that keeps an indented slice indented."""
    return _inner(node) if isinstance(node, cst.If) and not isinstance(partner, ast.If) else node


def _inner(node: Any) -> cst.CSTNode:
    return next(statements_of(node.body))


def _pair(stack: list[Pair]) -> dict[int, ast.AST]:
    paired: dict[int, ast.AST] = {}
    while stack:
        node, partner = stack.pop()
        paired[id(node)] = partner
        name = type(node).__name__
        wrapped = WRAPPERS.get(name)
        if wrapped is not None:
            stack.extend(wrapped(node, partner))
            continue
        known = _SHAPES.get(name)
        if known is None or type(partner).__name__ not in known[0]:
            raise mismatch(node, partner)
        stack.extend(known[1](node, partner))
    return paired


def _header(statement: ast.stmt, originals: dict[int, ast.AST]) -> ast.stmt:
    """A copy of a compound statement with `pass` for its body; its parts are the originals."""
    match statement:
        case ast.Match():
            header: Any = copy.copy(statement)
            header.cases = [_with_pass(case, originals) for case in statement.cases]
        case ast.Try() | ast.TryStar():
            header = _with_pass(statement, originals)
            header.handlers = [_with_pass(part, originals) for part in statement.handlers]
            header.orelse = []
            header.finalbody = [] if statement.handlers else [ast.Pass()]
        case _ if hasattr(statement, "body"):
            header = _with_pass(statement, originals)
            if hasattr(statement, "orelse"):
                header.orelse = []
        case _:
            return statement
    originals[id(header)] = statement
    return header  # type: ignore[no-any-return]  # the copy of a statement


def _with_pass(node: ast.AST, originals: dict[int, ast.AST]) -> Any:
    header: Any = copy.copy(node)
    header.body = [ast.Pass()]
    originals[id(header)] = node
    return header

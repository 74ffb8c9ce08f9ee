"""What pairing both trees is made of: pairs of children, checked for number and names."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeAlias
from unicodedata import normalize

import libcst as cst

Pair: TypeAlias = tuple[cst.CSTNode, ast.AST]
Pairs: TypeAlias = Iterator[Pair]
Children: TypeAlias = Callable[[Any, Any], Pairs]
Shape: TypeAlias = tuple[frozenset[str], Children]
"""The ast classes a LibCST class may be, and the pairs of children below such a pair."""


class PairingError(Exception):
    """The two trees are not of the same code, or LibCST and ast read it differently."""


def mismatch(node: cst.CSTNode, partner: ast.AST) -> PairingError:
    line = getattr(partner, "lineno", 0)
    return PairingError(f"line {line}: {type(node).__name__} is not {type(partner).__name__}")


def together(parent: cst.CSTNode, nodes: Iterable[Any], partners: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
    try:
        yield from zip(nodes, partners, strict=True)
    except ValueError as error:
        raise PairingError(f"{type(parent).__name__} has more or fewer parts in ast") from error


def perhaps(parent: cst.CSTNode, node: Any, partner: Any) -> Pairs:
    if (node is None) != (partner is None):
        raise PairingError(f"{type(parent).__name__} has more or fewer parts in ast")
    if node is not None:
        yield node, partner


def statements_of(block: cst.CSTNode | None) -> Iterator[cst.CSTNode]:
    """The statements of a body, small ones one by one."""
    for node in getattr(block, "body", ()):
        if isinstance(node, cst.SimpleStatementLine):
            yield from node.body
        else:
            yield node


def bodies(node: Any, partner: Any) -> Pairs:
    return together(node, statements_of(node.body), partner.body)


def check_name(node: cst.CSTNode, written: str, known: str) -> None:
    """Compares identifiers as Python does: in their NFKC form."""
    if written != known and normalize("NFKC", written) != known:
        raise PairingError(f"{type(node).__name__} {written} is {known} in ast")


def dotted(node: cst.CSTNode | None) -> str:
    parts: list[str] = []
    while isinstance(node, cst.Attribute):
        parts.append(node.attr.value)
        node = node.value
    if isinstance(node, cst.Name):
        parts.append(node.value)
    return ".".join(reversed(parts))


def fields(**names: str) -> Children:
    """Pairs the children in fields that correspond: `fields(expression="value")`."""
    items = tuple(names.items())

    def children(node: Any, partner: Any) -> Pairs:
        for ours, theirs in items:
            yield from perhaps(node, getattr(node, ours), getattr(partner, theirs))

    return children


def leaf(_node: Any, _partner: Any) -> Pairs:
    """Pairs nothing below."""
    return iter(())


def shape(kinds: str, children: Children = leaf) -> Shape:
    """A shape whose ast classes are given as words."""
    return frozenset(kinds.split()), children

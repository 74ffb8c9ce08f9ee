"""What decides whether and how often a place is run: tests, loops, and what an `except` answers to."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_lambda_perf.project.facts import Branch, Place
from flake8_lambda_perf.project.flow import before, breaks
from flake8_lambda_perf.source import nodes_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator


def deciding(place: Place, here: Collection[Branch]) -> Iterator[tuple[ast.expr, Place]]:
    """Lists the expressions that decide whether a place is run, up to the branches `here`."""
    for branch in place.branch.chain():
        if branch in here:
            return
        if branch.test is not None and branch.kind in ("if", "after", "operand", "case"):
            yield branch.test, before(place)
        elif branch.kind == "handler":
            yield from _attempted(branch, place)
        elif branch.kind == "loop":
            yield from _ends(branch, place)


def repeating(place: Place, here: Collection[Branch]) -> Iterator[tuple[ast.expr, Place]]:
    """Lists the expressions that decide how often the loops around a place ran, up to the branches `here`."""
    for branch in place.branch.chain():
        if branch not in here and branch.kind == "loop":
            yield from _ends(branch, place)


def _ends(loop: Branch, place: Place) -> Iterator[tuple[ast.expr, Place]]:
    """Lists what a loop goes over, its test, and those of its breaks."""
    node = loop.node
    if not isinstance(node, ast.For | ast.AsyncFor | ast.While):
        return
    last = Place(place.scope, loop, 1 << 59, place.statement)
    yield (node.test if isinstance(node, ast.While) else node.iter), last
    for statement in node.body:
        for inner in nodes_of(statement):
            if isinstance(inner, ast.If) and breaks([inner]):
                yield inner.test, last


def _attempted(handler: Branch, place: Place) -> Iterator[tuple[ast.expr, Place]]:
    """Lists what may fail so that an `except` is run: the calls of its `try`, and what that assigns."""
    assert isinstance(handler.node, ast.Try | ast.TryStar)
    nodes = [node for statement in handler.node.body for node in nodes_of(statement)]
    inside = set(nodes)
    sites = place.scope.module.sites
    yield from ((node, sites[node].place) for node in nodes if isinstance(node, ast.Call) and node in sites)
    for bindings in place.scope.bindings.values():
        for binding in bindings:
            if binding.value is not None and binding.value in inside:
                yield binding.value, before(binding.place)

"""How often what is built is built: on every request, on some, in threads."""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import TYPE_CHECKING

from flake8_lambda_perf.project.analysis import Construction

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from flake8_lambda_perf.project.analysis import Analysis, Build
    from flake8_lambda_perf.project.facts import Function, Module, Place
    from flake8_lambda_perf.project.graph import Graph, Proof


def place_of(target: Build | Construction, node: ast.Call) -> Place:
    """Gives the place of the reported call: the build itself, or the call on the way that makes the instance."""
    return next(place for found, place in _calls_of(target) if found is node)


def _calls_of(target: Build | Construction) -> Iterator[tuple[ast.AST, Place]]:
    for build in builds_of(target):
        yield build.site.node, build.site.place
        yield from ((edge.node, edge.place) for proof in build.proofs for edge in proof.path)


def builds_of(target: Build | Construction) -> tuple[Build, ...]:
    """Lists the builds that one reported call leads to."""
    return target.builds if isinstance(target, Construction) else (target,)


def is_threaded(analysis: Analysis, function: Function) -> bool:
    """Tells whether two requests, or two threads of one, may run the function at the same time."""
    seen, stack = {function}, [function]
    while stack:
        reached = stack.pop()
        handler = analysis.handler_of.get(reached)
        if handler is not None and (handler.concurrent or handler.web_adapter):
            return True
        for edge in analysis.graph.callers.get(reached, ()):
            if edge.threaded:
                return True
            if edge.caller is not None and edge.caller not in seen:
                seen.add(edge.caller)
                stack.append(edge.caller)
    return False


def is_always(analysis: Analysis, target: Build | Construction, node: ast.Call, place: Place) -> bool:
    """Tells whether every request to every handler that would load it builds it."""
    if not is_reached(place):
        return False
    proofs = [proof for build in builds_of(target) for proof in build.proofs]
    always = {proof.entry for proof in proofs if _is_run(proof, node)}
    always |= _entries_of_equals(analysis, place.scope.module, ast.dump(node))
    here = place.scope.module
    own = {entry for entry in analysis.handler_of if entry.module is here and not _is_replaced(analysis.graph, entry)}
    return {proof.entry for proof in proofs} | own <= always


def is_reached(place: Place) -> bool:
    """Tells whether a call of the function gets here; a loop over the records of an event has one at least."""
    return all(branch.kind in ("root", "try", "finally", "loop") for branch in place.branch.chain())


def _is_run(proof: Proof, node: ast.Call) -> bool:
    """Tells whether every request runs a path as far as the reported call."""
    end = next((index for index, edge in enumerate(proof.path) if edge.node is node), len(proof.path))
    return all(is_reached(edge.place) for edge in proof.path[:end])


def _is_replaced(graph: Graph, entry: Function) -> bool:
    """Tells whether a decorator's inner function, an object, or an application made in a function serves instead."""
    return (
        entry.cls is not None
        or entry.parent is not None
        or any(wrapper.function is not entry for wrapper in graph.wrappers.of(entry))
    )


@lru_cache(maxsize=64)  # many findings of a file ask the same
def _entries_of_equals(analysis: Analysis, module: Module, text: str) -> frozenset[Function]:
    """Lists the entries that always run a build of the module that a module-level one would serve too."""
    found: set[Function] = set()
    for node, target in _builds_by_text(analysis).get(text, ()):
        if node not in module.sites:
            continue
        where = place_of(target, node)
        if where.scope.module is module and is_reached(where):
            proofs = (proof for build in builds_of(target) for proof in build.proofs)
            found |= {proof.entry for proof in proofs if _is_run(proof, node)}
    return frozenset(found)


@lru_cache(maxsize=1)
def _builds_by_text(analysis: Analysis) -> Mapping[str, Sequence[tuple[ast.Call, Build | Construction]]]:
    """Groups all builds that are reported by what their calls say."""
    found: dict[str, list[tuple[ast.Call, Build | Construction]]] = {}
    targets: list[tuple[ast.Call, Build | Construction]] = [*analysis.builds.items(), *analysis.constructions.items()]
    for node, target in targets:
        found.setdefault(ast.dump(node), []).append((node, target))
    return found

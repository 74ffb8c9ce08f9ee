"""Makes a real cache of one that builds before it looks (LPF107): `CACHE.setdefault(key, build())`."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from flake8_lambda_perf.dataclass import dataclass
from flake8_lambda_perf.fixes import hoist
from flake8_lambda_perf.fixes.build import (
    Draft,
    MoveError,
    as_expression,
    checked,
    draft_of,
    indent_unit,
    inserted,
    lot_of,
    moved,
    replaced,
)
from flake8_lambda_perf.fixes.uses import parents_in
from flake8_lambda_perf.model import Edit, Fix, Span
from flake8_lambda_perf.project.analysis import Construction
from flake8_lambda_perf.project.values import Cls

if TYPE_CHECKING:
    from flake8_lambda_perf.project.analysis import Analysis, Build
    from flake8_lambda_perf.project.facts import Class, Function, Place, Site
    from flake8_lambda_perf.project.graph import Proof

REASON_OF_INSTANCE = "the object stays for all requests, with what it keeps"
REASON = "what is built stays in the cache, where every call built a new one before"


@dataclass(frozen=True, slots=True)
class Lookup:
    """A call that looks something up and builds its default: the test that it is missing, and where it is kept."""

    call: ast.Call
    missing: str
    kept: str
    default: ast.expr


def plan(analysis: Analysis, call: ast.Call, place: Place) -> Fix | None:
    """Plans a test before the build that a look-up evaluates for its default."""
    function = place.scope.function
    if function is None or isinstance(function.node, ast.Lambda):
        return None
    try:
        edits = _edits(analysis, function, call, place)
    except MoveError:
        return None
    return Fix("Build only what the cache does not hold", tuple(sorted(edits)), (), "unsafe", REASON)


def plan_instance(analysis: Analysis, build: Build) -> Fix | None:
    """Plans one instance for all requests, of the class whose instances keep a build; None where they keep more."""
    memo = analysis.graph.memos.around(build.site.place)
    owners = set(memo.instances) if memo is not None else set()
    for edge in (edge for proof in build.proofs for edge in proof.path):
        owners |= set(edge.memo.instances) if edge.memo is not None else set()
    if len(owners) != 1:
        return None
    (owner,) = owners
    sites = [
        site
        for function in analysis.graph.built.get(owner, ())
        for site in (function.calls if function is not None else ())
        if Cls(owner) in analysis.names.values(site.node.func, site.place)
    ]
    if len(sites) != 1:
        return None
    proofs = [_through(proof, sites[0], owner) for proof in build.proofs]
    known = tuple(proof for proof in proofs if proof is not None)
    if len(known) < len(proofs):
        return None
    fix = hoist.plan(analysis, Construction(owner, (replace(build, proofs=known),)), sites[0].node)
    return replace(fix, safety="unsafe", reason=REASON_OF_INSTANCE) if fix is not None else None


def _through(proof: Proof, site: Site, owner: Class) -> Proof | None:
    """Gives a proof with the call that makes the instance as one of its steps."""
    for index, edge in enumerate(proof.path):
        if edge.caller is site.function:
            made = replace(
                edge, node=site.node, place=site.place, kind="builds", call=site.node, built=owner, memo=None
            )
            return replace(proof, path=(*proof.path[:index], made, *proof.path[index:]))
    return None


def _edits(analysis: Analysis, function: Function, call: ast.Call, place: Place) -> list[Edit]:
    draft = draft_of(function.module)
    lookup = _lookup(call, draft)
    _judge(analysis, function, lookup, place)
    statement = _statement(call, parents_in(function.node))
    lot = lot_of(draft, statement, function.node)
    if not lot.alone:
        raise MoveError("the statement shares its line with another one")
    indent = draft.indent_of(statement.lineno)
    unit = indent_unit(function.module, draft)
    text = as_expression(moved(draft, draft.span(checked(draft, lookup.default)), lookup.default, indent + unit, {}))
    test = f"{indent}if {lookup.missing}:{draft.newline}{indent}{unit}{lookup.kept} = {text}"
    start = draft.line_start(statement.lineno)
    if _is_done(statement, lookup):
        end = draft.span(statement).end
        return [Edit(draft.path, Span(start, end), test)]
    return [inserted(draft, start, test + draft.newline), replaced(draft, lookup.call, lookup.kept)]


def _is_done(statement: ast.stmt, lookup: Lookup) -> bool:
    """Tells whether the test alone says all: the value is not used, or assigned to where it is kept anyway."""
    match statement:
        case ast.Expr(value=value):
            return value is lookup.call
        case ast.Assign(targets=[target], value=value):
            return value is lookup.call and ast.unparse(target) == lookup.kept
    return False


def _lookup(call: ast.Call, draft: Draft) -> Lookup:
    match call:
        case ast.Call(
            func=ast.Attribute(value=owner, attr="setdefault" | "get"), args=[key, ast.Call() as default], keywords=[]
        ):
            if _is_simple(owner) and _is_simple(key):
                kept = f"{draft.of(owner)}[{draft.of(key)}]"
                return Lookup(call, f"{draft.of(key)} not in {draft.of(owner)}", kept, default)
        case ast.Call(
            func=ast.Name(id="getattr"), args=[owner, ast.Constant(value=str(name)) as key, ast.Call() as default]
        ):
            if _is_simple(owner) and name.isidentifier():
                missing = f"not hasattr({draft.of(owner)}, {draft.of(key)})"
                return Lookup(call, missing, f"{draft.of(owner)}.{name}", default)
    raise MoveError("what is looked up cannot be written down twice")


def _is_simple(expr: ast.expr) -> bool:
    """Tells whether an expression may be written down twice: a literal, or a dotted name."""
    if isinstance(expr, ast.Attribute):
        return _is_simple(expr.value)
    return isinstance(expr, ast.Constant | ast.Name)


def _judge(analysis: Analysis, function: Function, lookup: Lookup, place: Place) -> None:
    """Raises unless the lookup runs whenever its statement does, on something that outlives the request."""
    if any(branch.kind == "operand" for branch in place.branch.chain()):
        raise MoveError("the lookup is only reached at times")
    if place.scope is not function.scope:
        raise MoveError("the lookup stands in a comprehension")
    owner = lookup.call.func.value if isinstance(lookup.call.func, ast.Attribute) else lookup.call.args[0]
    while isinstance(owner, ast.Attribute):
        owner = owner.value
    bindings = analysis.names.bindings(owner.id, place) if isinstance(owner, ast.Name) else None
    if not bindings or any(binding.place.scope.kind != "module" for binding in bindings):
        raise MoveError("the cache is gone with the request")
    if isinstance(lookup.call.func, ast.Attribute) and any(
        binding.kind not in ("assign", "class") for binding in bindings
    ):
        raise MoveError("what is looked into may be no dictionary")


def _statement(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> ast.stmt:
    """Gives the simple statement that an expression stands in."""
    while not isinstance(node, ast.stmt):
        node = parents[node]
    if not isinstance(node, ast.Assign | ast.AnnAssign | ast.Expr | ast.Return):
        raise MoveError("the lookup is part of a compound statement")
    return node

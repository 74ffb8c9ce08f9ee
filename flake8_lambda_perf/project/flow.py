"""Control flow inside one scope: what leaves a block, which branches exclude each other, which bindings reach a use."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_lambda_perf.project.facts import Binding, Branch, Place, Scope

if TYPE_CHECKING:
    from collections.abc import Iterable

EXITS = frozenset({"sys.exit", "exit", "quit", "os._exit", "os.abort"})


def static_truth(test: ast.expr) -> bool | None:
    """Tells what a test is in a deployed function, where its text alone decides it."""
    match test:
        case ast.Constant(value=value):
            return bool(value)
        case ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING"):
            return False
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            truth = static_truth(operand)
            return None if truth is None else not truth
        case ast.Compare(left=ast.Name(id="__name__"), ops=[ast.Eq()], comparators=[ast.Constant(value="__main__")]):
            return False
        case ast.BoolOp(op=op, values=values):
            truths = [static_truth(value) for value in values]
            decisive = isinstance(op, ast.Or)
            if decisive in truths:
                return decisive
            return None if None in truths else not decisive
    return None


def pattern_test(subject: ast.expr, case: ast.match_case, earlier: Iterable[ast.expr | None]) -> ast.expr | None:
    """Spells what a `case` asks for as a test; None where it asks for more than a literal."""
    if case.guard is not None:
        return None
    match case.pattern:
        case ast.MatchValue(value=value):
            return ast.copy_location(ast.Compare(subject, [ast.Eq()], [value]), case.pattern)
        case ast.MatchSingleton(value=literal):
            constant = ast.copy_location(ast.Constant(literal), case.pattern)
            return ast.copy_location(ast.Compare(subject, [ast.Is()], [constant]), case.pattern)
        case ast.MatchOr(patterns=patterns):
            parts = [pattern_test(subject, ast.match_case(pattern, None, []), ()) for pattern in patterns]
            known = [part for part in parts if part is not None]
            return ast.copy_location(ast.BoolOp(ast.Or(), known), case.pattern) if len(known) == len(parts) else None
        case ast.MatchAs(pattern=None):
            tests = list(earlier)
            known = [test for test in tests if test is not None]
            if not known or len(known) < len(tests):
                return None
            either = known[0] if len(known) == 1 else ast.copy_location(ast.BoolOp(ast.Or(), known), case.pattern)
            return ast.copy_location(ast.UnaryOp(ast.Not(), either), case.pattern)
    return None


def leaves(statement: ast.stmt) -> bool:
    """Tells whether an expression statement ends the process (`sys.exit()`)."""
    match statement:
        case ast.Expr(value=ast.Call(func=ast.Name(id=name))):
            return name in EXITS
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=base), attr=name))):
            return f"{base}.{name}" in EXITS
    return False


def breaks(body: Iterable[ast.stmt]) -> bool:
    """Tells whether a loop's body holds a `break` of that loop."""
    stack: list[ast.AST] = list(body)
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Break):
            return True
        if isinstance(node, ast.For | ast.AsyncFor | ast.While | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            stack.extend(getattr(node, "orelse", ()))
        else:
            stack.extend(ast.iter_child_nodes(node))
    return False


def always_runs(place: Place) -> bool:
    """Tells whether its function reaches this place on every call (exceptions aside)."""
    return all(branch.kind in ("root", "try", "finally") for branch in place.branch.chain())


def is_dead(place: Place) -> bool:
    """Tells whether the place never runs in a deployed function (`if TYPE_CHECKING`, `if False`)."""
    return any(branch.kind == "dead" for branch in place.branch.chain())


def reaching(scope: Scope, name: str, use: Place) -> list[Binding]:
    """Lists the bindings of `name` in `scope` whose value a use in that scope may see."""
    bindings = scope.bindings.get(name, [])
    if len(bindings) < 2:
        return bindings
    chain = use.branch.chain()
    ancestors = set(chain)
    loops = {branch for branch in chain if branch.kind == "loop"}
    floor, holder = 0, None
    for binding in bindings:
        place = binding.place
        if floor <= place.order <= use.order and place.branch in ancestors and binding.kind != "aug":
            floor, holder = place.order, place.branch
    for branch, since, order in scope.kills.get(name, ()):
        if order <= use.order and branch in ancestors and since >= floor:
            floor, holder = since, branch
    holding = set(holder.chain()) if holder is not None else set()
    return [b for b in bindings if _may_reach(b, use, floor, chain, ancestors, loops, holding)]


def _may_reach(
    binding: Binding,
    use: Place,
    floor: int,
    chain: list[Branch],
    ancestors: set[Branch],
    loops: set[Branch],
    holding: set[Branch],
) -> bool:
    place = binding.place
    mine = place.branch.chain()
    shared_loop = next((branch for branch in mine if branch in loops), None)
    if place.order < floor:
        return False
    if place.order > use.order:
        return shared_loop is not None and shared_loop not in holding
    for branch in mine:
        if branch in ancestors:
            break
        if branch.exits and not branch.jumps:
            return False
    if shared_loop is None or shared_loop in holding:
        return not _exclusive(mine, chain)
    return True


def _exclusive(one: list[Branch], other: list[Branch]) -> bool:
    """Tells whether two chains run through different arms of one statement."""
    arms = {branch.node: branch for branch in other if branch.kind in ("if", "case", "handler", "operand")}
    for branch in one:
        twin = arms.get(branch.node)
        if twin is not None and twin is not branch and branch.kind == twin.kind:
            return branch.kind != "operand" or branch.polarity != twin.polarity
    return False


def before(place: Place) -> Place:
    """The place just before an assignment's target: where its value is evaluated."""
    return Place(place.scope, place.branch, place.order - 1, place.statement)


def assumed(test: ast.expr, place: Place) -> bool | None:
    """Tells what the branches around a place say of a test with the same text."""
    wanted = None
    for branch in place.branch.chain():
        if branch.kind in ("if", "after", "operand") and branch.test is not None and type(branch.test) is type(test):
            wanted = wanted or ast.dump(test)
            if ast.dump(branch.test) == wanted:
                return branch.polarity
    return None

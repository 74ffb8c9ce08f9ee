"""Which `except` answers for a build that fails; a cached function builds where it is first called."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_lambda_perf.fixes.build import MoveError
from flake8_lambda_perf.fixes.uses import parents_in, uses_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flake8_lambda_perf.fixes.forms import Subject
    from flake8_lambda_perf.project.facts import Place

NOT_RAISED_BY_BUILDING = frozenset(
    {
        "ClientError", "KeyError", "IndexError", "JSONDecodeError", "ImportError", "ModuleNotFoundError",
        "ZeroDivisionError", "AttributeError", "StopIteration", "TimeoutError", "UnicodeDecodeError", "AssertionError",
    }
)  # fmt: skip
"""Exceptions that building a client with constant arguments does not raise; calls on it, which may, stay in place."""
SOMETIMES = (ast.IfExp, ast.BoolOp, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
"""Expressions of which a part may not be evaluated."""
SIMPLE = (ast.Expr, ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Return, ast.Raise, ast.Assert, ast.Delete)


def is_caught(place: Place) -> bool:
    """Tells whether an `except` around the build would answer for its failure."""
    tries = [branch.node for branch in place.branch.chain() if branch.kind == "try"]
    handlers = [handler for node in tries if isinstance(node, ast.Try | ast.TryStar) for handler in node.handlers]
    return any(_may_answer(handler.type, NOT_RAISED_BY_BUILDING) for handler in handlers)


def judge_first_call(subject: Subject, never: frozenset[str] | None = None) -> None:
    """Raises if another `except` would answer for the build, or none, where a cached function is first called.

    `never` are the exceptions that what moves does not raise.
    """
    if never is None:
        never = frozenset() if subject.needs.may_raise else NOT_RAISED_BY_BUILDING
    answering = _Answering(subject, never)
    own = set(answering.around(subject.extent))
    moved = [*subject.statements, *(travel.statement for travel in subject.needs.travels if not travel.shared)]
    uses = [use for use in uses_of(subject.function, subject.local) if not answering.is_later(use)]
    if any(set(answering.around(node)) != own for node in (*moved, *uses)):
        raise MoveError("another `except` would answer for a build that fails")


class _Answering:
    """What in one function may answer for a failing build."""

    def __init__(self, subject: Subject, never: frozenset[str]) -> None:
        self.root = subject.function.node
        self.parents = parents_in(self.root)
        self.never = never
        self.after: list[ast.stmt] = []
        if len(subject.statements) == 1:
            self.after = self._after_first_use(subject, subject.statements[0])

    def around(self, node: ast.AST) -> Iterator[ast.AST]:
        """Lists what answers for a failure at a node; in an inner function, all there is: who calls it is not known."""
        for child, holder in self._upwards(node):
            if self._answers(holder) and any(child is statement for statement in getattr(holder, "body", ())):
                yield holder
            if isinstance(holder, ast.FunctionDef | ast.AsyncFunctionDef):
                yield from filter(self._answers, self.parents)

    def is_later(self, use: ast.AST) -> bool:
        """Tells whether a use only comes after one where what is built was there already."""
        return any(holder in self.after for _, holder in self._upwards(use))

    def _after_first_use(self, subject: Subject, statement: ast.stmt) -> list[ast.stmt]:
        """Lists the statements below the first in the block of the build that uses what is built in any case."""
        block = subject.lot(statement).block
        sure = {id(found) for use in uses_of(subject.function, subject.local) if (found := self._sure_at(use))}
        first = next((index for index, member in enumerate(block) if id(member) in sure), len(block))
        return list(block[first + 1 :])

    def _sure_at(self, use: ast.AST) -> ast.stmt | None:
        """Gives the simple statement that evaluates a use whenever it runs."""
        for _, holder in self._upwards(use):
            if isinstance(holder, SOMETIMES):
                return None
            if isinstance(holder, ast.stmt):
                return holder if isinstance(holder, SIMPLE) else None
        return None

    def _upwards(self, node: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
        """Lists what holds a node inside the function, with the part that leads to the node."""
        while (holder := self.parents.get(node)) is not None and holder is not self.root:
            yield node, holder
            node = holder

    def _answers(self, node: ast.AST) -> bool:
        """Tells whether a `try` or a `with suppress(...)` may go on after a failure in its body."""
        match node:
            case ast.Try(handlers=handlers) | ast.TryStar(handlers=handlers):
                return any(_may_answer(handler.type, self.never) for handler in handlers)
            case ast.With(items=items) | ast.AsyncWith(items=items):
                return any(self._suppresses(item.context_expr) for item in items)
        return False

    def _suppresses(self, expr: ast.expr) -> bool:
        match expr:
            case ast.Call(func=ast.Name(id="suppress") | ast.Attribute(attr="suppress"), args=args):
                return any(_may_answer(arg, self.never) for arg in args)
        return False


def _may_answer(expr: ast.expr | None, never: frozenset[str]) -> bool:
    return not never.issuperset(_exceptions(expr))


def _exceptions(expr: ast.expr | None) -> Iterable[str]:
    if isinstance(expr, ast.Tuple):
        return [name for part in expr.elts for name in _exceptions(part)]
    if isinstance(expr, ast.Attribute):
        return [expr.attr]
    return [expr.id] if isinstance(expr, ast.Name) else ["?"]

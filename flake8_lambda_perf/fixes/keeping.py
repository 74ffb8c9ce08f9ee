"""Whether what a function does with a raw connection lets it be kept, and what must change in the function."""

from __future__ import annotations

import ast
from dataclasses import field
from typing import TYPE_CHECKING

from flake8_lambda_perf.dataclass import dataclass
from flake8_lambda_perf.fixes.build import MoveError, checked, deleted, draft_of, lot_of
from flake8_lambda_perf.fixes.uses import DEEPEST, Parents, Sharing, assigned, parents_in, uses_of
from flake8_lambda_perf.model import Edit, Span

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flake8_lambda_perf.project.analysis import Analysis
    from flake8_lambda_perf.project.facts import Function

SETTINGS = frozenset({"autocommit", "isolation_level", "row_factory", "read_only", "readonly"})
"""Attributes that a function sets anew each time it runs."""


@dataclass(slots=True)
class Keeping:
    """Follows a connection through the functions that hold it."""

    analysis: Analysis
    function: Function
    with_is_harmless: bool
    holders: list[Function] = field(default_factory=list)
    closes: list[tuple[Function, ast.Attribute]] = field(default_factory=list)

    def judge(self, node: ast.Call) -> None:
        """Raises if the connection leaves what can be followed, or two functions could hold it at once."""
        self._judge_value(node, self.function, 0)
        if len(set(self.holders)) < len(self.holders):
            raise MoveError("a function asks for two connections")
        for holder in self.holders:
            if self._above(holder) & set(self.holders):
                raise MoveError("a function that holds the connection calls another that does, or itself")
            if holder.is_async or holder.is_generator:
                raise MoveError("others could use the connection at the same time")

    def judge_beside(self, others: Iterable[Function]) -> None:
        """Raises if one of `others`, which may get the same connection, could run while one of these holds it."""
        theirs, mine = set(others), set(self.holders)
        if (
            theirs & mine
            or any(self._above(holder) & theirs for holder in mine)
            or any(self._above(other) & mine for other in theirs)
        ):
            raise MoveError("two functions would hold the connection at once")

    def _above(self, function: Function) -> set[Function]:
        """Lists the functions that run this one, directly or not."""
        seen: set[Function] = set()
        stack = [function]
        while stack:
            for edge in self.analysis.graph.callers.get(stack.pop(), ()):
                if edge.caller is not None and edge.caller not in seen:
                    seen.add(edge.caller)
                    stack.append(edge.caller)
        return seen

    # -- uses ---------------------------------------------------------------------------------

    def _judge_value(self, value: ast.expr, function: Function, depth: int) -> None:
        parents = parents_in(function.node)
        names = assigned(parents.get(value))
        returned = isinstance(parents.get(value), ast.Return)
        self._judge_use(value, function, parents, depth)
        for name in names:
            if name in function.scope.global_names:
                raise MoveError("the connection is a global")
            for use in uses_of(function, name):
                returned = returned or isinstance(parents.get(use), ast.Return)
                self._judge_use(use, function, parents, depth)
        if not returned:
            self.holders.append(function)
            return
        edges = self.analysis.graph.callers.get(function, ())
        if not edges or function in self.analysis.graph.entries or depth >= DEEPEST:
            raise MoveError("who gets the connection is not known")
        for edge in edges:
            if not isinstance(edge.call, ast.Call) or edge.kind != "calls" or edge.caller is None:
                raise MoveError("who gets the connection is not known")
            self._judge_value(edge.call, edge.caller, depth + 1)

    def _judge_use(self, use: ast.expr, function: Function, parents: Parents, depth: int) -> None:
        holder = parents.get(use)
        if isinstance(holder, ast.Return):
            return
        if isinstance(holder, ast.withitem) and isinstance(use, ast.Name) and self.with_is_harmless:
            if holder.optional_vars is not None:
                raise MoveError("the connection gets a second name")
            return
        if isinstance(holder, ast.Attribute) and holder.value is use:
            call = parents.get(holder)
            if holder.attr in SETTINGS and isinstance(holder.ctx, ast.Store):
                return
            if holder.attr == "close" and isinstance(call, ast.Call) and call.func is holder:
                self._judge_close(holder, call, function, parents)
                return
            if isinstance(call, ast.Call) and call.func is holder:
                self._judge_part(call, function, parents)
        sharing = Sharing(self.analysis, "connection")
        sharing.judge(use, function, parents, depth)
        if sharing.leaks:
            raise MoveError("the connection leaves the function")

    def _judge_part(self, call: ast.Call, function: Function, parents: Parents) -> None:
        """Raises if a cursor leaves the function, and the connection with it."""
        names = assigned(parents.get(call))
        values = [call, *(use for name in names for use in uses_of(function, name))]
        if any(isinstance(parents.get(value), ast.Return | ast.Tuple | ast.Yield) for value in values):
            raise MoveError("what belongs to the connection leaves the function")

    def _judge_close(self, name: ast.Attribute, call: ast.Call, function: Function, parents: Parents) -> None:
        """Notes a statement that closes the connection: it ends the transaction instead."""
        if not isinstance(parents.get(call), ast.Expr):
            raise MoveError("the connection is closed inside an expression")
        self.closes.append((function, name))

    def edits(self) -> list[Edit]:
        """Makes what closes the connection end its transaction only, as closing does too; after a commit it goes."""
        found = []
        for function, name in self.closes:
            draft = draft_of(function.module)
            statement = _statement(name, parents_in(function.node))
            lot = lot_of(draft, statement, function.node)
            index = next(index for index, member in enumerate(lot.block) if member is statement)
            if index and lot.alone and ast.unparse(lot.block[index - 1]) == f"{ast.unparse(name.value)}.commit()":
                found.append(deleted(draft, lot, with_comments=False))
                continue
            end = draft.span(checked(draft, name)).end
            found.append(Edit(draft.path, Span(end - len(name.attr), end), "rollback"))
        return found


def _statement(node: ast.AST, parents: Parents) -> ast.stmt:
    while not isinstance(node, ast.stmt):
        node = parents[node]
    return node

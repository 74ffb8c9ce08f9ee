"""Keeps a raw database connection in a function that checks it (LPF102): it goes stale while nothing runs."""

from __future__ import annotations

import ast
from contextlib import suppress
from dataclasses import field
from typing import TYPE_CHECKING

from flake8_lambda_perf.dataclass import dataclass
from flake8_lambda_perf.fixes.accessor import import_text, only_for_it
from flake8_lambda_perf.fixes.build import (
    Draft,
    MoveError,
    checked,
    draft_of,
    indent_unit,
    inserted,
    lot_of,
    moved,
    replaced,
)
from flake8_lambda_perf.fixes.caught import judge_first_call
from flake8_lambda_perf.fixes.forms import Subject, removed, with_comments
from flake8_lambda_perf.fixes.keeping import Keeping
from flake8_lambda_perf.fixes.naming import free_name
from flake8_lambda_perf.fixes.needs import AtRunTime
from flake8_lambda_perf.fixes.often import is_threaded
from flake8_lambda_perf.fixes.patched import reason_in_tests
from flake8_lambda_perf.fixes.places import Top
from flake8_lambda_perf.fixes.uses import is_scope_known
from flake8_lambda_perf.model import Fix
from flake8_lambda_perf.project.facts import Function
from flake8_lambda_perf.project.values import Ext

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_lambda_perf.fixes.needs import Needs
    from flake8_lambda_perf.model import Edit
    from flake8_lambda_perf.project.analysis import Analysis, Build

ACCESSORS = ("connection", "live_connection", "database_connection", "kept_connection")
DOCSTRING = '"""Gives the connection of this execution environment, a new one if it is gone."""'
ERRORS = frozenset(
    {"DataError", "DatabaseError", "Error", "IntegrityError", "InterfaceError", "InternalError", "MySQLError"}
    | {"NotSupportedError", "OperationalError", "ProgrammingError"}
)
"""What drivers raise, and the arguments of a connection do not."""
REASON = "what a request leaves in the session is still there for the next, as are the locks it does not end"


@dataclass(frozen=True, slots=True)
class Driver:
    """How a driver is asked whether a connection lives, and how what was left open ends."""

    module: str
    checks: tuple[str, ...] = ()
    """Calls that reach the server and raise the module's `Error` where the connection is gone."""
    alive: str = ""
    """A call that tells instead, for drivers whose calls raise what is no `Error`."""
    keeps_with: bool = False
    """A `with` statement of the connection ends the transaction only."""


DRIVERS = {
    # reset() ends the transaction and asks the server to restore the session's settings.
    "psycopg2.connect": Driver("psycopg2", ("reset()",), keeps_with=True),
    # rollback() asks the server only inside a transaction.
    "psycopg.connect": Driver("psycopg", ("rollback()", 'execute("SELECT 1")', "rollback()")),
    # rollback() always asks the server.
    "pymysql.connect": Driver("pymysql", ("rollback()",)),
    # The C extension's rollback() raises what is no mysql.connector.Error.
    "mysql.connector.connect": Driver("mysql.connector", alive="is_connected()"),
}


def plan(analysis: Analysis, build: Build) -> Fix | None:
    """Plans a function that gives a living connection; None where what it does could change."""
    try:
        return _Accessor(analysis, build, DRIVERS[build.client.name]).fix()
    except MoveError:
        return None


@dataclass(slots=True)
class _Accessor:
    analysis: Analysis
    build: Build
    driver: Driver
    node: ast.Call = field(init=False)
    function: Function = field(init=False)
    draft: Draft = field(init=False)
    top: Top = field(init=False)

    def __post_init__(self) -> None:
        function = self.build.site.place.scope.function
        if function is None:
            raise MoveError("the call is at module scope")
        self.node, self.function = self.build.site.node, function
        self.draft = draft_of(function.module)
        self.top = Top(self.analysis, function.module, self.draft)

    def fix(self) -> Fix:
        function = self.function
        if function.is_async or function.is_generator or is_threaded(self.analysis, function):
            raise MoveError("others could use the connection at the same time")
        if not is_scope_known(function):
            raise MoveError("the function looks at its own names")
        checked(self.draft, self.node)
        keeping = Keeping(self.analysis, function, with_is_harmless=self.driver.keeps_with)
        keeping.judge(self.node)
        needs = AtRunTime(self.analysis, function).add(self.node, self.build.site.place)
        known = self._known(needs)
        name = known or free_name(self.analysis, function.module, ACCESSORS)
        keeping.judge_beside(self._others(known))
        edits = [replaced(self.draft, self.node, f"{name}()"), *keeping.edits()]
        subject = Subject(self.analysis, function, self.draft, self.top, self.node, (), name, needs, "")
        judge_first_call(subject, never=ERRORS)
        edits += removed(subject, only_for_it(subject), with_comments=not known)
        if not known:
            edits += self._definition(name, needs)
        reason = reason_in_tests(self.analysis, function.module, self.build.client)
        return Fix(
            f"Keep the connection in `{name}()`, which checks it",
            tuple(sorted(edits, key=lambda edit: edit.span)),
            (),
            "unsafe",
            "; ".join(part for part in (REASON, reason) if part),
        )

    def _others(self, known: str) -> Iterator[Function]:
        """Lists the functions that have, or may get, the same connection from another call."""
        module = self.function.module
        if known:
            accessor = module.scope.bindings[known][0].target
            assert isinstance(accessor, Function)
            yield from (edge.caller for edge in self.analysis.graph.callers.get(accessor, ()) if edge.caller)
        for node in self.analysis.builds:
            if node is not self.node and node in module.sites and ast.dump(node) == ast.dump(self.node):
                function = module.sites[node].place.scope.function
                if function is not None:
                    keeping = Keeping(self.analysis, function, with_is_harmless=True)
                    with suppress(MoveError):
                        keeping.judge(node)
                    yield from (function, *keeping.holders)

    def _definition(self, name: str, needs: Needs) -> list[Edit]:
        outer = self.function
        while outer.parent is not None:
            outer = outer.parent
        index = self.top.before_definitions(outer.node)
        if index + 1 > self.top.before_runs(self.function):
            raise MoveError("the module runs the function before its first definition")
        offset = self.top.offset_after(index)
        variable = f"_{name} = None"
        return [
            inserted(self.draft, offset, self.top.statements_text(index, [variable])),
            inserted(self.draft, offset, self.top.definition_text(index, self._lines(name, needs))),
        ]

    # -- its text -----------------------------------------------------------------------------

    def _lines(self, name: str, needs: Needs) -> list[str]:
        unit = indent_unit(self.function.module, self.draft)
        variable = f"_{name}"
        imports = [f"{unit}{import_text(binding)}" for binding in needs.imports]
        head = [f"def {name}():", f"{unit}{DOCSTRING}", f"{unit}global {variable}", *imports]
        build = self._build_lines(variable, needs, unit * 2)
        last = f"{unit}return {variable}"
        if self.driver.alive:
            test = f"{unit}if {variable} is None or not {variable}.{self.driver.alive}:"
            return [*head, test, *build, f"{unit}else:", f"{unit * 2}{variable}.rollback()", last]
        return [
            *head,
            f"{unit}if {variable} is not None:",
            f"{unit * 2}try:",
            *(f"{unit * 3}{variable}.{check}" for check in self.driver.checks),
            f"{unit * 2}except {self._error()}:",
            f"{unit * 3}{variable} = None",
            f"{unit}if {variable} is None:",
            *build,
            last,
        ]

    def _build_lines(self, variable: str, needs: Needs, indent: str) -> list[str]:
        found: list[str] = []
        for travel in needs.travels:
            text = moved(self.draft, self.draft.span(travel.statement), travel.statement, indent, {})
            lot = lot_of(self.draft, travel.statement, self.function.node)
            found += with_comments(indent, text, lot if not travel.shared else None)
        text = moved(self.draft, self.draft.span(self.node), self.node, indent, {})
        return [*found, f"{indent}{variable} = {text}"]

    def _error(self) -> str:
        """Spells the driver's class of errors as the call spells the driver."""
        func = self.node.func
        if isinstance(func, ast.Attribute):
            values = self.analysis.names.values(func.value, self.build.site.place)
            if values and all(isinstance(v, Ext) and v.name == self.driver.module for v in values):
                return f"{self.draft.of(func.value)}.Error"
        raise MoveError("the module of the driver has no name here")

    # -- one that is there --------------------------------------------------------------------

    def _known(self, needs: Needs) -> str:
        """Names the module's function that keeps an equal connection already."""
        for name, bindings in self.function.module.scope.bindings.items():
            target = bindings[0].target if len(bindings) == 1 else None
            if isinstance(target, Function) and target is not self.function and name in ACCESSORS:
                text = self.draft.newline.join(self._lines(name, needs))
                if ast.dump(ast.parse(text).body[0]) == ast.dump(target.node):
                    return name
        return ""

"""One way from a function to another that it runs."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Literal

from flake8_lambda_perf.dataclass import dataclass
from flake8_lambda_perf.project.values import arguments

if TYPE_CHECKING:
    import ast
    from collections.abc import Mapping

    from flake8_lambda_perf.project.facts import Class, Function, Module, Place
    from flake8_lambda_perf.project.memo import Memo
    from flake8_lambda_perf.project.values import Argument, Partial

EdgeKind = Literal["calls", "builds", "passes", "reads", "enters", "iterates"]


@dataclass(slots=True, eq=False)
class Edge:
    """One way a function is run: by whom, at which place, with which arguments."""

    caller: Function | None  # None: a module's body
    node: ast.AST
    place: Place
    callee: Function
    kind: EdgeKind
    call: ast.Call | None = None
    bound: bool = False
    partial: Partial | None = None
    built: Class | None = None
    threaded: bool = False
    memo: Memo | None = None
    selected_by: str | None = None  # the caller's parameter that names the callee
    _given: dict[str, Argument] | None = field(default=None)

    @property
    def given(self) -> Mapping[str, Argument]:
        """What each parameter of the callee gets; a parameter that is missing here is unknown."""
        if self._given is None:
            if self.call is None:
                self._given = {}
            else:
                self._given = arguments(self.callee, self.call, self.place, self.bound, self.partial)
        return self._given

    @property
    def module(self) -> Module:
        """The module it stands in."""
        return self.place.scope.module

    @property
    def line(self) -> int:
        """The line the edge starts on."""
        return getattr(self.node, "lineno", 1)

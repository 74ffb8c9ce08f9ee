"""On what values depend that are changed from outside: attributes, globals of modules, environment variables."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_lambda_perf.project.levels import ENVIRONMENT, NONE, REQUEST, Dep, Level, external
from flake8_lambda_perf.project.sought import Handle
from flake8_lambda_perf.project.values import Ext, Func, Inst, Mod

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flake8_lambda_perf.project.depend import Dependence
    from flake8_lambda_perf.project.facts import Change, Place

SDKS = ("boto3.", "botocore.", "aioboto3.", "aiobotocore.")


class Outside:
    """Joins what is assigned from elsewhere; belongs to one `Dependence`."""

    def __init__(self, dependence: Dependence) -> None:
        self.dependence = dependence
        self._changed: dict[tuple[object, str], Dep] = {}

    def forget(self) -> None:
        """Drops what was evaluated."""
        self._changed.clear()

    def changed(self, base: Mod | Inst | Func | Ext, attr: str) -> Dep:
        """Joins what is assigned to an attribute from outside, and the tests that choose whether it is."""
        key = (base, attr)
        if key not in self._changed:
            self._changed[key] = NONE
            changes = [change for change, _sure in self.dependence.names.members.changes_of(base, attr)]
            self._changed[key] = self._of_changes(changes)
        return self._changed[key]

    def _of_changes(self, changes: Iterable[Change]) -> Dep:
        found = NONE
        for change in changes:
            parts = [part for part in (change.value, change.key) if part is not None]
            found = found.join(self.dependence.all(parts, change.place) if change.value is not None else REQUEST)
            found = found.join(self.dependence.choice(change.place))
        return found

    def environment(self, name: str = "") -> Dep:
        """Tells on what environment variables depend, or the one of a name: also on what the project writes there."""
        key = (None, f"environ {name}")
        if key not in self._changed:
            self._changed[key] = ENVIRONMENT
            changes = (
                change
                for change in self.dependence.names.changes.of("environ")
                if not name or _may_be(change.key, name)
            )
            self._changed[key] = ENVIRONMENT.join(self._of_changes(changes)).join(self._handed_on())
        return self._changed[key]

    def _handed_on(self) -> Dep:
        """Joins what is written to environment variables by those that are handed all of them."""
        return self.dependence.contents.handles.lasting(Handle(None, "environ"))

    def variable(self, expr: ast.Call | ast.Subscript, place: Place) -> str | None:
        """Names the environment variable that an expression reads, if it is one by a literal name."""
        match expr:
            case ast.Subscript(value=of, slice=ast.Constant(value=str(name))):
                wanted = "os.environ"
            case ast.Call(func=ast.Attribute(value=of, attr="get"), args=[ast.Constant(value=str(name)), *_]):
                wanted = "os.environ"
            case ast.Call(func=of, args=[ast.Constant(value=str(name)), *_]):
                wanted = "os.getenv"
            case _:
                return None
        return name if self.dependence.names.values(of, place) == {Ext(wanted)} else None

    def sdk(self) -> Dep:
        """Tells on what the environment variables depend that an AWS SDK reads of its own."""
        key = (None, "AWS_")
        if key not in self._changed:
            self._changed[key] = NONE
            found = self._of_changes(
                change for change in self.dependence.names.changes.of("environ") if _may_be(change.key, "AWS_")
            ).join(self._handed_on())
            self._changed[key] = found if found.level > Level.ENVIRONMENT or found.refs else NONE
        return self._changed[key]

    def external(self, name: str) -> Dep | None:
        """Tells what a name outside the project depends on, where that is known."""
        known = external(name)
        return self.environment() if known is ENVIRONMENT else known


def _may_be(key: ast.expr | None, prefix: str) -> bool:
    """Tells whether the name of an environment variable may start so."""
    return not isinstance(key, ast.Constant) or str(key.value).startswith(prefix)

"""What a call path must still prove: arguments stay the same, tests hold, the callee is the one passed."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Literal

from flake8_lambda_perf.dataclass import dataclass
from flake8_lambda_perf.project.facts import Site
from flake8_lambda_perf.project.levels import NONE, Dep, Level
from flake8_lambda_perf.project.outside import SDKS
from flake8_lambda_perf.project.truth import Shape, decide, names_decided, parts, shape_of, simple_test
from flake8_lambda_perf.project.values import Argument, Func, Partial, Value, defaults, ordered
from flake8_lambda_perf.source import nodes_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flake8_lambda_perf.project.depend import Dependence
    from flake8_lambda_perf.project.edges import Edge
    from flake8_lambda_perf.project.facts import Class, Function, Place
    from flake8_lambda_perf.project.names import Names


@dataclass(frozen=True, slots=True)
class Duty:
    """One thing to prove of a function's parameter `name`.

    `same`: it does not depend on the request. `shape`: it is None, or false ... `test`: the test may hold.
    `chosen`: it is `target`. `fresh`: no instance of `cls` outlives a request. `taken`: a test of it,
    spelled `text`, is as `polarity` says on this path. `kept`: its callers change nothing in what it returns.
    `lasting`: it does not depend on the request in any call.
    """

    kind: Literal["same", "shape", "test", "chosen", "fresh", "taken", "kept", "lasting"]
    function: Function | None = None
    name: str = ""
    shape: Shape | None = None
    test: ast.expr | None = None
    polarity: bool = True
    place: Place | None = None
    target: Function | None = None
    cls: Class | None = None
    text: str = ""


class Duties:
    """Collects duties at places and hands them on from a function to its callers."""

    def __init__(self, names: Names, dependence: Dependence) -> None:
        self.names = names
        self.dependence = dependence
        self._at: dict[Place, tuple[Duty, ...]] = {}  # of the calls on paths: they are asked again and again

    # -- where they come from -----------------------------------------------------------------

    def at(self, place: Place) -> Iterator[Duty]:
        """Lists what the branches around a place demand of parameters."""
        for branch in place.branch.chain():
            if branch.test is not None and branch.at is not None and branch.is_decided and branch.kind != "loop":
                for test, polarity in parts(branch.test, branch.polarity):
                    yield from self._of_test(test, polarity, branch.at)

    def _of_test(self, test: ast.expr, polarity: bool, place: Place) -> Iterator[Duty]:
        simple = simple_test(test, polarity)
        if simple is not None:
            owner = self.parameter(simple[0], place)
            if owner is not None and isinstance(simple[0], ast.Name):
                yield Duty("shape", owner, simple[0].id, simple[1])
                return
        taken = self._taken(test, polarity, place)
        if taken is not None:
            yield taken
        for owner in self._deciding(test, place):
            yield Duty("test", owner, test=test, polarity=polarity, place=place)

    def _deciding(self, test: ast.expr, place: Place) -> list[Function]:
        """Lists the functions whose arguments may decide a test; what else decides it is the same at each call."""
        names = {*names_decided(test)}
        found: list[Function] = []
        function = place.scope.function
        while function is not None:
            if not names.isdisjoint(arg.arg for arg in function.params):
                found.append(function)
            function = function.parent
        if not found:
            return found
        owners = {owner for owner, _name in self.dependence.expression(test, place).refs}
        return [function for function in found if function in owners]

    def _taken(self, test: ast.expr, polarity: bool, place: Place) -> Duty | None:
        """Notes which way a plain test of one parameter goes, so that no other test of it may go the other way."""
        nodes = nodes_of(test)
        names = {node.id for node in nodes if isinstance(node, ast.Name)}
        plain = all(
            isinstance(node.func, ast.Attribute) and node.func.attr == "get"
            for node in nodes
            if isinstance(node, ast.Call)
        )
        name = names.pop() if len(names) == 1 and plain else None
        owner = self.parameter(ast.Name(name, ast.Load()), place) if name is not None else None
        if name is None or owner is None:
            return None
        text = re.sub(rf"\b{name}\b", "\0", ast.unparse(test))
        return Duty("taken", owner, name, polarity=polarity, text=text)

    def parameter(self, expr: ast.expr, place: Place) -> Function | None:
        """Names the function whose parameter an expression is, if it can be nothing else."""
        if not isinstance(expr, ast.Name):
            return None
        bindings = self.names.bindings(expr.id, place)
        if bindings and all(binding.kind == "param" for binding in bindings):
            function = bindings[0].place.scope.function
            if function is not None and not (function.has_receiver and bindings[0].index == 0):
                return function
        return None

    def of_build(self, name: str, site: Site, exprs: Iterable[tuple[ast.expr, Place]]) -> list[Duty] | None:
        """Lists what must hold for a client built from expressions to be the same every time; None if it is not."""
        found = self._of_sdk(site) if name.startswith(SDKS) else NONE
        for expr, place in exprs:
            found = found.join(self.dependence.expression(expr, place))
        same = self.of_dependence(found)
        return [*same, *self._kept(site)] if same is not None and name.startswith(SDKS) else same

    def _kept(self, site: Site) -> Iterator[Duty]:
        """Notes that a function hands out what a call gives, so that its callers may change that."""
        scope, function = site.place.scope, site.function
        names = {
            name
            for name, bindings in scope.bindings.items()
            if any(binding.place.statement is site.place.statement for binding in bindings)
        }
        for target, place in function.stores if function is not None else ():
            if place.statement is site.place.statement and isinstance(target, ast.Attribute):
                yield Duty("kept", function, target.attr)
        for value, _place in function.returns if function is not None else ():
            for node in value.elts if isinstance(value, ast.Tuple | ast.List) else (value,):
                if node is site.node or (isinstance(node, ast.Name) and node.id in names):
                    yield Duty("kept", function)
                    return

    def _kept_across(self, duty: Duty, edge: Edge) -> list[Duty] | None:
        """Tells whether a caller leaves what it is given as it is, itself and its own callers."""
        if not isinstance(edge.node, ast.Call):
            return []
        site = Site(edge.node, edge.place, edge.caller)
        if duty.name:
            return (
                self.of_dependence(self.dependence.adjusted.of_site(site, f".{duty.name}"))
                if edge.kind == "builds"
                else []
            )
        same = self.of_dependence(self.dependence.adjusted.of_site(site))
        return [*same, *self._kept(site)] if same is not None else None

    def _of_sdk(self, site: Site) -> Dep:
        """Joins what an AWS session or client reads of its own, and what it is changed with after it is built."""
        return self.dependence.outside.sdk().join(self.dependence.adjusted.of_site(site))

    def of_values(self, exprs: Iterable[ast.expr], place: Place) -> list[Duty] | None:
        """Lists what must hold for expressions to be the same on every request; None if they are not."""
        return self.of_dependence(self.dependence.all(exprs, place))

    def of_dependence(self, dep: Dep) -> list[Duty] | None:
        """Lists what must hold for a value to be the same on every request; None if it is not."""
        if dep.level >= Level.REQUEST:
            return None
        lasting = (Duty("lasting", function, name) for function, name in sorted(dep.lasting))
        return [*(Duty("same", function, name) for function, name in sorted(dep.refs)), *lasting]

    # -- handing them on ----------------------------------------------------------------------

    def across(self, duties: Iterable[Duty], edge: Edge) -> frozenset[Duty] | None:
        """Turns the duties of a callee into those of its caller; None if this call does not meet them."""
        found: set[Duty] = set()
        for duty in in_order(duties):
            if duty.function is not edge.callee or duty.kind == "lasting":
                found.add(duty)
                continue
            more = self._across(duty, edge)
            if more is None:
                return None
            found.update(more)
        if edge.selected_by is not None and edge.caller is not None:
            found.add(Duty("chosen", edge.caller, edge.selected_by, target=edge.callee))
        if edge.memo is not None:
            found.update(Duty("fresh", cls=cls) for cls in edge.memo.instances)
        if edge.place not in self._at:
            self._at[edge.place] = tuple(self.at(edge.place))
        found.update(self._at[edge.place])
        return frozenset(found) if consistent(found) else None

    def _across(self, duty: Duty, edge: Edge) -> Iterable[Duty] | None:
        if duty.kind == "test":
            assert duty.test is not None
            assert duty.place is not None
            return None if decide(self.names, duty.test, duty.place, edge.given) is (not duty.polarity) else ()
        if duty.kind == "kept":
            return self._kept_across(duty, edge)
        argument = edge.given.get(duty.name)
        if duty.kind == "taken":
            owner = (
                self.parameter(argument.expr, argument.place) if argument and argument.expr and argument.place else None
            )
            named = (
                argument.expr.id
                if owner is not None and argument is not None and isinstance(argument.expr, ast.Name)
                else ""
            )
            return (Duty("taken", owner, named, polarity=duty.polarity, text=duty.text),) if owner is not None else ()
        if argument is None or argument.expr is None or argument.place is None:
            return None
        return self._argument(duty, argument, argument.expr, argument.place)

    def _argument(self, duty: Duty, argument: Argument, expr: ast.expr, place: Place) -> Iterable[Duty] | None:
        if duty.kind in ("same", "lasting"):
            return self.of_values([expr], place)
        owner = None if argument.omitted else self.parameter(expr, place)
        if duty.kind == "chosen":
            if owner is not None and isinstance(expr, ast.Name):
                return (Duty("chosen", owner, expr.id, target=duty.target),)
            return (
                ()
                if any(_is_function(value, duty.target) for value in ordered(self.names.values(expr, place)))
                else None
            )
        assert duty.shape is not None
        if owner is not None and isinstance(expr, ast.Name):
            return (Duty("shape", owner, expr.id, duty.shape),)
        answer = shape_of(self.names, expr, place, duty.shape)
        if answer is not None:
            return () if answer else None
        depends = self.dependence.expression(expr, place)
        return () if depends.level == Level.REQUEST or duty.shape in ("truthy", "not none") else None

    def at_entry(self, entry: Function, duties: Iterable[Duty], passed: int) -> frozenset[Duty] | None:
        """Takes off the duties that the runtime's call of a handler meets; None if it does not meet one."""
        left: set[Duty] = set()
        own = dict(defaults(entry.node.args))
        given = {arg.arg for arg in entry.params[: passed + entry.has_receiver]}
        for duty in in_order(duties):
            if duty.function is not entry:
                left.add(duty)
            elif duty.kind in ("test", "taken", "kept"):
                continue
            elif duty.name in given or duty.name not in own:
                if duty.kind != "shape" or duty.shape in ("none", "falsy"):
                    return None
            elif self._argument(duty, Argument(own[duty.name], entry.place, True), own[duty.name], entry.place) is None:
                return None
        return frozenset(left)


def in_order(duties: Iterable[Duty]) -> list[Duty]:
    """Sorts duties by what they ask of which function: a set of them has another order in each run."""
    return sorted(duties, key=_order_of)


def _order_of(duty: Duty) -> tuple[str, str, str, int, str]:
    function = duty.function
    path, line = ("", 0) if function is None else (function.module.path, function.line)
    return duty.kind, path, duty.name, line, f"{duty.text} {duty.shape} {duty.polarity} {duty.cls} {duty.target}"


def consistent(duties: Iterable[Duty]) -> bool:
    """Tells whether no test is taken both ways."""
    taken = {(duty.function, duty.name, duty.text, duty.polarity) for duty in duties if duty.kind == "taken"}
    return not any((function, name, text, not polarity) in taken for function, name, text, polarity in taken)


def _is_function(value: Value, target: Function | None) -> bool:
    if isinstance(value, Partial):
        return _is_function(value.function, target)
    return isinstance(value, Func) and value.function is target

"""What runs per request, and the call path that proves it.

Forwards, the graph explores everything a handler or a module's body may run. Backwards, `prove` walks from one line
to a handler and demands that every call on the way really leads there with arguments that stay the same.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from flake8_lambda_perf.dataclass import dataclass
from flake8_lambda_perf.project.depend import Dependence, Level
from flake8_lambda_perf.project.edges import Edge, Edges
from flake8_lambda_perf.project.facts import Branch, Class, Function, Module, Place
from flake8_lambda_perf.project.flow import always_runs, is_dead
from flake8_lambda_perf.project.memo import Memos
from flake8_lambda_perf.project.obligations import Duties, Duty, consistent, in_order
from flake8_lambda_perf.project.truth import decide, shape_of
from flake8_lambda_perf.project.values import Argument, Cls, ordered
from flake8_lambda_perf.project.wrappers import Wrappers

if TYPE_CHECKING:
    from flake8_lambda_perf.project.names import Names
    from flake8_lambda_perf.project.relevance import Relevance

ROUNDS = 6
STATES = 3000


@dataclass(frozen=True, slots=True)
class Proof:
    """A call path from a handler to a place, outermost call first; empty where the place is in the handler itself."""

    entry: Function
    path: tuple[Edge, ...]

    @property
    def threaded(self) -> bool:
        """Tells whether the path leads through another thread."""
        return any(edge.threaded for edge in self.path)

    @property
    def always(self) -> bool:
        """Tells whether every request runs the path to its end."""
        return all(always_runs(edge.place) for edge in self.path)


Body = Module | Function
State = tuple[Function, frozenset[Duty]]


class Graph:
    """Explores a project from its entry points.

    `entries` maps each handler to the number of arguments the runtime passes; `requests` holds what runs per request.
    """

    def __init__(self, names: Names, relevance: Relevance) -> None:
        self.names = names
        self.memos = Memos(names)
        self.dependence = Dependence(names)
        self.wrappers = Wrappers(names, self.memos)
        self.dependence.is_kept = self.wrappers.keeps
        self.relevance = relevance
        self.edges = Edges(names, self.memos, self.wrappers, relevance)
        self.duties = Duties(names, self.dependence)
        self.modules: dict[str, Module] = {}
        self._arrived: list[Module] = []
        self.entries: dict[Function, int] = {}
        self.callers: dict[Function, list[Edge]] = {}
        self.requests: set[Function] = set()
        self.explored: dict[Body, None] = {}  # in the order in which it was found
        self.built: dict[Class, set[Function | None]] = {}  # who builds instances; None: something that may keep them
        self.on_body: Callable[[Function], Iterable[Function]] = lambda _function: ()
        self.on_module: Callable[[Module], Iterable[Function]] = lambda _module: ()
        self._out: dict[Body, list[Edge]] = {}
        self._reads: dict[Body, frozenset[Function]] = {}  # the functions on whose known calls those of a body depend
        self._counts: dict[Function, int] = {}  # of the calls known when a parameter was asked for, at the least
        self._possible: dict[Branch, bool] = {}
        self._known: dict[Function, list[Edge]] = {}
        names.arguments_of = self._arguments_of
        names.is_open = lambda function: function in self.entries
        names.passed = lambda function: self.entries[function]
        self.edges.on_instance = self._note_instance

    # -- forwards -----------------------------------------------------------------------------

    def explore(self) -> None:
        """Finds everything that module bodies and handlers run, until no new call and no new module appears."""
        self._take_arrived()
        before = (-1, -1)
        changed: set[Function] = set()
        stale: set[Body] = set()
        for _ in range(ROUNDS):
            known = set(self.entries)
            self._round(changed, stale)
            size = (sum(len(edges) for edges in self.callers.values()), len(self.explored))
            changed = {f for f, count in self._counts.items() if count != len(self.callers.get(f, ()))}
            changed |= self.entries.keys() - known
            stale = self._outdated()
            if size == before or not (changed or stale):
                break
            before = size
        self._forget(changed)
        self._sort_callers()

    def _sort_callers(self) -> None:
        """Puts the calls of each function in an order that does not depend on the rounds it took to find them."""
        self.callers = {}
        for body in self.explored:
            for edge in self._out.get(body, ()):
                self.callers.setdefault(edge.callee, []).append(edge)
        for edges in self.callers.values():
            edges.sort(key=lambda edge: (edge.module.path, edge.line))

    def _forget(self, changed: set[Function]) -> None:
        """Drops what was found out while fewer calls of some functions were known than are now."""
        self.names.forget(changed)
        self.dependence.forget()
        self.memos.forget()
        self.wrappers.forget()
        self._possible.clear()
        for function in changed:
            self._counts.pop(function, None)

    def _round(self, changed: set[Function], stale: set[Body]) -> None:
        """Explores once; what depends on the calls of functions of which others are known now is evaluated anew."""
        self._forget(changed)
        stale |= {b for b, reads in self._reads.items() if b not in self.explored or not reads.isdisjoint(changed)}
        for body in stale:
            self._reads.pop(body, None)
            self._out.pop(body, None)
        self.edges.properties = self._properties()
        self.edges.subclasses = {}
        for module in list(self.modules.values()):
            self._link_classes(module)
        self._known = self.callers
        self.callers = {}
        for edges in self._out.values():
            for edge in edges:
                self.callers.setdefault(edge.callee, []).append(edge)
        self.requests = set()
        self.explored = {}
        self._walk([(module, False) for module in self.modules.values()])
        self._walk([(entry, True) for entry in list(self.entries)])

    def _properties(self) -> set[str]:
        """Names the methods that run when an attribute is read."""
        return self.relevance.properties.union(*(module.properties for module in self.modules.values()))

    def _outdated(self) -> set[Body]:
        """Lists the bodies that run more methods than a round has found, by the classes and properties it came upon."""
        found: set[Body] = {*self.edges.outdated()}
        fresh = self._properties() - self.edges.properties
        for body in self.explored if fresh else ():
            if any(attribute.attr in fresh for attribute, _ in body.attributes):
                found.add(body)
        return found

    def _walk(self, start: list[tuple[Body, bool]]) -> None:
        queue = deque(start)
        while queue or self._arrived:
            if not queue:
                for module in self._arrived:
                    self._link_classes(module)
                queue.extend(self._take_arrived())
            body, live = queue.popleft()
            live = live and isinstance(body, Function)
            if body in self.explored and (not live or body in self.requests):
                continue
            if isinstance(body, Function) and not self.relevance.matters(body):
                continue
            if live and isinstance(body, Function):
                self.requests.add(body)
            self.explored[body] = None
            for edge in self._edges_of(body):
                queue.append((edge.callee, live and (edge.memo is None or bool(edge.memo.instances))))
            if isinstance(body, Function):
                for route in self.on_body(body):
                    self.entries.setdefault(route, 0)
                    queue.append((route, True))

    def _edges_of(self, body: Body) -> list[Edge]:
        if body not in self._out:
            function = body if isinstance(body, Function) else None
            module = body.module if isinstance(body, Function) else body
            self.names.reads = set()
            found = [edge for edge in self.edges.out_of(module, function) if self.possible(edge.place)]
            found.sort(key=lambda edge: (edge.line, edge.callee.module.path, edge.callee.line))  # values have no order
            self._out[body] = found
            if self.names.reads:
                self._reads[body] = frozenset(self.names.reads)
            for edge in found:
                self.callers.setdefault(edge.callee, []).append(edge)
        return self._out[body]

    def add(self, module: Module) -> None:
        """Takes in a module that the exploration has led to; its body is explored when what led there is done."""
        if module.path not in self.modules:
            self.modules[module.path] = module
            self._arrived.append(module)

    def _take_arrived(self) -> list[tuple[Body, bool]]:
        """Lists the bodies of new modules with their routes, in an order that does not depend on what led to them."""
        arrived, self._arrived = sorted(self._arrived, key=lambda module: module.path), []
        found: list[tuple[Body, bool]] = [(module, False) for module in arrived]
        for module in arrived:
            for route in self.on_module(module):
                self.entries.setdefault(route, 0)
                found.append((route, True))
        return found

    def _link_classes(self, module: Module) -> None:
        for cls in module.classes:
            for base in cls.node.bases:
                for value in ordered(self.names.values(base, cls.place)):
                    if isinstance(value, Cls):
                        self.edges.subclasses.setdefault(value.cls, set()).add(cls)

    def _note_instance(self, cls: Class, edge: Edge | None, place: Place) -> None:
        memo = self.memos.around(place) if edge is None else edge.memo
        self.built.setdefault(cls, set()).add(None if memo is not None else place.scope.function)

    def _arguments_of(self, function: Function, name: str) -> Iterator[Argument]:
        """Lists what the calls known so far give a parameter."""
        edges = self.callers.get(function, ())
        self.names.reads.add(function)
        self._counts[function] = min(len(edges), self._counts.get(function, len(edges)))
        for edge in edges or self._known.get(function, ()):
            argument = edge.given.get(name)
            yield argument if argument is not None else Argument(None, None)

    def possible(self, place: Place) -> bool:
        """Tells whether the tests around a place leave it a chance to run."""
        if is_dead(place):
            return False
        for branch in place.branch.chain():
            if branch.test is None or branch.at is None or not branch.is_decided:
                continue
            if branch not in self._possible:
                self._possible[branch] = True
                self._possible[branch] = decide(self.names, branch.test, branch.at) is not (not branch.polarity)
            if not self._possible[branch]:
                return False
        return True

    # -- backwards ----------------------------------------------------------------------------

    def proofs(self, place: Place, duties: Iterable[Duty], *, through_constructors: bool = False) -> Iterator[Proof]:
        """Finds the shortest call path to a place, one for each handler that has one, shortest first.

        With `through_constructors` the paths are those that build an instance, one for each place that does.
        """
        function = place.scope.function
        if function is None or not self.possible(place):
            return
        start = self._initial(place, duties)
        if start is None:
            return
        queue: deque[tuple[State, tuple[Edge, ...]]] = deque([((function, start), ())])
        seen: set[tuple[State, object]] = {((function, start), None)}
        reached: set[object] = set()
        while queue and len(seen) < STATES:
            (here, owed), path = queue.popleft()
            key = (here, _outermost_build(path)) if through_constructors else (here, None)
            wanted = here in self.entries and (not through_constructors or key[1] is not None)
            if wanted and key not in reached and self._settled(here, owed):
                reached.add(key)
                yield Proof(here, path)
            for edge in self.callers.get(here, ()):
                state = self._step(edge, owed, through_constructors)
                longer = (edge, *path)
                step = (state, _outermost_build(longer) if through_constructors else None)
                if state is not None and step not in seen:
                    seen.add((state, step[1]))
                    queue.append((state, longer))

    def _initial(self, place: Place, duties: Iterable[Duty]) -> frozenset[Duty] | None:
        memo = self.memos.around(place)
        owed = {*duties, *self.duties.at(place)}
        if memo is not None:
            if not memo.instances:
                return None
            owed.update(Duty("fresh", cls=cls) for cls in memo.instances)
        return frozenset(owed) if consistent(owed) else None

    def _step(self, edge: Edge, owed: frozenset[Duty], through_constructors: bool) -> State | None:
        if edge.caller is None or edge.caller not in self.requests:
            return None
        if (edge.memo is not None and not edge.memo.instances) or (edge.kind == "builds" and not through_constructors):
            return None
        left = self.duties.across(owed, edge)
        return (edge.caller, left) if left is not None else None

    def _settled(self, entry: Function, owed: frozenset[Duty]) -> bool:
        """Tells whether nothing is left to prove at a handler."""
        left = self.duties.at_entry(entry, owed, self.entries[entry])
        return left is not None and all(self._holds_everywhere(duty, set()) for duty in in_order(left))

    def _holds_everywhere(self, duty: Duty, visited: set[tuple[Function | None, str]]) -> bool:
        """Judges a duty on a function that is not on the path by all of its calls."""
        if duty.kind == "fresh":
            assert duty.cls is not None
            family = [duty.cls, *self.edges.subclasses.get(duty.cls, ())]
            builders = set().union(*(self.built.get(cls, set()) for cls in family))
            return bool(builders) and all(builder is not None and builder in self.requests for builder in builders)
        if duty.kind in ("test", "taken"):
            return True
        if duty.function is None or duty.function in self.entries or duty.kind == "chosen":
            return False
        if (duty.function, duty.name) in visited:
            return True
        visited.add((duty.function, duty.name))
        edges = self.callers.get(duty.function, ())
        return bool(edges) and all(self._holds_at(duty, edge.given.get(duty.name), visited) for edge in edges)

    def _holds_at(self, duty: Duty, argument: Argument | None, visited: set[tuple[Function | None, str]]) -> bool:
        if argument is None or argument.expr is None or argument.place is None:
            return False
        if duty.kind == "shape":
            assert duty.shape is not None
            return shape_of(self.names, argument.expr, argument.place, duty.shape) is True
        more = self.duties.of_values([argument.expr], argument.place)
        return more is not None and all(self._holds_everywhere(other, visited) for other in more)

    def level(self, function: Function, name: str, visited: set[tuple[Function, str]] | None = None) -> Level:
        """Joins what all known calls give a parameter; a function anyone may call gives REQUEST."""
        visited = visited if visited is not None else set()
        if (function, name) in visited:
            return Level.CONSTANT
        visited.add((function, name))
        edges = self.callers.get(function, ())
        if function in self.entries or not edges:
            return Level.REQUEST
        found = Level.CONSTANT
        for edge in edges:
            argument = edge.given.get(name)
            if argument is None or argument.expr is None or argument.place is None:
                return Level.REQUEST
            dep = self.dependence.expression(argument.expr, argument.place)
            found = max(
                found, dep.level, *(self.level(owner, ref, visited) for owner, ref in sorted(dep.refs | dep.lasting))
            )
        return found


def _outermost_build(path: tuple[Edge, ...]) -> object:
    """Names the first place of a path that builds an instance."""
    return next((edge.node for edge in path if edge.kind == "builds"), None)

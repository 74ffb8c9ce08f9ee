"""What every deployment rule is: it looks at each function that a manifest deploys, and reports places of manifests."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from flake8_lambda_perf.dataclass import dataclass
from flake8_lambda_perf.model import Edit, Finding, Fix, Handler, Said, Span, Step
from flake8_lambda_perf.project.loads import is_standard, marginal
from flake8_lambda_perf.rules.folders import Folders
from flake8_lambda_perf.rules.found import Evidence, finding_at, no_fix
from flake8_lambda_perf.source import Lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import date

    from flake8_lambda_perf.manifests import Deployed
    from flake8_lambda_perf.model import Safety
    from flake8_lambda_perf.project.analysis import Analysis
    from flake8_lambda_perf.project.suspects import Suspects

INDENT = re.compile(r"[\s\-]*")
EDGE = re.compile(r"edgelambda|lambda_?function_?association|EdgeFunction|edge_?lambdas", re.IGNORECASE)
"""How roles, distributions and the CDK name Lambda@Edge."""


class DeploymentView:
    """Answers what deployment rules ask: the functions of a project, their code, and the texts of their manifests."""

    def __init__(self, suspects: Suspects, functions: Sequence[Deployed], day: date) -> None:
        self.suspects = suspects
        self.day = day
        self.analysis: Analysis = suspects.analysis
        self.functions = functions
        self.folders = Folders(suspects.analysis.project)

    @cached_property
    def _handlers(self) -> dict[Step, Handler]:
        handlers = (entry.handler for entry in self.analysis.entries)
        return {handler.deployed: handler for handler in handlers if handler.deployed is not None}

    def handler_of(self, function: Deployed) -> Handler | None:
        """Gives the handler in the code that a function runs, None where it is not known."""
        return self._handlers.get(_declaration(function))

    def fact(self, function: Deployed, name: str) -> Said | None:
        """Gives what the manifest states of a function under a name, None where it states nothing."""
        return next((fact for fact in function.said if fact.name == name), None)

    def left_out(self, function: Deployed) -> frozenset[str]:
        """Lists the packages that a manifest leaves out of what a function ships."""
        return frozenset(str(fact.value) for fact in function.said if fact.name == "package.no_deploy")

    def may_be_at_edge(self, function: Deployed) -> bool:
        """Tells whether the manifest of a function speaks of Lambda@Edge, of whose limits nothing is known here."""
        return EDGE.search(self.text(function.manifest)) is not None

    def text(self, path: str) -> str:
        """Gives the text of a manifest, empty where it cannot be read."""
        project = self.analysis.project
        if path in project.known:
            source = project.source(path)
            return source.text if source is not None else ""
        try:
            return (project.data(path) or b"").decode("utf-8-sig")
        except UnicodeDecodeError:
            return ""

    def span(self, place: Said) -> Span:
        """Gives the characters of a stated value, or of the rest of its line where it is no literal."""
        lines = Lines(self.text(place.path))
        whole = lines.line_text(place.line)
        indent = INDENT.match(whole)
        column = place.column - 1 if place.column else (indent.end() if indent is not None else 0)
        start = lines.offset(place.line, 0) + column
        if place.text and self.text(place.path).startswith(place.text, start):
            return Span(start, start + len(place.text))
        return Span(start, start + max(len(whole.rstrip()) - column, 1))

    def changed(self, place: Said, text: str, title: str, safety: Safety, reason: str = "") -> Fix | None:
        """Plans to write a value anew where it stands as a literal; None where it does not."""
        span = self.span(place)
        if not place.text or self.text(place.path)[span.start : span.end] != place.text:
            return None
        return Fix(title, (Edit(place.path, span, text),), safety=safety, reason=reason)

    def renumbered(self, place: Said, number: int, title: str, reason: str) -> Fix | None:
        """Plans another number where a manifest states one, between the quotes that it may have; never safe."""
        was = str(place.value)
        if was not in place.text:
            return None
        return self.changed(place, place.text.replace(was, str(number)), title, "unsafe", reason)

    def import_cost(self, handler: Handler) -> float:
        """Adds up what a handler's file loads from outside the project, in ms of CPU time, as far as it is known.

        The standard library counts nothing: the runtime's own start has loaded much of it, and what packages load of
        it is in their costs.
        """
        loads = self.suspects.imports.loads
        names = sorted(name for name in loads.everything(handler.path) if not is_standard(name))
        costs = (marginal(name, names[:index]) for index, name in enumerate(names))
        return sum(cost for cost in costs if cost is not None)


def version_of(runtime: str) -> tuple[int, ...]:
    """Gives the version in a runtime's name: (3, 12) for `python3.12`."""
    return tuple(int(part) for part in re.findall(r"\d+", runtime))


@dataclass(frozen=True, slots=True)
class Place:
    """A place of a manifest that a rule found, what it has to say about it, and how its fix is planned."""

    function: Deployed
    said: Said
    message: str
    plan: Callable[[], Fix | None]


class DeploymentRule(ABC):
    """A setting that makes a function slow or dear. Its docstring is its documentation and its first test."""

    code: ClassVar[str]
    name: ClassVar[str]
    default: ClassVar[bool] = True
    message: ClassVar[str]
    triggers: ClassVar[tuple[str, ...]]
    """Words of which a manifest that is found must hold one."""
    everywhere: ClassVar[bool] = False
    """Whether it holds beyond Lambda: it speaks of no limit or default of a platform."""

    def __init__(self, view: DeploymentView) -> None:
        self.view = view
        self.places: list[Place] = []

    @abstractmethod
    def look_at(self, function: Deployed) -> None:
        """Reports what is wrong with one function."""

    def report(
        self,
        function: Deployed,
        said: Said | None,
        plan: Callable[[], Fix | None] = no_fix,
        message: str | None = None,
        **names: str,
    ) -> None:
        """Reports a stated fact, or the function's own line for None; the names fill the rule's message."""
        place = said or Said("resource", function.resource, function.manifest, function.line, 0)
        text = (message or self.message).format(function=function.resource, **names)
        self.places.append(Place(function, place, text, plan))


def findings(view: DeploymentView, rules: Iterable[DeploymentRule]) -> Iterator[Finding]:
    """Lists what deployment rules find, each place once: settings that functions share are found for the first."""
    for rule in rules:
        seen: set[tuple[str, int, int]] = set()
        for function in view.functions:
            if rule.everywhere or function.platform == "lambda":
                rule.look_at(function)
        for place in rule.places:
            key = (place.said.path, place.said.line, place.said.column)
            if key not in seen:
                seen.add(key)
                yield _finding(view, rule, place)


def _declaration(function: Deployed) -> Step:
    """Gives the line of the manifest that deploys a function; one line may deploy several."""
    return Step(function.manifest, function.line, f"{function.resource} deploys `{function.handler}`")


def _finding(view: DeploymentView, rule: DeploymentRule, place: Place) -> Finding:
    said, function = place.said, place.function
    lines = Lines(view.text(said.path))
    declared = _declaration(function)
    stated = Step(said.path, said.line, lines.line_text(said.line).strip())
    trace = (declared,) if said.name == "resource" else (declared, stated)
    evidence = Evidence(view.handler_of(function), trace)
    return finding_at(rule, place.message, said.path, lines, view.span(said), evidence, place.plan)

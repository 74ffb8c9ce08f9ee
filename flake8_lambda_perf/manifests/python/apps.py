"""Runs the deployment programs of a project, one for each folder that holds one, and gathers what they declare."""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Callable, Iterable
from dataclasses import field
from typing import TYPE_CHECKING

from flake8_lambda_perf.dataclass import dataclass
from flake8_lambda_perf.manifests.deployed import MAX_FUNCTIONS, is_file
from flake8_lambda_perf.manifests.python import classes
from flake8_lambda_perf.manifests.python.program import MAX_STEPS, ExhaustedError, Program
from flake8_lambda_perf.manifests.python.values import (
    Class,
    Frame,
    Function,
    Instance,
    Outside,
    Place,
    Plain,
    Unknown,
    Value,
    text_of,
)
from flake8_lambda_perf.model import Problem, Said

if TYPE_CHECKING:
    from flake8_lambda_perf.manifests.python.files import Files

LONGEST = 80
"""Characters of the end of a name that tell what it is."""

MAX_CALLS = 20_000
MAX_MORE = 200
"""What is kept of what other calls state of one function."""

DEEPEST = 8
"""Constructs around one another that a name is made of."""

SCOPES = re.compile(r"(?:constructs|core)\.Construct\(\)")


@dataclass(slots=True, eq=False)
class Found:
    """A function that a program declares by the call `made`; `place` is the call that tells it from others."""

    made: Outside
    place: Place
    resource: str
    program: Program
    more: list[Said] = field(default_factory=list)
    """What other calls state of it."""


class Apps:
    """The programs of one kind in a project.

    `markers` are the files in whose folder such a program is started, `first` a word of the files to begin with,
    `declares` a pattern of what a call that declares a function calls, `name` the argument that names it.
    """

    def __init__(
        self, files: Files, markers: tuple[str, ...], first: str, declares: re.Pattern[str], name: tuple[str, int]
    ) -> None:
        self.files = files
        self.found: dict[int, Found] = {}
        self.calls: list[Outside] = []
        self.problems: list[Problem] = []
        self._markers = markers
        self._first = first
        self._declares = declares
        self._name = name
        self._program: Program | None = None
        self._is_full = False

    def run(self, paths: Iterable[str]) -> None:
        """Runs the programs that the files belong to, then the functions in those files that nothing calls."""
        groups: dict[tuple[bool, str], list[str]] = {}
        for path in sorted(paths):
            marked, folder = self._folder(path)
            groups.setdefault((not marked, folder), []).append(path)
        started: dict[ast.AST, Value] = {}
        ran: dict[str, Program] = {}
        for (unmarked, folder), members in sorted(groups.items()):
            program = Program(self.files, folder, "" if unmarked else folder, self._on_call)
            program.started = started
            for path in sorted(members, key=self._order):
                if path not in ran:
                    self._guarded(program, path, self._module)
                ran |= {known: program for known in program.modules if known not in ran}
        for path in sorted(paths):
            if path in ran:
                self._guarded(ran[path], path, self._rest)

    def function_of(self, value: Value | None) -> Found | None:
        """The function that a value is, or that its alias, version, name or address belongs to."""
        for _ in range(10):
            if isinstance(value, Instance):
                value = value.base
            if not isinstance(value, Outside):
                return None
            if id(value) in self.found:
                return self.found[id(value)]
            if value.name.endswith((".Alias()", ".Version()")):
                value = value.argument("version") or value.argument("lambda_")
            else:
                value = value.owner
        return None

    def add(self, values: Iterable[Value | None], facts: Iterable[Said]) -> None:
        """Adds what is stated elsewhere to the functions among some values."""
        said = list(facts)
        for value in values:
            found = self.function_of(value)
            if found is not None:
                found.more += [fact for fact in said if fact not in found.more][: MAX_MORE - len(found.more)]

    # -- running ------------------------------------------------------------------------------

    def _folder(self, path: str) -> tuple[bool, str]:
        """The folder in which the program of a file is started, and whether a file there says so."""
        folder = posixpath.dirname(path)
        while True:
            if any(is_file(self.files.root, posixpath.join(folder, marker)) for marker in self._markers):
                return True, folder
            if not folder:
                return False, posixpath.dirname(path)
            folder = posixpath.dirname(folder)

    def _order(self, path: str) -> tuple[bool, int, str]:
        file = self.files.file(path)
        is_first = file is not None and (self._first in file.text or path.endswith("__main__.py"))
        return not is_first, path.count("/"), path

    def _guarded(self, program: Program, path: str, run: Callable[[Program, str], None]) -> None:
        if program.is_exhausted:
            return
        self._program = program
        try:
            run(program, path)
        except (ExhaustedError, RecursionError):
            message = f"takes more than {MAX_STEPS} steps to follow; name its handlers in `handlers`, or exclude it"
            self.problems.append(Problem(path, 0, message))

    def _module(self, program: Program, path: str) -> None:
        program.script_folder = posixpath.dirname(path)
        program.module(path)

    def _rest(self, program: Program, path: str) -> None:
        """Runs what nothing has called: with anything for what its parameters leave open."""
        frame = program.modules[path]
        for value in list(frame.names.values()):
            if isinstance(value, Class) and value.frame is frame:
                self._whole_class(program, value, frame)
            elif isinstance(value, Function) and value.frame is frame:
                program.run_unknown(value, frame)

    def _whole_class(self, program: Program, cls: Class, frame: Frame) -> None:
        """Constructs an object of a class that has none, and runs its methods that were not run."""
        if cls.node not in program.started:
            classes.construct_unknown(program, cls, frame)
        made = program.started[cls.node]
        for member in list(cls.members.values()):
            if isinstance(member, Function) and member.node not in program.started:
                program.run_unknown(classes.bound(member, made), frame)

    # -- declared functions -------------------------------------------------------------------

    def _on_call(self, made: Outside, frame: Frame) -> None:
        assert self._program is not None
        if not self._declares.search(made.name[-LONGEST:]):
            if len(self.calls) < MAX_CALLS:
                self.calls.append(made)
        elif len(self.found) < MAX_FUNCTIONS:
            name = made.argument(*self._name)
            place = _told_apart(made, name, frame)
            self.found[id(made)] = Found(made, place, _resource(made, name), self._program)
        elif not self._is_full:
            self._is_full = True
            message = f"declares more than {MAX_FUNCTIONS} functions; split the program or exclude it"
            self.problems.append(Problem(made.place.file.path, made.place.position[0], message))


def _resource(made: Outside, name: Value | None) -> str:
    """The name of a resource, below those of the constructs around it; a part of it or its class where computed."""
    hint = name.hint if isinstance(name, Unknown) else ""
    names = [text_of(name) or hint or made.name.rpartition(".")[2].removesuffix("()")]
    while len(names) < DEEPEST:
        scope = made.argument("scope", 0)
        base = scope.base if isinstance(scope, Instance) else None
        outer = None if base is None or not SCOPES.search(base.name) else text_of(base.argument("id", 1))
        if base is None or not outer:
            break
        names.append(outer)
        made = base
    return "/".join(reversed(names))


def _told_apart(made: Outside, name: Value | None, frame: Frame) -> Place:
    """The call that says which function it is: the outermost that holds its handler or its name, else its own."""
    handler = made.argument("handler")
    places = list(handler.places) if isinstance(handler, Plain) else []
    places += [name.place] if isinstance(name, Plain) and name.literal else []
    found, caller = made.place, frame
    while caller.caller is not None:
        if caller.site is not None and any(caller.site.holds(place) for place in places):
            found = caller.site
        caller = caller.caller
    return found

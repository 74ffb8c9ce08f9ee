"""Where requests start: what manifests declare, what the settings name, what looks like a handler."""

from __future__ import annotations

import ast
import posixpath
import re
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from flake8_lambda_perf.dataclass import dataclass
from flake8_lambda_perf.discover import is_test
from flake8_lambda_perf.model import Confidence, Handler, Package, Problem, Said, Step, Unresolved
from flake8_lambda_perf.project import handlers
from flake8_lambda_perf.project.facts import Function, Module, Place
from flake8_lambda_perf.project.handlers import Entry
from flake8_lambda_perf.project.signs import Seeker
from flake8_lambda_perf.project.values import ANYTHING, Const, Func, Inst, Mod, Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flake8_lambda_perf.project.load import Project
    from flake8_lambda_perf.project.names import Names

SHOWN = 5
"""How many modules that fit are told of."""


class Declared(Protocol):
    """What the analysis reads of a function that a manifest deploys."""

    @property
    def handler(self) -> str: ...
    @property
    def root(self) -> str | None: ...
    @property
    def manifest(self) -> str: ...
    @property
    def line(self) -> int: ...
    @property
    def resource(self) -> str: ...
    @property
    def runtime(self) -> str | None: ...
    @property
    def memory(self) -> int | None: ...
    @property
    def timeout(self) -> int | None: ...
    @property
    def snapstart(self) -> bool | None: ...
    @property
    def vpc(self) -> bool | None: ...
    @property
    def provisioned_concurrency(self) -> bool | None: ...
    @property
    def architecture(self) -> str | None: ...
    @property
    def ephemeral_storage(self) -> int | None: ...
    @property
    def efs(self) -> bool | None: ...
    @property
    def package(self) -> Package: ...
    @property
    def web_adapter(self) -> bool | None: ...
    @property
    def concurrent(self) -> bool | None: ...
    @property
    def layers(self) -> tuple[str, ...]: ...
    @property
    def environment(self) -> tuple[str, ...]: ...
    @property
    def triggers(self) -> tuple[str, ...]: ...
    @property
    def said(self) -> tuple[Said, ...]: ...
    @property
    def platform(self) -> str: ...


FACTS = (
    "runtime", "memory", "timeout", "snapstart", "vpc", "provisioned_concurrency", "architecture", "ephemeral_storage",
    "efs", "package", "web_adapter", "concurrent", "layers", "environment", "triggers", "said", "platform",
)  # fmt: skip  # one name a line would take a screen
"""What a handler takes over from the function that a manifest deploys."""


@dataclass(frozen=True, slots=True)
class Target:
    """What a handler string means: a function, or an object that is called, whose function is not known."""

    function: Function | None
    path: str
    line: int
    qualified_name: str


class Entries:
    """The entries of a project, what declares them, and those that are declared or named and not found."""

    def __init__(self, project: Project, names: Names, declared: Iterable[Declared], named: Iterable[str]) -> None:
        self.project = project
        self.names = names
        self.found: list[Entry] = []
        self.handler_of: dict[Function, Handler] = {}
        self.problems: list[Problem] = []
        self.unresolved: list[Unresolved] = []
        self._paths: set[str] = set()  # of what is found
        self._objects: set[tuple[str, str]] = set()  # the files and names of handlers that are no functions
        self._declaring: dict[str, set[str]] = {}  # the folders of the manifests that declare what is in a file
        elsewhere = [deployed for deployed in declared if not self._add_declared(deployed)]
        for deployed in elsewhere:
            self._add_fitting(deployed)
        for name in named:
            self._add_named(name)
        self._add_conventional()

    def _add_conventional(self) -> None:
        seeker = Seeker(self.project.packages)
        for path in self._own:
            signs = seeker.signs(self.project.data(path) or b"")
            if signs.handler or not signs.receivers <= self._imported_names:
                module = self.project.module(path)
                if module is not None:
                    for entry in handlers.conventional(module, self.names):
                        self._add(entry)
                    if path not in self._paths:
                        for entry in handlers.single_parameter(module):
                            if not self._is_used(module, entry.handler.name):
                                self._add(entry)

    def _is_used(self, module: Module, name: str) -> bool:
        """Tells whether a function's name is used in its module, or imported by another."""
        if module.text.count(name) > 1:
            for node in ast.walk(module.tree):
                if isinstance(node, ast.Name) and node.id == name:
                    return True
        return name in self._imported_names or any(self._mentions(path, module.path, name) for path in self._own)

    @cached_property
    def _own(self) -> list[str]:
        """Lists the files that are no tests: those call handlers as the runtime does."""
        return [path for path in self.project.files if not is_test(path)]

    @cached_property
    def _imported_names(self) -> frozenset[str]:
        outlines = (self.project.outline(path) for path in self._own)
        return frozenset(name for outline in outlines for _, _, names in outline.imports for name in names)

    def _mentions(self, path: str, target: str, name: str) -> bool:
        """Tells whether a file imports another, and holds a name that may be one of its: `module.name(...)`."""
        data = self.project.data(path) or b""
        return path != target and f".{name}".encode() in data and target in self.project.links(path)

    def _add(self, entry: Entry) -> None:
        if entry.function is not None:
            if entry.function in self.handler_of and entry.handler.confidence == "conventional":
                return
            self.handler_of.setdefault(entry.function, entry.handler)
        elif entry.handler.deployed is None and (entry.handler.path, entry.handler.qualified_name) in self._objects:
            return
        else:
            self._objects.add((entry.handler.path, entry.handler.qualified_name))
        self.found.append(entry)
        self._paths.add(entry.handler.path)

    # -- declared -----------------------------------------------------------------------------

    def _add_declared(self, deployed: Declared) -> bool:
        """Adds the functions that a handler string means where its module lies in the code's folder or in a layer."""
        module, _, name = deployed.handler.rpartition(".")
        path = self._module_path(deployed, module)
        if path is None:
            return False
        targets = self._targets(path, name)
        for target in targets:
            self._add_target(deployed, target, "declared")
        if not targets:
            readable = self.project.module(path) is not None
            self._leave(deployed, f"{path} defines no `{name}`" if readable else f"{path} cannot be read")
        return True

    def _add_fitting(self, deployed: Declared) -> None:
        """Adds what a handler string may mean where its code lies elsewhere: surely if one module fits, else all.

        Whole projects are put side by side in one repository: the code is looked for below the manifest's folder and
        the one above it, and anywhere only where the manifest does not say where it is. What manifests of other
        folders declare is not what one of this folder means.
        """
        module, _, name = deployed.handler.rpartition(".")
        folder = _folder_of(deployed.manifest)
        near = (folder, _folder_of(folder)) if folder else ("",)
        fitting = self._fitting(module, name, near if deployed.root is not None else (*near, ""))
        every = [target for targets in fitting for target in targets]
        free = [each for each in every if folder in self._declaring.get(each.path, {folder})]
        if len(fitting) == 1 and free:
            for target in free:
                self._add_target(deployed, target, "conventional")
            return
        where = "the manifest does not say where its code is"
        if deployed.root is not None:
            where = f"there is no `{module}` below `{deployed.root or '.'}`"
        paths = ", ".join(sorted({target.path for target in every})[:SHOWN])
        others = f"several modules fit: {paths}" if len(fitting) > 1 else f"another manifest declares {paths}"
        self._leave(deployed, f"{where}, and {others if fitting else 'no module fits'}")
        for target in free:
            if target.function is not None and _takes_two(target.function):
                evidence = f"one of {len(every)} that may be {deployed.resource} in {_name_of(deployed.manifest)}"
                handler = Handler(name, target.path, target.line, target.qualified_name, evidence, "conventional")
                self._add(Entry(handler, target.function, 2))

    def _leave(self, deployed: Declared, reason: str) -> None:
        self.unresolved.append(
            Unresolved(deployed.handler, deployed.manifest, deployed.line, deployed.resource, reason)
        )

    def _add_target(self, deployed: Declared, target: Target, confidence: Confidence) -> None:
        step = Step(deployed.manifest, deployed.line, f"{deployed.resource} deploys `{deployed.handler}`")
        handler = Handler(
            deployed.handler.rpartition(".")[2],
            target.path,
            target.line,
            target.qualified_name,
            f"{deployed.resource} in {_name_of(deployed.manifest)}",
            confidence,
            deployed=step,
            **{fact: getattr(deployed, fact) for fact in FACTS},
        )
        if confidence == "declared":
            self._declaring.setdefault(target.path, set()).add(_folder_of(deployed.manifest))
        if target.function is not None and target.function in self.handler_of:
            self.found.append(Entry(handler, target.function, 2))
        else:
            self._add(Entry(handler, target.function, 2))

    # -- modules and names --------------------------------------------------------------------

    def _module_path(self, deployed: Declared, module: str) -> str | None:
        """Finds the file that the runtime imports for a handler's module, a package before a module."""
        if deployed.root is None:
            return None
        folders = [deployed.root, *(f"{layer}/python" for layer in deployed.layers), *deployed.layers]
        return next((path for folder in folders for path in self._files(folder, module)), None)

    def _files(self, folder: str, module: str) -> Iterator[str]:
        base = posixpath.normpath(posixpath.join(folder, _as_path(module)))
        yield from (path for path in (f"{base}/__init__.py", f"{base}.py") if path in self.project.known)

    def _fitting(self, module: str, name: str, folders: Iterable[str]) -> list[list[Target]]:
        """Lists what modules of this name define, below the first of the folders where any does."""
        tail = _as_path(module).lstrip("./")
        endings = (f"/{tail}.py", f"/{tail}/__init__.py")
        word = re.compile(rb"%s(?<!\w%s)\b" % ((re.escape(name).encode(),) * 2))  # fast, as it starts with letters
        named = [path for path in self._own if f"/{path}".endswith(endings)]
        paths = [path for path in named if word.search(self.project.data(path) or b"")]
        for folder in folders:
            below = [path for path in paths if not folder or path.startswith(f"{folder}/")]
            found = [targets for path in below if (targets := self._targets(path, name))]
            if found:
                return found
        return []

    def _targets(self, path: str, name: str) -> list[Target]:
        """Lists what a name of a module is when a request arrives: functions, else one object that is called."""
        module = self.project.module(path)
        if module is None:
            return self._written(path, name)
        if not (name in module.scope.bindings or "*" in module.scope.bindings):
            return []
        place = Place(module.scope, module.place.branch, module.end.order, module.place.statement)
        values = self.names.name(name, place)
        functions = {_called(value, self.names) for value in values} - {None}
        if functions:
            found = (Target(f, f.module.path, f.line, f.qualified_name) for f in functions if f is not None)
            return sorted(found, key=lambda target: (target.path, target.line))
        bindings = module.scope.bindings.get(name, [])
        if not all(isinstance(value, Mod | Const) for value in values) and (bindings or values != ANYTHING):
            line = bindings[-1].place.statement.lineno if bindings else 1
            return [Target(None, path, line, name)]
        return []

    def _written(self, path: str, name: str) -> list[Target]:
        """Finds a function in a file that does not parse, by its `def`: it is deployed all the same."""
        data = self.project.data(path) or b""
        found = re.search(rb"^(?:async[ \t]+)?def[ \t]+%s\b" % re.escape(name).encode(), data, re.MULTILINE)
        return [] if found is None else [Target(None, path, data.count(b"\n", 0, found.start()) + 1, name)]

    # -- named --------------------------------------------------------------------------------

    def _add_named(self, spec: str) -> None:
        module, _, name = spec.partition(":")
        path = next((path for folder in ("", "src") for path in self._files(folder, module)), None)
        fitting = self._fitting(module, name, ("",)) if path is None else [self._targets(path, name)]
        found = next(iter(fitting[0]), None) if len(fitting) == 1 else None
        if found is None:
            reason = "no such module" if path is None else "the module has no such function"
            self.problems.append(
                Problem("", 0, f"handlers names `{spec}`: {reason}; write it as package.module:function")
            )
            return
        handler = Handler(name, found.path, found.line, found.qualified_name, "named in the settings", "named")
        passed = min(len(found.function.params), 2) if found.function is not None else 2
        self._add(Entry(handler, found.function, passed))


def _as_path(module: str) -> str:
    """Writes the module of a handler string as a path: `src/app`, `src.app` and `./src/app` are one."""
    prefix = re.match(r"(?:\.{1,2}/)*", module)
    start = prefix.end() if prefix is not None else 0
    return module[:start] + module[start:].replace(".", "/")


def _folder_of(path: str) -> str:
    return path.rpartition("/")[0]


def _name_of(path: str) -> str:
    return path.rpartition("/")[2]


def _called(value: Value, names: Names) -> Function | None:
    """Names the function that runs when the platform calls a value."""
    match value:
        case Func(function=function):
            return function
        case Inst(cls=cls):
            return names.members.method(cls, "__call__")
    return None


def _takes_two(function: Function) -> bool:
    """Tells whether a function can be called with an event and a context."""
    args = function.head.args
    most = len(args.posonlyargs) + len(args.args) - function.has_receiver
    least = most - len(args.defaults)
    return least <= 2 and (most >= 2 or args.vararg is not None)

"""Where requests start: what manifests declare, what the settings name, what looks like a handler."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from flake8_lambda_perf.discover import is_test
from flake8_lambda_perf.model import Confidence, Handler, Package, Problem, Said, Step, Unresolved
from flake8_lambda_perf.project import handlers
from flake8_lambda_perf.project.facts import Function, Module
from flake8_lambda_perf.project.handlers import Entry

if TYPE_CHECKING:
    from flake8_lambda_perf.project.load import Project
    from flake8_lambda_perf.project.names import Names


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


FACTS = (
    "runtime", "memory", "timeout", "snapstart", "vpc", "provisioned_concurrency", "architecture", "ephemeral_storage",
    "efs", "package", "web_adapter", "concurrent", "layers", "environment", "triggers", "said",
)  # fmt: skip  # one name a line would take a screen
"""What a handler takes over from the function that a manifest deploys."""


class Entries:
    """The entries of a project, what declares them, and those that are declared or named and not found."""

    def __init__(self, project: Project, names: Names, declared: Iterable[Declared], named: Iterable[str]) -> None:
        self.project = project
        self.names = names
        self.found: list[Entry] = []
        self.handler_of: dict[Function, Handler] = {}
        self.deployed_by: dict[Handler, Step] = {}  # the line of a manifest that declares a handler
        self.problems: list[Problem] = []
        self.unresolved: list[Unresolved] = []
        self._paths: set[str] = set()  # of what is found
        for deployed in declared:
            self._add_declared(deployed)
        for name in named:
            self._add_named(name)
        self._add_conventional()

    def _add_conventional(self) -> None:
        for path in self._own:
            outline = self.project.outline(path)
            if outline.handler or not outline.receivers <= self._imported_names:
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
            if entry.function in self.handler_of:
                return
            self.handler_of[entry.function] = entry.handler
        self.found.append(entry)
        self._paths.add(entry.handler.path)

    def _add_declared(self, deployed: Declared) -> None:
        module_name, _, name = deployed.handler.rpartition(".")
        dotted = module_name.replace("/", ".")
        path = self._module_path(deployed.root, dotted)
        confidence: Confidence = "declared"
        if path is None:
            path, confidence = self._unique(dotted, name), "conventional"
        module = self.project.module(path) if path is not None else None
        found = handlers.resolve_name(module, name, self.names) if module is not None else None
        if module is None or found is None:
            self.unresolved.append(_unresolved(deployed, path, name))
            return
        function = found if isinstance(found, Function) else None
        line = function.line if function is not None else 1
        handler = Handler(
            name,
            function.module.path if function is not None else module.path,
            line,
            function.qualified_name if function is not None else name,
            f"{deployed.resource} in {deployed.manifest.rpartition('/')[2]}",
            confidence,
            **{fact: getattr(deployed, fact) for fact in FACTS},
        )
        self.deployed_by[handler] = Step(
            deployed.manifest, deployed.line, f"{deployed.resource} deploys `{deployed.handler}`"
        )
        self._add(Entry(handler, function, 2))

    def _module_path(self, root: str | None, dotted: str) -> str | None:
        if root is None:
            return None
        base = "/".join([*([root] if root else []), *dotted.split(".")])
        return next((path for path in (f"{base}.py", f"{base}/__init__.py") if path in self.project.known), None)

    def _unique(self, dotted: str, name: str) -> str | None:
        """Finds the only module of the project whose path ends with the handler's and that defines it."""
        tail = dotted.replace(".", "/")
        found = [path for path in self.project.files if f"/{path}".endswith(f"/{tail}.py") and not is_test(path)]
        defining = [path for path in found if f"def {name}".encode() in (self.project.data(path) or b"")]
        return defining[0] if len(defining) == 1 else None

    def _add_named(self, spec: str) -> None:
        dotted, _, name = spec.partition(":")
        path = self._module_path("", dotted) or self._module_path("src", dotted) or self._unique(dotted, name)
        module = self.project.module(path) if path is not None else None
        found = handlers.resolve_name(module, name, self.names) if module is not None else None
        if not isinstance(found, Function):
            reason = "no such module" if module is None else "the module has no such function"
            self.problems.append(
                Problem("", 0, f"handlers names `{spec}`: {reason}; write it as package.module:function")
            )
            return
        handler = Handler(name, found.module.path, found.line, found.qualified_name, "named in the settings", "named")
        self._add(Entry(handler, found, min(len(found.params), 2)))


def _unresolved(deployed: Declared, path: str | None, name: str) -> Unresolved:
    """Tells why the code of a deployed function is not known."""
    if path is not None:
        reason = f"{path} defines no `{name}`, or cannot be read"
    elif deployed.root is None:
        reason = "the manifest does not say where its code is, and no one module of the project fits"
    else:
        reason = f"there is no such module below `{deployed.root or '.'}`, and no one module of the project fits"
    return Unresolved(deployed.handler, deployed.manifest, deployed.line, deployed.resource, reason)

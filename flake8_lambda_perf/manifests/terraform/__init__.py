"""Reads Terraform: the functions of whole folders, because their files are one, and of the modules that they call."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from flake8_lambda_perf.manifests.deployed import (
    MAX_FUNCTIONS,
    Deployed,
    LocatedError,
    Reading,
    gathered,
)
from flake8_lambda_perf.manifests.terraform import google
from flake8_lambda_perf.manifests.terraform.code import Sources
from flake8_lambda_perf.manifests.terraform.files import Files
from flake8_lambda_perf.manifests.terraform.invocations import TARGETS, Elsewhere
from flake8_lambda_perf.manifests.terraform.lambdas import RESOURCE, Declared, Lambdas, is_function
from flake8_lambda_perf.manifests.terraform.scopes import Instance, Scope
from flake8_lambda_perf.manifests.terraform.values import Evaluation

if TYPE_CHECKING:
    from flake8_lambda_perf.manifests.terraform.hcl_nodes import Block
    from flake8_lambda_perf.model import Problem

GOOGLE = frozenset({google.FIRST, google.SECOND})


def read(root: Path, paths: Iterable[str]) -> Reading:
    """The Python functions that all Terraform files of a project declare, and what could not be read."""
    files = Files(root, paths)
    deployed: list[Deployed] = []
    problems: list[Problem] = []
    seen: set[str] = set()
    roots = files.roots()
    for path in [*roots, *files.declaring()]:
        if path not in seen:  # a folder that is called, and by no root, is called in a circle
            walk = _Walk(root, files)
            walk.enter(path)
            seen |= walk.seen
            found, failed = walk.functions()
            deployed += found
            problems += [*walk.problems, *failed]
    once = {replace(each, inline=None): each for each in deployed}  # code in the manifest is long, and tells no more
    return tuple(once.values()), tuple(dict.fromkeys([*files.problems, *problems]))


class _Walk:
    """Goes from a root module through those it calls."""

    def __init__(self, root: Path, files: Files) -> None:
        self.seen: set[str] = set()
        self.problems: list[Problem] = []
        self._files = files
        self._evaluation = Evaluation(files.folder_at)
        self._sources = Sources(root, self._evaluation)
        self._elsewhere = Elsewhere(self._evaluation)
        self._declared: list[Declared] = []
        self._too_many: Problem | None = None

    def enter(self, path: str) -> None:
        """Reads a root module and all modules below it."""
        folder = self._files.folder_at(path)
        pending = [] if folder is None else [Scope(folder, base=path)]
        while pending:
            scope = pending.pop()
            self.seen.add(scope.folder.path)
            for names, block in scope.folder.resources.items():
                if names[0] == RESOURCE or names[0] in GOOGLE:
                    self._declare(names, block, scope)
                elif names[0] in TARGETS:
                    self._add(names[0], block, scope)
            called = [child for name, block in scope.folder.modules.items() for child in self._call(name, block, scope)]
            pending += called[::-1]

    def functions(self) -> Reading:
        """The functions that were found on the way."""
        lambdas = Lambdas(self._sources, self._elsewhere)

        def function(declared: Declared) -> Deployed | None:
            return google.read(declared, self._sources) if declared.names[0] in GOOGLE else lambdas.read(declared)

        return gathered(self._declared, function)

    def _declare(self, names: tuple[str, ...], block: Block, scope: Scope) -> None:
        room = MAX_FUNCTIONS - len(self._declared)
        instances = self._instances(block, scope) if room else []
        self._declared += [Declared(scope, names, block, instance) for instance in instances[:room]]
        if self._too_many is None and (not room or len(instances) > room):
            message = f"declares more than {MAX_FUNCTIONS} functions; split the project or exclude the file"
            self._too_many = LocatedError(message, block.spot.path, block.spot.line).problem()
            self.problems.append(self._too_many)

    def _call(self, name: str, block: Block, scope: Scope) -> Iterator[Scope]:
        """The instances of a local module; that of the community is a function itself."""
        for instance in self._instances(block, scope):
            try:
                child = self._evaluation.child(scope, name, instance.key)
            except LocatedError as error:
                self.problems.append(error.problem())
                return
            if child is None:
                if is_function(block):
                    self._declare(("module", name), block, scope)
                return
            yield child

    def _add(self, kind: str, block: Block, scope: Scope) -> None:
        for instance in self._instances(block, scope):
            try:
                self._elsewhere.add(kind, block, instance)
            except LocatedError as error:
                self.problems.append(error.problem())

    def _instances(self, block: Block, scope: Scope) -> list[Instance]:
        try:
            return self._evaluation.instances(block, scope)
        except LocatedError as error:
            self.problems.append(error.problem())
            return []

"""What the project around an inner one deploys of it: a manifest often stands above the folder that has settings."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from flake8_lambda_perf import discover, manifests
from flake8_lambda_perf.config import find_root, is_project, load
from flake8_lambda_perf.errors import ConfigError
from flake8_lambda_perf.manifests.deployed import module_file
from flake8_lambda_perf.project.load import Project

if TYPE_CHECKING:
    from flake8_lambda_perf.manifests import Deployed

PROGRAMS = tuple(manifests.PROGRAMS)


def around(root: Path) -> Path | None:
    """The root of the project that an inner project lies in; None where there is none."""
    outer = find_root(root.parent)
    return outer if outer != root and outer in root.parents and is_project(outer) else None


class Enclosing:
    """A project that others lie in; read once, for all of them."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()

    @cached_property
    def _project(self) -> tuple[Project, tuple[str, ...]]:
        try:
            settings = load(self.root, None, isolated=False)
        except ConfigError:  # which a run over that project tells
            return Project(self.root, (), {}), ()
        tree = discover.walk(self.root, settings)
        return Project(self.root, tree.python, {}), tree.manifests

    @cached_property
    def _deployed(self) -> tuple[Deployed, ...]:
        project, paths = self._project
        return manifests.read(self.root, paths, project)[0]

    def contents(self) -> Iterator[bytes]:
        """Everything that what is declared depends on."""
        project, paths = self._project
        for path in paths:
            yield path.encode(errors="surrogateescape")
            try:
                yield (self.root / path).read_bytes()
            except OSError:
                yield b""
        for path in project.files:
            data = project.data(path) or b""
            yield path.encode(errors="surrogateescape")
            yield data if any(word in data for word in PROGRAMS) else b""

    def declared(self, root: Path, known: Collection[str]) -> Iterator[Deployed]:
        """The functions whose code lies in the inner project at `root`, of whose files `known` are; seen from there."""
        prefix = f"{root.resolve().relative_to(self.root).as_posix()}/"
        for each in self._deployed:
            file = None if each.root is None else module_file(self.root, each.root, each.handler)
            if file is not None and file.startswith(prefix) and file.removeprefix(prefix) in known:
                yield _seen_from(prefix, each, file.removeprefix(prefix))


def _seen_from(prefix: str, deployed: Deployed, file: str) -> Deployed:
    """The same function with its paths relative to an inner project, that of its code within it."""
    code, handler = f"{deployed.root}/", deployed.handler
    if not code.startswith(prefix):
        module = file.removesuffix(".py").removesuffix("/__init__")
        code, handler = prefix, f"{module}.{handler.rpartition('.')[2]}"
    above = "../" * prefix.count("/")
    return replace(
        deployed,
        handler=handler,
        root=code.removeprefix(prefix).rstrip("/"),
        manifest=above + deployed.manifest,
        layers=tuple(layer.removeprefix(prefix) for layer in deployed.layers if layer.startswith(prefix)),
        said=tuple(replace(fact, path=above + fact.path) for fact in deployed.said),
    )

"""What the functions renew that run after a snapshot is restored."""

from __future__ import annotations

import ast
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_lambda_perf.project.analysis import Analysis
    from flake8_lambda_perf.project.facts import Module

HOOK = "register_after_restore"


class Hooks:
    """The hooks of deployed code; belongs to one `Analysis`. A name stands for all that is called so: silence."""

    def __init__(self, analysis: Analysis) -> None:
        self.analysis = analysis

    def renew(self, name: str) -> bool:
        """Tells whether a function that runs after restoring, or one that it calls, mentions a name."""
        return name in self._mentioned

    @cached_property
    def _mentioned(self) -> frozenset[str]:
        project = self.analysis.project
        registering = [path for path in sorted(self.analysis.deployed) if HOOK.encode() in (project.data(path) or b"")]
        modules = [module for path in registering if (module := project.module(path)) is not None]
        stack: list[ast.AST] = [node for module in modules for node in _hooks_of(module)]
        if not stack:
            return frozenset()
        bodies: dict[str, list[ast.AST]] = {}
        for module in {*modules, *self.analysis.graph.modules.values()}:
            for function in module.functions:
                bodies.setdefault(function.name, []).append(function.node)
        found: set[str] = set()
        while stack:
            for name in _names_of(stack.pop()):
                if name not in found:
                    found.add(name)
                    stack.extend(bodies.get(name, ()))
        return frozenset(found)


def _hooks_of(module: Module) -> Iterator[ast.AST]:
    """Lists the functions of a module that run after restoring, and what else is registered for it."""
    for site in module.sites.values():
        if ast.unparse(site.node.func).endswith(HOOK):
            yield from site.node.args
    for function in module.functions:
        if any(ast.unparse(decorator).endswith(HOOK) for decorator in function.decorated):
            yield function.node


def _names_of(node: ast.AST) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Name):
            yield part.id
        elif isinstance(part, ast.Attribute):
            yield part.attr

"""What the rules about routers and blueprints share: they differ in the framework."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import libcst as cst

from flake8_lambda_perf.model import Fix
from flake8_lambda_perf.rules.base import Rule

if TYPE_CHECKING:
    from flake8_lambda_perf.project.registrations import Registration
    from flake8_lambda_perf.rules.view import ModuleView
    from flake8_lambda_perf.source import SourceFile


class RegistrationRule(Rule):
    """A rule that reports the first of too many registrations with one application."""

    def look_at(self, node: cst.Call, method: str, what: str) -> None:
        """Reports the call if it is the first of too many; `what` names what is registered."""
        if not isinstance(node.func, cst.Attribute) or node.func.attr.value != method:
            return
        found = self.view.registration_at(node)
        if found is not None:
            count = len(found.calls)
            text = f"`{found.app}` registers {count} {what}, this one first"
            evidence = self.view.load_evidence(found.calls[0].lineno, text)
            fix = partial(_planned, self.view, found, what)
            self.report(node, evidence, fix, app=found.app, count=str(count), handler=evidence.handler_name)


def _planned(view: ModuleView, found: Registration, what: str) -> Fix | None:
    """Plans the fix of one application, knowing all files of its project."""
    from flake8_lambda_perf.fixes import blueprints, routers  # few projects need them
    from flake8_lambda_perf.fixes.router_calls import RouterApp

    project = view.analysis.project
    own = project.source(found.module.path)
    assert own is not None

    def find(name: str) -> SourceFile | None:
        path = project.locate(name, own.path, 0) if name else None
        return project.source(path) if path is not None else None

    others = (project.source(path) for path in project.files if path != own.path)
    app = RouterApp(own, _dotted(own.path, project.known), find, tuple(other for other in others if other is not None))
    fix = routers.plan(app) if what == "routers" else blueprints.plan(app)
    return fix if isinstance(fix, Fix) else None


def _dotted(path: str, known: frozenset[str]) -> str:
    """Names a module as its own package does: from the outermost folder with an `__init__.py` on."""
    *folders, file = path.removesuffix(".py").split("/")
    parts = [] if file == "__init__" else [file]
    while folders and "/".join([*folders, "__init__.py"]) in known:
        parts.insert(0, folders.pop())
    return ".".join(parts)

"""What a rule may ask about a LibCST node of one module; the answers come from the analysis of the project."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass

import libcst as cst

from flake8_lambda_perf.model import Handler, Span, Step
from flake8_lambda_perf.project.analysis import Analysis, Build, Construction
from flake8_lambda_perf.project.edges import Edge
from flake8_lambda_perf.project.facts import Module, Site
from flake8_lambda_perf.project.graph import Proof
from flake8_lambda_perf.source import Lines

VERBS = {"calls": "calls", "builds": "builds", "passes": "passes on", "reads": "reads", "enters": "enters", "iterates": "iterates"}


@dataclass(frozen=True, slots=True)
class Evidence:
    """The handler and the steps that lead from it to a line, the line's own step last."""

    handler: Handler | None
    steps: tuple[Step, ...]


class ModuleView:
    """One module as rules see it; `pairs` maps the id of a LibCST node to its `ast` node."""

    def __init__(self, analysis: Analysis, module: Module, lines: Lines, pairs: Mapping[int, ast.AST]) -> None:
        self.analysis = analysis
        self.module = module
        self.lines = lines
        self.pairs = pairs

    def ast_of(self, node: cst.CSTNode) -> ast.AST | None:
        """Gives the `ast` node of a LibCST node; None for what has none (commas, names of parameters)."""
        return self.pairs.get(id(node))

    def span_of(self, node: cst.CSTNode) -> Span:
        """Gives the characters of a node."""
        return self.lines.span(self.pairs[id(node)])

    def site_of(self, node: cst.Call) -> Site | None:
        """Gives the facts of a call."""
        partner = self.ast_of(node)
        return self.module.sites.get(partner) if partner is not None else None

    def build_at(self, node: cst.Call) -> Build | None:
        """Tells which known client a call builds on every request."""
        partner = self.ast_of(node)
        return self.analysis.build_at(partner) if partner is not None else None

    def construction_at(self, node: cst.Call) -> Construction | None:
        """Tells which project class that builds clients is instantiated here on every request."""
        partner = self.ast_of(node)
        return self.analysis.construction_at(partner) if partner is not None else None

    # -- evidence -----------------------------------------------------------------------------

    def evidence(self, proof: Proof, line: int, text: str) -> Evidence:
        """Tells a proof as steps: the handler, each call on the way, and the line itself."""
        handler = self.analysis.handler_of[proof.entry]
        steps = [Step(handler.path, handler.line, f"handler `{handler.qualified_name}` ({handler.evidence})")]
        for edge in proof.path:
            steps.append(Step(edge.module.path, edge.line, _told(edge)))
        steps.append(Step(self.module.path, line, text))
        return Evidence(handler, tuple(steps))

    def construction_evidence(self, build: Build) -> Evidence:
        """Tells a proof that leads through a constructor; its last step is the client call in there."""
        site = build.site
        evidence = self.evidence(build.proofs[0], 0, "")
        last = Step(site.place.scope.module.path, site.node.lineno, f"`{build.client.name}` is built")
        return Evidence(evidence.handler, (*evidence.steps[:-1], last))


def _told(edge: Edge) -> str:
    caller = edge.caller.qualified_name if edge.caller is not None else "the module"
    target = edge.built.name if edge.built is not None else edge.callee.qualified_name
    return f"`{caller}` {VERBS[edge.kind]} `{target}`"

"""What a rule may ask about a LibCST node of one module; the answers come from the analysis of the project."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_lambda_perf.model import Handler, Span, Step
from flake8_lambda_perf.project.caches import default_of
from flake8_lambda_perf.project.sharing import belongs_to_request, is_adjusted, logs_in
from flake8_lambda_perf.project.values import Ext, ordered
from flake8_lambda_perf.rules.found import Evidence

if TYPE_CHECKING:
    from collections.abc import Mapping

    import libcst as cst

    from flake8_lambda_perf.project.analysis import Build, Construction
    from flake8_lambda_perf.project.edges import Edge
    from flake8_lambda_perf.project.facts import ImportSite, Module, Place, Site
    from flake8_lambda_perf.project.graph import Proof
    from flake8_lambda_perf.project.registrations import Registration
    from flake8_lambda_perf.project.snapshots import Captured
    from flake8_lambda_perf.project.suspects import Suspects
    from flake8_lambda_perf.source import Lines

VERBS = {
    "calls": "calls",
    "builds": "builds",
    "passes": "passes on",
    "reads": "reads",
    "enters": "enters",
    "iterates": "iterates",
}


class ModuleView:
    """One module as rules see it; `pairs` maps the id of a LibCST node to its `ast` node."""

    def __init__(self, suspects: Suspects, module: Module, lines: Lines, pairs: Mapping[int, ast.AST]) -> None:
        self.analysis = suspects.analysis
        self.module = module
        self.lines = lines
        self.pairs = pairs
        self.suspects = suspects

    def ast_of(self, node: cst.CSTNode) -> ast.AST | None:
        """Gives the `ast` node of a LibCST node; None for what has none (commas, names of parameters)."""
        return self.pairs.get(id(node))

    def span_of(self, node: cst.CSTNode) -> Span:
        """Gives the characters of a node."""
        return self.lines.span(self.pairs[id(node)])

    def call_of(self, node: cst.Call) -> ast.Call:
        """Gives the `ast` node of a call."""
        partner = self.pairs[id(node)]
        assert isinstance(partner, ast.Call)
        return partner

    def site_of(self, node: cst.Call) -> Site | None:
        """Gives the facts of a call."""
        partner = self.ast_of(node)
        return self.module.sites.get(partner) if partner is not None else None

    def build_at(self, node: cst.Call) -> Build | None:
        """Tells which known client a call builds on every request, if it is reported as such."""
        partner = self.ast_of(node)
        if partner is None or partner in self.suspects.caches.replaced:
            return None
        return self.analysis.build_at(partner)

    def built_at(self, node: cst.Call) -> Build | None:
        """Tells what else than a client a call builds or sets up on every request, constructors included."""
        partner = self.call_of(node)
        return self.analysis.build_at(partner) or self.suspects.constructed.get(partner)

    def cached_in_vain_at(self, node: cst.Call) -> Build | None:
        """Tells which client a call builds on every request although a cache seems to keep it."""
        partner = self.ast_of(node)
        return self.suspects.caches.found.get(partner) if partner is not None else None

    def app_at(self, node: cst.Call) -> Build | None:
        """Tells which app a call gives that is built on every request, by the call itself or by a factory."""
        partner = self.ast_of(node)
        return self.suspects.apps.get(partner) if partner is not None else None

    def construction_at(self, node: cst.Call) -> Construction | None:
        """Tells which project class that builds clients is instantiated here on every request."""
        partner = self.ast_of(node)
        if partner is None or partner in self.suspects.caches.replaced:
            return None
        return self.analysis.construction_at(partner)

    def registration_at(self, node: cst.Call) -> Registration | None:
        """Gives the registrations of an app that are too many, at the first of them."""
        partner = self.ast_of(node)
        return self.suspects.registrations.get(partner) if partner is not None else None

    def captured_at(self, node: cst.Call) -> Captured | None:
        """Tells what a snapshot, or a default, keeps of a call."""
        partner = self.ast_of(node)
        return self.suspects.snapshots.found.get(partner) if partner is not None else None

    def import_site(self, node: cst.Import | cst.ImportFrom) -> ImportSite | None:
        """Gives the facts of an import inside a function."""
        partner = self.ast_of(node)
        return self.suspects.import_site(self.module, partner) if isinstance(partner, ast.stmt) else None

    def wildcard_at(self, node: cst.ImportFrom) -> ast.ImportFrom | None:
        """Gives a wildcard import that brings in names which the module uses."""
        partner = self.ast_of(node)
        return next((found for found, _place in self.suspects.wildcards(self.module) if found is partner), None)

    def names_of(self, node: cst.Call) -> frozenset[str]:
        """Lists the names outside the project that a called function can have; empty where it can be anything else."""
        site = self.site_of(node)
        values = self.analysis.names.values(site.node.func, site.place) if site is not None else frozenset()
        names = frozenset(value.name for value in values if isinstance(value, Ext))
        return names if len(names) == len(values) else frozenset()

    def is_run(self, site: Site) -> bool:
        """Tells whether deployed code runs a call at all, at import or later."""
        explored = site.function is None or site.function in self.analysis.graph.explored
        return explored and self.analysis.graph.possible(site.place)

    def proof_of(self, site: Site) -> Proof | None:
        """Finds the path on which requests run a call with arguments that stay the same, constructors included."""
        values = [*site.node.args, *(keyword.value for keyword in site.node.keywords)]
        if isinstance(site.node.func, ast.Attribute):
            values.append(site.node.func.value)
        graph = self.analysis.graph
        if site.function is None or site.function not in graph.requests:
            return None
        duties = graph.duties.of_values(values, site.place)
        if duties is None:
            return None
        plain = next(graph.proofs(site.place, duties), None)
        return plain or next(graph.proofs(site.place, duties, through_constructors=True), None)

    def is_receiver(self, node: cst.Call) -> bool:
        """Tells whether another call that builds something per request is made on what this call gives."""
        return self.ast_of(node) in self.suspects.receivers

    def is_added(self, call: ast.Call) -> bool:
        """Tells whether a log handler is made right in a call of `addHandler`."""
        sites = self.module.sites.values()
        return any(call in site.node.args and _last(site.node.func) == "addHandler" for site in sites)

    def lookup_around(self, node: cst.Call) -> ast.Call | None:
        """Gives the look-up whose default a call is."""
        partner = self.ast_of(node)
        return next((site.node for site in self.module.sites.values() if default_of(site.node) is partner), None)

    def belongs_to_request(self, construction: Construction, node: cst.Call) -> bool:
        """Tells whether the instance that is made here takes or notes what belongs to one request."""
        site = self.site_of(node)
        return site is not None and belongs_to_request(self.analysis, construction.cls, site)

    def is_adjusted(self, build: Build) -> bool:
        """Tells whether what is built is given values of a request afterwards."""
        return is_adjusted(self.analysis, build)

    def logs_in(self, node: cst.Call) -> bool:
        """Tells whether the session that a call builds logs the caller of a request in."""
        build = self.build_at(node)
        return build is not None and logs_in(self.analysis, build)

    def owner_of(self, build: Build) -> str:
        """Names the class whose instances keep what is built."""
        memo = self.analysis.graph.memos.around(build.site.place)
        found = set(memo.instances) if memo is not None else set()
        for edge in build.proofs[0].path:
            found.update(edge.memo.instances if edge.memo is not None else ())
        return min(cls.name for cls in found)

    def arguments_inside(self, expr: ast.expr, place: Place) -> frozenset[str]:
        """Lists the names outside the project of what an object is made with."""
        node: ast.expr | None = expr
        if isinstance(expr, ast.Name):
            bindings = self.analysis.names.bindings(expr.id, place) or []
            node = bindings[0].value if len(bindings) == 1 else None
        args = node.args if isinstance(node, ast.Call) else []
        values = (value for arg in args for value in ordered(self.analysis.names.values(arg, place)))
        return frozenset(value.name for value in values if isinstance(value, Ext))

    def tests_around(self, place: Place) -> list[str]:
        """Lists the tests that stand before a place in its function, as text."""
        return [ast.unparse(branch.test) for branch in place.branch.chain() if branch.test is not None]

    # -- evidence -----------------------------------------------------------------------------

    def evidence(self, proof: Proof, line: int, text: str, path: str = "") -> Evidence:
        """Tells a proof as steps: the handler, each call on the way, and the line itself, in this module by default."""
        handler = self.analysis.handler_of[proof.entry]
        steps = self._start(handler)
        steps.extend(Step(edge.module.path, edge.line, _told(edge)) for edge in proof.path)
        steps.append(Step(path or self.module.path, line, text))
        return Evidence(handler, tuple(steps))

    def _start(self, handler: Handler) -> list[Step]:
        """Tells what makes a function a handler: the line of the manifest that deploys it, and its own."""
        deployed = handler.deployed
        own = Step(handler.path, handler.line, f"handler `{handler.qualified_name}` ({handler.evidence})")
        return [own] if deployed is None else [deployed, own]

    def build_evidence(self, build: Build) -> Evidence:
        """Tells how requests come to build something; the last step is the line that does."""
        site = build.site
        text = f"`{ast.unparse(site.node.func)}(...)` is built"
        return self.evidence(build.proofs[0], site.node.lineno, text, site.place.scope.module.path)

    def captured_evidence(self, captured: Captured) -> Evidence:
        """Tells how a function comes to load a module, what its body calls, and the line whose value lasts."""
        line = captured.site.node.lineno
        imports = (Step(link.path, link.line, f"`{link.text}`") for link in captured.chain)
        calls = (Step(edge.module.path, edge.line, _told(edge)) for edge in captured.path)
        when = "before the snapshot" if captured.restored else "when the module is imported"
        own = Step(self.module.path, line, f"`{ast.unparse(captured.site.node.func)}(...)` runs {when}")
        return Evidence(captured.handler, (*self._start(captured.handler), *imports, *calls, own))

    def load_evidence(self, line: int, text: str) -> Evidence:
        """Tells how a handler comes to load this module, import by import, and the line itself."""
        found = self.suspects.imports.import_chain(self.module.path)
        own = Step(self.module.path, line, text)
        if found is None:
            return Evidence(None, (own,))
        handler, chain = found
        imports = (Step(path, at, f"`{code}`") for path, at, code in chain)
        return Evidence(handler, (*self._start(handler), *imports, own))


def _last(func: ast.expr) -> str:
    return func.attr if isinstance(func, ast.Attribute) else ""


def _told(edge: Edge) -> str:
    caller = f"`{edge.caller.qualified_name}`" if edge.caller is not None else "the module's body"
    target = edge.built.name if edge.built is not None else edge.callee.qualified_name
    return f"{caller} {VERBS[edge.kind]} `{target}`"

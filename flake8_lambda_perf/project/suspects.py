"""What rules ask beside the clients, once for a project, and the statements such rules may report in.

The statements over-approximate: a rule looks at each again.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from flake8_lambda_perf.discover import is_test
from flake8_lambda_perf.knowledge import canonical
from flake8_lambda_perf.project import wildcards
from flake8_lambda_perf.project.artifacts import Artifacts
from flake8_lambda_perf.project.caches import CLIENT_CODES, LOOKUPS, Caches, chain_of, default_of
from flake8_lambda_perf.project.imports import Imports
from flake8_lambda_perf.project.index import index_body
from flake8_lambda_perf.project.registrations import Registration, registrations
from flake8_lambda_perf.project.snapshots import Snapshots
from flake8_lambda_perf.project.values import Ext, Func

if TYPE_CHECKING:
    from flake8_lambda_perf.project.analysis import Analysis, Build
    from flake8_lambda_perf.project.facts import Function, ImportSite, Module, Place

METHODS = frozenset({"addHandler", "download_file", "download_fileobj", "include_router", "register_blueprint"})
PATCH_ALL = "aws_xray_sdk.core.patch_all"
Found = Iterator[tuple[str, ast.stmt]]


class Suspects:
    """Answers of one project, each made when it is first asked for; belongs to one `Analysis`."""

    def __init__(self, analysis: Analysis) -> None:
        self.analysis = analysis
        self._import_sites: dict[str, dict[ast.stmt, ImportSite]] = {}
        self._wildcards: dict[str, tuple[tuple[ast.ImportFrom, Place], ...]] = {}

    @cached_property
    def imports(self) -> Imports:
        """The verdicts on imports inside functions."""
        return Imports(self.analysis)

    @cached_property
    def caches(self) -> Caches:
        """The builds that a cache does not spare."""
        return Caches(self.analysis)

    @cached_property
    def snapshots(self) -> Snapshots:
        """What snapshots keep although each execution environment needs its own."""
        return Snapshots(self.analysis, self.imports.loads)

    @cached_property
    def artifacts(self) -> Artifacts:
        """What is known about files that calls read."""
        return Artifacts(self.analysis.names)

    @cached_property
    def registrations(self) -> dict[ast.AST, Registration]:
        """The first registering call of each app with too many, and all of them."""
        return registrations(self.analysis, self.imports.loads)

    @cached_property
    def constructed(self) -> dict[ast.AST, Build]:
        """What constructors build per request, other than the clients that are reported where the class is used."""
        builds = (build for construction in self.analysis.constructions.values() for build in construction.builds)
        return {build.site.node: build for build in builds if build.client.code not in CLIENT_CODES}

    @cached_property
    def receivers(self) -> frozenset[ast.AST]:
        """The calls whose result another build is asked of: the session of `boto3.Session().client("s3")`."""
        return frozenset(call for node in self.analysis.builds for call in list(chain_of(node))[1:])

    @cached_property
    def apps(self) -> dict[ast.AST, Build]:
        """The apps built per request, each by the outermost call that gives it back."""
        found: dict[ast.AST, Build] = {}
        factories: set[Function | None] = set()
        inner: list[Build] = []
        for build in [*self.analysis.builds.values(), *self.constructed.values()]:
            if build.client.code != "LPF303":
                continue
            call = self._factory_call(build)
            if call is build.site.node:
                inner.append(build)
            else:
                found[call] = build
                factories.add(build.site.function)
        found.update((build.site.node, build) for build in inner if build.site.function not in factories)
        return found

    def _factory_call(self, build: Build) -> ast.AST:
        """Finds the outermost call on the way to an app's build whose function returns that app."""
        made = canonical(f"{build.client.name}()")
        call: ast.AST = build.site.node
        for edge in reversed(build.proofs[0].path):
            returned = self.analysis.names.returned(Func(edge.callee))
            if edge.kind != "calls" or not any(isinstance(value, Ext) and value.name == made for value in returned):
                break
            call = edge.node
        return call

    # -- statements ---------------------------------------------------------------------------

    def statements(self, codes: frozenset[str]) -> Found:
        """Lists where the rules of these codes may report, beside the statements that build clients."""
        for path in sorted(self.analysis.graph.modules):
            if not is_test(path):
                module = self.analysis.graph.modules[path]
                yield from self._calls(module)
                if "LPF203" in codes:
                    yield from ((path, place.statement) for _node, place in self.wildcards(module))
        if any(code.startswith("LPF6") for code in codes):
            for captured in self.snapshots.found.values():
                yield captured.site.place.scope.module.path, captured.site.place.statement
        if codes & {"LPF201", "LPF202"}:
            yield from self._imports(codes)
        for build in (*self.constructed.values(), *self.apps.values()):
            for path, statement in _on_the_way(build):
                if path in self.analysis.graph.modules:
                    yield path, statement

    def _calls(self, module: Module) -> Found:
        patches = b"patch_all" in (self.analysis.project.data(module.path) or b"")
        for site in list(module.sites.values()):
            func = site.node.func
            last = func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""
            known = last in METHODS or (last in LOOKUPS and default_of(site.node) is not None)
            if known or (patches and self.is_patch_all(site.node, site.place)):
                yield module.path, site.place.statement

    def _imports(self, codes: frozenset[str]) -> Found:
        everywhere = "LPF202" in codes  # also in functions that nothing runs
        if everywhere:
            for module in self.analysis.graph.modules.values():
                for function in module.functions:  # grows by those nested in them
                    index_body(function)
        requests = self.analysis.graph.requests
        for site in self.imports.sites() if everywhere else (site for f in requests for site in f.imports):
            verdict = self.imports.judge(site)
            if verdict is not None and verdict.code in codes:
                yield site.function.module.path, site.place.statement

    def import_site(self, module: Module, node: ast.stmt) -> ImportSite | None:
        """Gives the facts of an import inside a function, run or not."""
        if node not in self._import_sites.get(module.path, ()):
            for function in module.functions:  # grows by those nested in them
                first, last = function.lines
                if first <= node.lineno <= last:
                    index_body(function)
            sites = (site for function in module.functions for site in function.imports)
            self._import_sites[module.path] = {site.node: site for site in sites}
        return self._import_sites[module.path].get(node)

    def wildcards(self, module: Module) -> tuple[tuple[ast.ImportFrom, Place], ...]:
        """Lists the wildcard imports of a module that are worth naming."""
        if "*" not in module.scope.bindings:
            return ()
        if module.path not in self._wildcards:
            self._wildcards[module.path] = tuple(
                (node, place)
                for node, place in module.imports
                if isinstance(node, ast.ImportFrom) and wildcards.is_reported(self.analysis, module, node, place)
            )
        return self._wildcards[module.path]

    def is_patch_all(self, node: ast.Call, place: Place) -> bool:
        """Tells whether a call is `patch_all()` of the X-Ray SDK and can be nothing else."""
        return self.analysis.names.values(node.func, place) == {Ext(PATCH_ALL)}


def _on_the_way(build: Build) -> Found:
    """Lists the statements of a build and of the calls that lead to it."""
    yield build.site.place.scope.module.path, build.site.place.statement
    for proof in build.proofs:
        for edge in proof.path:
            yield edge.module.path, edge.place.statement

"""What looks like a cache and builds each time all the same: `CACHE.setdefault(key, build())` and its kin."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_lambda_perf.project.analysis import Analysis, Build
    from flake8_lambda_perf.project.facts import Module, Place
    from flake8_lambda_perf.project.graph import Proof

CLIENT_CODES = frozenset({"LPF101", "LPF102", "LPF103", "LPF104"})
LOOKUPS = frozenset({"setdefault", "get", "pop", "getattr"})


def default_of(call: ast.Call) -> ast.Call | None:
    """Gives the call that a look-up evaluates for its default, whether it is needed or not."""
    args = call.args
    if len(args) < 2 or not isinstance(args[-1], ast.Call):
        return None
    match call.func:
        case ast.Attribute(attr="setdefault" | "get" | "pop") if len(args) == 2:
            return args[-1]
        case ast.Name(id="getattr") if len(args) == 3:
            return args[-1]
    return None


def chain_of(call: ast.Call) -> Iterator[ast.Call]:
    """Lists a call and those that give it its receiver: all of `boto3.resource("dynamodb").Table("orders")`."""
    node: ast.expr = call
    while isinstance(node, ast.Call | ast.Attribute):
        if isinstance(node, ast.Call):
            yield node
            node = node.func
        else:
            node = node.value


class Caches:
    """Finds the builds that a cache does not spare; belongs to one `Analysis`.

    `found` maps the call to report to the build that it runs; `replaced` holds the calls that are not reported as
    what they are, because they are reported here.
    """

    def __init__(self, analysis: Analysis) -> None:
        self.analysis = analysis
        self.found: dict[ast.AST, Build] = {}
        self.replaced: set[ast.AST] = set()
        self._by_call = self._builds_by_call()
        for path in sorted(analysis.graph.modules):
            self._look_at(analysis.graph.modules[path])
        for node, build in analysis.builds.items():
            kept = (self._kept_on_instance(build, proof) for proof in build.proofs)
            if build.client.code in CLIENT_CODES and all(kept):
                self.found.setdefault(node, build)
                self.replaced.add(node)
            elif all(any(edge.node in self.replaced for edge in proof.path) for proof in build.proofs):
                self.replaced.add(node)

    def _builds_by_call(self) -> dict[ast.AST, Build]:
        """Maps each call that builds a client, itself or through what it calls, to the build."""
        clients = [build for build in self.analysis.builds.values() if build.client.code in CLIENT_CODES]
        found = {edge.node: build for build in clients for proof in build.proofs for edge in proof.path}
        for node, construction in self.analysis.constructions.items():
            found.update((node, build) for build in construction.builds if build.client.code in CLIENT_CODES)
        return found | {build.site.node: build for build in clients}

    def _look_at(self, module: Module) -> None:
        for site in list(module.sites.values()):
            default = default_of(site.node)
            if default is None or not self._outlives(site.node, site.place):
                continue
            for call in chain_of(default):
                if call in self._by_call:
                    self.found[default] = self._by_call[call]
                    self.replaced.update(chain_of(default))
                    break

    def _outlives(self, lookup: ast.Call, place: Place) -> bool:
        """Tells whether what is looked into is kept from request to request."""
        looked_in = lookup.func.value if isinstance(lookup.func, ast.Attribute) else _attribute_of(lookup)
        kept = self.analysis.graph.memos.locations.of(looked_in, place)
        return bool(kept) and all(location.owner != "?" for location in kept)

    def _kept_on_instance(self, build: Build, proof: Proof) -> bool:
        """Tells whether a build is kept by an object that lives no longer than a request."""
        graph = self.analysis.graph
        if graph.memos.around(build.site.place) is not None:
            return _is_stored(build.site.node, build.site.place)
        for edge in reversed(proof.path):
            if edge.memo is not None:
                return graph.wrappers.memoised_on_instance(edge.callee) or _is_stored(edge.node, edge.place)
        return False


def _is_stored(node: ast.AST, place: Place) -> bool:
    """Tells whether what a call gives goes right into an attribute: `self._s3 = boto3.client("s3")`."""
    match place.statement:
        case ast.Assign(targets=targets, value=ast.Call() as value):
            kept = any(isinstance(target, ast.Attribute | ast.Subscript) for target in targets)
            return kept and any(link is node for link in chain_of(value))
        case ast.AnnAssign(target=ast.Attribute(), value=ast.Call() as value):
            return any(link is node for link in chain_of(value))
    return False


def _attribute_of(lookup: ast.Call) -> ast.expr:
    """Writes `getattr(x, "name", ...)` as `x.name`."""
    owner, name = lookup.args[0], lookup.args[1]
    attr = str(name.value) if isinstance(name, ast.Constant) else "?"
    return ast.copy_location(ast.Attribute(value=owner, attr=attr, ctx=ast.Load()), lookup)

"""Which imports inside functions are paid per request without need, and how imports reach a handler."""

from __future__ import annotations

import ast
import re
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from flake8_lambda_perf.dataclass import dataclass
from flake8_lambda_perf.discover import is_test
from flake8_lambda_perf.knowledge import idioms
from flake8_lambda_perf.project.distributions import Distributions
from flake8_lambda_perf.project.excuses import (
    after_failed_check,
    after_path_change,
    documented,
    in_handler,
    is_alternative,
    is_optional,
    is_unused,
)
from flake8_lambda_perf.project.flow import always_runs, is_dead
from flake8_lambda_perf.project.index import index_body
from flake8_lambda_perf.project.loads import ImportNode, Loads, is_standard

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from flake8_lambda_perf.model import Handler
    from flake8_lambda_perf.project.analysis import Analysis
    from flake8_lambda_perf.project.facts import ImportSite, Module
    from flake8_lambda_perf.project.graph import Proof

IMPORTING = re.compile(r"import(?<!\wimport)\b")
"""The word that every import holds."""


@dataclass(frozen=True, slots=True)
class ImportVerdict:
    """What an import inside a function is.

    `redundant`: its module imports the same at the top; `always`: every request of every handler that loads its
    module reaches it.
    """

    code: Literal["LPF201", "LPF202"]
    proof: Proof | None
    redundant: bool
    always: bool


class Imports:
    """Judges the imports inside functions of a project; one over the settings' threshold may be deferred on purpose."""

    def __init__(self, analysis: Analysis) -> None:
        self.analysis = analysis
        self.loads = Loads(analysis)
        self.distributions = Distributions(analysis.project.root)
        self._verdicts: dict[ImportNode, ImportVerdict | None] = {}
        self._equals: dict[str, dict[str, list[ImportSite]]] = {}
        self._reached_equally: dict[tuple[str, str], frozenset[Handler]] = {}
        self._loading: dict[str, frozenset[Handler]] = {}

    def sites(self) -> Iterator[ImportSite]:
        """Lists every import inside a function of deployed code, in order."""
        for path in sorted(self.analysis.graph.modules):
            if not is_test(path):
                module = self.analysis.graph.modules[path]
                _index_imports(module)
                found = [site for function in module.functions for site in function.imports]
                yield from sorted(found, key=lambda site: (site.node.lineno, site.node.col_offset))

    def judge(self, site: ImportSite) -> ImportVerdict | None:
        """Tells what an import inside a function is; None outside deployed code and where it never runs."""
        if site.node not in self._verdicts:
            self._verdicts[site.node] = self._judge(site)
        return self._verdicts[site.node]

    def import_chain(self, path: str) -> tuple[Handler, list[tuple[str, int, str]]] | None:
        """Tells how a handler comes to load a file: the import statements in between, from the handler's on."""
        found = self.loads.chain(path)
        if found is None:
            return None
        handler, links = found
        return handler, [(link.path, link.line, link.text) for link in links]

    # -- one import ---------------------------------------------------------------------------

    def _judge(self, site: ImportSite) -> ImportVerdict | None:
        module = site.function.module
        if module.path not in self.analysis.graph.modules or is_test(module.path) or is_dead(site.place):
            return None
        redundant = is_redundant(site)
        proofs: tuple[Proof, ...] = ()
        if site.function in self.analysis.graph.requests:
            prove = self.analysis.graph.proofs
            proofs = (*prove(site.place, ()), *prove(site.place, (), through_constructors=True))
        always = self._always(site, proofs)
        code: Literal["LPF201", "LPF202"] = "LPF202"
        if proofs and not self._must_stay(site, proofs[0], redundant):
            deferred = not (always or redundant or self._is_standard(site)) and self.is_costly(site)
            deferred = deferred and not (self.cost(site) is not None and self.loads.is_prepaid(module.path))
            code = "LPF202" if deferred else "LPF201"
        return ImportVerdict(code, proofs[0] if proofs else None, redundant, always)

    def is_movable(self, site: ImportSite) -> bool:
        """Tells whether an import stands in its function for no other reason than its cost, if that."""
        verdict = self.judge(site)
        if verdict is None or verdict.code == "LPF201":
            return verdict is not None
        return not self._must_stay(site, verdict.proof, verdict.redundant)

    def added_cost(self, site: ImportSite) -> float | None:
        """Tells what an import costs that its module may already have at the top, in ms; None where unknown."""
        return 0.0 if is_redundant(site) else self.cost(site)

    def is_costly(self, site: ImportSite) -> bool:
        """Tells whether its cost is a reason to defer an import that not every request needs; an unknown one is."""
        cost = self.added_cost(site)
        return cost is None or cost >= self.analysis.settings.heavy_import_ms

    def _must_stay(self, site: ImportSite, proof: Proof | None, redundant: bool) -> bool:
        """Tells whether an import stands in its function for another reason than its cost."""
        path = proof.path if proof is not None else ()
        if documented(site) or any(is_optional(place) for place in (site.place, *(edge.place for edge in path))):
            return True
        if after_failed_check(site, self.analysis.names) or is_alternative(site, bound_names(site.node)):
            return True
        if redundant:
            return False
        if self._is_apart(site):
            return True
        if not known_effects(site.node).isdisjoint(idioms().import_side_effects):
            return True
        if self._is_standard(site):
            return False
        if is_unused(site, bound_names(site.node)):
            return True
        if in_handler(site.place) is not None and self.cost(site) != 0.0:
            return True
        return after_path_change(site, self.analysis.names) or not self._could_move(site)

    def _is_apart(self, site: ImportSite) -> bool:
        """Tells whether an import is of a distribution that may be missing: nothing else asks for it at start."""
        importer = site.function.module.path
        apart = [t for t in self.loads.targets(site.node, importer) if self.distributions.is_apart(importer, t)]
        if not apart:
            return False
        loaded = set().union(*(self.loads.closure(path) for path in (importer, *self.loads.holders(importer))))
        present = {self.distributions.home(path) for path in loaded}
        return any(self.distributions.home(target) not in present for target in apart)

    def _is_standard(self, site: ImportSite) -> bool:
        if isinstance(site.node, ast.ImportFrom):
            own = site.node.level == 0 and is_standard(site.node.module or "")
        else:
            own = all(is_standard(alias.name) for alias in site.node.names)
        return own and not any(self.loads.targets(site.node, site.function.module.path))

    def _always(self, site: ImportSite, proofs: Iterable[Proof]) -> bool:
        """Tells whether every request of every handler that loads the module at start reaches an import."""
        proofs = tuple(proofs)
        if not always_runs(site.place) or not proofs:
            return False
        module = site.function.module
        reached = self._reached(proofs)
        if not reached or not self._owed(module.path) <= reached:
            reached |= self._reached_by_equals(module, ast.dump(site.node))
        return bool(reached) and self._owed(module.path) <= reached

    def _reached(self, proofs: Iterable[Proof]) -> frozenset[Handler]:
        """Lists the handlers whose every request runs one of some paths."""
        handler_of = self.analysis.handler_of
        return frozenset(handler_of[proof.entry] for proof in proofs if proof.always and proof.entry in handler_of)

    def _reached_by_equals(self, module: Module, text: str) -> frozenset[Handler]:
        """Lists the handlers whose every request runs an import of a module that says the same."""
        if module.path not in self._equals:
            self._equals[module.path] = {}
            _index_imports(module)
            for function in module.functions:
                for site in function.imports if function in self.analysis.graph.requests else ():
                    if always_runs(site.place):
                        self._equals[module.path].setdefault(ast.dump(site.node), []).append(site)
        key = module.path, text
        if key not in self._reached_equally:
            sites = self._equals[module.path].get(text, ())
            proofs = (proof for site in sites for proof in self.analysis.graph.proofs(site.place, ()))
            self._reached_equally[key] = self._reached(proofs)
        return self._reached_equally[key]

    def _owed(self, path: str) -> frozenset[Handler]:
        """Lists the handlers that load a file at start, or share a file with handlers with one that does."""
        if path not in self._loading:
            holders = self.loads.holders(path)
            near = holders.union(p for p, theirs in self._loaded_handlers if not holders.isdisjoint(theirs))
            self._loading[path] = frozenset(handler for each in near for handler in self._handlers.get(each, ()))
        return self._loading[path]

    @cached_property
    def _loaded_handlers(self) -> list[tuple[str, frozenset[str]]]:
        """Lists the files with handlers that other such files load, with those."""
        pairs = ((path, self.loads.holders(path)) for path in self._handlers)
        return [(path, holders) for path, holders in pairs if holders - {path}]

    @cached_property
    def _handlers(self) -> Mapping[str, list[Handler]]:
        """Maps the files with handlers to them."""
        found: dict[str, list[Handler]] = {}
        for handler in self.analysis.handler_of.values():
            found.setdefault(handler.path, []).append(handler)
        return found

    # -- cost and place -----------------------------------------------------------------------

    def cost(self, site: ImportSite) -> float | None:
        """Tells what an import adds to what is loaded at start anyway, in ms; None where unknown."""
        importer = site.function.module.path
        names = set(self.loads.foreign(site.node, importer))
        targets = set(self.loads.targets(site.node, importer))
        loaded = self.loads.loaded_for(importer)
        present = self.loads.closure(importer)
        fresh = set().union(*(self.loads.closure(target) for target in targets)) - present if targets else set()
        if any(not self.loads.is_light(path) for path in fresh):
            return None
        names.update(name for path in fresh for name in self.loads.outside(path))
        return self.loads.cost(names, loaded)

    def _could_move(self, site: ImportSite) -> bool:
        """Tells whether an import would work at the top: its names exist and it closes no cycle."""
        importer = site.function.module.path
        if not self._exists(site.node, importer):
            return False
        return all(importer not in self.loads.closure(target) for target in self.loads.targets(site.node, importer))

    def _exists(self, node: ImportNode, importer: str) -> bool:
        """Tells whether the project has what an import asks of it; what lies outside is taken to exist."""
        locate = self.analysis.project.locate
        if isinstance(node, ast.Import):
            own = [alias.name for alias in node.names if locate(alias.name.partition(".")[0], importer, 0) is not None]
            return all(locate(name, importer, 0) is not None for name in own)
        base = node.module or ""
        if not node.level and locate(base.partition(".")[0], importer, 0) is None:
            return True
        return all(self._has_name(node, base, alias.name, importer) for alias in node.names)

    def _has_name(self, node: ast.ImportFrom, base: str, name: str, importer: str) -> bool:
        project = self.analysis.project
        path = project.locate(base, importer, node.level)
        module = project.module(path) if path is not None else None
        if module is not None and (name == "*" or self.analysis.names.members.module_member(module, name) is not None):
            return True
        return project.locate(f"{base}.{name}" if base else name, importer, node.level) is not None


def _lines_with_imports(text: str) -> Iterator[int]:
    """Lists the lines with an import that does not start at the margin."""
    for match in IMPORTING.finditer(text):
        before = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
        if "#" not in before and (before.startswith((" ", "\t")) or any(mark in before for mark in ":;\r")):
            yield text.count("\n", 0, match.start()) + 1


def _index_imports(module: Module) -> None:
    """Indexes the functions that hold imports; the analysis leaves out those that lead to nothing."""
    lines = list(_lines_with_imports(module.text))
    for function in module.functions if lines else ():  # grows as nested functions turn up
        first, last = function.lines
        if any(first <= line <= last for line in lines) or "\r" in module.text:
            index_body(function)


def bound_names(node: ImportNode) -> list[str]:
    """Lists the names that an import statement binds."""
    if isinstance(node, ast.Import):
        return [alias.asname or alias.name.partition(".")[0] for alias in node.names]
    return [alias.asname or alias.name for alias in node.names]


def known_effects(node: ImportNode) -> set[str]:
    """Lists the dotted names that an import loads, modules and names, to compare with those that change the process."""
    if isinstance(node, ast.Import):
        return {alias.name for alias in node.names}
    return {node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)}


def is_redundant(site: ImportSite) -> bool:
    """Tells whether the module's own top level binds the same names to the same things, and to nothing else."""
    module = site.function.module
    return all(same_at_top(module, site.node, alias) for alias in site.node.names)


def same_at_top(module: Module, node: ImportNode, alias: ast.alias) -> bool:
    """Tells whether a module's top level imports what one alias of an import does, under the same name."""
    name = alias.asname or (alias.name.partition(".")[0] if isinstance(node, ast.Import) else alias.name)
    bindings = module.scope.bindings.get(name, [])
    if not bindings or module.global_writes.get(name):
        return False
    if any(b.kind not in ("import", "from") or is_dead(b.place) for b in bindings):
        return False
    found = {spelled(other, part) for other, part in _import_aliases(module, name)}
    shares_name = isinstance(node, ast.Import) and alias.asname is None  # `import a.b` and `import a.c` both bind `a`
    return spelled(node, alias) in found and (len(found) == 1 or shares_name)


def spelled(node: ImportNode, alias: ast.alias) -> tuple[str, str | None, int]:
    """Gives what an alias imports, comparable: module, name or None, level."""
    if isinstance(node, ast.Import):
        return alias.name, None, 0
    return node.module or "", alias.name, node.level


def _import_aliases(module: Module, name: str) -> Iterator[tuple[ImportNode, ast.alias]]:
    for node, place in module.imports:
        if place.scope is module.scope:
            for alias in node.names:
                bound = alias.asname or (alias.name.partition(".")[0] if isinstance(node, ast.Import) else alias.name)
                if bound == name and alias.name != "*":
                    yield node, alias

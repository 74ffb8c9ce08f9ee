"""From a project to findings and repairs; every face asks here.

`check`, `check_with_fixes` and `fix` read the project and compute; nothing here prints or writes to the project.
"""

from __future__ import annotations

import ast
import gc
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property, lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from flake8_lambda_perf import discover, manifests
from flake8_lambda_perf.dataclass import dataclass
from flake8_lambda_perf.errors import SourceError
from flake8_lambda_perf.job import Job, Sources, relative
from flake8_lambda_perf.manifests.inline import Inlined
from flake8_lambda_perf.model import Finding, Fix, Problem, Run, Unresolved
from flake8_lambda_perf.project import cache
from flake8_lambda_perf.project.analysis import Analysis
from flake8_lambda_perf.project.entries import Entries
from flake8_lambda_perf.project.names import Names
from flake8_lambda_perf.project.suspects import Suspects
from flake8_lambda_perf.rules import catalog, deployed
from flake8_lambda_perf.rules.found import finding_at, no_fix
from flake8_lambda_perf.source import encode, lines_of
from flake8_lambda_perf.suppress import LineSuppressions, Suppressions

if TYPE_CHECKING:
    from flake8_lambda_perf.project.facts import Module
    from flake8_lambda_perf.project.handlers import Entry
    from flake8_lambda_perf.project.load import Project
    from flake8_lambda_perf.rules.base import Report, Rule
    from flake8_lambda_perf.rules.deployed import DeploymentRule
    from flake8_lambda_perf.rules.view import ModuleView
    from flake8_lambda_perf.source import Lines


__all__ = ["Change", "Job", "Repair", "check", "check_with_fixes", "fix", "handlers"]

ROUNDS = 10
"""How often a file is checked and repaired again before its fixes are given up."""


def check(job: Job) -> Run:
    """Finds what is slow; findings say only whether a fix is offered."""
    run = check_with_fixes(job)
    return replace(run, findings=tuple(replace(finding, fix=None) for finding in run.findings))


def handlers(job: Job) -> Run:
    """Finds where requests start, and looks no further: the problems of files that only these reach are not seen."""
    with _without_collector():
        return _Deployment(job, Sources(job)).run()


def check_with_fixes(job: Job) -> Run:
    """Finds what is slow, each finding with its fix where there is one."""
    return _run(job, planned=True)


def find(job: Job) -> Run:
    """Finds what is slow, and does not ask what could be repaired: for who shows messages only."""
    return _run(job, planned=False)


def _run(job: Job, *, planned: bool) -> Run:
    started = time.perf_counter()
    with _without_collector():
        sources = Sources(job)
        keys = sources.keys(planned=planned) if job.cache is not None else ()
        stored = (run for key in keys if job.cache is not None and (run := cache.load(job.cache, key)) is not None)
        run = next((run for run in stored if sources.may_yield(run)), None)
        if run is None:
            run = _Checked(job, sources, planned=planned).run()
            if job.cache is not None:
                cache.save(job.cache, keys[-1], run)
        texts = {finding.path: sources.text(finding.path) for finding in run.findings}
        return replace(run, seconds=time.perf_counter() - started, texts=texts)


@dataclass(frozen=True, slots=True)
class Change:
    """A file as a repair leaves it; `before` is None for a new file."""

    path: str
    before: bytes | None
    after: bytes


@dataclass(frozen=True, slots=True)
class Repair:
    """What a repair changes, what is left to find after it, and how many fixes went in."""

    run: Run
    changes: tuple[Change, ...]
    applied: int


def fix(job: Job, unsafe: bool) -> Repair:
    """Repairs until nothing changes, in memory; a repair that does not settle changes nothing and is a problem."""
    overlay = dict(job.overlay)
    originals: dict[str, bytes | None] = {}
    problems: dict[tuple[str, str], Problem] = {}
    seen: dict[Problem, None] = {}
    applied = 0
    wanted: list[Finding] = []
    for _ in range(ROUNDS):
        run, project = _look(replace(job, overlay=overlay, cache=None))
        seen.update(dict.fromkeys(run.problems))
        offered = [f for f in run.findings if f.fix is not None and (unsafe or f.fix.safety == "safe")]
        wanted = [f for f in offered if _key(f) not in problems]
        accepted = _apply(project, overlay, originals, wanted, problems)
        if not accepted:
            left = replace(run, findings=tuple(replace(f, fix=None) for f in run.findings))
            kept = [*(problem for problem in seen if problem.path not in originals), *problems.values()]
            return Repair(replace(left, problems=tuple(kept)), _changes(overlay, originals), applied)
        applied += accepted
    names = sorted({finding.name for finding in wanted})
    problem = Problem(
        wanted[0].path, wanted[0].line, f"the fixes of {', '.join(names)} do not settle; nothing was changed"
    )
    before = check(replace(job, cache=None))
    return Repair(replace(before, problems=(*before.problems, problem)), (), 0)


def _key(finding: Finding) -> tuple[str, str]:
    return finding.path, f"{finding.code}:{finding.line}:{finding.column}"


def _look(job: Job) -> tuple[Run, Project]:
    """Finds what is slow, and gives the files as they were read for it: a user may be editing them."""
    with _without_collector():
        sources = Sources(job)
        return _Checked(job, sources).run(), sources.project


def _apply(
    project: Project,
    overlay: dict[str, bytes],
    originals: dict[str, bytes | None],
    findings: Sequence[Finding],
    problems: dict[tuple[str, str], Problem],
) -> int:
    """Applies what goes together in one round to the overlay; tells how many fixes did."""
    from flake8_lambda_perf.fixes.apply import apply

    paths = {edit.path for f in findings if f.fix is not None for edit in f.fix.edits}
    sources = {path: project.source(path) for path in sorted(paths)}
    texts = {path: source.text for path, source in sources.items() if source is not None}
    named = {f"{f.path}:{f.line}:{f.column}: {f.name}": f for f in findings}
    result = apply(texts, [(name, f.fix) for name, f in named.items() if f.fix is not None])
    for name, problem in result.refused:
        problems[_key(named[name])] = problem
    for path, text in result.texts.items():
        source = sources.get(path)
        if source is None:
            originals.setdefault(path, None)
            overlay[path] = text.encode()
        elif text != source.text:
            originals.setdefault(path, project.data(path))
            overlay[path] = encode(source, text)
    return len(result.accepted)


def _changes(overlay: Mapping[str, bytes], originals: Mapping[str, bytes | None]) -> tuple[Change, ...]:
    """Lists what a repair changes, against the bytes it was computed from."""
    pairs = ((path, originals[path], overlay[path]) for path in sorted(originals))
    return tuple(Change(path, before, after) for path, before, after in pairs if before != after)


@contextmanager
def _without_collector() -> Iterator[None]:
    """Switches the garbage collector off: many objects are made and nearly all live to the end."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class _Deployment:
    """What is deployed of a project."""

    def __init__(self, job: Job, sources: Sources) -> None:
        self.job = job
        self.tree = sources.tree
        self.named = sources.named
        self.project = sources.project
        self.declared, self.manifest_problems = manifests.read(job.root, self.tree.manifests, self.project)
        outer = job.enclosing.declared(job.root, self.project.known) if job.enclosing is not None else ()
        self.every = [*self.declared, *outer]
        self.project.layers = sorted({layer for function in self.every for layer in function.layers})
        codes = [function.inline for function in self.declared if function.inline is not None]
        self.inlined = Inlined(codes, sources.text)
        for code in codes:
            self.project.hold(code.path, code.text.encode())

    def run(self) -> Run:
        """Gives the handlers."""
        names = Names(self.project.resolve)
        entries = Entries(self.project, names, self.every, self.job.settings.handlers)
        for entry in entries.found:
            if entry.function is not None:
                entry.function.check()
        return self.told((), entries.found, entries.unresolved, entries.problems)

    def told(
        self, findings: tuple[Finding, ...], found: Sequence[Entry], left: Sequence[Unresolved], more: Sequence[Problem]
    ) -> Run:
        """Gives everything that was found, without texts and time."""
        handlers = tuple(sorted((entry.handler for entry in found), key=lambda h: (h.path, h.line, h.name)))
        notices = manifests.unread(self.job.root, self.tree.manifests)
        counts = len(self.project.files), self.tree.skipped_vendored
        return self.inlined.told(Run(findings, self.problems(more), handlers, tuple(left), notices, *counts))

    def problems(self, more: Sequence[Problem]) -> tuple[Problem, ...]:
        """Lists what could not be done, in the order of the files."""
        for path in self.named:
            self.project.parse_whole(path)
        found = [*self.tree.problems, *self.manifest_problems, *self.project.problems.values()]
        found += (replace(problem, path=problem.path or self._settings_file()) for problem in more)
        return tuple(sorted(set(found), key=lambda problem: (problem.path, problem.line, problem.message)))

    def _settings_file(self) -> str:
        """Names the file that the settings came from, as seen from the root."""
        return os.path.relpath(self.job.settings.source, self.job.root) if self.job.settings.source else ""


class _Checked(_Deployment):
    """One look at a project."""

    def __init__(self, job: Job, sources: Sources, *, planned: bool = True) -> None:
        super().__init__(job, sources)
        self.planned = planned
        self.codes = catalog.selected(job.settings)
        self.analysis = Analysis(self.project, self.every, job.settings)
        self.suspects = Suspects(self.analysis)
        self.failed: list[Problem] = []

    def run(self) -> Run:
        """Gives everything that was found, without texts and time."""
        findings = tuple(self.findings())
        problems = [*self.analysis.problems, *self.failed]
        return self.told(findings, self.analysis.entries, self.analysis.unresolved, problems)

    # -- findings -----------------------------------------------------------------------------

    def findings(self) -> list[Finding]:
        """Lists the findings in the files that were asked for, in the order of the text."""
        found: list[Finding] = []
        statements = self._statements()
        for path in sorted(statements):
            module = self.project.module(path) if self._wanted(path) else None
            if module is not None:
                found.extend(self._of_module(module, statements[path]))
        found.extend(self._of_manifests())
        return sorted(found, key=lambda f: (f.path, f.line, f.column, f.code))

    def _statements(self) -> dict[str, list[ast.stmt]]:
        """Maps each file to the statements in which rules may report, in the order of the text."""
        found: dict[str, dict[ast.stmt, None]] = {}
        for path, statements in self.analysis.candidates.items():
            found.setdefault(path, {}).update(dict.fromkeys(statements))
        for path, statement in self.suspects.statements(self.codes):
            found.setdefault(path, {})[statement] = None
        return {path: sorted(known, key=lambda s: (s.lineno, s.col_offset)) for path, known in found.items()}

    @cached_property
    def _targets(self) -> frozenset[str]:
        """The targets' paths below the root; empty for the root itself."""
        found = (relative(self.job, target) for target in self.job.targets)
        return frozenset("" if path == "." else path for path in found if path is not None)

    def _wanted(self, path: str) -> bool:
        """Tells whether a file, or a folder around it, is a target."""
        around = self.inlined.manifest_of(path)
        while around and around not in self._targets:
            around = around.rpartition("/")[0]
        return around in self._targets

    def _of_module(self, module: Module, statements: Sequence[ast.stmt]) -> Iterator[Finding]:
        codes = self.codes - self._ignored(self.inlined.manifest_of(module.path))
        classes: Sequence[type[Rule]] = _classes(codes, deployment=False)
        if not classes:
            return
        lines = lines_of(module.text)
        try:
            reports = self._reports(module, statements, classes, lines)
        except SourceError as error:
            self.failed.append(Problem(module.path, error.line, str(error)))
            return
        hidden = Suppressions(module.text) if self.job.noqa else None
        seen: set[tuple[str, int]] = set()
        for rule, report, view in reports:
            finding = _finding(rule, report, view, report.plan if self.planned else no_fix)
            key = (finding.code, finding.span.start)
            if key not in seen and not (hidden is not None and hidden.hides(finding.code, finding.line)):
                seen.add(key)
                yield finding

    def _of_manifests(self) -> Iterator[Finding]:
        """Lists what is found in the settings of deployed functions."""
        classes: Sequence[type[DeploymentRule]] = _classes(self.codes, deployment=True) if self.declared else ()
        view = deployed.DeploymentView(self.suspects, self.declared, self.job.day)
        hidden: dict[str, Suppressions | LineSuppressions] = {}
        for finding in deployed.findings(view, [rule(view) for rule in classes]):
            path = finding.path
            if discover.is_test(path) or not self._wanted(path) or finding.code in self._ignored(path):
                continue
            if path not in hidden:
                module = self.project.module(path) if path in self.project.known else None
                text = view.text(path)
                hidden[path] = LineSuppressions(text) if module is None else Suppressions(text)
            if not (self.job.noqa and hidden[path].hides(finding.code, finding.line)):
                yield finding

    def _ignored(self, path: str) -> frozenset[str]:
        found: frozenset[str] = frozenset()
        for pattern, selectors in self.job.settings.per_file_ignores:
            if discover.matches(path, (pattern,)):
                found = found.union(*(catalog.resolve(selector) for selector in selectors))
        return found

    def _reports(
        self, module: Module, statements: Sequence[ast.stmt], classes: Sequence[type[Rule]], lines: Lines
    ) -> list[tuple[Rule, Report, ModuleView]]:
        from flake8_lambda_perf.rules.view import ModuleView
        from flake8_lambda_perf.syntax import tree, walk

        try:
            root = tree.parse_module(tree.slices_of(module.text, lines, statements))
            pairs = tree.pair_headers(root, statements)
        except (SourceError, tree.PairingError):
            root = tree.parse_module(module.text)
            pairs = tree.pair(root, module.tree)
        view = ModuleView(self.suspects, module, lines, pairs)
        rules = [rule(view) for rule in classes]
        walk.walk(root, rules)
        return [(rule, report, view) for rule in rules for report in rule.reports]


@lru_cache(maxsize=64)  # most files want the same
def _classes(codes: frozenset[str], *, deployment: bool) -> tuple[Any, ...]:
    """Imports the rules of these codes: those that look at manifests, or those that look at code."""
    found = []
    for entry in catalog.entries():
        if entry.code in codes and (entry.family == "deployment") is deployment:
            class_name = "".join(part.capitalize() for part in entry.name.split("-"))
            found.append(getattr(import_module(entry.module), class_name))
    return tuple(found)


def _finding(rule: Rule, report: Report, view: ModuleView, plan: Callable[[], Fix | None]) -> Finding:
    span, path = view.span_of(report.node), view.module.path
    return finding_at(rule, report.message, path, view.lines, span, report.evidence, plan)

"""What the engine is asked to look at, and the files that it consists of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from flake8_lambda_perf import discover
from flake8_lambda_perf.config import is_project
from flake8_lambda_perf.dataclass import dataclass
from flake8_lambda_perf.knowledge import ended_runtimes
from flake8_lambda_perf.project import cache
from flake8_lambda_perf.project.distributions import metadata
from flake8_lambda_perf.project.load import Project
from flake8_lambda_perf.rules import catalog

if TYPE_CHECKING:
    from flake8_lambda_perf.config import Settings
    from flake8_lambda_perf.enclosing import Enclosing
    from flake8_lambda_perf.model import Run


@dataclass(frozen=True, slots=True)
class Job:
    """What to look at: a root, its settings, and the files or folders in it to report on.

    `overlay` holds unsaved bytes by path relative to the root; `cache` is the folder of the cache, None for none.
    `day` is the one on which a runtime's support has ended or not. `enclosing` is the project around it, whose
    manifests may deploy its code. `tree` are the files of the root, where they have been looked for.
    """

    root: Path
    settings: Settings
    targets: tuple[Path, ...]
    overlay: Mapping[str, bytes] = field(default_factory=dict)
    cache: Path | None = None
    noqa: bool = True
    day: date = field(default_factory=lambda: datetime.now(UTC).date())
    enclosing: Enclosing | None = field(default=None, compare=False)
    tree: discover.Tree | None = field(default=None, compare=False)


class Sources:
    """What a project consists of: its files, found and read but not looked at."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.tree = job.tree or _tree_of(job)
        paths = {path for path in (relative(job, target) for target in job.targets) if path}
        named = {path for path in paths if discover.is_code(path.rpartition("/")[2])}
        self.named = frozenset(path for path in named if path in job.overlay or (job.root / path).is_file())
        self.project = Project(job.root, {*self.tree.python, *self.named}, job.overlay)

    def text(self, path: str) -> str:
        """Gives a file's text, empty if it cannot be read."""
        source = self.project.source(path)
        return source.text if source is not None else ""

    def may_yield(self, run: Run) -> bool:
        """Tells whether a stored run speaks of this project and our rules; a cache may come with a repository."""
        codes = {entry.code for entry in catalog.entries()}
        edits = (edit for finding in run.findings if finding.fix is not None for edit in finding.fix.edits)
        paths = {finding.path for finding in run.findings} | {edit.path for edit in edits}
        known = self.project.known | set(self.tree.manifests)
        return paths <= known and all(f.code in codes and f.line > 0 for f in run.findings)

    def keys(self, *, planned: bool) -> tuple[str, ...]:
        """Names the runs that answer, the one to be made last: one with fixes answers also who wants none."""
        key = self._key()
        return (key,) if planned else (key, cache.key_of([key.encode(), b"without fixes"]))

    def _key(self) -> str:
        """Names the contents of all files, the settings, what is asked for, and the runtimes that have ended."""
        targets = sorted(str(relative(self.job, target)) for target in self.job.targets)
        parts = [repr((self.job.settings, targets, self.job.noqa, self.tree.skipped_vendored)).encode()]
        for path in self.project.files:
            parts += [path.encode(errors="surrogateescape"), self.project.data(path) or b""]
        parts += [runtime.encode() for runtime in (ended_runtimes(self.job.day) if self.tree.manifests else ())]
        for path in self.tree.manifests:
            parts += [path.encode(errors="surrogateescape"), self._manifest(path)]
        parts += self.job.enclosing.contents() if self.job.enclosing is not None else ()
        parts += metadata(self.job.root, self.project.files)
        return cache.key_of(parts)

    def _manifest(self, path: str) -> bytes:
        try:
            return self.job.overlay[path] if path in self.job.overlay else (self.job.root / path).read_bytes()
        except OSError:
            return b""


def _tree_of(job: Job) -> discover.Tree:
    whole = is_project(job.root) or any(target.is_dir() for target in job.targets)
    return (discover.walk if whole else discover.look)(job.root, job.settings)


def relative(job: Job, target: Path) -> str | None:
    """Gives a target's path below the root; None if it lies outside."""
    try:
        return target.relative_to(job.root).as_posix()
    except ValueError:
        return None

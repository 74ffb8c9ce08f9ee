"""From the command line to the jobs of the engine: one for each project root among the targets."""

from __future__ import annotations

import functools
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from flake8_lambda_perf.cli.roots import absolute, split
from flake8_lambda_perf.config import Settings, load
from flake8_lambda_perf.dataclass import dataclass
from flake8_lambda_perf.discover import Tree, excluded, walk
from flake8_lambda_perf.enclosing import Enclosing, around
from flake8_lambda_perf.engine import Job
from flake8_lambda_perf.errors import ConfigError, UsageError
from flake8_lambda_perf.project import cache
from flake8_lambda_perf.report.ansi import printable
from flake8_lambda_perf.rules.catalog import resolve

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterable

STDIN = "-"
STDIN_FILENAME = "stdin.py"


@dataclass(frozen=True, slots=True)
class Stdin:
    """The text of standard input, and the path it stands for."""

    path: Path
    data: bytes


def read_stdin(options: Namespace) -> Stdin | None:
    """Standard input, where `-` is the target."""
    if STDIN not in options.paths:
        if options.stdin_filename is not None:
            raise UsageError("--stdin-filename needs - as the path to check")
        return None
    if len(options.paths) > 1:
        raise UsageError("- cannot stand beside other paths; check them in a second run")
    if sys.stdin is None:
        raise UsageError("standard input is closed, so there is nothing to read for -; name a file")
    path = absolute(options.stdin_filename or STDIN_FILENAME)
    return Stdin(path, sys.stdin.buffer.read())


def jobs_of(options: Namespace, stdin: Stdin | None) -> tuple[Job, ...]:
    """The jobs that cover every target, in the order of their roots."""
    if options.select == []:
        raise UsageError("--select names no rule; name one, or leave the option out")
    if "" in options.paths:
        raise UsageError("an empty path was given; name a file or folder, or . for the working directory")
    for selector in selectors(options):
        resolve(selector)
    targets = [stdin.path] if stdin else existing(options.paths)

    @functools.cache
    def tree_of(root: Path) -> Tree:
        return walk(root, settings_of(root, options))

    by_root = split(targets, tree_of)
    enclosing_of = functools.cache(Enclosing)  # one for all projects inside it
    jobs = (job_of(root, by_root[root], options, stdin) for root in sorted(by_root))
    return tuple(
        replace(
            job,
            enclosing=enclosing_of(outer) if outer else None,
            tree=tree_of(job.root) if any(target.is_dir() for target in job.targets) else None,
        )
        for job in jobs
        if job.targets
        for outer in [around(job.root) or next((each for each in job.root.parents if each in by_root), None)]
    )


def selectors(options: Namespace) -> Iterable[str]:
    """Every code, prefix or name the command line names."""
    for given in (options.select, options.ignore, options.extend_select):
        yield from given or ()


def existing(paths: Iterable[str]) -> list[Path]:
    """The targets as absolute paths; links stay as they are named."""
    targets = list(dict.fromkeys(absolute(path) for path in paths or ["."]))
    for target in targets:
        if not (os.path.isfile(target) or os.path.isdir(target)):  # noqa: PTH112, PTH113  # pathlib raises for odd names
            kind = "neither a file nor a folder" if os.path.exists(target) else "no such file or folder"  # noqa: PTH110
            raise UsageError(f"{printable(str(target))}: {kind}")
    return targets


def job_of(root: Path, targets: list[Path], options: Namespace, stdin: Stdin | None) -> Job:
    """The job of one root, with the settings of its file and of the command line."""
    settings = settings_of(root, options)
    if settings.force_exclude:
        targets = [target for target in targets if not is_excluded(target, root, settings)]
    overlay = {relative(stdin.path, root): stdin.data} if stdin else {}
    kept = cache_of(root, settings, options)
    return Job(root, settings, tuple(targets), overlay, kept, noqa=not options.disable_noqa)


def settings_of(root: Path, options: Namespace) -> Settings:
    """The settings of the project, overridden by the command line."""
    config = options.config.absolute() if options.config else None
    settings = load(root, config, options.isolated)
    check_selectors(settings)
    return replace(
        settings,
        select=settings.select if options.select is None else tuple(options.select),
        ignore=settings.ignore if options.ignore is None else tuple(options.ignore),
        extend_select=(*settings.extend_select, *(options.extend_select or ())),
        force_exclude=settings.force_exclude or options.force_exclude,
    )


def check_selectors(settings: Settings) -> None:
    """Refuse settings that name a rule there is not."""
    named = {
        "select": settings.select,
        "ignore": settings.ignore,
        "extend-select": settings.extend_select,
        "enable": settings.enable,
        "per-file-ignores": tuple(code for _, codes in settings.per_file_ignores for code in codes),
    }
    for key, given in named.items():
        for selector in given:
            try:
                resolve(selector)
            except UsageError as error:
                raise ConfigError(f"{settings.source}: {key}: {error}") from error


def is_excluded(target: Path, root: Path, settings: Settings) -> bool:
    """Whether a target is left out by the settings although it is named."""
    path = relative(target, root)
    return path != "." and excluded(path, settings)


def relative(path: Path, root: Path) -> str:
    """A path as the engine counts it: posix text relative to the root."""
    return path.relative_to(root).as_posix()


def cache_of(root: Path, settings: Settings, options: Namespace) -> Path | None:
    """The folder of the cache, or None where there shall be none."""
    if options.no_cache:
        return None
    if options.cache_dir is not None:
        return absolute(options.cache_dir)
    return cache.folder_of(root, settings.cache_dir)

"""The flake8 plugin: for each file, what `lambda-perf check` says of it.

Only the standard library is imported at the top: flake8 loads every plugin, even for `--version`.
"""

from __future__ import annotations

import contextlib
import gc
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Protocol

from flake8_lambda_perf import __version__
from flake8_lambda_perf.dataclass import dataclass

if TYPE_CHECKING:
    import ast
    from argparse import Namespace
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from multiprocessing.connection import Connection

    from flake8_lambda_perf.config import Settings
    from flake8_lambda_perf.model import Run

STDIN_NAMES = frozenset({"-", "stdin"})
STDIN_FILENAME = "stdin.py"

Row = tuple[int, int, str]


class OptionManager(Protocol):
    """What we use of flake8's option manager."""

    def add_option(self, name: str, **settings: object) -> None: ...


@dataclass(frozen=True, slots=True)
class Project:
    """The analysis of a root: what is reported in each file, and which files were looked at."""

    settings: Settings
    rows: Mapping[str, Sequence[Row]]
    files: frozenset[str]


class LambdaPerfPlugin:
    """Yields the findings of one file; the projects analysed so far belong to the class.

    flake8 calls `parse_options` once in the main process, and once more in each worker that was not
    forked. What is analysed there is inherited by forked workers; the others find it in the cache
    on disk.
    """

    name = "flake8-lambda-perf"
    version = __version__

    projects: ClassVar[dict[Path, Project | Exception]] = {}
    roots: ClassVar[dict[str, Path]] = {}

    def __init__(
        self,
        tree: ast.AST,  # noqa: ARG002  # makes flake8 call us once for each file that parses
        filename: str,
        lines: Sequence[str],
        options: Namespace,
    ) -> None:
        self.filename = filename
        self.lines = lines
        self.options = options

    @classmethod
    def add_options(cls, manager: OptionManager) -> None:
        """Register our one option; everything else is read from the settings of lambda-perf.

        Rules that are off are not in flake8's default ignore list: it would hide them where the
        settings switch them on. They are not yielded instead.
        """
        manager.add_option(
            "--lambda-perf-config",
            metavar="FILE",
            default=None,
            parse_from_config=True,
            normalize_paths=True,
            help="TOML file with the settings of lambda-perf (default: the nearest to each file)",
        )

    @classmethod
    def parse_options(cls, _manager: OptionManager, options: Namespace, _args: Sequence[str]) -> None:
        """Forget the last run of this process, and analyse before workers are forked."""
        cls.projects, cls.roots = {}, {}
        if "-" in options.filenames or not has_workers(options):
            return
        for root in roots_of(options.filenames or ["."]):
            cls.prepare(root, options)

    @classmethod
    def prepare(cls, root: Path, options: Namespace) -> None:
        """Analyse a root; what went wrong is kept for its files to report."""
        try:
            cls.projects[root] = (analyse_apart if may_fork() else analyse)(root, options)
        except Exception as error:  # noqa: BLE001  # an exception of a plugin ends the whole run of flake8
            cls.projects[root] = error
        finally:
            gc.freeze()  # what is there now lives to the end: no collection, here or in a worker, goes through it

    @classmethod
    def project_of(cls, root: Path, options: Namespace) -> Project:
        """The analysis of a root, made once for a process."""
        if root not in cls.projects:
            cls.prepare(root, options)
        project = cls.projects[root]
        if isinstance(project, Exception):
            raise project
        return project

    @classmethod
    def root_of(cls, folder: str) -> Path:
        """The root of the files in a folder."""
        from flake8_lambda_perf.config import find_root

        if folder not in cls.roots:
            cls.roots[folder] = find_root(Path(folder))
        return cls.roots[folder]

    def run(self) -> Iterator[tuple[int, int, str, type[LambdaPerfPlugin]]]:
        """Yield line, column from 0 and text of each finding; a failure is one of them."""
        from flake8_lambda_perf.errors import LambdaPerfError

        try:
            rows = self.rows()
        except LambdaPerfError as error:
            rows = [(1, 0, f"LPF000 {one_line(str(error))}")]
        except Exception as error:  # noqa: BLE001  # as in prepare
            rows = [crash(error)]
        for line, column, text in rows:
            yield line, column, text, type(self)

    def rows(self) -> Sequence[Row]:
        """What is reported in this file."""
        path = os.path.abspath(STDIN_FILENAME if self.filename in STDIN_NAMES else self.filename)  # noqa: PTH100
        root = self.root_of(os.path.dirname(path))  # noqa: PTH120  # pathlib costs more than all the rest
        relative = path[len(str(root).rstrip(os.sep)) + 1 :].replace(os.sep, "/")
        text = "".join(self.lines)
        if "-" in self.options.filenames or not is_saved(path, text):
            settings, overlay = settings_of(root, self.options), {relative: to_bytes(text)}
        else:
            project = self.project_of(root, self.options)
            if relative in project.files:
                return project.rows.get(relative, ())
            settings, overlay = project.settings, {}  # ignored by git, excluded or vendored, yet named
        from flake8_lambda_perf.discover import excluded

        if settings.force_exclude and excluded(relative, settings):
            return ()
        return rows_of(ask(root, settings, self.options, (Path(path),), overlay)).get(relative, ())


def absolute(name: str) -> Path:
    """A path from the file system's root without `..`; links stay as they are named."""
    return Path(os.path.abspath(name))  # noqa: PTH100  # resolve() would follow links


def has_workers(options: Namespace) -> bool:
    """Whether flake8 may use several processes."""
    return bool(options.jobs.is_auto or options.jobs.n_jobs > 1)


def roots_of(names: Iterable[str]) -> list[Path]:
    """The roots of the files and folders that flake8 was given."""
    from flake8_lambda_perf.config import find_root

    paths = [absolute(name) for name in names]
    folders = {path if path.is_dir() else path.parent for path in paths}  # the files of a folder have one root
    return sorted({find_root(folder) for folder in folders})


def may_fork() -> bool:
    """Whether a copy of this process can be made safely, and will tell what goes wrong in it."""
    import multiprocessing
    import threading

    if sys.platform in ("darwin", "win32") or os.environ.get("LAMBDA_PERF_DEBUG"):
        return False
    return threading.active_count() == 1 and not multiprocessing.current_process().daemon


def analyse_apart(root: Path, options: Namespace) -> Project:
    """Analyse in a process of its own.

    Among what an analysis leaves in memory, flake8 checks files a sixth slower, and copies all of it to its workers.
    """
    from multiprocessing import get_context

    context = get_context("fork")
    reader, writer = context.Pipe(duplex=False)
    process = context.Process(target=send_analysis, args=(writer, root, options), daemon=True)
    process.start()
    writer.close()
    with reader:
        try:
            answer: Project | Exception = reader.recv()
        except Exception:  # noqa: BLE001  # it was killed, or its answer could not be sent
            answer = analyse(root, options)
    process.join()
    if isinstance(answer, Exception):
        raise answer
    return answer


def send_analysis(writer: Connection, root: Path, options: Namespace) -> None:
    """Send the analysis of a root, or what went wrong with it; Ctrl-C is answered by the process that waits."""
    from signal import SIG_IGN, SIGINT, signal

    signal(SIGINT, SIG_IGN)
    answer: Project | Exception
    try:
        answer = analyse(root, options)
    except Exception as error:  # noqa: BLE001  # the process that waits raises it
        answer = error
    with contextlib.suppress(Exception), writer:  # nothing sent: the process that waits does the work itself
        writer.send(answer)


def analyse(root: Path, options: Namespace) -> Project:
    """Check the files of a root that flake8 was given; all of them where it was given a folder."""
    from flake8_lambda_perf.discover import walk

    settings = settings_of(root, options)
    named = files_named(root, options)
    if named and not settings.force_exclude:
        files = frozenset(path.relative_to(root).as_posix() for path in named)
    else:
        files = frozenset(walk(root, settings).python)
    return Project(settings, rows_of(ask(root, settings, options, named or (root,), {})), files)


def files_named(root: Path, options: Namespace) -> tuple[Path, ...]:
    """The files of a root, where flake8 was given nothing but files that are on disk."""
    named = [absolute(name) for name in options.filenames]
    if not all(path.is_file() for path in named):
        return ()
    return tuple(path for path in dict.fromkeys(named) if LambdaPerfPlugin.root_of(str(path.parent)) == root)


def settings_of(root: Path, options: Namespace) -> Settings:
    """The settings of the command line, and the rules that flake8's own select names one by one."""
    from flake8_lambda_perf.config import load
    from flake8_lambda_perf.rules.catalog import entries

    config = Path(options.lambda_perf_config) if options.lambda_perf_config else None
    settings = load(root, config, options.isolated and config is None)
    named = {*(options.select or ()), *(options.extend_select or ())}
    asked = (entry.code for entry in entries() if entry.code in named and not entry.default)
    return replace(settings, extend_select=(*settings.extend_select, *asked))


def ask(
    root: Path, settings: Settings, options: Namespace, targets: tuple[Path, ...], overlay: Mapping[str, bytes]
) -> Run:
    """One run of the engine."""
    from flake8_lambda_perf.enclosing import Enclosing, around
    from flake8_lambda_perf.engine import Job, find
    from flake8_lambda_perf.project import cache

    folder = cache.folder_of(root, settings.cache_dir)
    outer = around(root)
    enclosing = None if outer is None else Enclosing(outer)
    job = Job(root, settings, targets, overlay, folder, noqa=not options.disable_noqa, enclosing=enclosing)
    return find(job)


def rows_of(run: Run) -> dict[str, list[Row]]:
    """What flake8 is told, by file: the findings, and the problems of files it asks about."""
    rows: dict[str, list[Row]] = {}
    for finding in run.findings:
        row = (finding.line, finding.column - 1, f"{finding.code} {finding.message}")
        rows.setdefault(finding.path, []).append(row)
    for problem in run.problems:
        row = (max(problem.line, 1), 0, f"LPF000 {one_line(problem.message)}")
        rows.setdefault(problem.path, []).append(row)
    return rows


def is_saved(path: str, text: str) -> bool:
    """Whether a file holds a text, newlines and encoding apart."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123  # pathlib costs as much as the reading
            if file.read() == text.encode("utf-8", "surrogatepass"):
                return True
    except OSError:
        return False
    return text_on_disk(Path(path)) == text


def text_on_disk(path: Path) -> str | None:
    """The text of a file as flake8 reads it: every newline as a line feed, Latin-1 as the last resort."""
    import tokenize

    try:
        with tokenize.open(path) as file:
            return file.read()
    except (SyntaxError, UnicodeError):
        return path.read_text("latin-1").removeprefix("\xef\xbb\xbf")
    except OSError:
        return None


def to_bytes(text: str) -> bytes:
    """The bytes that stand for unsaved text, in the encoding that it declares."""
    from io import BytesIO
    from tokenize import detect_encoding

    data = text.encode("utf-8", "surrogateescape")
    try:
        encoding, _ = detect_encoding(BytesIO(data).readline)
        return text.encode(encoding)
    except (SyntaxError, UnicodeError):
        return data


def crash(error: Exception) -> Row:
    """Our own fault as one finding on line 1."""
    if os.environ.get("LAMBDA_PERF_DEBUG"):
        import traceback

        traceback.print_exception(error, file=sys.stderr)
    text = one_line(f"{type(error).__name__}: {error}")
    return 1, 0, f"LPF000 internal error of flake8-lambda-perf, please report it: {text}"


def one_line(text: str) -> str:
    """`text` without line breaks, which flake8 would print as they are."""
    return " ".join(text.split())

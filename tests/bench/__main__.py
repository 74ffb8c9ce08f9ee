"""The command `python -m tests.bench`."""

from __future__ import annotations

import argparse
import platform
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench import corpora, gains, monorepo
from tests.bench.measure import FailedRunError, compile_packages
from tests.bench.speed import COMPARISONS, ON_PACKAGE, Setting
from tests.bench.table import Failure, Row, header

if TYPE_CHECKING:
    from tests.bench.corpora import Corpus


def main() -> int:
    arguments = _parser().parse_args()
    compile_packages(Path(sys.executable))
    print(f"Python {platform.python_version()}, {platform.system()} {platform.machine()}")
    print("CPU is the user and system time of a child and its own children")
    with tempfile.TemporaryDirectory(prefix="lambda-perf-bench-") as folder:
        if arguments.what == "gains":
            return gains.report(Path(folder), arguments.runs or 9)
        return _report_speed(Path(folder), arguments)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Measures lambda-perf beside its peers.")
    parser.add_argument(
        "what",
        nargs="?",
        choices=("speed", "gains"),
        default="speed",
        help="the engine's speed, or what its fixes gain",
    )
    parser.add_argument(
        "--only", action="append", choices=sorted(COMPARISONS), help="run this comparison only (may be repeated)"
    )
    parser.add_argument("--runs", type=int, help="pairs of runs of each comparison (default: more for the quick ones)")
    parser.add_argument(
        "--seed", type=int, default=monorepo.SEED, help="of the generated monorepo (default: %(default)s)"
    )
    parser.add_argument(
        "--functions", type=int, default=monorepo.FUNCTIONS, help="of the monorepo (default: %(default)s)"
    )
    parser.add_argument("--lines", type=int, default=monorepo.LINES, help="of the monorepo (default: %(default)s)")
    parser.add_argument("--no-package", action="store_true", help="leave out the second corpus")
    return parser


def _report_speed(folder: Path, arguments: argparse.Namespace) -> int:
    first = corpora.generated(folder, arguments.seed, arguments.functions, arguments.lines)
    second = None if arguments.no_package else corpora.installed(folder)
    names = arguments.only or list(COMPARISONS)
    missed = _print_rows(folder, first, names, arguments.runs)
    if second is not None and set(names) & set(ON_PACKAGE):
        missed += _print_rows(folder, second, [name for name in names if name in ON_PACKAGE], arguments.runs)
    print(f"\n{missed} gate{'' if missed == 1 else 's'} missed" if missed else "\nall gates that were measured hold")
    return 1 if missed else 0


def _print_rows(folder: Path, corpus: Corpus, names: list[str], runs: int | None) -> int:
    print(f"\n{corpus.description}\n{header()}", flush=True)
    missed = 0
    for name in names:
        scratch = folder / f"{corpus.name}-{name}"
        scratch.mkdir()
        for row in _rows(name, Setting(corpus, scratch, runs)):
            print(row.render() if isinstance(row, Row) else row, flush=True)
            missed += row.missed if isinstance(row, Row) else isinstance(row, Failure)
    return missed


def _rows(name: str, setting: Setting) -> Iterator[Row | str]:
    try:
        yield from COMPARISONS[name](setting)
    except FailedRunError as failure:
        yield Failure(f"{name} could not be measured: {failure}")


if __name__ == "__main__":
    sys.exit(main())

"""Runs commands as children and measures what they cost: CPU seconds and peak memory."""

from __future__ import annotations

import contextlib
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

KIB = 1024
SAMPLE_SECONDS = 0.01
MAXRSS_UNIT = 1 if sys.platform == "darwin" else KIB
"""`ru_maxrss` counts bytes on macOS and KiB elsewhere."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command line, the folder it runs in, and what it adds to the environment."""

    name: str
    arguments: tuple[str, ...]
    folder: Path
    environment: Mapping[str, str] | None = None
    stdin: bytes = b""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run took. `cpu` is user and system time of the child and its children, in seconds."""

    cpu: float
    peak: int
    status: int


@dataclass(frozen=True, slots=True)
class Pairs:
    """Interleaved runs of two commands."""

    first: tuple[Cost, ...]
    second: tuple[Cost, ...]

    @property
    def ratio(self) -> float:
        """The median of the pairwise CPU ratios."""
        return statistics.median(a.cpu / b.cpu for a, b in zip(self.first, self.second, strict=True))

    @property
    def difference(self) -> float:
        """The median of the pairwise CPU differences, in seconds."""
        return statistics.median(a.cpu - b.cpu for a, b in zip(self.first, self.second, strict=True))

    @property
    def peak_ratio(self) -> float:
        return statistics.median(a.peak / b.peak for a, b in zip(self.first, self.second, strict=True))

    @property
    def spread(self) -> tuple[float, float]:
        """The smallest and the largest pairwise ratio."""
        ratios = [a.cpu / b.cpu for a, b in zip(self.first, self.second, strict=True)]
        return min(ratios), max(ratios)

    def seconds(self) -> tuple[float, float]:
        """The median CPU seconds of each side."""
        return statistics.median(c.cpu for c in self.first), statistics.median(c.cpu for c in self.second)


class FailedRunError(Exception):
    """A measured command did not do its job; its figure would be worthless."""


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of a child: ours without what changes how Python starts or whether it keeps bytecode."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return {**kept, "NO_COLOR": "1", **(extra or {})}


def run(command: Command, accepted: Sequence[int] = (0, 1)) -> Cost:
    """Runs `command` once; a status that is not accepted is an error with what the command said."""
    process = subprocess.Popen(
        command.arguments,
        cwd=command.folder,
        env=environment(command.environment),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdin is not None
    try:
        process.stdin.write(command.stdin)
        process.stdin.close()
    except BrokenPipeError:
        process.stdin = None
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in accepted:
        raise FailedRunError(f"{command.name} ended with status {process.returncode}: {' '.join(command.arguments)}")
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss * MAXRSS_UNIT, process.returncode)


def tree_peak(command: Command) -> int | None:
    """The most memory that the command and its children hold together, sampled; None without psutil."""
    try:
        import psutil
    except ImportError:
        return None
    process = subprocess.Popen(
        command.arguments,
        cwd=command.folder,
        env=environment(command.environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    root, peak = psutil.Process(process.pid), 0
    while process.poll() is None:
        with contextlib.suppress(psutil.Error):  # a child may end between being listed and being asked
            peak = max(peak, sum(part.memory_info().rss for part in (root, *root.children(recursive=True))))
        time.sleep(SAMPLE_SECONDS)
    return peak


def paired(first: Command, second: Command, runs: int, before: Callable[[], None] | None = None) -> Pairs:
    """Runs A B A B ... after one unmeasured run of each; `before` runs ahead of every pair."""
    run(first)
    if runs > 1:
        run(second)
    costs: list[tuple[Cost, Cost]] = []
    for _ in range(runs):
        if before is not None:
            before()
        costs.append((run(first), run(second)))
    return Pairs(tuple(a for a, _ in costs), tuple(b for _, b in costs))


def compile_packages(python: Path) -> None:
    """Compiles all that `python` can import, so that no run pays for compiling."""
    script = (
        "import compileall, sysconfig\n"
        "for name in ('stdlib', 'purelib'): compileall.compile_dir(sysconfig.get_path(name), quiet=2)"
    )
    subprocess.run(
        [str(python), "-c", script],
        env=environment(),
        check=False,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )

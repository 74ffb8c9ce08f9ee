"""The comparisons: each yields the rows of the report for one corpus."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench import peers
from tests.bench.measure import Command, Pairs, paired, tree_peak
from tests.bench.peers import Missing
from tests.bench.table import Row

if TYPE_CHECKING:
    from tests.bench.corpora import Corpus


@dataclass(frozen=True, slots=True)
class Setting:
    """What a comparison needs: the corpus, a folder for its own files, how many pairs (None: its own number)."""

    corpus: Corpus
    scratch: Path
    runs: int | None


Comparison = Callable[[Setting], Iterator[Row | str]]


def _note(pairs: Pairs) -> str:
    first, second = pairs.seconds()
    low, high = pairs.spread
    return f"{first:.3f} s : {second:.3f} s, n={len(pairs.first)}, {low:.3f}-{high:.3f}"


def _against(setting: Setting, peer: Command | Missing, runs: int, gate: float | None) -> Iterator[Row | str]:
    if isinstance(peer, Missing):
        yield f"{peer.name} is not installed here: skipped"
        return
    pairs = paired(peers.lambda_perf(setting.corpus.root), peer, setting.runs or runs)
    yield Row(f"check cold / {peer.name}, {setting.corpus.name}", pairs.ratio, "x", gate, _note(pairs))
    if peer.name == "fixit":
        yield Row(f"largest process / fixit's, {setting.corpus.name}", pairs.peak_ratio, "x", None, _peaks(pairs))
        yield _memory(setting, peer)


def _peaks(pairs: Pairs) -> str:
    first, second = (max(cost.peak for cost in side) / 2**20 for side in (pairs.first, pairs.second))
    return f"largest process {first:.0f} MiB : {second:.0f} MiB"


def _memory(setting: Setting, peer: Command) -> Row | str:
    """All processes together: fixit spreads its files over several, so the largest one alone says little."""
    ours, theirs = (tree_peak(command) for command in (peers.lambda_perf(setting.corpus.root), peer))
    if ours is None or theirs is None:
        return "psutil is not installed here: the memory of all processes together is not measured"
    note = f"all processes {ours / 2**20:.0f} MiB : {theirs / 2**20:.0f} MiB, n=1"
    return Row(f"peak memory / fixit, {setting.corpus.name}", ours / theirs, "x", 0.25, note)


def ruff(setting: Setting) -> Iterator[Row | str]:
    yield from _against(setting, peers.ruff(setting.corpus.root), 7, 12.0)


def pylint(setting: Setting) -> Iterator[Row | str]:
    yield from _against(setting, peers.pylint(setting.corpus.root), 1, 0.05)


def fixit(setting: Setting) -> Iterator[Row | str]:
    yield from _against(setting, peers.fixit(setting.corpus.root), 1, 0.03)


def pythaw(setting: Setting) -> Iterator[Row | str]:
    yield from _against(setting, peers.pythaw(setting.corpus.root), 3, None)


def warm(setting: Setting) -> Iterator[Row | str]:
    """Both with a filled cache."""
    root = setting.corpus.root
    peer = peers.ruff(root, setting.scratch / "ruff-cache")
    if isinstance(peer, Missing):
        yield "ruff is not installed here: the warm run is skipped"
        return
    pairs = paired(_warm(root), peer, setting.runs or 7)
    yield Row(f"check warm / ruff warm, {setting.corpus.name}", pairs.ratio, "x", None, _note(pairs))
    shutil.rmtree(root / ".lambda_perf_cache", ignore_errors=True)


def _warm(root: Path) -> Command:
    cold = peers.lambda_perf(root)
    return Command("lambda-perf", tuple(a for a in cold.arguments if a != "--no-cache"), root)


def flake8(setting: Setting) -> Iterator[Row | str]:
    """flake8 alone against us, and with our plugin against itself alone."""
    programs = peers.flake8_pair(setting.scratch)
    if programs is None:
        yield "flake8 is skipped: pip could not make its two environments"
        return
    alone, plugged = (peers.flake8(program, setting.corpus.root) for program in programs)
    runs = setting.runs or 3
    pairs = paired(peers.lambda_perf(setting.corpus.root), alone, runs)
    yield Row(f"check cold / flake8, {setting.corpus.name}", pairs.ratio, "x", 0.15, _note(pairs))
    pairs = paired(plugged, alone, runs, before=lambda: _forget(setting.corpus.root))
    yield Row(f"flake8 with plugin / alone, {setting.corpus.name}", pairs.ratio, "x", 1.12, _note(pairs))


def _forget(root: Path) -> None:
    shutil.rmtree(root / ".lambda_perf_cache", ignore_errors=True)


def version(setting: Setting) -> Iterator[Row | str]:
    """What the command adds to a bare interpreter."""
    program = peers.lambda_perf(setting.corpus.root).arguments[0]
    ours = Command("lambda-perf --version", (program, "--version"), setting.scratch)
    bare = Command("python", (sys.executable, "-c", "pass"), setting.scratch)
    pairs = paired(ours, bare, setting.runs or 21)
    yield Row("--version over bare Python", 1000 * pairs.difference, " ms", 25.0, _note(pairs))


def single(setting: Setting) -> Iterator[Row | str]:
    """One file with a finding, as an editor asks for it: cold, and with a filled cache."""
    root = setting.corpus.root
    file = next(iter(sorted(root.rglob("app.py"))), None)
    if file is None:
        return
    target = str(file.relative_to(root))
    cold = peers.lambda_perf(root)
    bare = Command("python", (sys.executable, "-c", "pass"), setting.scratch)
    for name, options in (("cold", ("--no-cache",)), ("warm", ())):
        arguments = (*(a for a in cold.arguments[:-1] if a != "--no-cache"), *options, target)
        pairs = paired(Command("lambda-perf", arguments, root), bare, setting.runs or 11)
        yield Row(f"one file {name}, over bare Python", 1000 * pairs.difference, " ms", None, _note(pairs))
    _forget(root)


COMPARISONS: dict[str, Comparison] = {
    "version": version,
    "single": single,
    "ruff": ruff,
    "warm": warm,
    "pythaw": pythaw,
    "flake8": flake8,
    "pylint": pylint,
    "fixit": fixit,
}
ON_PACKAGE = ("ruff", "flake8", "pylint", "fixit")
"""The comparisons that are repeated on the second corpus."""

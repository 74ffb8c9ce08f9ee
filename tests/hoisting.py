"""Plans and applies hoists without the engine: what the tests of fixes share."""

from __future__ import annotations

import ast
import io
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from pyflakes import checker  # type: ignore[import-untyped]  # it has no stubs

from flake8_lambda_perf import discover, manifests
from flake8_lambda_perf.config import Settings, load
from flake8_lambda_perf.fixes import connections, hoist, setup
from flake8_lambda_perf.fixes.apply import apply, comments
from flake8_lambda_perf.fixes.build import MoveError
from flake8_lambda_perf.fixes.often import place_of
from flake8_lambda_perf.project.analysis import Analysis, Build, Construction
from flake8_lambda_perf.project.load import Project

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flake8_lambda_perf.model import Fix

Files = dict[str, str]
ROUNDS = 10


def analysed(root: Path, overlay: Mapping[str, bytes], settings: Settings) -> Analysis:
    """Analyses a folder, with unsaved texts over its files."""
    tree = discover.walk(root, settings)
    declared, _ = manifests.read(root, tree.manifests)
    layers = {layer for deployed in declared for layer in deployed.layers}
    return Analysis(Project(root, {*tree.python, *overlay}, overlay, layers), declared, settings)


def written(root: Path, files: Mapping[str, str]) -> Settings:
    """Writes a project with its newlines as they are, and gives its settings."""
    for name, text in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8", newline="")
    return load(root, None, isolated=False)


def plans(analysis: Analysis) -> list[tuple[str, Fix | None]]:
    """Plans the hoist of everything that is built per request, in the order of the text."""
    targets: list[tuple[ast.Call, Build | Construction]] = [*analysis.builds.items(), *analysis.constructions.items()]
    found = []
    for node, target in targets:
        place = place_of(target, node)
        where = (place.scope.module.path, node.lineno, node.col_offset)
        found.append((where, hoist.plan(analysis, target, node)))
    return [(f"{path}:{line}", fix) for (path, line, _), fix in sorted(found, key=lambda item: item[0])]


def hoisted(root: Path, files: Mapping[str, str], *, unsafe: bool = False) -> Files:
    """Gives the files after as many rounds of fixes as there is something to fix; fails if that does not end."""
    settings = written(root, files)
    texts = dict(files)
    for _ in range(ROUNDS):
        overlay = {name: text.encode() for name, text in texts.items() if name.endswith(".py")}
        found = plans(analysed(root, overlay, settings))
        fixes = [(name, fix) for name, fix in found if fix is not None and (unsafe or fix.safety == "safe")]
        if not fixes:
            return texts
        applied = apply(texts, fixes)
        assert applied.refused == ()
        assert applied.accepted
        texts = dict(applied.texts)
    raise AssertionError(f"still fixes after {ROUNDS} rounds")


def assert_kept(before: str, after: str) -> None:
    """Checks what every fix must leave as it was: syntax, comments, newlines, the names a file knows."""
    compile(after, "<after>", "exec", dont_inherit=True)
    assert comments(before) <= comments(after)
    assert newlines(before) >= newlines(after) or not before
    assert flaws(after) <= flaws(before)


def newlines(text: str) -> set[str]:
    """Lists the kinds of newline of a text."""
    return {line[len(line.rstrip("\r\n")) :] for line in io.StringIO(text, newline="")} - {""}


def flaws(text: str) -> Counter[str]:
    """Counts what pyflakes says of a text, without the lines; `Final` may lose its use, being no type of results."""
    messages = checker.Checker(ast.parse(text)).messages
    found = (f"{type(message).__name__} {message.message_args[:1]}" for message in messages)
    return Counter(flaw for flaw in found if flaw != "UnusedImport ('typing.Final',)")


def outcomes(analysis: Analysis) -> list[str]:
    """Says of everything that is built per request, in the order of the text, what its hoist does or why it is none."""
    targets: list[tuple[ast.Call, Build | Construction]] = [*analysis.builds.items(), *analysis.constructions.items()]
    found = []
    for node, target in sorted(targets, key=lambda pair: pair[0].lineno):
        try:
            found.append(_fix(analysis, target, node).title)
        except MoveError as error:
            found.append(str(error))
    return found


def _fix(analysis: Analysis, target: Build | Construction, node: ast.Call) -> Fix:
    if isinstance(target, Construction) or target.site.node is not node:
        return hoist._Hoist(analysis, target, node).fix()
    if driver := connections.DRIVERS.get(target.client.name):
        return connections._Accessor(analysis, target, driver).fix()
    if target.client.name in setup.SETUPS:
        return setup._fix(analysis, node, target.site.place)
    return hoist._Hoist(analysis, target, node).fix()

"""Imports that nothing needs once a build of its own is gone."""

from __future__ import annotations

import ast
import re
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

from flake8_lambda_perf.fixes.build import MoveError
from flake8_lambda_perf.project.sketch import QUOTED
from flake8_lambda_perf.source import nodes_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flake8_lambda_perf.project.analysis import Analysis
    from flake8_lambda_perf.project.facts import Binding, Function, Module
    from flake8_lambda_perf.project.load import Project


def idle_imports(analysis: Analysis, function: Function, gone: Sequence[ast.AST]) -> list[ast.stmt]:
    """Lists the imports that only the code in `gone` needs; raises where one cannot go with it."""
    module = function.module
    inside = {node for root in gone for node in ast.walk(root) if isinstance(node, ast.Name)}
    read = Counter(node.id for node in inside)
    found: list[ast.stmt] = []
    for name in sorted(read):
        bindings = function.scope.bindings.get(name) or module.scope.bindings.get(name, [])
        imports = [binding for binding in bindings if binding.kind in ("import", "from")]
        if not imports or not _is_whole_use(module, name, read[name]):
            continue
        if len(bindings) != 1 or not _is_alone(bindings[0]) or _is_wanted_elsewhere(analysis, module, name):
            raise MoveError(f"the import of `{name}` would be left without a use")
        found.append(bindings[0].place.statement)
    return found


@lru_cache(maxsize=4)
def times_named(module: Module) -> Counter[str]:
    """Counts how often each name stands in a module, outside the statements that import it."""
    return Counter(node.id for node in nodes_of(module.tree) if isinstance(node, ast.Name))


def _is_whole_use(module: Module, name: str, times: int) -> bool:
    """Tells whether a module uses a name no more than so many times; nodes are counted where the text leaves doubt."""
    aliases = (alias for node, _ in module.imports for alias in node.names)
    imports = sum(name in (alias.asname, alias.name.partition(".")[0]) for alias in aliases)
    word = re.escape(name)  # first in a pattern, where letters are found fast
    if len(re.findall(rf"{word}(?<!\w{word})\b", module.text)) - imports <= times:
        return True
    if len(re.findall(rf"{word}(?<![\w.]{word})\b(?!\s*=[^=])", _code(module))) - imports > times:
        return False
    return times_named(module)[name] <= times


@lru_cache(maxsize=4)
def _code(module: Module) -> str:
    """Gives the text of a module without strings and comments."""
    return QUOTED.sub('""', module.text)


@lru_cache(maxsize=1)
def with_wildcards(project: Project) -> frozenset[str]:
    """Lists the files that may take everything another has."""
    every = ((path, names) for path in project.files for _, _, names in project.outline(path).imports)
    return frozenset(path for path, names in every if "*" in names)


def _is_alone(binding: Binding) -> bool:
    """Tells whether a statement imports nothing else, where it runs whenever its module or function does."""
    statement = binding.place.statement
    return (
        isinstance(statement, ast.Import | ast.ImportFrom)
        and len(statement.names) == 1
        and binding.place.branch.parent is None
    )


def _is_wanted_elsewhere(analysis: Analysis, module: Module, name: str) -> bool:
    """Tells whether another file may take the import's name from this module, or `__all__` lists it."""
    if re.search(rf"[\"']{name}[\"']", module.text):
        return True
    if not with_wildcards(analysis.project) <= {module.path}:
        return True
    stem = module.path.removesuffix("/__init__.py").removesuffix(".py").rpartition("/")[2]
    return not _taking(analysis.project, stem, name) <= {module.path}


@lru_cache(maxsize=256)  # many modules of a project are called the same
def _taking(project: Project, stem: str, name: str) -> frozenset[str]:
    """Lists the files that may take a name from a module called so."""
    word = re.escape(stem)
    taken = re.compile(rf"{word}(?<!\w{word})(?:\.|[ \t]+import\b[^#]*?\b){name}\b".encode())
    return frozenset(path for path in project.files if taken.search(project.data(path) or b""))

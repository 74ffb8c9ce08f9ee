"""Imports that nothing needs once a build of its own is gone."""

from __future__ import annotations

import ast
import re
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

from flake8_lambda_perf.discover import is_test
from flake8_lambda_perf.fixes.build import MoveError
from flake8_lambda_perf.fixes.uses import uses_of
from flake8_lambda_perf.project.sketch import QUOTED
from flake8_lambda_perf.source import nodes_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flake8_lambda_perf.project.analysis import Analysis
    from flake8_lambda_perf.project.facts import Binding, Function, Module
    from flake8_lambda_perf.project.load import Project


def idle_imports(analysis: Analysis, function: Function, gone: Sequence[ast.AST]) -> list[ast.stmt]:
    """Lists the imports that only the code in `gone` needs; raises where one cannot go with it, or a local is left."""
    module = function.module
    inside = {node for root in gone for node in ast.walk(root) if isinstance(node, ast.Name)}
    read = Counter(node.id for node in inside if isinstance(node.ctx, ast.Load))
    found: list[ast.stmt] = []
    for name in sorted(read):
        bindings = function.scope.bindings.get(name) or module.scope.bindings.get(name, [])
        if any(_is_left(analysis, binding) for binding in function.scope.bindings.get(name, ())):
            if len(uses_of(function, name)) <= read[name]:
                raise MoveError(f"the local `{name}` would be left without a use")
            continue
        imports = [binding for binding in bindings if binding.kind in ("import", "from")]
        if not imports or not _is_whole_use(module, name, read[name]):
            continue
        if len(bindings) != 1 or not _is_alone(bindings[0]) or _is_wanted_elsewhere(analysis, module, name):
            raise MoveError(f"the import of `{name}` would be left without a use")
        found.append(bindings[0].place.statement)
    return found


def _is_left(analysis: Analysis, binding: Binding) -> bool:
    """Tells whether a local would be left without a use; a build of its own goes by itself."""
    return binding.kind in ("assign", "with") and (binding.value is None or analysis.build_at(binding.value) is None)


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


@lru_cache(maxsize=64)
def is_taken_whole(project: Project, path: str) -> bool:
    """Tells whether another file takes all names of a file: `from name import *`."""
    name = _module_name(path)
    for other in with_wildcards(project) - {path}:
        for base, level, names in project.outline(other).imports:
            if "*" in names and (base or level):
                found = project.locate(base, other, level)
                if found == path or (found is None and base.rpartition(".")[2] == name):
                    return True
    return False


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
    if is_taken_whole(analysis.project, module.path):
        return True
    return not _taking(analysis.project, _module_name(module.path), name) <= {module.path}


def _module_name(path: str) -> str:
    """Gives the last name by which a file is imported."""
    return path.removesuffix("/__init__.py").removesuffix(".py").rpartition("/")[2]


@lru_cache(maxsize=256)  # many modules of a project are called the same
def _taking(project: Project, stem: str, name: str) -> frozenset[str]:
    """Lists the files that may take a name from a module called so: they say both, or import the one, or are tests."""
    importers, tests = _importers(project)
    spelled = f"{stem}.{name}".encode()
    found = {path for path in _with_attribute(project, name) if spelled in (project.data(path) or b"")}
    found.update(path for path in {*importers.get(stem, ()), *tests} if _takes(project, path, stem, name))
    return frozenset(found)


@lru_cache(maxsize=64)
def _with_attribute(project: Project, name: str) -> tuple[str, ...]:
    """Lists the files that name an attribute, in code or in a text."""
    word = f".{name}".encode()
    return tuple(path for path in project.files if word in (project.data(path) or b""))


@lru_cache(maxsize=1)
def _importers(project: Project) -> tuple[dict[str, set[str]], list[str]]:
    """Maps what imports name to the files that do, and lists the tests."""
    found: dict[str, set[str]] = {}
    for path in project.files:
        for module, level, names in project.outline(path).imports:
            own = path.rpartition("/")[0].split("/") if level else []
            for name in (*own, *module.split("."), *names):
                found.setdefault(name, set()).add(path)
    return found, [path for path in project.files if is_test(path)]


def _takes(project: Project, path: str, stem: str, name: str) -> bool:
    """Tells whether a file that imports a module called so, or tests it, may take a name from it."""
    for module, _level, names in project.outline(path).imports:
        if name in names and module.rpartition(".")[2] in (stem, ""):
            return True
    data = project.data(path) or b""
    return any(word.encode() in data for word in (f".{name}", f'"{name}"', f"'{name}'"))

"""What `from x import *` binds, and which of it is wanted."""

from __future__ import annotations

import ast
import symtable
from functools import lru_cache
from typing import TYPE_CHECKING

from flake8_lambda_perf.source import nodes_of

if TYPE_CHECKING:
    from flake8_lambda_perf.project.analysis import Analysis
    from flake8_lambda_perf.project.facts import Module


def exports(analysis: Analysis, node: ast.ImportFrom, importer: str) -> frozenset[str] | None:
    """Lists the names that a wildcard import binds; None where they are not all known."""
    path = analysis.project.locate(node.module or "", importer, node.level) if node.module or node.level else None
    module = analysis.project.module(path) if path is not None else None
    return _exports(analysis, module, frozenset()) if module is not None else None


def _exports(analysis: Analysis, module: Module, above: frozenset[str]) -> frozenset[str] | None:
    if module.path in above or "__getattr__" in module.scope.bindings or "globals()" in module.text:
        return None
    names = {name for name in module.scope.bindings if name != "*"} | set(module.global_writes)
    if "__all__" in names:
        return _declared(module)
    found = {name for name in names if not name.startswith("_")}
    for binding in module.scope.bindings.get("*", ()):
        node = binding.node
        assert isinstance(node, ast.ImportFrom)
        path = analysis.project.locate(node.module or "", module.path, node.level)
        other = analysis.project.module(path) if path is not None else None
        more = _exports(analysis, other, above | {module.path}) if other is not None else None
        if more is None:
            return None
        found |= more
    return frozenset(found)


def _declared(module: Module) -> frozenset[str] | None:
    """Reads `__all__`; None unless it is one list of strings."""
    bindings = module.scope.bindings["__all__"]
    if len(bindings) != 1 or "__all__" in module.scope.mutations:
        return None
    value = bindings[0].value
    if not isinstance(value, ast.List | ast.Tuple | ast.Set):
        return None
    names = [part.value for part in value.elts if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    return frozenset(names) if len(names) == len(value.elts) else None


def read_globally(module: Module) -> set[str] | None:
    """Lists the global names a module reads, in quoted annotations and `__all__` too; None where that is not known."""
    referenced = referenced_globally(module)
    if referenced is None:
        return None
    found = set(referenced)
    for node in nodes_of(module.tree):
        if isinstance(node, ast.arg | ast.AnnAssign) and node.annotation is not None:
            found |= _annotated(node.annotation)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.returns is not None:
            found |= _annotated(node.returns)
    if "__all__" in module.scope.bindings:
        declared = _declared(module)
        return found | declared if declared is not None else None
    return found


@lru_cache(maxsize=4)  # asked first for itself, then with the rest
def referenced_globally(module: Module) -> frozenset[str] | None:
    """Lists the global names a module reads as the compiler sees it; None where that is not known."""
    try:
        table = symtable.symtable(module.text, module.path, "exec")
    except (SyntaxError, ValueError):
        return None  # too odd for the compiler: nothing is known
    found = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_referenced()}
    stack = table.get_children()
    while stack:
        inner = stack.pop()
        found |= {s.get_name() for s in inner.get_symbols() if s.is_referenced() and s.is_global()}
        stack.extend(inner.get_children())
    return frozenset(found)


def _annotated(annotation: ast.expr) -> set[str]:
    """Lists the names that an annotation reads, quoted ones included."""
    found: set[str] = set()
    for node in ast.walk(annotation):
        if isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found |= _quoted(node.value)
    return found


def _quoted(text: str) -> set[str]:
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError):
        return set()  # a text, as in `Literal["a b"]`
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def taken_by_others(analysis: Analysis, module: Module) -> set[str] | None:
    """Lists the names that other files import from a module; None where one takes everything, or the whole module."""
    project = analysis.project
    found: set[str] = set()
    for path in project.files:
        if path == module.path or module.path not in project.links(path):
            continue
        other = project.module(path)
        if other is None:
            return None
        for node, _ in other.imports:
            if isinstance(node, ast.Import):
                if any(project.locate(alias.name, path, 0) == module.path for alias in node.names):
                    return None
                continue
            base = node.module or ""
            if (base or node.level) and project.locate(base, path, node.level) == module.path:
                found |= {alias.name for alias in node.names}
            elif any(
                project.locate(f"{base}.{alias.name}" if base else alias.name, path, node.level) == module.path
                for alias in node.names
            ):
                return None
    return None if "*" in found else found

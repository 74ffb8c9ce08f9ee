"""Names what is used: of `from x import *`, and of the libraries that `patch_all()` patches."""

from __future__ import annotations

import ast
import builtins
import re
from typing import TYPE_CHECKING

from flake8_lambda_perf.model import Edit, Fix
from flake8_lambda_perf.project.exports import exports, read_globally, taken_by_others
from flake8_lambda_perf.source import lines_of, newline_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flake8_lambda_perf.project.facts import Module
    from flake8_lambda_perf.project.imports import Imports
    from flake8_lambda_perf.source import Lines

LINE_LENGTH = 88
BUILTINS = frozenset(dir(builtins))
DYNAMIC = re.compile(r"\b(globals|locals|vars|eval|exec)\s*\(")

PATCHED = {
    "aioboto3": "aioboto3",
    "aiobotocore": "aiobotocore",
    "boto3": "boto3",
    "botocore": "botocore",
    "httpx": "httpx",
    "mysql": "mysql",
    "pg8000": "pg8000",
    "psycopg2": "psycopg2",
    "pymongo": "pymongo",
    "pymysql": "pymysql",
    "pynamodb": "pynamodb",
    "requests": "requests",
    "sqlalchemy": "sqlalchemy_core",
    "sqlite3": "sqlite3",
}
"""What `patch_all()` patches, by the package that is imported (the SDK's page "Third Party Library Support").

`httplib` is not among them: without `double_patch` the SDK leaves it out.
"""


# -- from x import * --------------------------------------------------------------------------


def narrow(imports: Imports, module: Module, node: ast.ImportFrom) -> Fix | None:
    """Builds the fix of a wildcard import: the names that are used; None where they cannot be told."""
    wanted = _wanted(imports, module)
    if wanted is None or DYNAMIC.search(module.text):
        return None
    names, outside = wanted
    exported = exports(imports.analysis, node, module.path)
    if exported is None:
        found = _unknown_names(imports, module, node, names)
        reasons = ["the names that the module exports are not known"]
    else:
        found = {name for name in names & exported if not _is_overwritten(imports, module, node, name)}
        reasons = []
    if outside is None:
        reasons.append("another file imports this module whole, and may use more names of it")
    if not found:
        return None
    lines = lines_of(module.text)
    text = _listed(sorted(found, key=_order), node, newline_of(module.text))
    edit = Edit(module.path, lines.span(node.names[0]), text)
    source = "." * node.level + (node.module or "")
    title = f"name what is used of `{source}`"
    return Fix(title, (edit,), safety="unsafe", reason="; ".join(reasons)) if reasons else Fix(title, (edit,))


def _wanted(imports: Imports, module: Module) -> tuple[set[str], set[str] | None] | None:
    """Lists the global names that a module reads and those others take from it, and the latter alone."""
    own = read_globally(module)
    if own is None:
        return None
    outside = taken_by_others(imports.analysis, module)
    return own | (outside or set()), outside


def _stars(module: Module) -> Iterator[ast.ImportFrom]:
    for binding in module.scope.bindings.get("*", ()):
        assert isinstance(binding.node, ast.ImportFrom)
        yield binding.node


def _unknown_names(imports: Imports, module: Module, node: ast.ImportFrom, names: set[str]) -> set[str]:
    """Lists what only this wildcard can bind; nothing where another one may as well."""
    found = names - set(module.scope.bindings) - set(module.global_writes) - BUILTINS
    found = {name for name in found if not (name.startswith("__") and name.endswith("__"))}
    for other in _stars(module):
        if other is not node:
            known = exports(imports.analysis, other, module.path)
            if known is None:
                return set()
            found -= known
    return found


def _is_overwritten(imports: Imports, module: Module, node: ast.ImportFrom, name: str) -> bool:
    """Tells whether a module binds a name anew before it reads what the wildcard gave it."""
    for other in _stars(module):
        if other.lineno > node.lineno and name in (exports(imports.analysis, other, module.path) or ()):
            return True
    for binding in module.scope.bindings.get(name, ()):
        statement = binding.place.statement
        always = binding.place.branch.kind == "root" and binding.place.branch.parent is None
        if statement.lineno > node.lineno and always and binding.kind not in ("aug", "del"):
            return not _is_read_between(module, name, node.lineno, statement.end_lineno or statement.lineno)
    return False


def _is_read_between(module: Module, name: str, first: int, last: int) -> bool:
    """Tells whether a name is read in some lines: at import, or by something that may run there."""
    reads = (node for node in ast.walk(module.tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load))
    return any(node.id == name and first <= node.lineno <= last for node in reads)


def _order(name: str) -> tuple[int, str]:
    """Sorts constants first, then classes, then the rest, as import sorters do."""
    return (0 if name.isupper() else 1 if name[0].isupper() else 2), name


def _listed(names: list[str], node: ast.ImportFrom, newline: str) -> str:
    """Writes the names on one line, or one a line where that is too long."""
    text = ", ".join(names)
    alias = node.names[0]
    if alias.col_offset + len(text) <= LINE_LENGTH:
        return text
    indent = " " * node.col_offset
    rows = "".join(f"{indent}    {name},{newline}" for name in names)
    return f"({newline}{rows}{indent})"


# -- patch_all --------------------------------------------------------------------------------


def patch_some(imports: Imports, module: Module, call: ast.Call) -> Fix | None:
    """Builds the fix of `patch_all()`: `patch` with the libraries that a handler's files import; always unsafe."""
    libraries = _libraries(imports, module.path)
    if call.args or call.keywords or not libraries:
        return None
    lines = lines_of(module.text)
    comma = "," if len(libraries) == 1 else ""
    listed = ", ".join(f'"{name}"' for name in libraries) + comma
    if isinstance(call.func, ast.Attribute):
        function = f"{ast.unparse(call.func.value)}.patch"
        edits = [Edit(module.path, lines.span(call), f"{function}(({listed}))")]
    elif isinstance(call.func, ast.Name):
        renamed = _renamed_import(module, lines, call.func.id)
        if renamed is None:
            return None
        edits = [renamed, Edit(module.path, lines.span(call), f"patch(({listed}))")]
    else:
        return None
    if "#" in module.text[lines.span(call).start : lines.span(call).end]:
        return None
    reason = "libraries that other packages import for themselves are no longer traced"
    return Fix("patch only the libraries in use", tuple(sorted(edits)), safety="unsafe", reason=reason)


def _renamed_import(module: Module, lines: Lines, name: str) -> Edit | None:
    """Imports `patch` instead of `patch_all`; None where the name has another use, or `patch` another meaning."""
    uses = [node for node in ast.walk(module.tree) if isinstance(node, ast.Name) and node.id == name]
    bindings = module.scope.bindings.get(name, [])
    if len(uses) != 1 or len(bindings) != 1 or "patch" in module.scope.bindings:
        return None
    alias = bindings[0].node
    if not isinstance(alias, ast.alias) or alias.name != "patch_all":
        return None
    return Edit(module.path, lines.span(alias), "patch")


def _libraries(imports: Imports, path: str) -> tuple[str, ...]:
    """Names the libraries to patch of those that any handler with this file imports, anywhere."""
    reached: set[str] = set()
    for holder in sorted(imports.loads.holders(path)):
        reached |= _reached(imports, holder)
    found = {name.partition(".")[0] for other in reached for name in _imported(imports, other)}
    patched = {PATCHED[name] for name in found if name in PATCHED}
    if patched & {"boto3", "pynamodb"}:
        patched.discard("botocore")  # the SDK patches it for both
    if "aioboto3" in patched:
        patched.discard("aiobotocore")
    return tuple(sorted(patched))


def _reached(imports: Imports, path: str) -> set[str]:
    """Lists the project's files that a file imports at any time, itself included."""
    project = imports.analysis.project
    seen = {path}
    stack = [path]
    while stack:
        for target in project.links(stack.pop()):
            if target not in seen:
                seen.add(target)
                stack.append(target)
    return seen


def _imported(imports: Imports, path: str) -> Iterable[str]:
    return [module for module, level, _ in imports.analysis.project.outline(path).imports if not level]

"""Why an import may stand in a function: its author says so, or the code around it does."""

from __future__ import annotations

import ast
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from flake8_lambda_perf.knowledge import idioms
from flake8_lambda_perf.project.values import Ext
from flake8_lambda_perf.source import NEWLINE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flake8_lambda_perf.project.facts import Branch, Function, ImportSite, Place
    from flake8_lambda_perf.project.names import Names

COMMENT = re.compile(
    r"\blaz(y|ily|iness)|\bdefer|\boptional|circular|cyclic|import.?cycle|cold.?start|start.?up|performance|on.demand"
    r"|\bavoid\w*\b.{0,40}\b(import|load|depend)"
    r"|\b(import|load)\w*\b.{0,40}\b(here|late|later|within|inside|locally|only)\b"
    r"|\b(late|local|inline|delayed?|postponed?)\b.{0,12}\bimport|\bslow\b.{0,12}\b(import|load)"
    r"|\bheavy|expensive|import time|\bonly\b.{0,20}\b(when|if)\b.{0,20}\bneeded|patched|mock"
    r"|\bnot (always )?(available|installed)|may (be missing|not be)|PLC0415|import-outside-toplevel",
    re.IGNORECASE,
)
"""What a comment beside an import says where the import stands there on purpose."""

DOCSTRING = re.compile(
    r"\blaz(y|ily)\b.{0,60}\b(import|load)|\b(import|load)\w*\b.{0,60}\b(laz(y|ily)|late|later|on.demand|inside)\b"
    r"|\bdefer\w*\b.{0,60}\bimport|\bimport\w*\b.{0,60}\bdefer|circular|import.?cycle|cold.?start"
    r"|\boptional\b.{0,20}\b(import|depend|packag)|\bavoid\w*\b.{0,40}\bimport",
    re.IGNORECASE | re.DOTALL,
)
"""What the docstring of a function says where its imports stand there on purpose."""

WHOLE_FILE = re.compile(
    r"(?m)^#[ \t]*(ruff:[ \t]*noqa\b.*PLC0415|pylint:[ \t]*disable=.*(import-outside-toplevel|C0415))", re.IGNORECASE
)
"""A comment at the margin that allows imports in functions throughout a file."""

PLATFORM = re.compile(r"\b(sys\.(platform|version_info|implementation)|os\.name|platform\.\w+|version_info)\b")
"""What a test reads where a module exists on some systems or versions only."""

MISSING = frozenset({"ImportError", "ModuleNotFoundError"})
BROAD = frozenset({"Exception", "BaseException"})
ENVIRON_METHODS = frozenset({"setdefault", "update", "pop"})


def documented(site: ImportSite) -> bool:
    """Tells whether a comment beside an import, or its function's docstring, gives a reason for its place."""
    node = site.function.node
    text = ast.get_docstring(node, clean=False) if not isinstance(node, ast.Lambda) else None
    if text is not None and DOCSTRING.search(text):
        return True
    if _is_allowed_throughout(site.function.module.text):
        return True
    lines = _lines_in(site.function.module.text)
    return any(COMMENT.search(comment) for comment in _comments_beside(site, lines))


@lru_cache(maxsize=4)  # many imports of a file ask the same
def _lines_in(text: str) -> list[str]:
    return NEWLINE.split(text)


def _is_allowed_throughout(text: str) -> bool:
    """Tells whether a comment allows imports in functions throughout a file."""
    return ("0415" in text or "toplevel" in text.lower()) and WHOLE_FILE.search(text) is not None


def _comments_beside(site: ImportSite, lines: list[str]) -> Iterator[str]:
    """Gives the comments on the import, directly above it, and above the imports it stands among."""
    node = site.node
    for line in lines[node.lineno - 1 : node.end_lineno]:
        yield line.partition("#")[2]
    block = [site.place.statement]
    for statement in reversed(_before(site.place)):
        if not isinstance(statement, ast.Import | ast.ImportFrom):
            break
        block.append(statement)
    for statement in block:
        above = []
        number = statement.lineno - 2
        while number >= 0 and lines[number].strip().startswith("#"):
            above.append(lines[number].strip().lstrip("#"))
            number -= 1
        yield " ".join(reversed(above))


def _before(place: Place) -> list[ast.stmt]:
    """Lists the statements of the same block that stand before a place."""
    statements = place.branch.statements
    return statements[: statements.index(place.statement)] if place.statement in statements else []


def is_optional(place: Place) -> bool:
    """Tells whether the code around a place goes on without the module: `except ImportError`, or a try of imports."""
    for branch in place.branch.chain():
        if branch.kind == "handler" and _handles_missing(branch):
            return True
        if branch.kind != "try" or not isinstance(branch.node, ast.Try | ast.TryStar):
            continue
        caught = {name for handler in branch.node.handlers for name in _caught(handler)}
        if caught & MISSING:
            return True
        if caught & BROAD and all(_only_imports(statement) for statement in branch.node.body):
            return True
    return False


def _caught(handler: ast.ExceptHandler) -> Iterator[str]:
    match handler.type:
        case None:
            yield "BaseException"
        case ast.Tuple(elts=elements):
            yield from (ast.unparse(element) for element in elements)
        case other:
            yield ast.unparse(other)


def _only_imports(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Import | ast.ImportFrom | ast.Pass):
        return True
    return isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Constant | ast.Name)


def in_handler(place: Place) -> ast.ExceptHandler | None:
    """Finds the innermost `except` a place stands in."""
    for branch in place.branch.chain():
        if branch.kind == "handler" and isinstance(branch.node, ast.Try | ast.TryStar):
            line = place.statement.lineno
            found = [h for h in branch.node.handlers if h.lineno <= line <= (h.end_lineno or h.lineno)]
            return found[0] if found else None
    return None


def is_alternative(site: ImportSite, bound: Iterable[str]) -> bool:
    """Tells whether an `except` answers by the import what its `try` failed to: `return html.escape(...)`."""
    handler = in_handler(site.place)
    if handler is None:
        return False
    chain = site.place.branch.chain()
    tried = next(b.node for b in chain if b.kind == "handler" and isinstance(b.node, ast.Try | ast.TryStar))
    answers = _answers(tried.body)
    names = set(bound)
    for statement in handler.body:
        value = statement.value if isinstance(statement, ast.Return | ast.Assign) else None
        if isinstance(value, ast.Call) and _root(value.func) in names and answers & _answers([statement]):
            return True
    return False


def _answers(body: Iterable[ast.stmt]) -> set[str]:
    """Lists what statements assign to, with `return` for a value they return."""
    found: set[str] = set()
    for statement in body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Assign):
                found.update(ast.unparse(target) for target in node.targets)
            elif isinstance(node, ast.Return) and node.value is not None:
                found.add("return")
    return found


def after_failed_check(site: ImportSite, names: Names) -> bool:
    """Tells whether a test asks what there is to import: `if orjson is None: import json`, `if sys.platform == ...`."""
    for branch in site.place.branch.chain():
        if branch.test is None or branch.at is None:
            continue
        if PLATFORM.search(ast.unparse(branch.test)):
            return True
        read = {node.id for node in ast.walk(branch.test) if isinstance(node, ast.Name)}
        if any(_may_be_missing(name, branch.at, names) for name in read):
            return True
    return False


def _may_be_missing(name: str, place: Place, names: Names) -> bool:
    """Tells whether a name is bound in an `except ImportError`."""
    bindings = names.bindings(name, place) or []
    return any(
        any(outer.kind == "handler" and _handles_missing(outer) for outer in binding.place.branch.chain())
        for binding in bindings
    )


def _handles_missing(branch: Branch) -> bool:
    tried = branch.node
    return isinstance(tried, ast.Try | ast.TryStar) and any(
        name in MISSING for handler in tried.handlers for name in _caught(handler)
    )


def is_unused(site: ImportSite, bound: Iterable[str]) -> bool:
    """Tells whether a function reads none of the names an import binds: it is there for what importing does."""
    names = set(bound)
    return not any(isinstance(node, ast.Name) and node.id in names for node in ast.walk(site.function.node))


def after_path_change(site: ImportSite, names: Names) -> bool:
    """Tells whether the same function changes where or how modules are found before it imports."""
    function: Function | None = site.function
    end = site.node.lineno
    while function is not None:
        body = function.node.body if isinstance(function.node.body, list) else []
        for statement in body:
            for node in ast.walk(statement):
                if getattr(node, "lineno", end) < end and changes_path(node):
                    return True
        for call in function.calls:
            if call.node.lineno < end and _has_effect(call.node, call.place, names):
                return True
        function = function.parent
    return False


def changes_path(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Attribute(value=ast.Name(id="sys"), attr="path"))):
            return True
        case ast.Call(func=ast.Attribute(value=ast.Attribute(value=ast.Name(id="os"), attr="environ"), attr=attr)):
            return attr in ENVIRON_METHODS
        case ast.Call(func=ast.Attribute(value=ast.Name(id="os" | "site"), attr="putenv" | "addsitedir")):
            return True
        case ast.Call(func=ast.Attribute(value=ast.Name(id="subprocess" | "os")), args=[first, *_]):
            return re.search(r"\bpip\b", ast.unparse(first)) is not None
        case ast.Assign(targets=targets):
            return any(_is_environment(target) for target in targets)
        case ast.AugAssign(target=target):
            return _is_environment(target)
    return False


def _is_environment(target: ast.expr) -> bool:
    match target.value if isinstance(target, ast.Subscript) else target:
        case ast.Name(id="environ") | ast.Attribute(value=ast.Name(id="os"), attr="environ"):
            return True
        case ast.Attribute(value=ast.Name(id="sys"), attr="path" | "modules"):
            return True
    return False


def _has_effect(call: ast.Call, place: Place, names: Names) -> bool:
    known = idioms().import_side_effects
    found = names.values(call.func, place)
    return any(isinstance(value, Ext) and value.name in known for value in found)


def _root(func: ast.expr) -> str:
    while isinstance(func, ast.Attribute):
        func = func.value
    return func.id if isinstance(func, ast.Name) else ""

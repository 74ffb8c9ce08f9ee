"""Reads the include_router calls of an application: which router, from which module, under which prefix."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import field
from typing import TYPE_CHECKING

from flake8_lambda_perf.dataclass import dataclass
from flake8_lambda_perf.fixes.import_effects import (
    Find,
    Module,
    Modules,
    assigned,
    dotted,
    full_name,
    imported,
    origin_of,
    package_of,
)

if TYPE_CHECKING:
    from flake8_lambda_perf.source import SourceFile

APPLICATIONS = frozenset({"fastapi.FastAPI", "fastapi.applications.FastAPI"})


@dataclass(frozen=True, slots=True)
class RouterApp:
    """A module that includes routers in a FastAPI application, and the project around it."""

    source: SourceFile
    module: str
    """Its dotted name; relative imports are resolved against it."""
    find: Find
    """The file of a module of the project by its dotted name."""
    others: tuple[SourceFile, ...] = ()
    """The project's other files, tests too: they may look at what moves."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The import that binds a name of the application's module."""

    statement: ast.Import | ast.ImportFrom
    alias: ast.alias
    written: str
    """The imported thing as written: `.routers.users`, `app.routers.users.router`."""
    full: str
    """The same as an absolute dotted name."""


@dataclass(frozen=True, slots=True)
class Include:
    """One include_router call that could be lazy."""

    call: ast.Call
    app: str
    local: str
    """The name in the application's module that must become unused."""
    origin: Origin
    module: str
    target: str
    under: str
    """The whole static prefix, empty where none is needed."""
    match: str
    """The same where the router's module adds to the prefix of the call, else the empty text."""


@dataclass(slots=True)
class Draft:
    """What is known while the calls are judged."""

    app: RouterApp
    module: Module
    modules: Modules
    origins: dict[str, list[Origin]]
    lazy: list[Include] = field(default_factory=list)
    eager: list[str] = field(default_factory=list)
    """Why routers stay as they are, one sentence each."""


def applications_of(module: Module) -> frozenset[str]:
    """Return the names that are bound to a `FastAPI(...)`, in the module or in a factory."""
    found: set[str] = set()
    for node in ast.walk(module.tree):
        value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
        if isinstance(value, ast.Call) and full_name(module.names, dotted(value.func)) in APPLICATIONS:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]  # type: ignore[attr-defined]
            found.update(target.id for target in targets if isinstance(target, ast.Name))
    return frozenset(found)


def origins_of(module: Module) -> dict[str, list[Origin]]:
    """Return the imports of the module's own level by what they bind; a dotted import by its whole name."""
    found: dict[str, list[Origin]] = {}
    package = package_of(module.name, module.source.path)
    for statement in module.tree.body:
        if isinstance(statement, ast.Import):
            for alias in statement.names:
                origin = Origin(statement, alias, alias.name, alias.name)
                found.setdefault(alias.asname or alias.name, []).append(origin)
        elif isinstance(statement, ast.ImportFrom):
            base = origin_of(statement, package)
            written = "." * statement.level + (statement.module or "")
            glue = "" if written.endswith(".") else "."
            for alias in statement.names:
                origin = Origin(statement, alias, f"{written}{glue}{alias.name}", f"{base}.{alias.name}")
                found.setdefault(alias.asname or alias.name, []).append(origin)
    return found


def collect(draft: Draft) -> None:
    applications = applications_of(draft.module)
    for statement in ast.walk(draft.module.tree):
        match statement:
            case ast.Expr(value=ast.Call(func=ast.Attribute(attr="include_router", value=owner)) as call):
                judged = _include(draft, call, dotted(owner) if dotted(owner) in applications else "")
                if isinstance(judged, Include):
                    draft.lazy.append(judged)
                else:
                    draft.eager.append(judged)


def _include(draft: Draft, call: ast.Call, app: str) -> Include | str:
    """Read one call, or say why its router stays eager."""
    given = [*call.args[:1], *(keyword.value for keyword in call.keywords if keyword.arg == "router")]
    chain = dotted(given[0]) if given else ""
    label = chain or (ast.unparse(given[0]) if given else "a router")
    if not app:
        return f"`{label}` is included in `{ast.unparse(call.func)[: -len('.include_router')]}`, no FastAPI application"
    if not chain or len(call.args) > 1 or any(keyword.arg is None for keyword in call.keywords):
        return f"`{label}` is not included by a plain call"
    found = resolve(draft, chain)
    if isinstance(found, str):
        return found
    local, origin, module, name, target = found
    own = _own_prefix(module, name, label)
    if isinstance(own, Unreadable):
        return own.text
    prefixes = [keyword.value for keyword in call.keywords if keyword.arg == "prefix"]
    prefix = static(prefixes[0], draft.module) if prefixes else ""
    whole = None if prefix is None else prefix + own
    if not whole or not whole.startswith("/") or whole.endswith("/"):
        return f"`{label}` has no prefix that can be read"
    return Include(call, app, local, origin, module.name, target, whole, whole if own else "")


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A reason, told apart from a prefix."""

    text: str


def resolve(draft: Draft, chain: str) -> tuple[str, Origin, Module, str, str] | str:
    """Find what a router's name stands for: local name, import, its module, name there, target text."""
    local = next((name for name in _heads(chain) if name in draft.origins), "")
    origins = draft.origins.get(local, [])
    stores = sum(isinstance(node, ast.Name) and _is_store(node, local) for node in ast.walk(draft.module.tree))
    if len(origins) != 1 or stores:
        return f"`{chain}` is not bound by one import at the top of {draft.app.source.path}"
    origin, rest = origins[0], chain[len(local) + 1 :]
    written, full = origin.written, origin.full
    if not rest:
        written, full = written.rpartition(".")[0], full.rpartition(".")[0]
        if not written.strip("."):
            written += "."
        rest = origin.alias.name
    module = draft.modules.get(full)
    if "." in rest or module is None:
        return f"`{chain}` is not found in a module of the project"
    package = draft.modules.get(full.rpartition(".")[0])
    if package is not None and full in imported(package):
        return f"`{chain}` lies in a package that imports its routers itself ({package.source.path})"
    return local, origin, module, rest, f"{written}:{rest}"


def _heads(chain: str) -> Iterator[str]:
    """Yield `a.b.c`, `a.b`, `a`: a dotted import binds the longest."""
    while chain:
        yield chain
        chain = chain.rpartition(".")[0]


def _own_prefix(module: Module, name: str, label: str) -> str | Unreadable:
    """Return the prefix the router's own module gives it; routes must lie below it."""
    bound = [value for target, value in assigned(module.tree) if target == name]
    if name not in module.routers or len(bound) != 1 or not isinstance(bound[0], ast.Call):
        return Unreadable(f"`{label}` is not one plain APIRouter of {module.source.path}")
    keywords = bound[0].keywords
    if any(keyword.arg is None for keyword in keywords):
        return Unreadable(f"`{label}` is built with arguments that cannot be read")
    prefixes = [keyword.value for keyword in keywords if keyword.arg == "prefix"]
    prefix = static(prefixes[0], module) if prefixes else ""
    return Unreadable(f"`{label}` has no prefix that can be read") if prefix is None else prefix


def static(node: ast.expr, module: Module) -> str | None:
    """Return the text of a literal, of a constant of the module, or of both put together."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.Name(id=name):
            stores = [node for node in ast.walk(module.tree) if isinstance(node, ast.Name) and _is_store(node, name)]
            values = [value for target, value in assigned(module.tree) if target == name]
            literal = values[0] if len(values) == len(stores) == 1 else None
            return literal.value if isinstance(literal, ast.Constant) and isinstance(literal.value, str) else None
        case ast.BinOp(op=ast.Add()):
            parts = [static(node.left, module), static(node.right, module)]
        case ast.JoinedStr():
            parts = [static(part, module) for part in node.values]
        case ast.FormattedValue(conversion=-1, format_spec=None):
            return static(node.value, module)
        case _:
            return None
    return None if None in parts else "".join(part for part in parts if part)


def _is_store(node: ast.Name, name: str) -> bool:
    return node.id == name and not isinstance(node.ctx, ast.Load)

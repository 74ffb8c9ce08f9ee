"""Runs a TypeScript program as far as its text tells: what its files import and export."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from flake8_lambda_perf.manifests.typescript.nodes import Place, children, string_text
from flake8_lambda_perf.manifests.typescript.values import UNKNOWN, Frame, Later, Left, Module, Named, Value

if TYPE_CHECKING:
    from tree_sitter import Node

    from flake8_lambda_perf.manifests.typescript.run import Run

_CDK = re.compile(r"(?:aws-cdk-lib|monocdk|@aws-cdk)/([a-z0-9-]+?)(?:-alpha)?(?:/.*)?")
NODE = frozenset(
    {"assert", "child_process", "constructs", "crypto", "fs", "fs/promises", "module", "os", "path", "process", "url"}
)
"""What most files import that is no package of the project: it need not be looked for."""

_CORE = frozenset({"aws-cdk-lib", "monocdk"})


def is_foreign(specifier: str) -> bool:
    """Whether an import names what comes with Node.js or the AWS CDK: never a package of the project."""
    return (
        specifier in _CORE
        or specifier in NODE
        or specifier.startswith("node:")
        or _CDK.fullmatch(specifier) is not None
    )


def library_name(specifier: str) -> str:
    """The name a library goes by here: the same for all versions of the AWS CDK."""
    if specifier in _CORE:
        return "core"
    cdk = _CDK.fullmatch(specifier)
    return cdk[1] if cdk is not None else specifier.removeprefix("node:")


def imported(run: Run, node: Node, frame: Frame, _returned: list[Value]) -> Left:
    """Makes the names known that an import statement brings."""
    for clause in children(node):
        source = node.child_by_field_name("source") or clause.child_by_field_name("source")
        if source is None or clause.type not in ("import_clause", "import_require_clause"):
            continue
        load = partial(run.files.imported, string_text(frame.script, source), frame.script.path)
        for child in children(clause):
            match child.type:
                case "identifier" if clause.type == "import_clause":
                    frame.names[frame.script.text(child)] = Later(partial(_default, load))
                case "identifier":
                    frame.names[frame.script.text(child)] = Later(load)
                case "namespace_import":
                    for name in children(child)[:1]:
                        frame.names[frame.script.text(name)] = Later(load)
                case "named_imports":
                    for specifier in children(child):
                        _import_name(run, specifier, load, frame)
    return Left.NOTHING


def _import_name(run: Run, specifier: Node, load: Callable[[], Value], frame: Frame) -> None:
    name = specifier.child_by_field_name("name")
    if name is not None:
        alias = specifier.child_by_field_name("alias") or name
        later = Later(partial(_named, run, load, string_text(frame.script, name), Place(frame.script, name)))
        frame.names[frame.script.text(alias)] = later


def _named(run: Run, load: Callable[[], Value], name: str, place: Place) -> Value:
    return run.member(load(), name, place)


def _default(load: Callable[[], Value]) -> Value:
    found = load()
    if isinstance(found, Module):
        default = found.exports.get("default", UNKNOWN)
        return default.load() if isinstance(default, Later) else default
    return found if isinstance(found, Named) else UNKNOWN


def exported(run: Run, node: Node, frame: Frame, returned: list[Value]) -> Left:
    """Runs what an export statement declares, and exports it."""
    declaration, value = node.child_by_field_name("declaration"), node.child_by_field_name("value")
    source = node.child_by_field_name("source")
    exports = run.module(frame).exports
    if value is not None:
        exports["default"] = run.value(value, frame)
    if declaration is not None:
        run.execute(declaration, frame, returned)
        name = declaration.child_by_field_name("name")
        if name is not None and any(child.type == "default" for child in node.children):
            exports["default"] = run.name(frame.script.text(name), frame)
    load = None
    if source is not None:
        load = partial(run.files.imported, string_text(frame.script, source), frame.script.path)
    clauses = [child for child in children(node) if child.type in ("export_clause", "namespace_export")]
    for clause in clauses:
        _export_clause(run, clause, load, frame)
    if load is not None and not clauses:
        run.module(frame).stars.append(load)
    return Left.NOTHING


def _export_clause(run: Run, clause: Node, load: Callable[[], Value] | None, frame: Frame) -> None:
    exports = run.module(frame).exports
    for child in children(clause):
        word = string_text(frame.script, child)
        if clause.type == "namespace_export":
            if load is not None:
                exports[word] = Later(load)
            continue
        name = child.child_by_field_name("name")
        if name is None:
            continue
        word = string_text(frame.script, name)
        alias = string_text(frame.script, child.child_by_field_name("alias") or name)
        if load is not None:
            exports[alias] = Later(partial(_named, run, load, word, Place(frame.script, name)))
        elif alias != word:
            exports[alias] = Later(partial(run.name, word, frame))

"""Renews what a snapshot keeps, in a function that runs after each restore (LPF601 to LPF606)."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_lambda_perf.fixes import import_places
from flake8_lambda_perf.fixes.build import draft_of, inserted
from flake8_lambda_perf.model import Fix
from flake8_lambda_perf.project.hooks import HOOK

if TYPE_CHECKING:
    from flake8_lambda_perf.project.analysis import Analysis
    from flake8_lambda_perf.project.snapshots import Captured

PACKAGE = "snapshot_restore_py"
REASON = (
    "the package snapshot-restore-py must be there where the function is not restored, and what took the value at "
    "import keeps it"
)


def plan(analysis: Analysis, captured: Captured) -> Fix | None:
    """Plans a hook that assigns the value again; None where more than one name of the module depends on it."""
    module, statement = captured.place.scope.module, captured.place.statement
    if not captured.restored:
        return None
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            pass
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
            pass
        case _:
            return None
    bindings = module.scope.bindings.get(name, [])
    if statement not in module.tree.body or len(bindings) != 1 or module.global_writes.get(name):
        return None
    if _is_used_at_import(module.tree, statement, name) or len(analysis.names.aliases.of(module, name)) > 1:
        return None
    function = f"renew_{name.strip('_').lower()}"
    known = module.scope.bindings.get(HOOK, [])
    if function in module.text or any(binding.kind != "from" for binding in known):
        return None
    draft = draft_of(module)
    line = draft.newline
    gap = line * (3 - min(len(module.text) - len(module.text.rstrip("\r\n")), 1))
    lines = [f"@{HOOK}", f"def {function}():", f"    global {name}", f"    {name} = {draft.of(value)}", ""]
    edits = [inserted(draft, len(module.text), gap + line.join(lines))]
    if not known:
        new = import_places.New(f"from {PACKAGE} import {HOOK}")
        edits = [*import_places.add(analysis.project, module, [new]), *edits]
    return Fix(f"Assign `{name}` again after each restore", tuple(edits), (), "unsafe", REASON)


def _is_used_at_import(tree: ast.Module, own: ast.stmt, name: str) -> bool:
    """Tells whether another statement of the module reads a name while the module is imported."""
    stack: list[ast.AST] = [statement for statement in tree.body if statement is not own]
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Name) and node.id == name:
            return True
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            defaults = [default for default in (*node.args.defaults, *node.args.kw_defaults) if default is not None]
            stack.extend((*node.decorator_list, *defaults))
        elif not isinstance(node, ast.Lambda):
            stack.extend(ast.iter_child_nodes(node))
    return False

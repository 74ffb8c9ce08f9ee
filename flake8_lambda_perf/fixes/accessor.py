"""A build in a cached function, which builds on first use."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_lambda_perf.fixes import import_places
from flake8_lambda_perf.fixes.build import MoveError, as_expression, claimed, indent_unit, inserted, moved
from flake8_lambda_perf.fixes.caught import judge_first_call
from flake8_lambda_perf.fixes.forms import (
    Subject,
    annotation_text,
    removed,
    unneeded_imports,
    used_instead,
    with_comments,
)
from flake8_lambda_perf.fixes.idle import times_named
from flake8_lambda_perf.fixes.markers import ASSIGNMENT
from flake8_lambda_perf.fixes.naming import global_name
from flake8_lambda_perf.fixes.needs import import_statement

if TYPE_CHECKING:
    from flake8_lambda_perf.model import Edit
    from flake8_lambda_perf.project.facts import Binding, Function


def in_cached_function(subject: Subject) -> list[Edit]:
    """Makes the edits that build it in a cached function, on first use."""
    top, draft, function = subject.top, subject.draft, subject.function
    if top.after_effects() >= top.before_runs(function):
        raise MoveError("what is built while the module is imported would not see what the module changes then")
    if _is_factory(subject):
        return _with_cache_import(subject, _decorated(subject))
    judge_first_call(subject)
    name = global_name(subject.analysis, function, subject.wanted, own=bool(subject.statements))
    index = max(top.before_definitions(_outermost(function).node), top.after_names(_definitions_in(subject)))
    if index + 1 > top.before_runs(function):
        raise MoveError("the module runs the function before its first definition")
    offset = top.offset_after(index)
    definition = inserted(draft, offset, top.definition_text(index, _definition_lines(subject, name)))
    edits = _with_cache_import(subject, definition)
    edits += used_instead(subject, f"{name}()")
    edits += removed(subject, only_for_it(subject), with_comments=True)
    return edits


def _definitions_in(subject: Subject) -> list[str]:
    """Lists the classes and functions of the module that the expression names: a reader expects it below them."""
    bindings = subject.function.module.scope.bindings
    names = {node.id for node in ast.walk(subject.extent) if isinstance(node, ast.Name)}
    return [name for name in names if any(binding.kind in ("class", "def") for binding in bindings.get(name, ()))]


def _outermost(function: Function) -> Function:
    while function.parent is not None:
        function = function.parent
    return function


def _definition_lines(subject: Subject, name: str) -> list[str]:
    draft, needs = subject.draft, subject.needs
    unit = indent_unit(subject.function.module, draft)
    body = [unit + import_text(binding) for binding in needs.imports]
    for travel in needs.travels:
        lot = subject.lot(travel.statement)
        text = moved(draft, draft.span(travel.statement), travel.statement, unit, {})
        body += with_comments(unit, text, lot if not travel.shared else None)
    span = draft.span(subject.extent)
    prefix = "return "
    text = moved(draft, span, subject.extent, unit, {})
    lot_own = subject.lot(subject.statements[0]) if subject.statements else None
    if lot_own is not None and ASSIGNMENT.search(lot_own.behind):
        raise MoveError("a comment for a type checker is about the assignment")
    body += with_comments(unit, prefix + as_expression(text), lot_own)
    statement = subject.statements[0] if subject.statements else None
    arrow = _arrow(subject, statement.annotation) if isinstance(statement, ast.AnnAssign) else ""
    return [f"@{subject.cacheable}", f"def {name}(){arrow}:", *body]


def _arrow(subject: Subject, annotation: ast.expr) -> str:
    """Gives the annotation of a variable as one of a result, where `Final` means nothing."""
    outer = annotation.value if isinstance(annotation, ast.Subscript) else annotation
    if ast.unparse(outer).rpartition(".")[2] != "Final":
        return f" -> {annotation_text(subject, annotation)}"
    if isinstance(outer, ast.Name) and times_named(subject.function.module)[outer.id] == 1:
        raise MoveError(f"the import of `{outer.id}` would be left without a use")
    return f" -> {annotation_text(subject, annotation.slice)}" if isinstance(annotation, ast.Subscript) else ""


def import_text(binding: Binding) -> str:
    """Gives an import statement for one name."""
    statement = import_statement(binding)
    alias = binding.node
    assert isinstance(alias, ast.alias)
    one: ast.stmt
    if isinstance(statement, ast.ImportFrom):
        one = ast.ImportFrom(statement.module, [alias], statement.level)
    else:
        one = ast.Import([alias])
    return ast.unparse(one)


def only_for_it(subject: Subject) -> list[ast.stmt]:
    """Lists the statements of the function that nothing else needs once the build is gone."""
    found: list[ast.stmt] = [travel.statement for travel in subject.needs.travels if not travel.shared]
    return [*found, *unneeded_imports(subject, [*subject.needs.imports, *subject.needs.twins])]


def _with_cache_import(subject: Subject, edit: Edit) -> list[Edit]:
    """Adds the import of `functools` to an edit, where the module has not done so."""
    module, draft = subject.function.module, subject.draft
    if subject.cacheable.partition(".")[0] in module.scope.bindings:
        return [edit]
    (found,) = import_places.add(subject.analysis.project, module, [import_places.New("import functools", early=True)])
    claims = found.span.start < found.span.end
    offset = found.span.end if found.span.start else 0
    if not claims or offset != edit.span.start:
        return [found, edit]
    before = draft.newline if offset else ""
    text = f"{before}import functools{draft.newline * 3}{edit.text.lstrip(draft.newline)}"
    return [claimed(draft, offset, text)]


def _is_factory(subject: Subject) -> bool:
    """Tells whether the function does nothing but build and return it: then it is the cached function itself."""
    function, node = subject.function, subject.function.node
    if not isinstance(node, ast.FunctionDef) or function.parent is not None or function.cls is not None:
        return False
    if function.params or function.decorated or function.is_generator or function.place.branch.parent is not None:
        return False
    own = {*subject.statements, *(travel.statement for travel in subject.needs.travels)}
    body = [statement for statement in node.body if not _is_text(statement) and statement not in own]
    body = [statement for statement in body if not isinstance(statement, ast.Import | ast.ImportFrom)]
    match body:
        case [ast.Return(value=ast.expr() as value)] if value is subject.extent:
            return True
        case [ast.Return(value=ast.Name(id=name))]:
            return bool(subject.statements) and name == subject.local
    return False


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _decorated(subject: Subject) -> Edit:
    draft = subject.draft
    start = draft.line_start(subject.function.node.lineno)
    return inserted(draft, start, f"@{subject.cacheable}{draft.newline}")

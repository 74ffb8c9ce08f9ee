"""The two forms a build takes outside its function: a statement at module scope, or a cached function."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flake8_lambda_perf.fixes.build import (
    Draft,
    Lot,
    MoveError,
    as_expression,
    deleted,
    indent_unit,
    inserted,
    lot_of,
    moved,
    replaced,
)
from flake8_lambda_perf.fixes.naming import global_name
from flake8_lambda_perf.fixes.needs import Needs, Travel, import_statement
from flake8_lambda_perf.fixes.uses import uses_of
from flake8_lambda_perf.model import Edit, Span

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flake8_lambda_perf.fixes.places import Top
    from flake8_lambda_perf.project.analysis import Analysis
    from flake8_lambda_perf.project.facts import Binding, Function


@dataclass(frozen=True, slots=True)
class Subject:
    """What moves: an expression, the statements that are nothing but its assignment, and what it needs."""

    analysis: Analysis
    function: Function
    draft: Draft
    top: Top
    extent: ast.expr
    statements: tuple[ast.Assign | ast.AnnAssign, ...]
    """All assignments of the local; empty where the expression has no name of its own."""
    wanted: str
    needs: Needs
    cacheable: str
    """The decorator that caches, as the file spells it: `functools.cache`."""
    setup: ast.Expr | None = None
    """The statement that moves as it is: what it calls gives nothing to keep."""

    @property
    def local(self) -> str:
        """The local's name, empty where there is none."""
        return self.wanted if self.statements else ""

    def lot(self, statement: ast.stmt) -> Lot:
        """Gives a statement of the function with its surroundings."""
        return lot_of(self.draft, statement, self.function.node)


def used_instead(subject: Subject, text: str) -> list[Edit]:
    """Makes the edits that put `text` where the local or the expression is used."""
    if not subject.statements:
        return [replaced(subject.draft, subject.extent, text)]
    if text == subject.local:
        return []
    return [replaced(subject.draft, use, text) for use in uses_of(subject.function, subject.local)]


def removed(subject: Subject, others: Sequence[ast.stmt] = (), *, with_comments: bool) -> list[Edit]:
    """Makes the edits that delete the local's assignments, and other statements with them."""
    gone = [*subject.statements, *others]
    found = []
    for statement in gone:
        first = statement is subject.statements[0] if subject.statements else False
        carried = with_comments and (first or (statement in others and not _is_twin(subject, statement)))
        found.append(deleted(subject.draft, subject.lot(statement), with_comments=carried, gone=gone))
    return found


def _is_twin(subject: Subject, statement: ast.stmt) -> bool:
    """Tells whether a statement is an import that the module has already: its comments have nowhere to go."""
    return any(binding.place.statement is statement for binding in subject.needs.twins)


# -- at module scope ---------------------------------------------------------------------------


def at_module_scope(subject: Subject) -> list[Edit]:
    """Makes the edits that build it at module scope; raises where no place is after its needs and before its use."""
    top, needs, draft = subject.top, subject.needs, subject.draft
    module = subject.function.module
    imports = _whole_imports(subject)
    names = {travel.binding.name: _travel_name(subject, travel) for travel in needs.travels}
    name = "" if subject.setup else global_name(module, subject.function, subject.wanted, own=bool(subject.statements))
    index = max(top.after_imports(), top.after_names(needs.globals), top.after_effects())
    index = top.skip_builds(index)
    if index >= top.before_runs(subject.function):
        raise MoveError("the module runs the function before the place where the statement could stand")
    lines = []
    for travel in needs.travels:
        if not _is_global_twin(subject, travel):
            lines += _statement_lines(subject, travel.statement, names[travel.binding.name], names)
    lines += _target_lines(subject, name, names)
    edits = _inserted_with_imports(subject, index, lines, imports)
    edits += used_instead(subject, name) if subject.setup is None else []
    gone = [
        *([subject.setup] if subject.setup else []),
        *(travel.statement for travel in needs.travels),
        *imports,
        *unneeded_imports(subject, needs.twins),
    ]
    edits += removed(subject, gone, with_comments=True)
    for travel in needs.travels:
        new = names[travel.binding.name]
        if new != travel.binding.name:
            inside = _inside(subject)
            edits += [
                replaced(draft, use, new) for use in uses_of(subject.function, travel.binding.name) if use not in inside
            ]
    return edits


def _target_lines(subject: Subject, name: str, names: Mapping[str, str]) -> list[str]:
    if subject.statements:
        return _statement_lines(subject, subject.statements[0], name, names)
    text = moved(subject.draft, subject.draft.span(subject.extent), subject.extent, "", names)
    if subject.setup is None:
        return [f"{name} = {as_expression(text)}"]
    return with_comments("", text, subject.lot(subject.setup))


def _inside(subject: Subject) -> set[ast.AST]:
    """Lists the nodes whose text moves, or goes."""
    roots: list[ast.AST] = [
        subject.extent,
        *subject.statements,
        *(travel.statement for travel in subject.needs.travels),
    ]
    return {node for root in roots for node in ast.walk(root)}


def _travel_name(subject: Subject, travel: Travel) -> str:
    name = travel.binding.name
    if _is_global_twin(subject, travel):
        return name
    return global_name(subject.function.module, subject.function, name, own=True)


def _is_global_twin(subject: Subject, travel: Travel) -> bool:
    """Tells whether the module has the same name with the same value."""
    module = subject.function.module
    twins = module.scope.bindings.get(travel.binding.name, [])
    return (
        len(twins) == 1
        and twins[0].value is not None
        and travel.binding.name not in module.global_writes
        and ast.dump(twins[0].value) == ast.dump(travel.value)
        and not any(
            isinstance(node, ast.Name) and node.id in subject.needs.local_names for node in ast.walk(travel.value)
        )
    )


def _statement_lines(
    subject: Subject, statement: ast.Assign | ast.AnnAssign, name: str, names: Mapping[str, str]
) -> list[str]:
    """Gives a plain assignment with its comments, as it stands at module scope under a name."""
    draft, lot = subject.draft, subject.lot(statement)
    target = statement.targets[0] if isinstance(statement, ast.Assign) else statement.target
    value = statement.value
    assert value is not None
    end = draft.span(statement).end
    if isinstance(statement, ast.AnnAssign):
        start = draft.span(statement.annotation).end
        head = f"{name}: {annotation_text(subject, statement.annotation)}"
    else:
        start, head = draft.span(target).end, name
    tail = moved(draft, Span(start, end), value, "", names)
    behind = f"  {lot.behind}" if lot.behind else ""
    return [*lot.above, f"{head}{tail}{behind}"]


def annotation_text(subject: Subject, annotation: ast.expr) -> str:
    """Gives an annotation as it may stand where it is evaluated at import: in quotes, unless its names are imported."""
    text = subject.draft.of(annotation)
    if isinstance(annotation, ast.Constant) or "from __future__ import annotations" in subject.draft.text:
        return text
    module = subject.function.module
    for node in ast.walk(annotation):
        if isinstance(node, ast.Name):
            bindings = module.scope.bindings.get(node.id, [])
            if (
                len(bindings) != 1
                or bindings[0].kind not in ("import", "from")
                or bindings[0].place.branch.parent is not None
            ):
                return '"' + " ".join(text.split()).replace('"', "'") + '"'
    return text


# -- imports that move along -------------------------------------------------------------------


def _whole_imports(subject: Subject) -> list[ast.stmt]:
    """Lists the import statements that move to the top: each name of them may, and is bound by nothing else."""
    module, function = subject.function.module, subject.function
    found: list[ast.stmt] = []
    for binding in subject.needs.imports:
        statement = import_statement(binding)
        for alias in statement.names:
            local = alias.asname or alias.name.partition(".")[0]
            if len(function.scope.bindings.get(local, ())) != 1 or alias.name == "*":
                raise MoveError(f"`{local}` is bound more than once in the function")
            if module.scope.bindings.get(local) or local in module.global_writes:
                raise MoveError(f"`{local}` means something else at module scope")
        if statement not in found:
            if not subject.lot(statement).alone:
                raise MoveError("the import shares its line with another statement")
            found.append(statement)
    return found


def _inserted_with_imports(subject: Subject, index: int, lines: list[str], imports: list[ast.stmt]) -> list[Edit]:
    top, draft = subject.top, subject.draft
    offset = top.offset_after(index)
    if not imports:
        return [inserted(draft, offset, top.statements_text(index, lines))]
    moving = []
    for statement in imports:
        lot = subject.lot(statement)
        behind = f"  {lot.behind}" if lot.behind else ""
        moving += [*lot.above, moved(draft, draft.span(statement), statement, "", {}) + behind]
    last = top.after_imports()
    if last == index and index >= 0 and isinstance(top.body[index], ast.Import | ast.ImportFrom):
        future = isinstance(top.body[index], ast.ImportFrom) and "__future__" in draft.of(top.body[index])
        text = draft.newline * future + draft.newline.join(moving) + draft.newline
        return [inserted(draft, offset, text + top.statements_text(index, lines))]
    if last == index:
        return [inserted(draft, offset, top.statements_text(index, [*moving, "", *lines]))]
    start = top.offset_after(last)
    return [
        inserted(draft, start, draft.newline.join(moving) + draft.newline + ("" if last >= 0 else draft.newline)),
        inserted(draft, offset, top.statements_text(index, lines)),
    ]


# -- in a cached function ----------------------------------------------------------------------


def in_cached_function(subject: Subject) -> list[Edit]:
    """Makes the edits that build it in a cached function, on first use."""
    top, draft, function = subject.top, subject.draft, subject.function
    if _is_factory(subject):
        return [*_cache_import(subject), _decorated(subject)]
    name = global_name(function.module, function, subject.wanted, own=bool(subject.statements))
    index = max(top.before_definitions(_outermost(function).node), top.after_names(_definitions_in(subject)))
    if index + 1 > top.before_runs(function):
        raise MoveError("the module runs the function before its first definition")
    offset = top.offset_after(index)
    definition = inserted(draft, offset, top.definition_text(index, _definition_lines(subject, name)))
    edits = [*_cache_import(subject), definition]
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
    body += with_comments(unit, prefix + as_expression(text), lot_own)
    statement = subject.statements[0] if subject.statements else None
    arrow = _arrow(subject, statement.annotation) if isinstance(statement, ast.AnnAssign) else ""
    return [f"@{subject.cacheable}", f"def {name}(){arrow}:", *body]


def _arrow(subject: Subject, annotation: ast.expr) -> str:
    """Gives the annotation of a variable as one of a result, where `Final` means nothing."""
    outer = annotation.value if isinstance(annotation, ast.Subscript) else annotation
    if ast.unparse(outer).rpartition(".")[2] != "Final":
        return f" -> {annotation_text(subject, annotation)}"
    return f" -> {annotation_text(subject, annotation.slice)}" if isinstance(annotation, ast.Subscript) else ""


def with_comments(unit: str, text: str, lot: Lot | None) -> list[str]:
    """Gives a line of a function with the comments of the statement it was."""
    above = [f"{unit}{comment}" for comment in lot.above] if lot is not None else []
    behind = f"  {lot.behind}" if lot is not None and lot.behind else ""
    return [*above, f"{unit}{text}{behind}"]


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


def unneeded_imports(subject: Subject, bindings: Sequence[Binding]) -> list[ast.stmt]:
    """Lists the imports of the function whose names only the code that moves, or goes, reads."""
    found: list[ast.stmt] = []
    inside = _inside(subject)
    scope = subject.function.scope
    for binding in bindings:
        statement = import_statement(binding)
        names = [alias.asname or alias.name.partition(".")[0] for alias in statement.names]
        if statement not in found and all(
            len(scope.bindings[name]) == 1 and all(use in inside for use in uses_of(subject.function, name))
            for name in names
        ):
            found.append(statement)
    return found


def _cache_import(subject: Subject) -> list[Edit]:
    """Makes the edit that imports `functools`, where the module has not done so."""
    if subject.cacheable.partition(".")[0] in subject.function.module.scope.bindings:
        return []
    offset, text = subject.top.module_import("functools")
    return [inserted(subject.draft, offset, text)]


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

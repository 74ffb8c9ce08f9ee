"""The two forms a build takes outside its function: a statement at module scope, or a cached function."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from itertools import takewhile
from typing import TYPE_CHECKING

from flake8_lambda_perf.dataclass import dataclass
from flake8_lambda_perf.fixes import import_places
from flake8_lambda_perf.fixes.build import (
    Draft,
    Lot,
    MoveError,
    as_expression,
    claimed,
    deleted,
    inserted,
    lot_of,
    moved,
    replaced,
)
from flake8_lambda_perf.fixes.markers import NEXT_LINE, is_emptied
from flake8_lambda_perf.fixes.naming import global_name
from flake8_lambda_perf.fixes.needs import Needs, Travel, import_statement
from flake8_lambda_perf.fixes.uses import uses_of
from flake8_lambda_perf.model import Edit, Span

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flake8_lambda_perf.fixes.places import Top
    from flake8_lambda_perf.project.analysis import Analysis
    from flake8_lambda_perf.project.facts import Binding, Function

ACTION = re.compile(
    r"#[\W\d]*(call|check|delete|download|fetch|find|get|insert|invoke|list|look up|process|publish|put|query|read"
    r"|retrieve|save|scan|send|store|update|upload|write)s?\b(?!.*\b(client|connection|engine|resource|session)s?\b)",
    re.IGNORECASE,
)
"""A comment on what the lines below do: it stays with them."""


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
        lot = lot_of(self.draft, statement, self.function.node)
        if not lot.above or not ACTION.match(lot.above[0]):
            return lot
        return replace(lot, above=tuple(takewhile(NEXT_LINE.match, lot.above[::-1]))[::-1])


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
    if is_emptied(subject.draft, gone):
        raise MoveError("a region between two comments would be left empty")
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
    imports = _whole_imports(subject)
    names = {travel.binding.name: _travel_name(subject, travel) for travel in needs.travels}
    name = (
        ""
        if subject.setup
        else global_name(subject.analysis, subject.function, subject.wanted, own=bool(subject.statements))
    )
    twins = [travel.binding.name for travel in needs.travels if _is_global_twin(subject, travel)]
    index = max(top.after_imports(), top.after_names([*needs.globals, *twins]), top.after_effects())
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
            own = inside(subject)
            edits += [
                replaced(draft, use, new) for use in uses_of(subject.function, travel.binding.name) if use not in own
            ]
    return edits


def _target_lines(subject: Subject, name: str, names: Mapping[str, str]) -> list[str]:
    if subject.statements:
        return _statement_lines(subject, subject.statements[0], name, names)
    text = moved(subject.draft, subject.draft.span(subject.extent), subject.extent, "", names)
    if subject.setup is None:
        return [f"{name} = {as_expression(text)}"]
    return with_comments("", text, subject.lot(subject.setup))


def inside(subject: Subject) -> set[ast.AST]:
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
    return global_name(subject.analysis, subject.function, name, own=True)


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
    if (
        last >= 0
        and not any("#" in line for line in moving)
        and isinstance(top.body[last], ast.Import | ast.ImportFrom)
    ):
        new = [import_places.New(ast.unparse(statement)) for statement in imports]
        edits = import_places.add(subject.analysis.project, subject.function.module, new)
        if all(edit.span.end <= offset for edit in edits):
            return [*edits, inserted(draft, offset, top.statements_text(index, lines))]
    if last == index and index >= 0 and isinstance(top.body[index], ast.Import | ast.ImportFrom):
        future = isinstance(top.body[index], ast.ImportFrom) and "__future__" in draft.of(top.body[index])
        text = draft.newline * future + draft.newline.join(moving) + draft.newline
        return [inserted(draft, offset, text + top.statements_text(index, lines))]
    if last == index:
        return [claimed(draft, offset, top.statements_text(index, [*moving, "", *lines]))]
    start = top.offset_after(last)
    return [
        inserted(draft, start, draft.newline.join(moving) + draft.newline + ("" if last >= 0 else draft.newline)),
        inserted(draft, offset, top.statements_text(index, lines)),
    ]


def unneeded_imports(subject: Subject, bindings: Sequence[Binding]) -> list[ast.stmt]:
    """Lists the imports of the function whose names only the code that moves, or goes, reads."""
    found: list[ast.stmt] = []
    own = inside(subject)
    scope = subject.function.scope
    for binding in bindings:
        statement = import_statement(binding)
        names = [alias.asname or alias.name.partition(".")[0] for alias in statement.names]
        if statement not in found and all(
            len(scope.bindings[name]) == 1 and all(use in own for use in uses_of(subject.function, name))
            for name in names
        ):
            found.append(statement)
    return found


def with_comments(unit: str, text: str, lot: Lot | None) -> list[str]:
    """Gives a line of a function with the comments of the statement it was."""
    above = [f"{unit}{comment}" for comment in lot.above] if lot is not None else []
    behind = f"  {lot.behind}" if lot is not None and lot.behind else ""
    return [*above, f"{unit}{text}{behind}"]

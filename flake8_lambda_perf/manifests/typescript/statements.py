"""Runs a TypeScript program as far as its text tells: its statements."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from flake8_lambda_perf.manifests.typescript.bindings import bind
from flake8_lambda_perf.manifests.typescript.calls import class_of
from flake8_lambda_perf.manifests.typescript.imports import exported, imported
from flake8_lambda_perf.manifests.typescript.nodes import Place, children, string_text
from flake8_lambda_perf.manifests.typescript.values import (
    UNKNOWN,
    Array,
    Frame,
    Function,
    Left,
    Number,
    Object,
    Property,
    Text,
    Value,
    truth,
)

if TYPE_CHECKING:
    from tree_sitter import Node

    from flake8_lambda_perf.manifests.typescript.run import Run


def _block(run: Run, node: Node, frame: Frame, returned: list[Value]) -> Left:
    inner = frame if node.type == "program" else _inner(run, frame)
    statements = children(node)
    for statement in statements:
        _hoist(statement, inner)
    for statement in statements:
        left = run.execute(statement, inner, returned)
        if left:
            return left
    return Left.NOTHING


def _inner(run: Run, frame: Frame) -> Frame:
    return Frame(frame.script, frame, {}, frame.this, frame.cls, run.branches)


def _hoist(statement: Node, frame: Frame) -> None:
    """Makes a function known before its declaration is reached."""
    node = statement.child_by_field_name("declaration") or statement
    name = node.child_by_field_name("name")
    if node.type in ("function_declaration", "generator_function_declaration") and name is not None:
        frame.names[frame.script.text(name)] = Function(node, frame)


def _expression(run: Run, node: Node, frame: Frame, returned: list[Value]) -> Left:
    for child in children(node):
        if child.type == "internal_module":
            run.execute(child, frame, returned)
        else:
            run.value(child, frame)
    return Left.NOTHING


def _declaration(run: Run, node: Node, frame: Frame, _returned: list[Value]) -> Left:
    for child in children(node):
        name = child.child_by_field_name("name")
        if child.type == "variable_declarator" and name is not None:
            bind(run, name, run.value(child.child_by_field_name("value"), frame), frame)
    return Left.NOTHING


def _class(run: Run, node: Node, frame: Frame, _returned: list[Value]) -> Left:
    name = node.child_by_field_name("name")
    if name is not None:
        frame.names[frame.script.text(name)] = class_of(run, node, frame)
    return Left.NOTHING


def _enum(run: Run, node: Node, frame: Frame, _returned: list[Value]) -> Left:
    name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
    made = Object(born=run.branches)
    for index, child in enumerate(children(body) if body is not None else []):
        key, value = child.child_by_field_name("name") or child, child.child_by_field_name("value")
        found = Number(index) if value is None else run.value(value, frame)
        made.properties[string_text(frame.script, key)] = Property(found, Place(frame.script, value or key))
    if name is not None:
        frame.names[frame.script.text(name)] = made
    return Left.NOTHING


def _namespace(run: Run, node: Node, frame: Frame, returned: list[Value]) -> Left:
    name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
    if name is None or body is None:
        return Left.NOTHING
    inner = _inner(run, frame)
    for statement in children(body):
        _hoist(statement, inner)
        run.execute(statement.child_by_field_name("declaration") or statement, inner, returned)
    place = Place(frame.script, node)
    properties = {word: Property(value, place) for word, value in inner.names.items()}
    frame.names[frame.script.text(name)] = Object(properties, is_open=True, born=run.branches)
    return Left.NOTHING


# -- what decides and repeats -----------------------------------------------------------------


def _if(run: Run, node: Node, frame: Frame, returned: list[Value]) -> Left:
    decided = truth(run.value(node.child_by_field_name("condition"), frame))
    ways = [node.child_by_field_name(name) for name in ("consequence", "alternative")]
    if decided is not None:
        return _way(run, ways[not decided], frame, returned)
    left: list[Left] = []
    for way in ways:
        with run.branch():
            left.append(_way(run, way, frame, returned))
    return min(left)


def _way(run: Run, node: Node | None, frame: Frame, returned: list[Value]) -> Left:
    if node is None:
        return Left.NOTHING
    if node.type == "else_clause":
        return _way(run, next(iter(children(node)), None), frame, returned)
    return run.execute(node, frame, returned)


def _for_in(run: Run, node: Node, frame: Frame, returned: list[Value]) -> Left:
    pattern, body = node.child_by_field_name("left"), node.child_by_field_name("body")
    sequence = run.value(node.child_by_field_name("right"), frame)
    operator = node.child_by_field_name("operator")
    if pattern is None or body is None:
        return Left.NOTHING
    is_open = True
    if operator is not None and operator.type == "in":
        items: list[Value] = []
        if isinstance(sequence, Object):
            items = [Text(key, found.place) for key, found in sequence.properties.items()]
            is_open = sequence.is_open
    else:
        items = list(sequence.items) if isinstance(sequence, Array) else []
        is_open = not isinstance(sequence, Array) or sequence.is_open
    for item in items:
        inner = _inner(run, frame)
        bind(run, pattern, item, inner)
        if run.execute(body, inner, returned) == Left.FUNCTION:
            return Left.FUNCTION
    if is_open:
        with run.branch():
            inner = _inner(run, frame)
            bind(run, pattern, UNKNOWN, inner)
            run.execute(body, inner, returned)
    return Left.NOTHING


def _for(run: Run, node: Node, frame: Frame, returned: list[Value]) -> Left:
    """The rounds of a loop that counts, as long as its condition is known."""
    start, condition = node.child_by_field_name("initializer"), node.child_by_field_name("condition")
    body = node.child_by_field_name("body")
    if start is None or condition is None or body is None:
        return _loop(run, node, frame, returned)
    inner = _inner(run, frame)
    run.execute(start, inner, returned)
    while (decided := truth(run.value(condition, inner))) is not None:
        if not decided:
            return Left.NOTHING
        if run.execute(body, inner, returned) is Left.FUNCTION:
            return Left.FUNCTION
        run.value(node.child_by_field_name("increment"), inner)
    return _loop(run, node, frame, returned)


def _loop(run: Run, node: Node, frame: Frame, returned: list[Value]) -> Left:
    """One round of a loop, with anything in the variables that it counts with."""
    inner = _inner(run, frame)
    start, body = node.child_by_field_name("initializer"), node.child_by_field_name("body")
    if start is not None:
        run.execute(start, inner, returned)
        inner.names = dict.fromkeys(inner.names, UNKNOWN)
    with run.branch():
        if body is not None:
            run.execute(body, inner, returned)
    return Left.NOTHING


def _try(run: Run, node: Node, frame: Frame, returned: list[Value]) -> Left:
    left = Left.NOTHING
    for field in ("body", "handler", "finalizer"):
        part = node.child_by_field_name(field)
        if part is None:
            continue
        if field == "handler":
            inner = _inner(run, frame)
            parameter, body = part.child_by_field_name("parameter"), part.child_by_field_name("body")
            if parameter is not None:
                bind(run, parameter, UNKNOWN, inner)
            with run.branch():
                if body is not None:
                    run.execute(body, inner, returned)
        else:
            body = part.child_by_field_name("body") or part
            left = run.execute(body, frame, returned) or left
    return left


def _switch(run: Run, node: Node, frame: Frame, returned: list[Value]) -> Left:
    run.value(node.child_by_field_name("value"), frame)
    body = node.child_by_field_name("body")
    for case in children(body) if body is not None else []:
        with run.branch():
            inner = _inner(run, frame)
            for statement in case.children_by_field_name("body"):
                if run.execute(statement, inner, returned):
                    break
    return Left.NOTHING


def _return(run: Run, node: Node, frame: Frame, returned: list[Value]) -> Left:
    returned.append(run.value(next(iter(children(node)), None), frame))
    return Left.FUNCTION


def _throw(_run: Run, _node: Node, _frame: Frame, _returned: list[Value]) -> Left:
    return Left.FUNCTION


def _leave(_run: Run, _node: Node, _frame: Frame, _returned: list[Value]) -> Left:
    return Left.ROUND


def _labeled(run: Run, node: Node, frame: Frame, returned: list[Value]) -> Left:
    return _way(run, node.child_by_field_name("body"), frame, returned)


STATEMENTS: dict[str, Callable[[Run, Node, Frame, list[Value]], Left]] = {
    "abstract_class_declaration": _class,
    "break_statement": _leave,
    "class_declaration": _class,
    "continue_statement": _leave,
    "do_statement": _loop,
    "enum_declaration": _enum,
    "export_statement": exported,
    "expression_statement": _expression,
    "for_in_statement": _for_in,
    "for_statement": _for,
    "if_statement": _if,
    "import_statement": imported,
    "internal_module": _namespace,
    "labeled_statement": _labeled,
    "lexical_declaration": _declaration,
    "program": _block,
    "return_statement": _return,
    "statement_block": _block,
    "switch_statement": _switch,
    "throw_statement": _throw,
    "try_statement": _try,
    "variable_declaration": _declaration,
    "while_statement": _loop,
}
"""How each kind of statement is run; any other does nothing here."""

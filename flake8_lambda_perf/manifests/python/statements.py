"""Runs the statements of a deployment program on paper."""

from __future__ import annotations

import ast
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING

from flake8_lambda_perf.manifests.python.values import (
    UNKNOWN,
    Class,
    Frame,
    Function,
    Instance,
    Items,
    Later,
    Module,
    Outside,
    Place,
    Plain,
    Table,
    Value,
    join,
    truth,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flake8_lambda_perf.manifests.python.program import Program

MOST_ROUNDS = 500


class Flow(Enum):
    """How a block ends."""

    NEXT = 0
    CONTINUE = 1
    BREAK = 2
    STOP = 3


def run(program: Program, node: ast.stmt, frame: Frame) -> Flow:
    """Runs one statement."""
    match node:
        case ast.Expr(value=value):
            program.value(value, frame)
        case ast.Assign(targets=targets, value=value):
            found = program.value(value, frame)
            for target in targets:
                assign(program, target, found, frame)
        case ast.AnnAssign(target=target, value=ast.expr() as value):
            assign(program, target, program.value(value, frame), frame)
        case ast.AugAssign(target=target, op=op, value=value):
            loaded = _loaded(target)
            changed = ast.copy_location(ast.BinOp(loaded, op, value), node)
            assign(program, target, program.value(changed, frame), frame)
        case ast.Import() | ast.ImportFrom():
            _import(program, node, frame)
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            frame.names[node.name] = Function(node, frame)
        case ast.ClassDef():
            frame.names[node.name] = _class(program, node, frame)
        case ast.Return():
            if node.value is not None:
                frame.returned.append(program.value(node.value, frame))
            return Flow.STOP
        case ast.Raise() | ast.Break() | ast.Continue():
            return {ast.Break: Flow.BREAK, ast.Continue: Flow.CONTINUE}.get(type(node), Flow.STOP)
        case _:
            return _compound(program, node, frame)
    return Flow.NEXT


def _compound(program: Program, node: ast.stmt, frame: Frame) -> Flow:
    """Runs a statement that holds others."""
    match node:
        case ast.If(test=test, body=body, orelse=orelse):
            found = truth(program.value(test, frame))
            if found is None:
                return _either(program, [body, orelse], frame)
            return program.block(body if found else orelse, frame)
        case ast.For(target=target, iter=iterated) | ast.AsyncFor(target=target, iter=iterated):
            return _loop(program, node, target, program.value(iterated, frame), frame)
        case ast.While(test=test, body=body):
            program.value(test, frame)
            return _either(program, [body, []], frame)
        case ast.With(items=items, body=body) | ast.AsyncWith(items=items, body=body):
            for item in items:
                entered = program.value(item.context_expr, frame)
                if item.optional_vars is not None:
                    assign(program, item.optional_vars, entered, frame)
            return program.block(body, frame)
        case ast.Try() | ast.TryStar():
            return _try(program, node, frame)
        case ast.Match(subject=subject, cases=cases):
            program.value(subject, frame)
            return _either(program, [*(case.body for case in cases), []], frame)
    return Flow.NEXT


def _either(program: Program, blocks: Sequence[list[ast.stmt]], frame: Frame) -> Flow:
    """Runs blocks of which one is taken, and joins the names that they leave."""
    before = frame.names
    program.spend(len(blocks) * len(before) // 10)
    ends: list[tuple[Flow, dict[str, Value]]] = []
    for block in blocks:
        frame.names = dict(before)
        with program.maybe():
            ends.append((program.block(block, frame), frame.names))
    going = [names for flow, names in ends if flow is Flow.NEXT]
    if not going:
        frame.names = ends[-1][1]
        flows = {flow for flow, _ in ends}
        return flows.pop() if len(flows) == 1 else Flow.CONTINUE if Flow.CONTINUE in flows else Flow.STOP
    frame.names = going[0]
    for names in going[1:]:
        for name, value in names.items():
            known = frame.names.get(name, value)
            frame.names[name] = value if known is value else join((known, value))
    return Flow.NEXT


def _loop(program: Program, node: ast.For | ast.AsyncFor, target: ast.expr, over: Value, frame: Frame) -> Flow:
    """Runs a loop over what is known, or once with anything."""
    if not isinstance(over, Items | Table) or over.is_open:
        assign(program, target, UNKNOWN, frame)
        _either(program, [node.body, []], frame)
        return Flow.NEXT
    for value in elements(over, Place(frame.file, node.iter))[:MOST_ROUNDS]:
        assign(program, target, value, frame)
        flow = program.block(node.body, frame)
        if flow in (Flow.BREAK, Flow.STOP):
            return Flow.NEXT if flow is Flow.BREAK else flow
    return program.block(node.orelse, frame)


def elements(over: Items | Table, place: Place) -> list[Value]:
    """What a loop over a list or over the keys of a dictionary goes through."""
    if isinstance(over, Items):
        return list(over.items)
    return [Plain(key, over.places.get(key, place)) for key in over.entries]


def _try(program: Program, node: ast.Try | ast.TryStar, frame: Frame) -> Flow:
    """Runs what is tried, then what stands in for it, of which only new names stay."""
    flow = program.block(node.body, frame)
    after = frame.names
    program.spend(len(node.handlers) * len(after) // 20)
    for handler in node.handlers:
        frame.names = dict(after)
        with program.maybe():
            program.block(handler.body, frame)
        after = frame.names | after
    frame.names = after
    if flow is Flow.NEXT:
        flow = program.block(node.orelse, frame)
    last = program.block(node.finalbody, frame)
    return flow if last is Flow.NEXT else last


# -- names ------------------------------------------------------------------------------------


def assign(program: Program, target: ast.expr, value: Value, frame: Frame) -> None:
    """Gives a value to a name, attribute, entry, or to several."""
    match target:
        case ast.Name(id=name):
            frame.names[name] = value
        case ast.Attribute(value=owner, attr=attr):
            _set_attribute(program, program.value(owner, frame), attr, value)
        case ast.Subscript(value=owner, slice=key):
            _set_entry(program, program.value(owner, frame), program.value(key, frame), value, Place(frame.file, key))
        case ast.Starred(value=inner):
            assign(program, inner, UNKNOWN, frame)
        case ast.Tuple(elts=targets) | ast.List(elts=targets):
            known = isinstance(value, Items) and not value.is_open and len(value.items) == len(targets)
            parts = value.items if known and isinstance(value, Items) else [UNKNOWN] * len(targets)
            for inner, part in zip(targets, parts, strict=True):
                assign(program, inner, part, frame)


def _set_attribute(program: Program, owner: Value, name: str, value: Value) -> None:
    if isinstance(owner, Module):
        owner = UNKNOWN
    if isinstance(owner, Instance):
        old = owner.attributes.get(name)
        sure = old is None or program.is_sure(owner.born)
        owner.attributes[name] = value if sure or old is None else join((old, value))
    elif isinstance(owner, Class):
        owner.members[name] = value


def _set_entry(program: Program, owner: Value, key: Value, value: Value, place: Place) -> None:
    if isinstance(owner, Items):
        owner.is_open = True
    if not isinstance(owner, Table):
        return
    if not isinstance(key, Plain):
        owner.is_open = True
        return
    sure = program.is_sure(owner.born)
    owner.entries[key.value] = value if sure else join((owner.entries.get(key.value, UNKNOWN), value))
    owner.places[key.value] = place


def _loaded(target: ast.expr) -> ast.expr:
    """The expression that reads what an assignment writes."""
    match target:
        case ast.Name(id=name):
            found: ast.expr = ast.Name(name, ast.Load())
        case ast.Attribute(value=value, attr=attr):
            found = ast.Attribute(value, attr, ast.Load())
        case ast.Subscript(value=value, slice=key):
            found = ast.Subscript(value, key, ast.Load())
        case _:
            return target
    return ast.copy_location(found, target)


def _class(program: Program, node: ast.ClassDef, frame: Frame) -> Class:
    """Runs the body of a class in names of its own, which its methods do not see."""
    made = Class(node, frame, [program.value(base, frame) for base in node.bases], {})
    body = Frame(frame.file, {}, frame, frame.function, frame.caller, frame.site)
    program.block(node.body, body)
    for name, value in body.names.items():
        if isinstance(value, Function) and value.frame is body:
            value = Function(value.node, frame, made)  # noqa: PLW2901  (a method does not see the names of its class)
        made.members[name] = value
    return made


def _import(program: Program, node: ast.Import | ast.ImportFrom, frame: Frame) -> None:
    """Binds what an import names; it is looked up when it is asked for."""
    place = Place(frame.file, node)
    if isinstance(node, ast.Import):
        for alias in node.names:
            module = alias.name if alias.asname else alias.name.partition(".")[0]
            frame.names[alias.asname or module] = Later(partial(program.imported, module, 0, place))
        return
    for alias in node.names:
        if alias.name == "*":
            _import_all(program, program.imported(node.module or "", node.level, place), frame)
        else:
            load = partial(_imported_name, program, node.module or "", node.level, alias.name, place)
            frame.names[alias.asname or alias.name] = Later(load)


def _import_all(program: Program, module: Value, frame: Frame) -> None:
    if isinstance(module, Module) and module.frame is not None:
        program.spend(len(module.frame.names))
        frame.names |= {name: value for name, value in module.frame.names.items() if not name.startswith("_")}


def _imported_name(program: Program, module: str, level: int, name: str, place: Place) -> Value:
    found = program.imported(module, level, place)
    if isinstance(found, Module):
        return program.member_of(found, name)
    return Outside(f"{found.name}.{name}", place) if isinstance(found, Outside) else UNKNOWN

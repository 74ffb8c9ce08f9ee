"""Runs a TypeScript program as far as its text tells: what gives names and properties their values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_lambda_perf.manifests.typescript import library
from flake8_lambda_perf.manifests.typescript.nodes import Place, children
from flake8_lambda_perf.manifests.typescript.values import (
    NOTHING,
    UNKNOWN,
    Array,
    Class,
    Frame,
    Named,
    Number,
    Object,
    Property,
    Text,
    Value,
    combined,
    either,
)

if TYPE_CHECKING:
    from tree_sitter import Node

    from flake8_lambda_perf.manifests.typescript.run import Run


def bind(run: Run, pattern: Node, value: Value, frame: Frame) -> None:
    """Gives the names in a pattern their values, in this frame."""
    match pattern.type:
        case "identifier" | "shorthand_property_identifier_pattern":
            frame.names[frame.script.text(pattern)] = value
        case "object_pattern":
            _bind_object(run, pattern, value, frame)
        case "array_pattern":
            index = 0
            for child in pattern.children:
                index += child.type == ","  # an item that is left out is no node
                if child.is_named and child.type != "comment":
                    _bind_item(run, child, value, index, frame)
        case "assignment_pattern" | "object_assignment_pattern":
            left = pattern.child_by_field_name("left")
            if value is NOTHING:
                value = run.value(pattern.child_by_field_name("right"), frame)
            if left is not None:
                bind(run, left, value, frame)


def _bind_object(run: Run, pattern: Node, value: Value, frame: Frame) -> None:
    taken: set[str] = set()
    for child in children(pattern):
        target: Node | None = child
        if child.type == "rest_pattern":
            target, found = next(iter(children(child)), None), _rest(run, value, taken)
        else:
            named = child.child_by_field_name("key" if child.type == "pair_pattern" else "left") or child
            name = run.key(named, frame) or ""
            taken.add(name)
            found = run.member(value, name, Place(frame.script, child))
            if child.type == "pair_pattern":
                target = child.child_by_field_name("value")
        if target is not None:
            bind(run, target, found, frame)


def _rest(run: Run, value: Value, taken: set[str]) -> Value:
    if not isinstance(value, Object):
        return UNKNOWN
    run.step(len(value.properties))
    left = {name: found for name, found in value.properties.items() if name not in taken}
    return Object(left, value.is_open or value.cls is not None, value.born)


def _bind_item(run: Run, pattern: Node, value: Value, index: int, frame: Frame) -> None:
    if not isinstance(value, Array):
        bind(run, pattern, UNKNOWN, frame)
    elif pattern.type == "rest_pattern":
        for child in children(pattern)[:1]:
            bind(run, child, Array(value.items[index:], value.is_open, value.born), frame)
    else:
        missing = UNKNOWN if value.is_open else NOTHING
        bind(run, pattern, value.items[index] if index < len(value.items) else missing, frame)


def assigned(run: Run, node: Node, frame: Frame) -> Value:
    """What `target = value` gives, and does."""
    value = run.value(node.child_by_field_name("right"), frame)
    target = node.child_by_field_name("left")
    if target is not None:
        _assign(run, target, value, Place(frame.script, node.child_by_field_name("right") or node), frame)
    return value


def augmented(run: Run, node: Node, frame: Frame) -> Value:
    """What `target += value` and its like give, and do."""
    target, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    sign = node.child_by_field_name("operator")
    if target is None or sign is None:
        return UNKNOWN
    operator = frame.script.text(sign).removesuffix("=")
    left = run.value(target, frame)
    if operator in ("&&", "||", "??"):
        value = run.chosen(operator, left, right, frame)
    else:
        value = combined(operator, left, run.value(right, frame), Place(frame.script, node))
    _assign(run, target, value, Place(frame.script, node), frame)
    return value


def updated(run: Run, node: Node, frame: Frame) -> Value:
    """What `target++` and its like give, and do."""
    target = node.child_by_field_name("argument")
    if target is None:
        return UNKNOWN
    before = run.value(target, frame)
    step = 1 if "++" in (child.type for child in node.children) else -1
    after = Number(before.value + step) if isinstance(before, Number) else UNKNOWN
    _assign(run, target, after, Place(frame.script, node), frame)
    return before if node.children[0] == target else after


def _assign(run: Run, target: Node, value: Value, place: Place, frame: Frame) -> None:
    match target.type:
        case "identifier":
            name = frame.script.text(target)
            holder = frame.find(name) or frame
            before = holder.names.get(name, NOTHING)
            holder.names[name] = value if run.is_certain(holder.born) else either(before, value)
        case "member_expression" | "subscript_expression":
            owner = run.value(target.child_by_field_name("object"), frame)
            part = target.child_by_field_name("property") or target.child_by_field_name("index")
            name = "" if part is None else frame.script.text(part)
            if target.type == "subscript_expression":
                key = run.value(part, frame)
                name = key.value if isinstance(key, Text) and key.is_known else ""
            _set(run, owner, name, Property(value, place), frame)
        case "non_null_expression" | "parenthesized_expression" | "as_expression":
            for child in children(target)[:1]:
                _assign(run, child, value, place, frame)
        case "object_pattern" | "array_pattern":
            bind(run, target, value, frame)


def _set(run: Run, owner: Value, name: str, stated: Property, frame: Frame) -> None:
    value = stated.value
    match owner:
        case Object() if not name:
            library.spread(owner, UNKNOWN)
        case Object():
            if not run.is_certain(owner.born):
                value = either(owner.get(name), value)
            owner.properties[name] = Property(value, stated.place)
        case Class():
            owner.static[name] = value
        case Named(name="exports" | "module.exports"):
            run.module(frame).exports[name] = value
        case Named(name="module") if name == "exports" and isinstance(value, Object):
            run.module(frame).exports.update({key: found.value for key, found in value.properties.items()})

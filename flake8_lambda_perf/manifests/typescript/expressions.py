"""Runs a TypeScript program as far as its text tells: its expressions."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import TYPE_CHECKING

from flake8_lambda_perf.manifests.typescript import bindings, calls, library
from flake8_lambda_perf.manifests.typescript.nodes import Place, children, string_text
from flake8_lambda_perf.manifests.typescript.values import (
    NOTHING,
    UNKNOWN,
    Array,
    Flag,
    Frame,
    Function,
    Number,
    Object,
    Pattern,
    Property,
    Text,
    Value,
    combined,
    composed,
    either,
    truth,
    written,
)

if TYPE_CHECKING:
    from tree_sitter import Node

    from flake8_lambda_perf.manifests.typescript.run import Run


def _identifier(run: Run, node: Node, frame: Frame) -> Value:
    name = frame.script.text(node)
    if name in ("__dirname", "__filename") and frame.find(name) is None:
        return _own_path(name == "__dirname", Place(frame.script, node))
    return run.name(name, frame)


def _string(_run: Run, node: Node, frame: Frame) -> Value:
    return Text(string_text(frame.script, node), Place(frame.script, node))


def _regex(_run: Run, node: Node, frame: Frame) -> Value:
    source, flags = node.child_by_field_name("pattern"), node.child_by_field_name("flags")
    marks = "" if flags is None else frame.script.text(flags)
    return UNKNOWN if source is None or marks.strip("g") else Pattern(frame.script.text(source), marks != "")


def _template(run: Run, node: Node, frame: Frame) -> Value:
    parts: list[Value] = []
    text = ""
    for child in children(node):
        if child.type == "template_substitution":
            parts += [run.value(inner, frame) for inner in children(child)[:1]]
            text += written(parts[-1]) if parts else ""
        else:
            text += string_text(frame.script, child)
    place = Place(frame.script, node)
    return composed(text, place, parts) if parts else Text(text, place)


def _number(_run: Run, node: Node, frame: Frame) -> Value:
    try:
        return Number(float(frame.script.text(node).replace("_", "")))
    except ValueError:
        return UNKNOWN


def _object(run: Run, node: Node, frame: Frame) -> Value:
    made = Object(born=run.branches)
    for child in children(node):
        if child.type == "spread_element":
            library.spread(made, run.value(next(iter(children(child)), None), frame))
            run.step(len(made.properties))
        elif child.type == "shorthand_property_identifier":
            made.properties[frame.script.text(child)] = Property(
                _identifier(run, child, frame), Place(frame.script, child)
            )
        elif child.type == "method_definition":
            name = frame.script.text(child.child_by_field_name("name") or child)
            made.properties[name] = Property(Function(child, frame, made), Place(frame.script, child))
        elif child.type == "pair":
            _pair(run, made, child, frame)
    return made


def _pair(run: Run, made: Object, node: Node, frame: Frame) -> None:
    key, value = node.child_by_field_name("key"), node.child_by_field_name("value")
    if key is None or value is None:
        return
    name = run.key(key, frame)
    found = Property(run.value(value, frame), Place(frame.script, value))
    if name is None:
        library.spread(made, UNKNOWN)
    else:
        made.properties[name] = found


def _array(run: Run, node: Node, frame: Frame) -> Value:
    items, is_open = run.items(children(node), frame)
    return Array(items, is_open, run.branches)


def _member(run: Run, node: Node, frame: Frame) -> Value:
    owner, name = node.child_by_field_name("object"), node.child_by_field_name("property")
    if owner is None or name is None:
        return UNKNOWN
    place, word = Place(frame.script, node), frame.script.text(name)
    if owner.type == "super":
        return calls.inherited(run, frame, word, place)
    if owner.type == "meta_property":
        is_folder = word == "dirname"
        return _own_path(is_folder, place) if is_folder or word in ("url", "filename") else UNKNOWN
    return run.member(run.value(owner, frame), word, place)


def _subscript(run: Run, node: Node, frame: Frame) -> Value:
    owner = run.value(node.child_by_field_name("object"), frame)
    index = run.value(node.child_by_field_name("index"), frame)
    if isinstance(index, Text) and index.is_known:
        return run.member(owner, index.value, Place(frame.script, node))
    if isinstance(owner, Array) and isinstance(index, Number) and 0 <= index.value < len(owner.items):
        return owner.items[int(index.value)]
    return UNKNOWN


def _this(_run: Run, _node: Node, frame: Frame) -> Value:
    return frame.this


def _function(_run: Run, node: Node, frame: Frame) -> Value:
    return Function(node, frame, frame.this if node.type == "arrow_function" else None, frame.cls)


def _class_of(run: Run, node: Node, frame: Frame) -> Value:
    return calls.class_of(run, node, frame)


def _first(run: Run, node: Node, frame: Frame) -> Value:
    return run.value(next(iter(children(node)), None), frame)


def _last(run: Run, node: Node, frame: Frame) -> Value:
    values = [run.value(child, frame) for child in children(node)]
    return values[-1] if values else UNKNOWN


def _ternary(run: Run, node: Node, frame: Frame) -> Value:
    decided = truth(run.value(node.child_by_field_name("condition"), frame))
    ways = [node.child_by_field_name(name) for name in ("consequence", "alternative")]
    if decided is not None:
        return run.value(ways[not decided], frame)
    found: list[Value] = []
    for way in ways:
        with run.branch():
            found.append(run.value(way, frame))
    return reduce(either, found)


def _binary(run: Run, node: Node, frame: Frame) -> Value:
    sign = node.child_by_field_name("operator")
    operator = frame.script.text(sign) if sign is not None else ""
    left = run.value(node.child_by_field_name("left"), frame)
    right = node.child_by_field_name("right")
    if operator in ("&&", "||", "??"):
        return run.chosen(operator, left, right, frame)
    return combined(operator, left, run.value(right, frame), Place(frame.script, node))


def _unary(run: Run, node: Node, frame: Frame) -> Value:
    value = run.value(node.child_by_field_name("argument"), frame)
    match frame.script.text(node)[:1]:
        case "!":
            decided = truth(value)
            return UNKNOWN if decided is None else Flag(not decided)
        case "-" if isinstance(value, Number):
            return Number(-value.value)
    return UNKNOWN


def _own_path(is_folder: bool, place: Place) -> Text:
    """The absolute path of a file of the program, or of its folder."""
    path = f"{library.PROJECT}/{place.script.path}"
    return Text(path.rpartition("/")[0] if is_folder else path, place)


EXPRESSIONS: dict[str, Callable[[Run, Node, Frame], Value]] = {
    "array": _array,
    "arrow_function": _function,
    "as_expression": _first,
    "assignment_expression": bindings.assigned,
    "augmented_assignment_expression": bindings.augmented,
    "await_expression": _first,
    "binary_expression": _binary,
    "call_expression": calls.called,
    "class": _class_of,
    "false": lambda *_: Flag(False),
    "function_expression": _function,
    "identifier": _identifier,
    "member_expression": _member,
    "new_expression": calls.constructed,
    "non_null_expression": _first,
    "null": lambda *_: NOTHING,
    "number": _number,
    "object": _object,
    "parenthesized_expression": _first,
    "regex": _regex,
    "satisfies_expression": _first,
    "sequence_expression": _last,
    "string": _string,
    "subscript_expression": _subscript,
    "template_string": _template,
    "ternary_expression": _ternary,
    "this": _this,
    "true": lambda *_: Flag(True),
    "type_assertion": _last,
    "unary_expression": _unary,
    "update_expression": bindings.updated,
    "undefined": lambda *_: NOTHING,
}
"""How each kind of expression is evaluated; any other is unknown."""

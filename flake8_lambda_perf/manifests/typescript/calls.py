"""Runs a TypeScript program as far as its text tells: its calls, its classes and their instances."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import TYPE_CHECKING

from flake8_lambda_perf.manifests.typescript import library
from flake8_lambda_perf.manifests.typescript.bindings import bind
from flake8_lambda_perf.manifests.typescript.nodes import Place, children
from flake8_lambda_perf.manifests.typescript.values import (
    NOTHING,
    SIZE_OF_STEP,
    UNKNOWN,
    Array,
    Built,
    Class,
    Frame,
    Function,
    Left,
    Method,
    Named,
    Object,
    Property,
    Text,
    Value,
    either,
    truth,
)

if TYPE_CHECKING:
    from tree_sitter import Node

    from flake8_lambda_perf.manifests.typescript.run import Run

MAX_CALLS = 24
"""Calls inside one another that are followed."""

MAX_AGAIN = 2
"""How often a function may be on the way to a call of itself."""

APART = ("aws-iam.", "aws-cloudwatch.", "aws-kms.", "aws-ssm.", "cdk-nag.", "core.CfnOutput", "core.Tags", "console.")
"""What libraries make that has nothing to do with functions: half of many programs."""


def called(run: Run, node: Node, frame: Frame) -> Value:
    """What a call returns."""
    target, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    if target is None or arguments is None or arguments.type != "arguments":
        return UNKNOWN
    place = Place(frame.script, node)
    if target.type == "super":
        _construct_base(run, frame, run.arguments(arguments, frame), place)
        return UNKNOWN
    function = Named("require") if target.type == "import" else run.value(target, frame)
    if isinstance(function, Named) and function.name.startswith(APART):
        return Built(function.name, place)
    args = run.arguments(arguments, frame)
    if isinstance(function, Named) and function.name == "require" and args and isinstance(args[0], Text):
        return run.files.imported(args[0].value, frame.script.path)
    return apply(run, function, args, place)


def apply(run: Run, function: Value, args: Sequence[Value], place: Place) -> Value:
    """Calls a value."""
    match function:
        case Function():
            return invoke(run, function, args, place)
        case Named():
            run.step(SIZE_OF_STEP * sum(len(arg.properties) for arg in args if isinstance(arg, Object)))
            known = library.call(function.name, args, place, run.cwd)
            return known if known is not None else _built(run, function.name, args, place, None)
        case Built():
            return _built(run, function.name, args, place, function.owner)
        case Method():
            return _method(run, function, args, place)
    _call_back(run, args, place)
    return UNKNOWN


def _built(run: Run, name: str, args: Sequence[Value], place: Place, owner: Built | None) -> Built:
    found = Built(name, place, tuple(args), owner)
    run.built.append(found)
    _call_back(run, args, place)
    return found


def _call_back(run: Run, args: Sequence[Value], place: Place) -> None:
    """Runs the functions among a call's arguments, also in objects: whatever is called may call them."""
    found = [
        given.value for arg in args if isinstance(arg, Object) and arg.cls is None for given in arg.properties.values()
    ]
    for value in (*args, *found):
        if isinstance(value, Function) and value.key not in run.entered:
            with run.branch():
                invoke(run, value, (), place, is_known=False)


def invoke(run: Run, function: Function, args: Sequence[Value], place: Place, *, is_known: bool = True) -> Value:
    """Runs a function; without `is_known` it may be given anything."""
    body = function.node.child_by_field_name("body")
    again = sum(other.node.id == function.node.id for other in run.calls)
    if body is None or len(run.calls) >= MAX_CALLS or again >= MAX_AGAIN:
        return UNKNOWN
    this = function.frame.this if function.this is None else function.this
    frame = Frame(function.frame.script, function.frame, {}, this, function.cls, run.branches)
    run.entered.add(function.key)
    run.calls.append(function)
    try:
        _take_parameters(run, function.node, frame, args, place, is_known=is_known)
        if body.type != "statement_block":
            return run.value(body, frame)
        returned: list[Value] = []
        if run.execute(body, frame, returned) is not Left.FUNCTION:
            returned.append(NOTHING)
        return reduce(either, returned) if returned else UNKNOWN
    finally:
        run.calls.pop()


def _take_parameters(
    run: Run, node: Node, frame: Frame, args: Sequence[Value], place: Place, *, is_known: bool
) -> None:
    single = node.child_by_field_name("parameter")
    listed = node.child_by_field_name("parameters")
    parameters = [single] if single is not None else children(listed) if listed is not None else []
    for index, parameter in enumerate(parameters):
        pattern = parameter.child_by_field_name("pattern") or parameter
        if pattern.type == "rest_pattern":
            value: Value = Array(list(args[index:]), not is_known, run.branches)
            pattern = next(iter(children(pattern)), pattern)
        else:
            value = args[index] if index < len(args) else NOTHING if is_known else UNKNOWN
        default = parameter.child_by_field_name("value")
        if default is not None and value is NOTHING:
            value = run.value(default, frame)
        bind(run, pattern, value, frame)
        if isinstance(frame.this, Object) and any(
            child.type in ("accessibility_modifier", "readonly") for child in parameter.children
        ):
            frame.this.properties[frame.script.text(pattern)] = Property(value, place)


# -- classes and their instances --------------------------------------------------------------


def class_of(run: Run, node: Node, frame: Frame) -> Class:
    """The class that a declaration makes."""
    heritage = next((child for child in node.named_children if child.type == "class_heritage"), None)
    clause = None if heritage is None else next(iter(children(heritage)), None)
    if clause is not None and clause.type == "extends_clause":
        clause = clause.child_by_field_name("value")
    base = NOTHING if clause is None or clause.type == "implements_clause" else run.value(clause, frame)
    body = node.child_by_field_name("body")
    members: dict[str, Node] = {}
    made = Class(node, frame, base, members, {})
    for child in children(body) if body is not None else []:
        name = child.child_by_field_name("name")
        if name is None or child.type not in ("method_definition", "public_field_definition", "field_definition"):
            continue
        word = frame.script.text(name)
        if not any(part.type == "static" for part in child.children):
            members[word] = child
        elif child.type == "method_definition":
            made.static[word] = Function(child, frame, made, made)
        else:
            made.static[word] = run.value(child.child_by_field_name("value"), frame)
    return made


def constructed(run: Run, node: Node, frame: Frame) -> Value:
    """What `new` makes."""
    target, arguments = node.child_by_field_name("constructor"), node.child_by_field_name("arguments")
    cls = run.value(target, frame)
    place = Place(frame.script, node)
    if isinstance(cls, Named) and cls.name.startswith(APART):
        return Built(cls.name, place)
    args = run.arguments(arguments, frame)
    match cls:
        case Class():
            return instance(run, cls, args, place)
        case Named():
            known = library.call(cls.name, args, place, run.cwd)
            return known if known is not None else _built(run, cls.name, args, place, None)
    _call_back(run, args, place)
    return UNKNOWN


def instance(run: Run, cls: Class, args: Sequence[Value], place: Place, *, is_known: bool = True) -> Object:
    """A new instance of a class; without `is_known` its constructor may be given anything."""
    made = Object(born=run.branches, cls=cls)
    _construct(run, cls, made, args, place, is_known=is_known)
    return made


def _construct(run: Run, cls: Class, made: Object, args: Sequence[Value], place: Place, *, is_known: bool) -> None:
    run.made.setdefault(cls.node.id, made)
    run.entered.add(cls.place.key)
    constructor = cls.members.get("constructor")
    if constructor is None:
        _construct_above(run, cls, made, args, place, is_known=is_known)
        return
    if cls.base is NOTHING:
        _set_fields(run, cls, made)
    invoke(run, Function(constructor, cls.frame, made, cls), args, place, is_known=is_known)


def _construct_above(
    run: Run, cls: Class, made: Object, args: Sequence[Value], place: Place, *, is_known: bool = True
) -> None:
    """What `super(...)` in the constructor of `cls` does."""
    match cls.base:
        case Class() as base if len(run.calls) < MAX_CALLS:
            _construct(run, base, made, args, place, is_known=is_known)
        case Named(name=name):
            made.base = _built(run, name, args, place, None)
    _set_fields(run, cls, made)


def _construct_base(run: Run, frame: Frame, args: Sequence[Value], place: Place) -> None:
    if frame.cls is not None and isinstance(frame.this, Object):
        _construct_above(run, frame.cls, frame.this, args, place)


def _set_fields(run: Run, cls: Class, made: Object) -> None:
    frame = Frame(cls.frame.script, cls.frame, {}, made, cls, run.branches)
    for name, member in cls.members.items():
        value = member.child_by_field_name("value")
        if member.type != "method_definition" and value is not None:
            made.properties[name] = Property(run.value(value, frame), Place(frame.script, value))


def own_member(run: Run, owner: Object, cls: Class, name: str, place: Place) -> Value | None:
    """A method or computed property of an instance, from its class or one above; None where there is none."""
    above: Value = cls
    for _ in range(MAX_CALLS):
        if not isinstance(above, Class):
            return None
        found = above.members.get(name)
        if found is not None and found.type == "method_definition":
            function = Function(found, above.frame, owner, above)
            is_getter = any(child.type == "get" for child in found.children)
            return invoke(run, function, (), place) if is_getter else function
        above = above.base
    return None


def inherited(run: Run, frame: Frame, name: str, place: Place) -> Value:
    """What `super.name` is."""
    if frame.cls is None or not isinstance(frame.cls.base, Class) or not isinstance(frame.this, Object):
        return UNKNOWN
    found = own_member(run, frame.this, frame.cls.base, name, place)
    return UNKNOWN if found is None else found


# -- methods of lists that call back -----------------------------------------------------------


def _method(run: Run, method: Method, args: Sequence[Value], place: Place) -> Value:
    function = args[0] if args else NOTHING
    if not isinstance(method.owner, Array) or not isinstance(function, Function):
        run.step(len(method.owner.items) if isinstance(method.owner, Array) else 0)
        return library.method(method.owner, method.name, args, place)
    items = method.owner.items
    results: list[Value] = []
    for item in list(items):
        run.step()
        results.append(invoke(run, function, (item,), place))
    if method.owner.is_open:
        with run.branch():
            invoke(run, function, (), place, is_known=False)
    is_open = method.owner.is_open
    match method.name:
        case "forEach":
            return NOTHING
        case "map":
            return Array(results, is_open, run.branches)
        case "flatMap":
            flat = [inner for each in results for inner in (each.items if isinstance(each, Array) else [each])]
            return Array(flat[: library.MAX_ITEMS], is_open or len(flat) > library.MAX_ITEMS, run.branches)
        case "filter":
            kept = [item for item, result in zip(items, results, strict=False) if truth(result) is not False]
            return Array(kept, is_open, run.branches)
    return UNKNOWN

"""What functions of Node.js and methods of texts, lists and objects give, as far as deployment programs need them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from flake8_lambda_perf.manifests.typescript.values import (
    HOLE,
    MAX_TEXT,
    NOTHING,
    UNKNOWN,
    Array,
    Flag,
    Number,
    Object,
    Pattern,
    Property,
    Text,
    Value,
    composed,
    is_same,
    written,
)

if TYPE_CHECKING:
    from flake8_lambda_perf.manifests.typescript.nodes import Place

PROJECT = "/\0"
"""Stands for the absolute path of the project's root."""

MAX_ITEMS = 1_000
MAX_PATTERN = 100

MAKES_TEXT = frozenset({"replace", "replaceAll", "slice", "substring", "substr", "charAt"})

_ITEM = r"(?:\\[dwsDWS/.-]|\[\^?(?:\\[dws/.-]|[\w /:@.-])+\]|[\w /:@_-])"
_SIMPLE = re.compile(rf"\^?(?:{_ITEM}|\({_ITEM}\))+(?:(?<=[\])])\+)?\$?")
_GROUP = re.compile(r"\$([0-9])")


def call(name: str, args: Sequence[Value], place: Place, cwd: str) -> Value | None:
    """What a function of Node.js or a global one returns; None where it is not known here."""
    first = args[0] if args else NOTHING
    match name.replace("path.posix.", "path."):
        case "path.join" | "path.resolve" | "path.normalize" as function:
            return _path(function, args, place, cwd)
        case "path.dirname" | "path.basename" as function if isinstance(first, Text):
            head, tail = posixpath.split(first.value)
            tail = tail.removesuffix(written(args[1])) if len(args) > 1 else tail
            return Text(head or "." if function == "path.dirname" else tail, first.place)
        case "process.cwd":
            return Text(cwd, place)
        case "url.fileURLToPath" | "url.URL" | "URL" if isinstance(first, Text):
            return first if len(args) < 2 else _path("path.join", (_folder(args[1], place), first), place, cwd)
        case "Object.keys" | "Object.values" | "Object.entries" as function if isinstance(first, Object):
            return _listed(function, first)
        case "Object.assign":
            return merged(args)
        case "Object.freeze" | "Object.seal" | "Array.from" | "String" | "Number":
            return first
        case "Object.fromEntries" if isinstance(first, Array):
            return _object(first, place)
    return None


def _path(function: str, args: Sequence[Value], place: Place, cwd: str) -> Text:
    parts = [written(arg) for arg in args]
    if function == "path.resolve":
        parts = [cwd, *parts]
        start = max(index for index, part in enumerate(parts) if part.startswith("/"))
        parts = parts[start:]
    elif parts:
        parts = [parts[0], *(part.lstrip("/") for part in parts[1:])]
    joined = posixpath.normpath("/".join(part for part in parts if part) or ".")
    return composed(joined, place, args)


def _folder(value: Value, place: Place) -> Text:
    """The folder of a file's address: what `import.meta.url` makes of a relative one."""
    return Text(posixpath.dirname(written(value)), place)


def _listed(function: str, value: Object) -> Array:
    items: list[Value] = []
    for name, found in value.properties.items():
        key = Text(name, found.place)
        match function:
            case "Object.keys":
                items.append(key)
            case "Object.values":
                items.append(found.value)
            case _:
                items.append(Array([key, found.value]))
    return Array(items, value.is_open)


def _object(pairs: Array, place: Place) -> Value:
    found = Object(is_open=pairs.is_open)
    for pair in pairs.items:
        if not isinstance(pair, Array) or len(pair.items) != 2 or not isinstance(key := pair.items[0], Text):
            return UNKNOWN
        found.properties[key.value] = Property(pair.items[1], place)
    return found


def merged(values: Sequence[Value]) -> Object:
    """One object of several, the last one first."""
    into = values[0] if values and isinstance(values[0], Object) else Object()
    for value in values:
        if value is not into:
            spread(into, value)
    return into


def spread(into: Object, value: Value) -> None:
    """Adds what `...value` adds to an object."""
    if value is NOTHING or isinstance(value, Flag):
        return
    if not isinstance(value, Object):
        into.is_open = True
        into.properties = {name: Property(UNKNOWN, found.place) for name, found in into.properties.items()}
        return
    if value.is_open:
        into.is_open = True
        into.properties = {name: Property(UNKNOWN, found.place) for name, found in into.properties.items()}
    into.properties |= value.properties


def member(owner: Value, name: str) -> Value | None:
    """A property of a text or list that is no method."""
    if name in ("pathname", "href"):
        return owner  # of an address that is no more than its path here
    if name != "length":
        return None
    if isinstance(owner, Array):
        return UNKNOWN if owner.is_open else Number(len(owner.items))
    return Number(len(owner.value)) if isinstance(owner, Text) and owner.is_known else UNKNOWN


def method(owner: Value, name: str, args: Sequence[Value], place: Place) -> Value:
    """What a method of a text, list or object returns that calls nothing back."""
    match owner:
        case Text():
            return _text_method(owner, name, args, place)
        case Array():
            return _array_method(owner, name, args, place)
    return UNKNOWN


def _text_method(owner: Text, name: str, args: Sequence[Value], place: Place) -> Value:
    match name, args:
        case "toString" | "valueOf", _:
            return owner
        case "concat", _:
            return composed(owner.value + "".join(map(written, args)), place, (owner, *args))
        case "trim", _:
            return Text(owner.value.strip(), owner.place)
        case "toLowerCase" | "toLocaleLowerCase", _:
            return Text(owner.value.lower(), owner.place)
        case "toUpperCase" | "toLocaleUpperCase", _:
            return Text(owner.value.upper(), owner.place)
    found = None
    if owner.is_known and all(len(text.value) <= MAX_TEXT for text in (owner, *args) if isinstance(text, Text)):
        found = _replaced(owner, name, args) or _sliced(owner, name, args) or _compared(owner, name, args)
    return (Text(HOLE, owner.place) if name in MAKES_TEXT else UNKNOWN) if found is None else found


def _replaced(owner: Text, name: str, args: Sequence[Value]) -> Value | None:
    """What a text is after parts of it are replaced."""
    count = 1 if name == "replace" else -1
    match name, args:
        case "replace" | "replaceAll", [Text(value=old), Text(value=new)] if old and HOLE not in old + new:
            return composed(owner.value.replace(old, new, count), owner.place, (owner,))
        case "replace" | "replaceAll", [Pattern() as pattern, Text(value=new)] if HOLE not in new:
            # Simple expressions mean the same here and take no time; others may take more than there is.
            if len(pattern.source) <= MAX_PATTERN and "--" not in pattern.source and _SIMPLE.fullmatch(pattern.source):
                template = _GROUP.sub(r"\\g<\1>", new.replace("\\", "\\\\").replace("$&", "$0"))
                try:
                    text = re.sub(pattern.source, template, owner.value, count=not pattern.is_global, flags=re.ASCII)
                except (re.error, IndexError):
                    return None
                return composed(text, owner.place, (owner,))
    return None


def _sliced(owner: Text, name: str, args: Sequence[Value]) -> Value | None:
    """A part of a text, by its position."""
    numbers = [int(arg.value) for arg in args if isinstance(arg, Number) and abs(arg.value) <= MAX_TEXT]
    if len(numbers) != len(args) or not numbers:
        return None
    if name == "charAt":
        return Text(owner.value[numbers[0] : numbers[0] + 1], owner.place)
    if name == "slice" or (name == "substring" and min(numbers) >= 0 and numbers == sorted(numbers)):
        return Text(owner.value[slice(*numbers, *([None] * (len(numbers) == 1)))], owner.place)
    return None


def _compared(owner: Text, name: str, args: Sequence[Value]) -> Value | None:
    """What other methods tell of a text, given another one."""
    match name, args:
        case "split", [Text(value=separator)] if separator and HOLE not in separator:
            return Array([Text(part, owner.place) for part in owner.value.split(separator)[:MAX_ITEMS]])
        case "startsWith", [Text(value=start)] if HOLE not in start:
            return Flag(owner.value.startswith(start))
        case "endsWith", [Text(value=end)] if HOLE not in end:
            return Flag(owner.value.endswith(end))
        case "includes", [Text(value=part)] if HOLE not in part:
            return Flag(part in owner.value)
    return None


def _array_method(owner: Array, name: str, args: Sequence[Value], place: Place) -> Value:
    match name, args:
        case "push", _:
            if len(owner.items) + len(args) <= MAX_ITEMS:
                owner.items.extend(args)
            else:
                owner.is_open = True
            return UNKNOWN
        case "concat", [Array() as other]:
            return Array([*owner.items, *other.items][:MAX_ITEMS], owner.is_open or other.is_open)
        case "join", _ if not owner.is_open:
            separator = written(args[0]) if args else ","
            return composed(separator.join(map(written, owner.items)), place, owner.items)
        case "includes" | "indexOf", [value]:
            same = [is_same(value, item) for item in owner.items]
            if name == "includes" and True in same:
                return Flag(True)
            return UNKNOWN if owner.is_open or None in same or name == "indexOf" else Flag(False)
        case "slice" | "reverse" | "sort" | "flat" | "values", _:
            return Array(list(owner.items), True) if args else owner
    return UNKNOWN

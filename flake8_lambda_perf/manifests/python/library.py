"""What Python's own functions and methods give for known arguments: paths, texts, lists, dictionaries."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable
from inspect import cleandoc
from itertools import islice
from textwrap import dedent
from typing import TYPE_CHECKING

from flake8_lambda_perf.manifests.python import classes
from flake8_lambda_perf.manifests.python.values import (
    MOST_ITEMS,
    UNKNOWN,
    Choice,
    Class,
    Frame,
    Function,
    Instance,
    Items,
    Method,
    Outside,
    Place,
    Plain,
    Super,
    Table,
    Value,
    composed,
    join,
    text_of,
)

if TYPE_CHECKING:
    from flake8_lambda_perf.manifests.python.program import Program

MOST_TEXT = 10_000

PATHS = frozenset({"pathlib.Path", "pathlib.PurePath", "pathlib.PosixPath", "pathlib.PurePosixPath"})
WORKING = frozenset({"os.getcwd", "os.getcwdu", "pathlib.Path.cwd"})
SAME = frozenset({"copy.copy", "copy.deepcopy", "os.fspath", "builtins.sorted", "builtins.reversed"})
TEXTS: dict[str, Callable[[str], str]] = {
    "os.path.dirname": posixpath.dirname,
    "os.path.basename": posixpath.basename,
    "os.path.normpath": posixpath.normpath,
    "textwrap.dedent": dedent,
    "inspect.cleandoc": cleandoc,
}
CONSTANTS = {"os.sep": "/", "os.path.sep": "/", "os.pardir": "..", "os.curdir": ".", "os.path.pardir": ".."}
TYPES = frozenset({"str", "int", "float", "bool", "dict", "list", "tuple", "set", "frozenset", "bytes"})
PLAIN_METHODS = frozenset({
    "lower", "upper", "title", "capitalize", "strip", "lstrip", "rstrip", "removeprefix", "removesuffix", "split",
    "rsplit", "startswith", "endswith", "casefold", "swapcase",
})  # fmt: skip
"""Methods of a text that never make it longer."""

_FIELD = re.compile(r"\{(\w*)\}")


def constant(owner: Outside, name: str, place: Place) -> Value | None:
    """An attribute of a library's module that is a known text."""
    known = CONSTANTS.get(f"{owner.name}.{name}")
    return None if known is None else Plain(known, place)


def function(program: Program, callee: Outside, args: list[Value], named: Table, place: Place) -> Value | None:
    """What a function of Python's own returns; None for one that is not known."""
    name = callee.name
    if name in WORKING:
        return composed(_working(program), place, (), is_path=name.startswith("pathlib"))
    if name in ("os.path.join", *PATHS) and args:
        return _joined(args, place, is_path=name in PATHS)
    if name in ("os.path.abspath", "os.path.realpath"):
        return _absolute(program, args[0], place) if args else UNKNOWN
    if name in TEXTS:
        text = text_of(args[0]) if args else None
        return UNKNOWN if text is None else composed(TEXTS[name](text), place, args)
    if name in SAME:
        return args[0] if args else UNKNOWN
    if name in ("typing.cast", "typing_extensions.cast") and len(args) == 2:
        return args[1]
    return _builtin(name.removeprefix("builtins."), args, named, place) if name.startswith("builtins.") else None


def _working(program: Program) -> str:
    return f"{program.root}/{program.folder}" if program.folder else program.root


def _joined(args: list[Value], place: Place, *, is_path: bool) -> Value:
    texts = [text_of(arg) for arg in args]
    known = [text for text in texts if text is not None]
    if len(known) < len(texts) or sum(map(len, known)) > MOST_TEXT:
        return UNKNOWN
    return composed(posixpath.join(*known), place, args, is_path=is_path)


def _absolute(program: Program, value: Value, place: Place) -> Value:
    text = text_of(value)
    if text is None:
        return UNKNOWN
    whole = posixpath.normpath(posixpath.join(_working(program), text))
    return composed(whole, place, (value,), is_path=isinstance(value, Plain) and value.is_path)


def _builtin(name: str, args: list[Value], named: Table, place: Place) -> Value | None:
    match name, args:
        case "str", [Plain() as one]:
            is_text = isinstance(one.value, str) and not one.is_path
            return one if is_text else composed(str(one.value), place, (one,))
        case "int", [Plain(value=int() | float()) as one]:
            return Plain(int(one.value or 0), place)
        case "int", [Plain(value=str(text))] if re.fullmatch(r"\d{1,9}", text):
            return Plain(int(text), place)
        case "bool", [Plain(value=found)]:
            return Plain(bool(found), place)
        case "isinstance", [one, kinds]:
            known = [_is_kind(one, kind) for kind in (kinds.items if isinstance(kinds, Items) else [kinds])]
            answer = True if True in known else None if None in known else False
            return UNKNOWN if answer is None else Plain(answer, place)
        case "len", [Items(items=items, is_open=False)]:
            return Plain(len(items), place)
        case "dict", _ if not args or isinstance(args[0], Table):
            made = args[0].copy() if args and isinstance(args[0], Table) else Table()
            made.take(named)
            return made
        case "list" | "tuple" | "set", [] | [Items() | Table()]:
            return Items(_listed(args[0], place) if args else [], bool(args) and _is_open(args[0]))
        case "range", [Plain(value=int(count))]:
            return Items([Plain(number, place) for number in range(min(count, MOST_ITEMS))])
        case "enumerate", [Items() | Table(), *_]:
            pairs: Iterable[tuple[Value, ...]] = ((Plain(n, place), v) for n, v in enumerate(_listed(args[0], place)))
            return _tuples(pairs, args[:1])
        case "zip", [Items() | Table(), *_]:
            return _tuples(zip(*(_listed(arg, place) for arg in args), strict=False), args)
    return None


def _is_kind(value: Value, kind: Value) -> bool | None:
    """Whether a value is an object of a class; None where only running tells."""
    if isinstance(kind, Class):
        return kind in classes.ancestry(value.cls) if isinstance(value, Instance) else None
    if not isinstance(kind, Outside) or not kind.name.startswith("builtins."):
        return None
    name = kind.name.removeprefix("builtins.")
    match value:
        case Plain(is_path=False):
            return name == type(value.value).__name__ or (name == "int" and isinstance(value.value, bool))
        case Table():
            return name == "dict"
        case Items():
            return None if name in ("list", "tuple", "set", "frozenset") else False
        case Instance() | Function() | Class():
            return False if name in TYPES else None
    return None


def _tuples(rows: Iterable[tuple[Value, ...]], args: list[Value]) -> Items:
    return Items([Items(list(row)) for row in islice(rows, MOST_ITEMS)], any(map(_is_open, args)))


def _listed(value: Value, place: Place) -> list[Value]:
    if isinstance(value, Items):
        return list(value.items)
    if isinstance(value, Table):
        return [Plain(key, value.places.get(key, place)) for key in value.entries]
    return []


def _is_open(value: Value) -> bool:
    return value.is_open if isinstance(value, Items | Table) else True


# -- methods ----------------------------------------------------------------------------------


def method(program: Program, callee: Method, args: list[Value], named: Table, place: Place, frame: Frame) -> Value:
    """What a method returns, and what it changes in its object."""
    match callee.owner:
        case Super():
            classes.construct_base(program, callee.owner, args, named, place, frame)
        case Plain(is_path=True):
            return _path_method(program, callee.owner, callee.name, args, place)
        case Plain(value=str()):
            return _text_method(callee.owner, callee.name, args, named, place)
        case Table():
            return _table_method(program, callee.owner, callee.name, args, named, place)
        case Items():
            return _list_method(program, callee.owner, callee.name, args)
    return UNKNOWN


def path_attribute(owner: Plain, name: str, place: Place) -> Value | None:
    """An attribute of a path, or the value of a member of an enumeration."""
    if name == "value":
        return owner
    text = text_of(owner)
    if not owner.is_path or text is None:
        return None
    last = posixpath.basename(text)
    match name:
        case "parent":
            return composed(posixpath.dirname(text), place, (owner,), is_path=True)
        case "parents":
            parents: list[Value] = []
            while text and text != "/" and len(parents) < 20:
                text = posixpath.dirname(text)
                parents.append(composed(text, place, (owner,), is_path=True))
            return Items(parents)
        case "name":
            return composed(last, place, (owner,))
        case "stem":
            return composed(posixpath.splitext(last)[0], place, (owner,))
    return None


def _path_method(program: Program, owner: Plain, name: str, args: list[Value], place: Place) -> Value:
    match name:
        case "resolve" | "absolute":
            return _absolute(program, owner, place)
        case "joinpath":
            return _joined([owner, *args], place, is_path=True)
        case "as_posix" | "__str__":
            return composed(str(owner.value), place, (owner,))
        case "read_text" | "open":
            return Outside("builtins.open()", place, None, [owner])
    return UNKNOWN


def _text_method(owner: Plain, name: str, args: list[Value], named: Table, place: Place) -> Value:
    text = str(owner.value)
    if len(text) > MOST_TEXT:
        return UNKNOWN
    known = [arg.value for arg in args if isinstance(arg, Plain)]
    if name == "format":
        return _formatted(text, owner, args, named, place)
    if name == "join" and len(args) == 1:
        items = args[0].items if isinstance(args[0], Items) and not args[0].is_open else None
        texts = [text_of(item) for item in items or ()]
        whole = [one for one in texts if one is not None]
        if items is None or len(whole) < len(texts) or sum(map(len, whole)) + len(text) * len(whole) > MOST_TEXT:
            return UNKNOWN
        return composed(text.join(whole), place, (owner, *items))
    if len(known) < len(args):
        return UNKNOWN
    if name == "replace" and len(known) == 2 and all(isinstance(one, str) for one in known):
        new = str(known[1])
        fits = (len(text) + 1) * max(len(new), 1) <= MOST_TEXT
        return composed(text.replace(str(known[0]), new), place, (owner,)) if fits else UNKNOWN
    if name not in PLAIN_METHODS:
        return UNKNOWN
    try:
        found = getattr(text, name)(*known)
    except (TypeError, ValueError):
        return UNKNOWN
    if isinstance(found, list):
        return Items([composed(part, place, (owner,)) for part in found])
    return Plain(found, place) if isinstance(found, bool) else composed(str(found), place, (owner,))


def _formatted(pattern: str, owner: Plain, args: list[Value], named: Table, place: Place) -> Value:
    """A text with its plain fields filled in."""
    waiting = iter(args)
    parts: list[Value] = [owner]
    if _FIELD.sub("", pattern).count("{"):
        return UNKNOWN

    def filled(field: re.Match[str]) -> str:
        found = args[int(field[1])] if field[1].isdecimal() and int(field[1]) < len(args) else named.get(field[1])
        parts.append((found or UNKNOWN) if field[1] else next(waiting, UNKNOWN))
        return str(parts[-1].value)[:MOST_TEXT] if isinstance(parts[-1], Plain) else ""

    text = _FIELD.sub(filled, pattern[:MOST_TEXT])
    fits = all(isinstance(part, Plain) for part in parts) and len(text) <= MOST_TEXT
    return composed(text, place, parts) if fits else UNKNOWN


def percent(pattern: str, owner: Plain, given: Value, place: Place) -> Value:
    """`"%s.handler" % name`."""
    args = given.items if isinstance(given, Items) else [given]
    fields = pattern.split("%s")
    texts = [str(arg.value) for arg in args if isinstance(arg, Plain)]
    if "%" in "".join(fields) or len(texts) < len(args) or len(fields) != len(texts) + 1:
        return UNKNOWN
    if sum(map(len, (*fields, *texts))) > MOST_TEXT:
        return UNKNOWN
    text = fields[0] + "".join(one + other for one, other in zip(texts, fields[1:], strict=True))
    return composed(text, place, (owner, *args))


def _table_method(program: Program, owner: Table, name: str, args: list[Value], named: Table, place: Place) -> Value:
    key = args[0].value if args and isinstance(args[0], Plain) else None
    default = args[1] if len(args) > 1 else Plain(None, place)
    match name:
        case "get" | "pop" | "setdefault" if args:
            if not isinstance(args[0], Plain):
                return UNKNOWN
            found = owner.entries.get(key, UNKNOWN if owner.is_open else default)
            if name == "pop" and program.is_sure(owner.born):
                owner.entries.pop(key, None)
            if name == "setdefault":
                owner.entries[key] = found
                owner.places.setdefault(key, place)
            return found
        case "update":
            _update(program, owner, [*args, named])
        case "items":
            pairs: list[Value] = [
                Items([Plain(key, owner.places.get(key, place)), value]) for key, value in owner.entries.items()
            ]
            return Items(pairs, owner.is_open)
        case "keys":
            return Items(_listed(owner, place), owner.is_open)
        case "values":
            return Items(list(owner.entries.values()), owner.is_open)
        case "copy":
            return owner.copy()
    return UNKNOWN


def _update(program: Program, owner: Table, others: list[Value]) -> None:
    before = dict(owner.entries)
    for other in others:
        owner.take(other)
    if not program.is_sure(owner.born):
        for key, value in owner.entries.items():
            owner.entries[key] = value if before.get(key) is value else join((before.get(key, UNKNOWN), value))


def _list_method(program: Program, owner: Items, name: str, args: list[Value]) -> Value:
    if name == "copy":
        return Items(list(owner.items), owner.is_open, born=program.branches)
    if name not in ("append", "add", "extend", "insert", "pop", "remove", "clear"):
        return UNKNOWN
    added: list[Value] = args[-1:] if name in ("append", "add", "insert") else []
    if name == "extend" and args and isinstance(args[0], Items):
        added = args[0].items
    fits = name in ("append", "add", "extend") and program.is_sure(owner.born) and len(owner.items) < MOST_ITEMS
    owner.items += added[:MOST_ITEMS]
    owner.is_open = owner.is_open or not fits or any(isinstance(arg, Choice) for arg in args)
    return UNKNOWN

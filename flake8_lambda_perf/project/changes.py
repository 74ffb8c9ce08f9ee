"""Where attributes are changed from outside: `settings.region = x`, `module.LIMITS.update(x)`, `os.environ[x] = y`.

The bytes of every deployed file tell which functions may change an attribute of a name; only those are looked into.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from types import MappingProxyType
from typing import TYPE_CHECKING

from flake8_lambda_perf.project.changing import ANY_NAME, MUTATORS, REMOVERS
from flake8_lambda_perf.project.index import index_body

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from flake8_lambda_perf.project.facts import Change, Function, Module

_ITEM = r"(?:\[(?s:.){0,200}?\])?[\s\\]*+"
_CALLED = rf"\.\s*(?:{'|'.join(sorted(MUTATORS | REMOVERS))})\("
_ASSIGNED = r"[\s\\)\]]*(?::[^=\n]{1,200})?(?:\*\*|//|>>|<<|[-+*/%&|^@])?=(?!=)"
_UNPACKED = r"[\s)\]]*,(?=[\w\s.,()\[\]\"'*]{0,400}=(?!=))"
DOTTED = re.compile(rf"\.[ \t]*+(\w++)(?!\(){_ITEM}(?:{_CALLED}|{_ASSIGNED}|{_UNPACKED})".encode())
TARGETS = (
    re.compile(rb"for(?<!\wfor)\b(?=(?:[^\w.]|(?!in\b)\w{1,200}+){0,200}+\.)(?s:.){1,200}?\bin\b"),
    re.compile(rb"as(?<!\was)\b(?:[ \t]*[(\[](?=[^:.]{0,200}+\.)[^:]{1,200}|(?=[^\n.]{0,200}+\.)[^\n]{1,200})"),
    re.compile(rb"del(?<!\wdel)\b(?:[ \t]*[(\[](?=[^)\].]{0,200}+\.)[^)\]]{1,200}|(?=[^\n.]{0,200}+\.)[^\n]{1,200})"),
)
"""What a loop or a `with` binds, and what is deleted, with a dot in it: targets without an equals sign.

Each begins with letters, which the `re` module looks for fast."""
RENAMED_PART = re.compile(rb"=[ \t]*+(?:\w++\.)++(\w++)[ \t]*+(?=[\r\n#;\[])")
"""An attribute that is given another name, under which its content may be changed."""
PART = re.compile(rb"\.[ \t]*(\w+)")
BARE = re.compile(rf"environ(?<!\wenviron){_ITEM}(?:{_CALLED}|{_ASSIGNED})".encode())
PUT = re.compile(rb"putenv\(|unsetenv\(")
WHOLE = re.compile(rb"environ\b(?:\s+as\s+(\w+)|(?![.\[]))")
ASSIGNED = re.compile(rb"\b(\w+)[ \t]*=[ \t]*(?:\w+\.)?$")
"""What stands before `environ` where a name is assigned to it."""
BY_NAME = re.compile(rb"(?:set|del)attr(?:__)?\((?:\s*(?:[\w.]+,\s*)?[\"'](\w+)[\"'])?")
HANDED_ON = re.compile(rb"environ\b[\"']?(?=[ \t]*(?:[,)\]};:\r\n#]|\Z|(?:if|or|as)\b))")
METHODS_HANDED_ON = re.compile(rb"\.(?:update|setdefault|pop|__setitem__)\b(?!\()")
"""All environment variables as a value: they, or a method that changes them, are passed on, or get another name."""
LOOKED_INTO = (b"in os.", b"in ", b"**os.", b"**")
ESCAPING = b"environ,"  # no word of a text
"""Stands among names for all environment variables as a value."""
PATCHED = re.compile(rb"patch(?:\(\s*[\"'][\w.]+\.(\w+)[\"']|\.object\([\w\s.]+,\s*[\"'](\w+)|\.(multiple)\()")
"""An attribute that has another value while a patch is in force."""
ANY = ANY_NAME.encode()
LINE_END = re.compile(rb"\r\n?|\n")
NAMESPACES = ((b"globals()", ANY), (b"vars(", b"__dict__"), (b"__dict__", b"__dict__"))


EVERYWHERE = -1  # the mask of all handlers


class Changes:
    """Finds the changes of an attribute in `files`, when it is first asked for them.

    `groups` gives for each file a mask of the handler files that import it: files that no handler brings together
    never meet.
    """

    def __init__(
        self,
        files: Iterable[str] = (),
        data: Callable[[str], bytes | None] = lambda _path: None,
        module: Callable[[str], Module | None] = lambda _path: None,
        groups: Mapping[str, int] = MappingProxyType({}),
    ) -> None:
        self.files = sorted(files)
        self.data = data
        self.module = module
        self.groups = groups
        self._places: dict[str, dict[str, list[int]]] | None = None
        self._found: dict[tuple[str, int], tuple[Change, ...]] = {}
        self._seen: set[tuple[str, str]] = set()  # names and files that were looked into
        self._saying: dict[bytes, list[str]] = {}  # the files that hold the name of a module
        self._layouts: dict[Module, _Layout] = {}
        self._mentions: dict[tuple[Module, str], list[Function]] = {}

    def of(self, name: str, mask: int = EVERYWHERE) -> tuple[Change, ...]:
        """Lists the changes of attributes called `name`, and those made under a computed name.

        `mask` tells which handlers are of interest.
        """
        if (name, mask) not in self._found:
            index = self._index()
            known = (name, ANY_NAME, "__dict__") if name != "environ" else (name,)
            paths: set[str] = set()
            for key in known:
                for path, offsets in index.get(key, {}).items():
                    if self.meeting(path) & mask:
                        paths.add(path)
                        self._look_into(key, path, offsets)
            self._found[name, mask] = tuple(change for path in sorted(paths) for change in self._read(known, path))
        return self._found[name, mask]

    def meeting(self, path: str) -> int:
        """Tells, as a mask, which handlers bring a file."""
        return self.groups.get(path, EVERYWHERE)

    def mentioning(self, module: Module, name: str) -> Iterator[Module]:
        """Lists a module and those whose text says that they may import a name from it."""
        yield module
        package = module.path.endswith("__init__.py")  # its own modules import from a dot
        stem = b"" if package else module.path.removesuffix(".py").rpartition("/")[2].encode()
        if stem not in self._saying:
            self._saying[stem] = [path for path in self.files if stem in (self.data(path) or b"")]
        for path in self._saying[stem]:
            data = self.data(path) or b""
            if path != module.path and (name.encode() in data or b"import *" in data):
                user = self.module(path)
                if user is not None:
                    yield user

    def mentions(self, module: Module, name: str) -> list[Function]:
        """Lists the functions of a module whose text holds a word; their bodies are indexed."""
        key = (module, name)
        if key not in self._mentions:
            data = self.data(module.path)
            pattern = re.compile(rf"\b{re.escape(name)}\b".encode())
            found = pattern.finditer(data) if data is not None else ()
            self._mentions[key] = list(self._at(module, (match.start() for match in found)))
        return self._mentions[key]

    def wording(self, name: str) -> Iterator[Module]:
        """Lists the modules whose text holds a word."""
        for path in self.files:
            if name.encode() in (self.data(path) or b""):
                module = self.module(path)
                if module is not None:
                    yield module

    def escaping(self) -> Iterator[Function | Module]:
        """Lists the modules, and the functions in them, that hand the environment variables on as a value."""
        for path, offsets in self._index().get(ESCAPING.decode(), {}).items():
            module = self.module(path)
            if module is not None:
                yield module
                yield from self._at(module, offsets)

    def _at(self, module: Module, offsets: Iterable[int]) -> Iterator[Function]:
        """Lists the functions of a module that span one of some offsets; their bodies are indexed."""
        if module not in self._layouts:
            self._layouts[module] = _Layout(self.data(module.path) or b"")
        layout = self._layouts[module]
        lines = sorted({layout.line_of(offset) for offset in offsets})
        for index, function in enumerate(module.functions):  # grows by those nested in them
            first, last = layout.span(index, function)
            position = bisect_left(lines, first)
            if position < len(lines) and lines[position] <= last:
                index_body(function)
                yield function

    def _index(self) -> dict[str, dict[str, list[int]]]:
        """Notes for each name in which files, and where in them, it may be changed."""
        if self._places is None:
            self._places = {}
            for path in self.files:
                for name, offset in _scan(self.data(path) or b""):
                    self._places.setdefault(name, {}).setdefault(path, []).append(offset)
        return self._places

    def _look_into(self, name: str, path: str, offsets: Iterable[int]) -> None:
        """Indexes, once, the functions of a file in which attributes called `name` may be changed."""
        if (name, path) not in self._seen:
            self._seen.add((name, path))
            module = self.module(path)
            for _function in self._at(module, offsets) if module is not None else ():
                pass

    def _read(self, names: Iterable[str], path: str) -> Iterator[Change]:
        module = self.module(path)
        if module is not None:
            for name in names:
                yield from module.changes.get(name, ())


def _scan(data: bytes) -> list[tuple[str, int]]:
    """Lists the names that may be changed in a file, each with its offset."""
    found = [(change[1], change.start()) for change in DOTTED.finditer(data)]
    targets = [found for pattern in TARGETS for found in pattern.finditer(data)]
    for target in targets:
        found += [(part[1], target.start()) for part in PART.finditer(target[0])]
    found += [(change[1], change.start()) for change in RENAMED_PART.finditer(data)]
    found += [(ESCAPING, change.start()) for change in METHODS_HANDED_ON.finditer(data)]
    if b"env" in data:
        found += _environment(data, targets)
    if b"patch" in data:
        found += [(change[1] or change[2] or ANY, change.start()) for change in PATCHED.finditer(data)]
    for word, name in NAMESPACES:
        if word in data:
            found += [(name, change.start()) for change in re.finditer(re.escape(word), data)]
    if b"attr" in data:
        found += [(change[1] or ANY, change.start()) for change in BY_NAME.finditer(data)]
    return [(name.decode("ascii", "replace"), offset) for name, offset in found]


def _environment(data: bytes, targets: Iterable[re.Match[bytes]]) -> Iterator[tuple[bytes, int]]:
    """Lists where environment variables may be changed in a file, or handed on; some of it are targets."""
    for at in _changed_environment(data, targets):
        yield b"environ", at
    for found in HANDED_ON.finditer(data):
        if not data.endswith(LOOKED_INTO, 0, found.start()):
            yield ESCAPING, found.start()


def _changed_environment(data: bytes, targets: Iterable[re.Match[bytes]]) -> Iterator[int]:
    """Lists the offsets where environment variables may be changed in a file, some of which are targets."""
    if b"tenv(" in data:
        yield from (found.start() for found in PUT.finditer(data))
    yield from (found.start() for found in BARE.finditer(data))
    yield from (target.start() for target in targets if b"environ" in target[0])
    for whole in WHOLE.finditer(data):
        line = data[data.rfind(b"\n", 0, whole.start()) + 1 : whole.start()]
        other = whole if whole[1] else ASSIGNED.search(line)
        if other is not None:
            yield from (found.start() for found in re.finditer(rb"\b%b[\[.]" % other[1], data))


class _Layout:
    """Where the lines of a file and its functions are."""

    __slots__ = ("_ends", "_spans")

    def __init__(self, data: bytes) -> None:
        self._ends = [end.end() for end in LINE_END.finditer(data)]
        self._spans: list[tuple[int, int]] = []

    def line_of(self, offset: int) -> int:
        """Gives the line, from 1, on which an offset is; none is in the middle of a line's end."""
        return bisect_right(self._ends, offset) + 1

    def span(self, index: int, function: Function) -> tuple[int, int]:
        """Gives the first and the last line of a module's function, by its place among them; asked in their order."""
        if index == len(self._spans):
            self._spans.append(function.lines)
        return self._spans[index]

"""What the bytes of a file alone tell: its imports, and whether it may hold a line that a rule reports.

Everything here errs on the side of looking closer.
"""

from __future__ import annotations

import ast
import re
import sys
from bisect import bisect_right
from codecs import BOM_UTF8
from collections.abc import Container, Iterator, Mapping
from functools import cache, lru_cache

from flake8_lambda_perf.dataclass import dataclass
from flake8_lambda_perf.knowledge import aliases, clients, trigger_words
from flake8_lambda_perf.project.blocks import QUOTED, aliases_of

FARTHEST = 2000
"""So many bytes before a place are read: more are no line of code."""

IMPORT = re.compile(
    rb"[\n;:]([ \t\f]*)"
    rb"(?:from(?:[ \t]+|(?=\.))((?:\.[ \t]*+)++(?:(?!import\b)[\w.]++)?+|[\w.]++)[ \t]*import[ \t]*"
    rb"(\([^)]{0,10000}+\)|[^\n#;]*)"
    rb"|import[ \t]+([^\n#;]+))"
)
LATER = re.compile(rb"\b(?:include_lazy_router|LazyView)\((?:[^()\"'#]|#[^\r\n]*+)*+[\"'](\.*)([\w.]+)(?::\w+)?[\"']")
"""A module named by text to be imported at the first request, as `lambda-perf fix` writes it."""

IMPORTED = re.compile(rb"\bimport_module\(\s*[\"']([A-Za-z_][\w.]*)[\"']")
PLAIN = re.compile(rb"[\w \t.,*()\n]*")
CROWDED = (re.compile(rb";[ \t]*(?:from|import)\b"), re.compile(rb":[ \t]*(?:from|import)[ \t]"))
"""Imports that do not start their line."""
COMMENT = re.compile(rb"#[^\r\n]*")
NAME = re.compile(rb"(\w+|\*)(?:[ \t]+as[ \t]+\w+)?")
Needles = Mapping[bytes, tuple[bytes, ...]]
"""What to look for in a text: parts that several words share, and for each the words themselves."""

Groups = tuple[tuple[tuple[str, ...], Needles], ...]
"""What to look for, with the packages one of which some file of the project imports where it is met."""

AS_IT_IS = (b"",)
BUILDING: Needles = dict.fromkeys((b".client(", b".resource(", b".create_client("), AS_IT_IS)
ACTING: Groups = (
    (("fastapi",), {b"include_router": AS_IT_IS}),
    (("flask", "quart"), {b"register_blueprint": AS_IT_IS}),
    (("aws_xray_sdk", "ddtrace"), {b"patch_all": AS_IT_IS}),
    (("logging", "aws_lambda_powertools"), {b"addHandler": AS_IT_IS}),
    (("logging",), {b"Config": (b"basicConfig", b"dictConfig", b"fileConfig")}),
    (("boto3", "aioboto3", "botocore", "aiobotocore"), {b"download_file": AS_IT_IS}),
    (("importlib",), {b"import_module": AS_IT_IS}),
)
"""What rules report whatever a file imports: what builds, and what acts on an object or a process."""

DEFAULT = rb"(?:default|default_for_new|insert_default|load_default|missing|onupdate)"
CHANGING: Groups = (
    (("datetime", "arrow", "pendulum", "django"), dict.fromkeys((b"now(", b"today("), AS_IT_IS)),
    (("time",), {b"time(": AS_IT_IS}),
    (("uuid",), {b"uuid": (b"uuid1(", b"uuid4(", b"uuid7(")}),
    (("secrets",), {b"token_": (b"token_hex(", b"token_urlsafe(", b"token_bytes(")}),
    (("ulid",), {b"ULID(": AS_IT_IS}),
)
CALL = re.compile(rb"(?:now|utcnow|today|time|uuid[147]|token_hex|token_urlsafe|token_bytes|ULID)\(")
"""What gives another value each time."""

GIVEN = re.compile(rb"\b%b[ \t]*=[^\n#]{0,100}\Z|\A[ \t]+\w+[ \t]*:[^\n=#]*=[^\n#]{0,200}\Z" % DEFAULT)
"""What stands on the line before it where it may be the default of a field."""

PARAMETER = re.compile(rb"def[ \t]+\w+\([^()]*=[^\n()=]{0,200}\Z")
"""What stands before it where it may be the default of a parameter."""

Import = tuple[str, int, tuple[str, ...]]
"""Module, level and names of an import."""


@dataclass(frozen=True, slots=True)
class Later:
    """A module that is imported when it is first needed, and the call that says so."""

    module: str
    level: int
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Outline:
    """The imports of a file, some of which may be indented, and what they call by another name."""

    imports: tuple[Import, ...]
    renamed: tuple[tuple[str, str], ...]
    indented: bool
    later: tuple[Later, ...]


@cache
def _factories() -> dict[bytes, tuple[bytes, ...]]:
    """Maps each package that has clients to the calls that build them."""
    found: dict[bytes, set[bytes]] = {}
    for name, client in clients().items():
        if client.code == "LPF113":  # off by default, and `logging.getLogger` stands in nearly every module
            continue
        found.setdefault(name.partition(".")[0].removesuffix("()").encode(), set()).add(
            name.rpartition(".")[2].encode() + b"("
        )
    for alias in aliases():
        found.setdefault(alias.partition(".")[0].encode(), set()).add(alias.rpartition(".")[2].encode() + b"(")
    every = tuple(sorted(set().union(*found.values())))
    return {word.encode(): tuple(sorted(found.get(word.encode(), every))) for word in trigger_words()}


@dataclass(frozen=True, slots=True)
class _Building:
    """How a text that imports some packages may build something of theirs."""

    names: tuple[bytes, ...]
    handed: re.Pattern[bytes]  # a factory that is not called: `make = boto3.client`
    renamed: re.Pattern[bytes]  # `from boto3 import client as make`

    def may_stand_in(self, data: bytes) -> bool:
        """Tells whether a text may build something."""
        named = False
        for name in self.names:
            if name in data:
                if name + b"(" in data:
                    return True
                named = True
        return named and (self.handed.search(data) is not None or self.renamed.search(data) is not None)


@cache
def _building(packages: frozenset[bytes]) -> _Building:
    names = tuple(sorted({call[:-1] for package in packages for call in _factories()[package]}))
    words = b"|".join(map(re.escape, names))
    return _Building(
        names,
        re.compile(rb"\.(?:%b)\b(?![\w(.=])" % words),
        re.compile(rb"[ ,(](?:%b)[ \t]+as[ \t]" % words),
    )


def outline(data: bytes) -> Outline:
    """Reads a file's bytes; escaped line ends and strange encodings only make it look closer."""
    data = normal(data)
    imports: list[Import] = []
    renamed: list[tuple[str, str]] = []
    indented = False
    for found in _imports(data.replace(b"\\\n", b" ") if b"\\" in data else data):
        indent, module, names, plain = found.groups()
        modules, aliases = _read(module, names, plain)
        imports += modules
        renamed += aliases
        indented = indented or bool(indent)
    if b"import_module(" in data:
        imports += [(found[1].decode(), 0, ()) for found in IMPORTED.finditer(data)]
    later = tuple(_later(data[1:])) if b"include_lazy_router(" in data or b"LazyView(" in data else ()
    return Outline(tuple(imports), tuple(renamed), indented, later)


def normal(data: bytes) -> bytes:
    """Gives a text in which each line starts with a newline, and nothing else does."""
    if b"\r" in data:  # a lone one ends a line too
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return b"\n" + data.removeprefix(BOM_UTF8)


def _imports(data: bytes) -> Iterator[re.Match[bytes]]:
    """Finds the imports that start their line or follow a statement on it; their word is rarer than lines."""
    end = 0
    quoted: list[tuple[int, int]] | None = None
    while (word := data.find(b"import", end)) >= 0:
        start = data.rfind(b"\n", end, word)
        found = IMPORT.match(data, start) if start >= 0 else None
        if found is None:
            start = max(data.rfind(b";", end, word), data.rfind(b":", max(start, end), word))
            found = IMPORT.match(data, start) if start >= 0 else None
            if found is not None:
                quoted = quoted if quoted is not None else [text.span() for text in QUOTED.finditer(data)]
                before = bisect_right(quoted, (start, len(data))) - 1
                if before >= 0 and start < quoted[before][1]:  # in a string or a comment
                    found = None
        if found is not None:
            yield found
        end = found.end() if found is not None else word + len(b"import")


@lru_cache(maxsize=1 << 12)  # files of a project import the same
def _read(
    module: bytes | None, names: bytes | None, plain: bytes | None
) -> tuple[tuple[Import, ...], list[tuple[str, str]]]:
    """Reads the parts of an import statement: what it imports, and what it calls by another name."""
    if module is not None and names is not None:
        module = b"".join(module.split())
        level = len(module) - len(module.lstrip(b"."))
        listed = tuple(name.decode("ascii", "replace") for name in NAME.findall(names))
        return ((module[level:].decode("ascii", "replace"), level, listed),), aliases_of(names)
    every = [part.split() for part in (plain or b"").split(b",")]
    return tuple((words[0].decode("ascii", "replace"), 0, ()) for words in every if words), aliases_of(plain or b"")


def of_packages(groups: Groups, packages: Container[str]) -> Needles:
    """Chooses what to look for in a project that imports some packages."""
    chosen = (needles for owners, needles in groups if any(owner in packages for owner in owners))
    return {part: wholes for needles in chosen for part, wholes in needles.items()}


def holds(data: bytes, needles: Needles) -> bool:
    """Tells whether a text holds one of the words, each of which is looked for where it holds their common part."""
    for part, wholes in needles.items():  # noqa: SIM110  # a generator takes longer than the search
        if part in data and any(whole in data for whole in wholes):
            return True
    return False


class Suspicion:
    """Tells by the text of files whether they may hold a line that a rule reports; `packages` are all imported ones."""

    def __init__(self, packages: Container[str]) -> None:
        self._anywhere = {**BUILDING, **of_packages(ACTING, packages)}
        self._changing = of_packages(CHANGING, packages)

    def falls_on(self, data: bytes, outline: Outline) -> bool:
        """Tells whether a file may hold a line that a rule reports."""
        if outline.indented or holds(data, self._anywhere):
            return True
        data = normal(data)
        if not data.isascii() or any("*" in names for _, _, names in outline.imports):
            return True
        packages = {name.partition(".")[0].encode() for name, level, _ in outline.imports if not level}
        known = _factories().keys() & packages
        return (bool(known) and _building(frozenset(known)).may_stand_in(data)) or self.may_be_frozen(data)

    def may_be_frozen(self, data: bytes) -> bool:
        """Tells whether a text may hold a default that is computed once and taken for a new one later."""
        for found in CALL.finditer(data) if holds(data, self._changing) else ():
            start = found.start()
            line = data.rfind(b"\n", 0, start) + 1
            if GIVEN.search(data[max(line, start - FARTHEST) : start]) is not None:
                return True
            head = data.rfind(b"def", max(0, start - FARTHEST), start)
            if head >= 0 and PARAMETER.match(data[head:start]) is not None:
                return True
        return False


def _later(data: bytes) -> Iterator[Later]:
    """Lists the modules that generated calls import when a request needs them."""
    for found in LATER.finditer(data):
        dots, module = found.groups()
        line = len(re.findall(rb"\r\n?|\n", data[: found.start()])) + 1
        text = b" ".join(COMMENT.sub(b"", found[0]).split()).replace(b"( ", b"(").decode("utf-8", "replace")
        yield Later(module.decode("utf-8", "replace"), len(dots), line, f"{text})")


def plain_imports(data: bytes) -> list[ast.Import | ast.ImportFrom] | None:
    """Reads the imports of a file whose text leaves no doubt about them: one statement a line, none indented."""
    if any(char in data for char in (b"\f", b"\r", b"\\")) or not data.isascii():
        return None
    if any(pattern.search(data) for pattern in CROWDED):
        return None
    lines: list[bytes] = []
    for match in _imports(b"\n" + data):
        before = data[: match.start()]
        if match[1] or not PLAIN.fullmatch(match[0]) or before.count(b'"""') % 2 or before.count(b"'''") % 2:
            return None
        lines.append(match[0])
    try:
        tree = ast.parse(b"\n".join(lines))
    except SyntaxError:
        return None
    return [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]


def is_standard(module: str) -> bool:
    """Tells whether a module belongs to the standard library."""
    return module.partition(".")[0] in sys.stdlib_module_names

"""What the bytes of a file alone tell: its imports, and whether it may hold a handler or a line that a rule reports.

Everything here errs on the side of looking closer.
"""

from __future__ import annotations

import ast
import re
import sys
from codecs import BOM_UTF8
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from flake8_lambda_perf.knowledge import aliases, clients, trigger_words
from flake8_lambda_perf.project.frozen import may_be_frozen
from flake8_lambda_perf.project.handlers import KEYWORDS, NAMES, SIGNATURE, SINGLE

IMPORT = re.compile(rb"\n([ \t]*)(?:from[ \t]+([.\w]+)[ \t]*import[ \t]*(\([^)]*\)|[^\n#;]*)|import[ \t]+([^\n#;]+))")
LATER = re.compile(rb"\b(?:include_lazy_router|LazyView)\((?:[^()\"'#]|#[^\r\n]*+)*+[\"'](\.*)([\w.]+)(?::\w+)?[\"']")
"""A module named by text to be imported at the first request, as `lambda-perf fix` writes it."""

IMPORTED = re.compile(rb"\bimport_module\(\s*[\"']([A-Za-z_][\w.]*)[\"']")
PLAIN = re.compile(rb"[\w \t.,*()\n]*")
CROWDED = (re.compile(rb";[ \t]*(?:from|import)\b"), re.compile(rb":[ \t]*(?:from|import)[ \t]"))
"""Imports that do not start their line."""
COMMENT = re.compile(rb"#[^\r\n]*")
NAME = re.compile(rb"(\w+|\*)(?:[ \t]+as[ \t]+\w+)?")
ANYWHERE = (
    b".client(", b".resource(", b".create_client(", b"include_router(", b"register_blueprint(", b"patch_all",
    b"addHandler(", b"download_file(", b"basicConfig(", b"dictConfig(", b"fileConfig(", b"import_module(",
)  # fmt: skip  # one word a line would take a screen


@dataclass(frozen=True, slots=True)
class Later:
    """A module that is imported when it is first needed, and the call that says so."""

    module: str
    level: int
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Outline:
    """The imports of a file as (module, level, names), and what it may hold.

    `receivers` are functions that are handlers if nothing calls them.
    """

    imports: tuple[tuple[str, int, tuple[str, ...]], ...]
    handler: bool
    suspect: bool
    later: tuple[Later, ...] = ()
    receivers: frozenset[str] = frozenset()


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

    calls: tuple[bytes, ...]
    parts: tuple[bytes, ...]
    handed: re.Pattern[bytes]  # a factory that is not called: `make = boto3.client`
    renamed: re.Pattern[bytes]  # `from boto3 import client as make`

    def may_stand_in(self, data: bytes) -> bool:
        """Tells whether a text may build something."""
        if any(call in data for call in self.calls):
            return True
        if any(part in data for part in self.parts) and self.handed.search(data) is not None:
            return True
        return b" as" in data and self.renamed.search(data) is not None


@cache
def _building(packages: frozenset[bytes]) -> _Building:
    calls = tuple(sorted({call for package in packages for call in _factories()[package]}))
    words = b"|".join(re.escape(call[:-1]) for call in calls)
    return _Building(
        calls,
        tuple(b"." + call[:-1] for call in calls),
        re.compile(rb"\.(?:%b)\b(?![\w(.=])" % words),
        re.compile(rb"[ ,(](?:%b)[ \t]+as[ \t]" % words),
    )


def outline(data: bytes) -> Outline:
    """Reads a file's bytes; escaped line ends and strange encodings only make it look closer."""
    if b"\r" in data:  # a lone one ends a line too
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    data = b"\n" + data.removeprefix(BOM_UTF8)
    imports: list[tuple[str, int, tuple[str, ...]]] = []
    suspect = any(word in data for word in ANYWHERE) or not data.isascii()
    tops: set[bytes] = set()
    for found in IMPORT.finditer(data):
        indent, module, names, plain = found.groups()
        suspect = suspect or bool(indent)
        if module is not None:
            level = len(module) - len(module.lstrip(b"."))
            listed = tuple(name.decode("ascii", "replace") for name in NAME.findall(names))
            suspect = suspect or "*" in listed
            imports.append((module[level:].decode("ascii", "replace"), level, listed))
            tops.add(module.partition(b".")[0])
        else:
            for part in plain.split(b","):
                words = part.split()
                if words:
                    imports.append((words[0].decode("ascii", "replace"), 0, ()))
                    tops.add(words[0].partition(b".")[0])
    if not suspect:
        known = tops.intersection(_factories())
        suspect = may_be_frozen(data) or (bool(known) and _building(frozenset(known)).may_stand_in(data))
    if b"import_module(" in data:
        imports += [(found[1].decode(), 0, ()) for found in IMPORTED.finditer(data)]
    handler = SIGNATURE.search(data) is not None or _has_keyword(data)
    receivers: set[str] = set()
    for found in SINGLE.finditer(data) if not handler else ():
        receivers.add(found[1].decode("ascii", "replace"))
        handler = handler or found[2] != b")" or found[1].decode("ascii", "replace") in NAMES
    return Outline(tuple(imports), handler, suspect, tuple(_later(data[1:])), frozenset(receivers))


def _has_keyword(data: bytes) -> bool:
    return any(stem in data and any(word in data for word in words) for stem, words in KEYWORDS.items())


def _later(data: bytes) -> Iterator[Later]:
    """Lists the modules that generated calls import when a request needs them."""
    for found in LATER.finditer(data) if b"include_lazy_router(" in data or b"LazyView(" in data else ():
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
    for match in IMPORT.finditer(b"\n" + data):
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

"""The statements at the left margin of a file and the methods of its classes, told apart by its text.

Each knows which names it binds and which words it holds.
Everything here errs on the side of more names and more words: what is cut wrongly is joined with what follows.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from typing import Literal

from flake8_lambda_perf.dataclass import dataclass
from flake8_lambda_perf.project.sketch import STRINGS

BlockKind = Literal["def", "method", "class", "import", "other"]

START = re.compile(rb"\n(?=[^\s#)\]}])")
_W = rb"[\w\x80-\xff]"
_NAME = rb"([A-Za-z_\x80-\xff]%b*+)" % _W
"""What names consist of, in UTF-8."""
HEAD = re.compile(rb"(?:async[ \t]+)?(def|class)[ \t]+%b|(from|import)\b" % _NAME)
DEFINED = re.compile(rb"\b(?:def|class)[ \t]+%b" % _NAME)
FIELD = re.compile(rb"\n(?:\t| {1,4})(%b+)[ \t]*(?::[^=\n]*)?=(?!=)" % _W)
TARGETS = re.compile(rb"(?m)^[ \t]*([^=\s#][^=\n#]*?=(?!=)(?:[ \t]*\w[^=\n#()]*=(?!=))*)")
LOOP = re.compile(rb"(?m)^[ \t]*(?:async[ \t]+)?for[ \t]+([^\n]*?)[ \t]+in\b")
NAMED = re.compile(rb"as(?<!\was)[ \t]+\(?([\w\x80-\xff., \t]+)")
WALRUS = re.compile(rb"(?<!%b)(%b++)[ \t]*:=" % (_W, _W))
"""What a statement binds as an assignment, a loop, or in passing."""
ALIAS = re.compile(rb"as(?<=[ \t]as)[ \t]+(%b+)" % _W)
BEFORE = re.compile(rb"%b+(?=[ \t]+\Z)" % _W)
STORE = re.compile(rb"\.(%b+)[ \t]*(?::[^=\n]*)?=(?!=)([^\n]*)" % _W)
ARGUMENTS = re.compile(rb"(?:[^()]|\((?:[^()]|\((?:[^()]|\([^()]*+\))*+\))*+\))*+")
UNCALLED = re.compile(rb"(?<!%b)%b++(?!\()" % (_W, _W))
GLOBAL = re.compile(rb"global[ \t]+([\w\x80-\xff, \t]+)")
LONGEST_NAME = 200
LONGEST_READ = 5_000
"""A longer piece is not read for its strings: it is looked at again with each line that may end it."""

MOST_DECORATORS = 100

QUOTED = re.compile(STRINGS.encode())
INDENT = re.compile(rb":[ \t]*(?:#[^\n]*)?\n(?:[ \t]*(?:#[^\n]*)?\n)*([ \t]+)(?=[^\s#])")
"""The end of a class's first line, and what stands before its first statement."""
INNER = re.compile(rb"(?:\A|\n)[ \t]*(?:async[ \t]+)?(def|class)[ \t]+%b" % _NAME)
BODY = re.compile(rb"\n([ \t]+)(?:async[ \t]+)?def\b[^\n]*(?:\n(?:\1[ \t][^\n]*|[ \t]*(?=\n)))*")
_IMPORTED = rb"import (?:[^\n\t(\\;\"'#a]++|a(?!s ))*+"
SILENT = re.compile(
    rb"\n(?<!\\\n)(?:[ \t]*+#(?:[^\n\"']++|\"(?!\"\")|'(?!''))*+|from [\w.\x80-\xff]++ %b|%b)(?=\n)"
    % (_IMPORTED, _IMPORTED)
)
"""Lines with nothing but a comment, or an import that renames nothing; in a string they do nothing either."""
_TEXT = rb"\"\"\"[^\"\\]*+(?:\"(?!\"\")[^\"\\]*+)*+\"\"\""
TEXT = re.compile(rb"%b\s*+" % _TEXT)
"""The docstring of a file."""
DOCSTRING = re.compile(rb"(\n?[ \t]*(?:async[ \t]+)?def[ \t]+\w+\([^()\"'#]*\)[^:\"'#\n]*:\n)[ \t]*%b" % _TEXT)
"""The first lines of a function, and its docstring."""
IMPORTS = (b"import ", b"from ")
Opened = tuple[int, int, int, int, int]
CLOSED: Opened = (0, 0, 0, 0, 0)
DEFINES = (b"def", b"async", b"@")
CONSTRUCTORS = ("__init__", "__new__", "__post_init__")
_BLANK = bytes(code if code >= 128 or chr(code).isalnum() or code == 95 else 32 for code in range(256))


@dataclass(eq=False, slots=True)
class Block:
    """One statement with its decorators; `lines` are those it starts at, from 1, `names` is what it binds.

    A class comes without its methods, and starts again after each; `around` is a method's class and its bases.
    What is not `alone` may be more than one statement.
    """

    path: str
    lines: tuple[int, ...]
    kind: BlockKind
    names: frozenset[str]
    data: bytes
    around: frozenset[str] = frozenset()
    alone: bool = True

    @property
    def decorators(self) -> bytes:
        """Gives the lines before the definition."""
        if not self.data.lstrip(b" \t").startswith(b"@"):
            return b""
        found = INNER.search(self.data)
        return self.data[: found.start()] if found is not None else b""

    def outside_functions(self) -> frozenset[str]:
        """Lists the words of a class that run when it is defined: bases, decorators, fields."""
        return frozenset(words_of(BODY.sub(b"\n", self.data)))


def words_of(data: bytes) -> list[str]:
    """Lists the words of a text in UTF-8, names and all others."""
    return data.translate(_BLANK).decode(errors="replace").split()


def blocks_of(path: str, text: str) -> Iterator[Block]:
    """Cuts a file's text; one with line ends other than newlines is a single block."""
    text = text.replace("\r\n", "\n") if "\r" in text else text
    data = (text if text.isascii() else unicodedata.normalize("NFKC", text)).encode(errors="surrogatepass")
    if b"\r" in data or b"\f" in data:
        names = frozenset(word for found in DEFINED.findall(data) for word in words_of(found))
        yield Block(path, (1,), "other", names | frozenset(_bound(data)), data)
        return
    data = SILENT.sub(b"\n", b"\n" + data)[1:]
    for line, piece, joined in _pieces(data, 1, START):
        if piece.startswith(b'"""') and TEXT.fullmatch(piece) is not None:
            continue
        block = _block(path, line, piece)
        if joined and block.kind != "import":
            names = block.names.union(*map(words_of, DEFINED.findall(piece)), _bound(piece))
            block = replace(block, names=names, alone=False)
        yield from _parts_of(block) if block.kind == "class" else (block,)


def _pieces(
    data: bytes, line: int, start: re.Pattern[bytes], definitions: tuple[bytes, ...] = (b"",)
) -> Iterator[tuple[int, bytes, bool]]:
    """Cuts a text where a statement starts, decorators with what they decorate; `line` is that of its first byte.

    Statements that do not start as `definitions` do stay together. Tells of each whether it may be more than one.
    """
    begun, done, joined, size = 0, 0, False, len(data)
    opened, decorators = CLOSED, 0
    for end in [*(match.start() + 1 for match in start.finditer(data)), size]:
        if end < size:
            if not (data.startswith(definitions, begun) or data.startswith(definitions, end)):
                continue
            more = data[done:end]
            is_first, done = begun == done, end
            if not (is_first and _is_plain_import(more)):
                opened = _opened(more) if is_first else _added(opened, _opened(more))
                whole = not more.endswith(b"\\\n") and (opened == CLOSED or _is_whole(data, begun, end))
                decorates = decorators < MOST_DECORATORS and data.find(b"@", begun, end) >= 0
                if not whole or (decorates and _only_decorates(data[begun:end])):
                    joined = joined or not whole
                    decorators += whole
                    continue
        piece = data[begun:end]
        if piece:
            yield line, piece, joined
        line += piece.count(b"\n")
        begun, done, joined, decorators = end, end, False, 0


def _is_plain_import(piece: bytes) -> bool:
    return piece.startswith(IMPORTS) and b"(" not in piece and b"\\" not in piece


def _only_decorates(piece: bytes) -> bool:
    return piece.lstrip(b" \t").startswith(b"@") and HEAD.search(piece) is None


def _parts_of(block: Block) -> Iterator[Block]:
    """Cuts a class into its methods and what is left; one whose first line is not plain is left whole."""
    indent = INDENT.search(block.data, len(block.decorators))
    head = block.data[: indent.start() + 1] if indent is not None else b""
    own = INNER.search(head)
    if indent is None or own is None or (_opened(head) != CLOSED and not _is_whole(head, 0, len(head))):
        yield replace(block, names=block.names.union(_fields(block.data), _bound(block.data)))
        return
    name = block.names
    around = frozenset(words_of(head[own.start() :])) - {"class"}
    rest: list[tuple[int, bytes]] = []
    starts, definitions = _start_at(indent[1]), tuple(indent[1] + word for word in DEFINES)
    below = block.data[len(head) :], block.lines[0] + head.count(b"\n")
    for line, piece, joined in _pieces(*below, starts, definitions):
        inner = INNER.match(piece)
        if inner is None and piece.lstrip(b" \t\n").startswith(DEFINES):
            inner = INNER.search(piece)
        if inner is None or inner[1] != b"def":
            rest.append((line, piece))
        else:
            names = name | _meant(inner[2], name)
            if joined:
                names = names.union(*(_meant(method, name) for method in DEFINED.findall(piece)))
            data = _undocumented(piece, inner.start())
            yield Block(block.path, (line,), "method", names.union(_global(data)), data, around, not joined)
    data = b"".join([head, *(piece for _, piece in rest)])
    lines = (block.lines[0], *(line for line, _ in rest))
    yield Block(block.path, lines, "class", name | _fields(data), data, around)


def _meant(defined: bytes, owner: frozenset[str]) -> frozenset[str]:
    """Lists what calls a method: its name; a special one is called by building an instance, or by using one."""
    method = defined.decode(errors="replace")
    if not method.startswith("__"):
        return frozenset({method})
    return frozenset() if method in CONSTRUCTORS else used(owner)


def handed(classes: Iterable[str]) -> frozenset[str]:
    """Names what the methods of classes may use once their constructor is given it: no word of a text."""
    return frozenset(f"{name}(...)" for name in classes)


def given_to(name: str, data: bytes) -> frozenset[str]:
    """Lists which functions, and objects with special methods, a text may give to the constructor of a class."""
    found: frozenset[str] = frozenset()
    opening = f"{name}(".encode()
    start = data.find(opening)
    while start >= 0:
        arguments = ARGUMENTS.match(data, start + len(opening))
        if arguments is not None and arguments[0] and not words_of(data[max(0, start - 1) : start]):
            found |= _given(arguments[0])
        start = data.find(opening, start + 1)
    return found


def kept_in(data: bytes) -> Iterator[tuple[str, frozenset[str]]]:
    """Lists the attributes that a text sets, each with what runs the special methods of what it is set to."""
    for found in STORE.finditer(data):
        yield found[1].decode(errors="replace"), used(words_of(found[2]))


def _given(data: bytes) -> frozenset[str]:
    """Lists the words that are not called, and what runs the special methods of those that are."""
    names = UNCALLED.findall(data)
    return frozenset(words_of(b" ".join(names))) | used(words_of(data))


def used(classes: Iterable[str]) -> frozenset[str]:
    """Names what runs the special methods of classes: no word of a text."""
    return frozenset(f"{name}()" for name in classes)


@cache
def _start_at(indent: bytes) -> re.Pattern[bytes]:
    """Finds where statements of a class start."""
    return re.compile(rb"\n(?=%b[^\s#)\]}])" % indent)


def _fields(data: bytes) -> frozenset[str]:
    """Lists the names that a class's text binds."""
    return frozenset(words_of(b" ".join([*DEFINED.findall(data), *FIELD.findall(data)])))


def _opened(text: bytes) -> Opened:
    """Counts what is open at the end of a text: long strings of either kind, and brackets."""
    count = text.count
    brackets = count(b"(") - count(b")"), count(b"[") - count(b"]"), count(b"{") - count(b"}")
    return count(b'"""') & 1, count(b"'''") & 1, *brackets


def _added(one: Opened, other: Opened) -> Opened:
    return one[0] ^ other[0], one[1] ^ other[1], one[2] + other[2], one[3] + other[3], one[4] + other[4]


def _is_whole(data: bytes, start: int, end: int) -> bool:
    """Tells whether no bracket and no string is left open in a part of a text that has some in its strings."""
    if end - start > LONGEST_READ:
        return False
    code = QUOTED.sub(b"", data[start:end])
    return b'"' not in code and b"'" not in code and _opened(code) == CLOSED


def _block(path: str, line: int, piece: bytes) -> Block:
    head = HEAD.search(piece) if piece.startswith(b"@") else HEAD.match(piece)
    kind: BlockKind = "other"
    names: frozenset[str]
    if head is None or (head[3] and b";" in piece):
        names = frozenset(_bound(piece))
        if b"def " in piece or b"class " in piece:
            names = names.union(*map(words_of, DEFINED.findall(piece)))
    elif head[3]:
        kind, names = "import", frozenset()
    else:
        kind = "def" if head[1] == b"def" else "class"
        names = frozenset((head[2].decode(errors="replace"), *_global(piece)))
        piece = _undocumented(piece, head.start()) if kind == "def" else piece
    return Block(path, (line,), kind, names, piece)


def _undocumented(piece: bytes, start: int) -> bytes:
    """Leaves out the docstring of the function that is defined at a place of a text."""
    found = DOCSTRING.match(piece, start) if b'"""' in piece else None
    return piece[: found.end(1)] + piece[found.end() :] if found is not None else piece


def _global(piece: bytes) -> list[str]:
    """Lists the names of its module that a function binds."""
    return words_of(b" ".join(GLOBAL.findall(piece))) if b"global" in piece else []


def _bound(piece: bytes) -> list[str]:
    """Lists the words that stand where a statement may bind a name."""
    found = TARGETS.findall(piece) if b"=" in piece else []
    if b"for" in piece:
        found += LOOP.findall(piece)
    if b"as" in piece:
        found += NAMED.findall(piece)
    if b":=" in piece:
        found += WALRUS.findall(piece)
    return words_of(b" ".join(found))


def aliases_of(data: bytes) -> list[tuple[str, str]]:
    """Lists what a text calls by another name: `import a as b` gives (`a`, `b`)."""
    if b" as " not in data and b"\tas" not in data:
        return []
    found = []
    for match in ALIAS.finditer(data):
        name = BEFORE.search(data, max(0, match.start() - LONGEST_NAME), match.start())
        if name is not None:
            found.append((name[0].decode(errors="replace"), match[1].decode(errors="replace")))
    return found

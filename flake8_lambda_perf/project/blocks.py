"""The statements at the left margin of a file, told apart by its text: which names they bind, which words they hold.

Everything here errs on the side of more names and more words: what is cut wrongly is joined with what follows.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

BlockKind = Literal["def", "class", "import", "other"]

START = re.compile(rb"\n(?=[^\s#)\]}])")
HEAD = re.compile(rb"(?:async[ \t]+)?(def|class)[ \t]+([^\W\d]\w*)|(from|import)\b")
DEFINED = re.compile(rb"\b(?:def|class)[ \t]+([^\W\d]\w*)")
FIELD = re.compile(rb"\n(?:\t| {1,4})(\w+)[ \t]*(?::[^=\n]*)?=(?!=)")
TARGETS = re.compile(rb"(?m)^(?:\t| {1,4})?([^=\s#][^=\n#]*?)=(?!=)")
ALIAS = re.compile(rb"\b(\w+)[ \t]+as[ \t]+(\w+)")
BODY = re.compile(rb"\n([ \t]+)(?:async[ \t]+)?def\b[^\n]*(?:\n(?:\1[ \t][^\n]*|[ \t]*(?=\n)))*")
OWN = re.compile(rb"\b(?:self|cls)\.(\w+)")
_BLANK = bytes(code if code >= 128 or chr(code).isalnum() or code == 95 else 32 for code in range(256))


@dataclass(eq=False, slots=True)
class Block:
    """One statement at the left margin with its decorators; `line` counts from 1, `names` is what it binds."""

    path: str
    line: int
    kind: BlockKind
    names: frozenset[str]
    data: bytes

    @property
    def decorators(self) -> bytes:
        """Gives the lines before the definition."""
        if not self.data.startswith(b"@"):
            return b""
        found = re.search(rb"\n(?:async[ \t]+)?(?:def|class)\b", self.data)
        return self.data[: found.start()] if found is not None else b""

    def outside_functions(self) -> frozenset[str]:
        """Lists the words of a class that run when it is defined: bases, decorators, fields."""
        return frozenset(words_of(BODY.sub(b"\n", self.data)))


def words_of(data: bytes) -> list[str]:
    """Lists the words of a text in UTF-8, names and all others."""
    return data.translate(_BLANK).decode(errors="replace").split()


def blocks_of(path: str, text: str) -> Iterator[Block]:
    """Cuts a file's text; one with line ends other than newlines is a single block."""
    text = text.replace("\r\n", "\n")
    data = (text if text.isascii() else unicodedata.normalize("NFKC", text)).encode(errors="surrogatepass")
    if b"\r" in data or b"\f" in data:
        names = frozenset(word for found in DEFINED.findall(data) for word in words_of(found))
        yield Block(path, 1, "other", names | frozenset(_bound(data)), data)
        return
    line, start = 1, 0
    ends = [match.start() + 1 for match in START.finditer(data)]
    for end in [*ends, len(data)]:
        piece = data[start:end]
        decorates = piece.startswith(b"@") and not HEAD.search(piece)
        if end < len(data) and (decorates or not _is_whole(piece)):
            continue
        if piece:
            yield _block(path, line, piece)
        line += piece.count(b"\n")
        start = end


def _is_whole(piece: bytes) -> bool:
    """Tells whether no bracket and no long string is left open, nor a line to be continued."""
    count = piece.count
    if count(b'"""') & 1 or count(b"'''") & 1 or piece.endswith(b"\\\n"):
        return False
    return count(b"(") == count(b")") and count(b"[") == count(b"]") and count(b"{") == count(b"}")


def _block(path: str, line: int, piece: bytes) -> Block:
    head = HEAD.search(piece) if piece.startswith(b"@") else HEAD.match(piece)
    kind: BlockKind = "other"
    names: frozenset[str]
    if head is None:
        names = frozenset(_bound(piece)).union(*map(words_of, DEFINED.findall(piece)))
    elif head[3]:
        kind, names = "import", frozenset()
    elif head[1] == b"def":
        kind, names = "def", frozenset(words_of(head[2]))
    else:
        kind, names = "class", frozenset(words_of(b" ".join([*DEFINED.findall(piece), *FIELD.findall(piece)])))
    return Block(path, line, kind, names, piece)


def _bound(piece: bytes) -> list[str]:
    """Lists the words before the equals signs of a statement that may be an assignment."""
    return words_of(b" ".join(TARGETS.findall(piece)))


def aliases_of(data: bytes) -> list[tuple[str, str]]:
    """Lists what a text calls by another name: `import a as b` gives (`a`, `b`)."""
    if b" as " not in data and b"\tas" not in data:
        return []
    return [(name.decode(errors="replace"), alias.decode(errors="replace")) for name, alias in ALIAS.findall(data)]

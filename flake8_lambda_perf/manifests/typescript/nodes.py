"""Parses TypeScript and JavaScript into tree-sitter's nodes, guarded against hostile files."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property
from typing import TYPE_CHECKING

from flake8_lambda_perf.dataclass import dataclass
from flake8_lambda_perf.errors import ManifestError
from flake8_lambda_perf.manifests import parsing

if TYPE_CHECKING:
    from tree_sitter import Node

MAX_LENGTH = 200_000
"""Bytes of a file: the parser needs seconds for larger ones that are broken all over."""

MAX_DEPTH = 100
"""Brackets within brackets, also in strings: the parser recurses where they are nested, which may end a thread.

Of 8 000 files of apps and packages none is deeper than 24.
"""

MAX_ANGLES = 1_000
"""Opening angles of a file: types in types cost the square of their number; real files have 400 at most."""

SUFFIXES = (".ts", ".mts", ".cts", ".js", ".mjs", ".cjs")

_NEWLINE = re.compile(rb"\r\n|\r|\n")
_BRACKET = re.compile(rb"[{}()\[\]]")
_ESCAPE = re.compile(r"\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|\r\n|([\s\S]))")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": "", "\r": ""}


@dataclass(frozen=True, eq=False)
class Script:
    """A parsed file."""

    path: str
    data: bytes
    top: Node

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(match.end() for match in _NEWLINE.finditer(self.data))]

    def position(self, node: Node) -> tuple[int, int]:
        """A node's line and column, both from 1, in characters."""
        line = bisect_right(self._starts, node.start_byte)
        return line, len(self.data[self._starts[line - 1] : node.start_byte].decode()) + 1

    def text(self, node: Node) -> str:
        """The source of a node."""
        return self.data[node.start_byte : node.end_byte].decode()


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """Where something stands."""

    script: Script
    node: Node

    @property
    def key(self) -> tuple[str, int]:
        """What tells it from other places at which the same kind of thing stands."""
        return self.script.path, self.node.start_byte

    @property
    def position(self) -> tuple[int, int]:
        """Its line and column, both from 1, in characters."""
        return self.script.position(self.node)

    @property
    def text(self) -> str:
        """The source there."""
        return self.script.text(self.node)

    def holds(self, other: Place) -> bool:
        """Whether `other` lies within."""
        outer, inner = self.node, other.node
        within = outer.start_byte <= inner.start_byte and inner.end_byte <= outer.end_byte
        return self.script is other.script and within


def parse(path: str, text: str) -> Script:
    """The nodes of a file; what is no valid code becomes nodes of type ERROR. Raises ManifestError at the limits."""
    # Imported here because most projects have no such file.
    import tree_sitter
    import tree_sitter_typescript

    data = text.encode()
    if len(data) > MAX_LENGTH:
        raise ManifestError(f"larger than {MAX_LENGTH} bytes; split the file or exclude it")
    if data.count(b"<") > MAX_ANGLES:
        raise ManifestError(f"holds more than {MAX_ANGLES} opening angles; split the file or exclude it")
    if _is_deep(data):
        raise ManifestError(f"nested more than {MAX_DEPTH} levels deep; correct the file or exclude it")
    # For JavaScript too: apps hold no JSX, whose grammar finds more in what is broken.
    language = tree_sitter.Language(tree_sitter_typescript.language_typescript())
    return Script(path, data, parsing.tree(language, data))


def _is_deep(data: bytes) -> bool:
    depth = 0
    for bracket in _BRACKET.findall(data):
        depth = depth + 1 if bracket in b"{[(" else max(depth - 1, 0)
        if depth > MAX_DEPTH:
            return True
    return False


def error_line(script: Script) -> int | None:
    """The line of the first code that is not valid, None where all is."""
    node: Node | None = script.top
    while node is not None and node.has_error and not node.is_error and not node.is_missing:
        node = next((child for child in node.children if child.has_error or child.is_missing), None)
    return None if node is None or not (node.is_error or node.is_missing) else script.position(node)[0]


def string_text(script: Script, node: Node) -> str:
    """The text of a string, of a template or of a part of one, with its escapes replaced."""
    written = script.text(node)
    if node.type in ("string", "template_string"):
        written = written[1:-1]
    return _ESCAPE.sub(_unescaped, written) if "\\" in written else written


def _unescaped(match: re.Match[str]) -> str:
    code = match[1] or match[2] or match[3]
    if code is not None:
        number = int(code, 16)
        return "\ufffd" if number > 0x10FFFF or 0xD800 <= number <= 0xDFFF else chr(number)
    return _ESCAPES.get(match[4], match[4]) if match[4] is not None else ""


def children(node: Node) -> list[Node]:
    """The named nodes below a node, without comments."""
    return [child for child in node.named_children if child.type != "comment"]

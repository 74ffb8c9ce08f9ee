"""Code inside a manifest: a Python file of its own, each of whose characters has a place in the manifest."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAX_CODE = 100_000
"""Characters of code that are looked at; a platform takes less."""

MODULE = "index"
"""The module that Lambda makes of inline code."""

_VARIABLE = re.compile(r"\$\{(!?)([^${}\n]*)\}")


@dataclass(frozen=True, slots=True)
class Piece:
    """Some of the code, and the offset in the manifest where it stands, `exact` if character by character."""

    text: str
    offset: int
    exact: bool = True


@dataclass(frozen=True, slots=True)
class Inline:
    """A file of code inside the manifest `manifest`; `root` is the folder that holds nothing else."""

    manifest: str
    resource: str
    pieces: tuple[Piece, ...]

    @property
    def root(self) -> str:
        """The folder the code's module is looked up from; no file of the project is there."""
        return f"{self.manifest}#{self.resource}"

    @property
    def path(self) -> str:
        """The file that the platform would write."""
        return f"{self.root}/{MODULE}.py"

    @property
    def text(self) -> str:
        """The code."""
        return "".join(piece.text for piece in self.pieces)

    def places(self) -> Places:
        """What finds the place in the manifest of each character of the code."""
        return Places(self.pieces)


class Places:
    """Finds the offset in a manifest that an offset in code stands at."""

    def __init__(self, pieces: Iterable[Piece]) -> None:
        self._pieces = [piece for piece in pieces if piece.text] or [Piece("", 0)]
        self._starts: list[int] = []
        length = 0
        for piece in self._pieces:
            self._starts.append(length)
            length += len(piece.text)

    def of(self, offset: int) -> int:
        """The place of a character; of the end for an offset beyond it."""
        index = max(bisect_right(self._starts, offset) - 1, 0)
        piece = self._pieces[index]
        return piece.offset + min(offset - self._starts[index], len(piece.text)) if piece.exact else piece.offset

    def end(self, offset: int) -> int:
        """The place where a span that ends before the character `offset` ends."""
        return self.of(offset - 1) + 1 if offset else self.of(0)


def inline(manifest: str, resource: str, pieces: Iterable[Piece]) -> Inline | None:
    """Code inside a manifest, None where there is too much or none of it."""
    kept = tuple(pieces)
    length = sum(len(piece.text) for piece in kept)
    return Inline(manifest, resource, kept) if 0 < length <= MAX_CODE else None


def pieces(text: str, written: str, offset: int) -> Iterator[Piece]:
    """The pieces of a text that a manifest holds at `offset`, where its source is `written`.

    Each line of the text is looked for in the source, in order: blocks, folded and quoted scalars, literals of other
    languages and dedented ones all hold their lines as they are. What is not found stands where the last was found.
    """
    position = 0
    for line in text.splitlines(keepends=True):
        words = line.strip()
        indent = line[: len(line) - len(line.lstrip())] if words else line
        found = written.find(words, position, position + 2 * len(words) + 1_000) if words else -1
        if found < 0:
            yield Piece(line, offset + position, exact=False)
            continue
        if written.endswith(indent, position, found):
            yield Piece(indent, offset + found - len(indent))
        else:
            yield Piece(indent, offset + found, exact=False)
        yield Piece(words, offset + found)
        yield Piece(line[len(indent) + len(words) :], offset + found + len(words), exact=False)
        position = found + len(words)


def substituted(code: Iterable[Piece]) -> Iterator[Piece]:
    """The same pieces with a name of the same length for each `${Variable}`, as `!Sub` would put a value there."""
    for piece in code:
        yield Piece(_VARIABLE.sub(_named, piece.text), piece.offset, piece.exact) if "${" in piece.text else piece


def _named(match: re.Match[str]) -> str:
    if match[1]:
        return f"${{ {match[2]}}}"  # `${!Name}` is how `!Sub` writes `${Name}`
    return "v" + re.sub(r"\W", "_", match[0][1:], flags=re.ASCII)

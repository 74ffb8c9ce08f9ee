"""Where the bytes that a parser of HCL counts lie in a file's text."""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property
from itertools import accumulate

from flake8_lambda_perf.dataclass import dataclass
from flake8_lambda_perf.source import Lines


class Source:
    """A file's text, and where in it a byte of its UTF-8 lies."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        self.data = text.encode()
        self._offsets: dict[int, int] = {}

    @cached_property
    def lines(self) -> Lines:
        return Lines(self.text)

    @cached_property
    def _starts(self) -> tuple[list[int], list[int]]:
        """The first byte and the first character of each line."""
        lines = self.data.splitlines(keepends=True)
        sizes = (len(line) for line in lines)
        return [0, *accumulate(sizes)], [0, *accumulate(len(line.decode()) for line in lines)]

    def slice(self, start: int, end: int) -> str:
        """The text between two bytes."""
        return self.data[start:end].decode(errors="replace")

    def offset(self, byte: int) -> int:
        """The offset of a byte in characters."""
        if byte not in self._offsets:
            starts, characters = self._starts
            line = bisect_right(starts, byte) - 1
            self._offsets[byte] = characters[line] + len(self.slice(starts[line], byte))
        return self._offsets[byte]

    def position(self, byte: int) -> tuple[int, int]:
        """Line and column of a byte, both from 1, the column in characters."""
        return self.lines.position(self.offset(byte))


@dataclass(frozen=True, slots=True, eq=False)
class Range:
    """The bytes of a node; line, column and text are computed where they are asked for."""

    source: Source
    start: int
    end: int

    @property
    def path(self) -> str:
        return self.source.path

    @property
    def line(self) -> int:
        return self.source.position(self.start)[0]

    @property
    def column(self) -> int:
        return self.source.position(self.start)[1]

    @property
    def offset(self) -> int:
        return self.source.offset(self.start)

    @property
    def text(self) -> str:
        return self.source.slice(self.start, self.end)

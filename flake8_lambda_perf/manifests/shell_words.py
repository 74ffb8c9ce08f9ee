"""The words of shell commands in scripts and in the steps of builds, and what their variables stand for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from flake8_lambda_perf.dataclass import dataclass
from flake8_lambda_perf.model import Said

if TYPE_CHECKING:
    from flake8_lambda_perf.source import Lines

MAX_WORDS = 200
MAX_TEXT = 2_000
MAX_DEPTH = 5
MAX_VARIABLES = 1_000
"""Of a script with more none is known."""

_GAP = re.compile(r"(?:[ \t]|\\\r?\n|\r?\n[ \t]+(?=--))*")
_WORD = re.compile(
    r"""(?:"(?:\\.|[^"\\])*"|'[^']*'|\\[^\r\n]|\$\{\{[^{}\n]*\}\}|\$\{[^{}\n]*\}|\$\([^()\n]*\)|[^\s"'\\;&|<>()])+""",
    re.DOTALL,
)
_QUOTES = re.compile(r"""\\(.)|["']""", re.DOTALL)
_ASSIGNMENT = re.compile(
    r"(?m)^[ \t]*(?:(?:export|local|readonly|declare)[ \t]+)?([A-Za-z_]\w*)="
    r"""([^\s;&|]*|"[^"\n]*"|'[^'\n]*')[ \t]*(?:;|\#|&&|\r|$)"""
)
_SETTING = re.compile(
    r"""(?m)^[ \t-]*(_?[A-Z][A-Z0-9_]*):[ \t]+("[^"\n]*"|'[^'\n]*'|[^\s#"'|>&*][^\s#]*)[ \t]*(?:\#|\r|$)"""
)
_HERE = re.compile(r"(?m)^[ \t]*(?:\w+[ \t]+)?(\w+)=.*\bdirname\b.*(?:BASH_SOURCE|\$0|\$\{0)")
_TAKEN = re.compile(r"(?m)\bfor[ \t]+(\w+)[ \t]+in\b|\bread[ \t]+(?:-\w+[ \t]+)*(\w+)")
_VARIABLE = re.compile(r"\$(?:\{\{[ \t]*env\.(\w+)[ \t]*\}\}|(\w+)|\{(\w+)(?::?-([^{}$]*))?\})")
_OPEN = re.compile(r"[$`]")


@dataclass(frozen=True, slots=True)
class Word:
    """One word without its quotes, and how and where it is written."""

    text: str
    line: int
    column: int
    written: str

    def said(self, name: str, value: str | int | bool | None, path: str, part: str, after: str = "") -> Said:
        """A fact that a part of the word states, which follows `after` where that is in the word."""
        start = self.written.find(after + part) if part else -1
        at = start + len(after) if start >= 0 else self.written.rfind(part) if part else -1
        return Said(name, value, path, self.line, self.column + max(at, 0), part if at >= 0 else "")


def words_after(text: str, lines: Lines, offset: int) -> Iterator[Word]:
    """The words of the command that goes on at `offset`, as far as it reaches."""
    for _ in range(MAX_WORDS):
        gap = _GAP.match(text, offset)
        word = _WORD.match(text, gap.end() if gap is not None else offset)
        if word is None or word[0].startswith("#"):
            return
        line, column = lines.position(word.start())
        yield Word(_QUOTES.sub(lambda match: match[1] or "", word[0]), line, column, word[0])
        offset = word.end()


class Variables:
    """What the variables of a script, or of the `env` and `substitutions` of a build, stand for at a place.

    One that a branch may give another value is not known; the script's own folder is `.`.
    """

    def __init__(self, text: str) -> None:
        found: list[tuple[int, str, str | None]] = []
        for pattern in (_ASSIGNMENT, _SETTING):
            found += [(match.start(), match[1], match[2].strip("\"'")) for match in pattern.finditer(text)]
        found += [(match.start(), match[1], ".") for match in _HERE.finditer(text)]
        indented = {name for start, name, _ in found if text[start : start + 1].isspace()}
        given: dict[str, set[str | None]] = {}
        for _, name, value in found:
            given.setdefault(name, set()).add(value)
        open_names = {name for name in indented if len(given[name]) > 1}
        found = [(start, name, None if name in open_names else value) for start, name, value in found]
        found += [(match.start(), match[1] or match[2], None) for match in _TAKEN.finditer(text)]
        self._values = sorted(found, key=lambda each: each[0]) if len(found) <= MAX_VARIABLES else []

    def at(self, offset: int | None) -> dict[str, str | None]:
        """The values that hold at an offset, the last ones before it; those of the whole file for None."""
        return {name: value for start, name, value in self._values if offset is None or start < offset}


def expanded(text: str, variables: Mapping[str, str | None], depth: int = 0) -> str | None:
    """The text with its variables replaced; None where one is not known, or a command gives it."""
    unknown = False

    def value(match: re.Match[str]) -> str:
        nonlocal unknown
        known = variables.get(match[1] or match[2] or match[3])
        known = match[4] if known is None else known
        unknown = unknown or known is None
        return known or ""

    replaced = _VARIABLE.sub(value, text)
    if unknown or len(replaced) > MAX_TEXT or (replaced != text and depth > MAX_DEPTH):
        return None
    if replaced != text:
        return expanded(replaced, variables, depth + 1)
    return None if _OPEN.search(replaced) else replaced

"""What `# noqa` hides: exactly what flake8 hides, and a little more where the comment names its codes.

flake8 looks for the comment on the reported line alone (joined only through multi-line strings and backslashes),
so that a call over several lines cannot be silenced behind its closing bracket. There a comment that names
codes counts for us too: on any line of the simple statement or compound header the finding is in.
"""

from __future__ import annotations

import re
import tokenize
from collections.abc import Iterator
from functools import cached_property

from flake8_lambda_perf.source import NEWLINE

WHOLE_FILE = re.compile(r"\s*# flake8[:=]\s*noqa", re.IGNORECASE)
"""At the start of any line, a line of a string included; codes after it change nothing."""

MARK = re.compile(r"# noqa", re.IGNORECASE)
CODES = re.compile(r":\s?((?:[A-Z]+[0-9]+[,\s]*)+)", re.IGNORECASE)
"""What must follow the mark at once to name codes; anything else leaves it blanket."""

NOQA = re.compile(r"(?:#|//)[ \t]*noqa(.*)", re.IGNORECASE)
"""The mark in YAML, HCL, TypeScript, Dockerfiles."""

Codes = tuple[str, ...]
"""The prefixes a comment names; empty where it is blanket."""


class Suppressions:
    """Answers for one file whether a finding is hidden; nothing is computed before the first question."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._speaks = "noqa" in text.lower() and bool(MARK.search(text) or WHOLE_FILE.search(text))

    def hides(self, code: str, line: int) -> bool:
        """Tell whether a comment hides a finding with this code reported on this line."""
        if not self._speaks:
            return False
        if self._whole_file:
            return True
        codes = _codes_in(self._searched.get(line) or self._line(line))
        if codes is not None and (not codes or code.startswith(codes)):
            return True
        first, last = self._extent(line)
        named = (self._comments.get(number, ()) for number in range(first, last + 1))
        return any(codes and code.startswith(codes) for codes in named)

    @cached_property
    def _lines(self) -> list[str]:
        r"""The lines with `\n` at their ends, as flake8 reads a file."""
        *lines, rest = NEWLINE.split(self._text)
        return [*(f"{line}\n" for line in lines), *([rest] if rest else [])]

    def _line(self, line: int) -> str:
        return self._lines[line - 1] if 0 < line <= len(self._lines) else ""

    @cached_property
    def _whole_file(self) -> bool:
        return any(WHOLE_FILE.match(line) for line in self._lines)

    @cached_property
    def _tokens(self) -> list[tokenize.TokenInfo]:
        """All tokens; none where the tokenizer gives up, as flake8 then falls back to physical lines."""
        lines = iter(self._lines)
        try:
            return list(tokenize.generate_tokens(lambda: next(lines)))
        except (tokenize.TokenError, SyntaxError):
            return []

    @cached_property
    def _searched(self) -> dict[int, str]:
        """For each line the text flake8 searches: the line with those that a token or a backslash ties to it."""
        searched: dict[int, str] = {}
        for first, last in _stretches(self._tokens, (tokenize.NL, tokenize.NEWLINE)):
            searched.update(dict.fromkeys(range(first, last + 1), "".join(self._lines[first - 1 : last])))
        return searched

    @cached_property
    def _comments(self) -> dict[int, Codes]:
        """The codes that the comment on a line names, for the comments that name any."""
        found = ((token.start[0], _codes_in(token.string)) for token in self._tokens if token.type == tokenize.COMMENT)
        return {line: codes for line, codes in found if codes}

    @cached_property
    def _extents(self) -> dict[int, tuple[int, int]]:
        """For each line the first and last of its statement or header; decorators belong to their header."""
        significant = [token for token in self._tokens if token.type not in (tokenize.COMMENT, tokenize.NL)]
        extents: dict[int, tuple[int, int]] = {}
        top = 0  # the first of the decorators that a header follows
        for start, last in _stretches(significant, (tokenize.NEWLINE,)):
            first = top or start
            extents.update(dict.fromkeys(range(first, last + 1), (first, last)))
            top = first if self._line(start).lstrip().startswith("@") else 0
        return extents

    def _extent(self, line: int) -> tuple[int, int]:
        return self._extents.get(line, (line, line))


def _stretches(tokens: list[tokenize.TokenInfo], ends: tuple[int, ...]) -> Iterator[tuple[int, int]]:
    """Yield first and last line of each run of tokens up to one of the types `ends`."""
    first, last = 0, 0
    for token in tokens:
        if token.type in (tokenize.ENDMARKER, tokenize.DEDENT):
            continue
        first, last = first or token.start[0], max(last, token.end[0])
        if token.type in ends:
            yield first, last
            first, last = 0, 0


def _codes_in(text: str) -> Codes | None:
    """Return what the first noqa of a text names, nothing where it is blanket, None where there is none."""
    mark = MARK.search(text)
    if mark is None:
        return None
    codes = CODES.match(text, mark.end())
    return tuple(code for code in re.split(r"[,\s]+", codes[1]) if code) if codes else ()


class LineSuppressions:
    """Answers for a file that is no Python: a comment hides what is reported on its line, `//` ones as well."""

    def __init__(self, text: str) -> None:
        self._lines = NEWLINE.split(text) if NOQA.search(text) else []

    def hides(self, code: str, line: int) -> bool:
        """Tell whether a comment hides a finding with this code reported on this line."""
        mark = NOQA.search(self._lines[line - 1]) if 0 < line <= len(self._lines) else None
        if mark is None:
            return False
        codes = _codes_in(f"# noqa{mark[1]}")
        return codes is not None and (not codes or code.startswith(codes))

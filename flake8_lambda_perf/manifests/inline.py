"""Code inside a manifest: a Python file of its own, each of whose characters has a place in the manifest."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from flake8_lambda_perf.dataclass import dataclass
from flake8_lambda_perf.model import Span
from flake8_lambda_perf.source import Lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from flake8_lambda_perf.model import Finding, Handler, Run, Unresolved

MAX_CODE = 100_000
"""Characters of code that are looked at; a platform takes less."""

MODULE = "index"
"""The module that Lambda makes of inline code."""

BY_HAND = "its code stands in the manifest, where no fix is offered"

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
    module: str = MODULE

    @property
    def root(self) -> str:
        """The folder the code's module is looked up from; no file of the project is there."""
        return f"{self.manifest}#{self.resource}"

    @property
    def path(self) -> str:
        """The file that the platform would write."""
        return f"{self.root}/{self.module}.py"

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


def inline(manifest: str, resource: str, pieces: Iterable[Piece], module: str = MODULE) -> Inline | None:
    """Code inside a manifest, None where there is too much or none of it."""
    kept = tuple(pieces)
    length = sum(len(piece.text) for piece in kept)
    return Inline(manifest, resource, kept, module) if 0 < length <= MAX_CODE else None


def pieces(text: str, written: str, offset: int) -> Iterator[Piece]:
    """The pieces of a text that a manifest holds at `offset`, where its source is `written`.

    Each line of the text is looked for in the source, in order: blocks, folded and quoted scalars, literals of other
    languages and dedented ones all hold their lines as they are. What is not found stands where the last was found.
    """
    position = 0
    for line in text.splitlines(keepends=True):
        words = line.strip()
        indent = line[: len(line) - len(line.lstrip())] if words else line
        window = position + 2 * len(words) + 1_000
        found = written.find(words, position, window) if words else -1
        if found < 0:
            escaped = json.dumps(words, ensure_ascii=False)[1:-1] if words else ""
            start = written.find(escaped, position, window) if escaped else -1
            yield Piece(line, offset + max(start, position), exact=False)
            position = position if start < 0 else start + len(escaped)
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


class Located(Protocol):
    """What has a path and a line."""

    @property
    def path(self) -> str: ...
    @property
    def line(self) -> int: ...


class Inlined:
    """The code inside the manifests of a project: what is found in it is told as of the manifests."""

    def __init__(self, codes: Iterable[Inline], text_of: Callable[[str], str]) -> None:
        self._codes = {code.path: code for code in codes}
        self._text_of = text_of
        self._lines: dict[str, Lines] = {}
        self._places: dict[str, Places] = {}

    def manifest_of(self, path: str) -> str:
        """The manifest that holds the code at `path`; `path` itself for a file."""
        code = self._codes.get(path)
        return path if code is None else code.manifest

    def told(self, run: Run) -> Run:
        """The same run in terms of the files that exist."""
        if not self._codes:
            return run
        findings = (self._finding(finding) for finding in run.findings)
        handlers = (self._handler(handler) for handler in run.handlers)
        problems = {replace(each, path=path, line=line) for each in run.problems for path, line in [self._at(each)]}
        return replace(
            run,
            findings=tuple(sorted(findings, key=lambda f: (f.path, f.line, f.column, f.code))),
            handlers=tuple(sorted(handlers, key=lambda h: (h.path, h.line, h.name))),
            problems=tuple(sorted(problems, key=lambda problem: (problem.path, problem.line, problem.message))),
            unresolved=tuple(self._unresolved(each) for each in run.unresolved),
        )

    def _unresolved(self, unresolved: Unresolved) -> Unresolved:
        """Names no path of a file that there is not: the code is the function's own."""
        path = next((path for path in self._codes if unresolved.reason.startswith(f"{path} ")), None)
        return unresolved if path is None else replace(unresolved, reason=f"its code{unresolved.reason[len(path) :]}")

    def _finding(self, finding: Finding) -> Finding:
        steps = tuple(replace(each, path=path, line=line) for each in finding.trace for path, line in [self._at(each)])
        handler = None if finding.handler is None else self._handler(finding.handler)
        code = self._codes.get(finding.path)
        if code is None:
            return replace(finding, trace=steps, handler=handler)
        places = self._places_of(code)
        start = places.of(finding.span.start)
        end = max(places.end(finding.span.end), start)
        line, column = self._lines_of(code.manifest).position(start)
        end_line, end_column = self._lines_of(code.manifest).position(end)
        by_hand = tuple(replace(step, text=f"{step.text}; {BY_HAND}") for step in steps[:1])
        return replace(
            finding,
            path=code.manifest,
            span=Span(start, end),
            line=line,
            column=column,
            end_line=end_line,
            end_column=end_column,
            trace=by_hand + steps[1:],
            handler=handler,
            fixable=None,
            fix=None,
        )

    def _handler(self, handler: Handler) -> Handler:
        path, line = self._at(handler)
        return replace(handler, path=path, line=line)

    def _at(self, where: Located) -> tuple[str, int]:
        """The path and the line that something has for the user."""
        code = self._codes.get(where.path)
        if code is None:
            return where.path, where.line
        lines = self._lines_of(code.path)
        text = lines.line_text(where.line)
        offset = lines.offset(where.line, 0) + len(text) - len(text.lstrip())
        return code.manifest, self._lines_of(code.manifest).position(self._places_of(code).of(offset))[0]

    def _places_of(self, code: Inline) -> Places:
        if code.path not in self._places:
            self._places[code.path] = code.places()
        return self._places[code.path]

    def _lines_of(self, path: str) -> Lines:
        if path not in self._lines:
            code = self._codes.get(path)
            self._lines[path] = Lines(self._text_of(path) if code is None else code.text)
        return self._lines[path]

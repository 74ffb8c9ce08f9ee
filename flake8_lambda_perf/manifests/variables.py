"""Resolves the variables of the Serverless Framework that the files themselves answer: `self`, `file`, defaults."""

from __future__ import annotations

import posixpath
import re
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from flake8_lambda_perf.dataclass import dataclass
from flake8_lambda_perf.errors import ManifestError
from flake8_lambda_perf.manifests import serverless_compose
from flake8_lambda_perf.manifests.deployed import (
    LocatedError,
    Written,
    check_text,
    place,
    read_text,
)
from flake8_lambda_perf.manifests.yaml_nodes import (
    Mapping,
    Node,
    Scalar,
    Sequence,
    is_null,
    parse,
)

if TYPE_CHECKING:
    from pathlib import Path

MAX_CHAIN = 40
MAX_STEPS = 50_000
MAX_TEXT = 2_000

_INNERMOST = re.compile(r"\$\{([^${}]*)\}")
_SOURCE = re.compile(r"""(?:'[^']*'|"[^"]*"|[^,'"])+""")
_QUOTED = re.compile(r"'([^']*)'|\"([^\"]*)\"")
_LITERAL = re.compile(r"-?[0-9]+|true|false")
_FILE = re.compile(r"file\(\s*([^()]+?)\s*\)(?::(.*))?", re.DOTALL)
_BOOLEAN = re.compile(r"strToBool\(\s*(?:true|1|(false|0))\s*\)")


@dataclass(frozen=True, slots=True, eq=False)
class Located:
    """A node and the file it stands in."""

    path: str
    node: Node


class Variables:
    """Answers the variables of one service; remembers the files it has read and the chain it follows."""

    def __init__(self, root: Path, path: str, top: Mapping) -> None:
        self.root = root
        self.folder = posixpath.dirname(path)
        self.top = Located(path, top)
        self._files: dict[str, Located | None] = {}
        self._resolved: dict[Node, Located | None] = {}
        self._chain: list[str] = []
        self._steps = 0
        self._endless: LocatedError | None = None

    @cached_property
    def _given(self) -> tuple[str, Mapping] | None:
        return serverless_compose.parameters(self.root, self.top.path)

    def resolve(self, where: Located | None) -> Located | None:
        """The value with its variables replaced; None where it is null or only the deployment knows it."""
        if where is None or is_null(where.node):
            return None
        if not isinstance(where.node, Scalar) or "${" not in where.node.text:
            return where
        if where.node not in self._resolved:
            self._resolved[where.node] = self._expanded(where, where.node)
        return self._resolved[where.node]

    def _expanded(self, where: Located, node: Scalar) -> Located | None:
        text = node.text
        while match := _INNERMOST.search(text):
            self._count(where, len(text))
            value = self._first_answer(match[1], where)
            if value is None or match.span() == (0, len(text)):
                return value
            if not isinstance(value.node, Scalar):
                return None
            text = text[: match.start()] + value.node.text + text[match.end() :]
        return None if "${" in text else Located(where.path, replace(node, text=text))

    def member(self, where: Located | None, *keys: str) -> Located | None:
        """The resolved value below `where` under `keys`, None where the path ends early."""
        current = self.resolve(where)
        for key in keys:
            if current is None:
                return None
            child = _child(current.node, key)
            current = None if child is None else self.resolve(Located(current.path, child))
        return current

    def written(self, where: Located | None, *keys: str) -> Located | None:
        """The value below `where` under `keys` as it is written, with its variables; None where there is none."""
        parent = self.member(where, *keys[:-1])
        child = None if parent is None else _child(parent.node, keys[-1])
        return None if parent is None or child is None else Located(parent.path, child)

    def text(self, where: Located | None, *keys: str) -> str | None:
        """The text of a value that is one word or number after resolving."""
        found = self.member(where, *keys)
        return found.node.text if found is not None and isinstance(found.node, Scalar) and not found.node.tag else None

    def _first_answer(self, expression: str, where: Located) -> Located | None:
        for source in _SOURCE.findall(expression):
            value = self._answer(source.strip(), where)
            if value is not None:
                return value
        return None

    def _answer(self, source: str, where: Located) -> Located | None:
        if quoted := _QUOTED.fullmatch(source):
            return _literal(quoted[1] or quoted[2] or "", where, plain=False)
        if _LITERAL.fullmatch(source):
            return _literal(source, where, plain=True)
        if boolean := _BOOLEAN.fullmatch(source):
            return _literal("false" if boolean[1] else "true", where, plain=True)
        file = _FILE.fullmatch(source)
        if file is None and not source.startswith(("self:", "param:", "sls:stage")):
            return None
        self._enter(source, where)
        try:
            if file is not None:
                return self.member(self._file(file[1], where), *_keys(file[2] or ""))
            return self._own(source, where)
        finally:
            self._chain.pop()

    def _own(self, source: str, where: Located) -> Located | None:
        """What the service says: a value of it, the stage where none is asked for, a parameter given or by default."""
        kind, _, name = source.partition(":")
        if kind == "self":
            return self.member(self.top, *_keys(name))
        if kind == "sls":
            return self.member(self.top, "provider", "stage") or _literal("dev", where, plain=True)
        if self._given is not None and name in self._given[1].entries:
            value = Located(self._given[0], self._given[1].entries[name].value)
            return None if isinstance(value.node, Scalar) and "${" in value.node.text else self.resolve(value)
        default = self.member(self.top, "params", "default", name)
        return default or self.member(self.top, "stages", "default", "params", name)

    def _enter(self, source: str, where: Located) -> None:
        if source in self._chain:
            chain = " -> ".join([*self._chain[self._chain.index(source) :], source])
            raise LocatedError(f"variables refer to themselves: {chain}; break the circle", where.path, where.node.line)
        if len(self._chain) >= MAX_CHAIN:
            message = f"variables refer to one another more than {MAX_CHAIN} times in a row; shorten the chain"
            raise LocatedError(message, where.path, where.node.line)
        self._chain.append(source)

    def _count(self, where: Located, length: int) -> None:
        """Raises LocatedError at a limit; past the one for the whole service always the same, to be told once."""
        self._steps += 1
        if self._steps <= MAX_STEPS and length <= MAX_TEXT:
            return
        message = "variables expand without end; write the values out or exclude the file"
        error = self._endless or LocatedError(message, where.path, where.node.line)
        if self._steps > MAX_STEPS:
            self._endless = error
        raise error

    def _file(self, written: str, where: Located) -> Located | None:
        if not written.endswith((".yml", ".yaml", ".json")):
            return None
        path = place(self.root, self.folder, Written(written, "file", where.path, where.node.line))
        if path not in self._files:
            self._files[path] = self._parsed(path)
        return self._files[path]

    def _parsed(self, path: str) -> Located | None:
        try:
            text = read_text(self.root, path)
            if text is None:
                return None
            check_text(text)
            node = parse(path, text)
        except ManifestError as error:
            raise LocatedError(str(error), path, error.line) from error
        return None if node is None else Located(path, node)


def _keys(dotted: str) -> list[str]:
    return [key for key in dotted.strip().split(".") if key]


def _child(node: Node, key: str) -> Node | None:
    if isinstance(node, Mapping):
        return node.get(key)
    if isinstance(node, Sequence) and re.fullmatch(r"[0-9]{1,6}", key) and int(key) < len(node.items):
        return node.items[int(key)]
    return None


def _literal(text: str, where: Located, *, plain: bool) -> Located:
    return Located(where.path, Scalar(text, None, plain, where.node.line, where.node.column))

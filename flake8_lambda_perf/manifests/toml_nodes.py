"""Parses TOML into nodes that know their place."""

from __future__ import annotations

import re
import tomllib

from flake8_lambda_perf.errors import ManifestError
from flake8_lambda_perf.manifests.yaml_nodes import MAX_DEPTH, Entry, Mapping, Node, Scalar, Sequence

_TABLE = re.compile(r"[ \t]*\[{1,2}([^\[\]\n]+)\]")
_KEY = re.compile(r"""[ \t]*(?:([\w-]+)|"([^"\\\n]*)"|'([^'\n]*)')[ \t]*=[ \t]*""")
_VALUE = re.compile(r"""(?:"[^"\\\n]*"|'[^'\n]*'|[\w.+-]+)(?=[ \t]*(?:#|\r|\Z))""")
_LINE = re.compile(r"at line ([0-9]+)")

_Places = dict[tuple[str, ...], tuple[int, int, str]]


def parse_toml(text: str) -> Mapping:
    """The tables of `text`; raises ManifestError with the line."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = _LINE.search(str(error))
        message = f"not valid TOML: {error}; correct the file or exclude it"
        raise ManifestError(message, int(line[1]) if line is not None else 0) from error
    except RecursionError as error:
        raise ManifestError(f"nested more than {MAX_DEPTH} levels deep; correct the file or exclude it") from error
    return _mapping(tables, (), _places(text))


def _places(text: str) -> _Places:
    """Where each key of each table has its value, as far as it stands on a line of its own."""
    places: _Places = {}
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.split("\n"), 1):
        if header := _TABLE.match(line):
            table = tuple(part.strip().strip("\"'") for part in header[1].split("."))
            for end in range(1, min(len(table), MAX_DEPTH) + 1):
                places.setdefault(table[:end], (number, header.start(1) + 1, ""))
        elif key := _KEY.match(line):
            written = _VALUE.match(line, key.end())
            name = key[1] or key[2] or key[3] or ""
            places.setdefault((*table, name), (number, key.end() + 1, written[0] if written is not None else ""))
    return places


def _mapping(table: dict[str, object], path: tuple[str, ...], places: _Places) -> Mapping:
    line, column, _ = places.get(path, (1, 1, ""))
    if len(path) >= MAX_DEPTH:
        raise ManifestError(f"nested more than {MAX_DEPTH} levels deep; correct the file or exclude it", line)
    entries: dict[str, Entry] = {}
    for key, value in table.items():
        node = _node(value, (*path, key), places)
        entries[key] = Entry(Scalar(key, None, True, node.line, 1, key), node)
    return Mapping(entries, None, line, column)


def _node(value: object, path: tuple[str, ...], places: _Places) -> Node:
    if isinstance(value, dict):
        return _mapping(value, path, places)
    line, column, written = places.get(path, places.get(path[:-1], (1, 1, "")))
    if isinstance(value, list):
        if len(path) >= MAX_DEPTH:
            raise ManifestError(f"nested more than {MAX_DEPTH} levels deep; correct the file or exclude it", line)
        return Sequence(tuple(_node(item, (*path, ""), places) for item in value), None, line, column)
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return Scalar(text, None, not isinstance(value, str), line, column, written)

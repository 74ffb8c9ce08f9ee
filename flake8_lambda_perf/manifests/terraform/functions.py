"""Terraform's functions that only rearrange what they are given; results stay small, whatever they are given."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Sequence

from flake8_lambda_perf.manifests.terraform.data import (
    MAX_ITEMS,
    MAX_TEXT,
    MISSING,
    UNKNOWN,
    Data,
    Unknown,
    Value,
    as_text,
)

_DIRECTIVE = re.compile(r"%(%|[sdv])")


def call(name: str, given: Sequence[Value]) -> Value:
    """The value of a function; unknown for one that is not listed here."""
    function = FUNCTIONS.get(name)
    if function is None:
        return Value(UNKNOWN)
    if any(value.data is MISSING or (value.data is None and name not in TAKES_NULL) for value in given):
        return Value(MISSING)
    found = function(given)
    return found if isinstance(found, Value) else Value(found)


def lookup(given: Sequence[Value]) -> Value | Data:
    """An entry of an object, else the last argument."""
    if len(given) not in (2, 3):
        return UNKNOWN
    entries, key = given[0].data, as_text(given[1].data)
    if not isinstance(entries, dict) or key is None:
        return UNKNOWN
    found = entries.get(key)
    if found is None:
        return given[2] if len(given) == 3 else MISSING
    return found


def merge(given: Sequence[Value]) -> Data:
    """One object of several, the later ones first; nulls count as empty."""
    merged: dict[str, Value] = {}
    maps = [value.data for value in given if value.data is not None]
    if sum(len(one) for one in maps if isinstance(one, dict)) > MAX_ITEMS:
        return UNKNOWN
    for one in maps:
        if not isinstance(one, dict):
            return UNKNOWN
        merged |= one
    return merged


def concat(given: Sequence[Value]) -> Data:
    """One list of several."""
    lists = [value.data for value in given]
    if sum(len(one) for one in lists if isinstance(one, tuple)) > MAX_ITEMS:
        return UNKNOWN
    items: list[Value] = []
    for one in lists:
        if not isinstance(one, tuple):
            return UNKNOWN
        items += one
    return tuple(items)


def flatten(given: Sequence[Value]) -> Data:
    """A list without lists in it, two levels deep."""
    if len(given) != 1 or not isinstance(given[0].data, tuple):
        return UNKNOWN
    items = given[0].data
    for _ in range(2):
        if any(isinstance(item.data, Unknown) for item in items):
            return UNKNOWN
        found = concat([item if isinstance(item.data, tuple) else Value((item,)) for item in items])
        if not isinstance(found, tuple):
            return UNKNOWN
        items = found
    return items


def coalesce(given: Sequence[Value]) -> Value | Data:
    """The first argument that is neither null nor empty."""
    for value in given:
        if isinstance(value.data, Unknown):
            return UNKNOWN
        if value.data is not None and value.data not in ("", ()):
            return value
    return UNKNOWN


def compact(given: Sequence[Value]) -> Data:
    """A list of texts without the empty ones."""
    if len(given) != 1 or not isinstance(given[0].data, tuple):
        return UNKNOWN
    if any(isinstance(item.data, Unknown) for item in given[0].data):
        return UNKNOWN
    return tuple([item for item in given[0].data if item.data is not None and item.data != ""])


def keys(given: Sequence[Value]) -> Data:
    """The sorted keys of an object, each at the place of its value."""
    if len(given) != 1 or not isinstance(given[0].data, dict):
        return UNKNOWN
    return tuple([Value(key, value.spot) for key, value in sorted(given[0].data.items())])


def values(given: Sequence[Value]) -> Data:
    """The values of an object by its sorted keys."""
    if len(given) != 1 or not isinstance(given[0].data, dict):
        return UNKNOWN
    return tuple([value for _, value in sorted(given[0].data.items())])


def zipmap(given: Sequence[Value]) -> Data:
    """An object of a list of keys and a list of values."""
    if len(given) != 2:
        return UNKNOWN
    names, items = given[0].data, given[1].data
    if not isinstance(names, tuple) or not isinstance(items, tuple) or len(names) != len(items):
        return UNKNOWN
    texts = [as_text(name.data) for name in names]
    if None in texts:
        return UNKNOWN
    return {text: item for text, item in zip(texts, items, strict=True) if text is not None}


def element(given: Sequence[Value]) -> Value | Data:
    """The item at an index that starts anew at the end."""
    if len(given) != 2 or not isinstance(given[0].data, tuple) or not isinstance(given[1].data, int):
        return UNKNOWN
    items = given[0].data
    return items[given[1].data % len(items)] if items else MISSING


def length(given: Sequence[Value]) -> Data:
    """How many items or characters there are."""
    if len(given) == 1 and isinstance(given[0].data, tuple | dict | str):
        return len(given[0].data)
    return UNKNOWN


def contains(given: Sequence[Value]) -> Data:
    """Whether a list holds a text."""
    if len(given) != 2 or not isinstance(given[0].data, tuple):
        return UNKNOWN
    items, wanted = [as_text(item.data) for item in given[0].data], as_text(given[1].data)
    if wanted is None or (wanted not in items and None in items):
        return UNKNOWN
    return wanted in items


def join(given: Sequence[Value]) -> Data:
    """Texts with a separator between them."""
    if len(given) < 2:
        return UNKNOWN
    separator, items = as_text(given[0].data), concat(given[1:])
    if separator is None or not isinstance(items, tuple):
        return UNKNOWN
    texts = [as_text(item.data) for item in items]
    if None in texts or sum(len(text or "") + len(separator) for text in texts) > MAX_TEXT:
        return UNKNOWN
    return separator.join(text or "" for text in texts)


def split(given: Sequence[Value]) -> Data:
    """The parts of a text between separators."""
    texts = _texts(given, 2)
    return tuple([Value(part) for part in texts[1].split(texts[0])]) if texts is not None and texts[0] else UNKNOWN


def replace(given: Sequence[Value]) -> Data:
    """A text with one part replaced; patterns stay unknown."""
    texts = _texts(given, 3)
    if texts is None or not texts[1] or (texts[1][0] == texts[1][-1] == "/" and len(texts[1]) > 1):
        return UNKNOWN
    whole, old, new = texts
    return UNKNOWN if whole.count(old) * len(new) > MAX_TEXT else whole.replace(old, new)


def format_(given: Sequence[Value]) -> Data:
    """A text with `%s` and `%d` filled in."""
    texts = _texts(given, len(given))
    if not texts or sum(map(len, texts)) > MAX_TEXT or len(texts) - 1 != _directives(texts[0]):
        return UNKNOWN
    if texts[0].count("%") != sum(match[0].count("%") for match in _DIRECTIVE.finditer(texts[0])):
        return UNKNOWN
    rest = iter(texts[1:])
    return _DIRECTIVE.sub(lambda match: "%" if match[1] == "%" else next(rest), texts[0])


def _directives(pattern: str) -> int:
    return sum(match[1] != "%" for match in _DIRECTIVE.finditer(pattern))


def _texts(given: Sequence[Value], count: int) -> list[str] | None:
    texts = [text for text in (as_text(value.data) for value in given) if text is not None]
    return texts if len(given) == len(texts) == count else None


def _same(given: Sequence[Value]) -> Value | Data:
    return given[0] if len(given) == 1 else UNKNOWN


def _text(change: Callable[[str], str]) -> Callable[[Sequence[Value]], Data]:
    def changed(given: Sequence[Value]) -> Data:
        texts = _texts(given, 1)
        return UNKNOWN if texts is None else change(texts[0])

    return changed


def _pair(change: Callable[[str, str], str | bool]) -> Callable[[Sequence[Value]], Data]:
    def changed(given: Sequence[Value]) -> Data:
        texts = _texts(given, 2)
        return UNKNOWN if texts is None else change(texts[0], texts[1])

    return changed


IDENTITIES = (
    "abspath", "nonsensitive", "sensitive", "tobool", "tolist", "tomap", "tonumber", "toset", "tostring",
    "filebase64sha256", "filebase64sha512", "filemd5", "filesha1", "filesha256", "filesha512", "distinct",
)  # fmt: skip  # one name a line would take a screen
"""A hash stands for the file it is of: it is asked for only where it tells which file that is."""

DIRECT = frozenset({*IDENTITIES, "element", "length", "lookup"})
"""They take as long for a large list as for a small one."""

TAKES_NULL = frozenset(
    {*IDENTITIES, "coalesce", "coalescelist", "compact", "concat", "contains", "flatten", "lookup", "merge"}
)
"""The others fail where an argument is null, which `try` passes over."""

FUNCTIONS: dict[str, Callable[[Sequence[Value]], Value | Data]] = {
    **dict.fromkeys(IDENTITIES, _same),
    "basename": _text(posixpath.basename),
    "coalesce": coalesce,
    "coalescelist": coalesce,
    "compact": compact,
    "concat": concat,
    "contains": contains,
    "dirname": _text(lambda text: posixpath.dirname(text) or "."),
    "element": element,
    "endswith": _pair(str.endswith),
    "flatten": flatten,
    "format": format_,
    "join": join,
    "keys": keys,
    "length": length,
    "lookup": lookup,
    "lower": _text(str.lower),
    "merge": merge,
    "replace": replace,
    "setunion": concat,
    "split": split,
    "startswith": _pair(str.startswith),
    "title": _text(str.title),
    "trimprefix": _pair(str.removeprefix),
    "trimspace": _text(str.strip),
    "trimsuffix": _pair(str.removesuffix),
    "upper": _text(str.upper),
    "values": values,
    "zipmap": zipmap,
}

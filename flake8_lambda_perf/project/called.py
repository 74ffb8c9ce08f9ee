"""Which functions may be called at all: code that may run holds their name. What the others do is of no interest."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from flake8_lambda_perf.project.blocks import words_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from flake8_lambda_perf.project.blocks import Block

HEADER = re.compile(rb"\s*+(?:async[ \t]+)?def[ \t]+\w+[ \t]*\([^()]*\)[^():]*:")
"""The header of a function that runs nothing when it is defined: no decorator, no call for a default."""
STARTED = frozenset({"run"})
"""What the standard library calls on an object that it is given: `Thread(...).start()`."""

SPELLING = (b"getattr", b"__dict__", b"vars(", b"globals(")
"""What calls a function by a text that gives its name."""
SPELLED = re.compile(rb"\w[\"'](?:\s{1,200}+|\\\n|#[^\n]{0,200}+\n){0,20}+[rRbBuUfF]{0,2}[\"']|\\[xuUN0-7]")
"""A text in several parts, or with letters that are written as numbers."""


def callable_blocks(
    blocks: Iterable[Block],
    words_in: Callable[[Block], frozenset[str]],
    may_meet: Callable[[Block, int], int],
    handlers: frozenset[str],
    elsewhere: Iterable[bytes],
) -> dict[Block, frozenset[str]]:
    """Lists those of some blocks that may run, each with its words.

    `may_meet` tells which of some handlers, as a mask, bring a block; all functions in the files of `handlers` may
    be called from outside, as may those whose name some text `elsewhere` holds.
    """
    waiting: dict[str, list[Block]] = {}
    stack: list[Block] = []
    for block in blocks:
        name = None if block.path in handlers else _only_name(block)
        if name is None:
            stack.append(block)
        else:
            waiting.setdefault(name, []).append(block)
    names = frozenset(waiting)
    said = dict.fromkeys(_names_in(elsewhere, names), -1)
    for name in said:
        stack += waiting[name]
        waiting[name] = []
    found: dict[Block, frozenset[str]] = {}
    while stack:
        block = stack.pop()
        words = found[block] = words_in(block)
        mask = may_meet(block, -1)
        for name in names if _may_spell(block.data) else words & names:
            known = said.get(name, 0)
            if known | mask != known:
                said[name] = known | mask
                left: list[Block] = []
                for other in waiting[name]:
                    (stack if may_meet(other, mask) else left).append(other)
                waiting[name] = left
    return found


def _only_name(block: Block) -> str | None:
    """Gives the name without which a function cannot be called; None where there are other ways to call it."""
    if block.kind not in ("def", "method") or not block.alone or HEADER.match(block.data) is None:
        return None
    if block.kind == "method":
        if len(block.around) > 1:  # what its class builds on may call it
            return None
        own = block.names - block.around
    else:
        own = block.names
    if len(own) != 1:
        return None
    (name,) = own
    is_special = name.startswith("__") or "(" in name or name in STARTED
    return name if name.isascii() and not is_special else None


def _may_spell(text: bytes) -> bool:
    """Tells whether a text may give a name that it does not hold as a word."""
    for word in SPELLING:
        if word in text:
            return SPELLED.search(text) is not None
    return False


def _names_in(texts: Iterable[bytes], names: frozenset[str]) -> set[str]:
    """Lists which of some names texts hold."""
    found: set[str] = set()
    for text in texts:
        plain = text if text.isascii() else unicodedata.normalize("NFKC", text.decode(errors="replace")).encode()
        found.update(names if _may_spell(plain) else names.intersection(words_of(plain)))
    return found

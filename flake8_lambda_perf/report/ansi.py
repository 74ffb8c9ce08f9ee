"""Text that is safe on a terminal, and the few colours we use there."""

from __future__ import annotations

import re
from collections.abc import Callable

Paint = Callable[[str, str], str]
"""Puts a text in a style; reports get one and need not know whether there are colours."""

BOLD = "1"
RED = "1;31"
GREEN = "32"
CYAN = "36"
DIM = "2"

CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def coloured(text: str, style: str) -> str:
    """`text` in `style`."""
    return f"\x1b[{style}m{text}\x1b[0m" if text else text


def plain(text: str, _style: str) -> str:
    """`text` as it is."""
    return text


def printable(text: str) -> str:
    """`text` on one line, with the characters that would steer a terminal written as escapes."""
    return CONTROL.sub(lambda match: escaped(match.group()), text)


def escaped(character: str) -> str:
    """The Python escape of one character."""
    return character.encode("unicode_escape").decode("ascii")

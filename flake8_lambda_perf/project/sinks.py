"""Which statements build something, judged by their words."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from flake8_lambda_perf.dataclass import dataclass

if TYPE_CHECKING:
    from flake8_lambda_perf.project.blocks import Block

CHAIN = re.compile(rb"(?<![\w\x80-\xff.])(?:[\w\x80-\xff]+\.)*\Z")
"""What a name is an attribute of."""
LONGEST_CHAIN = 200


@dataclass(frozen=True, slots=True)
class Words:
    """What the words of a file mean: calls of `sinks` build something, imports bind `packages` and `imported`."""

    sinks: frozenset[str]
    packages: frozenset[str]
    imported: frozenset[str]


def builds(block: Block, wanted: frozenset[str], meaning: Words) -> bool:
    """Tells whether a block calls what builds something when it is run, or hands it on."""
    data = block.data
    defines = block.kind != "other" or b"lambda" in data or b"def " in data
    for word in wanted:
        if defines and f"{word}(".encode() in data:
            return True
        for found in _uncalled(word).finditer(data):
            chain = CHAIN.search(data, max(0, found.start() - LONGEST_CHAIN), found.start())
            if chain is None:
                continue
            first = chain[0].partition(b".")[0].decode(errors="replace")
            if first in meaning.packages or (not first and word in meaning.imported):
                return True
    return False


@cache
def _uncalled(word: str) -> re.Pattern[bytes]:
    """Finds where a text may hand a factory on without calling it: `make = boto3.client`."""
    return re.compile(rf"{re.escape(word)}\b(?![\w(.])".encode())

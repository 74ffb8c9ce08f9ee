"""Runs tree-sitter with an end: for some broken files it needs the square of their size, or would never end."""

from __future__ import annotations

import time
from itertools import count
from typing import TYPE_CHECKING

from flake8_lambda_perf.errors import ManifestError

if TYPE_CHECKING:
    from tree_sitter import Language, Node

MAX_SECONDS = 0.5
"""Of the processor, so that a busy machine reads what an idle one does."""

EVERY = 32
"""To ask for the time at every step costs more than the steps."""

_CHUNK = 1 << 14


def tree(language: Language, data: bytes) -> Node:
    """The root of a file's tree; raises ManifestError where it takes too long."""
    import tree_sitter  # what makes a language imports it too

    end = time.thread_time() + MAX_SECONDS

    def chunk(offset: int, _point: object) -> bytes:
        return data[offset : offset + _CHUNK]

    calls = count()

    def is_over(_offset: int, _has_error: bool) -> bool:
        return next(calls) % EVERY == 0 and time.thread_time() >= end

    try:
        return tree_sitter.Parser(language).parse(chunk, progress_callback=is_over).root_node
    except ValueError as error:
        raise ManifestError("takes too long to parse; correct the file or exclude it") from error

"""JSON as some tools take it: with comments, and commas before a closing bracket."""

from __future__ import annotations

import re

from flake8_lambda_perf.errors import ManifestError
from flake8_lambda_perf.manifests.yaml_nodes import Node, parse

_STRING = r'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\Z)'
_COMMENT = re.compile(rf"{_STRING}|//[^\n]*|#[^\n]*|/\*(?:[^*]|\*(?!/))*(?:\*/|\Z)", re.DOTALL)
_COMMA = re.compile(rf"{_STRING}|,(?=\s*[}}\]])", re.DOTALL)
_VISIBLE = re.compile(r"[^\n]")


def parse_relaxed(path: str, text: str) -> Node | None:
    """The value in `text`; raises ManifestError, of the text as it is, where it is broken all the same."""
    try:
        return parse(path, text)
    except ManifestError as error:
        try:
            return parse(path, _COMMA.sub(_blank, _COMMENT.sub(_blank, text)))
        except ManifestError:
            raise error from None


def _blank(match: re.Match[str]) -> str:
    return match[0] if match[0].startswith('"') else _VISIBLE.sub(" ", match[0])

"""Facts by what stands before them, so that tests need not count columns."""

from __future__ import annotations

from flake8_lambda_perf.model import Said


def said(name: str, value: str | int | bool | None, path: str, text: str, before: str, written: str = "") -> Said:
    """The fact that stands in `text` right after `before`, which is there once."""
    assert text.count(before) == 1, before
    start = text.index(before) + len(before)
    assert text.startswith(written, start), text[start:]
    line = text.count("\n", 0, start) + 1
    return Said(name, value, path, line, start - text.rfind("\n", 0, start), written)


def told(path: str, text: str, name: str, value: str | int | bool | None, where: str, literal: str = "") -> Said:
    """A fact stated in a file where the only `where` in its text begins."""
    assert text.count(where) == 1, where
    before = text[: text.index(where)]
    return Said(name, value, path, before.count("\n") + 1, len(before) - before.rfind("\n"), literal)

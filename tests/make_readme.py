"""Writes the table of rules into README.md from the catalogue: `python tests/make_readme.py`."""

from __future__ import annotations

import sys
from pathlib import Path

from flake8_lambda_perf.rules.catalog import Entry, entries

README = Path(__file__).parents[1] / "README.md"
BEGIN = "<!-- rules: begin (written by `python tests/make_readme.py`) -->\n"
END = "<!-- rules: end -->"


def table() -> str:
    """The rules as a Markdown table, in the order of their codes."""
    head = "| code | name | what it finds | fix |\n|---|---|---|---|\n"
    return head + "".join(map(_row, entries()))


def _row(entry: Entry) -> str:
    fix = entry.fix.split(maxsplit=1)[0].strip(".,:;").lower()
    state = "" if entry.default else " (off by default)"
    return f"| [{entry.code}](docs/rules/{entry.name}.md) | {entry.name} | {entry.summary}{state} | {fix} |\n"


def current(text: str) -> str:
    """The README's text with the table as it should be."""
    before, rest = text.split(BEGIN)
    return f"{before}{BEGIN}{table()}{END}{rest.split(END, 1)[1]}"


if __name__ == "__main__":
    README.write_text(current(README.read_text("utf-8")), "utf-8", newline="\n")
    sys.exit(0)

"""Writes into README.md what the rules and the command say themselves: `python tests/make_readme.py`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from flake8_lambda_perf.rules.catalog import Entry, entries

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
EXAMPLE = ROOT / "tests" / "projects" / "orders" / "project"
FILE = "src/orders/service.py"


def table() -> str:
    """The rules as a Markdown table, in the order of their codes."""
    head = "| code | name | what it finds | fix |\n|---|---|---|---|\n"
    return head + "".join(map(_row, entries()))


def _row(entry: Entry) -> str:
    fix = entry.fix.split(maxsplit=1)[0].strip(".,:;").lower()
    state = "" if entry.default else " (off by default)"
    return f"| [{entry.code}](docs/rules/{entry.name}.md) | {entry.name} | {entry.summary}{state} | {fix} |\n"


def demo() -> str:
    """A finding in the bundled example with its trace, and what the fix changes, as the command prints them."""
    finding = _said("check", FILE, "--select", "LPF101")
    change = _said("fix", "--diff", FILE, "--select", "LPF101")
    return f"```console\n{finding}```\n\n```diff\n{change}```\n"


def _said(*words: str) -> str:
    """Standard output of the command, with the line that asks for it where it is for a terminal."""
    environment = {**os.environ, "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-m", "flake8_lambda_perf", *words, "--no-cache"]
    done = subprocess.run(command, cwd=EXAMPLE, env=environment, capture_output=True, encoding="utf-8", check=False)
    if done.returncode != 1:
        raise SystemExit(f"{' '.join(words)} found nothing in the bundled example:\n{done.stdout}{done.stderr}")
    return f"$ lambda-perf {' '.join(words)}\n{done.stdout}" if words[0] == "check" else done.stdout


def filled(text: str, name: str, content: str) -> str:
    """The text with `content` between the markers of `name`."""
    begin = f"<!-- {name}: begin (written by `python tests/make_readme.py`) -->\n"
    end = f"<!-- {name}: end -->"
    before, rest = text.split(begin)
    return f"{before}{begin}{content}{end}{rest.split(end, 1)[1]}"


def current(text: str) -> str:
    """The README's text with everything generated as it should be."""
    return filled(filled(text, "rules", table()), "demo", demo())


if __name__ == "__main__":
    README.write_text(current(README.read_text("utf-8")), "utf-8", newline="\n")

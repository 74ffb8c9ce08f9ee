"""`lambda-perf explain`: what a rule looks for, offline."""

from __future__ import annotations

from textwrap import indent
from typing import TYPE_CHECKING

from flake8_lambda_perf.cli.terminal import write
from flake8_lambda_perf.errors import UsageError
from flake8_lambda_perf.rules.catalog import entries, resolve

if TYPE_CHECKING:
    from argparse import Namespace

    from flake8_lambda_perf.rules.catalog import Entry


def run(options: Namespace) -> int:
    """Explain the rules that are named, in the order of their codes."""
    if not options.rules:
        raise UsageError("name a rule, as in lambda-perf explain LPF101; lambda-perf rules lists them")
    codes = frozenset[str]().union(*(resolve(selector) for selector in options.rules))
    pages = [page(entry) for entry in entries() if entry.code in codes]
    write("\n\n".join(pages))
    return 0


def page(entry: Entry) -> str:
    """The documentation of one rule."""
    state = "on" if entry.default else f"off; enable = [{entry.code!r}] in the settings switches it on"
    parts = [
        f"{entry.code} {entry.name}\n\n{entry.summary}",
        f"Why: {entry.why}",
        f"Cost: {entry.cost}",
        f"Slow:\n{indent(entry.slow.rstrip(), '    ')}",
        f"Fast:\n{indent(entry.fast.rstrip(), '    ')}",
        f"Fix: {entry.fix}",
        f"By default: {state}",
    ]
    return "\n\n".join(parts) + "\n"

"""`lambda-perf rules`: the list of rules."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from flake8_lambda_perf.cli.terminal import write
from flake8_lambda_perf.rules.catalog import entries

if TYPE_CHECKING:
    from argparse import Namespace


def run(options: Namespace) -> int:
    """List the rules in the order of their codes."""
    write(as_json() if options.format == "json" else as_text())
    return 0


def as_json() -> str:
    """The list for programs."""
    rules = [
        {"code": each.code, "name": each.name, "default": each.default, "summary": each.summary} for each in entries()
    ]
    return json.dumps({"version": 1, "rules": rules}, indent=2) + "\n"


def as_text() -> str:
    """One line a rule; what is off by default says so."""
    listed = list(entries())
    width = max((len(each.name) for each in listed), default=0)
    rows = [f"{each.code}  {each.name:<{width}}  {'' if each.default else '(off) '}{each.summary}" for each in listed]
    return "".join(f"{row}\n" for row in rows)

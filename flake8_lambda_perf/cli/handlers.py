"""`lambda-perf handlers`: the entry points that are found, and why."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from flake8_lambda_perf.cli.jobs import jobs_of
from flake8_lambda_perf.cli.paths import merge, relocate
from flake8_lambda_perf.cli.terminal import (
    notice_no_handlers,
    notice_problems,
    sign_of_life,
    write,
)
from flake8_lambda_perf.engine import check
from flake8_lambda_perf.errors import UsageError
from flake8_lambda_perf.report.ansi import printable

if TYPE_CHECKING:
    from argparse import Namespace

    from flake8_lambda_perf.model import Handler, Run


def run(options: Namespace) -> int:
    """List the handlers of every project among the targets."""
    if "-" in options.paths:
        raise UsageError("handlers reads whole projects; name a folder instead of -")
    with sign_of_life("looking for handlers"):
        found = merge(relocate(check(job), job.root) for job in jobs_of(options, None))
    write(as_json(found) if options.format == "json" else as_text(found))
    notice_problems(found, "auto")
    notice_no_handlers(found)
    return 2 if found.problems else 0


def as_json(found: Run) -> str:
    """The list for programs; null where the deployment does not say."""
    handlers = [asdict(handler) for handler in found.handlers]
    return json.dumps({"version": 1, "handlers": handlers}, indent=2) + "\n"


def as_text(found: Run) -> str:
    """One line a handler: its place, its name, its evidence, what is known of its deployment."""
    places = [f"{printable(handler.path)}:{handler.line}" for handler in found.handlers]
    width = max(map(len, places), default=0)
    rows = [
        f"{place:<{width}}  {printable(handler.qualified_name)}  {describe(handler)}"
        for place, handler in zip(places, found.handlers, strict=True)
    ]
    return "".join(f"{row}\n" for row in rows)


def describe(handler: Handler) -> str:
    """The evidence, then the facts that are known."""
    facts = [
        handler.runtime,
        f"{handler.memory} MB" if handler.memory is not None else None,
        f"{handler.timeout} s" if handler.timeout is not None else None,
        "SnapStart" if handler.snapstart else None,
        "VPC" if handler.vpc else None,
        "provisioned concurrency" if handler.provisioned_concurrency else None,
    ]
    known = ", ".join(fact for fact in facts if fact)
    evidence = f"{handler.confidence} by {printable(handler.evidence)}"
    return f"{evidence} ({known})" if known else evidence

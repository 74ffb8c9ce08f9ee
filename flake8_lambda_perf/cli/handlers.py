"""`lambda-perf handlers`: the entry points that are found, and why."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from flake8_lambda_perf import engine
from flake8_lambda_perf.cli.jobs import jobs_of
from flake8_lambda_perf.cli.paths import merge, relocate
from flake8_lambda_perf.cli.terminal import (
    notice_no_handlers,
    notice_problems,
    notice_unread,
    sign_of_life,
    write,
)
from flake8_lambda_perf.errors import UsageError
from flake8_lambda_perf.report.ansi import printable
from flake8_lambda_perf.report.footer import count

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator

    from flake8_lambda_perf.model import Handler, Run

COLUMNS = ("where", "handler", "evidence", "runtime", "memory", "timeout", "invoked by", "settings")
WIDEST = 60
"""A cell beyond it moves the rest of its row only."""

WORDS = {
    "SnapStart": "snapstart",
    "VPC": "vpc",
    "provisioned concurrency": "provisioned_concurrency",
    "EFS": "efs",
    "web adapter": "web_adapter",
    "concurrent requests": "concurrent",
}


def run(options: Namespace) -> int:
    """List the handlers of every project among the targets."""
    if "-" in options.paths:
        raise UsageError("handlers reads whole projects; name a folder instead of -")
    with sign_of_life("looking for handlers"):
        found = merge(relocate(engine.handlers(job), job.root) for job in jobs_of(options, None))
    write(as_json(found) if options.format == "json" else as_table(found))
    notice_problems(found, "auto")
    notice_unread(found)
    notice_no_handlers(found)
    return 2 if found.problems else 0


def as_json(found: Run) -> str:
    """The list for programs, every fact with its place; null where the deployment does not say."""
    handlers = [asdict(handler) for handler in found.handlers]
    unresolved = [asdict(each) for each in found.unresolved]
    return json.dumps({"version": 1, "handlers": handlers, "unresolved": unresolved}, indent=2) + "\n"


def as_table(found: Run) -> str:
    """One line a handler under the names of the columns, then one for each that is declared and not found."""
    rows = [row(handler) for handler in found.handlers]
    filled = [index for index in range(len(COLUMNS)) if any(cells[index] for cells in rows)]
    table = [[cells[index] for index in filled] for cells in (COLUMNS, *rows)] if rows else []
    lines = aligned(table)
    if found.unresolved:
        lines += [""] if lines else []
        lines.append("declared, and not found:")
        lines += aligned(
            [[f"{each.path}:{each.line}", each.resource, each.handler, each.reason] for each in found.unresolved]
        )
    return "".join(f"{printable(line)}\n" for line in lines)


def row(handler: Handler) -> tuple[str, ...]:
    """The cells of a handler; empty where its deployment does not say."""
    return (
        f"{handler.path}:{handler.line}",
        handler.qualified_name,
        handler.evidence if handler.confidence == "named" else f"{handler.confidence} by {handler.evidence}",
        handler.runtime or "",
        f"{handler.memory} MB" if handler.memory is not None else "",
        f"{handler.timeout} s" if handler.timeout is not None else "",
        ", ".join(handler.triggers),
        ", ".join(settings(handler)),
    )


def settings(handler: Handler) -> Iterator[str]:
    """What else is known of a deployment, in words."""
    yield from (word for word, fact in WORDS.items() if getattr(handler, fact))
    if handler.architecture not in (None, "x86_64"):
        yield str(handler.architecture)
    if handler.package == "image":
        yield "image"
    if handler.ephemeral_storage is not None:
        yield f"{handler.ephemeral_storage} MB of storage"
    if handler.layers:
        yield count(len(handler.layers), "layer")


def aligned(table: list[list[str]]) -> list[str]:
    """The rows of a table with each column as wide as its widest cell, up to a limit."""
    widths = [min(max(map(len, column)), WIDEST) for column in zip(*table, strict=True)]
    return ["  ".join(map(str.ljust, cells, widths)).rstrip() for cells in table]

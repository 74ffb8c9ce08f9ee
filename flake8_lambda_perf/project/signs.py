"""Which files may hold a handler, judged by their text: only those are looked into for one.

Everything here errs on the side of looking closer.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flake8_lambda_perf.dataclass import dataclass
from flake8_lambda_perf.project.handlers import NAMES
from flake8_lambda_perf.project.outline import AS_IT_IS, Groups, holds, normal, of_packages

if TYPE_CHECKING:
    from collections.abc import Container

_SECOND = rb"(?:\w*(?:context|ctx|cxt)\w*|_+|unused)\b|\w+[ \t]*:[ \t]*[\"']?[\w.]*Context\b"
SIGNATURE = re.compile(
    rb"\n(?:def|async[ \t]+def)[ \t]+(\w+)[ \t]*\((?:[\s\\]*\w++[^,()]*+(?:\([^)]{0,400}+\)[^,()]*+)?+,[\s\\]*(?:%b)|"
    rb"[ \t\n]*(?:_?event|request|req|cloud_?event)\b[ \t]*(.))" % _SECOND
)
"""A function that takes a context second, or else an event first: its name, and what follows the event.

For a text that starts with a newline. Each choice begins with another letter, which is twice as fast as what may be
left out."""

ASSIGNED = re.compile(rb"\n(?:lambda_|entry_?point|main|\w*_)?handler[ \t]*[:=]")
HANDLER = dict.fromkeys((b"lambda_handler", b"handler_decorator"), AS_IT_IS)
MAKERS: Groups = (
    (("functions_framework",), {b"functions_framework": AS_IT_IS}),
    (("firebase_functions",), {b"firebase_functions": AS_IT_IS}),
    (("azure",), dict.fromkeys((b"azure.functions", b"durable_functions", b"FunctionApp"), AS_IT_IS)),
    (("serverless_wsgi", "awsgi"), {b"wsgi": (b"serverless_wsgi", b"awsgi")}),
    (("mangum",), {b"Mangum": AS_IT_IS}),
    (("chalice",), {b"halice": AS_IT_IS}),
    (("crhelper",), {b"CfnResource": AS_IT_IS}),
    (("aws_lambda_powertools",), dict.fromkeys((b"Resolver(", b"idempotent"), AS_IT_IS)),
)
"""What makes handlers."""

DECORATORS: Groups = (
    (
        ("aws_lambda_powertools",),
        {
            b"event_": (b"event_source", b"event_parser"),
            **dict.fromkeys((b"inject_lambda_context", b"log_metrics", b"batch_processor"), AS_IT_IS),
            b"utilities.validation": AS_IT_IS,
        },
    ),
    (("lambda_cache",), {b"lambda_cache": AS_IT_IS}),
    (("aws_durable_execution_sdk_python",), {b"durable_execution": AS_IT_IS}),
)
"""What does so only as a decorator: many files have none."""


@dataclass(frozen=True, slots=True)
class Signs:
    """Whether a file may hold a handler; `receivers` are functions that are handlers if nothing calls them."""

    handler: bool
    receivers: frozenset[str] = frozenset()


class Seeker:
    """Looks for signs of handlers; `packages` are those that the project imports."""

    def __init__(self, packages: Container[str]) -> None:
        self._makers = of_packages(MAKERS, packages)
        self._decorators = of_packages(DECORATORS, packages)

    def signs(self, data: bytes) -> Signs:
        """Tells what the bytes of a file say."""
        data = normal(data)
        found: list[tuple[str, bytes]] = []
        for match in SIGNATURE.finditer(data):
            name, end = match.groups()
            if end is None:
                return Signs(handler=True)
            found.append((name.decode("ascii", "replace"), end))
        if self._may_hold_handler(data):
            return Signs(handler=True)
        return Signs(any(end != b")" or name in NAMES for name, end in found), frozenset(name for name, _ in found))

    def _may_hold_handler(self, data: bytes) -> bool:
        if b"handler" in data and (holds(data, HANDLER) or ASSIGNED.search(data) is not None):
            return True
        return holds(data, self._makers) or (b"@" in data and holds(data, self._decorators))

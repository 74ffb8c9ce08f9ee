"""Which files may hold a handler, judged by their text: only those are looked into for one.

Everything here errs on the side of looking closer.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flake8_lambda_perf.dataclass import dataclass
from flake8_lambda_perf.project.handlers import NAMES
from flake8_lambda_perf.project.outline import normal

if TYPE_CHECKING:
    from collections.abc import Iterable

SIGNATURE = re.compile(
    rb"\ndef[ \t]+\w+[ \t]*\([\s\\]*\w+[^,()]*(?:\([^)]{0,400}+\)[^,()]*)?,[\s\\]*"
    rb"(?:(?:\w*(?:context|ctx|cxt)\w*|_+|unused)\b|\w+[ \t]*:[ \t]*[\"']?[\w.]*Context\b)"
)
SINGLE = re.compile(rb"\ndef[ \t]+(\w+)[ \t]*\([ \t\n]*(?:_?event|request|req|cloud_?event)\b[ \t]*(.)")
"""A function that takes an event, its name, and what follows that parameter; like `SIGNATURE` for a text that starts
with a newline and holds no `async`: the letters at the start are found four times as fast as a choice of two."""

ASYNC = re.compile(rb"\nasync[ \t]+(?=def\b)")
ASSIGNED = re.compile(rb"\n(?:lambda_|entry_?point|main|\w*_)?handler[ \t]*[:=]")
HANDLER = (b"lambda_handler", b"handler_decorator")
MAKERS = {
    "functions_framework": (b"functions_framework",),
    "firebase_functions": (b"firebase_functions",),
    "azure": (b"azure.functions", b"durable_functions", b"FunctionApp"),
    "serverless_wsgi": (b"serverless_wsgi",),
    "awsgi": (b"awsgi",),
    "mangum": (b"Mangum",),
    "chalice": (b"halice",),
    "crhelper": (b"CfnResource",),
    "aws_lambda_powertools": (b"Resolver(", b"idempotent"),
}
"""Words of what makes handlers, by the package that has it: in a project that does not import it, it is not met."""

DECORATORS = {
    "aws_lambda_powertools": (
        b"inject_lambda_context", b"event_source", b"event_parser", b"log_metrics", b"batch_processor",
        b"utilities.validation",
    ),
    "lambda_cache": (b"lambda_cache",),
    "aws_durable_execution_sdk_python": (b"durable_execution",),
}  # fmt: skip
"""The same of what does so only as a decorator: many files have none."""


@dataclass(frozen=True, slots=True)
class Signs:
    """Whether a file may hold a handler; `receivers` are functions that are handlers if nothing calls them."""

    handler: bool
    receivers: frozenset[str] = frozenset()


class Seeker:
    """Looks for signs of handlers; `packages` are those that the project imports."""

    def __init__(self, packages: Iterable[str]) -> None:
        imported = sorted(packages)
        self._makers = [word for package in imported for word in MAKERS.get(package, ())]
        self._decorators = [word for package in imported for word in DECORATORS.get(package, ())]

    def signs(self, data: bytes) -> Signs:
        """Tells what the bytes of a file say."""
        data = normal(data)
        if b"\nasync" in data:
            data = ASYNC.sub(b"\n", data)
        if self._may_hold_handler(data):
            return Signs(handler=True)
        found = [(match[1].decode("ascii", "replace"), match[2]) for match in SINGLE.finditer(data)]
        return Signs(any(end != b")" or name in NAMES for name, end in found), frozenset(name for name, _ in found))

    def _may_hold_handler(self, data: bytes) -> bool:
        if SIGNATURE.search(data) is not None:
            return True
        if b"handler" in data and (_holds_any(data, HANDLER) or ASSIGNED.search(data) is not None):
            return True
        return _holds_any(data, self._makers) or (b"@" in data and _holds_any(data, self._decorators))


def _holds_any(data: bytes, words: Iterable[bytes]) -> bool:
    for word in words:  # noqa: SIM110  # a generator takes longer than the search
        if word in data:
            return True
    return False

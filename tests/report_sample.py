"""A run made by hand: wide characters, a tab, a safe and an unsafe fix, problems."""

from __future__ import annotations

from flake8_lambda_perf.model import Edit, Finding, Fix, Handler, NewFile, Problem, Run, Span, Step
from flake8_lambda_perf.source import Lines

APP = """\
import boto3


def handler(event, context):
\tgreeting = "🙂漢"; table = boto3.resource("dynamodb").Table("orders")
    return load(
        boto3.client("s3"),
    )
"""
PATH = "src/größe 1.py"

HANDLER = Handler("OrdersFunction", PATH, 4, "handler", "template.yaml:12 OrdersFunction", "declared")


def finding(needle: str, code: str, name: str, fix: Fix | None = None, note: str = "") -> Finding:
    """A finding on `needle` in APP."""
    lines = Lines(APP)
    start = APP.index(needle)
    span = Span(start, start + len(needle))
    line, column = lines.position(span.start)
    end_line, end_column = lines.position(span.end)
    return Finding(
        code,
        name,
        f"`{needle.partition('(')[0]}` runs on every invocation of `handler`",
        PATH,
        span,
        line,
        column,
        end_line,
        end_column,
        (Step("template.yaml", 12, "OrdersFunction is src.handler"), Step(PATH, line, "handler builds it")),
        HANDLER,
        fix.safety if fix else None,
        fix,
        note,
    )


TABLE = 'boto3.resource("dynamodb")'
CLIENT = 'load(\n        boto3.client("s3"),\n    )'

HOIST = Fix(
    "Build it at module scope",
    (Edit(PATH, Span(APP.index(TABLE), APP.index(TABLE) + len(TABLE)), "dynamodb"), Edit(PATH, Span(13, 13), "x\n")),
)
MOVE = Fix(
    "Move it to a file of its own",
    (Edit(PATH, Span(0, 12), "from clients import S3"),),
    (NewFile("src/clients.py", "S3 = 1\n"),),
    "unsafe",
    "the import runs earlier",
)

RUN = Run(
    findings=(
        finding(TABLE, "LPF101", "aws-client-per-invocation", HOIST),
        finding(CLIENT, "LPF101", "aws-client-per-invocation", MOVE, "about 4.1 s"),
    ),
    problems=(
        Problem("src/old, 2.py", 3, "print without parentheses: 100% Python 2\nremove it"),
        Problem("", 0, "odd"),
    ),
    handlers=(HANDLER,),
    files=3,
    skipped=1,
    seconds=0.5,
    texts={PATH: APP},
)

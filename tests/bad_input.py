"""What the tests of bad input share: a slow program, a project around it, and the real command as a process."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

SECONDS = 60
"""No command may hang; generous, for a machine that is busy with other tests."""

SLOW = b"""\
import boto3


def handler(event, context):
    s3 = boto3.client("s3")
    return s3.list_buckets()
"""
FIXED = b"""\
import boto3

s3 = boto3.client("s3")


def handler(event, context):
    return s3.list_buckets()
"""
MESSAGE = "LPF101 `boto3.client` runs on every invocation of `handler`; build it once, at module scope"
FOUND = f"app.py:5:10: {MESSAGE}\n1 finding, 1 fixable with lambda-perf fix\n"
NOTHING = "no findings in 1 file, 0 handlers\n"
NO_HANDLERS = "lambda-perf: no handlers found in 1 file; declare them with handlers = [...]\n"
APPLIED = "1 fix applied in 1 file, 0 findings left\n"
PYTHON = f"Python {sys.version_info[0]}.{sys.version_info[1]}"


class Answer(NamedTuple):
    """What a command said: exit status, standard output, standard error."""

    status: int
    out: str
    err: str


def project(root: Path, files: Mapping[str, bytes], settings: bytes = b"") -> Path:
    """A project with settings of its own, so that nothing above it counts."""
    root.mkdir(parents=True, exist_ok=True)
    for name, data in {"lambda-perf.toml": settings, **files}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
    return root


def environment() -> dict[str, str]:
    """The environment without what colours or debugs."""
    unwanted = ("FORCE_COLOR", "NO_COLOR", "LAMBDA_PERF_DEBUG")
    return {**{key: value for key, value in os.environ.items() if key not in unwanted}, "PYTHONUTF8": "1"}


def run(folder: Path, *arguments: str, stdin: bytes = b"") -> Answer:
    """The command's answer, run in `folder`."""
    done = subprocess.run(
        [sys.executable, "-m", "flake8_lambda_perf", *arguments],
        cwd=folder,
        env=environment(),
        input=stdin,
        capture_output=True,
        timeout=SECONDS,
        check=False,
    )
    return Answer(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))


def check(folder: Path, *arguments: str, stdin: bytes = b"") -> Answer:
    """What `check` answers, one line a finding."""
    return run(folder, "check", "--format", "concise", *arguments, stdin=stdin)


def names(folder: Path) -> list[str]:
    """Everything in a folder, but the cache."""
    return sorted(path.name for path in folder.iterdir() if path.name != ".lambda_perf_cache")

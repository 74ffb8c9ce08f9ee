"""What is told of SnapStart beside what it does not work with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from marked import job

from flake8_lambda_perf import engine

if TYPE_CHECKING:
    from pathlib import Path

TEMPLATE = """\
Resources:
  Orders:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      SnapStart: {ApplyOn: PublishedVersions}
"""
OLD = "      Runtime: python3.10\n"
LARGE = "      EphemeralStorage: {Size: 1024}\n"
OLDEST = "python3.10 (python3.12 is the oldest)"
MOUNTED = "      FileSystemConfigs: [{Arn: a, LocalMountPath: /mnt/a}]\n"


@pytest.mark.parametrize(
    ("more", "conflicts"),
    [
        (OLD, OLDEST),
        (OLD + MOUNTED, "a file system and " + OLDEST),
        (
            OLD + LARGE + MOUNTED,
            "a file system, 1024 MB of ephemeral storage (512 MB is the most) and " + OLDEST,
        ),
    ],
    ids=["one", "two", "three"],
)
def test_all_that_snapstart_does_not_work_with_is_told_at_once(tmp_path: Path, more: str, conflicts: str) -> None:
    files = {"app.py": "def handler(event, context):\n    return event\n", "template.yaml": TEMPLATE + more}
    (found,) = engine.check(job(tmp_path, files, frozenset({"LPF701"}))).findings
    assert found.message == f"`Orders` has SnapStart, which does not work with {conflicts}"

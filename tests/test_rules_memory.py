"""What the cost of an import means with the memory of the function that pays for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from marked import job

from flake8_lambda_perf import engine
from flake8_lambda_perf.rules.memory import time_with

if TYPE_CHECKING:
    from pathlib import Path

APP = """\
def handler(event, context):
    import pandas

    return pandas.Timestamp(event["time"])
"""
STAR = """\
from pandas import *


def handler(event, context):
    return Timestamp(event["time"])
"""
TEMPLATE = """\
Resources:
  Orders:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Runtime: python3.13
"""


def notes(root: Path, app: str, template: str = "", code: str = "LPF201") -> list[tuple[str, str]]:
    """What is said of each finding of one rule: the message and the note."""
    files = {"app.py": app, **({"template.yaml": TEMPLATE + template} if template else {})}
    return [(f.message, f.note) for f in engine.check(job(root, files, frozenset({code}))).findings]


@pytest.mark.parametrize(
    ("memory", "words"),
    [(128, "about 4.1 s"), (1024, "about 518 ms"), (1769, "about 300 ms"), (10_240, "about 300 ms")],
)
def test_time_grows_as_memory_shrinks_below_a_whole_core(memory: int, words: str) -> None:
    assert time_with(300, memory) == words


def test_the_memory_that_a_manifest_states_is_told_with_an_import(tmp_path: Path) -> None:
    (found,) = notes(tmp_path, APP, "      MemorySize: 256\n")
    assert found[0] == "`import pandas` runs while requests to `handler` wait; move it to the top of the module"
    assert found[1] == (
        "the import was measured at 184 ms of a whole core; with 256 MB `handler` has 14% of one: about 1.3 s of the "
        "first request that gets there"
    )


def test_memory_that_is_left_out_is_the_default(tmp_path: Path) -> None:
    (found,) = notes(tmp_path, STAR, "      Timeout: 3\n", "LPF203")
    assert found[1] == (
        "the import was measured at 184 ms of a whole core; with 128 MB `handler` has 7% of one: about 2.5 s of each "
        "cold start"
    )


@pytest.mark.parametrize(
    "template",
    ["", "      MemorySize: 1769\n", "      MemorySize: !Ref Memory\n"],
    ids=["no manifest", "a whole core", "only the deployment knows it"],
)
def test_without_a_known_memory_that_slows_it_down_nothing_is_said(tmp_path: Path, template: str) -> None:
    assert [note for _, note in notes(tmp_path, APP, template)] == [""]


@pytest.mark.parametrize("module", ["json", "something"], ids=["standard library", "unknown"])
def test_an_import_of_which_no_cost_is_known_says_nothing(tmp_path: Path, module: str) -> None:
    found = notes(tmp_path, APP.replace("pandas", module), "      MemorySize: 128\n")
    assert [note for _, note in found] == [""]

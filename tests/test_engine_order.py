"""The same input gives the same bytes: sets have another order in each process, and no answer may hang on it."""

from __future__ import annotations

import importlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SETTINGS = 'handlers = ["coverage.cmdline:main"]\nenable = ["LPF113", "LPF202"]\n'


@pytest.mark.slow
def test_a_package_gives_the_same_findings_in_every_process(tmp_path: Path) -> None:
    origin = importlib.import_module("coverage").__file__
    assert origin is not None
    shutil.copytree(Path(origin).parent, tmp_path / "coverage", ignore=shutil.ignore_patterns("*.so", "__pycache__"))
    (tmp_path / "lambda-perf.toml").write_text(SETTINGS, "utf-8")
    command = [
        sys.executable,
        "-m",
        "flake8_lambda_perf",
        "check",
        "--format",
        "json",
        "--no-cache",
        "--exit-zero",
        ".",
    ]
    answers = set()
    for seed in ("1", "2"):
        chosen = {**os.environ, "PYTHONHASHSEED": seed}
        answers.add(subprocess.run(command, cwd=tmp_path, env=chosen, capture_output=True, check=True).stdout)
    assert len(answers) == 1
    assert b'"LPF202"' in answers.pop()

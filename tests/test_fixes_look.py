"""What fixes write looks as a formatter and an import sorter want it, where the file did so before."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING

from marked import fixed
from test_cases import FIXED

if TYPE_CHECKING:
    from pathlib import Path

SELECT = "E3,E4,W,F,I"


def complaints(folder: Path) -> dict[str, Counter[str]]:
    """What ruff says of each folder in `folder`, counted by code."""
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache", "--preview", "--exit-zero"]
    command += ["--config", f"src = ['{folder}/*']"]  # what lies in a project is its own
    command += ["--select", SELECT, "--output-format", "json", str(folder)]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, Counter[str]] = {}
    for message in json.loads(run.stdout):
        name = message["filename"].removeprefix(f"{folder.resolve()}/").partition("/")[0]
        found.setdefault(name, Counter())[message["code"] or "syntax"] += 1
    return found


def test_fixes_bring_no_new_complaint_of_a_formatter_or_an_import_sorter(tmp_path: Path) -> None:
    for index, case in enumerate(FIXED):
        after = fixed(case.job(tmp_path / "work" / str(index)), case.files, unsafe=True)
        for side, files in (("before", case.files), ("after", after)):
            for name, text in files.items():
                if name.endswith(".py"):
                    path = tmp_path / side / str(index) / name
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_text(text, "utf-8", newline="")
    before, after_all = complaints(tmp_path / "before"), complaints(tmp_path / "after")
    new = {
        f"{FIXED[int(index)].rule}: {FIXED[int(index)].title}": dict(more)
        for index, found in after_all.items()
        if (more := found - before.get(index, Counter()))
    }
    assert new == {}

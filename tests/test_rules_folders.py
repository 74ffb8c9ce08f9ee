"""What the folders that functions ship hold."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from flake8_lambda_perf.project.load import Project
from flake8_lambda_perf.rules.folders import Folders

if TYPE_CHECKING:
    from pathlib import Path


def written(root: Path, **sizes: int) -> Folders:
    """The folders of a project with files of these sizes, by their paths."""
    for path, size in sizes.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(b"x" * size)
    return Folders(Project(root, (), {}))


def test_the_size_of_a_folder_is_that_of_its_parts_with_all_in_them(tmp_path: Path) -> None:
    folders = written(tmp_path, **{"src/a.py": 3, "src/lib/b.so": 50, "src/lib/deep/c.bin": 7, "other/d.py": 9})
    assert folders.sizes("src/lib") == {"b.so": 50, "deep": 7}
    assert folders.sizes("src") == {"a.py": 3, "lib": 57}
    assert folders.sizes("") == {"src": 60, "other": 9}


def test_environments_and_what_is_not_there_count_nothing(tmp_path: Path) -> None:
    folders = written(tmp_path, **{"src/.venv/lib/a.py": 30, "src/node_modules/b.js": 30, "src/c.py": 1})
    assert folders.sizes("src") == {"c.py": 1}
    assert folders.sizes("nowhere") == {}


@pytest.mark.skipif(sys.platform != "linux", reason="the paths are longer than other systems allow")
def test_folders_nest_as_deep_as_paths_allow(tmp_path: Path) -> None:
    deep = "/".join(["d"] * 1_500)
    here = tmp_path
    for _ in range(3):
        here = here / "/".join(["d"] * 500)
        here.mkdir(parents=True)
    (here / "a.py").write_bytes(b"xx")
    folders = Folders(Project(tmp_path, (), {}))
    found = folders.sizes("d"), folders.sizes(deep)
    subprocess.run(["rm", "-r", tmp_path / "d"], check=True)  # pytest would go too deep when it cleans up
    assert found == ({"d": 2}, {"a.py": 2})


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    folders = written(tmp_path, **{"src/a.py": 1, "big/b.bin": 5_000})
    (tmp_path / "src" / "big").symlink_to(tmp_path / "big")
    assert folders.sizes("src")["a.py"] == 1
    assert folders.sizes("src")["big"] < 5_000

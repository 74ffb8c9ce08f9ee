"""Which distributions of a repository are installed with each other, and that a stored run knows of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from marked import job

from flake8_lambda_perf import engine
from flake8_lambda_perf.project.distributions import Distributions, metadata

if TYPE_CHECKING:
    from pathlib import Path

FILES = {
    "core/pyproject.toml": '[project]\nname = "core"\n',
    "core/core/app.py": (
        "def handler(event, context):\n    from plugin_left.entry import load\n\n    return load(event)\n"
    ),
    "core/core/__init__.py": "",
    "left/pyproject.toml": '[project]\nname = "Plugin.Left"\n',
    "left/plugin_left/__init__.py": "",
    "left/plugin_left/entry.py": "def load(event):\n    return event\n",
}
ASKED = {
    "pyproject.toml": '[project]\nname = "core"\ndependencies = ["plugin-left[all]>=1; python_version > \'3\'"]\n',
    "setup.py": "from setuptools import setup\nsetup(install_requires=['plugin-left'])\n",
    "setup.cfg": "[options]\ninstall_requires =\n    plugin_left\n",
    "requirements.txt": "requests\nplugin.left==1.0\n",
}
POETRY = "[tool.poetry.dependencies]\npython = '^3.12'\n"


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")


def is_apart(root: Path) -> bool:
    return Distributions(root).is_apart("core/core/app.py", "left/plugin_left/entry.py")


@pytest.mark.parametrize("name", ASKED)
def test_a_distribution_that_its_own_asks_for_is_not_apart(name: str, tmp_path: Path) -> None:
    write(tmp_path, FILES)
    assert is_apart(tmp_path)
    write(tmp_path, {f"core/{name}": ASKED[name]})
    assert not is_apart(tmp_path)


@pytest.mark.parametrize(
    ("wanted", "apart"),
    [
        ("plugin-left = '^1'", False),
        ("plugin_left = {path = '../left', develop = true}", False),
        ("plugin-left = {version = '^1', optional = false}", False),
        ("plugin-left = {version = '^1', optional = true}", True),
        ("plugin-right = '^1'", True),
        ("[tool.poetry.group.dev.dependencies]\nplugin-left = '^1'", True),
        ("[tool.poetry]\ndependencies = 'plugin-left'", True),
    ],
)
def test_what_poetry_installs_is_not_apart(wanted: str, apart: bool, tmp_path: Path) -> None:
    write(tmp_path, {**FILES, "core/pyproject.toml": f"{POETRY}{wanted}\n"})
    assert is_apart(tmp_path) is apart


def test_files_of_one_distribution_or_of_none_are_not_apart(tmp_path: Path) -> None:
    write(tmp_path, FILES)
    found = Distributions(tmp_path)
    assert not found.is_apart("core/core/app.py", "core/core/other.py")
    assert not found.is_apart("scripts/app.py", "left/plugin_left/entry.py")
    assert not found.is_apart("core/core/app.py", "scripts/app.py")
    assert not found.is_apart("left/plugins/own/app.py", "left/plugin_left/entry.py")


def test_the_metadata_around_files_is_told_with_its_place(tmp_path: Path) -> None:
    write(tmp_path, {"setup.cfg": "a", "core/setup.py": "b", "core/requirements.txt": "c", "other/setup.py": "d"})
    assert list(metadata(tmp_path, ["core/core/app.py", "core/app.py"])) == [
        b"/setup.cfg",
        b"a",
        b"core/setup.py",
        b"b",
        b"core/requirements.txt",
        b"c",
    ]


@pytest.mark.parametrize("name", ASKED)
def test_a_stored_run_is_made_anew_when_a_distribution_asks_for_another(name: str, tmp_path: Path) -> None:
    made = replace(job(tmp_path, FILES, frozenset({"LPF201"})), cache=tmp_path / "kept")

    def found() -> list[str]:
        return [f"{finding.path}:{finding.line} {finding.code}" for finding in engine.check(made).findings]

    assert found() == found() == []
    write(tmp_path, {f"core/{name}": ASKED[name]})
    assert found() == found() == ["core/core/app.py:2 LPF201"]
    write(tmp_path, {f"core/{name}": FILES.get(f"core/{name}", "")})
    assert found() == []

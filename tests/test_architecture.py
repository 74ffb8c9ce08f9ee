"""The shape of the package: which way imports point, how large things are, what a start may cost."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "flake8_lambda_perf"
TEMPLATES = PACKAGE / "fixes" / "templates"

MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 50
VAGUE_NAMES = frozenset({"utils", "util", "helpers", "helper", "common", "core", "manager", "misc"})

MODULES_OF_A_START = frozenset({"", "__main__", "cli", "cli.arguments", "errors", "report", "report.ansi"})
"""Our own modules that `lambda-perf --version` may import, without the package's name."""

TOO_DEAR_FOR_A_START = frozenset(
    {
        "ast", "asyncio", "dataclasses", "email", "flake8", "importlib.metadata", "inspect", "json", "libcst",
        "logging", "multiprocessing", "pathspec", "shtab", "subprocess", "tempfile", "tokenize", "tomllib", "yaml",
    }
)  # fmt: skip  # one name a line would take a screen
"""What `lambda-perf --version` must not import: each of them costs more than the answer."""


def sources() -> list[Path]:
    """Our own Python files: what templates write into a project and the example projects are not ours."""
    tests = [
        path for path in (ROOT / "tests").rglob("*.py") if "projects" not in path.relative_to(ROOT / "tests").parts
    ]
    package = [path for path in PACKAGE.rglob("*.py") if not path.is_relative_to(TEMPLATES)]
    return sorted([*package, *tests])


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def imported(*arguments: str) -> set[str]:
    """The modules a fresh interpreter imports, as `-X importtime` tells."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("COV_", "COVERAGE_"))}
    command = [sys.executable, "-X", "importtime", *arguments]
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    rows = (row.split("|") for row in run.stderr.splitlines() if row.startswith("import time:"))
    return {row[2].strip() for row in rows} - {"imported package"}


def test_imports_point_one_way() -> None:
    code = "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())"
    run = subprocess.run(
        [sys.executable, "-c", code, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr


def test_every_module_has_its_layer() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = {name.strip(" ()") for layer in contracts[0]["layers"] for name in layer.split("|")}
    present = {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert present - layers == {"__init__", "__main__"}


def test_no_file_is_too_long_to_read() -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in sources()}
    assert {path: length for path, length in lengths.items() if length >= MAX_FILE_LINES} == {}


def test_no_function_is_too_long_to_grasp() -> None:
    """Tests are left out: the whole outputs they compare make them long, not hard."""
    lengths = {
        f"{path.relative_to(ROOT)}:{function.lineno} {function.name}": (function.end_lineno or 0) - function.lineno + 1
        for path in sources()
        if path.is_relative_to(PACKAGE)
        for function in functions(path)
    }
    assert {name: length for name, length in lengths.items() if length >= MAX_FUNCTION_LINES} == {}


def test_names_say_what_a_module_knows() -> None:
    names = {part.removesuffix(".py") for path in sources() for part in path.relative_to(ROOT).parts}
    assert names & VAGUE_NAMES == set()


def test_every_ignore_of_ruff_has_its_reason_on_its_line() -> None:
    text = (ROOT / "pyproject.toml").read_text()
    section = text.split("\nignore = [")[1].split("[tool.ruff.lint.flake8-tidy-imports]")[0]
    ignores = [line for line in section.splitlines() if re.search(r'"[A-Z]+[0-9]*"', line)]
    assert [line for line in ignores if "  # " not in line] == []


@pytest.mark.parametrize("arguments", [["--version"], ["--help"]], ids=["version", "help"])
def test_a_start_imports_little(arguments: list[str]) -> None:
    ours = "flake8_lambda_perf"
    modules = imported("-m", ours, *arguments) - imported("-c", "pass")
    assert {name for name in modules if name.startswith(ours)} <= {
        f"{ours}.{name}".strip(".") for name in MODULES_OF_A_START
    }
    assert modules & TOO_DEAR_FOR_A_START == set()


def test_the_flake8_plugin_imports_no_library_until_it_runs() -> None:
    modules = imported("-c", "import flake8_lambda_perf.flake8_plugin") - imported("-c", "pass")
    assert modules & {"libcst", "yaml", "pathspec", "shtab", "flake8"} == set()


def test_the_package_itself_imports_nothing() -> None:
    assert imported("-c", "import flake8_lambda_perf") - imported("-c", "pass") == {"flake8_lambda_perf"}


def test_a_check_imports_the_readers_of_the_manifests_that_are_there(tmp_path: Path) -> None:
    def readers() -> set[str]:
        code = (
            "import sys; from flake8_lambda_perf.cli import main; main(['check', '--no-cache', sys.argv[1]]); "
            "print(*(name.rpartition('.')[2] for name in sys.modules if '_perf.manifests.' in name))"
        )
        run = subprocess.run(
            [sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=True
        )
        return set(run.stdout.splitlines()[-1].split())

    (tmp_path / "lambda-perf.toml").write_bytes(b"")
    (tmp_path / "app.py").write_bytes(b"def handler(event, context):\n    return event\n")
    assert readers() == {"deployed", "inline"}
    (tmp_path / "config.json").write_bytes(b'{"stages": {}}')
    (tmp_path / "compose.yaml").write_bytes(b"services: {}\n")
    assert readers() == {"deployed", "inline", "chalice", "decorated", "facts", "staged", "yaml_nodes"}

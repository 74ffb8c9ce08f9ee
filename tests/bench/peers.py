"""The command lines of lambda-perf and of the tools it is compared with."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.bench.measure import Command, compile_packages, environment

REPOSITORY = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent


@dataclass(frozen=True, slots=True)
class Missing:
    """A tool that is not installed beside this Python."""

    name: str


def tool(name: str) -> str | None:
    """The script `name` of this interpreter's environment."""
    for candidate in (BIN / name, BIN / f"{name}.exe"):
        if candidate.exists():
            return str(candidate)
    return None


def _command(name: str, root: Path, *arguments: str, **extra: str) -> Command | Missing:
    program = tool(name)
    if program is None:
        return Missing(name)
    return Command(name, (program, *arguments), root, extra or None)


def lambda_perf(root: Path, *arguments: str) -> Command:
    """`lambda-perf check --format concise` over the folder, cold unless told otherwise."""
    options = arguments or ("--no-cache",)
    found = _command("lambda-perf", root, "check", "--format", "concise", "--exit-zero", *options, ".")
    if isinstance(found, Missing):
        raise SystemExit("lambda-perf is not installed beside this Python; run `pip install .` first")
    return found


def ruff(root: Path, cache: Path | None = None) -> Command | Missing:
    """The rules of ruff that are nearest: imports outside the top level, wildcard imports."""
    caching = ("--cache-dir", str(cache)) if cache else ("--no-cache",)
    options = ("--isolated", "--exit-zero", "--quiet", "--output-format", "concise", "--select", "PLC0415,F403")
    return _command("ruff", root, "check", *options, *caching, ".")


def pylint(root: Path) -> Command | Missing:
    """The same two checks of pylint."""
    options = ("-j1", "--exit-zero", "--disable=all", "--enable=C0415,W0401", "--recursive=y", "--rcfile", "/dev/null")
    return _command("pylint", root, *options, ".")


def fixit(root: Path) -> Command | Missing:
    """Three equivalent rules as Fixit lint rules."""
    return _command(
        "fixit", root, "--quiet", "--rules", "tests.bench.fixit_rules", "lint", ".", PYTHONPATH=str(REPOSITORY)
    )


def pythaw(root: Path) -> Command | Missing:
    """The linter of the same field."""
    return _command("pythaw", root, "check", ".")


def flake8(program: Path, root: Path, *files: str) -> Command:
    """flake8 with its default checks in one process."""
    return Command("flake8", (str(program), "-j1", "--isolated", "--exit-zero", *(files or (".",))), root)


def flake8_pair(folder: Path) -> tuple[Path, Path] | None:
    """Two fresh environments, both with flake8, one with our package as well; None when pip cannot make them."""
    programs = []
    for name, packages in (("without", ["flake8"]), ("with", ["flake8", str(REPOSITORY)])):
        home = folder / f"flake8-{name}"
        python = home / "bin" / "python"
        steps = ([sys.executable, "-m", "venv", str(home)], [str(python), "-m", "pip", "install", "-q", *packages])
        for step in steps:
            if subprocess.run(step, env=environment(), capture_output=True, check=False).returncode:
                return None
        compile_packages(python)
        programs.append(home / "bin" / "flake8")
    return programs[0], programs[1]

"""The programs the oracle runs: the cases of tests/cases written to folders, and their entry points."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path

from flake8_lambda_perf.rules.catalog import entries

CASES = Path(__file__).resolve().parents[1] / "cases"
HEADING = re.compile(r"^## (.+)$", re.MULTILINE)
FENCE = re.compile(r"^```\w+ (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MARK = re.compile(r"[ \t]*# LPF\d{3}(?: LPF\d{3})*$", re.MULTILINE)
SECOND = re.compile(r"^_*(context|ctx|_|c|ctxt)$")


@dataclass(frozen=True, slots=True)
class Program:
    """A program as text."""

    name: str
    files: tuple[tuple[str, str], ...]

    def write(self, folder: Path) -> Path:
        """Writes the files below `folder`."""
        for path, text in self.files:
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, "utf-8")
        return folder


def pages() -> list[Path]:
    """The cases that a run can judge: what is paid per request, not what a snapshot or a deployment does to it."""
    others = {entry.name for entry in entries() if entry.family in ("snapshot", "deployment")}
    return [page for page in sorted(CASES.glob("*-*.md")) if page.stem not in others]


def from_cases(*, marked: bool = False) -> list[Program]:
    """Every case as a program, without the marks of the expected findings unless they are asked for."""
    programs = []
    for page in pages():
        parts = HEADING.split(page.read_text("utf-8"))[1:]
        for heading, body in zip(parts[::2], parts[1::2], strict=True):
            before = body.partition("\n### ")[0]
            files = tuple((path, text if marked else MARK.sub("", text)) for path, text in FENCE.findall(before))
            programs.append(Program(f"{page.stem}: {heading}", files))
    return programs


def likely_handlers(program: Program) -> tuple[tuple[str, str], ...]:
    """Functions with the signature of a handler, for running where no engine answers."""
    return tuple(
        (path, node.name)
        for path, text in program.files
        if path.endswith(".py") and not path.startswith("tests/")
        for node in ast.parse(text).body
        if isinstance(node, ast.FunctionDef) and is_likely(node)
    )


def is_likely(node: ast.FunctionDef) -> bool:
    """Whether the parameters of `node` look like (event, context)."""
    names = [argument.arg for argument in node.args.args]
    return len(names) == 2 and bool(SECOND.match(names[1]))

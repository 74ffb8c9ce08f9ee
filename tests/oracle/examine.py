"""What the engine says of a program, before and after its fix, beside what the program does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flake8_lambda_perf import config, engine
from oracle import judge, run
from oracle.judge import Claim

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from flake8_lambda_perf.model import Finding, Handler
    from oracle.run import Record

Entries = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Examined:
    """A program with the claims about it, and the same fixed."""

    name: str
    claims: tuple[Claim, ...]
    left: tuple[Claim, ...]
    safe: tuple[Claim, ...]
    problems: tuple[str, ...]
    before: Record
    after: Record

    def wrong(self) -> list[str]:
        """Claims that the run contradicts; a program that fails on its way proves nothing."""
        return [] if self.before.errors else judge.wrong(self.claims, self.before)

    def broken(self) -> list[str]:
        """What the fix has changed that it must not, and what it has not changed."""
        imports = [claim for claim in self.safe if claim.code in judge.IMPORTS]
        left = [claim for claim in self.left if claim.code in judge.IMPORTS]
        paid = len(judge.repeated_imports(self.after)) - len(judge.repeated_imports(self.before))
        still = [f"{paid + len(imports)} imports still run"] if paid + len(imports) > len(left) else []
        routed = any(claim.code in judge.LOADED_BY_ROUTING for claim in self.safe)
        return [
            *self.problems,
            *([] if routed else judge.differences(self.before, self.after)),
            *judge.still_paid(self.safe, self.left, self.before, self.after),
            *still,
        ]


def job_of(folder: Path) -> engine.Job:
    """A job for a whole project with its own settings."""
    settings = config.load(folder, None, isolated=False)
    return engine.Job(root=folder, settings=settings, targets=(folder,), overlay={}, cache=None)


def claim_of(finding: Finding) -> Claim:
    """A finding as the oracle needs it."""
    end = (finding.trace[-1].path, finding.trace[-1].line) if finding.trace else None
    columns = (finding.column - 1, finding.end_column - 1) if finding.line == finding.end_line else None
    return Claim(finding.code, finding.path, finding.line, finding.end_line, end, columns)


def entry_of(handler: Handler) -> tuple[str, str]:
    """The file of a handler and the name to be called in it."""
    parts = handler.path.removesuffix(".py").removesuffix("/__init__").split("/")
    name = handler.qualified_name.replace(":", ".")
    for start in range(len(parts)):
        name = name.removeprefix(".".join(parts[start:]) + ".")
    return handler.path, name


@dataclass(frozen=True, slots=True)
class Answer:
    """What the engine says of one folder; the fixed program stands in `fixed`."""

    claims: tuple[Claim, ...]
    left: tuple[Claim, ...]
    safe: tuple[Claim, ...]
    problems: tuple[str, ...]
    handlers: Entries
    folder: Path
    fixed: Path


def answer(folder: Path, fixed: Path) -> Answer:
    """Checks the program in `folder`, and writes it fixed to `fixed`."""
    checked = engine.check(job_of(folder))
    repair = engine.fix(job_of(folder), unsafe=False)
    for path in folder.rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            target = fixed / path.relative_to(folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    for change in repair.changes:
        (fixed / change.path).parent.mkdir(parents=True, exist_ok=True)
        (fixed / change.path).write_bytes(change.after)
    return Answer(
        claims=tuple(claim_of(finding) for finding in checked.findings),
        left=tuple(claim_of(finding) for finding in repair.run.findings),
        safe=tuple(claim_of(finding) for finding in checked.findings if finding.fixable == "safe"),
        problems=tuple(problem.message for problem in (*checked.problems, *repair.run.problems)),
        handlers=tuple(dict.fromkeys(entry_of(handler) for handler in checked.handlers)),
        folder=folder,
        fixed=fixed,
    )


def examine(folders: Sequence[tuple[str, Path, Entries]], scratch: Path) -> list[Examined]:
    """Asks the engine about each program, then runs all of them and their fixed forms in one process."""
    answers = [answer(folder, scratch / f"fixed-{index}") for index, (_, folder, _) in enumerate(folders)]
    jobs = []
    for (_, folder, known), said in zip(folders, answers, strict=True):
        entries = tuple(dict.fromkeys((*known, *said.handlers)))
        jobs += [run.Job(folder, entries), run.Job(said.fixed, entries, folder)]
    records = run.run(jobs)
    return [
        Examined(name, said.claims, said.left, said.safe, said.problems, before, after)
        for (name, _, _), said, before, after in zip(folders, answers, records[::2], records[1::2], strict=True)
    ]


def report(examined: Iterable[Examined]) -> tuple[list[str], list[str]]:
    """All wrong findings, and all fixes that break something, each with its program."""
    known = list(examined)
    wrong = [f"{one.name}: {text}" for one in known for text in one.wrong()]
    broken = [f"{one.name}: {text}" for one in known for text in one.broken()]
    return wrong, broken

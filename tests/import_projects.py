"""Small projects analysed for their imports, for the tests of verdicts and of fixes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_lambda_perf import config
from flake8_lambda_perf.discover import walk
from flake8_lambda_perf.manifests import read
from flake8_lambda_perf.project.analysis import Analysis
from flake8_lambda_perf.project.imports import Imports
from flake8_lambda_perf.project.load import Project

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from flake8_lambda_perf.model import Fix


def imports_of(root: Path, files: Mapping[str, str]) -> Imports:
    """Writes a project and judges its imports; CRLF stays CRLF."""
    for name, text in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8", newline="")
    settings = config.load(root, None, isolated=False)
    tree = walk(root, settings)
    deployed, problems = read(root, tree.manifests)
    assert problems == ()
    project = Project(root, tree.python, {})
    return Imports(Analysis(project, deployed, settings))


def verdicts(imports: Imports) -> list[str]:
    """Gives `file:line code` of every import in a function of deployed code."""
    found = []
    for site in imports.sites():
        verdict = imports.judge(site)
        if verdict is not None:
            found.append(f"{site.function.module.path}:{site.node.lineno} {verdict.code}")
    return found


def applied(files: Mapping[str, str], fix: Fix) -> dict[str, str]:
    """Gives the files after a fix, whose edits must not overlap."""
    after = dict(files)
    end = {path: len(text) for path, text in files.items()}
    for edit in sorted(fix.edits, reverse=True):
        assert edit.span.start <= edit.span.end <= end[edit.path], "edits overlap"
        end[edit.path] = edit.span.start
        text = after[edit.path]
        after[edit.path] = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return after

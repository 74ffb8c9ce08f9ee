"""Reads Pulumi programs in Python: the Lambda functions that their resources declare."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flake8_lambda_perf.manifests.deployed import Deployed, Reading, gathered
from flake8_lambda_perf.manifests.python import pulumi_facts as facts
from flake8_lambda_perf.manifests.python.apps import Apps, Found
from flake8_lambda_perf.manifests.python.facts import deployed_of
from flake8_lambda_perf.manifests.python.files import Files, Sources
from flake8_lambda_perf.manifests.python.pulumi_code import code_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_IMPORT = re.compile(rb"(?:^|\n)[ \t]*(?:from|import)[ \t][^\n#]*\bpulumi_aws\b")
_DECLARES = re.compile(r"\bpulumi_aws(?:_native)?\.lambda_\.Function\(\)$")


def claims(data: bytes) -> bool:
    """Whether a Python file may declare functions, or call what does."""
    return b"lambda_" in data and _IMPORT.search(data) is not None


def read(root: Path, sources: Sources, paths: Iterable[str]) -> Reading:
    """The Python functions of the programs that the files belong to."""
    files = Files(root, sources)
    apps = Apps(files, ("Pulumi.yaml", "Pulumi.yml"), "__main__", _DECLARES, ("resource_name", 0))
    apps.run(paths)
    for call in apps.calls:
        facts.note(apps, call)
    deployed, problems = gathered(apps.found.values(), _function)
    return tuple(dict.fromkeys(deployed)), (*problems, *apps.problems, *files.problems)


def _function(found: Found) -> Deployed | None:
    said = list(facts.said_of(found))
    runtime = next((fact.value for fact in said if fact.name == "runtime"), None)
    if runtime is not None and not str(runtime).startswith("python"):
        return None
    code = code_of(found)
    return None if code is None else deployed_of(found, code, said)

"""Reads CDK apps in Python: the functions that their constructs declare, through the app's own classes and helpers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from flake8_lambda_perf.manifests.deployed import Deployed, Reading, gathered
from flake8_lambda_perf.manifests.python import cdk_triggers as triggers
from flake8_lambda_perf.manifests.python.apps import Apps, Found
from flake8_lambda_perf.manifests.python.cdk_code import code_of
from flake8_lambda_perf.manifests.python.cdk_facts import said_of
from flake8_lambda_perf.manifests.python.facts import deployed_of
from flake8_lambda_perf.manifests.python.files import Files, Sources

_IMPORT = re.compile(rb"(?:^|\n)[ \t]*(?:from|import)[ \t][^\n#]*\baws_cdk\b")
_CONSTRUCT = re.compile(rb"(?:Function|FunctionProps|App|Stack|Construct)\(")
_DECLARES = re.compile(
    r"\b(?:aws_lambda\w*|experimental|triggers)\."
    r"(?:Function|FunctionProps|PythonFunction|DockerImageFunction|SingletonFunction|EdgeFunction|TriggerFunction"
    r"|CfnFunction)\(\)$"
)


def claims(data: bytes) -> bool:
    """Whether a Python file may declare functions, or hold the app that they belong to."""
    return _CONSTRUCT.search(data) is not None and _IMPORT.search(data) is not None


def read(root: Path, sources: Sources, paths: Iterable[str]) -> Reading:
    """The Python functions of the apps that the files belong to."""
    files = Files(root, sources)
    apps = Apps(files, ("cdk.json",), "App(", _DECLARES, ("id", 1))
    apps.run(paths)
    for call in apps.calls:
        triggers.note(apps, call)
    deployed, problems = gathered(apps.found.values(), _function)
    return tuple(dict.fromkeys(deployed)), (*problems, *apps.problems, *files.problems)


def _function(found: Found) -> Deployed | None:
    said = list(said_of(found))
    runtime = next((fact.value for fact in said if fact.name == "runtime"), None)
    if runtime is not None and not str(runtime).startswith("python"):
        return None
    code = code_of(found)
    return None if code is None else deployed_of(found, code, said)

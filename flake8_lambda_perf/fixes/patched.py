"""Whether tests of the project replace what a module builds: built at import, it would be there before them.

Test files are only searched, not parsed: one that is broken is no concern of a fix.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from flake8_lambda_perf.discover import is_test

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_lambda_perf.knowledge import Client
    from flake8_lambda_perf.project.analysis import Analysis
    from flake8_lambda_perf.project.facts import Module
    from flake8_lambda_perf.project.load import Project

PATCHES = re.compile(rb"\b(patch|mock_\w+|monkeypatch|mocker|setattr|Stubber|vcr|responses|moto)\b")
IMPORT = re.compile(
    rb"^[ \t]*(?:from[ \t]+(?P<dots>\.*)(?P<base>[\w.]*)[ \t]+import[ \t]+(?:\((?P<many>[^)]*)\)|(?P<some>[^\r\n#]*))"
    rb"|import[ \t]+(?P<plain>[^\r\n#]*))",
    re.MULTILINE,
)
NEEDS_KEY = re.compile(r"google\.(cloud|ai)\.|googleapiclient\.|firebase_admin\.|openai\.|anthropic\.")
"""Libraries whose clients look for credentials when they are made, and raise where there are none."""
QUOTED = re.compile(rb"[\"']([A-Za-z_]\w*(?:\.\w+)+)[\"']")


def reason_in_tests(analysis: Analysis, module: Module, client: Client) -> str:
    """Says which test replaces the client's library and loads the module; empty where none does."""
    package = client.name.partition(".")[0]
    named = [re.escape(name.encode()) for name in sorted(_names_for(module, package))]
    words = [rb"\b(%b|mock_aws|moto)\b" % re.escape(package.encode())]
    words += [rb"[\"'](?:[\w.]*\.)?(?:%b)(?:\.[\w.]*)?[\"']" % b"|".join(named)] if named else []
    library = re.compile(b"|".join(words))
    for path in _tests_of(analysis.project, module.path):
        data = analysis.project.data(path) or b""
        if PATCHES.search(data) and library.search(data):
            return f"{path} replaces what it builds while a test runs"
    return ""


def _names_for(module: Module, package: str) -> set[str]:
    """Lists the names a module imports from a library: a test may replace these."""
    return {
        name
        for name, bindings in module.scope.bindings.items()
        for binding in bindings
        if binding.origin is not None and (binding.origin.module or "").partition(".")[0] == package
    }


def reason_of_import(analysis: Analysis, module: Module, client: Client) -> str:
    """Says which test would need a region or credentials for its import of the module; empty where none does."""
    wanted = "an AWS region" if client.code == "LPF101" else "credentials" if NEEDS_KEY.match(client.name) else ""
    if not wanted or any(analysis.client_of(site) is not None for site in module.calls):
        return ""
    tests = _tests_of(analysis.project, module.path)
    return f"{tests[0]} imports the module, which then needs {wanted}" if tests else ""


@lru_cache(maxsize=64)  # many fixes of a file ask the same
def _tests_of(project: Project, module: str) -> tuple[str, ...]:
    """Lists the test files that load a file, directly or not."""
    namers = _namers(project)
    seen = {module}
    stack = [module]
    while stack:
        fresh = namers.get(stack.pop(), set()) - seen
        seen |= fresh
        stack.extend(fresh)
    return tuple(sorted(path for path in seen if path != module and is_test(path)))


@lru_cache(maxsize=1)
def _namers(project: Project) -> dict[str, set[str]]:
    """Maps each file that tests load, directly or not, to those that name it."""
    found: dict[str, set[str]] = {}
    stack = [path for path in project.files if is_test(path)]
    seen = set(stack)
    while stack:
        here = stack.pop()
        for path in _imports(project, here):
            found.setdefault(path, set()).add(here)
            if path not in seen:
                seen.add(path)
                stack.append(path)
    return found


def _imports(project: Project, path: str) -> Iterator[str]:
    """Lists the project's files that a file names in imports, a test also in strings (`patch("app.boto3")`)."""
    data = project.data(path) or b""
    for match in IMPORT.finditer(data):
        if match["plain"]:
            names = [(name.split(b" as ")[0].strip(), 0) for name in match["plain"].split(b",")]
        else:
            level, base = len(match["dots"] or b""), match["base"] or b""
            parts = (match["many"] or match["some"] or b"").split(b",")
            last = [name.split(b" as ")[0].strip() for name in parts]
            names = [(base, level), *((base + b"." + name if base else name, level) for name in last)]
        for name, level in names:
            yield from _located(project, name, path, level)
    if is_test(path):
        for match in QUOTED.finditer(data):
            parts = match[1].split(b".")
            for end in range(1, len(parts)):
                yield from _located(project, b".".join(parts[:end]), path, 0)


def _located(project: Project, name: bytes, path: str, level: int) -> Iterator[str]:
    text = name.decode("ascii", "replace")
    if all(part.isidentifier() for part in text.split(".")) or (not text and level):
        found = project.locate(text, path, level)
        if found is not None:
            yield found

"""Whether tests of the project replace what a module builds: built at import, it would be there before them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flake8_lambda_perf.discover import is_test
from flake8_lambda_perf.project.analysis import Analysis, imported_paths

if TYPE_CHECKING:
    from flake8_lambda_perf.knowledge import Client
    from flake8_lambda_perf.project.facts import Module

PATCHES = re.compile(rb"\b(patch|mock_[a-z0-9_]+|monkeypatch|mocker|setattr|Stubber|vcr|responses|moto)\b")


def reason_in_tests(analysis: Analysis, module: Module, client: Client) -> str:
    """Says which test replaces the client's library while it loads the module, empty where none does."""
    package = client.name.partition(".")[0].encode()
    for path in analysis.project.files:
        if not is_test(path):
            continue
        data = analysis.project.data(path)
        if data is None or not PATCHES.search(data) or not _names(package).search(data):
            continue
        if module.path in _loaded(analysis, path):
            return f"{path} replaces what it builds while a test runs"
    return ""


def _names(package: bytes) -> re.Pattern[bytes]:
    return re.compile(rb"\b(" + re.escape(package) + rb"|mock_aws|moto)\b")


def _loaded(analysis: Analysis, path: str) -> set[str]:
    """Lists the project's files that a test file loads, directly or not."""
    found: set[str] = set()
    stack = [path]
    while stack:
        module = analysis.project.module(stack.pop())
        if module is None:
            continue
        for node, _place in module.imports:
            for target in imported_paths(analysis.project, node, module.path):
                if target not in found:
                    found.add(target)
                    stack.append(target)
    return found

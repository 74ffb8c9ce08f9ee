"""What keeps bytecode out of the package of a Serverless service: `package.patterns`, and `slim` of its plugin.

The plugin serverless-python-requirements deletes bytecode where `slim` is on (its lib/slim.js and lib/pip.js):
by patterns of its own, to which `slimPatterns` are added unless `slimPatternsAppendDefaults` is off.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from flake8_lambda_perf.manifests.variables import Located
from flake8_lambda_perf.manifests.yaml_nodes import Mapping, Scalar, Sequence, stated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_lambda_perf.manifests.variables import Variables
    from flake8_lambda_perf.model import Said

PLUGIN = "serverless-python-requirements"
MAX_PATTERNS = 1_000

_BYTECODE = re.compile(r"(?:\./)?(?:\*\*/)+(?:\**__pycache__(?:/?\*{1,2}(?:/\*{1,2})?|/)?|\*\.py(?:c|o|\[c\|?[od]+\]))")
"""Patterns of the bytecode in all folders."""


def said_of(variables: Variables, own: Located | None) -> Iterator[Said]:
    """What a service keeps out of the package of one function.

    `package.exclude` and `package.slim` are bytecode, `package.no_deploy` a requirement, `package.patterns` any files.
    """
    yield from _patterns(variables, own)
    if _uses_plugin(variables):
        yield from _slim(variables)
        for item in _items(variables, variables.top, "custom", "pythonRequirements", "noDeploy"):
            yield stated("package.no_deploy", variables.text(item), item.path, item.node)


def _patterns(variables: Variables, own: Located | None) -> Iterator[Said]:
    """The first pattern of all, and the last that decides about bytecode, where it leaves it out.

    Those of a function follow those of the service.
    """
    last: Said | None = None
    first: Said | None = None
    for where in (variables.top, own):
        for key in ("exclude", "include", "patterns"):
            for item in _items(variables, where, "package", key):
                text = variables.text(item) or ""
                first = first or stated("package.patterns", text, item.path, item.node)
                leaves_out = key == "exclude" or text.startswith("!")
                if _BYTECODE.fullmatch(text.removeprefix("!")):
                    last = stated("package.exclude", text, item.path, item.node) if leaves_out else None
    yield from (fact for fact in (first, last) if fact is not None)


def _slim(variables: Variables) -> Iterator[Said]:
    """The option of the plugin that deletes the bytecode of packages."""
    if variables.text(variables.top, "custom", "pythonRequirements", "slim") != "true":
        return
    if variables.text(variables.top, "custom", "pythonRequirements", "slimPatternsAppendDefaults") == "false":
        for item in _items(variables, variables.top, "custom", "pythonRequirements", "slimPatterns"):
            text = variables.text(item) or ""
            if _BYTECODE.fullmatch(text):
                yield stated("package.slim", text, item.path, item.node)
                return
        return
    written = variables.written(variables.top, "custom", "pythonRequirements", "slim")
    if written is not None and isinstance(written.node, Scalar):
        yield stated("package.slim", "slim", written.path, written.node)


def _uses_plugin(variables: Variables) -> bool:
    """Whether the service names the plugin; its options say nothing otherwise."""
    plugins = variables.member(variables.top, "plugins")
    if plugins is not None and isinstance(plugins.node, Mapping):
        plugins = variables.member(plugins, "modules")
    if plugins is None or not isinstance(plugins.node, Sequence):
        return False
    return any(variables.text(Located(plugins.path, item)) == PLUGIN for item in plugins.node.items)


def _items(variables: Variables, where: Located | None, *keys: str) -> Iterator[Located]:
    found = variables.member(where, *keys)
    if found is not None and isinstance(found.node, Sequence):
        yield from (Located(found.path, item) for item in islice(found.node.items, MAX_PATTERNS))

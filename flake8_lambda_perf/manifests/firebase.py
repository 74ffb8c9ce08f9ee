"""Reads `firebase.json`; what is deployed the decorators of firebase_functions say, and their options."""

from __future__ import annotations

import ast
import posixpath
import re
from typing import TYPE_CHECKING

from flake8_lambda_perf.manifests.decorated import Code, Decorated
from flake8_lambda_perf.manifests.deployed import MAX_FUNCTIONS, Deployed, Reading, Written, code_folder
from flake8_lambda_perf.manifests.facts import Facts
from flake8_lambda_perf.manifests.relaxed_json import parse_relaxed
from flake8_lambda_perf.manifests.yaml_nodes import Mapping, Sequence, stated, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flake8_lambda_perf.model import Said

FOLDER = "functions"
MODULE = "main"
"""What is loaded where `firebase.json` does not say: https://firebase.google.com/docs/functions/organize-functions."""

GLOBAL = "firebase_functions.options.set_global_options"

_OPTIONS = {"memory": "memory", "timeout_sec": "timeout", "concurrency": "concurrent", "cpu": "cpu"}
_SIZE = re.compile(r"(MB|GB)_([0-9]{1,4})")


def claims(_name: str, text: str) -> bool:
    """Whether the file configures functions."""
    return '"functions"' in text


def read(root: Path, path: str, text: str) -> Reading:
    """The functions of every codebase in Python."""
    top = parse_relaxed(path, text)
    functions = top.get("functions") if isinstance(top, Mapping) else None
    bases = functions.items[:MAX_FUNCTIONS] if isinstance(functions, Sequence) else (functions,)
    found = [each for base in bases if isinstance(base, Mapping) for each in _codebase(root, path, base)]
    return tuple(found[:MAX_FUNCTIONS]), ()


def _codebase(root: Path, path: str, base: Mapping) -> Iterator[Deployed]:
    source, runtime = base.get("source"), base.get("runtime")
    language = text_of(runtime)
    if language is not None and not language.startswith("python"):
        return
    written = Written(text_of(source) or FOLDER, "source", path, base.line if source is None else source.line)
    folder = code_folder(root, posixpath.dirname(path), written)
    if folder is None:
        return
    code = Code(root, folder, MODULE, "firebase_functions")
    calls = list(code.calls(GLOBAL))
    about = [] if runtime is None else [stated("runtime", language, path, runtime)]
    common = [fact for call in calls for fact in _options(code, MODULE, call)]
    for function in code.functions():
        own = [fact for _, node in function.decorators for fact in _options(code, function.module, node)]
        yield _function(path, base, folder, function, Facts([*function.said, *about, *own, *common]), not calls)


def _function(
    path: str, base: Mapping, folder: str, function: Decorated, facts: Facts, defaults_hold: bool
) -> Deployed:
    is_default = defaults_hold and not any(fact.name in ("cpu", "concurrent") for fact in facts.said)
    return Deployed(
        handler=function.handler,
        root=folder,
        manifest=path,
        line=base.line,
        resource=function.name,
        runtime=facts.word("runtime"),
        memory=facts.number("memory"),
        timeout=facts.number("timeout"),
        snapstart=False,
        vpc=False,
        provisioned_concurrency=False,
        platform="google",
        # By default an instance has one CPU and serves 80 requests at once.
        concurrent=True if is_default else _first(facts, "concurrent"),
        said=facts.said,
    )


def _options(code: Code, module: str, node: ast.expr) -> Iterator[Said]:
    """What the options of a decorator, or of all functions, state."""
    for keyword in node.keywords if isinstance(node, ast.Call) else ():
        name = _OPTIONS.get(keyword.arg or "")
        if name is not None:
            number = _number(keyword.value)
            value = None if number is None else number > 1 if name == "concurrent" else number
            yield code.said(module, name, value, keyword.value)


def _number(node: ast.expr) -> int | None:
    match node:
        case ast.Constant(value=int() as number):
            return number
        case ast.Attribute(attr=attr) if size := _SIZE.fullmatch(attr):
            return int(size[2]) * (1024 if size[1] == "GB" else 1)
    return None


def _first(facts: Facts, name: str) -> bool | None:
    """A flag of a function, which replaces the one for all."""
    value = next((fact.value for fact in facts.said if fact.name == name), None)
    return value if isinstance(value, bool) else None

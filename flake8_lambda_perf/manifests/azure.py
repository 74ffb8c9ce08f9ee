"""Reads the files of Azure Functions: `function.json` of the first programming model, `host.json` of both."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from flake8_lambda_perf.errors import ManifestError
from flake8_lambda_perf.manifests.decorated import Code
from flake8_lambda_perf.manifests.deployed import (
    MAX_FUNCTIONS,
    Deployed,
    Reading,
    Written,
    check_text,
    is_python,
    place,
    read_text,
)
from flake8_lambda_perf.manifests.facts import Facts
from flake8_lambda_perf.manifests.intrinsics import at
from flake8_lambda_perf.manifests.relaxed_json import parse_relaxed
from flake8_lambda_perf.manifests.yaml_nodes import Mapping, Sequence, is_null, stated, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flake8_lambda_perf.model import Said


HOST = "host.json"
MODULE = "function_app"
"""Of the second programming model: https://learn.microsoft.com/azure/azure-functions/functions-reference-python."""

SERVED = frozenset({"azure.functions.AsgiFunctionApp()", "azure.functions.WsgiFunctionApp()"})

_TRIGGERS = {
    "httptrigger": "http",
    "timertrigger": "timer",
    "queuetrigger": "queue",
    "blobtrigger": "blob",
    "cosmosdbtrigger": "cosmosdb",
    "eventgridtrigger": "eventgrid",
    "eventhubtrigger": "eventhub",
    "servicebustrigger": "servicebus",
    "kafkatrigger": "kafka",
    "rabbitmqtrigger": "mq",
}
_SPAN = re.compile(r"(?:([0-9]{1,3})\.)?([0-9]{1,2}):([0-9]{2}):([0-9]{2})")


def claims(name: str, text: str) -> bool:
    """Whether the file describes a function, or the host of functions."""
    return (name == "function.json" and '"bindings"' in text) or (name == HOST and '"version"' in text)


def read(root: Path, path: str, text: str) -> Reading:
    """The function of a `function.json`, or those that decorators make in the module beside a `host.json`."""
    top = parse_relaxed(path, text)
    if not isinstance(top, Mapping):
        return (), ()
    found = _decorated(root, path, top) if posixpath.basename(path) == HOST else _described(root, path, top)
    return tuple(found), ()


def _described(root: Path, path: str, top: Mapping) -> Iterator[Deployed]:
    """The function whose folder holds its description."""
    bindings = top.get("bindings")
    folder = posixpath.dirname(path)
    if not isinstance(bindings, Sequence) or not folder or text_of(top.get("disabled")) == "true":
        return
    above = posixpath.dirname(folder)
    node = top.get("scriptFile")
    script = Written(text_of(node) or "__init__.py", "scriptFile", path, top.line if node is None else node.line)
    if not script.text.endswith(".py"):
        return
    file = place(root, folder, script).removesuffix(".py").removesuffix("/__init__")
    module = file.removeprefix(f"{above}/") if above else file
    facts = Facts([*_invoked_by(path, bindings), *_of_host(root, posixpath.join(above, HOST))])
    name = posixpath.basename(folder)
    deployed = _deployed(f"{module}.{text_of(top.get('entryPoint')) or 'main'}", above, path, top.line, name, facts)
    if is_python(root, deployed):
        yield deployed


def _decorated(root: Path, path: str, top: Mapping) -> Iterator[Deployed]:
    """The functions that decorators make, and the application that is served whole."""
    folder = posixpath.dirname(path)
    common = tuple(_stated(path, top))
    code = Code(root, folder, MODULE, "azure")
    for function in code.functions()[:MAX_FUNCTIONS]:
        facts = Facts([*function.said, *common])
        yield _deployed(function.handler, folder, path, top.line, function.name, facts)
    for name in code.objects(SERVED):
        yield _deployed(f"{MODULE}.{name}", folder, path, top.line, name, Facts(common))


def _deployed(handler: str, root: str, path: str, line: int, resource: str, facts: Facts) -> Deployed:
    return Deployed(
        handler=handler,
        root=root,
        manifest=path,
        line=line,
        resource=resource,
        runtime=None,
        memory=None,
        timeout=facts.number("timeout"),
        snapstart=False,
        vpc=False,
        provisioned_concurrency=False,
        platform="azure",
        # A worker runs the requests of all functions in five threads or more; a setting of the deployed app limits it:
        # https://learn.microsoft.com/azure/azure-functions/python-scale-performance-reference.
        concurrent=None if any(fact.name == "concurrent" for fact in facts.said) else True,
        said=facts.said,
    )


def _invoked_by(path: str, bindings: Sequence) -> Iterator[Said]:
    for binding in bindings.items[:MAX_FUNCTIONS]:
        node = binding.get("type") if isinstance(binding, Mapping) else None
        kind = (text_of(node) or "").lower()
        if node is not None and kind.endswith("trigger"):
            yield stated("trigger", _TRIGGERS.get(kind, "other"), path, node)


def _of_host(root: Path, path: str) -> Iterator[Said]:
    """What the host of a function says; nothing where it cannot be read, which its own reading tells."""
    try:
        text = read_text(root, path)
        if text is None:
            return
        check_text(text)
        top = parse_relaxed(path, text)
    except ManifestError:
        return
    if isinstance(top, Mapping):
        yield from _stated(path, top)


def _stated(path: str, top: Mapping) -> Iterator[Said]:
    """What a host says of all its functions: how long they may run, and whether it takes one request at a time."""
    yield from _timeout(path, top)
    node = at(top, "extensions", "http", "maxConcurrentRequests")
    if node is not None and text_of(node) == "1":
        yield stated("concurrent", None, path, node)


def _timeout(path: str, top: Mapping) -> Iterator[Said]:
    node = top.get("functionTimeout")
    if node is None or is_null(node):
        return
    span = _SPAN.fullmatch(text_of(node) or "")
    days, hours, minutes, seconds = (int(part or 0) for part in span.groups()) if span is not None else (0, 0, 0, 0)
    total = ((days * 24 + hours) * 60 + minutes) * 60 + seconds
    yield stated("timeout", total if span is not None else None, path, node)

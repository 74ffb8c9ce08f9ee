"""Reads functions that settings name by `handler:` beside a Python `runtime:`, as SST and its likes do."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from flake8_lambda_perf.errors import ManifestError
from flake8_lambda_perf.manifests.deployed import (
    MAX_FUNCTIONS,
    Deployed,
    Reading,
    Written,
    above,
    code_folder,
    gathered,
    is_file,
    is_python,
    module_file,
)
from flake8_lambda_perf.manifests.facts import Facts
from flake8_lambda_perf.manifests.sam_facts import MAX_VARIABLES
from flake8_lambda_perf.manifests.yaml_nodes import Mapping as Block
from flake8_lambda_perf.manifests.yaml_nodes import Node, Scalar, Sequence, parse, stated

if TYPE_CHECKING:
    from flake8_lambda_perf.model import Said

FOLDERS = ("codeUri", "code", "srcPath", "entry")
"""Settings that name the folder of a function's code."""

SERVICES = ("serverless.yml", "serverless.yaml", "serverless.json")

_RUNTIME = re.compile(r"""runtime["']?\s*:\s*["']?python3""")
_OTHERS = re.compile(r"(?:serverless|zappa)[\w.-]*\.(?:ya?ml|json)|.*\.tf\.json")
_HANDLER = re.compile(r"[\w./-]+\.\w+")
_AMOUNT = re.compile(r"([0-9]{1,6})(?: ?(?:MB|seconds?))?")


def claims(name: str, text: str) -> bool:
    """Whether the file holds such settings, and is of no kind that is read otherwise."""
    if _OTHERS.fullmatch(name) or "AWS::" in text:
        return False
    return "handler" in text and _RUNTIME.search(text) is not None


def read(root: Path, path: str, text: str) -> Reading:
    """The Python functions of the settings; those below a service of the Serverless Framework are its own."""
    if any(is_file(root, posixpath.join(folder, name)) for folder in above(path) for name in SERVICES):
        return (), ()
    return gathered(_functions(parse(path, text)), lambda function: _function(root, path, *function))


def _functions(top: Node | None) -> Iterator[tuple[str, Block]]:
    """The blocks that name a handler and a runtime, each with the word that stands before it."""
    pending: list[tuple[str, Node]] = [] if top is None else [("", top)]
    seen: set[Node] = set()
    count = 0
    while pending:
        name, node = pending.pop()
        if node in seen:
            continue
        seen.add(node)
        if isinstance(node, Sequence):
            pending += [(name, item) for item in reversed(node.items)]
        elif isinstance(node, Block):
            if _word(node.get("handler")) and _word(node.get("runtime")).startswith("python"):
                count += 1
                if count > MAX_FUNCTIONS:
                    raise ManifestError(
                        f"declares more than {MAX_FUNCTIONS} functions; split the file or exclude it", node.line
                    )
                yield name, node
            pending += [(entry.key.text, entry.value) for entry in reversed(node.entries.values())]


def _function(root: Path, path: str, name: str, block: Block) -> Deployed | None:
    handler = _word(block.get("handler")).removeprefix("./")
    if not _HANDLER.fullmatch(handler):
        return None
    known = Facts(_said(path, block))
    deployed = Deployed(
        handler=handler,
        root=_code_root(root, path, block, handler),
        manifest=path,
        line=block.entries["handler"].key.line,
        resource=_word(block.get("name")) or _word(block.get("functionName")) or name or handler,
        runtime=known.word("runtime"),
        memory=known.number("memory"),
        timeout=known.number("timeout"),
        snapstart=False,
        vpc=block.get("vpc") is not None,
        provisioned_concurrency=False,
        architecture=known.word("architecture"),
        said=known.said,
    )
    return deployed if is_python(root, deployed) else None


def _code_root(root: Path, path: str, block: Block, handler: str) -> str | None:
    """The folder that the settings name, else the nearest one above them from which the handler leads to a file."""
    for key in FOLDERS:
        node = block.get(key)
        if node is not None and _word(node):
            return code_folder(root, posixpath.dirname(path), Written(_word(node), key, path, node.line))
    return next((folder for folder in above(path) if module_file(root, folder, handler) is not None), None)


def _said(path: str, block: Block) -> Iterator[Said]:
    yield stated("runtime", _word(block.get("runtime")), path, block.entries["runtime"].value)
    for name, keys in (("memory", ("memorySize", "memory")), ("timeout", ("timeout",))):
        node = next((node for key in keys if (node := block.get(key)) is not None), None)
        amount = _AMOUNT.fullmatch(_word(node))
        # Where it is left out, a default counts that is not Lambda's: that of whatever reads the settings.
        fact = stated(name, int(amount[1]) if amount is not None else None, path, node or block)
        yield fact if amount is not None and amount[0] == amount[1] else replace(fact, text="")
    node = block.get("architecture")
    if isinstance(node, Scalar):
        yield stated("architecture", node.text, path, node)
    variables = block.get("environment")
    if isinstance(variables, Block):
        for key, entry in list(variables.entries.items())[:MAX_VARIABLES]:
            value = entry.value.text if isinstance(entry.value, Scalar) else None
            yield stated(f"environment.{key}", value, path, entry.value)


def _word(node: Node | None) -> str:
    return node.text if isinstance(node, Scalar) and node.tag is None else ""

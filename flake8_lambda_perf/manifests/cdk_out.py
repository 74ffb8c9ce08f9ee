"""Reads what the CDK synthesised: the templates in `cdk.out`, whose assets are copies of the project's folders."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from flake8_lambda_perf.errors import ManifestError
from flake8_lambda_perf.manifests import sam
from flake8_lambda_perf.manifests.deployed import (
    Deployed,
    LocatedError,
    Reading,
    check_text,
    is_inside,
    join,
    module_file,
    read_text,
)
from flake8_lambda_perf.manifests.intrinsics import at
from flake8_lambda_perf.manifests.yaml_nodes import Node, Scalar, parse
from flake8_lambda_perf.model import Problem

MAX_COMPARED = 200
"""Files of an asset that are compared where several folders hold its handler."""

MAX_SIZE = 1_000_000


def read(root: Path, paths: Iterable[str], known: Collection[str]) -> Reading:
    """The Python functions of synthesised templates; `known` are the project's Python files."""
    deployed: list[Deployed] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            text = read_text(root, path) or ""
            if not sam.claims(path, text):
                continue
            check_text(text)
            found, failed = sam.read(root, path, text)
        except LocatedError as error:
            problems.append(error.problem())
        except ManifestError as error:
            problems.append(Problem(path, error.line, str(error)))
        else:
            top = parse(path, text)
            deployed += (_mapped(root, at(top, "Resources", each.resource), each, known) for each in found)
            problems += failed
    return tuple(deployed), tuple(problems)


def _mapped(root: Path, resource: Node | None, deployed: Deployed, known: Collection[str]) -> Deployed:
    """The same function with its code in the project, its construct's name, and nothing that an edit could change."""
    said = tuple(replace(fact, text="") for fact in deployed.said)
    name = _word(at(resource, "Metadata", "aws:cdk:path")).removesuffix("/Resource") or deployed.resource
    code = deployed.root if deployed.inline is not None else _source(root, resource, deployed, known)
    return replace(deployed, root=code, resource=name, said=said)


def _source(root: Path, resource: Node | None, deployed: Deployed, known: Collection[str]) -> str | None:
    """The folder of the project that the function's asset is a copy of, None where none or several are."""
    written = _word(at(resource, "Metadata", "aws:asset:path"))
    own = root.as_posix() + "/"
    asset = join("", written[len(own) :]) if written.startswith(own) else None
    if asset is None and written:
        asset = join(posixpath.dirname(deployed.manifest), written)
    file = None if asset is None else module_file(root, asset, deployed.handler)
    if asset is None or file is None:
        return None
    if file in known:
        return asset  # not copied: the path is that of the source
    module = posixpath.relpath(file, asset or ".")
    folders = [folder for path in known if (folder := _above(path, module)) is not None]
    same = [folder for folder in folders if _is_equal(root, file, posixpath.join(folder, module))]
    if len(same) > 1:
        same = _nearest(root, asset, same)
    return same[0] if len(same) == 1 else None


def _above(path: str, module: str) -> str | None:
    if path == module:
        return ""
    return path.removesuffix(f"/{module}") if path.endswith(f"/{module}") else None


def _nearest(root: Path, asset: str, folders: list[str]) -> list[str]:
    """Those of the folders that hold the most files of the asset."""
    files = list(_files(root, asset))
    scores = {
        folder: sum(_is_equal(root, posixpath.join(asset, file), posixpath.join(folder, file)) for file in files)
        for folder in folders
    }
    best = max(scores.values())
    return [folder for folder in folders if scores[folder] == best]


def _files(root: Path, asset: str) -> Iterator[str]:
    """The first Python files of an asset, in the order of their names."""
    pending = [""]
    left = MAX_COMPARED
    while pending:
        folder = pending.pop()
        try:
            entries = sorted((root / asset / folder).iterdir())
        except OSError:
            continue
        for entry in entries:
            left -= 1
            if left < 0:
                return
            path = posixpath.join(folder, entry.name)
            if entry.is_dir() and not entry.is_symlink():
                pending.append(path)
            elif entry.name.endswith(".py"):
                yield path


def _is_equal(root: Path, one: str, other: str) -> bool:
    return _data(root, one) == _data(root, other) is not None


def _data(root: Path, path: str) -> bytes | None:
    try:
        if not is_inside(root, path) or (root / path).stat().st_size > MAX_SIZE:
            return None
        return (root / path).read_bytes()
    except OSError:
        return None


def _word(node: Node | None) -> str:
    return node.text if isinstance(node, Scalar) else ""

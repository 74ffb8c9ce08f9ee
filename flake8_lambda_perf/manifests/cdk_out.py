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
from flake8_lambda_perf.manifests.yaml_nodes import Entry, Mapping, Node, Scalar, parse, text_of
from flake8_lambda_perf.model import Problem

MAX_COMPARED = 200
"""Files of an asset that are compared where several folders hold its handler."""

MAX_SIZE = 1_000_000

ASSET_PATH, ASSET_PROPERTY, ASSET_DOCKERFILE = "aws:asset:path", "aws:asset:property", "aws:asset:dockerfile-path"


def read(root: Path, paths: Iterable[str], known: Collection[str]) -> Reading:
    """The Python functions of synthesised templates; `known` are the project's Python files."""
    sources = _Sources(root, known)
    deployed: list[Deployed] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            text = read_text(root, path) or ""
            if not sam.claims(text):
                continue
            check_text(text)
            top = _unpackaged(root, path, parse(path, text))
            found, failed = sam.functions(root, path, text, top)
        except LocatedError as error:
            problems.append(error.problem())
        except ManifestError as error:
            problems.append(Problem(path, error.line, str(error)))
        else:
            deployed += (_mapped(sources, at(top, "Resources", each.resource), each) for each in found)
            problems += failed
    return tuple(deployed), tuple(problems)


def _unpackaged(root: Path, path: str, top: Node | None) -> Node | None:
    """The template as it was before its assets were given names in a bucket: with their folders where they are used.

    What the CDK notes of an asset: https://github.com/aws/aws-cdk/blob/main/packages/aws-cdk-lib/cx-api/lib/assets.ts
    """
    resources = at(top, "Resources")
    if not isinstance(top, Mapping) or not isinstance(resources, Mapping):
        return top
    entries = {
        name: replace(entry, value=_with_folder(root, path, entry.value)) for name, entry in resources.entries.items()
    }
    whole = replace(top.entries["Resources"], value=replace(resources, entries=entries))
    return replace(top, entries={**top.entries, "Resources": whole})


def _with_folder(root: Path, path: str, resource: Node) -> Node:
    """A resource with the folder of its asset in the property that names it; unchanged where it has none here."""
    metadata, properties = at(resource, "Metadata"), at(resource, "Properties")
    name = text_of(at(metadata, ASSET_PROPERTY))
    folder = _asset(root, path, text_of(at(metadata, ASSET_PATH)) or "")
    if folder is None or not isinstance(resource, Mapping) or not isinstance(metadata, Mapping):
        return resource
    written = _scalar(posixpath.relpath(folder or ".", posixpath.dirname(path) or "."), metadata)
    if name == "Code.ImageUri":
        dockerfile = _scalar(text_of(at(metadata, ASSET_DOCKERFILE)) or "Dockerfile", metadata)
        block, key, added = metadata, "Metadata", {"DockerContext": written, "Dockerfile": dockerfile}
    elif isinstance(properties, Mapping) and name in properties.entries:
        block, key, added = properties, "Properties", {name: written}
    else:
        return resource
    entries = {**block.entries, **{each: Entry(_scalar(each, block), value) for each, value in added.items()}}
    outer = replace(resource.entries[key], value=replace(block, entries=entries))
    return replace(resource, entries={**resource.entries, key: outer})


def _scalar(text: str, place: Mapping) -> Scalar:
    return Scalar(text, None, False, place.line, place.column)


def _asset(root: Path, path: str, written: str) -> str | None:
    """The folder of an asset: a copy beside the template, or the source itself; None outside the project."""
    own = root.as_posix() + "/"
    if written.startswith(own):
        return join("", written[len(own) :])
    return join(posixpath.dirname(path), written) if written else None


def _mapped(sources: _Sources, resource: Node | None, deployed: Deployed) -> Deployed:
    """The same function with its code in the project, its construct's name, and nothing that an edit could change."""
    code = deployed.root
    if code is not None and deployed.inline is None:
        file = module_file(sources.root, code, deployed.handler)
        code = None if file is None else sources.of(code, file)
    found = {layer: sources.of_first(layer) for layer in deployed.layers}
    said = [replace(fact, text="") for fact in deployed.said]
    said = [replace(fact, value=found[fact.value]) if fact.value in found else fact for fact in said]
    name = (text_of(at(resource, "Metadata", "aws:cdk:path")) or "").removesuffix("/Resource") or deployed.resource
    layers = tuple(folder for folder in found.values() if folder is not None)
    return replace(deployed, root=code, resource=name, said=tuple(said), layers=layers)


class _Sources:
    """Finds the folders of the project that assets are copies of."""

    def __init__(self, root: Path, known: Collection[str]) -> None:
        self.root = root
        self._known = known
        self._found: dict[tuple[str, str], str | None] = {}

    def of(self, asset: str, file: str) -> str | None:
        """The folder whose copy `asset` is and that holds the same `file`, None where none or several are."""
        if file in self._known:
            return asset  # not copied: the path is that of the source
        if (asset, file) not in self._found:
            self._found[asset, file] = self._copied(asset, file)
        return self._found[asset, file]

    def of_first(self, asset: str) -> str | None:
        """The folder whose copy `asset` is, judged by its first module."""
        first = next((file for file in _files(self.root, asset) if file.endswith(".py")), None)
        return None if first is None else self.of(asset, posixpath.join(asset, first))

    def _copied(self, asset: str, file: str) -> str | None:
        module = posixpath.relpath(file, asset or ".")
        folders = [folder for path in self._known if (folder := _above(path, module)) is not None]
        same = [folder for folder in folders if _is_equal(self.root, file, posixpath.join(folder, module))]
        if len(same) > 1:
            same = _nearest(self.root, asset, same)
        return same[0] if len(same) == 1 else None


def _above(path: str, module: str) -> str | None:
    if path == module:
        return ""
    return path.removesuffix(f"/{module}") if path.endswith(f"/{module}") else None


def _nearest(root: Path, asset: str, folders: list[str]) -> list[str]:
    """Those of the folders that hold the most files of the asset, and of these the ones with the fewest others."""
    files = list(_files(root, asset))
    names = _names(root, asset)
    scores = {
        folder: (
            sum(_is_equal(root, posixpath.join(asset, file), posixpath.join(folder, file)) for file in files),
            -len(_names(root, folder) - names),
        )
        for folder in folders
    }
    best = max(scores.values())
    return [folder for folder in folders if scores[folder] == best]


def _files(root: Path, asset: str) -> Iterator[str]:
    """The first files of an asset, in the order of their names, those of a folder before those below it."""
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
            else:
                yield path


def _names(root: Path, folder: str) -> frozenset[str]:
    try:
        return frozenset(entry.name for entry in (root / folder).iterdir())
    except OSError:
        return frozenset()


def _is_equal(root: Path, one: str, other: str) -> bool:
    return _data(root, one) == _data(root, other) is not None


def _data(root: Path, path: str) -> bytes | None:
    try:
        if not is_inside(root, path) or (root / path).stat().st_size > MAX_SIZE:
            return None
        return (root / path).read_bytes()
    except OSError:
        return None

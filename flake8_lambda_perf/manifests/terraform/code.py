"""Where the code of a function lies: through archives, objects in buckets and the packages that modules build."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from flake8_lambda_perf.manifests.deployed import (
    Written,
    archive_folder,
    code_folder,
    join,
    module_file,
)
from flake8_lambda_perf.manifests.inline import Inline, inline, pieces, substituted
from flake8_lambda_perf.manifests.terraform.data import Value
from flake8_lambda_perf.manifests.terraform.hcl_nodes import Call
from flake8_lambda_perf.manifests.terraform.settings import behind, instance_of, pointed, settings_of

if TYPE_CHECKING:
    from pathlib import Path

    from flake8_lambda_perf.manifests.terraform.hcl_nodes import Spot
    from flake8_lambda_perf.manifests.terraform.scopes import Scope
    from flake8_lambda_perf.manifests.terraform.settings import Settings
    from flake8_lambda_perf.manifests.terraform.values import Evaluation

ARCHIVES = frozenset({("data", "archive_file"), ("archive_file",)})
OBJECTS = frozenset({("aws_s3_object",), ("aws_s3_bucket_object",), ("google_storage_bucket_object",)})
_HEREDOC = re.compile(r"<<(?P<dash>-?)[ \t]*(?P<mark>\w+)[ \t]*\r?\n(?P<text>.*\n)[ \t]*(?P=mark)\s*", re.DOTALL)
PACKAGES = ("filename", "local_existing_package", "s3_key", "source_code_hash")
"""Where a function or layer names its code, the surest first."""

KEYS = frozenset({"s3_key", "source_archive_object", "object"})
"""Settings that name an object in a bucket."""

PACKED = (".zip", ".jar", ".gz", ".tgz", ".whl")

MAX_HOPS = 8
MAX_ARCHIVES = 1_000
MAX_PATHS = 20
MAX_ARGUMENTS = 30


class Sources:
    """Finds the folders of code; remembers where each module's archives are written."""

    def __init__(self, root: Path, evaluation: Evaluation) -> None:
        self.root = root
        self.evaluation = evaluation
        self._written: dict[Scope, dict[str, Settings]] = {}
        self._uploaded: dict[Scope, dict[str, Settings]] = {}
        self._given: dict[tuple[Scope, str], str | None] = {}
        self._inlined: dict[Spot, Inline | None] = {}

    def folder(self, value: Value | None, scope: Scope, key: str, handler: str = "") -> str | None:
        """The folder that the setting `key` leads to by a path, an archive or an object; None where it is not known."""
        value, scope = self._followed(value, scope, key)
        archive = self._archive(value, scope)
        if archive is not None:
            return self._archived(archive, handler)
        found = pointed(value)
        if found is not None and found[1][0] == "module":
            caller = found[0].scope
            call = instance_of(self.evaluation, caller.folder.modules.get(found[1][1]), caller, found[2])
            path = None if call is None else call.get("source_path")
            return None if path is None else self.of_path(path, caller, handler)
        if value is None or value.spot is None or not isinstance(value.data, str):
            return None
        written = Written(value.data, key, value.spot.path, value.spot.line)
        if not value.data.endswith(PACKED):
            return code_folder(self.root, scope.base, written)
        outside = join(scope.base, value.data) is None
        return None if outside or not handler else archive_folder(self.root, scope.base, written, handler)

    def layer(self, value: Value, scope: Scope) -> str | None:
        """The folder of a layer of the project; None for one that is known by its ARN alone."""
        found = pointed(value)
        if found is None or found[1][0] != "aws_lambda_layer_version":
            return None if isinstance(value.data, str) else self.folder(value, scope, "layers")
        settings = behind(self.evaluation, value)
        for name in PACKAGES if settings is not None else ():
            folder = None if settings is None else self.folder(settings.get(name), settings.env.scope, name)
            if folder is not None:
                return folder
        return None

    def inlined(self, value: Value | None, scope: Scope, key: str, handler: str) -> Inline | None:
        """The code that stands in the archive which a setting leads to; None where that is packed from files."""
        archive = self._archive(*self._followed(value, scope, key))
        module = handler.rpartition(".")[0]
        for source in () if archive is None else archive.blocks("source"):
            content = source.body.get("content")
            if content is None or source.text("filename") != f"{module}.py":
                continue
            if content.spot not in self._inlined:
                resource = f"{source.env.scope.address}archive_file:{content.spot.line}"
                self._inlined[content.spot] = heredoc(content.spot, resource, module)
            return self._inlined[content.spot]
        return None

    def _followed(self, value: Value | None, scope: Scope, key: str) -> tuple[Value | None, Scope]:
        """What an object in a bucket is made of, where a value is its key or leads to one."""
        if key in KEYS and value is not None and isinstance(value.data, str):
            uploaded = self._objects(scope).get(value.data)
            return (None if uploaded is None else uploaded.get("source")), scope
        for _ in range(MAX_HOPS):
            found = pointed(value)
            settings = None if found is None or found[1][:-1] not in OBJECTS else behind(self.evaluation, value)
            if settings is None:
                break
            value, scope = settings.get("source"), settings.env.scope
        return value, scope

    def _archive(self, value: Value | None, scope: Scope) -> Settings | None:
        """The archive that a value leads to, or is the path of."""
        found = pointed(value)
        if found is not None:
            return behind(self.evaluation, value) if found[1][:-1] in ARCHIVES else None
        if value is None or not isinstance(value.data, str):
            return None
        return self._archives(scope).get(posixpath.normpath(value.data))

    def _archived(self, archive: Settings, handler: str) -> str | None:
        """The folder whose files an archive holds at its top."""
        scope = archive.env.scope
        for key in ("source_dir", "source_file"):
            value = archive.get(key)
            if value is None:
                continue
            if not isinstance(value.data, str) or value.spot is None:
                return None
            text = value.data if key == "source_dir" else posixpath.dirname(value.data) or "."
            return code_folder(self.root, scope.base, Written(text, key, value.spot.path, value.spot.line))
        module = handler.rpartition(".")[0]
        for source in archive.blocks("source"):
            if source.text("filename") not in (f"{module}.py", f"{module}/__init__.py"):
                continue
            folder = self._copied(source, scope)
            if folder is not None and module_file(self.root, folder, handler) is not None:
                return folder
        return None

    def _copied(self, source: Settings, scope: Scope) -> str | None:
        """The folder of a file that a `source` block puts into an archive under the path that it has there."""
        content, name = source.body.get("content"), source.text("filename")
        if not isinstance(content, Call) or content.name != "file" or name is None:
            return None
        path = self.evaluation.value(content.arguments[0], source.env).data if content.arguments else None
        joined = join(scope.base, path) if isinstance(path, str) else None
        if joined is None or not f"/{joined}".endswith(f"/{name}"):
            return None
        return joined[: -len(name)].rstrip("/")

    def of_path(self, value: Value, scope: Scope, handler: str) -> str | None:
        """The folder that the `source_path` of the community's module packs: the one that holds the handler."""
        folders = list(self._paths(value, scope))
        holding = [each for each in folders if each is not None and module_file(self.root, each, handler) is not None]
        return (holding or folders or [None])[0]

    def holding(self, folder: str | None, scope: Scope, handler: str) -> str | None:
        """The folder that a package was found to be of, or one that a call gives to the module and that holds it.

        A folder that is not there is the output of a build, which says nothing of where the code is.
        """
        if folder is not None and module_file(self.root, folder, handler) is not None:
            return folder
        if (scope, handler) not in self._given:
            self._given[scope, handler] = self._find_given(scope, handler)
        given = self._given[scope, handler]
        if given is not None:
            return given
        return folder if folder is not None and (self.root / folder).is_dir() else None

    def _find_given(self, scope: Scope, handler: str) -> str | None:
        while scope.call is not None:
            body, env = scope.call
            for name in body.names()[:MAX_ARGUMENTS]:
                for text in _texts(self.evaluation.attribute(body, name, env)) if name != "source" else ():
                    joined = join(scope.base, posixpath.dirname(text) if text.endswith(".py") else text)
                    if joined is not None and module_file(self.root, joined, handler) is not None:
                        return joined
            scope = env.scope
        return None

    def _paths(self, value: Value, scope: Scope) -> Iterator[str | None]:
        data = value.data
        if isinstance(data, tuple):
            for item in data[:MAX_PATHS]:
                if not isinstance(item.data, tuple):
                    yield from self._paths(item, scope)
        elif isinstance(data, dict):
            path, prefix = data.get("path"), data.get("prefix_in_zip", Value(None)).data
            if path is not None and not isinstance(path.data, tuple | dict):
                for folder in self._paths(path, scope):
                    yield _below(folder, prefix)
        elif isinstance(data, str) and value.spot is not None:
            written = Written(data, "source_path", value.spot.path, value.spot.line)
            yield code_folder(self.root, scope.base, written)
        else:
            yield None

    def _archives(self, scope: Scope) -> dict[str, Settings]:
        """The archives of a module by the path they are written to."""
        if scope not in self._written:
            self._written[scope] = {}
            found = self._named(scope, ARCHIVES, "output_path")
            self._written[scope] = {posixpath.normpath(path): settings for path, settings in found}
        return self._written[scope]

    def _objects(self, scope: Scope) -> dict[str, Settings]:
        """The objects that a module puts into buckets, by their keys."""
        if scope not in self._uploaded:
            self._uploaded[scope] = dict(self._named(scope, OBJECTS, "key"))
        return self._uploaded[scope]

    def _named(self, scope: Scope, kinds: frozenset[tuple[str, ...]], name: str) -> Iterator[tuple[str, Settings]]:
        for names, block in scope.folder.resources.items():
            if names[:-1] in kinds:
                for instance in self.evaluation.instances(block, scope)[:MAX_ARCHIVES]:
                    settings = settings_of(self.evaluation, block, instance)
                    path = settings.text(name)
                    if path is not None:
                        yield path, settings


def heredoc(spot: Spot, resource: str, module: str) -> Inline | None:
    """The code of a `<<EOT` text, of which what Terraform puts in becomes a name; None for any other expression."""
    found = _HEREDOC.fullmatch(spot.text)
    if found is None:
        return None
    lines = found["text"].split("\n")
    indents = [len(line) - len(line.lstrip(" ")) for line in lines if line.strip()] if found["dash"] else []
    text = "\n".join(line[min(indents, default=0) :] for line in lines)
    return inline(spot.path, resource, substituted(pieces(text, spot.text, spot.offset)), module)


def _texts(value: Value) -> Iterator[str]:
    """The paths in an argument: a text, or those in a list."""
    for item in value.data[:MAX_PATHS] if isinstance(value.data, tuple) else (value,):
        path = item.data.get("path", item) if isinstance(item.data, dict) else item
        if isinstance(path.data, str):
            yield path.data


def _below(folder: str | None, prefix: object) -> str | None:
    """The folder that stands for a package's top, where `folder` is packed under `prefix`.

    Layers are packed under `python`, where Python looks for modules too.
    """
    if folder is None or prefix in (None, "", "python"):
        return folder
    if isinstance(prefix, str) and f"/{folder}".endswith(f"/{prefix.strip('/')}"):
        return folder[: -len(prefix.strip("/"))].rstrip("/")
    return None

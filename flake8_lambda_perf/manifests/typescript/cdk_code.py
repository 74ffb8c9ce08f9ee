"""Where the code of a CDK construct's function lies, in TypeScript."""

from __future__ import annotations

import posixpath
from pathlib import Path
from typing import TYPE_CHECKING

from flake8_lambda_perf.dataclass import dataclass
from flake8_lambda_perf.manifests.deployed import (
    LocatedError,
    Written,
    above,
    archive_folder,
    code_folder,
    is_file,
    join,
    module_file,
)
from flake8_lambda_perf.manifests.dockerfile import image_of
from flake8_lambda_perf.manifests.inline import MODULE, Inline, inline, pieces, substituted
from flake8_lambda_perf.manifests.typescript.facts import items_of, property_of, text_of
from flake8_lambda_perf.manifests.typescript.library import PROJECT
from flake8_lambda_perf.manifests.typescript.nodes import string_text
from flake8_lambda_perf.manifests.typescript.paths import is_folder, matches, shown
from flake8_lambda_perf.manifests.typescript.values import HOLE, NOTHING, UNKNOWN, Built, Object, Text, Value

if TYPE_CHECKING:
    from flake8_lambda_perf.model import Said

ASSETS = frozenset({"aws-lambda.Code.fromAsset", "aws-lambda.Code.asset", "aws-lambda.AssetCode"})
INLINES = frozenset({"aws-lambda.Code.fromInline", "aws-lambda.Code.inline", "aws-lambda.InlineCode"})
BUILDS = "aws-lambda.Code.fromDockerBuild"
IMAGES = frozenset(
    {"aws-lambda.DockerImageCode.fromImageAsset", "aws-lambda.Code.fromAssetImage", "aws-lambda.AssetImageCode"}
)
REGISTRIES = frozenset(
    {"aws-lambda.DockerImageCode.fromEcr", "aws-lambda.Code.fromEcrImage", "aws-lambda.EcrImageCode"}
)


@dataclass(frozen=True, slots=True)
class Code:
    """The code of a function: its handler, the folder its module is looked up from, and what its image states.

    Where its name is known in part and several modules fit, it `is_candidate`.
    """

    handler: str
    root: str | None
    is_candidate: bool = False
    inline: Inline | None = None
    is_image: bool = False
    web_adapter: bool = False
    said: tuple[Said, ...] = ()


@dataclass(frozen=True, slots=True)
class Start:
    """Where a program is started: a folder, and whether a file there says so."""

    root: Path
    folder: str
    is_marked: bool

    def base(self, text: str, manifest: str) -> str:
        """The folder from which a relative path leads to something: this one, or one above the file that names it."""
        folders = [self.folder, *above(manifest)] if self.is_marked else [*above(manifest), self.folder]
        for each in folders:
            joined = join(each, text)
            if joined is not None and (is_folder(self.root, joined) or is_file(self.root, joined)):
                return each
        return self.folder

    def folder_of(self, value: Value, key: str, handler: str | None = None) -> str | None:
        """The folder that a path names; None where it is computed, or not the project's to say."""
        if not isinstance(value, Text) or not value.is_known or not value.value:
            return None
        base, text = self._split(value)
        written = Written(text, key, value.place.script.path, value.place.position[0])
        if text.endswith(".zip") and handler is not None:
            return archive_folder(self.root, base, written, handler)
        return code_folder(self.root, base, written)

    def pattern(self, value: Value) -> str | None:
        """The path of a folder that is known in part, from the project's root."""
        if not isinstance(value, Text):
            return None
        base, text = self._split(value)
        return join(base, shown(text))

    def _split(self, value: Text) -> tuple[str, str]:
        if value.value.startswith(PROJECT):
            return "", value.value.removeprefix(PROJECT).lstrip("/") or "."
        return self.base(shown(value.value).partition("*")[0] or ".", value.place.script.path), value.value


def codes_of(start: Start, made: Built, properties: Object, resource: str) -> list[Code]:
    """The code of a declared function; several where a name is known in part, none where it is no Python."""
    if made.name == "aws-lambda-python.PythonFunction":
        return _python_function(start, properties)
    code = properties.get("code")
    if isinstance(code, Built) and code.name in IMAGES | REGISTRIES:
        return _image(start, code)
    handler = properties.get("handler")
    if not isinstance(handler, Text):
        return []
    if isinstance(code, Built) and code.name in ASSETS | {BUILDS}:
        return _asset(start, handler, code)
    uploaded = _uploaded(code)
    if uploaded is not None:
        return _in_folder(start, handler.value, uploaded, "path")
    text = code.argument(0) if isinstance(code, Built) and code.name in INLINES else NOTHING
    if isinstance(code, Object):
        text = code.get("zipFile")
    if text is not NOTHING:
        return _inline(start, handler, text, resource)
    return [Code(shown(handler.value), None)]


def _python_function(start: Start, properties: Object) -> list[Code]:
    """The code of a PythonFunction: a folder, a file in it, and a function."""
    given = [properties.get(name) for name in ("index", "handler")]
    defaults = ("index.py", "handler")
    file, name = (
        default if value is NOTHING else value.value if isinstance(value, Text) else None
        for value, default in zip(given, defaults, strict=True)
    )
    if file is None or name is None:
        return []
    return _in_folder(start, f"{file.removesuffix('.py')}.{name}", properties.get("entry"), "entry")


def _uploaded(code: Value) -> Value | None:
    """The path of an asset whose bucket a function takes its code from."""
    bucket = code.argument(0) if isinstance(code, Built) and code.name == "aws-lambda.Code.fromBucket" else None
    asset = bucket.owner if isinstance(bucket, Built) else None
    given = (
        property_of(asset.argument(2), "path") if asset is not None and asset.name == "aws-s3-assets.Asset" else None
    )
    return None if given is None else given.value


def _asset(start: Start, handler: Text, code: Built) -> list[Code]:
    if code.name != BUILDS:
        return _in_folder(start, handler.value, code.argument(0), "Code.fromAsset")
    context = start.folder_of(code.argument(0), "Code.fromDockerBuild")
    given = property_of(code.argument(1), "file")
    file = None if given is None else text_of(given.value)
    if context is not None and file is not None and module_file(start.root, context, handler.value) is None:
        beside = join(context, posixpath.dirname(file))
        if beside is not None:
            context = beside
    is_there = context is not None and module_file(start.root, context, handler.value) is not None
    return [Code(shown(handler.value), context if is_there else None)]


def _in_folder(start: Start, handler: str, folder: Value, key: str) -> list[Code]:
    """The modules that a handler may name in a folder; several are only candidates, told by their whole paths."""
    root = start.folder_of(folder, key, handler)
    if "*" not in shown(handler) and (root is not None or not isinstance(folder, Text) or folder.is_known):
        return [Code(handler, root)]
    above = start.pattern(folder)
    found = [] if above is None else matches(start.root, above, shown(handler))
    if len(found) == 1:
        return [Code(found[0][1], found[0][0])]
    candidates = [Code(f"{each}/{name}" if each else name, None, is_candidate=True) for each, name in found]
    return candidates or [Code(shown(handler), None)]


def _inline(start: Start, handler: Text, code: Value, resource: str) -> list[Code]:
    """Code that stands in the program as a text, or that it reads from a file of the project."""
    function = handler.value.rpartition(".")[2]
    while isinstance(code, Built) and code.owner is not None and code.name.endswith(".toString"):
        code = code.owner
    if isinstance(code, Built) and code.name == "fs.readFileSync":
        path = code.argument(0)
        folder = start.folder_of(path, "readFileSync")
        text = path.value if isinstance(path, Text) else ""
        known = folder is not None and text.endswith(".py")
        return [Code(f"{posixpath.basename(text)[:-3]}.{function}", folder)] if known else []
    if not isinstance(code, Text) or not handler.is_known or handler.value.rpartition(".")[0] != MODULE:
        return []
    place, text = code.place, _source_of(code)
    found = pieces(text, place.text, len(place.script.data[: place.node.start_byte].decode()))
    held = inline(place.script.path, resource, substituted(found))
    return [] if held is None else [Code(handler.value, held.root, inline=held)]


def _source_of(code: Text) -> str:
    """The code that one literal holds, with `${...}` where it holds something else; empty where several hold it."""
    node = code.place.node
    if node.type not in ("string", "template_string"):
        return ""
    text = string_text(code.place.script, node)
    if code.is_known:
        return text if text == code.value else ""
    is_whole = any(child.type == "template_substitution" for child in node.children)
    return text if is_whole and text.startswith(code.value.partition(HOLE)[0]) else ""


def _image(start: Start, code: Built) -> list[Code]:
    """What an image runs: the command that is given, else that of its Dockerfile."""
    options = code.argument(1)
    given = property_of(options, "cmd")
    commands = [] if given is None else items_of(given.value)
    command = text_of(commands[0]) if len(commands) == 1 else None
    named = property_of(options, "file")
    file = "Dockerfile" if named is None else text_of(named.value)
    context = start.folder_of(code.argument(0), "fromImageAsset") if code.name in IMAGES else None
    if context is None or file is None:
        return [] if command is None else [Code(command, None, is_image=True)]
    image = image_of(start.root, posixpath.normpath(posixpath.join(context, file)), context, command)
    if image is None:
        return [] if command is None else [Code(command, context, is_image=True)]
    if image.handler is None:
        return []
    return [Code(image.handler, image.root, is_image=True, web_adapter=image.web_adapter, said=image.said)]


def layer_of(start: Start, layer: Value) -> str | None:
    """The folder of a layer, the address of one of another account; None where it is computed."""
    if not isinstance(layer, Built):
        return None
    if layer.name == "aws-lambda.LayerVersion.fromLayerVersionArn":
        return text_of(layer.argument(2))
    properties = layer.argument(2)
    given = property_of(properties, "entry") or property_of(properties, "code")
    path = UNKNOWN if given is None else given.value
    if isinstance(path, Built) and path.name in ASSETS:
        path = path.argument(0)
    try:
        return start.folder_of(path, "layer")
    except LocatedError:
        return None

"""Where the code of a Lambda function of a Pulumi program lies."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from flake8_lambda_perf.manifests.deployed import LocatedError
from flake8_lambda_perf.manifests.dockerfile import image_of
from flake8_lambda_perf.manifests.python.code import Code, folder_of, inline_code
from flake8_lambda_perf.manifests.python.facts import only_text
from flake8_lambda_perf.manifests.python.values import Outside, Table, Value, text_of

if TYPE_CHECKING:
    from flake8_lambda_perf.manifests.python.apps import Found
    from flake8_lambda_perf.manifests.python.program import Program


def arguments(made: Outside) -> Table:
    """The arguments of a resource, which may be given as one object."""
    found = Table()
    for arg in made.args[1:2]:
        found.take(arg.named if isinstance(arg, Outside) else arg)
    found.take(made.named)
    return found


def block(value: Value | None) -> Table:
    """The settings of a block: a dictionary, or an object such as `FunctionEnvironmentArgs(variables=...)`."""
    if isinstance(value, Outside):
        return value.named
    return value if isinstance(value, Table) else Table()


def code_of(found: Found) -> Code | None:
    """The code of a declared function; None where its handler is computed."""
    named = arguments(found.made)
    if named.get("image_uri") is not None:
        return _image(named, found.program)
    handler = text_of(named.get("handler"))
    return None if handler is None else _archived(named.get("code"), found, handler)


def _archived(code: Value | None, found: Found, handler: str) -> Code:
    """The code in an archive: a folder, or entries each of which is a folder, a file or a text."""
    if not isinstance(code, Outside):
        return Code(handler, None)
    if code.name.endswith(".FileArchive()"):
        return Code(handler, folder_of(found.program, code.argument("path", 0), "FileArchive", handler))
    assets = code.argument("assets", 0)
    if not code.name.endswith(".AssetArchive()") or not isinstance(assets, Table):
        return Code(handler, None)
    module, _, name = handler.replace("/", ".").rpartition(".")
    file = f"{module.replace('.', '/')}.py"
    for key, asset in assets.entries.items():
        at = posixpath.normpath(str(key))
        if isinstance(asset, Outside) and (at in (".", file) or file.startswith(f"{at}/")):
            return _asset(asset, at, found, handler) or Code(f"{module}.{name}", None)
    return Code(handler, None)


def _asset(asset: Outside, at: str, found: Found, handler: str) -> Code | None:
    """The code in one entry of an archive, which lies there at the path `at`."""
    path, name = asset.argument("path", 0), handler.rpartition(".")[2]
    if asset.name.endswith(".StringAsset()"):
        return inline_code(asset.argument("text", 0), found.resource, handler)
    folder = folder_of(found.program, path, "path", handler)
    if asset.name.endswith(".FileAsset()"):
        file = posixpath.basename(text_of(path) or "")
        return Code(f"{file.removesuffix('.py')}.{name}", folder) if file.endswith(".py") else None
    if folder is None or at == ".":
        return Code(handler, folder)
    below = handler.replace("/", ".").removeprefix(f"{at.replace('/', '.')}.")
    return Code(below, folder)


def _image(named: Table, program: Program) -> Code | None:
    """What an image runs: the command that is given, else that of the Dockerfile it is built from."""
    config = block(named.get("image_config"))
    command = only_text(config.get("commands")) or only_text(config.get("command"))
    image = named.get("image_uri")
    built = image.owner if isinstance(image, Outside) else None
    context = folder_of(program, None if built is None else built.argument("context"), "context")
    if context is None:
        return None if command is None else Code(command, None, is_image=True)
    known = image_of(program.files.root, posixpath.join(context, "Dockerfile"), context, command)
    if known is None or known.handler is None:
        return None if command is None else Code(command, context, is_image=True)
    return Code(known.handler, known.root, is_image=True, web_adapter=known.web_adapter, said=known.said)


def layer_of(program: Program, layer: Value) -> str | None:
    """The folder of a layer, the address of another; None where it is computed."""
    if not isinstance(layer, Outside):
        return text_of(layer)
    made = layer if layer.is_made else layer.owner
    code = made.argument("code") if made is not None and made.name.endswith(".LayerVersion()") else None
    if not isinstance(code, Outside) or not code.name.endswith(".FileArchive()"):
        return None
    try:
        return folder_of(program, code.argument("path", 0), "layer")
    except LocatedError:
        return None

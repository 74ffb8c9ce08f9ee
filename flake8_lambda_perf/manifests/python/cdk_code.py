"""Where the code of a CDK construct's function lies."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from flake8_lambda_perf.manifests.deployed import LocatedError, join, module_file
from flake8_lambda_perf.manifests.dockerfile import image_of
from flake8_lambda_perf.manifests.python.code import Code, folder_of, inline_code, read_file
from flake8_lambda_perf.manifests.python.facts import only_text
from flake8_lambda_perf.manifests.python.values import Outside, Plain, Value, options, text_of

if TYPE_CHECKING:
    from flake8_lambda_perf.manifests.python.apps import Found
    from flake8_lambda_perf.manifests.python.program import Program

_ASSETS = re.compile(r"Code\.(?:from_)?asset\(\)$|\.AssetCode\(\)$")
_INLINES = re.compile(r"Code\.(?:from_)?inline\(\)$|\.InlineCode\(\)$")
_IMAGES = re.compile(r"Code\.(?:from_)?(?:image_asset|asset_image)\(\)$|\.AssetImageCode\(\)$")


def code_of(found: Found) -> Code | None:
    """The code of a declared function; None where it is no Python that a handler can be named of."""
    made, program = found.made, found.program
    if made.name.endswith(".PythonFunction()"):
        return _python_function(made, program)
    codes = [_of(option, found) for option in options(made.argument("code") or Plain(None, made.place))]
    if codes and all(code is not None and code == codes[0] for code in codes):
        return codes[0]
    handler = text_of(made.argument("handler"))
    return None if handler is None else Code(handler, None)


def _of(code: Value, found: Found) -> Code | None:
    """The code that one construct of `aws_lambda.Code` names."""
    made, program = found.made, found.program
    name = code.name if isinstance(code, Outside) else ""
    if isinstance(code, Outside) and _IMAGES.search(name):
        return _image(code, program)
    handler = text_of(made.argument("handler"))
    if handler is None:
        return None
    if isinstance(code, Outside) and _ASSETS.search(name):
        return Code(handler, folder_of(program, code.argument("path", 0), "Code.from_asset", handler))
    if isinstance(code, Outside) and name.endswith("Code.from_docker_build()"):
        return Code(handler, _built(code, program, handler))
    text = code.argument("code", 0) if isinstance(code, Outside) and _INLINES.search(name) else None
    if isinstance(code, Outside) and name.endswith(".CodeProperty()"):
        text = code.argument("zip_file")
    inline = inline_code(text, found.resource, handler) or read_file(program, text, handler)
    return inline or Code(handler, None)


def _python_function(made: Outside, program: Program) -> Code | None:
    """The code of a PythonFunction: a folder, a file in it, and a function."""
    entry, index = made.argument("entry"), made.argument("index")
    file = "index.py" if index is None else text_of(index)
    handler = made.argument("handler")
    name = "handler" if handler is None else text_of(handler)
    if file is None or name is None:
        return None
    return Code(f"{file.removesuffix('.py')}.{name}", folder_of(program, entry, "entry"))


def _built(code: Outside, program: Program, handler: str) -> str | None:
    """The folder of code that a container puts together: the one it is built from, or that of its Dockerfile."""
    context, file = folder_of(program, code.argument("path", 0), "path"), text_of(code.argument("file"))
    if context is None or file is None or module_file(program.files.root, context, handler) is not None:
        return context
    folder = join(context, posixpath.dirname(file))
    return folder if folder is not None and module_file(program.files.root, folder, handler) is not None else context


def _image(code: Outside, program: Program) -> Code | None:
    """What an image runs: the command that is given, else that of its Dockerfile."""
    command = only_text(code.argument("cmd"))
    context = folder_of(program, code.argument("directory", 0), "directory")
    named = code.argument("file")
    file = "Dockerfile" if named is None else text_of(named)
    if context is None or file is None:
        return None if command is None else Code(command, None, is_image=True)
    image = image_of(program.files.root, posixpath.normpath(posixpath.join(context, file)), context, command)
    if image is None:
        return None if command is None else Code(command, context, is_image=True)
    if image.handler is None:
        return None
    return Code(image.handler, image.root, None, is_image=True, web_adapter=image.web_adapter, said=image.said)


def layer_of(program: Program, layer: Value) -> str | None:
    """The folder of a layer, the address of one of another account; None where it is computed."""
    if not isinstance(layer, Outside):
        return None
    if layer.name.endswith(".from_layer_version_arn()"):
        return text_of(layer.argument("layer_version_arn", 2))
    path = layer.argument("entry") if layer.name.endswith("PythonLayerVersion()") else None
    code = layer.argument("code")
    if isinstance(code, Outside) and _ASSETS.search(code.name):
        path = code.argument("path", 0)
    try:
        return folder_of(program, path, "layer")
    except LocatedError:
        return None

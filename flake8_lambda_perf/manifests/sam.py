"""Reads AWS SAM and CloudFormation templates."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flake8_lambda_perf.errors import ManifestError
from flake8_lambda_perf.manifests import sam_facts, sam_nested, sam_triggers
from flake8_lambda_perf.manifests.deployed import (
    MAX_FUNCTIONS,
    Deployed,
    Reading,
    Written,
    archive_folder,
    code_folder,
    gathered,
    is_python,
)
from flake8_lambda_perf.manifests.facts import Facts
from flake8_lambda_perf.manifests.for_each import unrolled
from flake8_lambda_perf.manifests.inline import MODULE
from flake8_lambda_perf.manifests.intrinsics import Given, Template, at, inline_code
from flake8_lambda_perf.manifests.package import Code, of_image
from flake8_lambda_perf.manifests.sam_facts import (
    Properties,
    has_web_adapter,
    is_concurrent,
    layer_folders,
    said_of,
)
from flake8_lambda_perf.manifests.yaml_nodes import Entry, Mapping, Node, Sequence

if TYPE_CHECKING:
    from pathlib import Path

    from flake8_lambda_perf.model import Said

SAM_FUNCTION = "AWS::Serverless::Function"
FUNCTION_TYPES = frozenset({SAM_FUNCTION, "AWS::Lambda::Function"})

# Specifications, policies and SDK data name the types too, as keys or in prose.
_FUNCTION = re.compile(r"""Type["']?\s*:\s*["']?AWS::(?:Serverless|Lambda)::Function\b""")
_STATED = re.compile(r"""Runtime["']?\s*:""")
_OTHERS = re.compile(r"""Runtime["']?\s*:\s*["']?(?:nodejs|java|dotnet|go|ruby|provided)""")
_RUNTIME = re.compile(r"(?:python|nodejs|java|dotnet|go|ruby|provided)[0-9.]*")


def claims(text: str) -> bool:
    """Whether a template has a Lambda function that may run Python, or a template inside."""
    return (_FUNCTION.search(text) is not None and not _is_of_others(text)) or sam_nested.claims(text)


def _is_of_others(text: str) -> bool:
    """Whether every runtime in the template is written there, and none is Python."""
    if "ython" in text or "Image" in text:
        return False
    others = len(_OTHERS.findall(text))
    return others > 0 and others == len(_STATED.findall(text))


def functions(root: Path, path: str, text: str, top: Node | None, given: Given | None = None) -> Reading:
    """The Python functions of a template whose parsed `text` is `top`; `given` is what a parent passes to it."""
    resources = top.get("Resources") if isinstance(top, Mapping) else None
    if not isinstance(top, Mapping) or not isinstance(resources, Mapping):
        return (), ()
    template = Template(root, path, top, resources, text, given)
    template.resources = unrolled(template)
    found = [each for each in template.resources.entries.values() if template.type_of(each.value) in FUNCTION_TYPES]
    if len(found) > MAX_FUNCTIONS:
        line = found[MAX_FUNCTIONS].key.line
        raise ManifestError(f"declares more than {MAX_FUNCTIONS} functions; split the template or exclude it", line)
    elsewhere = sam_facts.of_versions(template)
    for name, triggers in sam_triggers.of_resources(template).items():
        elsewhere.setdefault(name, []).extend(triggers)
    return gathered(found, lambda entry: _function(template, entry, elsewhere.get(entry.key.text, [])))


def _function(template: Template, entry: Entry, elsewhere: list[Said]) -> Deployed | None:
    """One function; `elsewhere` is what other resources say of it."""
    own = at(entry.value, "Properties")
    if not isinstance(own, Mapping):
        return None
    is_sam = template.type_of(entry.value) == SAM_FUNCTION
    properties = Properties(template, entry.value, own, at(template.top, "Globals", "Function") if is_sam else None)
    is_image = _is_image(properties)
    runtime = None if is_image else properties.text("Runtime")
    if runtime is not None and not runtime.startswith("python") and _RUNTIME.match(runtime):
        return None
    code = _image(properties, entry.value) if is_image else _archive(properties, entry.key.text)
    if code is None:
        return None
    facts = Facts([*said_of(properties, is_image), *elsewhere, *code.said])
    adapter = code.web_adapter or has_web_adapter(properties)
    deployed = Deployed(
        handler=code.called(template.root, adapter),
        root=code.root,
        manifest=template.path,
        line=entry.key.line,
        resource=entry.key.text,
        runtime=facts.word("runtime") if is_image else _python_of(runtime),
        memory=facts.number("memory"),
        timeout=facts.number("timeout"),
        snapstart=facts.flag("snapstart"),
        vpc=facts.flag("vpc"),
        provisioned_concurrency=facts.flag("provisioned_concurrency"),
        layers=layer_folders(properties),
        architecture=facts.word("architecture"),
        ephemeral_storage=facts.number("ephemeral_storage"),
        efs=facts.flag("efs"),
        package="image" if is_image else "zip",
        web_adapter=adapter,
        concurrent=is_concurrent(properties),
        said=facts.said,
        inline=code.inline,
    )
    return deployed if is_python(template.root, deployed) else None


def _python_of(runtime: str | None) -> str | None:
    """A runtime of Python; None for a word that a script replaces."""
    return runtime if runtime is not None and runtime.startswith("python") else None


def _archive(properties: Properties, resource: str) -> Code | None:
    handler = properties.text("Handler")
    if handler is None:
        return None
    node = properties.get("InlineCode") or properties.get("Code", "ZipFile")
    if node is None:
        return Code(handler, _code_root(properties, handler))
    inline = inline_code(properties.template, resource, node)
    if inline is None or handler.rpartition(".")[0] != MODULE:
        return Code(handler, None)  # what is written there is replaced after the deployment
    return Code(handler, inline.root, inline)


def _code_root(properties: Properties, handler: str) -> str | None:
    template = properties.template
    key = "CodeUri" if properties.get("CodeUri") is not None else "Code"
    node = properties.get(key)
    if node is None:
        return template.folder
    text = template.text(node)
    if text is None:
        return None
    written = Written(text, key, template.path, node.line)
    if text.endswith(".zip"):
        return archive_folder(template.root, template.folder, written, handler)
    return code_folder(template.root, template.folder, written)


def _is_image(properties: Properties) -> bool:
    if properties.text("PackageType") == "Image":
        return True
    return properties.get("ImageUri") is not None or properties.get("Code", "ImageUri") is not None


def _image(properties: Properties, resource: Node) -> Code | None:
    """What an image runs: the command that is given, else that of its Dockerfile."""
    template = properties.template
    command = properties.get("ImageConfig", "Command")
    is_one = isinstance(command, Sequence) and len(command.items) == 1
    handler = template.text(command.items[0]) if isinstance(command, Sequence) and is_one else None
    node = at(resource, "Metadata", "DockerContext")
    text = template.text(node)
    if node is None or text is None:
        return None if handler is None else Code(handler, None)
    context = code_folder(template.root, template.folder, Written(text, "DockerContext", template.path, node.line))
    return of_image(
        template.root, context, template.text(at(resource, "Metadata", "Dockerfile")) or "Dockerfile", handler
    )

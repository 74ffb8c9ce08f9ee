"""Reads AWS SAM and CloudFormation templates."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from pathlib import Path

from flake8_lambda_perf.errors import ManifestError
from flake8_lambda_perf.manifests.deployed import (
    MAX_FUNCTIONS,
    Deployed,
    Reading,
    Written,
    archive_folder,
    as_number,
    code_folder,
    gathered,
    is_python,
)
from flake8_lambda_perf.manifests.yaml_nodes import (
    Entry,
    Mapping,
    Node,
    Scalar,
    Sequence,
    is_null,
    parse,
)

SAM_FUNCTION = "AWS::Serverless::Function"
FUNCTION_TYPES = frozenset({SAM_FUNCTION, "AWS::Lambda::Function"})
LAYER_TYPES = frozenset({"AWS::Serverless::LayerVersion", "AWS::Lambda::LayerVersion"})
PROVISIONED_TYPES = frozenset({"AWS::Lambda::Alias", "AWS::Lambda::Version"})
SUFFIXES = (".yaml", ".yml", ".json", ".template")

MAX_LAYERS = 5
"""What Lambda allows."""

# Specifications, policies and SDK data name the types too, as keys or in prose.
_FUNCTION = re.compile(r"""Type["']?\s*:\s*["']?AWS::(?:Serverless|Lambda)::Function\b""")
_VARIABLE = re.compile(r"\$\{([^}]*)\}")


def claims(name: str, text: str) -> bool:
    """Whether the file is a template with a Lambda function."""
    return name.endswith(SUFFIXES) and "Resources" in text and _FUNCTION.search(text) is not None


def read(root: Path, path: str, text: str) -> Reading:
    """The Python functions of a template."""
    top = parse(path, text)
    resources = top.get("Resources") if isinstance(top, Mapping) else None
    if not isinstance(top, Mapping) or not isinstance(resources, Mapping):
        return (), ()
    template = _Template(root, path, top, resources)
    functions = [entry for entry in resources.entries.values() if template.type_of(entry.value) in FUNCTION_TYPES]
    if len(functions) > MAX_FUNCTIONS:
        line = functions[MAX_FUNCTIONS].key.line
        raise ManifestError(f"declares more than {MAX_FUNCTIONS} functions; split the template or exclude it", line)
    provisioned = template.provisioned()
    return gathered(functions, lambda entry: _function(template, entry, entry.key.text in provisioned))


@dataclass(frozen=True, slots=True)
class _Template:
    """A template, and what its parameters make of a value."""

    root: Path
    path: str
    top: Mapping
    resources: Mapping

    @property
    def folder(self) -> str:
        return posixpath.dirname(self.path)

    def type_of(self, resource: Node) -> str | None:
        kind = resource.get("Type") if isinstance(resource, Mapping) else None
        return kind.text if isinstance(kind, Scalar) else None

    def text(self, node: Node | None) -> str | None:
        """The text of a value, through `Ref` and `Sub` of parameters with a default; None where it is computed."""
        if node is None or is_null(node):
            return None
        name = referred(node)
        if name is not None:
            return self._parameter(name)
        pattern = _intrinsic(node, "!Sub", "Fn::Sub")
        if pattern is not None:
            return self._substituted(pattern)
        return node.text if isinstance(node, Scalar) and _is_literal(node) else None

    def _parameter(self, name: str) -> str | None:
        default = at(self.top, "Parameters", name, "Default")
        return default.text if isinstance(default, Scalar) and _is_literal(default) else None

    def _substituted(self, pattern: str) -> str | None:
        values = {name: self._parameter(name) for name in _VARIABLE.findall(pattern[:1000])}
        if len(pattern) > 1000 or None in values.values():
            return None
        return _VARIABLE.sub(lambda match: values[match[1]] or "", pattern)

    def provisioned(self) -> frozenset[str]:
        """The functions for which an alias or version keeps environments ready."""
        properties = (
            at(entry.value, "Properties")
            for entry in self.resources.entries.values()
            if self.type_of(entry.value) in PROVISIONED_TYPES
        )
        names = (referred(at(node, "FunctionName")) for node in properties if at(node, "ProvisionedConcurrencyConfig"))
        return frozenset(name for name in names if name is not None)


@dataclass(frozen=True, slots=True)
class _Properties:
    """The properties of a function over the defaults in Globals."""

    own: Mapping
    defaults: Mapping | None

    def get(self, name: str) -> Node | None:
        """The value that counts, None where there is none."""
        node = self.own.get(name)
        if node is None and self.defaults is not None:
            node = self.defaults.get(name)
        return None if is_null(node) or referred(node) == "AWS::NoValue" else node


def _function(template: _Template, entry: Entry, provisioned: bool) -> Deployed | None:
    own = at(entry.value, "Properties")
    if not isinstance(own, Mapping):
        return None
    defaults = at(template.top, "Globals", "Function") if template.type_of(entry.value) == SAM_FUNCTION else None
    properties = _Properties(own, defaults if isinstance(defaults, Mapping) else None)
    is_image = _is_image(template, properties)
    handler = _image_command(template, properties) if is_image else template.text(properties.get("Handler"))
    if handler is None or properties.get("InlineCode") is not None or at(properties.get("Code"), "ZipFile") is not None:
        return None
    runtime = None if is_image else template.text(properties.get("Runtime"))
    if runtime is not None and not runtime.startswith("python"):
        return None
    deployed = Deployed(
        handler=handler,
        root=_image_root(template, entry.value) if is_image else _code_root(template, properties, handler),
        manifest=template.path,
        line=entry.key.line,
        resource=entry.key.text,
        runtime=runtime,
        memory=as_number(template.text(properties.get("MemorySize"))),
        timeout=as_number(template.text(properties.get("Timeout"))),
        snapstart=_snapstart(template, properties.get("SnapStart")),
        vpc=_is_set(properties.get("VpcConfig")),
        provisioned_concurrency=provisioned or _is_set(properties.get("ProvisionedConcurrencyConfig")),
        layers=_layers(template, properties),
    )
    return deployed if is_python(template.root, deployed) else None


def _code_root(template: _Template, properties: _Properties, handler: str) -> str | None:
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


def _is_image(template: _Template, properties: _Properties) -> bool:
    if template.text(properties.get("PackageType")) == "Image":
        return True
    return properties.get("ImageUri") is not None or at(properties.get("Code"), "ImageUri") is not None


def _image_command(template: _Template, properties: _Properties) -> str | None:
    command = at(properties.get("ImageConfig"), "Command")
    return template.text(command.items[0]) if isinstance(command, Sequence) and len(command.items) == 1 else None


def _image_root(template: _Template, resource: Node) -> str | None:
    node = at(resource, "Metadata", "DockerContext")
    text = template.text(node)
    if node is None or text is None:
        return None
    return code_folder(template.root, template.folder, Written(text, "DockerContext", template.path, node.line))


def _snapstart(template: _Template, node: Node | None) -> bool | None:
    if node is None:
        return False
    apply_on = template.text(at(node, "ApplyOn"))
    return None if apply_on is None else apply_on == "PublishedVersions"


def _is_set(node: Node | None) -> bool | None:
    """Whether a block of settings is given; None where a condition decides."""
    if node is None:
        return False
    return True if isinstance(node, Mapping) and not any(key.startswith("Fn::") for key in node.entries) else None


def _layers(template: _Template, properties: _Properties) -> tuple[str, ...]:
    folders: list[str] = []
    lists = (at(properties.defaults, "Layers"), properties.own.get("Layers"))
    items = [item for node in lists if isinstance(node, Sequence) for item in node.items[:MAX_LAYERS]]
    for name in map(referred, items):
        resource = None if name is None else template.resources.get(name)
        if resource is None or template.type_of(resource) not in LAYER_TYPES:
            continue
        key = "ContentUri" if at(resource, "Properties", "ContentUri") is not None else "Content"
        node = at(resource, "Properties", key)
        text = template.text(node)
        if node is not None and text is not None:
            written = Written(text, key, template.path, node.line)
            folder = code_folder(template.root, template.folder, written)
            folders += [] if folder is None else [folder]
    return tuple(dict.fromkeys(folders))


def at(node: Node | None, *keys: str) -> Node | None:
    """The value below `node` under `keys`, None where the path ends early."""
    for key in keys:
        node = node.get(key) if isinstance(node, Mapping) else None
    return node


def referred(node: Node | None) -> str | None:
    """The name in `!Ref Name` or `{Ref: Name}`."""
    return _intrinsic(node, "!Ref", "Ref")


def _intrinsic(node: Node | None, tag: str, key: str) -> str | None:
    if isinstance(node, Scalar):
        return node.text if node.tag == tag else None
    if isinstance(node, Mapping) and len(node.entries) == 1:
        value = node.get(key)
        return value.text if isinstance(value, Scalar) else None
    return None


def _is_literal(node: Scalar) -> bool:
    return node.tag is None or not node.tag.startswith("!")

"""What a template states of a function: its own properties, those of Globals, and other resources that name it."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from flake8_lambda_perf.manifests import web_adapter
from flake8_lambda_perf.manifests.deployed import Written, as_number, code_folder
from flake8_lambda_perf.manifests.intrinsics import Template, at, intrinsic, mentioned, pattern, referred
from flake8_lambda_perf.manifests.sam_triggers import of_events
from flake8_lambda_perf.manifests.yaml_nodes import Entry, Mapping, Node, Scalar, Sequence, is_null, stated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_lambda_perf.model import Said

LAYER_TYPES = frozenset({"AWS::Serverless::LayerVersion", "AWS::Lambda::LayerVersion"})
PROVISIONED_TYPES = frozenset({"AWS::Lambda::Alias", "AWS::Lambda::Version"})

MAX_LAYERS = 5
"""What Lambda allows."""

MAX_VARIABLES = 100
"""Variables of an environment that are looked at; Lambda takes 4 KB."""

_NUMBERS = (("memory", ("MemorySize",)), ("timeout", ("Timeout",)), ("ephemeral_storage", ("EphemeralStorage", "Size")))
_BLOCKS = (("vpc", "VpcConfig"), ("efs", "FileSystemConfigs"))
_CONCURRENCY = "PerExecutionEnvironmentMaxConcurrency"


class Properties:
    """The properties of a function over the defaults in Globals, as SAM merges them.

    Words replace words, the settings of a block are merged one by one, layers are added to those of Globals:
    https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy-globals.html
    """

    def __init__(self, template: Template, resource: Node, own: Mapping, defaults: Node | None) -> None:
        self.template = template
        self._own = own
        self._defaults = defaults if isinstance(defaults, Mapping) else None
        ignored = at(resource, "IgnoreGlobals")
        if isinstance(ignored, Scalar):
            self._defaults = None
        elif isinstance(ignored, Sequence) and self._defaults is not None:
            names = {item.text for item in ignored.items if isinstance(item, Scalar)}
            kept = {name: entry for name, entry in self._defaults.entries.items() if name not in names}
            self._defaults = replace(self._defaults, entries=kept)

    def entry(self, *names: str) -> Entry | None:
        """The key and the value that count, None where there are none."""
        own: Node | None = self._own
        default: Node | None = self._defaults
        found: Entry | None = None
        for name in names:
            mine, common = _entry(own, name), _entry(default, name)
            own = None if mine is None else mine.value
            default = None if common is None or (own is not None and not _is_block(own)) else common.value
            found = mine or common
        if found is None or is_null(found.value) or referred(found.value) == "AWS::NoValue":
            return None
        return found

    def get(self, *names: str) -> Node | None:
        """The value that counts, None where there is none."""
        found = self.entry(*names)
        return None if found is None else found.value

    def text(self, *names: str) -> str | None:
        """The text of the value that counts."""
        return self.template.text(self.get(*names))

    def block(self, *names: str) -> dict[str, Entry]:
        """The settings of a block, merged."""
        entries: dict[str, Entry] = {}
        for part in (at(self._defaults, *names), at(self._own, *names)):
            if isinstance(part, Mapping) and _is_block(part):
                entries.update(islice(part.entries.items(), MAX_VARIABLES))
        return entries

    def items(self, name: str) -> list[Node]:
        """The items of a list, those of Globals first."""
        lists = (at(self._defaults, name), at(self._own, name))
        return [item for node in lists if isinstance(node, Sequence) for item in node.items[:MAX_LAYERS]]


def _entry(node: Node | None, name: str) -> Entry | None:
    return node.entries.get(name) if isinstance(node, Mapping) else None


def _is_block(node: Node) -> bool:
    return isinstance(node, Mapping) and intrinsic(node) is None


def said_of(properties: Properties, is_image: bool) -> Iterator[Said]:
    """Everything that the properties of a function state."""
    template = properties.template
    runtime = properties.get("Runtime")
    if runtime is not None and not is_image:
        yield stated("runtime", template.text(runtime), template.path, runtime)
    for fact, names in _NUMBERS:
        node = properties.get(*names)
        if node is not None:
            yield stated(fact, as_number(template.text(node)), template.path, node)
    yield from _architecture(properties)
    yield from _blocks(properties)
    yield from _switches(properties)
    package = properties.get("PackageType")
    if package is not None:
        yield stated("package", "image" if is_image else "zip", template.path, package)
    for node in properties.items("Layers"):
        yield stated("layers", layer(template, node), template.path, node)
    for name, entry in properties.block("Environment", "Variables").items():
        yield stated(f"environment.{name}", template.text(entry.value), template.path, entry.value)
    yield from of_events(template, properties.get("Events"))
    url = properties.entry("FunctionUrlConfig")
    if url is not None:
        yield stated("trigger", "url", template.path, _place(url))


def _place(entry: Entry) -> Node:
    """Where a block is stated: its key, as a place without a text of its own."""
    return Mapping({}, None, entry.key.line, entry.key.column)


def _architecture(properties: Properties) -> Iterator[Said]:
    node = properties.get("Architectures")
    if isinstance(node, Sequence) and len(node.items) == 1:
        node = node.items[0]
    if node is not None:
        yield stated("architecture", properties.template.text(node), properties.template.path, node)


def _blocks(properties: Properties) -> Iterator[Said]:
    """Settings that count as soon as they are given."""
    for fact, name in _BLOCKS:
        entry = properties.entry(name)
        if entry is not None:
            yield stated(fact, _is_given(properties, entry.value), properties.template.path, _place(entry))


def _is_given(properties: Properties, node: Node) -> bool | None:
    """Whether a block is given; None where a condition decides."""
    if intrinsic(node) is not None:
        return None
    if isinstance(node, Mapping):
        subnets = properties.get("VpcConfig", "SubnetIds") if node is properties.get("VpcConfig") else node
        return not (isinstance(subnets, Sequence) and not subnets.items)
    return bool(node.items) if isinstance(node, Sequence) else None


def _switches(properties: Properties) -> Iterator[Said]:
    """SnapStart and provisioned concurrency, by the value that switches them on."""
    template = properties.template
    snapstart = properties.entry("SnapStart")
    if snapstart is not None:
        node = properties.get("SnapStart", "ApplyOn")
        text = template.text(node)
        value = None if text is None else text == "PublishedVersions"
        yield stated("snapstart", value, template.path, node if node is not None else _place(snapstart))
    provisioned = properties.entry("ProvisionedConcurrencyConfig")
    if provisioned is not None:
        node = properties.get("ProvisionedConcurrencyConfig", "ProvisionedConcurrentExecutions")
        yield _provisioned(template, provisioned, node)


def _provisioned(template: Template, entry: Entry, node: Node | None) -> Said:
    value = None if intrinsic(entry.value) is not None else template.text(node) != "0"
    return stated("provisioned_concurrency", value, template.path, node if node is not None else _place(entry))


def of_versions(template: Template) -> dict[str, list[Said]]:
    """The functions for which an alias or version keeps environments ready, and where that is said."""
    found: dict[str, list[Said]] = {}
    for entry in template.resources.entries.values():
        if template.type_of(entry.value) not in PROVISIONED_TYPES:
            continue
        properties = at(entry.value, "Properties")
        config = properties.entries.get("ProvisionedConcurrencyConfig") if isinstance(properties, Mapping) else None
        if config is not None and not is_null(config.value):
            node = at(config.value, "ProvisionedConcurrentExecutions")
            for name in mentioned(at(properties, "FunctionName")):
                found.setdefault(name, []).append(_provisioned(template, config, node))
    return found


def layer(template: Template, node: Node) -> str | None:
    """The folder of a layer of the template, the name of any other; None where it is computed."""
    name = referred(node)
    resource = None if name is None else template.resources.get(name)
    if resource is None or template.type_of(resource) not in LAYER_TYPES:
        return template.text(node) or (pattern(node) if name is None else None) or None
    key = "ContentUri" if at(resource, "Properties", "ContentUri") is not None else "Content"
    content = at(resource, "Properties", key)
    text = template.text(content)
    if content is None or text is None:
        return None
    return code_folder(template.root, template.folder, Written(text, key, template.path, content.line))


def layer_folders(properties: Properties) -> tuple[str, ...]:
    """The local folders of a function's layers."""
    template = properties.template
    folders = []
    for node in properties.items("Layers"):
        resource = template.resources.get(referred(node) or "")
        folder = layer(template, node) if template.type_of(resource) in LAYER_TYPES else None
        folders += [] if folder is None else [folder]
    return tuple(dict.fromkeys(folders))


def has_web_adapter(properties: Properties) -> bool:
    """Whether a web server answers the function's requests, by the adapter's layer or its wrapper script."""
    wrapper = properties.block("Environment", "Variables").get("AWS_LAMBDA_EXEC_WRAPPER")
    if wrapper is not None and properties.template.text(wrapper.value) == web_adapter.WRAPPER:
        return True
    names = (pattern(node) for node in properties.items("Layers"))
    return any(web_adapter.LAYER in name for name in names)


def is_concurrent(properties: Properties) -> bool | None:
    """Whether an environment of a managed instance serves several requests at once, which is the default there."""
    entry = properties.entry("CapacityProviderConfig")
    if entry is None:
        return False
    if intrinsic(entry.value) is not None:
        return None
    outer = "LambdaManagedInstancesCapacityProviderConfig"
    limit = properties.text("CapacityProviderConfig", _CONCURRENCY)
    return (limit or properties.text("CapacityProviderConfig", outer, _CONCURRENCY)) != "1"

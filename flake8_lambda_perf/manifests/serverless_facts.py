"""What a Serverless service states of a function: its own settings, and the provider's where it has none."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from flake8_lambda_perf.manifests import serverless_packaging, web_adapter
from flake8_lambda_perf.manifests.deployed import Written, as_number, code_folder
from flake8_lambda_perf.manifests.intrinsics import pattern, referred
from flake8_lambda_perf.manifests.sam_facts import MAX_LAYERS, MAX_VARIABLES
from flake8_lambda_perf.manifests.serverless_events import of_function
from flake8_lambda_perf.manifests.variables import Located
from flake8_lambda_perf.manifests.yaml_nodes import Mapping, Scalar, Sequence, is_null, stated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_lambda_perf.manifests.variables import Variables
    from flake8_lambda_perf.model import Said

_NUMBERS = (("memory", "memorySize"), ("timeout", "timeout"), ("ephemeral_storage", "ephemeralStorageSize"))
_SWITCHES = (("snapstart", "snapStart"), ("provisioned_concurrency", "provisionedConcurrency"))
_BLOCKS = (("vpc", "vpc"), ("efs", "fileSystemConfig"))
_COMMON = frozenset({"architecture", "layers", "memorySize", "runtime", "timeout", "vpc"})
"""What the provider may set for all functions."""


class Settings:
    """The settings of a function over the provider's."""

    def __init__(self, variables: Variables, function: Located, own_layers: dict[str, Located]) -> None:
        self.variables = variables
        self.own_layers = own_layers
        self.own = variables.resolve(function)
        self.provider = variables.member(variables.top, "provider")

    def written(self, key: str) -> Located | None:
        """The value that counts as it is written, None where there is none."""
        own = self.variables.written(self.own, key)
        if own is not None or key not in _COMMON:
            return own
        return self.variables.written(self.provider, key)

    def key(self, name: str) -> Located | None:
        """The key of the value that counts."""
        for where in (self.own, self.provider if name in _COMMON else None):
            entry = where.node.entries.get(name) if where is not None and isinstance(where.node, Mapping) else None
            if where is not None and entry is not None:
                return None if is_null(entry.value) else Located(where.path, replace(entry.key, written=""))
        return None

    def get(self, key: str) -> Located | None:
        """The value that counts, None where there is none or only the deployment knows it."""
        return self.variables.resolve(self.written(key))

    def text(self, key: str) -> str | None:
        """The text of the value that counts."""
        return self.variables.text(self.written(key))

    def environment(self) -> dict[str, Located]:
        """The environment's variables; the function's are added to the provider's."""
        found: dict[str, Located] = {}
        for where in (self.provider, self.own):
            block = self.variables.member(where, "environment")
            if block is not None and isinstance(block.node, Mapping):
                for name, entry in islice(block.node.entries.items(), MAX_VARIABLES):
                    found[name] = Located(block.path, entry.value)
        return found

    def layers(self) -> Iterator[Located]:
        """The layers of the function; its list replaces the provider's."""
        used = self.get("layers")
        if used is not None and isinstance(used.node, Sequence):
            yield from (Located(used.path, item) for item in used.node.items[:MAX_LAYERS])


def said_of(settings: Settings, is_image: bool) -> Iterator[Said]:
    """Everything that the settings of a function state."""
    variables = settings.variables
    words = (() if is_image else ("runtime",)) + ("architecture",)
    for key in words:
        yield from _stated(key, settings.written(key), settings.text(key))
    for fact, key in _NUMBERS:
        yield from _stated(fact, settings.written(key), as_number(settings.text(key)))
    for fact, key in _SWITCHES:
        text = settings.text(key)
        yield from _stated(fact, settings.written(key), None if text is None else text not in ("false", "0"))
    for fact, key in _BLOCKS:
        yield from _stated(fact, settings.key(key), _is_given(settings, key))
    if is_image:
        yield from _stated("package", settings.key("image"), "image")
    for layer in settings.layers():
        yield from _stated("layers", layer, _layer_folder(settings, layer) or _name(variables, layer))
    for name, where in settings.environment().items():
        yield from _stated(f"environment.{name}", where, variables.text(where))
    if not is_image:
        yield from serverless_packaging.said_of(variables, settings.own)
    if settings.own is not None:
        yield from of_function(variables, settings.own)


def _stated(name: str, where: Located | None, value: str | int | bool | None) -> Iterator[Said]:
    if where is None or is_null(where.node):
        return
    node = where.node
    if isinstance(node, Scalar) and "${" in node.text:
        node = Mapping({}, None, node.line, node.column)  # a place without a literal
    yield stated(name, value, where.path, node)


def _is_given(settings: Settings, key: str) -> bool | None:
    block = settings.get(key)
    return None if block is None else isinstance(block.node, Mapping) or None


def own_layers(variables: Variables) -> dict[str, Located]:
    """The service's own layers, by the name under which the framework deploys them."""
    own = variables.member(variables.top, "layers")
    if own is None or not isinstance(own.node, Mapping):
        return {}
    return {_logical_name(name): Located(own.path, entry.value) for name, entry in own.node.entries.items()}


def _layer_folder(settings: Settings, layer: Located) -> str | None:
    """The folder of one of the service's own layers."""
    variables = settings.variables
    where = variables.member(settings.own_layers.get(referred(layer.node) or ""), "path")
    text = variables.text(where)
    if where is None or text is None:
        return None
    return code_folder(variables.root, variables.folder, Written(text, "path", where.path, where.node.line))


def _name(variables: Variables, layer: Located) -> str | None:
    return variables.text(layer) or pattern(layer.node) or None


def _logical_name(layer: str) -> str:
    """The name under which the framework deploys a layer."""
    escaped = layer.replace("-", "Dash").replace("_", "Underscore")
    return escaped[:1].upper() + escaped[1:] + "LambdaLayer"


def layer_folders(settings: Settings) -> tuple[str, ...]:
    """The folders of the service's own layers that the function uses."""
    folders = (_layer_folder(settings, layer) for layer in settings.layers())
    return tuple(dict.fromkeys(folder for folder in folders if folder is not None))


def has_web_adapter(settings: Settings) -> bool:
    """Whether a web server answers the function's requests, by the adapter's layer or its wrapper script."""
    wrapper = settings.environment().get("AWS_LAMBDA_EXEC_WRAPPER")
    if wrapper is not None and settings.variables.text(wrapper) == web_adapter.WRAPPER:
        return True
    return any(web_adapter.LAYER in (_name(settings.variables, layer) or "") for layer in settings.layers())


def is_concurrent(settings: Settings) -> bool | None:
    """Whether an environment of a managed instance serves several requests at once, which is the default there."""
    if settings.written("capacityProvider") is None:
        return False
    return settings.variables.text(settings.own, "capacityProvider", "maxConcurrency") != "1"

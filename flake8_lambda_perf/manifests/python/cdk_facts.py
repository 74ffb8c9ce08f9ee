"""What the arguments of a CDK construct state of its function."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from flake8_lambda_perf.manifests.python import facts
from flake8_lambda_perf.manifests.python.cdk_code import layer_of
from flake8_lambda_perf.manifests.python.values import Outside, Place, Plain, Value, options, text_of
from flake8_lambda_perf.manifests.sam_facts import MAX_LAYERS

if TYPE_CHECKING:
    from flake8_lambda_perf.manifests.python.apps import Found
    from flake8_lambda_perf.model import Said

SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600, "millis": 0.001}
MEGABYTES = {"mebibytes": 1, "gibibytes": 1024}
ARCHITECTURES = {"ARM_64": "arm64", "X86_64": "x86_64"}

_PYTHON = re.compile(r"Runtime\.PYTHON_(\d)_(\d+)$")
_OTHER = re.compile(r"Runtime\.([A-Z]\w*)$|\.(determine_latest_node_runtime)\(\)$")


def said_of(found: Found) -> Iterator[Said]:
    """Everything that the call which declares a function states."""
    named = found.made.named
    for key, value in list(named.entries.items()):
        read, place = _READERS.get(str(key)), facts.place_of(named, str(key), found.made.place)
        if read is not None:
            yield read(value, place)
    yield from _environment(named.get("environment"), facts.place_of(named, "environment", found.made.place))
    for item in facts.items_of(named.get("layers"))[:MAX_LAYERS]:
        yield layer(found, item, facts.place_of(named, "layers", found.made.place))
    options_of = named.get("current_version_options")
    if isinstance(options_of, Outside):
        yield from facts.provisioned(options_of)


def layer(found: Found, value: Value, place: Place) -> Said:
    """A layer by its folder or address."""
    own = value.place if isinstance(value, Outside) else place
    return facts.stated("layers", layer_of(found.program, value), own)


def variable(name: Value | None, value: Value | None, place: Place) -> Iterator[Said]:
    """A variable that a method adds to the environment."""
    text = text_of(name)
    if text is not None and value is not None:
        yield facts.word(f"environment.{text}", value, place)


def _runtime(value: Value, place: Place) -> Said:
    if isinstance(value, Outside):
        if found := _PYTHON.search(value.name):
            return facts.member("runtime", f"python{found[1]}.{found[2]}", value)
        if found := _OTHER.search(value.name):
            return facts.stated("runtime", (found[1] or found[2]).lower(), value.place)
        if value.name.endswith(".Runtime()"):
            return facts.word("runtime", value.argument("name", 0) or value, value.place)
    return facts.word("runtime", value, place)


def _duration(value: Value, place: Place) -> Said:
    if isinstance(value, Plain):
        return facts.number("timeout", value, place)
    return facts.measured("timeout", value, place, SECONDS)


def _storage(value: Value, place: Place) -> Said:
    if isinstance(value, Outside) and value.name.endswith(".EphemeralStorageProperty()"):
        return facts.number("ephemeral_storage", value.argument("size") or value, value.place)
    return facts.measured("ephemeral_storage", value, place, MEGABYTES)


def _memory(value: Value, place: Place) -> Said:
    return facts.number("memory", value, place)


def _vpc(value: Value, place: Place) -> Said:
    return facts.flag("vpc", value, place)


def _efs(value: Value, place: Place) -> Said:
    return facts.flag("efs", value, place)


def _architecture(value: Value, place: Place) -> Said:
    items = facts.items_of(value)
    value = items[0] if len(items) == 1 else value
    if isinstance(value, Outside):
        return facts.member("architecture", ARCHITECTURES.get(value.name.rpartition(".")[2]), value)
    return facts.word("architecture", value, place)


def _snapstart(value: Value, place: Place) -> Said:
    if isinstance(value, Outside) and value.name.endswith(".SnapStartConf.ON_PUBLISHED_VERSIONS"):
        return facts.stated("snapstart", True, value.place)
    applied = value.argument("apply_on") if isinstance(value, Outside) else None
    return facts.switch("snapstart", applied or value, place, "PublishedVersions")


def _environment(value: Value | None, place: Place) -> Iterator[Said]:
    if isinstance(value, Outside) and value.name.endswith(".EnvironmentProperty()"):
        value = value.argument("variables")
    for option in () if value is None else options(value):
        yield from facts.environment(option, place)


_READERS: dict[str, Callable[[Value, Place], Said]] = {
    "runtime": _runtime,
    "memory_size": _memory,
    "timeout": _duration,
    "architecture": _architecture,
    "architectures": _architecture,
    "vpc": _vpc,
    "vpc_config": _vpc,
    "filesystem": _efs,
    "file_system_configs": _efs,
    "snap_start": _snapstart,
    "ephemeral_storage_size": _storage,
    "ephemeral_storage": _storage,
}

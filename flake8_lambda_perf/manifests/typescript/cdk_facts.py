"""What the properties of a CDK construct in TypeScript state of its function."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from flake8_lambda_perf.manifests.sam_facts import MAX_LAYERS
from flake8_lambda_perf.manifests.typescript.facts import (
    environment,
    flag,
    items_of,
    measured,
    number,
    property_of,
    stated,
    text_of,
    word,
)
from flake8_lambda_perf.manifests.typescript.values import (
    Array,
    Built,
    Named,
    Number,
    Object,
    Property,
    Value,
)
from flake8_lambda_perf.model import Said

if TYPE_CHECKING:
    from flake8_lambda_perf.manifests.typescript.nodes import Place

SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600, "millis": 0.001}
MEGABYTES = {"mebibytes": 1, "gibibytes": 1024}
ARCHITECTURES = {"ARM_64": "arm64", "X86_64": "x86_64"}

_PYTHON = re.compile(r"\.Runtime\.PYTHON_(\d)_(\d+)")
_OTHER = re.compile(r"\.Runtime\.([A-Z]\w*)")


def said_of(properties: Object) -> Iterator[Said]:
    """Everything but layers that the properties of a function state."""
    for name, read in _READERS.items():
        given = property_of(properties, name)
        if given is not None:
            yield read(given)
    variables = properties.get("environment")
    nested = property_of(variables, "variables")
    yield from environment(nested.value if nested is not None and isinstance(nested.value, Object) else variables)
    yield from provisioned(properties.get("currentVersionOptions"))


def provisioned(properties: Value) -> Iterator[Said]:
    """Whether an alias, a version or its options keep environments ready."""
    given = property_of(properties, "provisionedConcurrentExecutions")
    if given is None:
        given = property_of(properties, "provisionedConcurrencyConfig")
    if given is not None:
        known = number("provisioned_concurrency", given)
        is_on = given.value.value != 0 if isinstance(given.value, Number) else isinstance(given.value, Object) or None
        yield Said(known.name, is_on, known.path, known.line, known.column, known.text)


def layers(properties: Object) -> list[Value]:
    """The layers a function is given."""
    return items_of(properties.get("layers"))[:MAX_LAYERS]


def runtime(given: Property) -> Said:
    """The runtime, by the name that Lambda gives it."""
    value = given.value
    if isinstance(value, Named):
        python, other = _PYTHON.search(value.name), _OTHER.search(value.name)
        name = f"python{python[1]}.{python[2]}" if python else other[1].lower() if other else None
        return _member("runtime", name, value, given.place)
    if isinstance(value, Built) and value.name.endswith(".Runtime"):
        return stated("runtime", text_of(value.argument(0)), given.place)
    return word("runtime", given)


def _member(name: str, word: str | None, value: Named, place: Place) -> Said:
    """A member of a library's enumeration, with its source where its name stands there."""
    text = place.text
    return stated(name, word, place, text if text.endswith(f".{value.name.rpartition('.')[2]}") else "")


def _memory(given: Property) -> Said:
    return number("memory", given)


def _timeout(given: Property) -> Said:
    return number("timeout", given) if isinstance(given.value, Number) else measured("timeout", given, SECONDS)


def _storage(given: Property) -> Said:
    size = property_of(given.value, "size")
    if size is not None:
        return number("ephemeral_storage", size)
    return measured("ephemeral_storage", given, MEGABYTES)


def _vpc(given: Property) -> Said:
    return flag("vpc", given)


def _efs(given: Property) -> Said:
    return flag("efs", given)


def _architecture(given: Property) -> Said:
    items = items_of(given.value)
    value = items[0] if len(items) == 1 else given.value
    if isinstance(value, Named):
        return _member("architecture", ARCHITECTURES.get(value.name.rpartition(".")[2]), value, given.place)
    return (
        stated("architecture", text_of(value), given.place)
        if isinstance(given.value, Array)
        else word("architecture", given)
    )


def _snapstart(given: Property) -> Said:
    if isinstance(given.value, Named):
        return stated("snapstart", given.value.name.endswith(".ON_PUBLISHED_VERSIONS") or None, given.place)
    applied = property_of(given.value, "applyOn")
    if applied is None:
        return stated("snapstart", None, given.place)
    known = word("snapstart", applied)
    is_on = None if known.value is None else known.value == "PublishedVersions"
    return Said(known.name, is_on, known.path, known.line, known.column, known.text)


_READERS: dict[str, Callable[[Property], Said]] = {
    "runtime": runtime,
    "memorySize": _memory,
    "timeout": _timeout,
    "architecture": _architecture,
    "architectures": _architecture,
    "vpc": _vpc,
    "vpcConfig": _vpc,
    "snapStart": _snapstart,
    "filesystem": _efs,
    "fileSystemConfigs": _efs,
    "ephemeralStorageSize": _storage,
    "ephemeralStorage": _storage,
}

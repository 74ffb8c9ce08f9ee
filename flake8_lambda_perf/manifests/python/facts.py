"""States facts of a function that a deployment program declares, each with the place of its value."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from flake8_lambda_perf.manifests import web_adapter
from flake8_lambda_perf.manifests.deployed import Deployed, is_python
from flake8_lambda_perf.manifests.facts import Facts
from flake8_lambda_perf.manifests.python.values import (
    UNKNOWN,
    Items,
    Outside,
    Place,
    Plain,
    Table,
    Value,
    truth,
)
from flake8_lambda_perf.manifests.sam_facts import MAX_VARIABLES
from flake8_lambda_perf.model import Said

if TYPE_CHECKING:
    from flake8_lambda_perf.manifests.python.apps import Found
    from flake8_lambda_perf.manifests.python.code import Code


def stated(name: str, value: str | float | bool | None, place: Place, text: str = "") -> Said:
    """A fact and the place that states it; a fraction is a number only the deployment rounds."""
    line, column = place.position
    known = int(value) if isinstance(value, float) and value == int(value) else value
    return Said(name, None if isinstance(known, float) else known, place.file.path, line, column, text)


def place_of(named: Table, key: str, call: Place) -> Place:
    """Where a named argument stands, the call itself where it is not written there."""
    return named.places.get(key, call)


def number(name: str, value: Value, place: Place) -> Said:
    """A whole number."""
    return plain(name, value, place, int)


def word(name: str, value: Value, place: Place) -> Said:
    """A text."""
    return plain(name, value, place, str)


def plain(name: str, value: Value, place: Place, kind: type[int | str]) -> Said:
    """A constant of a kind; without its value where only the deployment knows it."""
    if not isinstance(value, Plain) or not isinstance(value.value, kind) or isinstance(value.value, bool):
        return stated(name, None, place)
    return stated(name, value.value, value.place, value.place.text if value.literal else "")


def member(name: str, word: str | None, value: Outside) -> Said:
    """A member of a library's enumeration, with its source where its name stands there."""
    text = value.place.text
    return stated(name, word, value.place, text if text.endswith(f".{qualified(value)[1]}") else "")


def measured(name: str, value: Value, place: Place, units: Mapping[str, float]) -> Said:
    """A duration or size such as `Duration.minutes(5)`; a literal where it is written in the unit of the fact."""
    if not isinstance(value, Outside):
        return stated(name, None, place)
    unit = units.get(value.name.rpartition(".")[2].removesuffix("()"))
    amount = value.argument("amount", 0)
    if unit is None or not isinstance(amount, Plain) or not isinstance(amount.value, int | float):
        return stated(name, None, value.place if value.is_made else place)
    if unit == 1 and amount.literal:
        return stated(name, amount.value, amount.place, amount.place.text)
    return stated(name, amount.value * unit, value.place)


def flag(name: str, value: Value, place: Place) -> Said:
    """Whether something is given."""
    return stated(name, truth(value), place)


def switch(name: str, value: Value, place: Place, on: str) -> Said:
    """Whether a setting has the value that switches it on."""
    known = word(name, value, place)
    return replace(known, value=None if known.value is None else known.value == on)


def provisioned(made: Outside) -> Iterator[Said]:
    """Whether an alias, a version or its options keep environments ready."""
    count = made.argument("provisioned_concurrent_executions")
    if count is not None and not (isinstance(count, Plain) and count.value is None):
        place = place_of(made.named, "provisioned_concurrent_executions", made.place)
        known = number("provisioned_concurrency", count, place)
        yield replace(known, value=None if known.value is None else known.value != 0)


def environment(value: Value | None, place: Place) -> Iterator[Said]:
    """The variables of an environment."""
    if not isinstance(value, Table):
        return
    for key, content in list(value.entries.items())[:MAX_VARIABLES]:
        if isinstance(key, str):
            yield word(f"environment.{key}", content, value.places.get(key, place))


def qualified(call: Outside) -> tuple[str, str]:
    """The last two parts of the name of what was called: a module and a class, an object and a method."""
    *_, module, name = ("", *call.name.removesuffix("()").rsplit(".", 2))
    return module, name


def items_of(value: Value | None) -> list[Value]:
    """The items of a list, none of anything else."""
    return value.items if isinstance(value, Items) else []


def only_text(value: Value | None) -> str | None:
    """The text of a list's only item."""
    items = items_of(value)
    found = items[0] if len(items) == 1 else UNKNOWN
    return found.value if isinstance(found, Plain) and isinstance(found.value, str) else None


def deployed_of(found: Found, code: Code, said: Iterable[Said]) -> Deployed | None:
    """A declared function with everything that is stated of it; None where it does not run Python."""
    known = Facts(dict.fromkeys([*said, *found.more, *code.said]))
    root = found.program.files.root
    adapter = code.web_adapter or known.word("environment.AWS_LAMBDA_EXEC_WRAPPER") == web_adapter.WRAPPER
    handler = known.word("handler") or code.handler
    script = web_adapter.application_of_script(root, code.root, handler) if adapter else None
    layers = (fact.value for fact in known.said if fact.name == "layers" and isinstance(fact.value, str))
    deployed = Deployed(
        handler=script or handler,
        root=code.root,
        manifest=found.place.file.path,
        line=found.place.position[0],
        resource=found.resource,
        runtime=known.word("runtime"),
        memory=known.number("memory"),
        timeout=known.number("timeout"),
        snapstart=_switch(found, known, "snapstart"),
        vpc=_switch(found, known, "vpc"),
        provisioned_concurrency=_switch(found, known, "provisioned_concurrency"),
        layers=tuple(dict.fromkeys(layer for layer in layers if os.path.isdir(root / layer))),  # noqa: PTH112  (Path.is_dir raises on long names)
        architecture=known.word("architecture"),
        ephemeral_storage=known.number("ephemeral_storage"),
        efs=_switch(found, known, "efs"),
        package="image" if code.is_image else "zip",
        web_adapter=adapter,
        said=known.said,
        inline=code.inline,
    )
    return deployed if is_python(root, deployed) else None


def _switch(found: Found, known: Facts, name: str) -> bool | None:
    """Whether a setting is on; None also where arguments may state it that are not known."""
    is_on = known.flag(name)
    return None if is_on is False and found.made.named.is_open else is_on

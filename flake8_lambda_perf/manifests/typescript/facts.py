"""States facts of a function that a TypeScript program declares, each with the place of its value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from flake8_lambda_perf.manifests.sam_facts import MAX_VARIABLES
from flake8_lambda_perf.manifests.typescript.nodes import Place, children
from flake8_lambda_perf.manifests.typescript.values import (
    NOTHING,
    Array,
    Built,
    Number,
    Object,
    Property,
    Text,
    Value,
    truth,
)
from flake8_lambda_perf.model import Said

LITERALS = frozenset({"number", "string"})


def stated(name: str, value: str | float | bool | None, place: Place, text: str = "") -> Said:
    """A fact and the place that states it; a fraction is a number only the deployment rounds."""
    line, column = place.position
    known = int(value) if isinstance(value, float) and value == int(value) else value
    return Said(name, None if isinstance(known, float) else known, place.script.path, line, column, text)


def literal(place: Place) -> str:
    """The source of a literal, empty where something else stands."""
    return place.text if place.node.type in LITERALS else ""


def number(name: str, given: Property) -> Said:
    """A whole number."""
    value = given.value.value if isinstance(given.value, Number) else None
    return stated(name, value, given.place, literal(given.place))


def word(name: str, given: Property) -> Said:
    """A text."""
    return stated(name, text_of(given.value), given.place, literal(given.place))


def flag(name: str, given: Property) -> Said:
    """Whether something is given."""
    return stated(name, truth(given.value), given.place)


def measured(name: str, given: Property, units: Mapping[str, float]) -> Said:
    """A duration or size such as `Duration.minutes(5)`; a literal where it is written in the unit of the fact."""
    made = given.value
    if not isinstance(made, Built):
        return stated(name, None, given.place)
    unit, amount = units.get(made.name.rpartition(".")[2]), made.argument(0)
    if unit is None or not isinstance(amount, Number):
        return stated(name, None, made.place)
    arguments = made.place.node.child_by_field_name("arguments")
    written = children(arguments)[0] if arguments is not None and children(arguments) else made.place.node
    place = Place(made.place.script, written)
    if unit == 1 and literal(place):
        return stated(name, amount.value, place, place.text)
    return stated(name, amount.value * unit, made.place)


def environment(value: Value) -> Iterator[Said]:
    """The variables of an environment."""
    if isinstance(value, Object):
        for name, given in list(value.properties.items())[:MAX_VARIABLES]:
            yield word(f"environment.{name}", given)


def items_of(value: Value) -> list[Value]:
    """The items of a list, none of anything else."""
    return value.items if isinstance(value, Array) else []


def text_of(value: Value) -> str | None:
    """A text that is known, None for anything else."""
    return value.value if isinstance(value, Text) and value.is_known else None


def property_of(value: Value, name: str) -> Property | None:
    """A property of an object, None where it is not given."""
    found = value.properties.get(name) if isinstance(value, Object) else None
    return None if found is None or found.value is NOTHING else found

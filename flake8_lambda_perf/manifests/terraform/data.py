"""What Terraform's expressions come to: data with the place that states it, or a pointer to what only a run knows."""

from __future__ import annotations

from dataclasses import replace
from enum import Enum
from typing import TYPE_CHECKING

from flake8_lambda_perf.dataclass import dataclass

if TYPE_CHECKING:
    from flake8_lambda_perf.manifests.terraform.hcl_nodes import Spot
    from flake8_lambda_perf.manifests.terraform.scopes import Scope

MAX_TEXT = 4_000
MAX_ITEMS = 10_000


class Unknown(Enum):
    """What is not known: the value, or whether there is one; MISSING is what Terraform's `try` passes over."""

    UNKNOWN = 1
    MISSING = 2


UNKNOWN = Unknown.UNKNOWN
MISSING = Unknown.MISSING


@dataclass(frozen=True, slots=True)
class Index:
    """A step in brackets; None where the key is not known."""

    key: str | int | None


@dataclass(frozen=True, slots=True, eq=False)
class Pointer:
    """An attribute of a resource, a data source or a foreign module: `("aws_lambda_function", "orders", "arn")`."""

    scope: Scope
    steps: tuple[str | Index, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Value:
    """Data and its place; `exact` where that place holds it as a literal, for this use alone."""

    data: Data
    spot: Spot | None = None
    exact: bool = False


Data = str | int | float | bool | None | tuple[Value, ...] | dict[str, Value] | Pointer | Unknown


def as_text(data: Data) -> str | None:
    """A text, number or boolean as a template writes it."""
    if isinstance(data, bool):
        return "true" if data else "false"
    if isinstance(data, float):
        return f"{data:g}"
    return str(data) if isinstance(data, str | int) else None


def as_flag(data: Data) -> bool | None:
    """A boolean, None where it is not known."""
    return {"true": True, "false": False}.get(as_text(data) or "")


def shared(value: Value) -> Value:
    """A value that others may use too: a scalar of a local or of a variable's default."""
    return replace(value, exact=False) if value.exact else value

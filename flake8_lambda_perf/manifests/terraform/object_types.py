"""What a variable's type adds to its value: the attributes that are optional."""

from __future__ import annotations

from flake8_lambda_perf.manifests.terraform.data import Data, Value
from flake8_lambda_perf.manifests.terraform.hcl_nodes import Call, Literal, Node, Object

COLLECTIONS = frozenset({"list", "map", "set"})


def completed(value: Value, kind: Node | None) -> Value:
    """A value of type `kind` with its optional attributes, where it leaves them out."""
    if not isinstance(kind, Call) or not kind.arguments:
        return value
    data: Data = value.data
    inner = kind.arguments[0]
    if kind.name == "optional":
        return completed(value, inner)
    if kind.name in COLLECTIONS and isinstance(data, tuple):
        data = tuple([completed(item, inner) for item in data])
    elif kind.name in COLLECTIONS and isinstance(data, dict):
        data = {key: completed(item, inner) for key, item in data.items()}
    elif kind.name == "object" and isinstance(data, dict) and isinstance(inner, Object):
        data = _attributes(data, inner)
    return Value(data, value.spot, value.exact)


def _attributes(data: dict[str, Value], kind: Object) -> dict[str, Value]:
    found = dict(data)
    for key, inner in kind.entries:
        if not isinstance(key, Literal) or not isinstance(key.value, str):
            continue
        if key.value in data:
            found[key.value] = completed(data[key.value], inner)
        elif isinstance(inner, Call) and inner.name == "optional":
            default = inner.arguments[1] if len(inner.arguments) == 2 else Literal(inner.spot, None)
            if isinstance(default, Literal):
                found[key.value] = Value(default.value, default.spot)
    return found

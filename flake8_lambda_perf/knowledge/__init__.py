"""What is known of the world, as TOML files beside this one; every entry there carries its source.

Names are *canonical*: dotted, as users import them, with `()` where a call stands in between, so
`boto3.Session().client` is the method `client` of a built `boto3.Session`. A built-in is its bare
name (`sorted`). The files keep long lists as blocks of lines, because they are parsed at each start.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, get_args

from flake8_lambda_perf.dataclass import dataclass

Kind = Literal[
    "client",
    "resource",
    "session",
    "engine",
    "pool",
    "connection",
    "http",
    "sdk",
    "logger",
    "setup",
    "artifact",
    "app",
]
Connects = Literal["lazy", "eager"]

KINDS: frozenset[str] = frozenset(get_args(Kind))


@dataclass(frozen=True, slots=True)
class Client:
    """Something that is slow to build and need not be built per request.

    `variable` names an anonymous one, with `{0}` for its first string argument. `refreshable` ones
    renew their credentials and connections themselves, so they may live as long as the environment.
    """

    name: str
    code: str
    kind: Kind
    connects: Connects
    thread_safe: bool
    loop_bound: bool
    variable: str
    refreshable: bool
    source: str


@dataclass(frozen=True, slots=True)
class ImportCost:
    """What importing a module costs in a fresh process, measured, and the packages it loads too."""

    module: str
    cpu_ms: float
    modules: int
    brings: tuple[str, ...]
    measured: str


@dataclass(frozen=True, slots=True)
class Idioms:
    """Canonical names by what they tell the analysis; `idioms.toml` says what each set means."""

    memo_decorators: frozenset[str]
    instance_memo_decorators: frozenset[str]
    transparent_decorators: frozenset[str]
    handler_decorators: frozenset[str]
    route_registrations: frozenset[str]
    lifespan_registrations: frozenset[str]
    web_adapters: frozenset[str]
    adapters: frozenset[str]
    per_request_callbacks: frozenset[str]
    threaded_callbacks: frozenset[str]
    not_called: frozenset[str]
    request_locals: frozenset[str]
    varying: frozenset[str]
    environment: frozenset[str]
    credentials: frozenset[str]
    pure: frozenset[str]
    pure_methods: frozenset[str]
    import_side_effects: frozenset[str]


@cache
def clients() -> Mapping[str, Client]:
    """Gives every known client by its canonical name."""
    found: dict[str, Client] = {}
    for group in _groups("clients.toml", "clients"):
        for line in _lines(group["names"]):
            name, variable = line.split()
            found[name] = _client(name, variable, group)
    return MappingProxyType(found)


@cache
def canonical(name: str) -> str:
    """Gives the name under which an object is known, following aliases and public re-exports."""
    known = aliases()
    found = name
    while (renamed := _rename(found, known)) is not None:
        found = renamed
    return found


@cache
def trigger_words() -> frozenset[str]:
    """Gives the top-level packages of all clients: without one of them a file builds none."""
    names = [*clients(), *aliases()]
    return frozenset(name.split(".", 1)[0].removesuffix("()") for name in names)


@cache
def import_cost(module: str) -> ImportCost | None:
    """Gives the cost of a module or of its nearest measured parent; None when nothing is known.

    A name that is imported from a module may be asked for as `module.name`.
    """
    costs = _import_costs()
    parent = module
    while parent:
        if (found := costs.get(parent)) is not None:
            return found
        parent = parent.rpartition(".")[0]
    if module.partition(".")[0] in sys.stdlib_module_names:
        return ImportCost(module, 0.0, 0, (), "standard library, taken as free")
    return None


@cache
def idioms() -> Idioms:
    """Gives the sets of names that tell how often a line runs and on what a value depends."""
    table = _read("idioms.toml")
    sets = {key: frozenset(_idiom_names(groups)) for key, groups in table.items()}
    sets["adapters"] |= sets["web_adapters"]
    sets["per_request_callbacks"] |= sets["threaded_callbacks"]
    return Idioms(**sets)


@cache
def snapshots() -> Mapping[str, str]:
    """Gives the kind of everything that must not become part of a snapshot, by its canonical name."""
    table = _read("snapshots.toml")
    return MappingProxyType({name: kind for kind, groups in table.items() for name in _idiom_names(groups)})


@dataclass(frozen=True, slots=True)
class Platform:
    """Limits of AWS Lambda and what calls it: memory, storage and packages in MB, times in seconds.

    CPU is given in proportion to memory; with `vcpu_memory_mb` a function has the equivalent of one vCPU.
    """

    default_memory_mb: int
    vcpu_memory_mb: int
    api_timeout_s: int
    snapstart_storage_mb: int
    snapstart_runtime: str
    package_mb: int


@cache
def platform() -> Platform:
    """Gives the limits of AWS Lambda."""
    (facts,) = _groups("platforms.toml", "lambda")
    return Platform(**{name: value for name, value in facts.items() if name not in ("read", "source")})


@cache
def runtime_ends() -> Mapping[str, date]:
    """Gives the day from which each runtime of AWS Lambda gets no security updates any more."""
    lines = (line.split() for group in _groups("platforms.toml", "runtimes") for line in _lines(group["ends"]))
    return MappingProxyType({runtime: date.fromisoformat(day) for runtime, day in lines})


def ended_runtimes(day: date) -> tuple[str, ...]:
    """Lists the runtimes of AWS Lambda that get no security updates any more on a day."""
    return tuple(sorted(runtime for runtime, end in runtime_ends().items() if end <= day))


@cache
def bringing(package: str) -> frozenset[str]:
    """Gives the modules that are known to load a package themselves."""
    return frozenset(module for module, packages in _brings().items() if package in packages)


@cache
def packages_with_costs() -> frozenset[str]:
    """Gives the packages of which a cost of importing is known."""
    return frozenset(module.partition(".")[0] for module in _import_costs())


@cache
def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / name).read_text(encoding="utf-8"))


def _groups(file: str, key: str) -> Iterator[dict[str, Any]]:
    yield from _read(file)[key]


def _lines(block: str) -> Iterator[str]:
    return (line for line in block.splitlines() if line and not line.startswith("#"))


def _client(name: str, variable: str, group: Mapping[str, Any]) -> Client:
    return Client(
        name=name,
        code=group["code"],
        kind=group["kind"],
        connects=group.get("connects", "lazy"),
        thread_safe=group.get("thread_safe", True),
        loop_bound=group.get("loop_bound", False),
        variable=variable,
        refreshable=group.get("refreshable", True),
        source=group["source"],
    )


def trigger_of(decorator: str) -> str | None:
    """Gives the kind of event for which a decorated handler runs, None where its decorator does not say so."""
    package, *parts = decorator.replace("()", "").split(".")
    return next((kind for part in reversed(parts) if (kind := _triggers().get((package, part)))), None)


@cache
def _triggers() -> Mapping[tuple[str, str], str]:
    lines = (line.split() for group in _groups("triggers.toml", "triggers") for line in _lines(group["names"]))
    return {(package, part): kind for package, part, kind in lines}


@cache
def aliases() -> Mapping[str, str]:
    """Gives the canonical name of every alias and public re-export."""
    found: dict[str, str] = {}
    for group in _groups("clients.toml", "aliases"):
        for line in _lines(group["names"]):
            alias, name = line.split()
            found[alias] = name
    return MappingProxyType(found)


def _rename(name: str, aliases: Mapping[str, str]) -> str | None:
    """Replaces the longest prefix of `name` that is an alias; None when there is none."""
    end = len(name)
    while end > 0:
        if (target := aliases.get(name[:end])) is not None:
            return target + name[end:]
        end = max(name.rfind(".", 0, end), name.rfind("(", 0, end))
    return None


def _idiom_names(groups: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Gives the names of the groups; `objects` and `methods` stand for all their combinations."""
    for group in groups:
        yield from group.get("names", "").split()
        for receiver in group.get("objects", "").split():
            for method in group["methods"].split():
                yield f"{receiver}.{method}"


@cache
def _import_costs() -> Mapping[str, ImportCost]:
    found: dict[str, ImportCost] = {}
    brings = _brings()
    for group in _groups("imports.toml", "costs"):
        for line in _lines(group["names"]):
            module, cpu_ms, modules, version = line.split()
            found[module] = ImportCost(
                module=module,
                cpu_ms=float(cpu_ms),
                modules=int(modules),
                brings=brings.get(module, ()),
                measured=f"{version}, {group['measured']}",
            )
    return MappingProxyType(found)


@cache
def _brings() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for group in _groups("imports.toml", "brings"):
        for line in _lines(group["names"]):
            module, *packages = line.split()
            found[module] = tuple(packages)
    return found

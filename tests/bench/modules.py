"""Writes the modules of one generated function: handler, service, repository, models and the rest."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from tests.bench.statements import INDENT, Body, Callee, Lines
from tests.bench.words import ADJECTIVES, ENTITIES, FIELDS, REASONS, SERVICES, STDLIB, VERBS, camel, sentence

CANDIDATE_SHARE = 0.10
PLAIN_CANDIDATES = 0.02
"""How often a function of a module that formats, validates or describes imports something when it runs."""

TYPES = ("str", "int", "float", "bool")
HEAVY = (
    "pandas as pd", "numpy as np", "requests", "openpyxl", "yaml", "jinja2", "csv", "zipfile", "io", "copy", "json",
    "decimal",
)  # fmt: skip  # one name a line would take half a screen
SDK_IMPORTS = ("import os", "", "import boto3", "import requests")


@dataclass(slots=True)
class Tally:
    """What has been written so far; it steers how many functions hold a client build or an import."""

    lines: int = 0
    candidate_lines: int = 0
    candidates: int = 0
    pending: int = 0

    def wants_candidate(self, rng: random.Random, plain: bool) -> bool:
        wanted = self.candidate_lines < CANDIDATE_SHARE * (self.lines + self.pending)
        return wanted and rng.random() < (PLAIN_CANDIDATES if plain else 0.8)

    def add_candidate(self, length: int) -> None:
        self.candidates += 1
        self.candidate_lines += length

    def close_module(self, lines: Lines) -> None:
        self.lines += len(lines)
        self.pending = 0


@dataclass(slots=True)
class Scribe:
    """Writes what belongs to one deployed function; `shared` is what the layer offers.

    `plain` modules format, validate and describe: they build no clients and import only each other.
    """

    rng: random.Random
    tally: Tally
    entity: str
    verb: str = "load"
    prefix: str = ""
    shared: list[tuple[str, Callee]] = field(default_factory=list)
    plain: bool = False


def indented(lines: Lines) -> Lines:
    return [INDENT + line if line else line for line in lines]


def head(scribe: Scribe, text: str, *imports: str) -> Lines:
    """A module's docstring, its imports and its logger."""
    stdlib = sorted({"logging", *scribe.rng.sample(STDLIB, scribe.rng.randint(1, 4))})
    lines = [f'"""{text}"""', "", "from __future__ import annotations", "", *(f"import {name}" for name in stdlib)]
    return [*lines, *imports, "", "logger = logging.getLogger(__name__)", ""]


def from_layer(scribe: Scribe, most: int) -> tuple[Lines, list[Callee]]:
    """Imports of a few functions of the shared layer, and the functions."""
    chosen = scribe.rng.sample(scribe.shared, min(most, len(scribe.shared)))
    return [f"from shared.{module} import {callee[0]}" for module, callee in chosen], [callee for _, callee in chosen]


def paid_lines(rng: random.Random, plain: bool) -> Lines:
    """What makes a function a candidate: a client built in it, or an import."""
    kind, service = 1.0 if plain else rng.random(), rng.choice(SERVICES)
    if kind < 0.35:
        return [f'{service}_client = boto3.client("{service}")']
    if kind < 0.5:
        table = f"{rng.choice(ENTITIES).upper()}_TABLE"
        return ['dynamodb = boto3.resource("dynamodb")', f'table = dynamodb.Table(os.environ["{table}"])']
    if kind < 0.58:
        return [f'bucket_client = boto3.client("{service}", region_name=os.environ["AWS_REGION"])']
    if kind < 0.64:
        return [f'tenant_client = boto3.client("{service}", region_name=region)']
    if kind < 0.7:
        return ["http = requests.Session()"]
    return [f"import {rng.choice(HEAVY)}"]


def docstring(rng: random.Random, text: str, parameters: list[str]) -> Lines:
    """One line, or what each parameter is as well."""
    if rng.random() < 0.6:
        return [f'"""{text}"""']
    described = [f"{INDENT}{name}: {rng.choice(REASONS)}" for name in parameters]
    return [f'"""{text}', "", "Args:", *described, "", "Returns:", f"{INDENT}{rng.choice(REASONS)}", '"""']


def function(scribe: Scribe, name: str, parameters: list[str], length: int, callees: list[Callee]) -> Lines:
    """One function with a docstring and about `length` lines; sometimes a candidate."""
    rng = scribe.rng
    scope = [parameter for parameter in parameters if parameter != "self"] or ["logger"]
    body = Body(rng, scope, callees)
    candidate = scribe.tally.wants_candidate(rng, scribe.plain)
    lines = docstring(rng, sentence(rng, name.split("_", maxsplit=1)[0], scribe.entity), scope)
    if candidate:
        region = f'{scope[0]}.get("region")' if rng.random() < 0.5 else '"eu-central-1"'
        lines += [f"region = {region}", *paid_lines(rng, scribe.plain)]
    lines += body.lines(length)
    lines.append(f"return {body.name()}" if rng.random() < 0.8 else f'return {{"{rng.choice(FIELDS)}": {body.name()}}}')
    whole = [f"def {name}({', '.join(parameters)}):", *indented(lines)]
    scribe.tally.pending += len(whole)
    if candidate:
        scribe.tally.add_candidate(len(whole))
    return whole


def names(scribe: Scribe, count: int) -> list[str]:
    rng = scribe.rng
    return [f"{verb}_{rng.choice(ADJECTIVES)}_{scribe.entity}" for verb in rng.sample(VERBS, count)]


def functions(scribe: Scribe, budget: int, callees: list[Callee]) -> Lines:
    """Functions until about `budget` lines are written; each may call those before it, and joins `callees`."""
    written: Lines = []
    waiting = names(scribe, len(VERBS))
    while len(written) < budget and waiting:
        name, parameters = waiting.pop(), scribe.rng.sample(FIELDS, scribe.rng.randint(1, 3))
        written += ["", *function(scribe, name, parameters, scribe.rng.randint(6, 34), callees), ""]
        callees.append((name, len(parameters)))
    return written


def methods(scribe: Scribe, wanted: list[str], budget: int, callees: list[Callee]) -> Lines:
    """Methods until about `budget` lines are written; each may call those before it, and joins `callees`."""
    written: Lines = []
    for name in wanted:
        parameters = ["self", scribe.entity, *scribe.rng.sample(FIELDS, scribe.rng.randint(0, 2))]
        written += [*indented(function(scribe, name, parameters, scribe.rng.randint(5, 28), callees)), ""]
        callees.append((f"self.{name}", len(parameters) - 1))
        if len(written) > budget:
            break
    return written


def handler_module(scribe: Scribe, name: str, formatting: list[Callee]) -> Lines:
    """The module that the manifest names."""
    rng, entity = scribe.rng, scribe.entity
    layer, callees = from_layer(scribe, 3)
    lines = head(
        scribe, f"Entry point: {sentence(rng, scribe.verb, entity)}", *SDK_IMPORTS, "",
        f"from {scribe.prefix}service import {camel(entity)}Service",
        f"from {scribe.prefix}validation import check_{entity}",
        f"from {scribe.prefix}formatting import {', '.join(callee for callee, _ in formatting) or 'logger'}",
        *layer, "from shared.responses import failure, success",
    )  # fmt: skip
    callees += formatting
    if rng.random() < 0.3:
        lines += [f'{rng.choice(SERVICES)}_at_start = boto3.client("{rng.choice(SERVICES)}")', ""]
    lines += functions(scribe, rng.randint(20, 70), callees)
    body = function(scribe, name, ["event", "context"], rng.randint(12, 30), callees)
    service = f"answer = {camel(entity)}Service().{scribe.verb}({entity})"
    call = [f"{entity} = check_{entity}(event)", service, "return success(answer)"]
    return [*lines, "", *body[:-1], *indented(call)]


def service_module(scribe: Scribe, budget: int, repository: list[Callee]) -> Lines:
    """The module with what the business asked for; its first method to call is written last."""
    rng, entity = scribe.rng, scribe.entity
    layer, callees = from_layer(scribe, 2)
    lines = head(
        scribe, sentence(rng, "decide", entity), *SDK_IMPORTS, "",
        f"from {scribe.prefix}repository import {camel(entity)}Repository",
        f"from {scribe.prefix}models import {camel(entity)}", *layer,
    )  # fmt: skip
    lines += ["", f"class {camel(entity)}Service:", f'{INDENT}"""{sentence(rng, scribe.verb, entity)}"""', ""]
    build = f"{INDENT}self.repository = repository or {camel(entity)}Repository()"
    lines += indented(["def __init__(self, repository=None):", build, ""])
    callees += [(name.replace("self.", "self.repository."), arity) for name, arity in repository]
    lines += methods(scribe, names(scribe, 12), budget - len(lines) - 20, callees)
    return lines + indented(function(scribe, scribe.verb, ["self", entity], rng.randint(6, 30), callees))


def repository_module(scribe: Scribe, budget: int, callees: list[Callee]) -> Lines:
    """The module that reads and writes the store; its methods join `callees`."""
    rng, entity = scribe.rng, scribe.entity
    lines = head(scribe, sentence(rng, "store", entity), *SDK_IMPORTS)
    memo = rng.random()
    if memo < 0.4:
        lines += [f'table = boto3.resource("dynamodb").Table("{entity}")', ""]
    elif memo < 0.7:
        lines += ["_table = None", "", "", "def get_table():", f"{INDENT}global _table", f"{INDENT}if _table is None:"]
        build = '_table = boto3.resource("dynamodb").Table(os.environ["TABLE"])'
        lines += [INDENT + INDENT + build, f"{INDENT}return _table", ""]
        scribe.tally.add_candidate(6)
        callees.append(("get_table", 0))
    lines += ["", f"class {camel(entity)}Repository:", f'{INDENT}"""{sentence(rng, "load", entity)}"""', ""]
    lines += methods(scribe, names(scribe, 10), budget - len(lines), callees)
    callees[:] = [callee for callee in callees if callee[0].startswith("self.")]
    return lines


def models_module(scribe: Scribe, budget: int) -> Lines:
    """Dataclasses and enumerations."""
    rng = scribe.rng
    imports = ("from dataclasses import dataclass, field", "from enum import Enum")
    lines = head(scribe, f"The values around a {scribe.entity}.", *imports)
    for word in [scribe.entity, *rng.sample([word for word in ENTITIES if word != scribe.entity], 12)]:
        lines += ["", f"class {camel(word)}State(Enum):", f'{INDENT}"""{sentence(rng, "list", word)}"""', ""]
        lines += [f'{INDENT}{state.upper()} = "{state}"' for state in rng.sample(ADJECTIVES, 4)]
        lines += ["", "", "@dataclass", f"class {camel(word)}:", f'{INDENT}"""{sentence(rng, "describe", word)}"""', ""]
        for name in rng.sample(FIELDS, rng.randint(5, 14)):
            lines.append(f"{INDENT}{name}: {rng.choice(TYPES)} = {rng.choice(('0', 'None', 'field(default=1)'))}")
        method = function(scribe, f"{rng.choice(VERBS)}_{word}", ["self", "values"], rng.randint(3, 12), [])
        lines += ["", *indented(method), ""]
        if len(lines) > budget:
            break
    return lines


def validation_module(scribe: Scribe, budget: int) -> Lines:
    """Functions that reject what does not fit."""
    rng, entity = scribe.rng, scribe.entity
    layer, callees = from_layer(scribe, 1)
    lines = head(scribe, f"Rejects a {entity} that does not fit.", "import os", *layer)
    lines += [f"REQUIRED = {tuple(rng.sample(FIELDS, 5))!r}", f"# {rng.choice(REASONS)}", "LIMITS = {"]
    for name in rng.sample(FIELDS, rng.randint(6, 20)):
        lines.append(f'{INDENT}"{name}": ({rng.randrange(9)}, {rng.randrange(10, 9999)}),')
    lines += ["}", ""]
    lines += functions(scribe, budget - len(lines) - 8, callees)
    lines += ["", f"def check_{entity}(event):", f'{INDENT}"""{sentence(rng, "check", entity)}"""']
    check = [
        "for name in REQUIRED:",
        f"{INDENT}if name not in event:",
        f'{INDENT * 2}raise ValueError(f"{{name}} is missing")',
    ]
    return [*lines, *indented(check), *indented(Body(rng, ["event"], callees).lines(4)), f"{INDENT}return event"]


def utility_module(scribe: Scribe, budget: int, callees: list[Callee]) -> Lines:
    """What every code base has: a module of small functions, which join `callees`."""
    layer, offered = from_layer(scribe, 1)
    packages = ("import os",) if scribe.plain else SDK_IMPORTS
    lines = head(scribe, sentence(scribe.rng, "format", scribe.entity), *packages, *layer)
    if scribe.rng.random() < 0.05:
        lines += ["from decimal import *", ""]
    known = list(offered)
    lines += functions(scribe, budget - len(lines), known)
    callees += known[len(offered) :]
    return lines

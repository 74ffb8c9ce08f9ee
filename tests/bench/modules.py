"""Writes the modules of one generated function: handler, service, repository, models and the rest."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from tests.bench.statements import INDENT, Body, Lines
from tests.bench.words import (
    ADJECTIVES,
    ENTITIES,
    FIELDS,
    REASONS,
    SERVICES,
    STDLIB,
    VERBS,
    camel,
    sentence,
)

CANDIDATE_SHARE = 0.10
TYPES = ("str", "int", "float", "bool")
HEAVY = (
    "pandas as pd",
    "numpy as np",
    "requests",
    "openpyxl",
    "yaml",
    "jinja2",
    "csv",
    "zipfile",
    "io",
    "copy",
    "json",
    "decimal",
)


@dataclass(slots=True)
class Tally:
    """What has been written so far; it steers how many functions hold a client build or an import."""

    lines: int = 0
    candidate_lines: int = 0
    candidates: int = 0
    pending: int = field(default=0)

    def wants_candidate(self, rng: random.Random) -> bool:
        return self.candidate_lines < CANDIDATE_SHARE * (self.lines + self.pending) and rng.random() < 0.8

    def add_candidate(self, length: int) -> None:
        self.candidates += 1
        self.candidate_lines += length

    def close_module(self, lines: Lines) -> None:
        self.lines += len(lines)
        self.pending = 0


def indented(lines: Lines) -> Lines:
    return [INDENT + line if line else line for line in lines]


def head(rng: random.Random, text: str, *imports: str) -> Lines:
    """A module's docstring, its imports and its logger."""
    stdlib = sorted({"logging", *rng.sample(STDLIB, rng.randint(1, 4))})
    lines = [f'"""{text}"""', "", "from __future__ import annotations", "", *(f"import {name}" for name in stdlib), ""]
    return [*lines, *imports, *([""] if imports else []), "logger = logging.getLogger(__name__)", ""]


def build_lines(rng: random.Random) -> Lines:
    """What makes a function a candidate: a client built in it, or an import."""
    kind = rng.random()
    service = rng.choice(SERVICES)
    if kind < 0.35:
        return [f'{service}_client = boto3.client("{service}")']
    if kind < 0.5:
        return [
            'dynamodb = boto3.resource("dynamodb")',
            f'table = dynamodb.Table(os.environ["{rng.choice(ENTITIES).upper()}_TABLE"])',
        ]
    if kind < 0.58:
        return [f'bucket_client = boto3.client("{service}", region_name=os.environ["AWS_REGION"])']
    if kind < 0.64:
        return [f'tenant_client = boto3.client("{service}", region_name=region)']
    if kind < 0.7:
        return ["http = requests.Session()"]
    module = rng.choice(HEAVY)
    return [f"import {module}"]


def function(
    rng: random.Random, tally: Tally, name: str, parameters: list[str], length: int, entity: str, method: bool = False
) -> Lines:
    """One function with a docstring and about `length` lines; sometimes a candidate."""
    verb = name.split("_", maxsplit=1)[0]
    signature = ", ".join(["self", *parameters] if method else parameters)
    scope = [p.split(":")[0].split("=")[0].strip() for p in parameters] or ["logger"]
    body = Body(rng, scope)
    candidate = tally.wants_candidate(rng)
    start = (
        ["region = " + (f'{scope[0]}.get("region")' if rng.random() < 0.5 else '"eu-central-1"'), *build_lines(rng)]
        if candidate
        else []
    )
    lines = [f'"""{sentence(rng, verb, entity)}"""', *start, *body.lines(length)]
    lines.append(f"return {body.name()}" if rng.random() < 0.8 else f'return {{"{rng.choice(FIELDS)}": {body.name()}}}')
    whole = [f"def {name}({signature}):", *indented(lines)]
    tally.pending += len(whole)
    if candidate:
        tally.add_candidate(len(whole))
    return whole


def function_names(rng: random.Random, entity: str, count: int) -> list[str]:
    return [f"{verb}_{rng.choice(ADJECTIVES)}_{entity}" for verb in rng.sample(VERBS, count)]


def functions(rng: random.Random, tally: Tally, entity: str, budget: int) -> Lines:
    """Functions until about `budget` lines are written."""
    written: Lines = []
    names = function_names(rng, entity, len(VERBS))
    while len(written) < budget and names:
        parameters = rng.sample(FIELDS, rng.randint(1, 3))
        written += ["", *function(rng, tally, names.pop(), parameters, rng.randint(6, 34), entity), ""]
    return written


def handler_module(rng: random.Random, tally: Tally, entity: str, verb: str, prefix: str, name: str) -> Lines:
    """The module that the manifest names."""
    imports = [
        "import boto3", "import os", "import requests", "",
        f"from {prefix}service import {camel(entity)}Service",
        f"from {prefix}validation import check_{entity}",
        "from shared.responses import failure, success",
    ]  # fmt: skip
    lines = head(rng, f"Entry point: {sentence(rng, verb, entity)}", *imports)
    if rng.random() < 0.3:
        lines += [f'{rng.choice(SERVICES)}_at_start = boto3.client("{rng.choice(SERVICES)}")', ""]
    lines += functions(rng, tally, entity, rng.randint(20, 70))
    body = function(rng, tally, name, ["event", "context"], rng.randint(12, 30), entity)
    last = body.pop()
    call = [
        f"{entity} = check_{entity}(event)",
        f"answer = {camel(entity)}Service().{verb}({entity})",
        "success(answer)",
    ]
    return [*lines, "", *body, *indented(call), last]


def service_module(rng: random.Random, tally: Tally, entity: str, verb: str, prefix: str, budget: int) -> Lines:
    """The module with what the business asked for."""
    imports = [
        f"from {prefix}repository import {camel(entity)}Repository",
        f"from {prefix}models import {camel(entity)}",
        "import boto3",
        "import os",
    ]
    lines = head(rng, sentence(rng, "decide", entity), *imports, "import requests")
    lines += ["", f"class {camel(entity)}Service:", f'{INDENT}"""{sentence(rng, verb, entity)}"""', ""]
    lines += indented(
        [
            "def __init__(self, repository=None):",
            f"{INDENT}self.repository = repository or {camel(entity)}Repository()",
            "",
        ]
    )
    names = [verb, *function_names(rng, entity, 12)]
    for name in names:
        lines += [
            *indented(
                function(
                    rng,
                    tally,
                    name,
                    [entity, *rng.sample(FIELDS, rng.randint(0, 2))] if name != verb else [entity],
                    rng.randint(6, 30),
                    entity,
                    method=True,
                )
            ),
            "",
        ]
        if len(lines) > budget:
            break
    return lines


def repository_module(rng: random.Random, tally: Tally, entity: str, budget: int) -> Lines:
    """The module that reads and writes the store."""
    lines = head(rng, sentence(rng, "store", entity), "import boto3", "import os", "import requests")
    memo = rng.random()
    if memo < 0.4:
        lines += [f'table = boto3.resource("dynamodb").Table("{entity}")', ""]
    elif memo < 0.7:
        lines += ["_table = None", "", "", "def get_table():", f"{INDENT}global _table", f"{INDENT}if _table is None:"]
        lines += [
            f'{INDENT}{INDENT}_table = boto3.resource("dynamodb").Table(os.environ["TABLE"])',
            f"{INDENT}return _table",
            "",
        ]
        tally.add_candidate(6)
    lines += ["", f"class {camel(entity)}Repository:", f'{INDENT}"""{sentence(rng, "load", entity)}"""', ""]
    for name in function_names(rng, entity, 10):
        lines += [
            *indented(
                function(rng, tally, name, ["key", *rng.sample(FIELDS, 1)], rng.randint(5, 24), entity, method=True)
            ),
            "",
        ]
        if len(lines) > budget:
            break
    return lines


def models_module(rng: random.Random, tally: Tally, entity: str, budget: int) -> Lines:
    """Dataclasses and enumerations."""
    lines = head(
        rng, f"The values around a {entity}.", "from dataclasses import dataclass, field", "from enum import Enum"
    )
    names = [entity, *rng.sample([word for word in ENTITIES if word != entity], 12)]
    for name in names:
        lines += ["", f"class {camel(name)}State(Enum):", f'{INDENT}"""{sentence(rng, "list", name)}"""', ""]
        lines += [f'{INDENT}{word.upper()} = "{word}"' for word in rng.sample(ADJECTIVES, 4)]
        lines += ["", "", "@dataclass", f"class {camel(name)}:", f'{INDENT}"""{sentence(rng, "describe", name)}"""', ""]
        chosen = rng.sample(FIELDS, rng.randint(5, 14))
        lines += [
            f"{INDENT}{name}: {rng.choice(TYPES)} = {rng.choice(('0', 'None', 'field(default=1)'))}" for name in chosen
        ]
        lines += [
            "",
            *indented(
                function(rng, tally, f"{rng.choice(VERBS)}_{name}", ["values"], rng.randint(3, 12), name, method=True)
            ),
            "",
        ]
        if len(lines) > budget:
            break
    return lines


def validation_module(rng: random.Random, tally: Tally, entity: str, budget: int) -> Lines:
    """Functions that reject what does not fit."""
    lines = head(rng, f"Rejects a {entity} that does not fit.", "import boto3", "import os", "import requests")
    lines += [f"REQUIRED = {tuple(rng.sample(FIELDS, 5))!r}", f"# {rng.choice(REASONS)}", "LIMITS = {"]
    lines += [
        f'{INDENT}"{f}": ({rng.randrange(9)}, {rng.randrange(10, 9999)}),'
        for f in rng.sample(FIELDS, rng.randint(6, 20))
    ]
    lines += ["}", ""]
    lines += [
        "",
        f"def check_{entity}(event):",
        f'{INDENT}"""{sentence(rng, "check", entity)}"""',
        f"{INDENT}for name in REQUIRED:",
    ]
    lines += [
        f"{INDENT}{INDENT}if name not in event:",
        f'{INDENT}{INDENT}{INDENT}raise ValueError(f"{{name}} is missing")',
        f"{INDENT}return event",
        "",
    ]
    return lines + functions(rng, tally, entity, budget - len(lines))


def utility_module(rng: random.Random, tally: Tally, entity: str, budget: int) -> Lines:
    """What every code base has: a module of small functions."""
    lines = head(rng, sentence(rng, "format", entity), "import boto3", "import os", "import requests")
    if rng.random() < 0.05:
        lines += ["from decimal import *", ""]
    return lines + functions(rng, tally, entity, budget - len(lines))

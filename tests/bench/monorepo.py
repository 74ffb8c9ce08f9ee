"""Generates a serverless monorepo: many functions, a shared layer, manifests; the same seed, the same bytes."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from pathlib import Path

from tests.bench import modules
from tests.bench.modules import Scribe, Tally
from tests.bench.statements import INDENT, Callee, Lines
from tests.bench.words import ENTITIES, VERBS, camel

SEED = 20261120
FUNCTIONS = 300
LINES = 200_000
PER_DOMAIN = 12
SHARED_MODULES = 40
GATEWAYS = 0.3
"""How many of the shared modules talk to services; in real projects three files in four hold no client call."""

SHARED_LINES = 300


@dataclass(frozen=True, slots=True)
class Monorepo:
    """What was generated, for the head of a report."""

    root: Path
    seed: int
    files: int
    functions: int
    lines: int
    candidates: int
    candidate_lines: int

    def describe(self) -> str:
        share = 100 * self.candidate_lines / self.lines
        return (
            f"monorepo, seed {self.seed}: {self.functions} functions, {self.files} Python files, {self.lines} lines, "
            f"{self.candidates} candidate functions with {self.candidate_lines} lines ({share:.1f} %)"
        )


@dataclass(frozen=True, slots=True)
class Function:
    """One deployed function and the flavour of its deployment."""

    entity: str
    verb: str
    flavour: str

    @property
    def name(self) -> str:
        return f"{self.verb}_{self.entity}"


class Builder:
    """Writes files below `root` and counts them."""

    def __init__(self, root: Path, seed: int) -> None:
        self.root = root
        self.rng = random.Random(seed)  # noqa: S311  # the same program every time is the point
        self.tally = Tally()
        self.files = 0
        self.helpers: list[tuple[str, Callee]] = []
        """The plain functions of the layer with the module each is in."""
        self.gateways: list[tuple[str, Callee]] = []
        """Those that talk to services."""

    def write(self, path: str, lines: Lines) -> None:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text("\n".join(lines).rstrip("\n") + "\n", encoding="utf-8", newline="\n")
        if path.endswith(".py"):
            self.files += 1
            self.tally.close_module(lines)


def build(root: Path, seed: int = SEED, functions: int = FUNCTIONS, lines: int = LINES) -> Monorepo:
    """Writes the monorepo below the empty folder `root`."""
    builder = Builder(root, seed)
    builder.write("pyproject.toml", ["[project]", 'name = "monorepo"', 'version = "1"', "", "[tool.lambda-perf]"])
    _write_layer(builder, max(2, SHARED_MODULES * functions // FUNCTIONS))
    left = functions
    for index, domain in enumerate(_domains(builder.rng, functions)):
        for function in domain:
            _write_function(builder, f"domains/domain_{index:02}", function, (lines - builder.tally.lines) / left)
            left -= 1
        _write_manifest(builder, f"domains/domain_{index:02}", domain)
    return Monorepo(
        root,
        seed,
        builder.files,
        functions,
        builder.tally.lines,
        builder.tally.candidates,
        builder.tally.candidate_lines,
    )


def _domains(rng: random.Random, functions: int) -> list[list[Function]]:
    pairs = [(entity, verb) for entity in ENTITIES for verb in VERBS]
    chosen = rng.sample(pairs, functions)
    groups = [chosen[start : start + PER_DOMAIN] for start in range(0, functions, PER_DOMAIN)]
    flavours = [rng.choice(("sam", "sam", "serverless", "serverless", "none")) for _ in groups]
    return [
        [Function(entity, verb, flavour) for entity, verb in group]
        for group, flavour in zip(groups, flavours, strict=True)
    ]


def _write_layer(builder: Builder, count: int) -> None:
    base = "layers/shared/python/shared"
    builder.write(f"{base}/__init__.py", ['"""What all domains share."""'])
    builder.write(f"{base}/responses.py", RESPONSES.splitlines())
    for number in range(count):
        entity = builder.rng.choice(ENTITIES)
        plain = number >= count * GATEWAYS
        offered = builder.helpers if plain else builder.gateways
        scribe = Scribe(builder.rng, builder.tally, entity, shared=list(offered), plain=plain)
        callees: list[Callee] = []
        builder.write(f"{base}/{entity}_{number:02}.py", modules.utility_module(scribe, SHARED_LINES, callees))
        offered += [(f"{entity}_{number:02}", callee) for callee in callees]


def _write_manifest(builder: Builder, base: str, domain: list[Function]) -> None:
    match domain[0].flavour:
        case "sam":
            builder.write(f"{base}/template.yaml", _sam(builder.rng, domain))
        case "serverless":
            builder.write(f"{base}/serverless.yml", _serverless(builder.rng, domain))
        case _:
            builder.write(f"{base}/README.md", ["# Deployed by a script elsewhere"])


def _write_function(builder: Builder, base: str, function: Function, average: float) -> None:
    budget = int(average * builder.rng.uniform(0.55, 1.45))
    serverless = function.flavour == "serverless"
    folder = f"{base}/src/{function.name}"
    prefix = f"src.{function.name}." if serverless else ""
    everything = [*builder.gateways, *builder.helpers]
    scribe = Scribe(builder.rng, builder.tally, function.entity, function.verb, prefix, everything)
    plain = replace(scribe, shared=builder.helpers, plain=True)
    formatting: list[Callee] = []
    repository: list[Callee] = []
    builder.write(f"{folder}/formatting.py", modules.utility_module(plain, budget * 10 // 100, formatting))
    builder.write(f"{folder}/models.py", modules.models_module(plain, budget * 15 // 100))
    builder.write(f"{folder}/repository.py", modules.repository_module(scribe, budget * 18 // 100, repository))
    builder.write(f"{folder}/service.py", modules.service_module(scribe, budget * 25 // 100, repository))
    builder.write(f"{folder}/validation.py", modules.validation_module(plain, budget * 13 // 100))
    handler = "handler" if serverless else "lambda_handler"
    builder.write(f"{folder}/app.py", modules.handler_module(scribe, handler, formatting))
    if serverless:
        builder.write(f"{folder}/__init__.py", [f'"""{camel(function.entity)}."""'])


def _sam(rng: random.Random, domain: list[Function]) -> Lines:
    lines = [
        "AWSTemplateFormatVersion: '2010-09-09'",
        "Transform: AWS::Serverless-2016-10-31",
        "Globals:",
        "  Function:",
    ]
    lines += [
        "    Runtime: python3.12",
        f"    MemorySize: {rng.choice((256, 512, 1024))}",
        "    Timeout: 20",
        "Resources:",
    ]
    lines += [
        "  SharedLayer:",
        "    Type: AWS::Serverless::LayerVersion",
        "    Properties:",
        "      ContentUri: ../../layers/shared",
    ]
    for function in domain:
        lines += [f"  {camel(function.name)}Function:", "    Type: AWS::Serverless::Function", "    Properties:"]
        lines += [
            f"      CodeUri: src/{function.name}/",
            "      Handler: app.lambda_handler",
            "      Layers:",
            "        - !Ref SharedLayer",
        ]
    return lines


def _serverless(rng: random.Random, domain: list[Function]) -> Lines:
    lines = [f"service: {domain[0].entity}-service", "provider:", "  name: aws", "  runtime: python3.12"]
    lines += [
        f"  memorySize: {rng.choice((256, 512, 1024))}",
        "layers:",
        "  shared:",
        "    path: ../../layers/shared",
        "functions:",
    ]
    for function in domain:
        lines += [f"  {function.name}:", f"    handler: src/{function.name}/app.handler", "    timeout: 15"]
    return lines


RESPONSES = f'''"""Answers in the form that API Gateway expects."""

import json


def success(body):
{INDENT}"""Answers 200 with `body` as JSON."""
{INDENT}return {{"statusCode": 200, "body": json.dumps(body, default=str)}}


def failure(status, message):
{INDENT}"""Answers `status` with the message."""
{INDENT}return {{"statusCode": status, "body": json.dumps({{"message": message}})}}
'''

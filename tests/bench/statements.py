"""Writes function bodies of the generated monorepo: varied, nested, syntactically right."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from tests.bench.words import ADJECTIVES, ENTITIES, FIELDS, REASONS, VERBS

INDENT = "    "
BLANKS = 0.17
COMMENTS = 0.2
"""How often a statement follows an empty line or a comment: measured, with docstrings, on collections of real
functions, where 13 to 21 lines in a hundred are empty, 6 to 11 comments, and a line has 3.5 to 3.9 syntax nodes."""

Lines = list[str]


Callee = tuple[str, int]
"""What a body may call, and how many arguments it takes."""


class Body:
    """One function body under construction: the names in scope, what it may call, where randomness comes from."""

    def __init__(self, rng: random.Random, names: list[str], callees: Sequence[Callee] = ()) -> None:
        self.rng = rng
        self.names = list(names)
        self.callees = callees

    def name(self) -> str:
        return self.rng.choice(self.names)

    def fresh(self) -> str:
        rng = self.rng
        name = f"{rng.choice(ADJECTIVES)}_{rng.choice(FIELDS)}" if rng.random() < 0.6 else rng.choice(FIELDS)
        if name not in self.names:
            self.names.append(name)
        return name

    def literal(self) -> str:
        rng = self.rng
        return rng.choice(
            (
                str(rng.randrange(500)),
                f"{rng.random() * 10:.2f}",
                f'"{rng.choice(ADJECTIVES)}"',
                "None",
                "True",
                "[]",
                "{}",
                f'"{rng.choice(FIELDS)}"',
            )
        )

    def lines(self, budget: int, depth: int = 0) -> Lines:
        """About `budget` lines of statements."""
        written: Lines = []
        while len(written) < budget:
            kinds = SIMPLE if depth >= 2 or budget - len(written) < 6 else SIMPLE + COMPOUND
            if written and self.rng.random() < BLANKS:
                written.append("")
            if self.rng.random() < COMMENTS:
                written.append(f"# {self.rng.choice(REASONS)}")
            written += self.rng.choice(kinds)(self, depth)
        return written

    def block(self, depth: int, most: int = 4) -> Lines:
        """An indented block of one to `most` statements."""
        inner = Body(self.rng, self.names, self.callees)
        return [INDENT + line if line else line for line in inner.lines(self.rng.randint(1, most), depth + 1)]


def _lookup(body: Body, _depth: int) -> Lines:
    source, field = body.name(), body.rng.choice(FIELDS)
    return [f'{body.fresh()} = {source}.get("{field}", {body.literal()})']


def _conditional(body: Body, _depth: int) -> Lines:
    source, field, other = body.name(), body.rng.choice(FIELDS), body.literal()
    return [f'{body.fresh()} = {source}["{field}"] if "{field}" in {source} else {other}']


def _text(body: Body, _depth: int) -> Lines:
    rng, source = body.rng, body.name()
    return [f'{body.fresh()} = f"{rng.choice(ENTITIES)}-{{{source}}}-{rng.choice(ADJECTIVES)}"']


def _mapping(body: Body, _depth: int) -> Lines:
    fields = body.rng.sample(FIELDS, body.rng.randint(3, 7))
    values = [f'{INDENT}"{field}": {body.rng.choice((body.literal(), body.name()))},' for field in fields]
    return [f"{body.fresh()} = {{", *values, "}"]


def _comprehension(body: Body, _depth: int) -> Lines:
    rng, source, entity = body.rng, body.name(), body.rng.choice(ENTITIES)
    value, test = rng.choice(FIELDS), rng.choice(ADJECTIVES)
    return [f'{body.fresh()} = [{entity}["{value}"] for {entity} in {source} if {entity}.get("status") != "{test}"]']


def _grouping(body: Body, _depth: int) -> Lines:
    rng, source, field = body.rng, body.name(), body.rng.choice(FIELDS)
    target = body.fresh()
    return [
        f"{target} = sorted(",
        f"{INDENT}{source},",
        f"{INDENT}key=lambda {rng.choice(ENTITIES)}_row: {rng.choice(('len', 'str', 'repr'))}({field!r}),",
        f"{INDENT}reverse={rng.choice((True, False))},",
        ")",
    ]


def _log(body: Body, _depth: int) -> Lines:
    rng = body.rng
    text = f"{rng.choice(ADJECTIVES)} {rng.choice(ENTITIES)}: %s"
    return [f'logger.{rng.choice(("info", "debug", "warning"))}("{text}", {body.name()})']


def _guard(body: Body, _depth: int) -> Lines:
    rng, source = body.rng, body.name()
    text = f"{rng.choice(ENTITIES)} without {rng.choice(FIELDS)}"
    return [f"if not {source}:", f'{INDENT}raise ValueError("{text}")']


def _sum(body: Body, _depth: int) -> Lines:
    rng, source = body.rng, body.name()
    target = body.fresh()
    return [f"{target} = {rng.randrange(9)}", f"{target} += len(str({source})) * {rng.randrange(2, 90)}"]


def _comment(body: Body, _depth: int) -> Lines:
    source = body.name()
    return [f"# {body.rng.choice(REASONS)}", f"{body.fresh()} = {source} or {body.literal()}"]


def _unpack(body: Body, _depth: int) -> Lines:
    source = body.name()
    first, second = body.fresh(), body.fresh()
    separator = body.rng.choice("-/:#|")
    return [f'{first}, _, {second} = str({source}).partition("{separator}")']


def _call(body: Body, depth: int) -> Lines:
    if not body.callees:
        return _lookup(body, depth)
    callee, arity = body.rng.choice(body.callees)
    arguments = ", ".join(body.name() for _ in range(arity))
    return [f"{body.fresh()} = {callee}({arguments})"]


def _assembled(body: Body, _depth: int) -> Lines:
    rng = body.rng
    sources = [body.name() for _ in range(rng.randint(2, 4))]
    return [
        f"{body.fresh()} = {rng.choice(('max', 'min', 'zip', 'dict.fromkeys'))}(",
        *(f"{INDENT}{s}," for s in sources[:2]),
        ")",
    ]


def _branch(body: Body, depth: int) -> Lines:
    rng, source = body.rng, body.name()
    lines = [f'if {source} == "{rng.choice(ADJECTIVES)}":', *body.block(depth)]
    if rng.random() < 0.4:
        lines += [f"elif {body.name()} is not None and {body.name()}:", *body.block(depth)]
    if rng.random() < 0.5:
        lines += ["else:", *body.block(depth)]
    return lines


def _loop(body: Body, depth: int) -> Lines:
    source, entity = body.name(), body.rng.choice(ENTITIES)
    inner = Body(body.rng, [*body.names, entity], body.callees)
    lines = [f"for {entity} in {source}:", *inner.block(depth, 5)]
    if body.rng.random() < 0.4:
        lines += [f'{INDENT}if {entity}.get("{body.rng.choice(FIELDS)}"):', f"{INDENT}{INDENT}continue"]
    return lines


def _attempt(body: Body, depth: int) -> Lines:
    rng = body.rng
    error = rng.choice(("KeyError", "ValueError", "TypeError", "(KeyError, ValueError)"))
    text = f"{rng.choice(ENTITIES)} could not be {rng.choice(VERBS)}d: %s"
    return [
        "try:",
        *body.block(depth),
        f"except {error} as error:",
        f'{INDENT}logger.warning("{text}", error)',
        f"{INDENT}raise",
    ]


def _match(body: Body, depth: int) -> Lines:
    source, lines = body.name(), [""]
    lines = [f"match {source}:"]
    for word in body.rng.sample(ADJECTIVES, body.rng.randint(2, 3)):
        lines += [f'{INDENT}case "{word}":', *(INDENT + line if line else line for line in body.block(depth, 2))]
    return [*lines, f"{INDENT}case _:", f"{INDENT}{INDENT}pass"]


Writer = Callable[[Body, int], Lines]
SIMPLE: tuple[Writer, ...] = (
    _lookup, _call, _call, _conditional, _text, _mapping, _comprehension, _grouping, _log,
    _guard, _sum, _comment, _unpack, _assembled,
)  # fmt: skip
COMPOUND: tuple[Writer, ...] = (_branch, _branch, _loop, _attempt, _match)

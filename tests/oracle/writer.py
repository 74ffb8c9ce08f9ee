"""Text of a generated program: modules, names that never clash, and the ways a client may be made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import random
import re

SERVICES = ("s3", "sqs", "sns", "ses", "ssm", "kms", "events")
EVENT = re.compile(r"\bevent\b")
REGIONS = ("eu-west-1", "us-east-1", "ap-south-1")


@dataclass(slots=True)
class Module:
    """One file of the program."""

    name: str
    imports: list[str] = field(default_factory=list)
    body: list[str] = field(default_factory=list)

    def need(self, line: str) -> None:
        if line not in self.imports:
            self.imports.append(line)

    def add(self, text: str) -> None:
        """Adds a definition. Its event is called otherwise: a lone `event` would make it a handler."""
        self.body.append(EVENT.sub("order", text.strip("\n")))

    def add_entry(self, text: str) -> None:
        self.body.append(text.strip("\n"))

    def text(self) -> str:
        head = "\n".join(self.imports)
        return (head + "\n\n\n" + "\n\n\n".join(self.body)).strip("\n") + "\n"


Way: TypeAlias = Callable[["Writer", Module, int, bool], str]
"""Adds what it needs to a module and gives an expression that makes a client.

The last argument says whether `event` may be used; the one before, how deep ways may still nest.
"""


@dataclass(slots=True)
class Writer:
    """The program being generated."""

    random: random.Random
    leaves: tuple[Way, ...]
    ways: tuple[Way, ...]
    modules: dict[str, Module] = field(default_factory=dict)
    used: int = 0

    def name(self, prefix: str) -> str:
        self.used += 1
        return f"{prefix}_{self.used}"

    def module(self, name: str) -> Module:
        return self.modules.setdefault(name, Module(name))

    def service(self) -> str:
        return self.random.choice(SERVICES)

    def value(self, module: Module, depth: int, event: bool) -> str:
        """An expression that makes a client, valid in a function of `module`."""
        pool = self.leaves if depth <= 0 else self.ways
        return self.random.choice(pool)(self, module, depth - 1, event)

    def likely(self, share: float) -> bool:
        return self.random.random() < share


def parameter(event: bool) -> str:
    """The parameter list, or the argument list, of a function that may see the event."""
    return "event" if event else ""


def indented(text: str, levels: int = 1) -> str:
    return "\n".join(("    " * levels + line) if line else line for line in text.splitlines())


def method_parameters(event: bool) -> str:
    return "self, event" if event else "self"

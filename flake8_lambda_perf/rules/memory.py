"""What a measured cost means with the memory of a function: Lambda gives CPU in proportion to it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flake8_lambda_perf.knowledge import platform

if TYPE_CHECKING:
    from collections.abc import Callable

    from flake8_lambda_perf.model import Handler
    from flake8_lambda_perf.rules.found import Evidence


def memory_of(handler: Handler) -> int | None:
    """Gives the memory of a Lambda function in MB, the default where its manifest leaves it out; None if unknown."""
    if handler.platform != "lambda" or handler.memory is not None:
        return handler.memory if handler.platform == "lambda" else None
    stated = any(fact.name == "memory" for fact in handler.said)
    return None if stated else platform().default_memory_mb


def time_with(cpu_ms: float, memory: int) -> str:
    """Tells how long work takes that needs some CPU time of a whole core, in words."""
    ms = cpu_ms * max(1.0, platform().vcpu_memory_mb / memory)
    return f"about {ms / 1000:.1f} s" if ms >= 1000 else f"about {ms:.0f} ms"


def costing(evidence: Evidence, cost: Callable[[], float | None], when: str) -> Evidence:
    """Adds a note on what an import of known cost, in CPU ms, takes with the memory of the handler's function.

    Unknown costs and memory, and as much of it as makes a whole core, say nothing.
    """
    handler = evidence.handler
    memory = memory_of(handler) if handler is not None else None
    whole = platform().vcpu_memory_mb
    if memory is None or memory >= whole:
        return evidence
    cpu_ms = cost()
    if cpu_ms is None or cpu_ms < 1:
        return evidence
    note = (
        f"the import was measured at {cpu_ms:.0f} ms of a whole core; with {memory} MB `{evidence.handler_name}` has "
        f"{memory / whole:.0%} of one: {time_with(cpu_ms, memory)} of {when}"
    )
    return replace(evidence, note=note)

"""Judges findings by what a program did: a line is to blame if every request pays for it again, for nothing."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable

    from oracle.run import Build, Record

Line: TypeAlias = tuple[str, int]
Site: TypeAlias = tuple[str, int, int]
Stack: TypeAlias = tuple[Site, ...]
Identity: TypeAlias = tuple[str, str]
Called: TypeAlias = tuple[int, int, str, str]

IMPORTS = frozenset({"LPF201"})
AT_ITS_OWN_LINE = frozenset({"LPF101", "LPF102", "LPF103", "LPF104", "LPF106", "LPF112", "LPF113"})
SOMEWHERE_BELOW = frozenset({"LPF105", "LPF107", "LPF303"})
LOADED_BY_ROUTING = frozenset({"LPF301"})
"""Rules whose fix leaves modules to be imported by the framework, when it routes a request to them.

A stub routes nothing; tests/test_lazy_routers.py compares such programs under the true FastAPI.
"""
JUDGED = IMPORTS | AT_ITS_OWN_LINE | SOMEWHERE_BELOW
MAKERS = frozenset(
    {
        "client",
        "resource",
        "create_client",
        "Table",
        "connect",
        "addHandler",
        "getLogger",
        "download_file",
        "register_blueprint",
        "include_router",
    }
)
SURELY_CLIENTS = re.compile(
    r"(boto3\.(client|resource)|boto3\.(session\.)?Session(\(.*\)\.(client|resource))?"
    r"|psycopg2\.connect|redis\.Redis|requests\.Session|openai\.OpenAI|pymongo\.MongoClient)"
)
REGISTRATION = re.compile(
    r"(fastapi\.(FastAPI|APIRouter)|flask\.(Flask|Blueprint)|chalice\.Chalice"
    r"|aws_lambda_powertools\.event_handler\.\w+)\(\)"
    r"\.(get|post|put|patch|delete|head|options|route|middleware|exception_handler|add_\w+)(\(\))?"
)
"""Calls that tell an app what to do with requests: where the app is built once, so are they."""
UPKEEP = frozenset({"reset", "rollback", "ping", "is_connected"})
"""Calls that find out whether a kept connection still lives, and end what the last request left open."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A finding as the oracle needs it: its lines, its columns from 0 if it has one line, and where its trace ends."""

    code: str
    path: str
    line: int
    end_line: int
    ends_at: Line | None = None
    columns: tuple[int, int] | None = None

    def covers(self, line: Line | Site) -> bool:
        return line[0] == self.path and self.line <= line[1] <= self.end_line

    def is_at(self, site: Site) -> bool:
        """Whether a call stands in the claimed lines, and in the claimed part of a line: two calls may share one."""
        start, end = divmod(site[2], 4096)
        return self.covers(site) and (self.columns is None or (start < self.columns[1] and self.columns[0] < end))

    def text(self) -> str:
        return f"{self.path}:{self.line} {self.code}"


def is_build(name: str) -> bool:
    """Whether a call makes something: a factory of a library, a client of a session, a part of an app."""
    return "(" not in name or name.rpartition(".")[2] in MAKERS


def repeated(record: Record) -> dict[Stack, frozenset[Identity]]:
    """Builds that happen on the second and third request alike, by the lines that led to them.

    One way to a build counts if its arguments are the same in every request in which it is taken.
    """
    seen: dict[Stack, dict[tuple[int, int], set[Identity]]] = defaultdict(lambda: defaultdict(set))
    for call in record.calls:
        if call.request and is_build(call.name):
            seen[call.stack][call.mood, call.request].add((call.name, call.arguments))
    return {
        stack: frozenset(next(iter(requests.values())))
        for stack, requests in seen.items()
        if is_repeated(requests) and len({frozenset(made) for made in requests.values()}) == 1
    }


def is_repeated(requests: Iterable[tuple[int, int]]) -> bool:
    """Whether both the second and the third request of one mood are among `requests`."""
    known = set(requests)
    return any((mood, 3) in known for mood, request in known if request == 2)


def is_right(claim: Claim, record: Record) -> bool:
    """Whether the program pays for the claimed line again and again without need."""
    if claim.code in IMPORTS:
        executed = {(mood, request) for mood, request, path, line in record.imports if claim.covers((path, line))}
        return is_repeated(executed)
    return any(is_meant(claim, stack) for stack in repeated(record))


def is_meant(claim: Claim, stack: Stack) -> bool:
    """Whether a build at the end of `stack` is the one the claim is about."""
    if claim.code in AT_ITS_OWN_LINE:
        return claim.is_at(stack[-1])
    if claim.ends_at is not None and stack[-1][:2] != claim.ends_at:
        return False
    return any(claim.covers(line) for line in stack)


def wrong(claims: Iterable[Claim], record: Record) -> list[str]:
    """The claims that the run contradicts."""
    return [claim.text() for claim in claims if claim.code in JUDGED and not is_right(claim, record)]


def missed(claims: Iterable[Claim], record: Record) -> list[Line]:
    """Lines that surely build a client on every request, and that no claim is about."""
    known, owned = list(claims), given_away(record)
    return sorted(
        {
            stack[-1][:2]
            for stack, made in repeated(record).items()
            if any(SURELY_CLIENTS.fullmatch(name) for name, _ in made)
            and not any(claim.covers(line) for claim in known for line in stack)
            and not any(owner in made_of(name, arguments) for name, arguments in made for owner in owned)
        }
    )


def made_of(name: str, arguments: str) -> str:
    """How what a call returns is called in the records."""
    return f"{name}({arguments})"


def given_away(record: Record) -> frozenset[str]:
    """Builds that belong to a request since something of it was set on them, as credentials are.

    What is made from one of them belongs to the request too. What is set is of the request if it
    differs between two requests in which the same statement sets it.
    """
    values: dict[tuple[int, Stack, str], dict[int, str]] = defaultdict(dict)
    for call in record.calls:
        owner, _, name = call.name.rpartition(".")
        if call.request and (name.startswith("set_") or name.endswith("=")):
            values[call.mood, call.stack, owner][call.request] = call.arguments
    owners = {owner for (_, _, owner), found in values.items() if len(set(found.values())) > 1}
    built = {made_of(call.name, call.arguments) for call in record.calls if is_build(call.name)}
    return frozenset(text for text in built for owner in owners if owner == text or owner.startswith(f"{text}."))


def behaviour(record: Record) -> tuple[tuple[str, ...], list[Called]]:
    """What the world sees of a program: its responses, and the calls on what it built."""
    calls = sorted(
        (call.mood, call.request, call.name, call.arguments)
        for call in record.calls
        if call.request and not is_build(call.name) and not REGISTRATION.fullmatch(call.name)
    )
    return record.responses, calls


def differences(before: Record, after: Record, *, unsafe: bool = False) -> list[str]:
    """How a fixed program behaves differently.

    An `unsafe` fix may keep a connection instead of closing it. That takes calls for its upkeep, and
    spares those that fetch what it is made from.
    """
    (answers, calls), (new_answers, new_calls) = behaviour(before), behaviour(after)
    found = [f"answered {new}, not {old}" for old, new in zip(answers, new_answers, strict=False) if old != new]
    if len(answers) != len(new_answers):
        found.append(f"{len(new_answers)} answers, not {len(answers)}")
    lost = [call for call in calls if call not in new_calls]
    added = [call for call in new_calls if call not in calls]
    if unsafe:
        lost = [call for call in lost if not is_spared(call, after)]
        added = [call for call in added if not is_upkeep(call, after)]
    found += [f"no longer calls {call}" for call in lost]
    found += [f"now calls {call}" for call in added]
    return found[:5]


def is_upkeep(call: Called, after: Record) -> bool:
    """Whether `call` only asks a built connection whether it lives, or rolls it back."""
    _, _, name, arguments = call
    owner, _, method = name.rpartition(".")
    asks = (method in UPKEEP and not arguments) or (method, arguments) == ("execute", "'SELECT 1'")
    return asks and any(is_build(made.name) and made_of(made.name, made.arguments) == owner for made in after.calls)


def is_spared(call: Called, after: Record) -> bool:
    """Whether `call` closed what is kept now, or fetched what goes into it and was fetched for it before."""
    mood, request, name, arguments = call
    owner, _, method = name.rpartition(".")
    fetched = made_of(name, arguments)
    earlier = [made for made in after.calls if made.mood == mood and made.request <= request]
    builds = [made for made in earlier if is_build(made.name)]
    if method == "close" and not arguments:
        return any(made_of(made.name, made.arguments) == owner for made in builds)
    return any(made_of(made.name, made.arguments) == fetched for made in earlier) and any(
        fetched in made.arguments for made in builds
    )


def still_paid(fixed: Iterable[Claim], left: Iterable[Claim], before: Record, after: Record) -> list[str]:
    """Builds that a fix should have ended and that happen again on the second request.

    What a remaining claim is about may go on, and so may what was not among the fixed claims.
    """
    gone, remaining = list(fixed), list(left)
    others = {
        identity
        for stack, made in repeated(before).items()
        if not any(is_meant(claim, stack) for claim in gone)
        for identity in made
    }
    return sorted(
        f"{stack[-1][0]}:{stack[-1][1]} {name}({arguments})"
        for stack, made in repeated(after).items()
        for name, arguments in made
        if (name, arguments) not in others and not any(claim.covers(line) for claim in remaining for line in stack)
    )


def repeated_imports(record: Record) -> set[Line]:
    """Import statements in functions that run on the second and third request alike."""
    lines = {(path, line) for _, _, path, line in record.imports}
    return {
        where
        for where in lines
        if is_repeated({(mood, request) for mood, request, *line in record.imports if tuple(line) == where})
    }


def builds_per_request(calls: Iterable[Build]) -> dict[int, int]:
    """How many builds each request of the first mood makes; 0 is the import."""
    counts: dict[int, int] = defaultdict(int)
    for call in calls:
        if call.mood == 0 and is_build(call.name):
            counts[call.request] += 1
    return dict(counts)

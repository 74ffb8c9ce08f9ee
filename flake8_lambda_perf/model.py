"""The values that flow from the analysis to the reports: frozen, comparable, picklable.

Every offset counts characters of the decoded text from 0, every line and column counts from 1, and
every path is posix text relative to the project's root (the faces rewrite it for their user).
"""

from __future__ import annotations

from dataclasses import field
from typing import Literal

from flake8_lambda_perf.dataclass import dataclass

Safety = Literal["safe", "unsafe"]
Confidence = Literal["declared", "conventional", "named"]
Package = Literal["zip", "image"]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of characters."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Replaces the characters of `span` in the file `path` by `text`."""

    path: str
    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file that a fix adds to the project."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """A repair as data: what it does, how sure it is, and why it is not safe where it is not."""

    title: str
    edits: tuple[Edit, ...]
    creates: tuple[NewFile, ...] = ()
    safety: Safety = "safe"
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a trace: `app.py:12 handler calls load_user`."""

    path: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Said:
    """One fact of a deployment and the place that states it; `value` is None where only the deployment knows it.

    `text` is the value as written at that place, quotes included; empty where it is no literal, or stands elsewhere.
    """

    name: str
    value: str | int | bool | None
    path: str
    line: int
    column: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class Handler:
    """An entry point of a deployed function, and what its deployment says; None where unknown.

    `memory` and `ephemeral_storage` are in MB, `timeout` in seconds. `evidence` tells in words what makes it a
    handler (`template.yaml:12 OrdersFunction`, `signature (event, context)`). `layers` are folders of the project,
    `environment` names of variables, `triggers` kinds of events (`api`, `sqs`, `schedule`); `said` holds the
    facts that a manifest states, each by its name here.
    """

    name: str
    path: str
    line: int
    qualified_name: str
    evidence: str
    confidence: Confidence
    runtime: str | None = None
    memory: int | None = None
    timeout: int | None = None
    snapstart: bool | None = None
    vpc: bool | None = None
    provisioned_concurrency: bool | None = None
    architecture: str | None = None
    ephemeral_storage: int | None = None
    efs: bool | None = None
    package: Package | None = None
    web_adapter: bool | None = None
    concurrent: bool | None = None
    """Whether one execution environment serves several requests at once."""
    layers: tuple[str, ...] = ()
    environment: tuple[str, ...] = ()
    triggers: tuple[str, ...] = ()
    said: tuple[Said, ...] = ()
    deployed: Step | None = None
    """The line of a manifest that deploys it."""
    platform: str | None = None
    """What runs it: `lambda`, `azure`, `google` or `other`."""


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A function that the manifest `path` declares and whose code is not known, and why."""

    handler: str
    path: str
    line: int
    resource: str
    reason: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One line that is paid without need, with the trace that proves it.

    `note` says what a measured cost means for this function, where more is known than the message says.
    """

    code: str
    name: str
    message: str
    path: str
    span: Span
    line: int
    column: int
    end_line: int
    end_column: int
    trace: tuple[Step, ...]
    handler: Handler | None
    fixable: Safety | None = None
    fix: Fix | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """What could not be done: an unreadable file, a broken manifest, a fix that did not settle."""

    path: str
    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Run:
    """Everything one run found. `seconds` is wall time."""

    findings: tuple[Finding, ...] = ()
    problems: tuple[Problem, ...] = ()
    handlers: tuple[Handler, ...] = ()
    unresolved: tuple[Unresolved, ...] = ()
    notices: tuple[Problem, ...] = ()
    """What may say something and is of no kind that is read: told, and no problem."""
    files: int = 0
    skipped: int = 0
    seconds: float = 0.0
    texts: dict[str, str] = field(default_factory=dict, compare=False)
    """Decoded text of each file with a finding, for code frames."""

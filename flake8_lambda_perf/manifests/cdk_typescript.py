"""Reads CDK apps in TypeScript and JavaScript: the functions that their constructs declare, through the app's code."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flake8_lambda_perf.discover import is_test
from flake8_lambda_perf.manifests import web_adapter
from flake8_lambda_perf.manifests.deployed import MAX_FUNCTIONS, Deployed, LocatedError, Reading, is_python
from flake8_lambda_perf.manifests.facts import Facts
from flake8_lambda_perf.manifests.typescript import apps
from flake8_lambda_perf.manifests.typescript.cdk_code import Code, codes_of, layer_of
from flake8_lambda_perf.manifests.typescript.cdk_facts import layers, runtime, said_of
from flake8_lambda_perf.manifests.typescript.cdk_triggers import event_source, facts_by_function
from flake8_lambda_perf.manifests.typescript.facts import items_of, property_of, stated
from flake8_lambda_perf.manifests.typescript.nodes import SUFFIXES, Place
from flake8_lambda_perf.manifests.typescript.paths import shown
from flake8_lambda_perf.manifests.typescript.values import UNKNOWN, Built, Object, Text, Value
from flake8_lambda_perf.model import Problem

if TYPE_CHECKING:
    from flake8_lambda_perf.manifests.typescript.apps import App
    from flake8_lambda_perf.manifests.typescript.packages import Packages
    from flake8_lambda_perf.model import Said

CONSTRUCTS = frozenset(
    {
        "aws-lambda.Function",
        "aws-lambda.SingletonFunction",
        "aws-lambda.DockerImageFunction",
        "aws-lambda.CfnFunction",
        "aws-lambda-python.PythonFunction",
        "aws-cloudfront.experimental.EdgeFunction",
        "triggers.TriggerFunction",
    }
)
"""The classes that declare a function which may run Python."""

_CDK = re.compile(r"""["'](?:aws-cdk-lib|@aws-cdk/|monocdk)""")
_PYTHON = re.compile("[Pp]ython|PYTHON|DockerImage")
_OTHER = re.compile(r"(?:\.d|\.min|\.test|\.spec)\.\w+$")
_OWN = re.compile(r"(?:aws-|core\.|triggers\.|pipelines\.|custom-resources\.)")

COMPUTED = (
    "runtime", "memory", "timeout", "snapstart", "vpc", "provisioned_concurrency", "architecture", "ephemeral_storage",
    "efs", "web_adapter",
)  # fmt: skip  # one name a line would take a screen
"""What is not known of a function of which two declarations say different things."""


def claims(name: str, text: str) -> bool:
    """Whether the file may belong to a CDK app."""
    return name.endswith(SUFFIXES) and _OTHER.search(name) is None and _CDK.search(text) is not None


def read_all(root: Path, texts: Mapping[str, str], packages: Packages) -> Reading:
    """The Python functions of the CDK apps that the files belong to."""
    own = {path: text for path, text in texts.items() if not is_test(path) and not _is_compiled(path, texts)}
    if not any(_PYTHON.search(text) for text in own.values()):
        return (), ()
    problem = apps.missing(own)
    if problem is not None:
        return (), (problem,)
    deployed: list[Deployed] = []
    problems: list[Problem] = []
    for app in apps.run(root, own, ("cdk.json",), _PYTHON, packages):
        found, failed = _Functions(app).read()
        deployed += found
        problems += (*failed, *app.program.problems)
    return tuple(_merged(deployed)), tuple(problems)


def _is_compiled(path: str, texts: Mapping[str, str]) -> bool:
    """Whether the file is what the compiler made of another."""
    stem, ending = posixpath.splitext(path)
    return ending in (".js", ".mjs", ".cjs") and f"{stem}{ending.replace('js', 'ts')}" in texts


class _Functions:
    """The functions that one app declares."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._calls = app.program.run.built
        self._found = {made: properties for made in self._calls if (properties := _properties(made)) is not None}
        self._telling: dict[tuple[str, int], list[set[str]]] = {}
        for made, properties in self._found.items():
            known = self._telling.setdefault(made.place.key, [set(), set(), set()])
            for texts, value in zip(known, _texts(made, properties), strict=True):
                texts.update([value.value] if isinstance(value, Text) else ())
        self._more = facts_by_function(self._calls, self.function_of)

    def read(self) -> Reading:
        """Every function, and what could not be read of them."""
        deployed: list[Deployed] = []
        problems: list[Problem] = []
        for made, properties in self._found.items():
            if len(deployed) >= MAX_FUNCTIONS:
                message = f"declares more than {MAX_FUNCTIONS} functions; split the app or exclude it"
                return tuple(deployed), (*problems, Problem(made.place.script.path, made.place.position[0], message))
            try:
                deployed += self._function(made, properties)
            except LocatedError as error:
                problems.append(error.problem())
        return tuple(deployed), tuple(problems)

    def function_of(self, value: Value) -> Built | None:
        """The function that a value is, or that its alias, version, name or address belongs to."""
        for _ in range(10):
            if isinstance(value, Object) and value.base is not None:
                value = value.base
            if not isinstance(value, Built):
                return None
            if value in self._found:
                return value
            if value.name in ("aws-lambda.Alias", "aws-lambda.Version"):
                properties = value.argument(2)
                given = property_of(properties, "version") or property_of(properties, "lambda")
                value = UNKNOWN if given is None else given.value
            else:
                value = UNKNOWN if value.owner is None else value.owner
        return None

    def _function(self, made: Built, properties: Object) -> Iterator[Deployed]:
        given = property_of(properties, "runtime")
        name = None if given is None else runtime(given).value
        if isinstance(name, str) and not name.startswith("python"):
            return
        resource = _resource(made)
        for code in codes_of(self._app.start, made, properties, resource):
            deployed = self._deployed(made, properties, code, resource)
            is_part = "*" in deployed.handler and deployed.handler.strip("*./") and deployed.runtime is not None
            if is_part or is_python(self._app.start.root, deployed):
                yield deployed

    def _said(self, made: Built, properties: Object, code: Code) -> Iterator[Said]:
        yield from said_of(properties)
        for layer in layers(properties):
            place = layer.place if isinstance(layer, Built) else made.place
            yield stated("layers", layer_of(self._app.start, layer), place)
        for source in items_of(properties.get("events")):
            yield event_source(source, made.place)
        yield from self._more.get(made, ())
        yield from code.said
        for name, key in (("memory", "memorySize"), ("timeout", "timeout")):
            if properties.is_open and key not in properties.properties:
                yield stated(name, None, made.place)

    def _deployed(self, made: Built, properties: Object, code: Code, resource: str) -> Deployed:
        root = self._app.start.root
        known = Facts(dict.fromkeys(self._said(made, properties, code)))
        folders = [str(fact.value) for fact in known.said if fact.name == "layers" and fact.value is not None]
        adapter = code.web_adapter or known.word("environment.AWS_LAMBDA_EXEC_WRAPPER") == web_adapter.WRAPPER
        handler = known.word("handler") or code.handler
        script = web_adapter.application_of_script(root, code.root, handler) if adapter else None
        place = made.place if code.is_candidate else self._place(made, properties)

        def switch(name: str) -> bool | None:
            is_on = known.flag(name)
            return None if is_on is False and properties.is_open else is_on

        return Deployed(
            handler=script or handler,
            root=code.root,
            manifest=place.script.path,
            line=place.position[0],
            resource=made.name.rpartition(".")[2] if code.is_candidate else resource,
            runtime=known.word("runtime"),
            memory=known.number("memory"),
            timeout=known.number("timeout"),
            snapstart=switch("snapstart"),
            vpc=switch("vpc"),
            provisioned_concurrency=switch("provisioned_concurrency"),
            layers=tuple(dict.fromkeys(folder for folder in folders if (root / folder).is_dir())),
            architecture=known.word("architecture"),
            ephemeral_storage=known.number("ephemeral_storage"),
            efs=switch("efs"),
            package="image" if code.is_image else "zip",
            web_adapter=adapter,
            said=known.said,
            inline=code.inline,
        )

    def _place(self, made: Built, properties: Object) -> Place:
        """Where a function is declared: where the program makes several at one place, what tells it from the others."""
        for texts, value in zip(self._telling[made.place.key], _texts(made, properties), strict=True):
            if len(texts) > 1 and isinstance(value, Text) and not made.place.holds(value.place):
                return value.place
        return made.place


def _properties(made: Built) -> Object | None:
    """The properties of the function that a call declares; None where it declares none."""
    if made.owner is not None:
        return None
    given = made.argument(2)
    if made.name in CONSTRUCTS:
        return given if isinstance(given, Object) else None
    if _OWN.match(made.name) or not isinstance(given, Object):
        return None
    for value in (given, *(own.value for own in given.properties.values())):
        if isinstance(value, Object) and value.properties.keys() >= {"handler", "code", "runtime"}:
            return value
    return None


def _texts(made: Built, properties: Object) -> tuple[Value, Value, Value]:
    """What may tell a function from others: its name, its handler, the path of its code."""
    code = properties.get("code")
    path = code.argument(0) if isinstance(code, Built) else properties.get("entry")
    return made.argument(1), properties.get("handler"), path


def _resource(made: Built) -> str:
    """The name a construct has in its stack: its own, below that of the construct around it."""
    name = shown(made.args[1].value) if len(made.args) > 1 and isinstance(made.args[1], Text) else ""
    name = name or made.name.rpartition(".")[2]
    scope = made.argument(0)
    base = scope.base if isinstance(scope, Object) else None
    if base is not None and base.name == "constructs.Construct" and isinstance(base.argument(1), Text):
        return f"{_resource(base)}/{name}"
    return name


def _shared(first: Deployed, others: list[Deployed]) -> Iterator[Said]:
    """The facts that all declarations state, without their values where those differ."""
    common = frozenset(first.said).intersection(*(each.said for each in others))
    different: dict[str, Said] = {}
    for each in (first, *others):
        for fact in each.said:
            if fact not in common:
                different.setdefault(fact.name, fact)
    yield from (fact for fact in first.said if fact.name not in different)
    for fact in different.values():
        if fact.name in COMPUTED:
            yield replace(fact, value=None, text="")


def _merged(deployed: list[Deployed]) -> Iterator[Deployed]:
    """Each function once: where a program declares it several times, for stages say, what they have in common.

    A place that one run of the program gives a path and another one, with less known, does not, has that path.
    """
    placed = {(each.manifest, each.line, each.handler) for each in deployed if each.root is not None}
    same: dict[tuple[str, int, str, str | None], list[Deployed]] = {}
    for each in deployed:
        if each.root is not None or (each.manifest, each.line, each.handler) not in placed:
            same.setdefault((each.manifest, each.line, each.handler, each.root), []).append(each)
    for first, *others in same.values():
        if all(other == first for other in others):
            yield first
            continue
        said = tuple(_shared(first, others))
        shared = tuple(layer for layer in first.layers if all(layer in other.layers for other in others))
        unknown = [name for name in COMPUTED if len({getattr(each, name) for each in (first, *others)}) > 1]
        different: dict[str, Any] = dict.fromkeys(unknown)
        yield replace(first, said=said, layers=shared, **different)

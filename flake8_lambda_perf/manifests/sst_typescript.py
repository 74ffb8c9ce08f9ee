"""Reads SST apps: the Python functions that their constructs are given as `{handler, runtime}`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from flake8_lambda_perf.discover import is_test
from flake8_lambda_perf.manifests.deployed import MAX_FUNCTIONS, Deployed, Reading, is_python, module_file
from flake8_lambda_perf.manifests.facts import Facts
from flake8_lambda_perf.manifests.typescript import apps
from flake8_lambda_perf.manifests.typescript.facts import environment, literal, property_of, stated, text_of, word
from flake8_lambda_perf.manifests.typescript.nodes import SUFFIXES
from flake8_lambda_perf.manifests.typescript.values import Array, Built, Number, Object, Property, Text, Value, truth

if TYPE_CHECKING:
    from flake8_lambda_perf.manifests.typescript.apps import App
    from flake8_lambda_perf.manifests.typescript.packages import Packages
    from flake8_lambda_perf.model import Problem, Said

MARKERS = ("sst.config.ts", "sst.config.js", "sst.config.mjs", "sst.json")
MAX_DEPTH = 4
MAX_VALUES = 2_000

_SST = re.compile(r"""["'](?:sst|sst/constructs|@serverless-stack/resources)["']|\bsst\.aws\.|\$config\(""")
_PYTHON = re.compile(r"python3")
_OWN = re.compile(r"(?:sst|sst/constructs|@serverless-stack/resources)\.")
_AMOUNT = re.compile(r"([0-9]{1,6}) ?(MB|GB|seconds?|minutes?)")
_UNITS = {"MB": 1, "GB": 1024, "second": 1, "minute": 60}

TRIGGERS = {
    "Api": "api",
    "ApiGatewayV1": "api",
    "ApiGatewayV2": "api",
    "ApiGatewayV1Api": "api",
    "ApiGatewayWebSocket": "websocket",
    "WebSocketApi": "websocket",
    "Cron": "schedule",
    "Queue": "sqs",
    "SnsTopic": "sns",
    "Topic": "sns",
    "Bucket": "s3",
    "Bus": "eventbridge",
    "EventBus": "eventbridge",
    "Dynamo": "dynamodb",
    "Table": "dynamodb",
    "KinesisStream": "kinesis",
}
"""What the constructs invoke a function for that they are given."""


def claims(name: str, text: str) -> bool:
    """Whether the file may belong to an SST app."""
    return name.endswith(SUFFIXES) and not name.endswith(".d.ts") and _SST.search(text) is not None


def read_all(root: Path, texts: Mapping[str, str], packages: Packages) -> Reading:
    """The Python functions of the SST apps that the files belong to."""
    own = {path: text for path, text in texts.items() if not is_test(path)}
    if not any(_PYTHON.search(text) for text in own.values()):
        return (), ()
    problem = apps.missing(own)
    if problem is not None:
        return (), (problem,)
    deployed: dict[Deployed, None] = {}
    problems: list[Problem] = []
    for app in apps.run(root, own, MARKERS, _PYTHON, packages):
        found = [each for made in app.program.run.built for each in _functions(app, made)]
        deployed |= dict.fromkeys(found[:MAX_FUNCTIONS])
        problems += app.program.problems
    return tuple(deployed), tuple(problems)


def _functions(app: App, made: Built) -> Iterator[Deployed]:
    """The functions among what a construct of SST is given."""
    default = _default(made)
    for given, settings in _handlers(made):
        runtime = property_of(settings, "runtime") or default
        if runtime is not None:
            deployed = _function(app, made, settings, given, runtime)
            if deployed is not None:
                yield deployed


def _handlers(made: Built) -> Iterator[tuple[Property, Object]]:
    """The handlers among what a construct is given, each with its settings; an API's routes may be handlers alone."""
    if _OWN.match(made.name) is None:
        return
    pending = [(value, 0) for value in reversed(made.args)]
    for _ in range(MAX_VALUES):
        if not pending:
            return
        value, depth = pending.pop()
        if isinstance(value, Object):
            handler = property_of(value, "handler")
            if handler is not None:
                yield handler, value
                continue
            routes = property_of(value, "routes")
            listed = () if routes is None or not isinstance(routes.value, Object) else routes.value.properties.values()
            yield from ((given, Object()) for given in listed if isinstance(given.value, Text))
        if depth < MAX_DEPTH:
            pending += [(inner, depth + 1) for inner in reversed(_inside(value))]


def _inside(value: Value) -> list[Value]:
    if isinstance(value, Object) and value.cls is None:
        return [given.value for given in value.properties.values()]
    return value.items if isinstance(value, Array) else []


def _default(made: Built) -> Property | None:
    """The runtime of the functions that an API is given by their handlers alone."""
    for value in made.args:
        defaults = property_of(value, "defaults")
        function = None if defaults is None else property_of(defaults.value, "function")
        if function is not None:
            return property_of(function.value, "runtime")
    return None


def _function(app: App, made: Built, settings: Object, given: Property, runtime: Property) -> Deployed | None:
    handler = (text_of(given.value) or "").removeprefix("./")
    if not (text_of(runtime.value) or "").startswith("python"):
        return None
    known = Facts(_said(made, settings, runtime))
    root = app.start.root
    folder = app.start.folder
    above = [folder, "/".join(filter(None, [folder, text_of(settings.get("srcPath")) or ""]))]
    deployed = Deployed(
        handler=handler,
        root=next((each for each in above if module_file(root, each, handler) is not None), None),
        manifest=given.place.script.path,
        line=given.place.position[0],
        resource=_resource(made),
        runtime=known.word("runtime"),
        memory=known.number("memory"),
        timeout=known.number("timeout"),
        snapstart=False,
        vpc=property_of(settings, "vpc") is not None,
        provisioned_concurrency=False,
        architecture=known.word("architecture"),
        package="image" if _is_container(settings) else "zip",
        said=known.said,
    )
    return deployed if is_python(root, deployed) else None


def _is_container(settings: Object) -> bool:
    python = property_of(settings, "python")
    container = None if python is None else property_of(python.value, "container")
    return container is not None and truth(container.value) is True


def _resource(made: Built) -> str:
    """The name that a construct is given: its first text."""
    names = (text_of(value) for value in ((made.owner.args if made.owner is not None else ()) + made.args))
    return next((name for name in names if name), made.name)


def _said(made: Built, settings: Object, runtime: Property) -> Iterator[Said]:
    yield word("runtime", runtime)
    for name, keys in (("memory", ("memory", "memorySize")), ("timeout", ("timeout",))):
        found = [given for key in keys if (given := property_of(settings, key)) is not None]
        # SST has defaults of its own, which its versions and the program may change.
        yield _amount(name, found[0]) if found else stated(name, None, made.place)
    given = property_of(settings, "architecture")
    if given is not None:
        yield word("architecture", given)
    yield from environment(settings.get("environment"))
    if property_of(settings, "url") is not None:
        yield stated("trigger", "url", made.place)
    construct = made if made.owner is None else made.owner
    trigger = TRIGGERS.get(construct.name.rpartition(".")[2])
    if trigger is not None:
        yield stated("trigger", trigger, made.place)


def _amount(name: str, given: Property) -> Said:
    """A number, or a text such as `1024 MB`."""
    if isinstance(given.value, Number):
        return stated(name, given.value.value, given.place, literal(given.place))
    amount = _AMOUNT.fullmatch(text_of(given.value) or "")
    value = (
        None if amount is None else int(amount[1]) * _UNITS[amount[2].removesuffix("s") if amount[2] != "GB" else "GB"]
    )
    return stated(name, value, given.place)

"""The facts about the world are complete, consistent, and true of the packages that are installed."""

from __future__ import annotations

import builtins
import importlib
import inspect
import string
import tomllib
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flake8_lambda_perf import knowledge
from flake8_lambda_perf.manifests.deployed import TRIGGERS

FOLDER = Path(knowledge.__file__).parent
CLIENT_CODES = {"LPF101", "LPF102", "LPF103", "LPF104", "LPF106", "LPF112", "LPF113", "LPF303"}

# Installed with the tests: names of these packages must resolve, so that a typing error cannot hide.
INSTALLED = {
    "asyncio",
    "base64",
    "boto3",
    "botocore",
    "collections",
    "concurrent",
    "datetime",
    "fastapi",
    "flask",
    "functools",
    "http",
    "httpx",
    "itertools",
    "json",
    "logging",
    "mangum",
    "multiprocessing",
    "os",
    "pathlib",
    "pickle",
    "random",
    "re",
    "requests",
    "sqlite3",
    "starlette",
    "threading",
    "time",
    "urllib",
    "urllib3",
    "werkzeug",
}
# Made in __init__ or by a call, so that no class attribute shows them; or newer than the oldest Python.
NOT_ON_THE_CLASS = ("until", "since", "attributes")


def test_every_group_says_its_source() -> None:
    for path, key, group in _groups():
        assert group["source"].strip(), f"{path}: a group of {key} without source"


def test_every_client_has_the_facts_that_rules_read() -> None:
    for name, client in knowledge.clients().items():
        assert client.name == name
        assert client.code in CLIENT_CODES, name
        assert client.kind in knowledge.KINDS, name
        assert client.connects in typing.get_args(knowledge.Connects), name
        assert client.source, name
        assert client.variable.replace("{0}", "x").isidentifier(), name


def test_a_variable_has_at_most_the_first_string_argument() -> None:
    for name, client in knowledge.clients().items():
        fields = [field for _, field, _, _ in string.Formatter().parse(client.variable) if field]
        assert fields in ([], ["0"]), name


def test_no_client_is_listed_twice() -> None:
    names = [
        line.split()[0]
        for _, key, group in _groups()
        if key == "clients"
        for line in group["names"].splitlines()
        if line
    ]
    assert sorted(names) == sorted(set(names))


def test_known_names_are_canonical() -> None:
    names = [*knowledge.clients(), *_idiom_names()]
    assert {name: knowledge.canonical(name) for name in names} == {name: name for name in names}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("boto3.session.Session", "boto3.Session"),
        ("boto3.session.Session().client", "boto3.Session().client"),
        ("boto3.client", "boto3.client"),
        ("redis.StrictRedis.from_url", "redis.Redis.from_url"),
        ("sqlalchemy.engine.create_engine", "sqlalchemy.create_engine"),
        ("aws_lambda_powertools.logging.Logger().info", "aws_lambda_powertools.Logger().info"),
        (
            "aws_lambda_powertools.event_handler.api_gateway.Router().get",
            "aws_lambda_powertools.event_handler.router.Router().get",
        ),
        (
            "aws_lambda_powertools.event_handler.api_gateway.ALBResolver",
            "aws_lambda_powertools.event_handler.ALBResolver",
        ),
        ("boto3.session.SessionLike", "boto3.session.SessionLike"),
        ("myproject.redis.StrictRedis", "myproject.redis.StrictRedis"),
        ("", ""),
    ],
)
def test_aliases_are_followed_at_their_longest_prefix(name: str, expected: str) -> None:
    assert knowledge.canonical(name) == expected


def test_the_client_of_boto3_is_told_in_full() -> None:
    assert knowledge.clients()["boto3.resource"] == knowledge.Client(
        name="boto3.resource",
        code="LPF101",
        kind="resource",
        connects="lazy",
        thread_safe=False,
        loop_bound=False,
        variable="{0}",
        refreshable=True,
        source="boto3 documentation, guide Resources: 'Multithreading or multiprocessing with resources'"
        " (not thread-safe)",
    )


def test_raw_connections_are_told_from_lazy_engines() -> None:
    kinds = knowledge.clients()
    raw = kinds["psycopg2.connect"]
    engine = kinds["sqlalchemy.create_engine"]
    assert (raw.connects, raw.refreshable) == ("eager", False)
    assert (engine.connects, engine.refreshable) == ("lazy", True)


def test_async_clients_are_bound_to_their_loop() -> None:
    bound = {name for name, client in knowledge.clients().items() if client.loop_bound}
    assert {"aiohttp.ClientSession", "httpx.AsyncClient", "asyncpg.connect"} <= bound
    assert not bound & {"aioboto3.Session", "httpx.Client", "redis.Redis"}


def test_trigger_words_are_top_level_packages() -> None:
    words = knowledge.trigger_words()
    assert {"boto3", "psycopg2", "requests", "fastapi", "logging", "pickle"} <= words
    assert all(word.isidentifier() for word in words)


def test_a_cost_is_that_of_the_nearest_measured_parent() -> None:
    pandas = knowledge.import_cost("pandas")
    assert pandas is not None
    assert knowledge.import_cost("pandas.core.frame") == pandas
    assert knowledge.import_cost("pandas_like") is None
    assert knowledge.import_cost("") is None


def test_a_name_can_cost_more_than_its_lazy_package() -> None:
    package = knowledge.import_cost("pydantic")
    name = knowledge.import_cost("pydantic.BaseModel")
    assert package is not None
    assert name is not None
    assert name.cpu_ms > package.cpu_ms


def test_boto3_brings_its_dependencies() -> None:
    cost = knowledge.import_cost("boto3")
    assert cost is not None
    assert {"botocore", "jmespath", "s3transfer", "urllib3", "dateutil"} <= set(cost.brings)


def test_an_unmeasured_standard_module_is_taken_as_free() -> None:
    cost = knowledge.import_cost("graphlib")
    assert cost is not None
    assert (cost.cpu_ms, cost.brings) == (0.0, ())


def test_every_cost_says_when_and_with_what_it_was_measured() -> None:
    table = tomllib.loads((FOLDER / "imports.toml").read_text(encoding="utf-8"))
    for group in table["costs"]:
        for line in group["names"].splitlines():
            if not line:
                continue
            cost = knowledge.import_cost(line.split()[0])
            assert cost is not None
            assert cost.cpu_ms >= 0
            assert "2026" in cost.measured


def test_sets_of_idioms_agree_with_each_other() -> None:
    known = knowledge.idioms()
    assert known.threaded_callbacks <= known.per_request_callbacks
    assert known.web_adapters <= known.adapters
    assert not known.memo_decorators & known.transparent_decorators
    assert not known.memo_decorators & known.instance_memo_decorators
    assert not known.per_request_callbacks & known.not_called
    assert not known.pure & known.varying
    assert not known.pure & known.environment
    assert not known.handler_decorators & known.memo_decorators


def test_groups_of_objects_and_methods_are_multiplied_out() -> None:
    known = knowledge.idioms()
    assert "fastapi.APIRouter().post" in known.route_registrations
    assert "azure.functions.FunctionApp().timer_trigger" in known.handler_decorators
    assert "fastapi.FastAPI()" not in known.route_registrations


def test_every_decorator_of_a_framework_says_what_invokes_its_handler() -> None:
    packages = ("azure", "chalice", "firebase_functions", "functions_framework")
    decorators = [name for name in knowledge.idioms().handler_decorators if name.startswith(packages)]
    assert {knowledge.trigger_of(name) for name in decorators} - {None} <= {*TRIGGERS}
    assert {name.rpartition(".")[2] for name in decorators if knowledge.trigger_of(name) is None} == {
        "cloud_event",
        "function_name",
        "lambda_function",
    }


@pytest.mark.parametrize("package", sorted(INSTALLED))
def test_names_of_an_installed_package_are_real(package: str) -> None:
    pytest.importorskip(package)
    names = [*knowledge.clients(), *_idiom_names(skip=NOT_ON_THE_CLASS)]
    own = [name for name in names if _package(name) == package]
    assert own
    assert [name for name in own if not _exists(name)] == []


@pytest.mark.parametrize("package", sorted(INSTALLED))
def test_aliases_of_an_installed_package_are_the_same_objects(package: str) -> None:
    pytest.importorskip(package)
    for alias, name in _aliases():
        if _package(alias) == package:
            assert _object(alias) is _object(name), alias


def _groups() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path in sorted(FOLDER.glob("*.toml")):
        for key, groups in tomllib.loads(path.read_text(encoding="utf-8")).items():
            for group in groups:
                yield path.name, key, group


def _aliases() -> Iterator[tuple[str, str]]:
    """Gives the aliases that are one object with what they stand for."""
    for _, key, group in _groups():
        if key == "aliases" and not group.get("similar"):
            for line in filter(None, group["names"].splitlines()):
                alias, name = line.split()
                yield alias, name


def _idiom_names(skip: tuple[str, ...] = ()) -> Iterator[str]:
    """Gives the canonical names of idioms.toml; bare method names are not canonical names."""
    for path, key, group in _groups():
        if path != "idioms.toml" or key in {"credentials", "pure_methods"}:
            continue
        if any(group.get(mark) for mark in skip):
            continue
        yield from group.get("names", "").split()
        for receiver in group.get("objects", "").split():
            yield from (f"{receiver}.{method}" for method in group["methods"].split())


def _package(name: str) -> str:
    first = name.partition(".")[0]
    return first.removesuffix("()")


def _exists(name: str) -> bool:
    try:
        _object(name)
    except AttributeError:
        return False
    return True


def _object(name: str) -> object:
    """Gives what a canonical name stands for; after a call of a function nothing more is known."""
    parts = name.split(".")
    found: object = builtins
    if not hasattr(builtins, parts[0]):
        found, parts = _module(parts)
    for part in parts:
        bare = part.removesuffix("()")
        found = getattr(found, bare)
        if part != bare and not inspect.isclass(found):
            return None
    return found


def _module(parts: list[str]) -> tuple[object, list[str]]:
    for count in range(len(parts), 0, -1):
        try:
            return importlib.import_module(".".join(parts[:count])), parts[count:]
        except ModuleNotFoundError:
            continue
    raise AttributeError(".".join(parts))

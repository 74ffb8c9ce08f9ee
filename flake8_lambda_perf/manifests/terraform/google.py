"""The Google Cloud functions that a module declares."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from flake8_lambda_perf.manifests.deployed import Deployed, as_number, is_python
from flake8_lambda_perf.manifests.facts import Facts
from flake8_lambda_perf.manifests.terraform.data import Value, as_text
from flake8_lambda_perf.manifests.terraform.facts import MAX_VARIABLES
from flake8_lambda_perf.manifests.terraform.settings import Settings, said, settings_of

if TYPE_CHECKING:
    from flake8_lambda_perf.manifests.terraform.code import Sources
    from flake8_lambda_perf.manifests.terraform.lambdas import Declared
    from flake8_lambda_perf.model import Said

FIRST = "google_cloudfunctions_function"
SECOND = "google_cloudfunctions2_function"

_MEMORY = re.compile(r"([0-9]{1,6})(Ki?|Mi?|Gi?)?")
_MEGABYTES = {"": 1 / 2**20, "K": 1 / 1000, "Ki": 1 / 1024, "M": 1, "Mi": 1, "G": 1000, "Gi": 1024}
_EVENTS = (("pubsub", "pubsub"), ("firestore", "firestore"), ("storage", "storage"))


def read(declared: Declared, sources: Sources) -> Deployed | None:
    """One function, None where it runs no Python."""
    settings = settings_of(sources.evaluation, declared.block, declared.instance)
    first = declared.names[0] == FIRST
    build = settings if first else next(settings.blocks("build_config"), None)
    if build is None:
        return None
    runtime, entry = build.text("runtime"), build.text("entry_point")
    if not entry or (runtime is not None and not runtime.startswith("python")):
        return None
    module = _module(build, "build_environment_variables" if first else "environment_variables")
    handler = f"{module}.{entry}"
    known = Facts([*_first(settings)] if first else [*_second(settings, build)])
    stated = build.get("entry_point")
    folder = _folder(settings if first else build, sources, handler, first=first)
    root = sources.holding(folder, declared.scope, handler)
    if root is None and declared.is_left_open(stated):
        return None
    spot = declared.place(stated)
    deployed = Deployed(
        handler=handler,
        root=root,
        manifest=spot.path,
        line=spot.line,
        resource=declared.address,
        runtime=runtime,
        memory=known.number("memory"),
        timeout=known.number("timeout"),
        snapstart=False,
        vpc=known.flag("vpc"),
        provisioned_concurrency=known.flag("provisioned_concurrency"),
        concurrent=not first and _is_concurrent(settings),
        said=known.said,
        platform="google",
    )
    return deployed if is_python(sources.root, deployed) else None


def _module(build: Settings, variables: str) -> str:
    """The module that is loaded: `main`, if the build is not told another."""
    found = build.get(variables)
    source = found.data.get("GOOGLE_FUNCTION_SOURCE") if found is not None and isinstance(found.data, dict) else None
    name = None if source is None else as_text(source.data)
    return name.removesuffix(".py") if name else "main"


def _folder(settings: Settings, sources: Sources, handler: str, *, first: bool) -> str | None:
    scope = settings.env.scope
    if first:
        return sources.folder(settings.get("source_archive_object"), scope, "source_archive_object", handler)
    for source in settings.blocks("source"):
        return sources.folder(source.within("storage_source", "object"), scope, "object", handler)
    return None


def _first(settings: Settings) -> Iterator[Said]:
    yield from _of(settings, "runtime", "runtime")
    yield from _of(settings, "memory", "available_memory_mb")
    yield from _of(settings, "timeout", "timeout")
    yield from _shared(settings)
    if settings.text("trigger_http") == "true":
        yield said("trigger", "http", settings.get("trigger_http") or Value(None, settings.spot))
    yield from _event(settings)


def _second(settings: Settings, build: Settings) -> Iterator[Said]:
    yield from _of(build, "runtime", "runtime")
    service = next(settings.blocks("service_config"), None)
    if service is not None:
        memory = service.get("available_memory")
        if memory is not None:
            yield said("memory", _megabytes(as_text(memory.data)), memory)
        yield from _of(service, "timeout", "timeout_seconds")
        yield from _shared(service)
    if next(settings.blocks("event_trigger"), None) is None:
        yield said("trigger", "http", Value(None, settings.spot))
    yield from _event(settings)


def _is_concurrent(settings: Settings) -> bool | None:
    """Whether an instance serves several requests at once; one, where nothing is said."""
    limit = settings.within("service_config", "max_instance_request_concurrency")
    text = None if limit is None else as_text(limit.data)
    return limit is not None and (None if text is None else text != "1")


def _shared(settings: Settings) -> Iterator[Said]:
    connector = settings.get("vpc_connector")
    if connector is not None:
        yield said("vpc", True, connector)
    for name in ("min_instances", "min_instance_count"):
        minimum = settings.get(name)
        if minimum is not None:
            text = as_text(minimum.data)
            yield said("provisioned_concurrency", None if text is None else text != "0", minimum)
    variables = settings.get("environment_variables")
    if variables is not None and isinstance(variables.data, dict):
        for name, value in islice(variables.data.items(), MAX_VARIABLES):
            yield said(f"environment.{name}", as_text(value.data), value)


def _event(settings: Settings) -> Iterator[Said]:
    kind = settings.within("event_trigger", "event_type")
    if kind is not None:
        text = as_text(kind.data) or ""
        yield said("trigger", next((name for part, name in _EVENTS if part in text), "other"), kind)


def _of(settings: Settings, fact: str, name: str) -> Iterator[Said]:
    value = settings.get(name)
    if value is not None:
        text = as_text(value.data)
        yield said(fact, text if fact == "runtime" else as_number(text), value)


def _megabytes(text: str | None) -> int | None:
    found = _MEMORY.fullmatch(text or "")
    return None if found is None else round(int(found[1]) * _MEGABYTES[found[2] or ""])

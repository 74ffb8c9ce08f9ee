"""What a block states of a Lambda function: a resource, or a call of the community's module."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from flake8_lambda_perf.manifests import web_adapter
from flake8_lambda_perf.manifests.deployed import as_number
from flake8_lambda_perf.manifests.sam_triggers import MAX_EVENTS
from flake8_lambda_perf.manifests.terraform.data import UNKNOWN, Data, Value, as_flag, as_text
from flake8_lambda_perf.manifests.terraform.invocations import source_kind, trigger_of_permission
from flake8_lambda_perf.manifests.terraform.settings import Settings, is_given, said

if TYPE_CHECKING:
    from flake8_lambda_perf.manifests.terraform.code import Sources
    from flake8_lambda_perf.model import Said

MAX_LAYERS = 5
"""What Lambda allows."""

MAX_VARIABLES = 200
"""Variables of an environment that are looked at; Lambda takes 4 KB."""

_CAPACITY = "lambda_managed_instances_capacity_provider_config"
_CONCURRENCY = "per_execution_environment_max_concurrency"


def of_resource(settings: Settings, sources: Sources, *, is_image: bool) -> Iterator[Said]:
    """The facts of a resource `aws_lambda_function`."""
    yield from _common(settings, sources, is_image=is_image)
    yield from _number("ephemeral_storage", settings.within("ephemeral_storage", "size"))
    vpc = settings.block("vpc_config")
    if vpc is not None:
        subnets = settings.within("vpc_config", "subnet_ids")
        none = subnets is None or is_given(subnets) is False
        yield said("vpc", False if none else as_flag(vpc.data), vpc)
    efs = settings.block("file_system_config")
    if efs is not None:
        yield said("efs", as_flag(efs.data), efs)
    snapstart = settings.block("snap_start")
    if snapstart is not None:
        applied = settings.within("snap_start", "apply_on") or Value(UNKNOWN, snapstart.spot)
        text = as_text(applied.data) if as_flag(snapstart.data) else None
        yield said("snapstart", None if text is None else text == "PublishedVersions", applied)
    yield from _environment(settings.within("environment", "variables"))


def of_module(settings: Settings, sources: Sources, *, is_image: bool) -> Iterator[Said]:
    """The facts of a call of `terraform-aws-modules/lambda/aws`."""
    yield from _common(settings, sources, is_image=is_image)
    yield from _number("ephemeral_storage", settings.get("ephemeral_storage_size"))
    for fact, name in (("vpc", "vpc_subnet_ids"), ("efs", "file_system_arn")):
        value = settings.get(name)
        if value is not None:
            yield said(fact, is_given(value), value)
    snapstart = settings.get("snap_start")
    if snapstart is not None:
        yield said("snapstart", as_flag(snapstart.data), snapstart)
    provisioned = settings.get("provisioned_concurrent_executions")
    if provisioned is not None:
        yield said("provisioned_concurrency", is_provisioned(provisioned.data), provisioned)
    yield from _environment(settings.get("environment_variables"))
    yield from _module_triggers(settings)


def is_provisioned(data: Data) -> bool | None:
    """Whether a number of environments is kept ready; the community's module writes -1 for none."""
    text = as_text(data)
    return None if text is None else text not in ("", "0", "-1")


def _common(settings: Settings, sources: Sources, *, is_image: bool) -> Iterator[Said]:
    runtime = settings.get("runtime")
    if runtime is not None and not is_image:
        yield said("runtime", as_text(runtime.data), runtime)
    yield from _number("memory", settings.get("memory_size"))
    yield from _number("timeout", settings.get("timeout"))
    architectures = settings.get("architectures")
    if architectures is not None:
        first = _only(architectures)
        yield said("architecture", as_text(first.data), first)
    package = settings.get("package_type")
    if package is not None:
        yield said("package", "image" if is_image else "zip", package)
    for layer in layers(settings):
        folder = sources.layer(layer, settings.env.scope)
        yield said("layers", as_text(layer.data) if folder is None else folder, layer)


def _number(name: str, value: Value | None) -> Iterator[Said]:
    if value is not None:
        yield said(name, as_number(as_text(value.data)), value)


def _only(value: Value) -> Value:
    """The only item of a list."""
    if isinstance(value.data, tuple):
        return value.data[0] if len(value.data) == 1 else Value(UNKNOWN, value.spot)
    return value


def layers(settings: Settings) -> tuple[Value, ...]:
    """The layers that a function lists."""
    found = settings.get("layers")
    return found.data[:MAX_LAYERS] if found is not None and isinstance(found.data, tuple) else ()


def _environment(variables: Value | None) -> Iterator[Said]:
    if variables is not None and isinstance(variables.data, dict):
        for name, value in islice(variables.data.items(), MAX_VARIABLES):
            yield said(f"environment.{name}", as_text(value.data), value)


def _module_triggers(settings: Settings) -> Iterator[Said]:
    url = settings.get("create_lambda_function_url")
    if url is not None and as_flag(url.data):
        yield said("trigger", "url", url)
    for value, entry in _entries(settings.get("allowed_triggers")):
        principal = entry.get("principal") or entry.get("service")
        if principal is not None:
            trigger = trigger_of_permission(settings.evaluation, principal, entry.get("source_arn"))
            yield said("trigger", trigger, principal)
        else:
            yield said("trigger", "other", value)
    for value, entry in _entries(settings.get("event_source_mapping")):
        source = entry.get("event_source_arn")
        kafka = "self_managed_event_source" in entry
        yield said("trigger", "kafka" if kafka else source_kind(source), source or value)


def _entries(value: Value | None) -> Iterator[tuple[Value, dict[str, Value]]]:
    if value is not None and isinstance(value.data, dict):
        for each in islice(value.data.values(), MAX_EVENTS):
            if isinstance(each.data, dict):
                yield each, each.data


def has_web_adapter(settings: Settings, facts: tuple[Said, ...]) -> bool:
    """Whether a web server answers the function's requests, by the adapter's layer or its wrapper script."""
    if any(fact.name == "environment.AWS_LAMBDA_EXEC_WRAPPER" and fact.value == web_adapter.WRAPPER for fact in facts):
        return True
    # The region in a layer's name is mostly computed: what is written of the name is enough.
    written = (layer.spot.text for layer in layers(settings) if layer.spot is not None)
    return any(web_adapter.LAYER in text for text in written)


def is_concurrent(settings: Settings) -> bool | None:
    """Whether an environment of a managed instance serves several requests at once, which is the default there."""
    outer = next(settings.blocks("capacity_provider_config"), None)
    if outer is None:
        return False
    inner = next(outer.blocks(_CAPACITY), None)
    if not outer.sure or inner is None:
        return None
    return inner.text(_CONCURRENCY) != "1"

"""The calls that build: constant, from the environment, from the request, and disguised."""

# ruff: noqa: ARG001 - every way has the same parameters

from __future__ import annotations

from oracle.writer import REGIONS, Module, Way, Writer


def constant(writer: Writer, module: Module, _: int, event: bool) -> str:
    module.need("import boto3")
    return f'boto3.client("{writer.service()}")'


def alias(writer: Writer, module: Module, _: int, event: bool) -> str:
    module.need("import boto3 as aws")
    return f'aws.client("{writer.service()}")'


def from_import(writer: Writer, module: Module, _: int, event: bool) -> str:
    module.need("from boto3 import client as make_client")
    return f'make_client("{writer.service()}")'


def session(writer: Writer, module: Module, _: int, event: bool) -> str:
    module.need("import boto3")
    return f'boto3.session.Session().client("{writer.service()}")'


def resource(writer: Writer, module: Module, _: int, event: bool) -> str:
    module.need("import boto3")
    return 'boto3.resource("dynamodb").Table("orders")'


def environment(writer: Writer, module: Module, _: int, event: bool) -> str:
    module.need("import os")
    module.need("import boto3")
    where = writer.random.choice(('os.getenv("ZONE")', 'os.environ["ZONE"]', 'os.environ.get("ZONE", "a")'))
    return f'boto3.client("{writer.service()}", region_name={where})'


def other_library(writer: Writer, module: Module, _: int, event: bool) -> str:
    line, call = writer.random.choice(
        (
            ("import redis", 'redis.Redis(host="cache")'),
            ("import requests", "requests.Session()"),
            ("from openai import OpenAI", "OpenAI(timeout=5)"),
            ("from pymongo import MongoClient", 'MongoClient("mongodb://db")'),
        )
    )
    module.need(line)
    return call


def request(writer: Writer, module: Module, _: int, event: bool) -> str:
    if not event:
        return constant(writer, module, 0, event)
    module.need("import boto3")
    region = writer.random.choice(
        ('event["region"]', 'event.get("region")', "f\"{event['zone']}-1\"", 'str(event["a"]["b"])')
    )
    return f'boto3.client("{writer.service()}", region_name={region})'


def control(writer: Writer, module: Module, _: int, event: bool) -> str:
    if not event:
        return environment(writer, module, 0, event)
    module.need("import boto3")
    name = writer.name("region")
    module.add(
        f"""
def {name}(event):
    if event["eu"]:
        return "{REGIONS[0]}"
    return "{REGIONS[1]}"
"""
    )
    return f'boto3.client("{writer.service()}", region_name={name}(event))'


def branch(writer: Writer, module: Module, _: int, event: bool) -> str:
    """Two bindings of one name, chosen by the event."""
    if not event:
        return constant(writer, module, 0, event)
    module.need("import boto3")
    name = writer.name("branch")
    module.add(
        f"""
def {name}(event):
    region = "{REGIONS[0]}"
    if event["far"]:
        region = "{REGIONS[2]}"
    return boto3.client("{writer.service()}", region_name=region)
"""
    )
    return f"{name}(event)"


def options(writer: Writer, module: Module, _: int, event: bool) -> str:
    module.need("import boto3")
    name = writer.name("options")
    changes = ["pass"]
    if event:
        changes += [
            'values["region_name"] = event["region"]',
            'values.update(region_name=event["region"])',
            'values.setdefault("region_name", event["region"])',
            'if event["local"]:\n        values["endpoint_url"] = "http://localhost"',
        ]
    module.add(
        f"""
def {name}({"event" if event else ""}):
    values = {{"use_ssl": True}}
    {writer.random.choice(changes)}
    return boto3.client("{writer.service()}", **values)
"""
    )
    return f"{name}({'event' if event else ''})"


def shadow(writer: Writer, module: Module, _: int, event: bool) -> str:
    module.need("import boto3")
    name, zone = writer.name("shadow"), writer.name("ZONE")
    local = f'{zone} = event["zone"]' if event else f"{zone.lower()} = 1"
    module.add(f'{zone} = "{REGIONS[0]}"')
    module.add(
        f"""
def {name}({"event" if event else ""}):
    {local}
    return boto3.client("{writer.service()}", region_name={zone})
"""
    )
    return f"{name}({'event' if event else ''})"


def wrapped_event(writer: Writer, module: Module, _: int, event: bool) -> str:
    if not event:
        return constant(writer, module, 0, event)
    module.need("import boto3")
    name = writer.name("Wrapped")
    module.add(
        f"""
class {name}:
    def __init__(self, event):
        self.region = event["region"]
        self.service = "{writer.service()}"
"""
    )
    if writer.likely(0.5):
        return f"boto3.client({name}(event).service)"
    return f'boto3.client("s3", region_name={name}(event).region)'


def changed_global(writer: Writer, module: Module, _: int, event: bool) -> str:
    """A module constant that is none: some request rebinds it."""
    if not event:
        return environment(writer, module, 0, event)
    module.need("import boto3")
    name, zone = writer.name("changed"), writer.name("ZONE")
    module.add(f'{zone} = "{REGIONS[0]}"')
    module.add(
        f"""
def {name}(event):
    global {zone}
    client = boto3.client("{writer.service()}", region_name={zone})
    {zone} = event["zone"]
    return client
"""
    )
    return f"{name}(event)"


def changed_container(writer: Writer, module: Module, _: int, event: bool) -> str:
    if not event:
        return constant(writer, module, 0, event)
    module.need("import boto3")
    name, values = writer.name("container"), writer.name("VALUES")
    change = writer.random.choice(('["region_name"] = event["zone"]', '.update(region_name=event["zone"])'))
    module.add(f"{values} = {{}}")
    module.add(
        f"""
def {name}(event):
    {values}{change}
    return boto3.client("{writer.service()}", **{values})
"""
    )
    return f"{name}(event)"


def changed_attribute(writer: Writer, module: Module, _: int, event: bool) -> str:
    if not event:
        return constant(writer, module, 0, event)
    module.need("import boto3")
    name, kind = writer.name("attribute"), writer.name("Settings")
    module.add(
        f"""
class {kind}:
    region = "{REGIONS[0]}"
"""
    )
    module.add(
        f"""
def {name}(event):
    settings = {kind}()
    settings.region = event["zone"]
    return boto3.client("{writer.service()}", region_name=settings.region)
"""
    )
    return f"{name}(event)"


def changed_module(writer: Writer, module: Module, _: int, event: bool) -> str:
    """Another module's constant, set from here."""
    if not event:
        return constant(writer, module, 0, event)
    settings = writer.name("settings")
    writer.module(settings).add(f'REGION = "{REGIONS[0]}"')
    name = writer.name("setting")
    module.need("import boto3")
    module.need(f"import {settings}")
    module.add(
        f"""
def {name}(event):
    {settings}.REGION = event["zone"]
    return boto3.client("{writer.service()}", region_name={settings}.REGION)
"""
    )
    return f"{name}(event)"


def assumed_role(writer: Writer, module: Module, _: int, event: bool) -> str:
    if not event:
        return constant(writer, module, 0, event)
    module.need("import boto3")
    name = writer.name("assumed")
    module.add(
        f"""
def {name}(event):
    sts = boto3.client("sts")
    keys = sts.assume_role(RoleArn=event["role"], RoleSessionName="x")["Credentials"]
    return boto3.client("{writer.service()}", aws_access_key_id=keys["AccessKeyId"])
"""
    )
    return f"{name}(event)"


def parameter_of(writer: Writer, module: Module, _: int, event: bool) -> str:
    """A service or region that comes as a parameter, from one or two callers."""
    module.need("import boto3")
    name = writer.name("made")
    module.add(
        f"""
def {name}(service, region="{REGIONS[0]}", **rest):
    return boto3.client(service, region_name=region, **rest)
"""
    )
    if event and writer.likely(0.5):
        return f'{name}("{writer.service()}", event["region"])'
    return writer.random.choice(
        (
            f'{name}("{writer.service()}")',
            f'{name}(service="{writer.service()}", use_ssl=True)',
            f'({name}("{writer.service()}"), {name}("sts", "{REGIONS[1]}"))[0]',
        )
    )


def changed_environment(writer: Writer, module: Module, _: int, event: bool) -> str:
    if not event:
        return environment(writer, module, 0, event)
    module.need("import os")
    module.need("import boto3")
    name = writer.name("environment")
    module.add(
        f"""
def {name}(event):
    os.environ["{name.upper()}"] = str(event["zone"])
    return boto3.client("{writer.service()}", region_name=os.getenv("{name.upper()}"))
"""
    )
    return f"{name}(event)"


def changed_list(writer: Writer, module: Module, _: int, event: bool) -> str:
    if not event:
        return constant(writer, module, 0, event)
    module.need("import boto3")
    name = writer.name("zones")
    change = writer.random.choice(('.append(event["zone"])', '.extend([event["zone"]])', '[0] = event["zone"]'))
    module.add(
        f"""
def {name}(event):
    zones = ["{REGIONS[0]}"]
    zones{change}
    return boto3.client("{writer.service()}", region_name=zones[-1])
"""
    )
    return f"{name}(event)"


def configured(writer: Writer, module: Module, _: int, event: bool) -> str:
    """An object that another function, or its own method, fills from the event."""
    if not event:
        return constant(writer, module, 0, event)
    module.need("import boto3")
    name, kind = writer.name("configured"), writer.name("Options")
    call = writer.random.choice(
        (f"fill_{name}(options, event)", "options.fill(event)", "setattr(options, 'region', event['zone'])")
    )
    module.add(
        f"""
class {kind}:
    def __init__(self):
        self.region = "{REGIONS[0]}"

    def fill(self, event):
        self.region = event["zone"]
"""
    )
    module.add(f'def fill_{name}(target, event):\n    target.region = event["zone"]')
    module.add(
        f"""
def {name}(event):
    options = {kind}()
    {call}
    return boto3.client("{writer.service()}", region_name=options.region)
"""
    )
    return f"{name}(event)"


def loop_variable(writer: Writer, module: Module, _: int, event: bool) -> str:
    module.need("import boto3")
    name = writer.name("each")
    zones = 'event["zones"]' if event and writer.likely(0.6) else '("eu-west-1", "us-east-1")'
    module.add(
        f"""
def {name}({"event" if event else ""}):
    made = []
    for zone in {zones}:
        made.append(boto3.client("{writer.service()}", region_name=zone))
    return made[0]
"""
    )
    return f"{name}({'event' if event else ''})"


def enclosing(writer: Writer, module: Module, _: int, event: bool) -> str:
    """A variable of the enclosing function that an inner one rebinds."""
    if not event:
        return constant(writer, module, 0, event)
    module.need("import boto3")
    name = writer.name("enclosing")
    module.add(
        f"""
def {name}(event):
    zone = "{REGIONS[0]}"

    def choose():
        nonlocal zone
        zone = event["zone"]

    choose()
    return boto3.client("{writer.service()}", region_name=zone)
"""
    )
    return f"{name}(event)"


LEAVES: tuple[Way, ...] = (
    *[constant] * 8,
    *[alias, from_import, session, resource, environment, other_library, parameter_of] * 2,
    request,
    control,
    branch,
    options,
    shadow,
    wrapped_event,
    changed_global,
    changed_container,
    changed_attribute,
    changed_module,
    changed_environment,
    changed_list,
    configured,
    loop_variable,
    enclosing,
    assumed_role,
)

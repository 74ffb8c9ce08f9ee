"""Every way to change an attribute from outside is seen, and so is that it depends on the request."""

from __future__ import annotations

import textwrap

import pytest
from analysed import analysed, result_of

from flake8_lambda_perf.project.levels import Level

PROGRAM = """
import os
from contextlib import nullcontext

import boto3


class Settings:
    region = "eu-west-1"
    hosts = ["a", "b"]


settings = Settings()


def handler(event, context):
    boto3.client("s3")
{change}
    result = {read}
"""


def is_of_the_request(change: str, read: str) -> bool:
    """Whether what is read after a change depends on the request."""
    analysis = analysed(PROGRAM.format(change=textwrap.indent(change, "    "), read=read))
    found = analysis.graph.dependence.binding(result_of(analysis))
    return found.level >= Level.REQUEST or {name for _, name in found.refs | found.lasting} == {"event"}


@pytest.mark.parametrize(
    "change",
    [
        "for settings.region in event['regions']:\n    pass",
        "for name, settings.region in event['regions']:\n    pass",
        "for name, *settings.region in event['regions']:\n    pass",
        "for settings.region[0] in event['regions']:\n    pass",
        "for (\n    settings.region\n) in event['regions']:\n    pass",
        "for settings.region, {}['k'] in event['pairs']:\n    pass",
        "for settings.region, {}[name + 1] in event['pairs']:\n    pass",
        "for (\n    settings.region,  # kept\n    name,\n) in event['pairs']:\n    pass",
        "[None for settings.region in event['regions']]",
        "{name for name, settings.region in event['regions']}",
        "with nullcontext(event['region']) as settings.region:\n    pass",
        "with nullcontext(event['region']) as (name, settings.region):\n    pass",
        "with nullcontext() as name, nullcontext(event['region']) as settings.region:\n    pass",
        "with nullcontext(event['region']) as (\n    settings.region\n):\n    pass",
        "settings.region += event['region']",
        "settings.region: str = event['region']",
        "settings.region = name = event['region']",
        "settings.region, name = event['region'], 1",
        "settings.region, name = event['pair']",
        "name, settings.region = event['pair']",
        "name, *settings.region = event['pair']",
        "*settings.region, name = event['pair']",
        "[settings.region] = event['region']",
        "(\n    settings.region,\n    name,\n) = event['pair']",
        "(\n    name,\n    settings.region\n) = event['pair']",
        "settings . region = event['region']",
        "(settings\n    .region) = event['region']",
        "settings.region \\\n    = event['region']",
        "settings.hosts[\n    0\n] = settings.region = event['region']",
        "if event['reset']:\n    del settings.region",
        "if event['reset']:\n    del (\n        settings.region\n    )",
        "if event['reset']:\n    delattr(settings, 'region')",
        "if event['reset']:\n    object.__delattr__(settings, 'region')",
        "setattr(settings, 'region', event['region'])",
        "setattr(\n    settings,\n    'region',\n    event['region'],\n)",
        "setattr(settings, event['name'], event['region'])",
        "setattr((settings), 'region', event['region'])",
        "object.__setattr__(settings, 'region', event['region'])",
        "settings.__setattr__('region', event['region'])",
        "settings.__dict__['region'] = event['region']",
        "settings.__dict__.update(region=event['region'])",
        "settings.__dict__ |= event",
        "known = settings.__dict__\nknown['region'] = event['region']",
        "vars(settings)['region'] = event['region']",
        "known = vars(settings)\nknown.update(event)",
        "vars(settings).pop('region') if event['reset'] else None",
        "known = settings\nknown.region = event['region']",
        "Settings.region = event['region']",
        "match event:\n    case {'region': region}:\n        settings.region = region",
        "match event:\n    case {'a': _, **rest}:\n        settings.region = rest",
        "try:\n    event['region']\nexcept KeyError as error:\n    settings.region = error",
        "if region := event['region']:\n    settings.region = region",
        "known = globals()\nknown['settings'] = event",
        "global settings\nfor settings in event['all']:\n    pass",
        "global settings\n[settings := each for each in event['all']]",
    ],
)
def test_an_attribute_depends_on_the_request_that_changes_it(change: str) -> None:
    assert is_of_the_request(change, "settings.region")


@pytest.mark.parametrize(
    "change",
    [
        "for settings.other in event['regions']:\n    pass",
        "with nullcontext(event['region']) as settings.other:\n    pass",
        "for settings.region in ('eu-west-1', 'eu-west-2'):\n    pass",
        "del settings.region",
        "delattr(settings, 'region')",
        "setattr(settings, 'other', event['region'])",
        "known = vars(settings)\nprint(known, event)",
        "print(settings.region, name=event)",
        "if settings.region in event['regions']:\n    pass",
        "known = settings.region\nknown = event['region']",
        "known = settings.other\nknown.append(event['region'])",
        "for settings.region_of_another in event['regions']:\n    pass",
    ],
)
def test_an_attribute_does_not_depend_on_what_does_not_change_it(change: str) -> None:
    assert not is_of_the_request(change, "settings.region")


@pytest.mark.parametrize(
    "change",
    [
        "settings.hosts.append(event['host'])",
        "settings.hosts[0] = event['host']",
        "known = settings.hosts\nknown.append(event['host'])",
        "known = settings.hosts[0]\nknown['name'] = event['host']",
        "known = Settings.hosts  # of all\nknown.insert(0, event['host'])",
        "settings.hosts.pop()",
        "settings.hosts.pop(0)",
        "if event['reset']:\n    settings.hosts.clear()",
        "if event['reset']:\n    settings.hosts.pop('a', None)",
        "settings.hosts.remove(event['host'])",
        "if event['reset']:\n    del settings.hosts[0]",
    ],
)
def test_what_an_attribute_holds_depends_on_the_request_that_changes_it(change: str) -> None:
    assert is_of_the_request(change, "settings.hosts")


def test_what_is_emptied_on_every_request_does_not_depend_on_it() -> None:
    assert not is_of_the_request("settings.hosts.clear()", "settings.hosts")
    assert not is_of_the_request("settings.hosts.pop('a', None)", "settings.hosts")


@pytest.mark.parametrize(
    "change",
    [
        "for os.environ['A'] in event['values']:\n    pass",
        "with nullcontext(event['value']) as os.environ['A']:\n    pass",
        "if event['reset']:\n    del os.environ['A']",
        "if event['reset']:\n    os.environ.pop('A', None)",
        "if event['reset']:\n    os.environ.clear()",
        "if event['reset']:\n    os.unsetenv('A')",
        "os.environ |= event['values']",
    ],
)
def test_an_environment_variable_depends_on_the_request_that_changes_it(change: str) -> None:
    assert is_of_the_request(change, "os.getenv('A')")


def test_an_environment_variable_does_not_depend_on_what_becomes_of_others() -> None:
    assert not is_of_the_request("if event['reset']:\n    os.environ.pop('B', None)", "os.getenv('A')")
    assert not is_of_the_request("os.environ.pop('A', None)", "os.getenv('A')")


def test_a_class_that_stores_as_it_is_told_changes_nothing_of_its_own() -> None:
    program = PROGRAM.replace(
        "    hosts =",
        "    def __setattr__(self, name, value):\n        object.__setattr__(self, name, value)\n    hosts =",
    )
    analysis = analysed(program.format(change="", read="settings.region"))
    assert analysis.graph.dependence.binding(result_of(analysis)).refs == frozenset()

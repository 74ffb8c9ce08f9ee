"""What a client is changed with after it is built: hooks may take something of the request."""

from __future__ import annotations

import pytest
from analysed import analysed

SIGNER = """
class Signer:
    def __init__(self, team):
        self.team = team

    def sign(self, request, **rest):
        request.headers.add("X-Team", self.team)


def sign(request, **rest):
    request.headers.add("X-Team", "orders")


def register(client, hooks):
    client.meta.events.register(hooks[0], print)
    if hooks[1:]:
        register(client, hooks[1:])
"""


def built(body: str) -> list[str]:
    """The clients that a handler with these lines builds on every request."""
    lines = "".join(f"    {line}\n" for line in body.strip().split("\n"))
    handler = f"def handler(event, context):\n    s3 = boto3.client('s3')\n{lines}    return s3.head_object()\n"
    return [build.client.name for build in analysed(f"import boto3\n{SIGNER}\n\n{handler}").builds.values()]


@pytest.mark.parametrize(
    "body",
    [
        "s3.meta.events.register('before-sign', lambda request, **rest: request.headers.add('X-Team', 'orders'))",
        "s3.meta.events.register('before-sign', sign)",
        "register(s3, ['before-sign', 'before-send'])",
    ],
)
def test_a_hook_that_takes_nothing_of_the_request_leaves_a_client_as_it_is(body: str) -> None:
    assert built(body) == ["boto3.client"]


@pytest.mark.parametrize(
    "body",
    [
        "s3.meta.events.register('before-sign', lambda request, **rest: request.headers.add('X-Id', event['id']))",
        (
            "team = event['team']\ndef own(request, **rest):\n    request.headers.add('X-Team', team)\n"
            "s3.meta.events.register('before-sign', own)"
        ),
        "s3.meta.events.register('before-sign', Signer(event['team']).sign)",
        "register(s3, event['hooks'])",
    ],
)
def test_a_hook_that_takes_something_of_the_request_makes_a_client_its_own(body: str) -> None:
    assert built(body) == []


@pytest.mark.parametrize(
    ("given", "expected"), [("team", []), ("'orders'", ["boto3.Session", "boto3.Session().client"])]
)
def test_what_a_method_does_to_a_session_counts_in_a_long_body_too(given: str, expected: list[str]) -> None:
    program = f"""
import boto3

class Repository:
    def __init__(self):
        self.session = boto3.Session()

    def sign_in(self, team):
        print(team)
        print(team)
        print(team)
        self.session._session.set_credentials({given}, '', '')

def handler(event, context):
    repository = Repository()
    repository.sign_in(event['team'])
    return repository.session.client('s3').head_object()
"""
    analysis = analysed(program)
    built = [*analysis.builds.values(), *(b for c in analysis.constructions.values() for b in c.builds)]
    assert sorted(build.client.name for build in built) == expected

"""LPF104."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_lambda_perf.rules.clients._client import ClientRule

if TYPE_CHECKING:
    import libcst as cst


class SdkClientPerInvocation(ClientRule):
    """A client of a service's SDK is built again on every invocation.

    Why: these clients hold a pool of connections and often load credentials and a model of the service when they are
        built. One for each execution environment is enough.
    Cost: unmeasured here: it depends on the SDK; most make a new HTTP connection for each client.
    Slow:
        from openai import OpenAI


        def handler(event, context):
            client = OpenAI()  # LPF104
            return client.responses.create(model="gpt-5", input=event["question"]).output_text
    Fast:
        from openai import OpenAI

        client = OpenAI()


        def handler(event, context):
            return client.responses.create(model="gpt-5", input=event["question"]).output_text
    Fix: Safe where the arguments are constants or come from the environment. Not offered where an argument depends on
        the request.
    """

    code = "LPF104"
    name = "sdk-client-per-invocation"
    message = "`{factory}` runs on every invocation of `{handler}`; build it once, at module scope"
    triggers = ("openai", "anthropic", "google", "azure", "elasticsearch", "opensearchpy", "client", "Client")

    def visit_Call(self, node: cst.Call) -> None:
        """Looks at every call."""
        self.look_at(node)

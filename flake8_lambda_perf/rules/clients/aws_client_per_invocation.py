"""LPF101."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_lambda_perf.rules.clients._client import ClientRule

if TYPE_CHECKING:
    import libcst as cst


class AwsClientPerInvocation(ClientRule):
    """An AWS client, resource or session is built again on every invocation.

    Why: building a client parses the service's model and makes a new pool of connections, so every request also pays
        for a TCP and a TLS handshake. An execution environment serves one request after another: what is built at
        module scope is built once, in the init phase.
    Cost: measured on two desktop cores with boto3 1.44: 3.6 ms for an S3 client from the default session, 69 ms for
        `boto3.Session().client("s3")`; more at low memory, where a function has a fraction of a core. The handshake
        is not included.
    Slow:
        import boto3


        def handler(event, context):
            s3 = boto3.client("s3")  # LPF101
            return s3.get_object(Bucket="orders", Key=event["key"])
    Fast:
        import boto3

        s3 = boto3.client("s3")


        def handler(event, context):
            return s3.get_object(Bucket="orders", Key=event["key"])
    Fix: Safe where the arguments are constants or come from the environment: the client moves to module scope, or into
        a cached function when only some requests need it. Not offered where an argument depends on the request, or
        for resources and sessions that threads share.
    """

    code = "LPF101"
    name = "aws-client-per-invocation"
    message = "`{factory}` runs on every invocation of `{handler}`; build it once, at module scope"
    triggers = ("boto3", "botocore", "aioboto3", "aiobotocore")

    def visit_Call(self, node: cst.Call) -> None:
        """Looks at every call."""
        self.look_at(node)

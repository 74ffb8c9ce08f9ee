"""LPF103."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_lambda_perf.rules.clients._client import ClientRule

if TYPE_CHECKING:
    import libcst as cst


class HttpSessionPerInvocation(ClientRule):
    """An HTTP session or pool of connections is made again on every invocation.

    Why: a session keeps its connections open for the next request. Made anew each time, every request pays for the
        TCP and TLS handshakes again, and the pool is thrown away unused.
    Cost: unmeasured here: two to three round trips to the other side for each request.
    Slow:
        import requests


        def handler(event, context):
            session = requests.Session()  # LPF103
            return session.get("https://example.com/rates", timeout=3).json()
    Fast:
        import requests

        session = requests.Session()


        def handler(event, context):
            return session.get("https://example.com/rates", timeout=3).json()
    Fix: Safe: the session moves to module scope. Not offered in a `with` statement, or where it is given anything of
        the request.
    """

    code = "LPF103"
    name = "http-session-per-invocation"
    message = "`{factory}` runs on every invocation of `{handler}` and drops its connections; keep one at module scope"
    triggers = ("requests", "httpx", "urllib3", "http.client")

    def visit_Call(self, node: cst.Call) -> None:
        """Looks at every call; a session that logs its caller in keeps cookies, and has to end with the request."""
        if not self.view.logs_in(node):
            self.look_at(node)

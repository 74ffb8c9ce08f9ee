"""LPF102."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_lambda_perf.rules.clients._client import ClientRule

if TYPE_CHECKING:
    import libcst as cst


class DatabaseConnectionPerInvocation(ClientRule):
    """A database connection, engine or client is made again on every invocation.

    Why: connecting costs round trips for TCP, TLS and the login, and each connection takes a slot of the database. An
        engine or a client that is kept connects once for each execution environment.
    Cost: unmeasured here: it depends on the database and on the network between.
    Slow:
        import os

        from sqlalchemy import create_engine, text


        def handler(event, context):
            engine = create_engine(os.environ.get("DATABASE_URL", "sqlite://"))  # LPF102
            with engine.connect() as connection:
                return connection.execute(text("SELECT 1")).scalar()
    Fast:
        import os

        from sqlalchemy import create_engine, text

        engine = create_engine(os.environ.get("DATABASE_URL", "sqlite://"))


        def handler(event, context):
            with engine.connect() as connection:
                return connection.execute(text("SELECT 1")).scalar()
    Fix: Safe for engines, pools and clients that connect when they are first used: they move to module scope. Unsafe
        for raw connections of psycopg2, psycopg, PyMySQL and MySQL Connector: they move, with what only they need,
        into a function that asks whether the connection lives, ends what the last request left open, and connects
        again if it is gone; `close()` becomes `rollback()`. Not offered for raw connections of other drivers, in a
        `with` statement that closes, where two parts of a request could hold one connection at once, nor where an
        argument depends on the request.
    """

    code = "LPF102"
    name = "database-connection-per-invocation"
    message = "`{factory}` opens a database connection on every invocation of `{handler}`; keep one for the environment"
    triggers = ("psycopg2", "psycopg", "sqlalchemy", "pymysql", "MySQLdb", "pymongo", "redis", "sqlite3", "connect")

    def visit_Call(self, node: cst.Call) -> None:
        """Looks at every call."""
        self.look_at(node)

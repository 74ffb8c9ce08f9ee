"""LPF604."""

from __future__ import annotations

from flake8_lambda_perf.rules.snapshot._captured import CapturedRule


class ConnectionAtImport(CapturedRule):
    """A connection is opened before the snapshot, and is dead in every restored environment.

    Why: a snapshot keeps the memory of a process, not its connections: the other end has closed them long before the
        first restore. Clients that connect when they are first used are no problem.
    Cost: the first request of each restored environment fails, or waits for a timeout.
    Slow:
        # file: lambda-perf.toml
        snapstart = true
        # file: app.py
        import psycopg2

        connection = psycopg2.connect("dbname=orders")  # LPF604


        def handler(event, context):
            with connection.cursor() as cursor:
                cursor.execute("select 1")
                return cursor.fetchone()
    Fast:
        # file: lambda-perf.toml
        snapstart = true
        # file: app.py
        import psycopg2
        from snapshot_restore_py import register_after_restore

        connection = psycopg2.connect("dbname=orders")


        def handler(event, context):
            with connection.cursor() as cursor:
                cursor.execute("select 1")
                return cursor.fetchone()


        @register_after_restore
        def renew_connection():
            global connection
            connection = psycopg2.connect("dbname=orders")
    Fix: Unsafe: a function that runs after each restore assigns the value again, through the package snapshot-
        restore-py. Not offered where other statements or modules took the value at import.
    """

    code = "LPF604"
    name = "connection-at-import"
    message = (
        "`{factory}` connects before the snapshot of `{handler}`: a restored environment holds a dead "
        "connection; connect after a restore"
    )
    triggers = (
        "connect",
        "MongoClient",
    )
    kind = "connection"

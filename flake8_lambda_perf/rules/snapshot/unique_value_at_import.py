"""LPF601."""

from __future__ import annotations

from flake8_lambda_perf.rules.snapshot._captured import CapturedRule


class UniqueValueAtImport(CapturedRule):
    """A value that has to be unique is made before the snapshot, and is the same in every restored environment.

    Why: Lambda takes the snapshot after the module was imported. Every execution environment that is restored from it
        starts with the same identifier, token or random number.
    Cost: none in time: it is a mistake that a snapshot makes of code that was right without one.
    Slow:
        # file: lambda-perf.toml
        snapstart = true
        # file: app.py
        import uuid

        INSTANCE = str(uuid.uuid4())  # LPF601


        def handler(event, context):
            return {"served by": INSTANCE, "id": event["id"]}
    Fast:
        # file: lambda-perf.toml
        snapstart = true
        # file: app.py
        import uuid

        from snapshot_restore_py import register_after_restore

        INSTANCE = str(uuid.uuid4())


        def handler(event, context):
            return {"served by": INSTANCE, "id": event["id"]}


        @register_after_restore
        def renew_instance():
            global INSTANCE
            INSTANCE = str(uuid.uuid4())
    Fix: Unsafe: a function that runs after each restore assigns the value again, through the package snapshot-
        restore-py. Not offered where other statements or modules took the value at import.
    """

    code = "LPF601"
    name = "unique-value-at-import"
    message = (
        "`{factory}` runs before the snapshot of `{handler}`: all restored environments share its value; "
        "make it per request or after a restore"
    )
    triggers = (
        "uuid",
        "secrets",
        "random",
        "urandom",
        "nanoid",
        "ulid",
    )
    kind = "unique"

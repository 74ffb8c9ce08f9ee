"""LPF601."""

from __future__ import annotations

from flake8_lambda_perf.rules.snapshot._captured import CapturedRule


class UniqueValueAtImport(CapturedRule):
    """A value that has to be unique is made when a module is imported, and is the same ever after.

    Why: Lambda takes the snapshot after the module was imported. Every execution environment that is restored from it
        starts with the same identifier, token or random number, also where a function made it that the module calls.
        Without SnapStart only defaults are reported, of a model's fields and of parameters that requests leave out:
        all requests of an environment share them.
    Cost: none in time: it is a mistake.
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
        restore-py; the default of a field becomes a function. Not offered for parameters, and where other statements
        or modules took the value at import.
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
    frozen = (
        "`{factory}` runs once, when the module is imported: later requests of `{handler}` share its value; "
        "make it when it is needed"
    )

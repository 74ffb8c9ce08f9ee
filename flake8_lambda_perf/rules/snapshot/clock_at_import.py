"""LPF602."""

from __future__ import annotations

from flake8_lambda_perf.rules.snapshot._captured import CapturedRule


class ClockAtImport(CapturedRule):
    """A time that is read when a module is imported is taken for the present by later requests.

    Why: a snapshot may be weeks old when it is restored: what was the present at import is not. Functions that a
        module calls while it is imported, class-level values and defaults of parameters are read at import as well.
        Without SnapStart only defaults are reported, of a model's fields and of parameters that requests leave out:
        they are the time of the cold start in every environment that serves a second request. A global that notes
        when an environment started, or until when something is valid there, is right without a snapshot.
    Cost: none in time: it is a mistake.
    Slow:
        # file: lambda-perf.toml
        snapstart = true
        # file: app.py
        import time

        VALID_UNTIL = time.time() + 300  # LPF602


        def handler(event, context):
            return {"valid": VALID_UNTIL > event["time"]}
    Fast:
        # file: lambda-perf.toml
        snapstart = true
        # file: app.py
        import time

        from snapshot_restore_py import register_after_restore

        VALID_UNTIL = time.time() + 300


        def handler(event, context):
            return {"valid": VALID_UNTIL > event["time"]}


        @register_after_restore
        def renew_valid_until():
            global VALID_UNTIL
            VALID_UNTIL = time.time() + 300
    Fix: Unsafe: a function that runs after each restore assigns the value again, through the package snapshot-
        restore-py; the default of a field becomes a function. Not offered for parameters, and where other statements
        or modules took the value at import.
    """

    code = "LPF602"
    name = "clock-at-import"
    message = (
        "`{factory}` reads the clock before the snapshot of `{handler}`: a restored environment takes it for "
        "the present; read it per request"
    )
    triggers = (
        "time",
        "datetime",
        "arrow",
        "pendulum",
    )
    kind = "clock"
    frozen = (
        "`{factory}` runs once, when the module is imported: later requests of `{handler}` take that time for the "
        "present; read the clock when the value is needed"
    )

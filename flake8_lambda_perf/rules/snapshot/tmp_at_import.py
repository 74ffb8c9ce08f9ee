"""LPF606."""

from __future__ import annotations

from flake8_lambda_perf.rules.snapshot._captured import CapturedRule


class TmpAtImport(CapturedRule):
    """A temporary file or folder is made before the snapshot, and every restored environment starts with it.

    Why: what lies in /tmp when the snapshot is taken is part of it: names that were unique are not any more, and what
        was downloaded is as old as the snapshot.
    Cost: none in time: it is a mistake that a snapshot makes of code that was right without one.
    Slow:
        # file: lambda-perf.toml
        snapstart = true
        # file: app.py
        import tempfile

        FOLDER = tempfile.mkdtemp()  # LPF606


        def handler(event, context):
            return {"folder": FOLDER}
    Fast:
        # file: lambda-perf.toml
        snapstart = true
        # file: app.py
        import tempfile

        from snapshot_restore_py import register_after_restore

        FOLDER = tempfile.mkdtemp()


        def handler(event, context):
            return {"folder": FOLDER}


        @register_after_restore
        def renew_folder():
            global FOLDER
            FOLDER = tempfile.mkdtemp()
    Fix: Unsafe: a function that runs after each restore assigns the value again, through the package snapshot-
        restore-py. Not offered where other statements or modules took the value at import.
    """

    code = "LPF606"
    name = "tmp-at-import"
    message = (
        "`{factory}` runs before the snapshot of `{handler}`: all restored environments start with its file; "
        "make it per request or after a restore"
    )
    triggers = (
        "tempfile",
        "open",
    )
    kind = "tmp"

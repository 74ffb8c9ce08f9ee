"""LPF605."""

from __future__ import annotations

from flake8_lambda_perf.rules.snapshot._captured import CapturedRule


class RandomStateAtImport(CapturedRule):
    """A random number generator is seeded before the snapshot, and gives every restored environment the same numbers.

    Why: the state of the generator is part of the snapshot. A seed that is written out is taken for intended.
    Cost: none in time: it is a mistake that a snapshot makes of code that was right without one.
    Slow:
        # file: lambda-perf.toml
        snapstart = true
        # file: app.py
        import random

        dice = random.Random()  # LPF605


        def handler(event, context):
            return dice.randint(1, 6)
    Fast:
        # file: lambda-perf.toml
        snapstart = true
        # file: app.py
        import random

        from snapshot_restore_py import register_after_restore

        dice = random.Random()


        def handler(event, context):
            return dice.randint(1, 6)


        @register_after_restore
        def renew_dice():
            global dice
            dice = random.Random()
    Fix: Unsafe: a function that runs after each restore assigns the value again, through the package snapshot-
        restore-py. Not offered where other statements or modules took the value at import.
    """

    code = "LPF605"
    name = "random-state-at-import"
    message = (
        "`{factory}` is seeded before the snapshot of `{handler}`: all restored environments draw the same "
        "numbers; seed it after a restore"
    )
    triggers = ("random",)
    kind = "random_state"

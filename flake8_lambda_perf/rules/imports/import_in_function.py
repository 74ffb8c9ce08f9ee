"""LPF202."""

from __future__ import annotations

from flake8_lambda_perf.rules.imports._import import ImportRule


class ImportInFunction(ImportRule):
    """An import stands in a function of deployed code.

    Why: an import at the top is paid in the init phase and seen at a glance; one in a function is paid by the first
        request that reaches it. That may be wanted, for a costly module that few requests need, which is why the rule
        is off by default: it lists all imports in functions that LPF201 leaves alone.
    Cost: that of the module, on the first request that needs it; measured with `python -X importtime`.
    Slow:
        def handler(event, context):
            if event["path"] == "/report":
                import pandas  # LPF202

                return pandas.DataFrame([event["row"]]).to_csv()
            return event["id"]
    Fast:
        import pandas


        def handler(event, context):
            if event["path"] == "/report":
                return pandas.DataFrame([event["row"]]).to_csv()
            return event["id"]
    Fix: Unsafe: the import moves to the top of the module, as with LPF201, and each cold start pays for it. Safe where
        the module costs less than `heavy-import-ms` and cannot be missing. Not offered where a comment, a docstring or
        the code around the import says why it stands there: it is optional, would close a cycle, or has to follow
        something.
    """

    code = "LPF202"
    name = "import-in-function"
    default = False
    message = "`{statement}` stands in a function; its cost falls on the first request that gets there"
    triggers = ("import",)

"""LPF201."""

from __future__ import annotations

from flake8_lambda_perf.rules.imports._import import ImportRule


class ImportPerInvocation(ImportRule):
    """An import statement is executed again on every invocation.

    Why: the first request waits while the module is loaded; each one after it pays for the look-up. At the top of the
        module the import is paid once, before a request waits. Where the memory of the function is known, and what the
        module costs, the full report says what that means: Lambda gives CPU in proportion to memory.
    Cost: measured on a desktop core: 36 ns (Python 3.10) to 86 ns (3.13) for each execution of `import x` when x is
        loaded, 140 to 335 ns for `from x import y`; the first execution costs what the module costs.
    Slow:
        def handler(event, context):
            import json  # LPF201

            return json.dumps({"id": event["id"]})
    Fast:
        import json


        def handler(event, context):
            return json.dumps({"id": event["id"]})
    Fix: Safe: the import moves to the top of the module, in order. Unsafe where the module may do something when it is
        imported. Not offered where the module has another use for the name. Imports that stand in a function on
        purpose are no findings: costly ones that not every request needs, unless all functions that load the file have
        SnapStart or provisioned concurrency; optional ones; those with a comment or a docstring that gives a reason.
    """

    code = "LPF201"
    name = "import-per-invocation"
    message = "`{statement}` runs while requests to `{handler}` wait; move it to the top of the module"
    triggers = ("import",)

"""LPF203."""

from __future__ import annotations

import ast
from functools import partial

import libcst as cst

from flake8_lambda_perf.fixes import wildcards
from flake8_lambda_perf.rules.base import Rule
from flake8_lambda_perf.rules.memory import costing


class WildcardImport(Rule):
    """Deployed code imports everything a module has.

    Why: nobody can tell which of the names are needed, and so neither whether the module is: an import that is not
        understood is neither deferred nor removed. It also binds every public name of the module at each cold start.
    Cost: unmeasured here: the import costs what `import x` costs, and a little more for each name. What it hides costs
        more.
    Slow:
        # file: app.py
        from constants import *  # LPF203


        def handler(event, context):
            return {"statusCode": STATUS_OK, "body": event["id"]}
        # file: constants.py
        STATUS_OK = 200
        STATUS_BAD = 400
    Fast:
        # file: app.py
        from constants import STATUS_OK


        def handler(event, context):
            return {"statusCode": STATUS_OK, "body": event["id"]}
        # file: constants.py
        STATUS_OK = 200
        STATUS_BAD = 400
    Fix: Safe where the names of the module are known: the used ones are named. Unsafe otherwise. Not offered where
        other modules take names from this one.
    """

    code = "LPF203"
    name = "wildcard-import"
    message = "`{statement}` hides which names are used, and is paid at each cold start of `{handler}`; name them"
    triggers = ("import *",)

    def visit_ImportFrom(self, node: cst.ImportFrom) -> None:
        """Looks at `from x import *`."""
        partner = self.view.wildcard_at(node) if isinstance(node.names, cst.ImportStar) else None
        if partner is not None:
            plan = partial(wildcards.narrow, self.view.suspects.imports, self.view.module, partner)
            statement = ast.unparse(partner)
            evidence = self.view.load_evidence(partner.lineno, f"`{statement}` is executed")
            loads = self.view.suspects.imports.loads
            cost = partial(loads.cost, loads.foreign(partner, self.view.module.path), frozenset())
            evidence = costing(evidence, cost, "each cold start")
            self.report(node, evidence, plan, statement=statement, handler=evidence.handler_name)

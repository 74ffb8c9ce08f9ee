"""The rules of the comparison as Fixit lint rules, the way its documentation writes them."""

from __future__ import annotations

import libcst as cst
from fixit import LintRule
from libcst.metadata import QualifiedNameProvider

FACTORIES = frozenset(
    {
        "boto3.client",
        "boto3.resource",
        "boto3.Session",
        "boto3.session.Session",
        "requests.Session",
    }
)


class ClientInFunction(LintRule):
    """Build clients at module scope."""

    METADATA_DEPENDENCIES = (QualifiedNameProvider, *LintRule.METADATA_DEPENDENCIES)

    def __init__(self) -> None:
        super().__init__()
        self.depth = 0

    def visit_FunctionDef(self, node: cst.FunctionDef) -> None:
        self.depth += 1

    def leave_FunctionDef(self, original_node: cst.FunctionDef) -> None:
        self.depth -= 1

    def visit_Call(self, node: cst.Call) -> None:
        if not self.depth:
            return
        names = {found.name for found in self.get_metadata(QualifiedNameProvider, node.func, set())}
        if names & FACTORIES:
            self.report(node, "a client is built in a function")


class ImportInFunction(LintRule):
    """Import at the top of the module."""

    def __init__(self) -> None:
        super().__init__()
        self.depth = 0

    def visit_FunctionDef(self, node: cst.FunctionDef) -> None:
        self.depth += 1

    def leave_FunctionDef(self, original_node: cst.FunctionDef) -> None:
        self.depth -= 1

    def visit_Import(self, node: cst.Import) -> None:
        if self.depth:
            self.report(node, "an import in a function")

    def visit_ImportFrom(self, node: cst.ImportFrom) -> None:
        if self.depth:
            self.report(node, "an import in a function")


class WildcardImport(LintRule):
    """Name what is imported."""

    def visit_ImportFrom(self, node: cst.ImportFrom) -> None:
        if isinstance(node.names, cst.ImportStar):
            self.report(node, "a wildcard import")

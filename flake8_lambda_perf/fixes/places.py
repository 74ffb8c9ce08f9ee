"""Where at module scope a statement may go: after what it needs, before what runs it."""

from __future__ import annotations

import ast
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from flake8_lambda_perf.fixes.build import Draft, first_line, last_line
from flake8_lambda_perf.fixes.markers import closes
from flake8_lambda_perf.knowledge import idioms
from flake8_lambda_perf.project.analysis import imported_paths
from flake8_lambda_perf.project.flow import static_truth
from flake8_lambda_perf.project.values import Ext, Func, ordered
from flake8_lambda_perf.source import lines_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flake8_lambda_perf.project.analysis import Analysis
    from flake8_lambda_perf.project.facts import Function, Module

DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
EFFECTS = re.compile(
    r"\benviron\s*(\[[^\]\n]*\]\s*([+|]?=[^=]|\+=)|\.(update|setdefault|pop|popitem|clear)\b|\s*\|?=[^=])"
    r"|\bdel\s+(os\.)?environ\b|\b(putenv|unsetenv|chdir|addsitedir|load_dotenv|patch_all|setup_default_session)\b"
    r"|\bsys\.path\s*(\.(insert|append|extend|remove)\b|\[[^\]\n]*\]\s*=|[+]?=[^=])"
    r"|\b(DEFAULT_SESSION\s*=[^=]|install_as_MySQLdb\b)"
)
"""Text that changes what a later build sees: the environment, the import path, patched libraries."""

EFFECT_WORDS = (
    "environ", "del", "putenv", "unsetenv", "addsitedir", "load_dotenv", "patch_all", "setup_default_session",
    "sys.path", "DEFAULT_SESSION", "install_as_MySQLdb",
)  # fmt: skip
"""What such text begins with, but for a change of the working directory: that is nothing to what builds see."""


class Top:
    """The statements of a module's body, and which of them a new statement must follow or precede."""

    def __init__(self, analysis: Analysis, module: Module, draft: Draft) -> None:
        self.analysis = analysis
        self.module = module
        self.draft = draft
        self.body = module.top.body  # a function's body may be left out: its end is not known

    def index_of(self, node: ast.AST) -> int:
        """Gives the index of the top-level statement that holds a node."""
        line = getattr(node, "lineno", 0)
        return next(index for index in range(len(self.body) - 1, -1, -1) if first_line(self.body[index]) <= line)

    def after_imports(self) -> int:
        """Gives the index of the last import at module scope, or of the docstring; -1 where there is neither."""
        found = -1
        defined = False
        for index, statement in enumerate(self.body):
            defined = defined or isinstance(statement, DEFINITIONS)
            if isinstance(statement, ast.Import | ast.ImportFrom) or (
                isinstance(statement, ast.If | ast.Try) and not defined and _is_import_block(statement)
            ):
                found = index
            elif index == 0 and _is_docstring(statement):
                found = 0
        return found

    def after_names(self, names: Iterable[str]) -> int:
        """Gives the index of the last statement that binds one of the names."""
        found = -1
        for name in names:
            bindings = self.module.scope.bindings.get(name) or self.module.scope.bindings.get("*", [])
            for binding in bindings:
                found = max(found, self.index_of(binding.place.statement))
        return found

    def after_effects(self) -> int:
        """Gives the index of the last statement that changes the environment or the import path."""
        found = -1
        for index, statement in enumerate(self.body):
            if isinstance(statement, (*DEFINITIONS, ast.Import, ast.ImportFrom)) or _is_main(statement):
                continue
            if self._has_effect(self.module.whole(statement)):
                found = index
        return found

    def _has_effect(self, statement: ast.stmt) -> bool:
        if EFFECTS.search(self.draft.of(statement)):
            return True
        return any(self._calls_effect(node) for node in ast.walk(statement) if isinstance(node, ast.Call))

    def _calls_effect(self, node: ast.Call) -> bool:
        site = self.module.sites.get(node)
        if site is None or site.function is not None:
            return False
        for value in ordered(self.analysis.names.values(node.func, site.place)):
            if isinstance(value, Ext) and value.name in idioms().import_side_effects:
                return True
            if isinstance(value, Func) and _text_has_effect(value.function):
                return True
        return False

    def before_runs(self, function: Function) -> int:
        """Gives the index of the first statement that runs the function while the module is imported."""
        found = len(self.body)
        seen, stack = {function}, [function]
        while stack:
            here = stack.pop()
            for edge in self.analysis.graph.callers.get(here, ()):
                if edge.caller is None and edge.module is self.module:
                    found = min(found, self.index_of(edge.node))
                elif edge.caller is None:
                    found = min(found, self._import_of(edge.module.path))
                elif edge.caller not in seen:
                    seen.add(edge.caller)
                    stack.append(edge.caller)
        return found

    def _import_of(self, path: str) -> int:
        """Gives the index of the first import that loads another file of the project, directly or not."""
        for index, statement in enumerate(self.body):
            if not isinstance(statement, ast.Import | ast.ImportFrom):
                continue
            seen: set[str] = set()
            stack = list(imported_paths(self.analysis.project, statement, self.module.path))
            while stack:
                here = stack.pop()
                if here == path:
                    return index
                module = self.analysis.project.module(here) if here not in seen and here != self.module.path else None
                seen.add(here)
                for node, _place in module.imports if module is not None else ():
                    stack.extend(
                        other for other in imported_paths(self.analysis.project, node, here) if other not in seen
                    )
        return len(self.body)

    def skip_builds(self, index: int) -> int:
        """Goes past the clients that stand right behind a place: a new one lines up with them."""
        while index + 1 < len(self.body) and self._is_build(self.body[index + 1]):
            index += 1
        return index

    def _is_build(self, statement: ast.stmt) -> bool:
        if not isinstance(statement, ast.Assign | ast.AnnAssign) or statement.value is None:
            return False
        node = statement.value
        while isinstance(node, ast.Call):
            site = self.module.sites.get(node)
            client = self.analysis.client_of(site) if site is not None else None
            if client is not None:
                return client.code.startswith("LPF10")
            node = node.func.value if isinstance(node.func, ast.Attribute) else node.func
        return False

    def before_definitions(self, node: ast.AST) -> int:
        """Gives the index of the last statement before the first definition, or before the one that holds `node`."""
        first = next((i for i, statement in enumerate(self.body) if isinstance(statement, DEFINITIONS)), len(self.body))
        return min(first, self.index_of(node)) - 1

    # -- text ---------------------------------------------------------------------------------

    def offset_after(self, index: int) -> int:
        """Gives the offset of the line behind a top-level statement, for -1 the place where code starts."""
        if index >= 0:
            return self.draft.after_line(self._last_line(index))
        line = 1
        while self.draft.lines.line_text(line).startswith("#"):
            line += 1
        if not self.draft.lines.line_text(line).strip() and self.body:
            line = self._first_code_line()
        return self.draft.line_start(line)

    def _last_line(self, index: int) -> int:
        """Gives the last line of a top-level statement, or of the comments below that close a region it is in."""
        found = at = last_line(self.module.whole(self.body[index]))
        while (end := self.draft.after_line(at)) > self.draft.line_end(at) and end < len(self.draft.text):
            at += 1
            text = self.draft.lines.line_text(at).rstrip()
            if text and not closes(text):
                break
            found = at if text else found
        return found

    def _first_code_line(self) -> int:
        """Gives the first line that is not blank or a comment above the first statement, its own comments included."""
        line = first_line(self.body[0])
        while line > 1 and self.draft.lines.line_text(line - 1).startswith("#"):
            line -= 1
        return line

    def statements_text(self, index: int, lines: list[str]) -> str:
        """Gives statements as they go behind a top-level statement, with the blank lines that belong there."""
        newline = self.draft.newline
        text = newline.join(lines) + newline
        if index < 0:
            return text + newline * 2
        before = self.body[index]
        if isinstance(before, DEFINITIONS) or (isinstance(before, ast.If | ast.Try) and not _is_import_block(before)):
            text = newline * 2 + text
        elif (
            not isinstance(before, ast.Assign | ast.AnnAssign | ast.Expr | ast.Delete)
            or _is_docstring(before)
            or self._last_line(index) != last_line(before)
        ):
            text = newline + text
        return self._close(index, text, self._gap_before_next(index))

    def _gap_before_next(self, index: int) -> int:
        if index + 1 >= len(self.body):
            return 0
        following, before = self.body[index + 1], self.body[index]
        if isinstance(following, DEFINITIONS):
            return 2
        return 1 if isinstance(before, (ast.Import, ast.ImportFrom, *DEFINITIONS, ast.If, ast.Try)) else 0

    def definition_text(self, index: int, lines: list[str]) -> str:
        """Gives a function as it goes behind a top-level statement."""
        newline = self.draft.newline
        text = newline.join(lines) + newline
        if index < 0:
            return text + newline * 2
        return self._close(index, newline * 2 + text, 2)

    def _close(self, index: int, text: str, gap: int) -> str:
        """Adds the newline a last line lacks, and blank lines where the next statement follows at once."""
        newline = self.draft.newline
        offset = self.offset_after(index)
        if offset == len(self.draft.text):
            if not self.draft.text.endswith(("\n", "\r")):
                return newline + text.removesuffix(newline)
            return text
        following = self.draft.lines.line_text(self.draft.lines.position(offset)[0])
        return text + newline * gap if following.strip() else text


def _is_docstring(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


def _is_import_block(statement: ast.If | ast.Try) -> bool:
    """Tells whether a block is there for its imports."""
    return any(isinstance(inner, ast.Import | ast.ImportFrom) for inner in statement.body) and not _is_main(statement)


def _is_main(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.If)
        and static_truth(statement.test) is False
        and "__name__" in ast.unparse(statement.test)
    )


@lru_cache(maxsize=64)  # many fixes of a file ask the same
def changes_environment(analysis: Analysis, module: Module) -> bool:
    """Tells whether a request may run a function of a module that changes what later builds see."""
    lines = _lines_with_effects(module.text)
    changing = [function for function in module.functions if any(_is_within(line, function) for line in lines)]
    return any(function in analysis.handler_of or _is_named_in_function(function) for function in changing)


def _is_named_in_function(function: Function) -> bool:
    """Tells whether code inside some function names this one; else only the module's body runs it."""
    for other in function.module.functions:
        if other is function:
            continue
        for node in ast.walk(other.node):
            if function.name in (getattr(node, "id", None), getattr(node, "attr", None)):
                return True
    return function.parent is not None or function.cls is not None


def _lines_with_effects(text: str) -> list[int]:
    """Lists the lines that change what builds see."""
    return [lines_of(text).position(match.start())[0] for match in _effects_in(text)]


def _effects_in(text: str) -> Iterator[re.Match[str]]:
    """Finds what changes what builds see, looking at its words only."""
    for word in EFFECT_WORDS:
        start = text.find(word)
        while start >= 0:
            match = EFFECTS.match(text, start)
            if match is not None:
                yield match
            start = text.find(word, start + 1)


def _text_has_effect(function: Function) -> bool:
    """Tells whether a function changes what builds see."""
    return any(_is_within(line, function) for line in _lines_with_effects(function.module.text))


def _is_within(line: int, function: Function) -> bool:
    """Tells whether a line belongs to a function."""
    first, last = function.lines
    return first <= line <= last

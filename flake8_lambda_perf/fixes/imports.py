"""Moves an import from a function to the top of its module, or deletes it where the top has it already."""

from __future__ import annotations

import ast
import builtins
import re
from dataclasses import field
from functools import lru_cache
from typing import TYPE_CHECKING

from flake8_lambda_perf.dataclass import dataclass
from flake8_lambda_perf.discover import is_test
from flake8_lambda_perf.fixes.build import block_of, draft_of
from flake8_lambda_perf.fixes.import_places import New, add
from flake8_lambda_perf.fixes.markers import NEXT_LINE, is_emptied
from flake8_lambda_perf.model import Edit, Fix, Span
from flake8_lambda_perf.project.exports import exports
from flake8_lambda_perf.project.flow import always_runs
from flake8_lambda_perf.project.imports import bound_names, same_at_top, spelled
from flake8_lambda_perf.project.loads import is_standard

if TYPE_CHECKING:
    from collections.abc import Callable

    from flake8_lambda_perf.project.facts import Function, ImportSite, Module
    from flake8_lambda_perf.project.imports import Imports
    from flake8_lambda_perf.project.load import Project
    from flake8_lambda_perf.source import Lines

BUILTINS = frozenset(dir(builtins))
DYNAMIC = frozenset({"locals", "vars", "exec", "eval", "globals"})
IN_RUNTIME = frozenset({"boto3", "botocore"})
"""What AWS's own Python runtimes have installed."""
NOT_EVERYWHERE = frozenset(
    {"aifc", "asynchat", "asyncore", "audioop", "cgi", "cgitb", "chunk", "crypt", "curses", "dbm", "distutils"}
    | {"ensurepip", "fcntl", "grp", "idlelib", "imghdr", "imp", "lib2to3", "mailcap", "msilib", "msvcrt", "nis"}
    | {"nntplib", "nt", "ossaudiodev", "pipes", "posix", "pty", "pwd", "readline", "resource", "smtpd", "sndhdr"}
    | {"spwd", "sunau", "syslog", "telnetlib", "termios", "tkinter", "tomllib", "tty", "turtle", "turtledemo", "uu"}
    | {"winreg", "winsound", "xdrlib"}
)
"""Modules of the standard library that a version, a system or a build of Python is without."""


@dataclass(slots=True)
class _Part:
    """One import statement and which of its aliases move; the others only go, the top has them."""

    site: ImportSite
    moved: list[ast.alias] = field(default_factory=list)

    @property
    def node(self) -> ast.Import | ast.ImportFrom:
        """The statement."""
        return self.site.node


def move(imports: Imports, site: ImportSite) -> Fix | None:
    """Builds the fix of an import in a function; None where moving it could change what the module does.

    All imports of a name that belong together move in one fix: an import makes its name local to its whole function.
    """
    module = site.function.module
    movers = _movers(imports, site)
    parts = [_Part(one) for one in _together(site)]
    if not all(movers(part.site) for part in parts) or _is_dynamic(site.function):
        return None
    for part in parts:
        for alias in part.node.names:
            if not _is_free(imports, part, alias, parts):
                return None
            if not same_at_top(module, part.node, alias):
                part.moved.append(alias)
    edits = _edits(imports, module, parts, movers)
    if edits is None:
        return None
    moved = [part for part in parts if part.moved]
    what = ", ".join(dict.fromkeys(ast.unparse(part.node) for part in parts))
    title = f"move `{what}` to the top of the module" if moved else f"delete `{what}`, the module has it at the top"
    reasons = [reason for part in moved if (reason := _doubt(imports, part)) is not None]
    if reasons:
        return Fix(title, edits, safety="unsafe", reason=reasons[0])
    return Fix(title, edits)


# -- what moves together ----------------------------------------------------------------------


def _together(site: ImportSite) -> list[ImportSite]:
    """Lists the imports of the function, and of those around it, that share names with an import."""
    around: list[Function] = []
    function: Function | None = site.function
    while function is not None:
        around.append(function)
        function = function.parent
    candidates = [other for function in around for other in function.imports]
    found = [site]
    names = set(bound_names(site.node))
    while True:
        more = [other for other in candidates if other not in found and names & set(bound_names(other.node))]
        if not more:
            return sorted(found, key=lambda other: (other.node.lineno, other.node.col_offset))
        found.extend(more)
        names.update(name for other in more for name in bound_names(other.node))


def _movers(imports: Imports, site: ImportSite) -> Callable[[ImportSite], bool]:
    """Gives what tells whether an import may move with another: the fix of LPF201 leaves those of LPF202 in place."""
    verdict = imports.judge(site)
    if verdict is not None and verdict.code == "LPF202":
        return imports.is_movable
    return lambda other: (found := imports.judge(other)) is not None and found.code == "LPF201"


def _is_dynamic(function: Function) -> bool:
    """Tells whether a function may look at its own local names."""
    return any(isinstance(call.node.func, ast.Name) and call.node.func.id in DYNAMIC for call in function.calls)


def _is_free(imports: Imports, part: _Part, alias: ast.alias, parts: list[_Part]) -> bool:
    """Tells whether a name means the same at the top as in the function, and nothing else anywhere between."""
    module = part.site.function.module
    name = bound_names(part.node)[part.node.names.index(alias)]
    moving = {part.node: part for part in parts}
    function: Function | None = part.site.function
    while function is not None:
        if not _only_imported(function, name, moving, spelled(part.node, alias)):
            return False
        function = function.parent
    at_top = module.scope.bindings.get(name, [])
    if same_at_top(module, part.node, alias):
        return True
    if at_top and not _adds_submodule(module, part.node, alias, name):
        return False
    if name in BUILTINS or module.global_writes.get(name):
        return False
    for star in module.scope.bindings.get("*", ()):
        known = exports(imports.analysis, star.node, module.path) if isinstance(star.node, ast.ImportFrom) else None
        if known is None or name in known:
            return False
    return True


def _only_imported(
    function: Function,
    name: str,
    moving: dict[ast.Import | ast.ImportFrom, _Part],
    meaning: tuple[str, str | None, int],
) -> bool:
    """Tells whether everything that binds a name in a function is an import that moves, of the same thing."""
    if name in function.scope.global_names or any(name in nested.scope.nonlocal_names for nested in function.nested):
        return False
    statements = {alias: node for node in moving for alias in node.names}
    for binding in function.scope.bindings.get(name, ()):
        node = statements.get(binding.node) if isinstance(binding.node, ast.alias) else None
        if node is None or not isinstance(binding.node, ast.alias):
            return False
        other = spelled(node, binding.node)
        plain = isinstance(node, ast.Import) and binding.node.asname is None and meaning[1] is None
        if other != meaning and not (plain and other[0].partition(".")[0] == meaning[0].partition(".")[0] == name):
            return False
    return True


def _adds_submodule(module: Module, node: ast.Import | ast.ImportFrom, alias: ast.alias, name: str) -> bool:
    """Tells whether the top binds a package of which the import loads one more module: `import a`, `import a.b`."""
    if not isinstance(node, ast.Import) or alias.asname is not None:
        return False
    return all(
        binding.kind == "import"
        and isinstance(binding.node, ast.alias)
        and binding.node.asname is None
        and always_runs(binding.place)
        for binding in module.scope.bindings[name]
    )


# -- how sure ---------------------------------------------------------------------------------


def _doubt(imports: Imports, part: _Part) -> str | None:
    """Names what might change when an import moves; None if nothing does."""
    site = part.site
    for alias in part.moved:
        patched = _patched_in_tests(imports, part.node, alias)
        if patched is not None:
            return patched
    verdict = imports.judge(site)
    if verdict is not None and verdict.code == "LPF202" and imports.is_costly(site):
        return "every cold start would pay for the module, also where no request needs it"
    if _cannot_fail(imports, site):
        return None
    if any(branch.kind == "try" and isinstance(branch.node, ast.Try) for branch in site.place.branch.chain()):
        return "the import stands in a `try`, which would no longer catch its failure"
    if verdict is not None and not verdict.always:
        return "not every request runs the import: at the top its failure would stop all of them"
    return None


def _cannot_fail(imports: Imports, site: ImportSite) -> bool:
    """Tells whether an import loads only what is there for sure: the standard library, or what is loaded anyway."""
    path = site.function.module.path
    loads = imports.loads
    targets = frozenset(loads.targets(site.node, path)) - loads.closure(path)
    if targets and not targets <= _common(imports, path):
        return False
    heads = {name.partition(".")[0] for name in loads.foreign(site.node, path)} - IN_RUNTIME
    heads -= {head for head in heads if is_standard(head) and head not in NOT_EVERYWHERE}
    heads -= {name.partition(".")[0] for name in loads.everything(path)} if heads else set()
    return not heads or heads <= {name.partition(".")[0] for name in loads.loaded_for(path)}


def _common(imports: Imports, path: str) -> frozenset[str]:
    """Lists the files that every handler with this one loads at start."""
    closures = [imports.loads.closure(holder) for holder in imports.loads.holders(path)]
    return frozenset.intersection(*closures) if closures else frozenset()


def _patched_in_tests(imports: Imports, node: ast.Import | ast.ImportFrom, alias: ast.alias) -> str | None:
    """Finds a test that replaces what an import binds, which a module-level import would see too late."""
    if isinstance(node, ast.ImportFrom):
        tail = f"{(node.module or '').rpartition('.')[2]}.{alias.name}" if node.module else alias.name
        pattern = re.compile(rb"[\"'](?:[\w.]+\.)?" + re.escape(tail).encode() + rb"[\"']")
    else:
        tail = alias.name
        pattern = re.compile(rb"sys\.modules[^\n]*[\"']" + re.escape(tail).encode() + rb"[\"']")
    word = tail.encode()
    for path in _tests_of(imports.analysis.project):
        data = imports.analysis.project.data(path) or b""
        if word in data and pattern.search(data):
            return f"{path} replaces `{ast.unparse(alias)}` where the function looks it up"
    return None


@lru_cache(maxsize=1)
def _tests_of(project: Project) -> list[str]:
    """Lists the test files of a project."""
    return [path for path in project.files if is_test(path)]


# -- edits ------------------------------------------------------------------------------------


def _edits(
    imports: Imports, module: Module, parts: list[_Part], movers: Callable[[ImportSite], bool]
) -> tuple[Edit, ...] | None:
    """Builds the edits that take statements out of functions and put what moves to the top."""
    lines = draft_of(module).lines
    going = {part.site.place.statement for part in parts}
    if is_emptied(draft_of(module), going):
        return None
    edits: list[Edit] = []
    new: list[New] = []
    for part in parts:
        edit = _removal(module, lines, part.site, going, movers)
        texts = _texts(module, lines, part)
        if edit is None or texts is None:
            return None
        edits.append(edit)
        early = all(is_standard(name) for name in imports.loads.foreign(part.node, module.path))
        early = early and not any(imports.loads.targets(part.node, module.path))
        new.extend(New(text, early) for text in texts)
    added = add(imports.analysis.project, module, dict.fromkeys(new))
    first_run = min((_first_run(imports, part.site.function, lines) for part in parts), default=len(module.text))
    if any(edit.span.start > first_run for edit in added):
        return None
    return tuple(sorted([*edits, *added]))


def _first_run(imports: Imports, function: Function, lines: Lines) -> int:
    """Finds the offset of the first statement at module level that may run a function, the text's end if none does."""
    module = function.module
    found = lines.span(module.top.body[-1]).end  # of its header, if its body is left out: imports stand above that
    seen, stack = {function}, [function]
    while stack:
        for edge in imports.analysis.graph.callers.get(stack.pop(), ()):
            if edge.caller is None and edge.module is module:
                found = min(found, lines.offset(edge.line, 0))
            elif edge.caller is not None and edge.caller not in seen:
                seen.add(edge.caller)
                stack.append(edge.caller)
    return found


def _texts(module: Module, lines: Lines, part: _Part) -> list[str] | None:
    """Writes the statements for the top, comments kept; None where a comment has nowhere to go."""
    span = lines.span(part.node)
    own = module.text[span.start : span.end]
    comment = _comment_behind(lines, part.node)
    if not part.moved:
        return [] if not comment and "#" not in own else None
    whole = len(part.moved) == len(part.node.names)
    if whole and ("#" in own or comment or isinstance(part.node, ast.ImportFrom)):
        indent = " " * part.node.col_offset
        text = re.sub(rf"(?m)(?<=[\r\n]){indent}", "", own)
        return [f"{text}  {comment}" if comment else text]
    if "#" in own or comment:
        return None
    if isinstance(part.node, ast.Import):
        return [ast.unparse(ast.Import(names=[alias])) for alias in part.moved]
    return [ast.unparse(ast.ImportFrom(module=part.node.module, names=part.moved, level=part.node.level))]


def _comment_behind(lines: Lines, node: ast.stmt) -> str:
    """Gives the comment behind a statement on its last line."""
    _, end = _columns(lines, node)
    rest = lines.line_text(node.end_lineno or node.lineno)[end:].strip()
    return rest if rest.startswith("#") else ""


def _columns(lines: Lines, node: ast.stmt) -> tuple[int, int]:
    """Gives the columns, in characters from 0, where a statement starts and ends."""
    span = lines.span(node)
    return lines.position(span.start)[1] - 1, lines.position(span.end)[1] - 1


def _removal(
    module: Module, lines: Lines, site: ImportSite, going: set[ast.stmt], movers: Callable[[ImportSite], bool]
) -> Edit | None:
    """Takes one statement out; None where it shares its line with others."""
    node = site.node
    block, _ = block_of(node, site.function.node)
    if node.lineno > 1 and NEXT_LINE.match(lines.line_text(node.lineno - 1).strip()):
        return None
    start, end = _columns(lines, node)
    head = lines.line_text(node.lineno)[:start]
    rest = lines.line_text(node.end_lineno or node.lineno)[end:].strip()
    left = [statement for statement in block if statement not in going]
    becomes_empty = not left and node is block[0]
    if head.strip() or (rest and not rest.startswith("#")):
        return Edit(module.path, lines.span(node), "pass") if len(block) == 1 and not rest else None
    if becomes_empty:
        span = lines.span(node)
        return Edit(module.path, Span(span.start, _line_end(module.text, lines, node)), "pass")
    first = node.lineno
    last = node.end_lineno or node.lineno
    if _opens_gap(lines, block, site, movers):
        while lines.line_text(last + 1).strip() == "" and last + 1 < _last_line(module.text, lines):
            last += 1
    finish = lines.offset(last + 1, 0) if last < _last_line(module.text, lines) else len(module.text)
    return Edit(module.path, Span(lines.offset(first, 0), finish), "")


def _opens_gap(lines: Lines, block: list[ast.stmt], site: ImportSite, movers: Callable[[ImportSite], bool]) -> bool:
    """Tells whether the blank lines below a statement would be left without need: at a block's start, or doubled."""
    before = lines.line_text(site.node.lineno - 1).strip()
    if before == "" or before.startswith("#"):
        return True
    others = {other.node: other for other in site.function.imports}
    above = [others.get(statement) for statement in block[: block.index(site.node)]]  # type: ignore[call-overload]
    return all(other is not None and movers(other) for other in above)


def _line_end(text: str, lines: Lines, node: ast.stmt) -> int:
    """Gives the offset of the end of a statement's last line, its comment included."""
    number = node.end_lineno or node.lineno
    return lines.offset(number, 0) + len(lines.line_text(number)) if text else 0


def _last_line(text: str, lines: Lines) -> int:
    return lines.position(len(text))[0]

"""Where a new import goes in a module: its group, sorted in, after what must run before it."""

from __future__ import annotations

import ast
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from flake8_lambda_perf.dataclass import dataclass
from flake8_lambda_perf.fixes.build import draft_of
from flake8_lambda_perf.model import Edit, Span
from flake8_lambda_perf.project.excuses import changes_path
from flake8_lambda_perf.project.flow import static_truth
from flake8_lambda_perf.project.loads import is_standard
from flake8_lambda_perf.project.values import last_name
from flake8_lambda_perf.source import newline_of, nodes_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flake8_lambda_perf.project.facts import Module
    from flake8_lambda_perf.project.load import Project

ImportNode = ast.Import | ast.ImportFrom
STANDARD, LIBRARY, OWN = 1, 2, 3
LINE_LENGTH = 88
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
LOADS_ENVIRONMENT = frozenset({"load_dotenv", "monkey_patch", "patch_all", "patch_thread", "install_as_MySQLdb"})


@dataclass(frozen=True, slots=True)
class New:
    """An import statement to add; `early` ones depend on nothing the module does before it."""

    text: str
    early: bool = False

    @property
    def node(self) -> ImportNode:
        """The statement, parsed."""
        node = ast.parse(self.text).body[0]
        assert isinstance(node, ast.Import | ast.ImportFrom)
        return node


def add(project: Project, module: Module, wanted: Iterable[New]) -> tuple[Edit, ...]:
    """Gives the edits that add imports to a module's top; one edit for each place."""
    places: dict[int, list[_Placed]] = {}
    header = _header_of(project, module)
    joined: dict[ImportNode, list[ast.alias]] = {}
    for new in wanted:
        host = header.host_of(new)
        if host is not None:
            joined.setdefault(host, []).extend(new.node.names)
            continue
        offset, before, after = header.place(new)
        places.setdefault(offset, []).append((header.key(new.node), new.text, before, after))
    newline = newline_of(module.text)
    edits = [header.extended(host, names) for host, names in joined.items()]
    for offset, unsorted in sorted(places.items()):
        found = sorted(set(unsorted))
        (_, _, before, _), (_, _, _, after) = found[0], found[-1]
        body = newline.join(_in_groups(found, newline))
        lead = newline if offset and module.text[offset - 1] not in "\r\n" else ""
        text = f"{lead}{newline * before}{body}{newline}{newline * after}"
        edits.append(_inserted(module, offset, text, claims=bool(before or after)))
    return tuple(edits)


def _inserted(module: Module, offset: int, text: str, *, claims: bool) -> Edit:
    """Inserts text; one that `claims` its place takes the character beside it, so that no other fix writes there too.

    A second import for the same new group waits for the next round, and is sorted into the group.
    """
    if not claims or not module.text:
        return Edit(module.path, Span(offset, offset), text)
    if offset == 0:
        return Edit(module.path, Span(0, 1), text + module.text[0])
    return Edit(module.path, Span(offset - 1, offset), module.text[offset - 1] + text)


_Key = tuple[int, bool, str]
_Placed = tuple[_Key, str, int, int]
"""Key, text, and the blank lines it needs before and after it."""


def _in_groups(found: list[_Placed], newline: str) -> Iterator[str]:
    """Gives new imports of one place, a blank line between groups."""
    previous = found[0][0][0]
    for key, text, _, _ in found:
        yield newline + text if key[0] != previous else text
        previous = key[0]


class _Header:
    """The imports at the top of one module, those in `try` and `if` left out."""

    def __init__(self, project: Project, module: Module) -> None:
        self.project = project
        self.module = module
        self.lines = draft_of(module).lines
        body = module.top.body
        definitions = [s.lineno for s in body if isinstance(s, DEFINITIONS)]
        first = min(definitions, default=1 << 60)
        self.imports: list[ImportNode] = [
            s for s in body if isinstance(s, ast.Import | ast.ImportFrom) and not _is_future(s) and s.lineno < first
        ]
        self.changes = [s for s in body if not isinstance(s, DEFINITIONS) and _must_precede(module.whole(s))]

    def key(self, node: ImportNode) -> _Key:
        """Sorts an import: group, plain imports before from-imports, name."""
        if isinstance(node, ast.ImportFrom):
            name = "." * node.level + (node.module or "")
            return self._group(name, node.level), True, name.lower()
        return self._group(node.names[0].name, 0), False, node.names[0].name.lower()

    def _group(self, name: str, level: int) -> int:
        if level:
            return OWN
        head = name.partition(".")[0]
        if self.project.locate(head, self.module.path, 0) is not None:
            return OWN
        return STANDARD if is_standard(head) else LIBRARY

    def host_of(self, new: New) -> ImportNode | None:
        """Finds a from-import of the same module, on one line with room for more names."""
        node = new.node
        if not isinstance(node, ast.ImportFrom) or "#" in new.text or "\n" in new.text or "\r" in new.text:
            return None
        for other in self.imports:
            if not isinstance(other, ast.ImportFrom) or (other.module, other.level) != (node.module, node.level):
                continue
            line = self.lines.line_text(other.lineno)
            plain = line == ast.unparse(other) and other.names[0].name != "*"
            late = new.early or not self.changes or other.lineno > _end(self.changes[-1])
            room = LINE_LENGTH - len(line) - len(", ") - len(new.text.partition(" import ")[2])
            if plain and late and room >= 0:
                return other
        return None

    def extended(self, host: ImportNode, names: list[ast.alias]) -> Edit:
        """Adds names to a from-import, in order where its own are."""
        own = [ast.unparse(alias) for alias in host.names]
        more = sorted({ast.unparse(alias) for alias in names} - set(own), key=_order)
        found = [*own, *more]
        for key in (_order, str.lower, str):
            if own == sorted(own, key=key):
                found.sort(key=key)
                break
        start = self.lines.span(host.names[0]).start
        return Edit(self.module.path, Span(start, self.lines.span(host).end), ", ".join(found))

    def place(self, new: New) -> tuple[int, int, int]:
        """Finds the offset for an import, and how many blank lines it needs before and after it."""
        key = self.key(new.node)
        floor = 0 if new.early or not self.changes else _end(self.changes[-1])
        usable = [node for node in self.imports if node.lineno > floor]
        same = [node for node in usable if self.key(node)[0] == key[0]]
        if same:
            return self._among(self._last_run(same), key)
        lower = [node for node in usable if self.key(node)[0] < key[0]]
        if lower:
            last = lower[-1]
            return self._after(_end(last)), int(not self._shares_run(last)), 0
        if usable:
            first = usable[0]
            if floor == 0 or first.lineno > floor + 1:
                return self.lines.offset(self._top_of(first), 0), 0, 1
        return self._without_imports(floor)

    def _last_run(self, nodes: list[ImportNode]) -> list[ImportNode]:
        """Lists those of the last block without blank lines."""
        run = [nodes[-1]]
        for node in reversed(nodes[:-1]):
            between = [self.lines.line_text(n).strip() for n in range(_end(node) + 1, run[0].lineno)]
            inner = [other for other in self.imports if node.lineno < other.lineno < run[0].lineno]
            code = [text for text in between if not text.startswith("#")]
            if "" in between or (code and not inner):
                break
            run.insert(0, node)
        return run

    def _among(self, run: list[ImportNode], key: _Key) -> tuple[int, int, int]:
        keys = [self.key(node) for node in run]
        by_name = [(name, is_from) for _, is_from, name in keys]
        for node, this, name in zip(run, keys, by_name, strict=True):
            greater = this > key if keys == sorted(keys) else by_name == sorted(by_name) and name > (key[2], key[1])
            if greater and self._top_of(node) != node.lineno:
                break  # between a comment and what it is about
            if greater:
                return self.lines.offset(node.lineno, 0), 0, 0
        return self._after(_end(run[-1])), 0, 0

    def _shares_run(self, node: ImportNode) -> bool:
        """Tells whether a module mixes groups in one block: then a new one needs no blank line either."""
        run = [other for other in self.imports if abs(other.lineno - node.lineno) < 3]
        return any(
            self.key(one)[0] != self.key(other)[0] and other.lineno == _end(one) + 1 for one, other in pairwise(run)
        )

    def _top_of(self, node: ast.stmt) -> int:
        """Finds the first line of the comments right above a statement."""
        decorators: list[ast.expr] = getattr(node, "decorator_list", [])
        line: int = min([node.lineno, *(decorator.lineno for decorator in decorators)])
        start = line
        while start > 1 and self.lines.line_text(start - 1).startswith("#"):
            start -= 1
        return line if start == 1 else start  # comments at the very top are the file's

    def _after(self, line: int) -> int:
        return self.lines.offset(line + 1, 0) if line < self._last_line() else len(self.module.text)

    def _last_line(self) -> int:
        return self.lines.position(len(self.module.text))[0]

    def _without_imports(self, floor: int) -> tuple[int, int, int]:
        """Goes behind what must precede, else the future imports, else the docstring, else to the top."""
        body = self.module.top.body
        heads = [s for s in body if _is_future(s) or (s is body[0] and _is_docstring(s)) or (_end(s) <= floor)]
        if heads:
            line = _end(heads[-1])
            following = line < self._last_line() and self.lines.line_text(line + 1).strip() != ""
            return self._after(line), 1, int(following)
        first = body[0]
        is_definition = isinstance(first, DEFINITIONS)
        return self.lines.offset(self._top_of(first), 0), 0, 2 if is_definition else 1


@lru_cache(maxsize=4)  # many fixes of a file ask the same
def _header_of(project: Project, module: Module) -> _Header:
    return _Header(project, module)


def _order(name: str) -> tuple[int, str]:
    """Sorts constants first, then classes, then the rest, as import sorters do."""
    return (0 if name.isupper() else 1 if name[0].isupper() else 2), name


def _is_future(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _must_precede(statement: ast.stmt) -> bool:
    """Tells whether a module's statement changes what a later import finds."""
    if isinstance(statement, ast.If) and static_truth(statement.test) is False:
        return False
    return any(
        changes_path(node) or (isinstance(node, ast.Call) and last_name(node.func) in LOADS_ENVIRONMENT)
        for node in nodes_of(statement)
    )


def _end(node: ast.stmt) -> int:
    return node.end_lineno or node.lineno

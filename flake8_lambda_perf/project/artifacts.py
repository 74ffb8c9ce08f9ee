"""Which files a call reads: those that lie beside the code and never change, or others."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_lambda_perf.project.names import Names, before
from flake8_lambda_perf.project.values import Const, Ext, ordered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_lambda_perf.project.facts import Module, Place, Site

STREAM_LOADERS = frozenset({
    "pickle.load", "json.load", "tomllib.load", "cloudpickle.load", "dill.load", "yaml.load", "yaml.safe_load",
    "ruamel.yaml.YAML().load", "onnx.load",
})  # fmt: skip
"""Loaders whose argument is an open file or its text, not a path."""
OPENERS = frozenset({"open", "io.open", "gzip.open", "bz2.open", "lzma.open"})
READERS = frozenset({"open", "read", "read_text", "read_bytes"})
PATH_CALLS = frozenset({
    "os.path.join", "os.path.dirname", "os.path.abspath", "os.path.realpath", "os.path.normpath", "os.getcwd", "str",
    "os.fspath", "pathlib.Path", "pathlib.PurePath", "pathlib.PosixPath", "pathlib.Path.cwd",
})  # fmt: skip
PATH_METHODS = frozenset({"resolve", "absolute", "joinpath", "with_name", "with_suffix", "as_posix"})
PATH_ATTRIBUTES = frozenset({"parent", "parents"})
DEPLOYED_FOLDERS = frozenset({"LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR"})
CHANGING = ("/tmp", "/mnt", "/proc", "/dev/", "/sys/", "://")  # noqa: S108  # paths of the code that is read, not our own
CHANGES = frozenset({"append", "extend", "insert", "update", "setdefault", "pop", "popitem", "remove", "clear", "sort"})
WRITES = frozenset({"w", "a", "x", "+"})
PATH_KEYWORDS = frozenset({"filename", "file", "path", "filepath", "io", "f", "fp", "model_path", "filepath_or_buffer"})
DEEPEST = 8


class Artifacts:
    """Answers on one project's files; belongs to one `Names`."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self._written: dict[str, frozenset[frozenset[str]]] = {}

    def is_constant(self, site: Site, loader: str) -> bool:
        """Tells whether a call loads a file that is named by literals, and neither file nor result is written to."""
        if _is_changed(site):
            return False
        node, place = site.node, site.place
        source = node.args[0] if node.args else next((k.value for k in node.keywords if k.arg in PATH_KEYWORDS), None)
        if source is None or isinstance(source, ast.Starred):
            return False
        opened = self._opened(source, place, 0)
        if opened is None and loader in STREAM_LOADERS:
            return False
        path, where = opened if opened is not None else (source, place)
        return self.is_bundled(path, where)

    def is_bundled(self, path: ast.expr, place: Place) -> bool:
        """Tells whether a path is written out in literals and lies where nothing changes it."""
        parts = self.literals(path, place)
        if parts is None or not any(parts) or any(mark in part for part in parts for mark in CHANGING):
            return False
        return frozenset(parts) not in self._written_in(place.scope.module)

    def literals(self, path: ast.expr, place: Place) -> list[str] | None:
        """Lists the literals a path is put together from; None where something else goes into it."""
        try:
            return list(self._literals(path, place, 0))
        except LookupError:
            return None

    # -- from a stream back to its file -------------------------------------------------------

    def _opened(self, expr: ast.expr, place: Place, depth: int) -> tuple[ast.expr, Place] | None:
        """Finds the path that a file object, or the text of one, was opened with for reading."""
        if depth > DEEPEST:
            return None
        if isinstance(expr, ast.Name):
            bindings = self.names.bindings(expr.id, place) or []
            if len(bindings) != 1 or bindings[0].kind not in ("assign", "with") or bindings[0].value is None:
                return None
            return self._opened(bindings[0].value, before(bindings[0].place), depth + 1)
        if not isinstance(expr, ast.Call):
            return None
        if self._opens(expr, place):
            return (expr.args[0], place) if expr.args and not _writes(expr, 1) else None
        if isinstance(expr.func, ast.Attribute) and expr.func.attr in READERS:
            if expr.func.attr == "read":
                return self._opened(expr.func.value, place, depth + 1)
            return (expr.func.value, place) if not _writes(expr, 0) else None
        return None

    def _opens(self, call: ast.Call, place: Place) -> bool:
        return any(
            isinstance(value, Ext) and value.name in OPENERS for value in ordered(self.names.values(call.func, place))
        )

    # -- from a path to its literals ----------------------------------------------------------

    def _literals(self, expr: ast.expr, place: Place, depth: int) -> Iterator[str]:
        if depth > DEEPEST:
            raise LookupError
        match expr:
            case ast.Constant(value=str(text)):
                yield text
            case ast.Constant(value=int()) | ast.Name(id="__file__"):
                yield ""
            case ast.Name():
                yield from self._of_name(expr, place, depth)
            case ast.Attribute() if expr.attr not in PATH_ATTRIBUTES:
                yield from self._of_values(expr, place)
            case ast.Call():
                yield from self._of_call(expr, place, depth)
            case _:
                for part in self._parts(expr, place):
                    yield from self._literals(part, place, depth + 1)

    def _parts(self, expr: ast.expr, place: Place) -> list[ast.expr]:
        """Lists what an expression puts together."""
        match expr:
            case ast.JoinedStr(values=values):
                return values
            case ast.BinOp(left=left, op=ast.Add() | ast.Div(), right=right):
                return [left, right]
            case ast.FormattedValue(value=value) | ast.Attribute(value=value):
                return [value]
            case ast.Subscript(value=ast.Attribute(attr=attr) as value) if attr in PATH_ATTRIBUTES:
                return [value]
            case ast.Subscript(value=value, slice=ast.Constant(value=key)) if key in DEPLOYED_FOLDERS:
                if self.names.values(value, place) == {Ext("os.environ")}:
                    return []
        raise LookupError

    def _of_name(self, expr: ast.Name, place: Place, depth: int) -> Iterator[str]:
        bindings = self.names.bindings(expr.id, place) or []
        if len(bindings) == 1 and bindings[0].kind == "assign" and bindings[0].value is not None:
            yield from self._literals(bindings[0].value, before(bindings[0].place), depth + 1)
        else:
            yield from self._of_values(expr, place)

    def _of_values(self, expr: ast.expr, place: Place) -> Iterator[str]:
        values = self.names.values(expr, place)
        texts = [value.value for value in values if isinstance(value, Const) and isinstance(value.value, str)]
        if len(values) != 1 or len(texts) != 1:
            raise LookupError
        yield texts[0]

    def _of_call(self, call: ast.Call, place: Place, depth: int) -> Iterator[str]:
        names = {value.name for value in ordered(self.names.values(call.func, place)) if isinstance(value, Ext)}
        if names & {"os.getenv", "os.environ.get"}:
            if not (call.args and isinstance(call.args[0], ast.Constant) and call.args[0].value in DEPLOYED_FOLDERS):
                raise LookupError
            yield ""
            return
        if isinstance(call.func, ast.Attribute) and call.func.attr in PATH_METHODS:
            yield from self._literals(call.func.value, place, depth + 1)
        elif not names or not names <= PATH_CALLS:
            raise LookupError
        yield ""
        for arg in call.args:
            yield from self._literals(arg, place, depth + 1)

    # -- what the module writes ---------------------------------------------------------------

    def _written_in(self, module: Module) -> frozenset[frozenset[str]]:
        """Lists the literal paths that a module opens for writing."""
        if module.path not in self._written:
            found = set()
            for site in list(module.sites.values()):
                if site.node.args and _writes(site.node, 1) and self._opens(site.node, site.place):
                    parts = self.literals(site.node.args[0], site.place)
                    if parts is not None:
                        found.add(frozenset(parts))
            self._written[module.path] = frozenset(found)
        return self._written[module.path]


def _is_changed(site: Site) -> bool:
    """Tells whether the function changes what it loaded: it needs a fresh one each time."""
    statement, function = site.place.statement, site.place.scope.function
    if not isinstance(statement, ast.Assign) or function is None:
        return False
    names = {target.id for target in statement.targets if isinstance(target, ast.Name)}
    for node in ast.walk(function.node):
        match node:
            case ast.Subscript(ctx=ast.Store() | ast.Del()) | ast.Attribute(ctx=ast.Store() | ast.Del()):
                root = _root_of(node)
            case ast.Call(func=ast.Attribute(attr=attr, value=owner)) if attr in CHANGES:
                root = _root_of(owner)
            case _:
                continue
        if root in names:
            return True
    return False


def _root_of(expr: ast.expr) -> str:
    while isinstance(expr, ast.Attribute | ast.Subscript):
        expr = expr.value
    return expr.id if isinstance(expr, ast.Name) else ""


def _writes(call: ast.Call, position: int) -> bool:
    """Tells whether a call of `open` may write: its mode says so, or cannot be read."""
    named = next((keyword.value for keyword in call.keywords if keyword.arg == "mode"), None)
    mode = call.args[position] if len(call.args) > position else named
    if mode is None:
        return False
    return not (isinstance(mode, ast.Constant) and isinstance(mode.value, str)) or bool(WRITES & set(mode.value))

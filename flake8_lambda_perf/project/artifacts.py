"""Which files a call reads: those that lie beside the code and never change, or others."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from flake8_lambda_perf.project.facts import Module, Place, Site
from flake8_lambda_perf.project.names import Names, before
from flake8_lambda_perf.project.values import Const, Ext

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
CHANGING = ("/tmp", "/mnt", "/proc", "/dev/", "/sys/", "://")
WRITES = frozenset({"w", "a", "x", "+"})
PATH_KEYWORDS = frozenset({"filename", "file", "path", "filepath", "io", "f", "fp", "model_path", "filepath_or_buffer"})
DEEPEST = 8


class Artifacts:
    """Answers on one project's files; belongs to one `Names`."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self._written: dict[str, frozenset[frozenset[str]]] = {}

    def is_constant(self, site: Site, loader: str) -> bool:
        """Tells whether a call loads a file that is named by literals and is not written by the program."""
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
        if any(isinstance(value, Ext) and value.name in OPENERS for value in self.names.values(expr.func, place)):
            return (expr.args[0], place) if expr.args and not _writes(expr, 1) else None
        if isinstance(expr.func, ast.Attribute) and expr.func.attr in READERS:
            if expr.func.attr == "read":
                return self._opened(expr.func.value, place, depth + 1)
            return (expr.func.value, place) if not _writes(expr, 0) else None
        return None

    # -- from a path to its literals ----------------------------------------------------------

    def _literals(self, expr: ast.expr, place: Place, depth: int) -> Iterator[str]:
        if depth > DEEPEST:
            raise LookupError
        match expr:
            case ast.Constant(value=str(text)):
                yield text
            case ast.Constant(value=int()) | ast.Name(id="__file__"):
                yield ""
            case ast.JoinedStr(values=values):
                for value in values:
                    yield from self._literals(value, place, depth + 1)
            case ast.FormattedValue(value=value):
                yield from self._literals(value, place, depth + 1)
            case ast.BinOp(left=left, op=ast.Add() | ast.Div(), right=right):
                yield from self._literals(left, place, depth + 1)
                yield from self._literals(right, place, depth + 1)
            case ast.Subscript(value=value, slice=key):
                yield from self._of_item(value, key, place, depth)
            case ast.Name():
                yield from self._of_name(expr, place, depth)
            case ast.Attribute(value=value, attr=attr) if attr in PATH_ATTRIBUTES:
                yield from self._literals(value, place, depth + 1)
            case ast.Attribute():
                yield from self._of_values(expr, place)
            case ast.Call():
                yield from self._of_call(expr, place, depth)
            case _:
                raise LookupError

    def _of_item(self, value: ast.expr, key: ast.expr, place: Place, depth: int) -> Iterator[str]:
        environ = any(isinstance(found, Ext) and found.name == "os.environ" for found in self.names.values(value, place))
        if environ and isinstance(key, ast.Constant) and key.value in DEPLOYED_FOLDERS:
            yield ""
        elif isinstance(value, ast.Attribute) and value.attr in PATH_ATTRIBUTES:
            yield from self._literals(value, place, depth + 1)
        else:
            raise LookupError

    def _of_name(self, expr: ast.Name, place: Place, depth: int) -> Iterator[str]:
        bindings = self.names.bindings(expr.id, place) or []
        if len(bindings) == 1 and bindings[0].kind == "assign" and bindings[0].value is not None:
            yield from self._literals(bindings[0].value, before(bindings[0].place), depth + 1)
        else:
            yield from self._of_values(expr, place)

    def _of_values(self, expr: ast.expr, place: Place) -> Iterator[str]:
        values = self.names.values(expr, place)
        for value in values:
            if not isinstance(value, Const) or not isinstance(value.value, str):
                raise LookupError
            yield value.value
        if len(values) != 1:
            raise LookupError

    def _of_call(self, call: ast.Call, place: Place, depth: int) -> Iterator[str]:
        names = {value.name for value in self.names.values(call.func, place) if isinstance(value, Ext)}
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
                values = self.names.values(site.node.func, site.place)
                if site.node.args and _writes(site.node, 1) and any(isinstance(v, Ext) and v.name in OPENERS for v in values):
                    parts = self.literals(site.node.args[0], site.place)
                    if parts is not None:
                        found.add(frozenset(parts))
            self._written[module.path] = frozenset(found)
        return self._written[module.path]


def _writes(call: ast.Call, position: int) -> bool:
    """Tells whether a call of `open` may write: its mode says so, or cannot be read."""
    mode = call.args[position] if len(call.args) > position else next((k.value for k in call.keywords if k.arg == "mode"), None)
    if mode is None:
        return False
    return not (isinstance(mode, ast.Constant) and isinstance(mode.value, str)) or bool(WRITES & set(mode.value))

"""The functions that decorators of a framework deploy, read from the modules an application's own module imports."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from flake8_lambda_perf.dataclass import dataclass
from flake8_lambda_perf.errors import SourceError
from flake8_lambda_perf.knowledge import canonical, idioms, trigger_of
from flake8_lambda_perf.manifests.deployed import is_file, is_inside, join
from flake8_lambda_perf.model import Said
from flake8_lambda_perf.source import Lines, decode, parse

MAX_MODULES = 200
MAX_LENGTH = 500_000
MAX_DEPTH = 20


@dataclass(frozen=True, slots=True)
class Decorated:
    """A function that decorators deploy: its module from the code folder, its decorators by their canonical names."""

    name: str
    module: str
    path: str
    line: int
    decorators: tuple[tuple[str, ast.expr], ...]
    said: tuple[Said, ...]
    """What invokes it."""

    @property
    def handler(self) -> str:
        """The handler string."""
        return f"{self.module}.{self.name}"


@dataclass(frozen=True, slots=True, eq=False)
class _Module:
    path: str
    text: str
    lines: Lines
    functions: tuple[ast.FunctionDef | ast.AsyncFunctionDef, ...]
    imported: dict[str, tuple[str, str]]
    """Names by the module they come from and their name there, which is empty for the module itself."""
    assigned: dict[str, ast.expr]
    calls: tuple[ast.Call, ...]
    """Those that are statements of their own."""


class Code:
    """An application's own module and those it imports, each parsed when it is first asked for."""

    def __init__(self, root: Path, folder: str, module: str, framework: str) -> None:
        self._root = root
        self._folder = folder
        self._main = module
        self._framework = framework
        self._modules: dict[str, _Module | None] = {}

    def functions(self) -> list[Decorated]:
        """The functions that the framework's decorators deploy, in all modules that name it."""
        found: list[Decorated] = []
        known = {self._main}
        waiting = [self._main]
        while waiting and len(known) <= MAX_MODULES:
            current = waiting.pop(0)
            module = self._module(current)
            if module is None:
                continue
            found += self._decorated(current, module)
            targets = [part for origin in module.imported.values() for part in _parts(*origin)]
            waiting += [target for target in dict.fromkeys(targets) if target not in known]
            known.update(waiting)
        return found

    def objects(self, made_by: frozenset[str]) -> Iterator[str]:
        """The names of the application's module that hold what one of these calls makes."""
        module = self._module(self._main)
        for own, value in module.assigned.items() if module is not None else ():
            if self._name(self._main, value, 0) in made_by:
                yield own

    def has(self, name: str) -> bool:
        """Whether the application's module defines a name, as far as that can be told."""
        module = self._module(self._main)
        return module is not None and (name in module.assigned or not {name, "*"}.isdisjoint(module.imported))

    def calls(self, of: str) -> Iterator[ast.Call]:
        """The statements of the application's module that call a function, which is given by its canonical name."""
        module = self._module(self._main)
        for call in module.calls if module is not None else ():
            if self._name(self._main, call.func, 0) == of:
                yield call

    def said(self, module_name: str, name: str, value: str | int | bool | None, node: ast.expr) -> Said:
        """A fact that an expression of a module states; without its text where that takes more than a line."""
        module = self._module(module_name)
        assert module is not None
        span = module.lines.span(node)
        line, column = module.lines.position(span.start)
        written = module.text[span.start : span.end]
        return Said(name, value, module.path, line, column, "" if "\n" in written else written)

    def _decorated(self, name: str, module: _Module) -> Iterator[Decorated]:
        decorators_of_all = idioms().handler_decorators | idioms().route_registrations
        known = {each for each in decorators_of_all if each.startswith(f"{self._framework}.")}
        for node in module.functions:
            named = [(self._name(name, _called(each), 0), each) for each in node.decorator_list]
            decorators = tuple((found, each) for found, each in named if found is not None and found in known)
            if decorators:
                said = tuple(self._triggers(name, decorators))
                yield Decorated(node.name, name, module.path, node.lineno, decorators, said)

    def _triggers(self, name: str, decorators: tuple[tuple[str, ast.expr], ...]) -> Iterator[Said]:
        for decorator, node in decorators:
            kind = trigger_of(decorator)
            if kind is not None:
                yield replace(self.said(name, "trigger", kind, node), text="")

    def _name(self, module_name: str, node: ast.expr, depth: int) -> str | None:
        """The canonical name of an expression, None where it has none."""
        module = self._module(module_name)
        if module is None or depth > MAX_DEPTH:
            return None
        match node:
            case ast.Call(func=func):
                name = self._name(module_name, func, depth + 1)
                return None if name is None else f"{name}()"
            case ast.Attribute(value=value, attr=attr):
                name = self._name(module_name, value, depth + 1)
                return None if name is None else canonical(f"{name}.{attr}")
            case ast.Name(id=name) if name in module.assigned:
                return self._name(module_name, module.assigned[name], depth + 1)
            case ast.Name(id=name) if name in module.imported:
                origin, own = module.imported[name]
                if own and self._module(origin) is not None:
                    return self._name(origin, ast.Name(own), depth + 1)
                return canonical(f"{origin}.{own}" if own else origin)
        return None

    def _module(self, name: str) -> _Module | None:
        if name not in self._modules:
            self._modules[name] = self._parsed(name) if len(self._modules) < MAX_MODULES else None
        return self._modules[name]

    def _parsed(self, name: str) -> _Module | None:
        for ending in (".py", "/__init__.py"):
            path = join(self._folder, name.replace(".", "/") + ending)
            data = self._data(path) if path is not None else None
            if path is None or data is None:
                continue
            if name != self._main and ending == ".py" and self._framework.encode() not in data:
                return None
            try:
                source = decode(data, path)
                tree = parse(source.text)
            except SourceError:  # the analysis reads the file too, and says so
                return None
            return _described(path, name if ending != ".py" else name.rpartition(".")[0], tree, source.text)
        return None

    def _data(self, path: str) -> bytes | None:
        if not is_file(self._root, path) or not is_inside(self._root, path):
            return None
        try:
            with (self._root / path).open("rb") as file:
                data = file.read(MAX_LENGTH + 1)
        except OSError:  # as above
            return None
        return data if len(data) <= MAX_LENGTH else None


def _described(path: str, package: str, tree: ast.Module, text: str) -> _Module:
    functions: list[ast.FunctionDef | ast.AsyncFunctionDef] = []
    imported: dict[str, tuple[str, str]] = {}
    assigned: dict[str, ast.expr] = {}
    calls: list[ast.Call] = []
    for node in _statements(tree.body):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                functions.append(node)
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                assigned[name] = value
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                assigned[name] = value
            case ast.Expr(value=ast.Call() as call):
                calls.append(call)
            case ast.Import(names=names):
                for alias in names:
                    plain = alias.name if alias.asname else alias.name.partition(".")[0]
                    imported[alias.asname or plain] = (plain, "")
            case ast.ImportFrom(module=base, names=names, level=level):
                origin = _absolute(package, base or "", level)
                imported.update({alias.asname or alias.name: (origin, alias.name) for alias in names})
    return _Module(path, text, Lines(text), tuple(functions), imported, assigned, tuple(calls))


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements that run when a module is loaded, in and out of branches."""
    waiting = body[::-1]
    while waiting:
        node = waiting.pop()
        yield node
        match node:
            case ast.If(body=first, orelse=second):
                waiting += [*second[::-1], *first[::-1]]
            case ast.Try(body=first, orelse=second, finalbody=third):
                waiting += [*third[::-1], *second[::-1], *first[::-1]]
            case ast.With(body=first):
                waiting += first[::-1]


def _absolute(package: str, base: str, level: int) -> str:
    if not level:
        return base
    parts = package.split(".") if package else []
    kept = parts[: len(parts) - level + 1]
    return ".".join([*kept, *([base] if base else [])])


def _parts(origin: str, own: str) -> tuple[str, ...]:
    """The modules that an import may load: the one it comes from, and the name itself."""
    return (origin, f"{origin}.{own}" if origin else own) if own else (origin,)


def _called(node: ast.expr) -> ast.expr:
    return node.func if isinstance(node, ast.Call) else node

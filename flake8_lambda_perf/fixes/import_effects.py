"""What a module does when it is imported, beyond defining things: the reason not to import it later.

Only what is known to be harmless counts as harmless: definitions, constants, values built by calls that
leave no trace outside of their result.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator

from flake8_lambda_perf.dataclass import dataclass
from flake8_lambda_perf.errors import SourceError
from flake8_lambda_perf.source import SourceFile, parse

Find = Callable[[str], SourceFile | None]
"""The file of a module of the project by its dotted name, None for everything else."""

PURE_CALLS = (
    "fastapi", "starlette", "pydantic", "pydantic_settings", "typing", "typing_extensions", "functools", "dataclasses",
    "enum", "decimal", "datetime", "collections", "pathlib", "itertools", "operator", "contextlib", "abc",
    "contextvars.ContextVar", "logging.getLogger", "re.compile", "os.getenv", "os.environ.get", "os.path", "uuid.UUID",
    "boto3.client", "boto3.resource", "boto3.Session", "boto3.session.Session", "botocore.config.Config",
    "flask.Blueprint", "flask_cors.cross_origin", "flask_jwt_extended.jwt_required", "flask_login.login_required",
    "tenacity.retry", "passlib.context.CryptContext", "structlog.get_logger", "threading.Lock", "threading.RLock",
    "string.Template",
)  # fmt: skip  # one name a line would take a screen
"""Calls, or whole modules of them, that only build their result (or what is meant to exist once)."""

PURE_BUILTINS = frozenset(
    {"bool", "bytes", "dict", "float", "frozenset", "int", "len", "list", "max", "min", "object", "property", "range"}
    | {"classmethod", "set", "sorted", "staticmethod", "str", "sum", "super", "tuple", "zip"}
)
PURE_METHODS = frozenset(
    {"absolute", "as_posix", "copy", "encode", "format", "get", "items", "join", "joinpath", "keys", "lower", "lstrip"}
    | {"replace", "resolve", "rstrip", "split", "strip", "title", "upper", "values", "with_suffix"}
)
RESOURCE_METHODS = frozenset({"Bucket", "Queue", "Table", "Topic"})
"""Methods of a boto3 resource that ask nothing of AWS."""

ROUTE_METHODS = frozenset(
    {"api_route", "delete", "get", "head", "options", "patch", "post", "put", "trace", "websocket"}
)
"""Decorators of an APIRouter that add its prefix; `route` and `websocket_route` do not."""

ROUTER_CLASSES = frozenset({"fastapi.APIRouter", "fastapi.routing.APIRouter"})
BLUEPRINT_CLASSES = frozenset({"flask.Blueprint", "flask.blueprints.Blueprint"})
ROUTE_CALLS = frozenset({"add_api_route", "add_api_websocket_route", "include_router"})
SUBCLASS_WORDS = frozenset({"__init_subclass__", "__subclasses__"})
LIFESPAN_WORDS = frozenset({"add_event_handler", "lifespan", "on_event", "on_shutdown", "on_startup"})
ORM_ROOTS = frozenset(
    {"beanie", "django", "mongoengine", "odmantic", "ormar", "peewee", "piccolo", "pony", "sqlalchemy", "sqlmodel"}
    | {"tortoise"}
)
ORM_NAMES = frozenset(
    {"Base", "Column", "DeclarativeBase", "Document", "Mapped", "Model", "Relationship", "SQLModel", "declarative_base"}
    | {"fields", "mapped_column", "models", "relationship"}
)


@dataclass(frozen=True, slots=True)
class Module:
    """One parsed module of the project."""

    name: str
    source: SourceFile
    tree: ast.Module
    names: dict[str, str]
    """What its imports bind: local name -> dotted name."""
    routers: frozenset[str]
    """Its module-level names that are bound to an `APIRouter(...)`."""
    blueprints: frozenset[str]
    """The same with Flask's `Blueprint(...)`."""


class Modules:
    """The modules of a project, each parsed once when it is asked for."""

    __slots__ = ("_find", "_parsed")

    def __init__(self, find: Find) -> None:
        self._find = find
        self._parsed: dict[str, Module | None] = {}

    def get(self, name: str) -> Module | None:
        """Return a module of the project; None for a foreign one and for one that cannot be parsed."""
        if name not in self._parsed:
            source = self._find(name)
            self._parsed[name] = None if source is None else read_module(name, source)
        return self._parsed[name]

    def closure(self, names: Iterable[str], without: str = "") -> frozenset[str]:
        """Return every module of the project that importing `names` imports, not looking into `without`."""
        seen: set[str] = set()
        todo = [part for name in names for part in _with_parents(name)]
        while todo:
            name = todo.pop()
            if name in seen or name == without:
                continue
            module = self.get(name)
            if module is not None:
                seen.add(name)
                todo.extend(part for target in imported(module) for part in _with_parents(target))
        return frozenset(seen)


def read_module(name: str, source: SourceFile) -> Module | None:
    """Parse a module; one that cannot be parsed is None, and its importer is left as it is."""
    try:
        tree = parse(source.text)
    except SourceError:
        return None
    names: dict[str, str] = {}
    package = package_of(name, source.path)
    for statement in _at_import(tree.body):
        if isinstance(statement, ast.Import):
            for alias in statement.names:
                head = alias.name.partition(".")[0]
                names[alias.asname or head] = alias.name if alias.asname else head
        elif isinstance(statement, ast.ImportFrom):
            origin = origin_of(statement, package)
            names.update({alias.asname or alias.name: f"{origin}.{alias.name}" for alias in statement.names})
    built = {
        target: full_name(names, dotted(value.func)) for target, value in assigned(tree) if isinstance(value, ast.Call)
    }
    routers = frozenset(target for target, name in built.items() if name in ROUTER_CLASSES)
    blueprints = frozenset(target for target, name in built.items() if name in BLUEPRINT_CLASSES)
    return Module(name, source, tree, names, routers, blueprints)


def assigned(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """Yield what the assignments of a module's own level bind to which value."""
    for statement in tree.body:
        match statement:
            case ast.Assign(targets=targets, value=value):
                yield from ((target.id, value) for target in targets if isinstance(target, ast.Name))
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                yield name, value


def package_of(name: str, path: str) -> str:
    """Return the package that the relative imports of a module start from."""
    return name if path.rpartition("/")[2] == "__init__.py" else name.rpartition(".")[0]


def full_name(names: dict[str, str], chain: str) -> str:
    """Return the dotted name that a chain means if its first name was imported, else the empty text."""
    head, dot, rest = chain.partition(".")
    return names[head] + dot + rest if head in names else ""


def origin_of(statement: ast.ImportFrom, package: str) -> str:
    """Return the absolute name of the module that a from-import names."""
    if not statement.level:
        return statement.module or ""
    parts = package.split(".")
    base = parts[: len(parts) - statement.level + 1]
    return ".".join([*base, statement.module] if statement.module else base)


def imported(module: Module) -> Iterator[str]:
    """Yield the dotted names, modules or members of modules, that a module imports when it is imported."""
    for statement in _at_import(module.tree.body):
        if isinstance(statement, ast.Import):
            yield from (alias.name for alias in statement.names)
        elif isinstance(statement, ast.ImportFrom):
            origin = origin_of(statement, package_of(module.name, module.source.path))
            yield origin
            yield from (f"{origin}.{alias.name}" for alias in statement.names)


def effect_of(module: Module, modules: Modules) -> str | None:
    """Return the first thing the import of a module does to others as `file:line what`, None if nothing."""
    effects = _Effects(module, modules)
    found = effects.registry() or effects.of_body(module.tree.body)
    return None if found is None else f"{module.source.path}:{found[0]} {found[1]}"


def dotted(node: ast.AST) -> str:
    """Return `a.b.c` for a chain of names, the empty text for anything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""


def _with_parents(name: str) -> list[str]:
    parts = name.split(".")
    return [".".join(parts[: count + 1]) for count in range(len(parts))]


def _at_import(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements that run at import, those of nested blocks and classes included."""
    for statement in body:
        yield statement
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if isinstance(statement, ast.If) and dotted(statement.test).rpartition(".")[2] == "TYPE_CHECKING":
            yield from _at_import(statement.orelse)
            continue
        for field in ("body", "orelse", "finalbody"):
            yield from _at_import(getattr(statement, field, []))
        for handler in getattr(statement, "handlers", ()):
            yield from _at_import(handler.body)


def _binds_names(target: ast.expr) -> bool:
    if isinstance(target, ast.Tuple | ast.List):
        return all(map(_binds_names, target.elts))
    return isinstance(target, ast.Name)


Effect = tuple[int, str]


class _Effects:
    """Looks for the first effect of one module."""

    def __init__(self, module: Module, modules: Modules) -> None:
        self.module = module
        self.modules = modules

    def registry(self) -> Effect | None:
        """Models know each other by name once all are imported; subclasses may be counted."""
        bound = [full.split(".") for full in self.module.names.values()]
        orm = any(parts[0] in ORM_ROOTS and parts[-1] in ORM_NAMES for parts in bound)
        for node in ast.walk(self.module.tree):
            match node:
                case ast.ClassDef() if orm or any(dotted(base).endswith(".Model") for base in node.bases):
                    return node.lineno, f"registers the model {node.name}"
                case ast.Attribute(attr=name) | ast.FunctionDef(name=name) if name in SUBCLASS_WORDS:
                    return node.lineno, f"uses {name}"
                case ast.Attribute(attr=name) | ast.keyword(arg=name) if name in LIFESPAN_WORDS:
                    return node.lineno, "has startup, shutdown or lifespan handlers"
        return None

    def of_body(self, body: Iterable[ast.stmt]) -> Effect | None:
        """Return the first effect of some statements."""
        for statement in body:
            if (found := self._of_statement(statement)) is not None:
                return found
        return None

    def _of_statement(self, node: ast.stmt) -> Effect | None:
        match node:
            case ast.Import() | ast.ImportFrom() | ast.Pass() | ast.Raise() | ast.Expr(value=ast.Constant()):
                return None
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                defaults = [*node.args.defaults, *(d for d in node.args.kw_defaults if d is not None)]
                return self._of_decorators(node) or self._of_values(defaults)
            case ast.ClassDef():
                keywords = [keyword.value for keyword in node.keywords]
                return self._of_decorators(node) or self._of_values(keywords) or self.of_body(node.body)
            case ast.Assign(targets=targets, value=value) if all(map(_binds_names, targets)):
                return self._of_values([value])
            case ast.AnnAssign(target=ast.Name()) | ast.AugAssign(target=ast.Name()):
                return self._of_values([node.value] if node.value else [])
            case ast.If(test=ast.Compare(left=ast.Name(id="__name__"), ops=[ast.Eq()])):
                return self.of_body(node.orelse)
            case ast.If():
                return self._of_values([node.test]) or self.of_body(node.body) or self.of_body(node.orelse)
            case ast.Try():
                handlers = [statement for handler in node.handlers for statement in handler.body]
                return self.of_body([*node.body, *handlers, *node.orelse, *node.finalbody])
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr=attr)) as call):
                if owner in self.module.routers and attr in ROUTE_CALLS:
                    return self._of_values([*call.args, *(k.value for k in call.keywords)])
        return node.lineno, "does more than define things"

    def _of_decorators(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> Effect | None:
        for decorator in node.decorator_list:
            call = decorator if isinstance(decorator, ast.Call) else None
            target = call.func if call else decorator
            owner = dotted(target).rpartition(".")
            routed = owner[0] in self.module.routers and owner[2] in ROUTE_METHODS
            routed = routed or (owner[0] in self.module.blueprints and owner[2] in ROUTE_METHODS | {"route"})
            property_part = owner[2] in ("setter", "getter", "deleter")
            if not (routed or property_part or self._is_pure_name(target) or self._wraps_only(target)):
                return decorator.lineno, f"decorates {node.name} with {ast.unparse(target)}"
            if call and (found := self._of_values([*call.args, *(k.value for k in call.keywords)])):
                return found
        return None

    def _of_values(self, values: Iterable[ast.expr]) -> Effect | None:
        for value in values:
            for node in ast.walk(value):
                if isinstance(node, ast.NamedExpr | ast.Await | ast.Yield | ast.YieldFrom):
                    return node.lineno, "does more than define things"
                if isinstance(node, ast.Call) and not self._is_pure_call(node):
                    return node.lineno, f"calls {ast.unparse(node.func)}"
        return None

    def _is_pure_call(self, call: ast.Call) -> bool:
        if self._is_pure_name(call.func):
            return True
        if isinstance(call.func, ast.Attribute) and self._is_pure_method(call.func):
            return True
        return self._builds_only(call.func)

    def _is_pure_method(self, func: ast.Attribute) -> bool:
        """Tell whether a method is one of text, containers or paths: `requests.get` and `client.copy` are not."""
        head = dotted(func.value).partition(".")[0]
        built = [
            value.func for name, value in assigned(self.module.tree) if name == head and isinstance(value, ast.Call)
        ]
        if any(full_name(self.module.names, dotted(call)).startswith("boto3.") for call in built):
            return func.attr in RESOURCE_METHODS
        full = full_name(self.module.names, head)
        if full and not any(self.modules.get(name) is not None for name in _with_parents(full)):
            return False
        return func.attr in PURE_METHODS or func.attr in RESOURCE_METHODS

    def _is_pure_name(self, func: ast.expr) -> bool:
        name = dotted(func)
        if name in PURE_BUILTINS and name not in self.module.names:
            return True
        full = full_name(self.module.names, name)
        return any(full == known or full.startswith(known + ".") for known in PURE_CALLS)

    def _definition(self, func: ast.expr) -> tuple[Module, ast.ClassDef | ast.FunctionDef] | None:
        """Return the class or function of the project that a name stands for."""
        name = dotted(func)
        full = full_name(self.module.names, name) or f"{self.module.name}.{name}"
        owner, _, last = full.rpartition(".")
        module = self.module if owner == self.module.name else self.modules.get(owner)
        if not name or module is None:
            return None
        for statement in module.tree.body:
            if isinstance(statement, ast.ClassDef | ast.FunctionDef) and statement.name == last:
                return module, statement
        return None

    def _builds_only(self, func: ast.expr) -> bool:
        """Tell whether a call is that of a class whose constructor only fills the instance."""
        match self._definition(func):
            case (module, ast.ClassDef(bases=[], keywords=[], decorator_list=[]) as node):
                pass
            case _:
                return False
        effects = self if module is self.module else _Effects(module, self.modules)
        for statement in node.body:
            if isinstance(statement, ast.FunctionDef) and statement.name in ("__init__", "__new__"):
                return all(effects.fills_self(inner) for inner in statement.body)
        return True

    def fills_self(self, node: ast.stmt) -> bool:
        match node:
            case ast.Pass() | ast.Expr(value=ast.Constant()):
                return True
            case ast.Assign(targets=[ast.Attribute(value=ast.Name(id="self"))]):
                return self._of_values([node.value]) is None
            case ast.AnnAssign(target=ast.Attribute(value=ast.Name(id="self"))):
                return self._of_values([node.value] if node.value else []) is None
        return False

    def _wraps_only(self, target: ast.expr) -> bool:
        """Tell whether a decorator of the project only defines and returns functions."""
        found = self._definition(target)
        if found is None or not isinstance(found[1], ast.FunctionDef):
            return False
        effects = self if found[0] is self.module else _Effects(found[0], self.modules)
        return effects.defines_only(found[1])

    def defines_only(self, function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
        """Follow decorator factories two levels down: what runs at import is definitions and returns."""
        for statement in function.body:
            match statement:
                case ast.Expr(value=ast.Constant()) | ast.Return():
                    if isinstance(statement, ast.Return) and statement.value and self._of_values([statement.value]):
                        return False
                case ast.FunctionDef() | ast.AsyncFunctionDef():
                    wraps = all(self._is_pure_name(getattr(d, "func", d)) for d in statement.decorator_list)
                    innermost = bool(statement.decorator_list)
                    if not wraps or not (innermost or self.defines_only(statement)):
                        return False
                case _:
                    return False
        return True

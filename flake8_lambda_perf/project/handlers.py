"""Entry points: declared by a manifest, named in the settings, or recognised by convention; each with its evidence."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_lambda_perf.dataclass import dataclass
from flake8_lambda_perf.knowledge import idioms, trigger_of
from flake8_lambda_perf.model import Confidence, Handler
from flake8_lambda_perf.project.values import Ext, Func, ordered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_lambda_perf.project.facts import Function, Module
    from flake8_lambda_perf.project.names import Names

EVENTS = frozenset(
    {
        "event", "_event", "evt", "_evt", "events", "_", "__", "lambda_event", "e", "data", "payload", "request",
        "input_event", "event_data", "cloud_event", "message", "raw_event", "input", "record",
    }
)  # fmt: skip  # one name a line would take a screen
SURE_EVENTS = frozenset({"event", "_event", "evt", "lambda_event", "_evt"})
CONTEXTS = frozenset(
    {
        "context", "_context", "ctx", "_ctx", "cxt", "contexto", "lambda_context", "_lambda_context", "__context",
        "lambda_ctx", "unused_context", "context_", "aws_context",
    }
)  # fmt: skip  # one name a line would take a screen
BLANK = frozenset({"_", "__", "___", "unused"})
NAMES = frozenset({"handler", "lambda_handler", "main", "entrypoint", "entry_point"})
NEVER = frozenset({"function_handler", "send", "sendresponse", "send_response"})
REQUESTS = frozenset({"event", "request"})
WEB = frozenset(
    {
        "flask", "fastapi", "django", "starlette", "bottle", "aiohttp", "tornado", "sanic", "chalice", "falcon",
        "pyramid", "quart",
    }
)  # fmt: skip  # one name a line would take a screen

OBJECTS = (ast.Call, ast.Attribute, ast.Name, ast.Lambda)
"""What a handler that is no `def` is assigned from."""

SERVED = frozenset({"chalice.Chalice()"})
"""Apps that their framework deploys as they are."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A handler and the function that it is; None where it is an object that serves routes."""

    handler: Handler
    function: Function | None
    passed: int


def conventional(module: Module, names: Names) -> Iterator[Entry]:
    """Lists what looks like a handler in a module's body."""
    for function in module.functions:
        if isinstance(function.head, ast.Lambda):
            continue
        decorators = tuple(_handler_decorators(function, names))
        evidence = f"decorator @{ast.unparse(decorators[0][0])}" if decorators else None
        if evidence is None and function.place.scope is module.scope and not _is_nested(function):
            evidence = _by_signature(function, function.name)
        if evidence is not None:
            kinds = dict.fromkeys(kind for _, name in decorators if (kind := trigger_of(name)) is not None)
            yield _entry(function, function.name, evidence, "conventional", tuple(kinds))
    yield from _objects(module, names)


def _is_nested(function: Function) -> bool:
    return function.parent is not None or function.cls is not None


def _entry(
    function: Function, name: str, evidence: str, confidence: Confidence, triggers: tuple[str, ...] = ()
) -> Entry:
    required = len(function.head.args.posonlyargs) + len(function.head.args.args) - (function.cls is not None)
    place = (function.module.path, function.line, function.qualified_name)
    handler = Handler(name, *place, evidence, confidence, triggers=triggers)
    return Entry(handler, function, min(required, 2))


def _by_signature(function: Function, name: str) -> str | None:
    """Tells how a name and a function's parameters make it a handler."""
    args = [*function.head.args.posonlyargs, *function.head.args.args]
    if name.lower() in NEVER or function.head.args.vararg or function.head.args.kwonlyargs:
        return None
    required = len(args) - len(function.head.args.defaults)
    if len(args) >= 2 and required <= 2:
        first, second = args[0].arg, args[1].arg
        if _is_event(args[0]) and _is_context(args[1], first):
            return f"signature ({first}, {second})"
        if name in NAMES and first in EVENTS and second in BLANK | CONTEXTS:
            return f"name {name}({first}, {second})"
    if len(args) == 1 and _annotation(args[0]).endswith("HttpRequest"):
        return f"signature ({args[0].arg}: {_annotation(args[0])})"
    if len(args) == 1 and args[0].arg in ("event", "_event") and name in NAMES - {"main"}:
        return f"name {name}({args[0].arg})"
    return None


def _is_event(arg: ast.arg) -> bool:
    return arg.arg in EVENTS or arg.arg.endswith("event") or _annotation(arg).endswith("Event")


def _is_context(arg: ast.arg, first: str) -> bool:
    if arg.arg in CONTEXTS or _annotation(arg).endswith(("LambdaContext", "Context")):
        return True
    return arg.arg in BLANK and (first in SURE_EVENTS or first.endswith("event"))


def _annotation(arg: ast.arg) -> str:
    if arg.annotation is None:
        return ""
    if isinstance(arg.annotation, ast.Constant):
        return str(arg.annotation.value)
    return ast.unparse(arg.annotation)


def _handler_decorators(function: Function, names: Names) -> Iterator[tuple[ast.expr, str]]:
    """Lists the decorators that make a function a handler, each with its canonical name."""
    known = idioms().handler_decorators
    for decorator in function.decorated:
        expr = decorator.func if isinstance(decorator, ast.Call) else decorator
        for value in ordered(names.values(expr, function.place)):
            if isinstance(value, Ext) and value.name in known:
                yield expr, value.name


def is_route(function: Function, names: Names) -> str | None:
    """Names the decorator that registers a function as a route or an event's receiver."""
    known = idioms().route_registrations
    for decorator in function.decorated:
        expr = decorator.func if isinstance(decorator, ast.Call) else decorator
        for value in ordered(names.values(expr, function.place)):
            if isinstance(value, Ext) and value.name in known:
                return f"route @{ast.unparse(expr)}"
    return None


def _objects(module: Module, names: Names) -> Iterator[Entry]:
    """Lists module-level names that hold a handler: `handler = Mangum(app)`, `handler = app.resolve`."""
    for name, bindings in module.scope.bindings.items():
        binding = bindings[-1]
        if binding.kind != "assign" or not isinstance(binding.value, OBJECTS):
            continue
        for value in names.binding(binding):
            if isinstance(value, Ext) and _is_adapter(value.name):
                line = binding.place.statement.lineno
                evidence = f"{name} = {ast.unparse(binding.value)}"[:80]
                yield Entry(Handler(name, module.path, line, name, evidence, "conventional"), None, 2)
            elif isinstance(value, Func) and _is_named_handler(name, value, binding.value):
                yield _entry(value.function, name, f"{name} = {ast.unparse(binding.value)}"[:80], "conventional")


def _is_named_handler(name: str, value: Func, assigned: ast.expr) -> bool:
    if name not in NAMES and not name.endswith("_handler"):
        return False
    function = value.function
    if not isinstance(function.head, ast.Lambda):
        return value.bound or _by_signature(function, function.name) is not None
    if _by_signature(function, name) is not None:
        return True
    args = function.head.args
    takes_two = args.vararg is not None or len(args.args) == 2
    return name in NAMES and takes_two and not isinstance(assigned, ast.Lambda)


def _is_adapter(name: str) -> bool:
    known = idioms().adapters | SERVED
    return name in known or name.removesuffix("()") in known


def single_parameter(module: Module) -> Iterator[Entry]:
    """Lists functions with the one parameter `event` or `request`, in modules without a web framework."""
    for node, _place in module.imports:
        packages = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
        if any(package.partition(".")[0] in WEB for package in packages):
            return
    for function in module.functions:
        if isinstance(function.head, ast.Lambda) or function.place.scope is not module.scope or function.decorated:
            continue
        args = function.head.args
        if len(args.args) != 1 or args.vararg or args.kwarg or args.kwonlyargs or args.posonlyargs:
            continue
        name = args.args[0].arg
        if name in REQUESTS and not function.name.startswith("_"):
            yield _entry(function, function.name, f"signature ({name}), called by nothing", "conventional")

"""Where a function uses a local name, and whether those uses let its value outlive a request."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from flake8_lambda_perf.dataclass import dataclass
from flake8_lambda_perf.fixes.build import MoveError
from flake8_lambda_perf.project.index import MUTATORS, index_body
from flake8_lambda_perf.project.sharing import LOGS_IN
from flake8_lambda_perf.project.values import Func, arguments, ordered
from flake8_lambda_perf.source import children_of, nodes_of

if TYPE_CHECKING:
    from flake8_lambda_perf.project.analysis import Analysis
    from flake8_lambda_perf.project.facts import Function, Module, Place

ENDS = frozenset({"close", "aclose", "dispose", "shutdown", "quit", "disconnect", "terminate", "__exit__", "__del__"})
CONFIGURES = frozenset(
    {
        "mount", "register", "register_first", "register_last", "add_middleware", "include_router",
        "register_blueprint", "add_url_rule", "add_api_route", "addHandler", "removeHandler", "addFilter",
        "append_keys", "set_correlation_id", "add_route", "set_default_headers", "setdefault", "clear_state",
        "exception_handler", "middleware", "use",
    }
)  # fmt: skip
READERS = ("locals", "vars", "exec", "eval", "globals")
STATELESS = frozenset({"client", "resource", "session"})
"""Kinds that keep nothing a request could leave behind: who gets one may share it."""
DEEPEST = 3
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
SCOPES = frozenset({*DEFINITIONS, ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp})
"""Where a name may mean something else."""

Parents = Mapping[ast.AST, ast.AST]


@lru_cache(maxsize=8)
def parents_in(root: ast.AST) -> dict[ast.AST, ast.AST]:
    """Maps each node below `root` to the one that holds it."""
    found: dict[ast.AST, ast.AST] = {}
    stack = [root]
    while stack:
        node = stack.pop()
        children = children_of(node)
        found.update(dict.fromkeys(children, node))
        stack.extend(children)
    return found


# -- which names are uses ----------------------------------------------------------------------


@lru_cache(maxsize=8)  # one fix asks several times
def uses_of(function: Function, name: str) -> tuple[ast.Name, ...]:
    """Lists the reads of a function's local, those in nested functions too."""
    body = function.node.body if isinstance(function.node.body, list) else [function.node.body]
    return tuple(_reads(body, name, function.module))


def _reads(nodes: Iterable[ast.AST], name: str, module: Module) -> Iterator[ast.Name]:
    stack = list(nodes)
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Name):
            if node.id == name and isinstance(node.ctx, ast.Load):
                yield node
            continue
        if node.__class__ not in SCOPES:  # nearly all: told at once
            stack.extend(children_of(node))
            continue
        if isinstance(node, DEFINITIONS) and node not in module.function_of and node not in module.class_of:
            if any(isinstance(part, ast.Name) and part.id == name for part in nodes_of(node)):
                raise MoveError(f"code that never runs names `{name}`")
            continue
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
                stack.extend(_outside(node))
                inner = module.function_of[node]
                index_body(inner)
                if name not in inner.scope.bindings and name not in inner.scope.global_names:
                    stack.extend(node.body if isinstance(node.body, list) else [node.body])
            case ast.ClassDef():
                if name in module.class_of[node].scope.bindings:
                    raise MoveError("a class in the function has a member of the same name")
                stack.extend(children_of(node))
            case (
                ast.ListComp(generators=loops)
                | ast.SetComp(generators=loops)
                | ast.GeneratorExp(generators=loops)
                | ast.DictComp(generators=loops)
            ):
                bound = any(
                    isinstance(part, ast.Name) and part.id == name for loop in loops for part in ast.walk(loop.target)
                )
                stack.extend([loops[0].iter] if bound else children_of(node))


def _outside(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> Iterator[ast.AST]:
    """Lists what of a function runs where it is defined."""
    yield from node.args.defaults
    yield from (default for default in node.args.kw_defaults if default is not None)
    if not isinstance(node, ast.Lambda):
        yield from node.decorator_list
        for arg in ast.walk(node.args):
            if isinstance(arg, ast.arg) and arg.annotation is not None:
                yield arg.annotation
        if node.returns is not None:
            yield node.returns


def is_scope_known(function: Function) -> bool:
    """Tells whether no `locals()`, `exec` or `eval` in a function could read names the text does not show."""
    if not any(word in function.module.text for word in READERS):
        return True
    calls = (node.func for node in parents_in(function.node) if isinstance(node, ast.Call))
    return not any(isinstance(func, ast.Name) and func.id in READERS for func in calls)


# -- whether they let it live on ---------------------------------------------------------------


@dataclass(slots=True)
class Sharing:
    """Judges whether an object may serve one request after another; `leaks` notes that it leaves the function."""

    analysis: Analysis
    kind: str
    leaks: bool = False

    def judge_local(self, function: Function, name: str, parents: Parents, depth: int = 0) -> None:
        """Raises if a use of a local ends the object, or changes it for the next request."""
        for use in uses_of(function, name):
            self.judge(use, function, parents, depth)

    def judge(self, use: ast.expr, function: Function, parents: Parents, depth: int = 0) -> None:
        """Raises if one expression that gives the object ends it or changes it."""
        if self.kind == "getlogger":
            return
        holder = parents.get(use)
        if isinstance(holder, ast.Await | ast.NamedExpr | ast.Starred):
            raise MoveError("the object is awaited, or named inside an expression")
        if isinstance(holder, ast.withitem):
            raise MoveError("a `with` statement ends the object")
        if isinstance(holder, ast.Attribute | ast.Subscript) and holder.value is use:
            self._judge_chain(holder, parents)
        elif isinstance(holder, ast.Call) and use is not holder.func:
            self._judge_passed(use, holder, function, depth)
        elif isinstance(holder, ast.keyword) and isinstance(call := parents.get(holder), ast.Call):
            self._judge_passed(use, call, function, depth)
        elif isinstance(holder, ast.Return):
            self._judge_returned(function, depth)
        elif isinstance(holder, ast.Assign | ast.AnnAssign) and len(assigned(holder)) == len(_targets(holder)):
            return
        elif not isinstance(holder, ast.Call | ast.Expr | ast.Compare | ast.If | ast.IfExp | ast.BoolOp | ast.UnaryOp):
            self.leaks = True
            if isinstance(holder, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                raise MoveError("the object decorates a function of the request")

    def _judge_returned(self, function: Function, depth: int) -> None:
        """Judges what the callers of a function do with the object it returns."""
        edges = self.analysis.graph.callers.get(function, ())
        if self.kind in STATELESS and depth >= DEEPEST:
            return
        if not edges or function in self.analysis.graph.entries or depth >= DEEPEST:
            self.leaks = True
            return
        for edge in edges:
            if edge.call is None or edge.kind != "calls" or edge.caller is None:
                self.leaks = True
                continue
            parents = parents_in(edge.caller.node)
            self.judge(edge.call, edge.caller, parents, depth + 1)
            for name in assigned(parents.get(edge.call)):
                self.judge_local(edge.caller, name, parents, depth + 1)

    def _judge_chain(self, holder: ast.Attribute | ast.Subscript, parents: Parents) -> None:
        depth, node = 0, holder
        while True:
            if not isinstance(node.ctx, ast.Load):
                raise MoveError("the object is changed per request")
            above = parents.get(node)
            if isinstance(above, ast.Attribute | ast.Subscript) and above.value is node:
                node, depth = above, depth + 1
                continue
            break
        if isinstance(node, ast.Attribute) and isinstance(above, ast.Call) and above.func is node:
            self._judge_method(node.attr, depth, above, parents)
        elif self._decorates(node, parents):
            raise MoveError("the object decorates a function of the request")

    def _judge_method(self, name: str, depth: int, call: ast.Call, parents: Parents) -> None:
        if name in ENDS or (depth == 0 and name in CONFIGURES) or name.startswith(("register", "add_event_handler")):
            raise MoveError(f"`{name}` ends the object or changes it per request")
        if depth and name in MUTATORS | {"set", "clear", "pop", "remove", "register"}:
            raise MoveError(f"`{name}` changes the object per request")
        if self.kind in STATELESS | {"http"} and name.startswith("set_"):
            raise MoveError(f"`{name}` changes the object per request")
        given = (keyword.value for keyword in call.keywords if keyword.arg in LOGS_IN)
        if self.kind == "http" and not all(isinstance(value, ast.Constant) for value in given):
            raise MoveError("the session could keep the cookies of one caller for the next")
        if self._decorates(call, parents):
            raise MoveError("the object decorates a function of the request")

    def _decorates(self, node: ast.AST, parents: Parents) -> bool:
        holder = parents.get(node)
        return isinstance(holder, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and any(
            node is decorator for decorator in holder.decorator_list
        )

    def _judge_passed(self, use: ast.expr, call: ast.Call, function: Function, depth: int) -> None:
        last = (
            call.func.attr
            if isinstance(call.func, ast.Attribute)
            else call.func.id
            if isinstance(call.func, ast.Name)
            else ""
        )
        if last in (
            "closing",
            "aclosing",
            "enter_context",
            "enter_async_context",
            "push",
            "setattr",
            "delattr",
            "callback",
        ):
            raise MoveError(f"`{last}` ends the object or changes it")
        site = function.module.sites.get(call)
        if site is None:
            return
        for value in ordered(self.analysis.names.values(call.func, site.place)):
            if isinstance(value, Func) and depth < DEEPEST:
                self._judge_callee(use, call, site.place, value, depth)

    def _judge_callee(self, use: ast.expr, call: ast.Call, place: Place, value: Func, depth: int) -> None:
        callee = value.function
        index_body(callee)
        parents = parents_in(callee.node)
        for name, argument in arguments(callee, call, place, value.bound).items():
            if argument.expr is use and len(callee.scope.bindings.get(name, ())) == 1:
                self.judge_local(callee, name, parents, depth + 1)


def assigned(holder: ast.AST | None) -> list[str]:
    """Lists the locals that an assignment gives its value to."""
    return [target.id for target in _targets(holder) if isinstance(target, ast.Name)]


def _targets(holder: ast.AST | None) -> list[ast.expr]:
    if isinstance(holder, ast.Assign):
        return holder.targets
    return [holder.target] if isinstance(holder, ast.AnnAssign) else []

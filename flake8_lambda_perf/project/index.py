"""One pass over a module, and one over each function when it is first asked for: scopes, bindings, branches, calls."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, ClassVar, Literal

from flake8_lambda_perf.project.changing import MUTATORS
from flake8_lambda_perf.project.facts import (
    Binding,
    Branch,
    Class,
    Function,
    ImportSite,
    Module,
    Place,
    Scope,
)
from flake8_lambda_perf.project.flow import breaks, leaves, pattern_test, static_truth
from flake8_lambda_perf.project.generated import add_constructor
from flake8_lambda_perf.project.record import Recorder, prefix
from flake8_lambda_perf.source import children_of, nodes_of

if TYPE_CHECKING:
    from flake8_lambda_perf.project.sketch import Bodies

__all__ = ["MUTATORS", "index_body", "index_module", "is_property"]


ENVIRONMENT = re.compile(r"environ\b(?:\s+as\s+(\w+)|(?![.\[]))")
ASSIGNED = re.compile(r"\b(\w+)[ \t]*=[ \t]*(?:\w+\.)?$")
"""What stands before `environ` where a name is assigned to it."""


def index_module(path: str, tree: ast.Module, left_out: Bodies, text: str) -> Module:
    """Indexes the module's body; functions follow when `index_body` is called for them."""
    module = Module(path, tree, text, left_out)
    module.scope = Scope("module", tree, None, module, None)
    root = Branch(None, "root", tree)
    anchor = tree.body[0] if tree.body else ast.Pass(lineno=1, col_offset=0)
    module.place = Place(module.scope, root, 0, anchor)
    if "environ" in text:
        module.environments = frozenset(_environments(text))
    indexer = _Indexer(module, None)
    indexer.block(tree.body, module.scope, root)
    module.end = Place(module.scope, root, 1 << 60, anchor)
    if "global " in text:
        for function in [function for function in module.functions if function.may_hold("global ")]:
            index_body(function)
    return module


def _environments(text: str) -> Iterator[str]:
    """Lists the names that a text gives to `os.environ`."""
    for found in ENVIRONMENT.finditer(text):
        if found[1]:
            yield found[1]
        elif (assigned := ASSIGNED.search(text, text.rfind("\n", 0, found.start()) + 1, found.start())) is not None:
            yield assigned[1]


def index_body(function: Function) -> None:
    """Indexes the body of a function; a second call does nothing."""
    if function.scope.indexed:
        return
    node = function.node
    function.scope.indexed = True
    indexer = _Indexer(function.module, function)
    body: list[ast.stmt]
    body = [ast.copy_location(ast.Return(value=node.body), node.body)] if isinstance(node, ast.Lambda) else node.body
    root = Branch(None, "root", node)
    place = Place(function.scope, root, 0, body[0])
    for index, arg in enumerate(_parameters(node.args)):
        function.params.append(arg)
        function.scope.bindings.setdefault(arg.arg, []).append(Binding(arg.arg, "param", arg, place, None, index))
    indexer.block(body, function.scope, root)
    if "nonlocal " in function.module.text:
        for nested in list(function.nested):
            index_body(nested)


def _parameters(args: ast.arguments) -> list[ast.arg]:
    found = [*args.posonlyargs, *args.args]
    if args.vararg:
        found.append(args.vararg)
    found.extend(args.kwonlyargs)
    if args.kwarg:
        found.append(args.kwarg)
    return found


Left = Literal[True] | tuple[ast.expr, bool] | None
"""Whether a statement always leaves its block, or the test that tells whether it does."""


class _Indexer(Recorder):
    """Walks statements in order; every method takes the scope and the branch it stands in."""

    # -- statements ---------------------------------------------------------------------------

    def block(self, body: list[ast.stmt], scope: Scope, branch: Branch) -> None:
        """Indexes a list of statements; what follows an early exit gets a branch of its own."""
        current = branch
        nested: list[Branch] = []
        kinds = self._kinds
        for position, statement in enumerate(body):
            current.statements.append(statement)
            self.order = start = self.order + 2
            index = kinds.get(statement.__class__, _Indexer._children)
            left = index(self, statement, Place(scope, current, start, statement))
            if left is None:
                continue
            if left is True:
                current.exits = True
                break
            if position + 1 < len(body):
                test, polarity = left
                current = Branch(current, "after", statement, test, polarity, Place(scope, current, start, statement))
                nested.append(current)
        for inner in reversed(nested):
            assert inner.parent is not None
            self.bound.setdefault(inner.parent, set()).update(self.bound.get(inner, ()))
            inner.parent.exits = inner.parent.exits or inner.exits

    def _expression(self, node: ast.Expr, place: Place) -> Left:
        self.expression(node.value, place)
        return True if isinstance(node.value, ast.Call) and leaves(node) else None

    def _return(self, node: ast.Return, place: Place) -> Left:
        if node.value is not None:
            self.expression(node.value, place)
        if self.function is not None:
            self.function.returns.append((node.value, place))
        return True

    def _raise(self, node: ast.Raise, place: Place) -> Left:
        self._children(node, place)
        return True

    def _jump(self, _node: ast.Break | ast.Continue, place: Place) -> Left:
        for branch in place.branch.chain():
            if branch.kind == "loop":
                break
            branch.jumps = True
        return True

    def _children(self, node: ast.AST, place: Place) -> None:
        for child in children_of(node):
            if isinstance(child, ast.expr):
                self.expression(child, place)

    def _global(self, node: ast.Global, place: Place) -> None:
        place.scope.global_names |= frozenset(node.names)

    def _nonlocal(self, node: ast.Nonlocal, place: Place) -> None:
        place.scope.nonlocal_names |= frozenset(node.names)

    def _assignment(self, node: ast.Assign, place: Place) -> None:
        self.expression(node.value, place)
        after = Place(place.scope, place.branch, self.tick(), place.statement)
        for target in node.targets:
            self.target(target, "assign", node.value, after)

    def _annotated(self, node: ast.AnnAssign, place: Place) -> None:
        if node.value is not None:
            self.expression(node.value, place)
            after = Place(place.scope, place.branch, self.tick(), place.statement)
            self.target(node.target, "assign", node.value, after)

    def _augmented(self, node: ast.AugAssign, place: Place) -> None:
        self.expression(node.value, place)
        after = Place(place.scope, place.branch, self.tick(), place.statement)
        self.expression(node.target, place)
        self.target(node.target, "aug", node.value, after)

    def _delete(self, node: ast.Delete, place: Place) -> None:
        for target in node.targets:
            self.target(target, "del", None, place)

    def _if(self, node: ast.If, place: Place) -> Left:
        self.expression(node.test, place)
        truth = static_truth(node.test)
        before = self.order
        then = Branch(place.branch, "dead" if truth is False else "if", node, node.test, True, place)
        other = Branch(place.branch, "dead" if truth is True else "if", node, node.test, False, place)
        self.block(node.body, place.scope, then)
        self.block(node.orelse, place.scope, other)
        live = [arm for arm in (then, other) if arm.kind != "dead"]
        self._join(live, place, before)
        if all(arm.exits for arm in live):
            return True
        if then.exits and then.kind != "dead":
            return node.test, False
        if other.exits and other.kind != "dead":
            return node.test, True
        return None

    def _join(self, arms: list[Branch], place: Place, before: int) -> None:
        """Records the names that every arm binds: what was bound before does not survive them."""
        open_arms = [self.bound.get(arm, set()) for arm in arms if not arm.exits]
        if not open_arms:
            return
        for name in set.intersection(*open_arms):
            self.bound.setdefault(place.branch, set()).add(name)
            self.order += 1
            place.scope.kills.setdefault(name, []).append((place.branch, before, self.order))

    def _loop(self, node: ast.For | ast.AsyncFor | ast.While, place: Place) -> Left:
        loop = Branch(place.branch, "loop", node, node.test if isinstance(node, ast.While) else None, at=place)
        if isinstance(node, ast.While):
            if static_truth(node.test) is False:
                loop.kind = "dead"
            self.expression(node.test, Place(place.scope, loop, self.tick(), node))
        else:
            self.expression(node.iter, place)
            if self.function is not None:
                self.function.for_iters.append((node.iter, place))
            self.target(node.target, "for", node.iter, Place(place.scope, loop, self.tick(), node))
        self.block(node.body, place.scope, loop)
        found = loop.exits and not loop.jumps and not node.orelse
        endless = isinstance(node, ast.While) and static_truth(node.test) is True and not breaks(node.body)
        loop.exits = False
        self.block(node.orelse, place.scope, Branch(place.branch, "else", node))
        if found and isinstance(node, ast.For) and isinstance(node.iter, ast.Name | ast.Attribute):
            return node.iter, False  # what follows is run where there is nothing to go over
        return True if endless else None

    def _with(self, node: ast.With | ast.AsyncWith, place: Place) -> Left:
        for item in node.items:
            self.expression(item.context_expr, place)
            if self.function is not None:
                self.function.with_items.append((item.context_expr, place))
            if item.optional_vars is not None:
                self.target(
                    item.optional_vars, "with", item.context_expr, Place(place.scope, place.branch, self.tick(), node)
                )
        inner = Branch(place.branch, "try", node)
        self.block(node.body, place.scope, inner)
        self._join([inner], place, place.order)
        return True if inner.exits else None

    def _try(self, node: ast.Try | ast.TryStar, place: Place) -> Left:
        before = self.order
        tried = Branch(place.branch, "try", node)
        self.block([*node.body, *node.orelse], place.scope, tried)
        arms = [tried]
        for handler in node.handlers:
            arm = Branch(place.branch, "handler", node, at=place)
            if handler.type is not None:
                self.expression(handler.type, place)
            if handler.name:
                self.bind(Binding(handler.name, "except", handler, Place(place.scope, arm, self.tick(), node), None))
            self.block(handler.body, place.scope, arm)
            arms.append(arm)
        self._join(arms, place, before)
        last = Branch(place.branch, "finally", node)
        self.block(node.finalbody, place.scope, last)
        self._join([last], place, before)
        return True if last.exits or all(arm.exits for arm in arms) else None

    def _match(self, node: ast.Match, place: Place) -> Left:
        self.expression(node.subject, place)
        arms = []
        complete = False
        before = self.order
        tests: list[ast.expr | None] = []
        for case in node.cases:
            test = pattern_test(node.subject, case, tests)
            tests.append(test)
            arm = Branch(place.branch, "case", node, test or node.subject, at=place)
            inner = Place(place.scope, arm, self.tick(), node)
            for part in nodes_of(case.pattern):
                if isinstance(part, ast.MatchAs | ast.MatchStar) and part.name:
                    self.bind(Binding(part.name, "match", part, inner, node.subject))
                elif isinstance(part, ast.MatchMapping) and part.rest:
                    self.bind(Binding(part.rest, "match", part, inner, node.subject))
            if case.guard is not None:
                self.expression(case.guard, inner)
            self.block(case.body, place.scope, arm)
            arms.append(arm)
            complete = complete or (
                isinstance(case.pattern, ast.MatchAs) and case.pattern.pattern is None and not case.guard
            )
        if complete:
            self._join(arms, place, before)
        return True if complete and all(arm.exits for arm in arms) else None

    # -- definitions --------------------------------------------------------------------------

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, place: Place) -> None:
        for decorator in node.decorator_list:
            self.expression(decorator, place)
        self.defaults(node.args, place)
        function = self.new_function(node, node.name, place)
        after = Place(place.scope, place.branch, self.tick(), node)
        self.bind(Binding(node.name, "def", node, after, None, target=function))
        if place.scope.owner is not None and any(is_property(decorator) for decorator in node.decorator_list):
            self.module.properties.add(node.name)

    def _class(self, node: ast.ClassDef, place: Place) -> None:
        for child in [*node.decorator_list, *node.bases, *(keyword.value for keyword in node.keywords)]:
            self.expression(child, place)
        scope = Scope("class", node, place.scope, self.module, self.function)
        cls = Class(node, f"{prefix(place.scope)}{node.name}", place, scope)
        scope.owner = cls
        self.module.classes.append(cls)
        self.block(node.body, scope, cls.branch)
        if node.decorator_list:
            add_constructor(cls)
        self.bind(
            Binding(node.name, "class", node, Place(place.scope, place.branch, self.tick(), node), None, target=cls)
        )
        self.module.class_of[node] = cls

    def _import(self, node: ast.Import | ast.ImportFrom, place: Place) -> None:
        self.module.imports.append((node, place))
        if self.function is not None and place.scope.kind != "class":
            self.function.imports.append(ImportSite(node, place, self.function))
        for alias in node.names:
            if alias.name == "*":
                self.bind(Binding("*", "star", node, place, None))
            elif isinstance(node, ast.Import):
                self.bind(Binding(alias.asname or alias.name.partition(".")[0], "import", alias, place, None))
            else:
                self.bind(Binding(alias.asname or alias.name, "from", alias, place, None, origin=node))

    # of the kinds that are missing only the expressions matter
    _kinds: ClassVar[dict[type[ast.stmt], Callable[..., Left]]] = {
        ast.Expr: _expression,
        ast.Assign: _assignment,
        ast.AnnAssign: _annotated,
        ast.AugAssign: _augmented,
        ast.Delete: _delete,
        ast.Return: _return,
        ast.Raise: _raise,
        ast.Break: _jump,
        ast.Continue: _jump,
        ast.If: _if,
        ast.For: _loop,
        ast.AsyncFor: _loop,
        ast.While: _loop,
        ast.With: _with,
        ast.AsyncWith: _with,
        ast.Try: _try,
        ast.TryStar: _try,
        ast.Match: _match,
        ast.FunctionDef: _function,
        ast.AsyncFunctionDef: _function,
        ast.ClassDef: _class,
        ast.Import: _import,
        ast.ImportFrom: _import,
        ast.Global: _global,
        ast.Nonlocal: _nonlocal,
    }


def is_property(decorator: ast.expr) -> bool:
    """Tells whether a decorator turns a method into an attribute that runs code (`property`, `cached_property` ...)."""
    name = (
        decorator.attr
        if isinstance(decorator, ast.Attribute)
        else decorator.id
        if isinstance(decorator, ast.Name)
        else ""
    )
    return name.endswith("property")

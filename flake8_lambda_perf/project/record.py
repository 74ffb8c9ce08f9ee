"""What the expressions of one body say: bindings, changes, calls, attribute reads, lambdas and comprehensions."""

from __future__ import annotations

import ast
from typing import Any

from flake8_lambda_perf.project.changing import (
    ADJUSTERS,
    ANY_NAME,
    BY_NAME,
    MUTATORS,
    REMOVERS,
    TAKERS,
    is_key,
    may_change,
)
from flake8_lambda_perf.project.facts import (
    Binding,
    BindingKind,
    Branch,
    Change,
    Class,
    Function,
    FunctionNode,
    Module,
    Place,
    Scope,
    Site,
)
from flake8_lambda_perf.project.flow import static_truth
from flake8_lambda_perf.project.respelled import may_be, respelled
from flake8_lambda_perf.source import FIELDS

LEAVES = frozenset({ast.Name, ast.Constant, type(None)})
SPECIAL = frozenset({ast.BoolOp, ast.IfExp, ast.NamedExpr, ast.Lambda, ast.Await, ast.Yield, ast.YieldFrom})
COMPREHENSIONS = frozenset({ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp})
Stack = list[tuple[Any, Place]]
"""Expressions that are not looked at yet; their classes are compared by identity, for speed."""


class Recorder:
    """Records what the expressions of one body do; `function` is None for a module's body."""

    def __init__(self, module: Module, function: Function | None) -> None:
        self.module = module
        self.function = function
        self.order = 0
        self.bound: dict[Branch, set[str]] = {}

    # -- names --------------------------------------------------------------------------------

    def tick(self) -> int:
        """Counts on, so that what follows is later."""
        self.order += 1
        return self.order

    def bind(self, binding: Binding) -> None:
        """Records that a name gets a value."""
        place, name = binding.place, binding.name
        scope, branch = place.scope, place.branch
        if name in scope.global_names:
            scope.module.global_writes.setdefault(name, []).append(binding)
            return
        while name in scope.nonlocal_names and scope.parent is not None:
            scope = scope.parent
        if name in scope.bindings:
            scope.bindings[name].append(binding)
        else:
            scope.bindings[name] = [binding]
        if branch.kind != "root":  # that is no arm of anything
            self.bound.setdefault(branch, set()).add(name)

    def target(self, node: ast.expr, kind: BindingKind, value: ast.expr | None, place: Place) -> None:
        """Binds the target of an assignment, a loop or a `with`."""
        if isinstance(node, ast.Name):
            self.bind(Binding(node.id, kind, node, place, value))
        elif isinstance(node, ast.Attribute | ast.Subscript):
            self.expression(node.value, place)
            if isinstance(node, ast.Subscript):
                self.expression(node.slice, place)
            self._store(node, kind, value, place)
        elif isinstance(node, ast.Tuple | ast.List):
            for index, element in enumerate(node.elts):
                if isinstance(value, ast.Tuple | ast.List) and kind == "assign" and len(value.elts) == len(node.elts):
                    self.target(element, kind, value.elts[index], place)
                else:
                    self._unpacked(element, kind, value, place, index)
        elif isinstance(node, ast.Starred):
            self._unpacked(node.value, kind, value, place, None)

    def _unpacked(
        self, node: ast.expr, kind: BindingKind, value: ast.expr | None, place: Place, index: int | None
    ) -> None:
        if isinstance(node, ast.Name):
            self.bind(Binding(node.id, "unpack" if kind == "assign" else kind, node, place, value, index))
        else:
            self.target(node, "unpack" if kind == "assign" else kind, value, place)

    def _store(
        self, node: ast.Attribute | ast.Subscript, kind: BindingKind, value: ast.expr | None, place: Place
    ) -> None:
        stores = self.module.stores if self.function is None else self.function.stores
        stores.append((node, place))
        root: ast.expr = node
        while isinstance(root, ast.Attribute | ast.Subscript):
            root = root.value
        if isinstance(root, ast.Name):
            mutations = _scope_of(place).mutations.setdefault(root.id, [])
            mutations.append((value or ast.Constant(None), place))
            if isinstance(node, ast.Subscript):
                mutations.append((node.slice, place))
            if value is not None:
                self._adjust(node.value, [value], place)
        if kind == "del":
            self._change(node, ast.Constant(None), place, within=False)
            return
        value = None if kind == "aug" else value
        self._change(node, value, place, within=False)
        owner = self._self_class(node)
        if owner is not None and isinstance(node, ast.Attribute):
            owner.self_stores.setdefault(node.attr, []).append((value, place))

    def _change(
        self, changed: ast.expr, value: ast.expr | None, place: Place, *, within: bool, key: ast.expr | None = None
    ) -> None:
        """Records that an attribute, or what it holds, is changed."""
        depth = int(within)
        while isinstance(changed, ast.Subscript):
            depth, key = depth + 1, changed.slice
            changed = changed.value
        changed = self._named(changed, place)
        match changed, key:
            case ast.Attribute(value=base, attr="__dict__" | "*"), ast.Constant(value=str(attr)):
                changed, key = ast.copy_location(ast.Attribute(base, attr, ast.Store()), changed), None
                depth -= 1
        within = depth > 0
        if isinstance(changed, ast.Attribute):
            change = Change(changed.attr, changed.value, value, place, within, key)
        elif isinstance(changed, ast.Name) and (changed.id == "environ" or changed.id in self.module.environments):
            change = Change("environ", changed, value, place, within, key)
        else:
            return
        self.module.changes.setdefault(change.name, []).append(change)

    def _named(self, changed: ast.expr, place: Place) -> ast.expr:
        """Gives what a name stands for in its scope, if that is an attribute or all names of an object or module."""
        if isinstance(changed, ast.Name):
            bindings = _scope_of(place).bindings.get(changed.id, ())
            given = [_whole(binding.value) for binding in bindings if binding.value is not None]
            return next((value for value in given if isinstance(value, ast.Attribute)), changed)
        return _whole(changed)

    def _adjust(self, changed: ast.expr, values: list[ast.expr], place: Place) -> None:
        """Records that an object is changed with values."""
        path = dotted(changed)
        if path is not None:
            _scope_of(place).adjustments.setdefault(path, []).extend((value, place) for value in values)

    def _self_class(self, node: ast.expr) -> Class | None:
        """Names the class whose `self` (or `cls`) the attribute is stored on."""
        if not (isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)):
            return None
        function = self.function
        while function is not None and function.cls is None:
            function = function.parent
        if function is None or isinstance(function.head, ast.Lambda) or not function.has_receiver:
            return None
        args = [*function.head.args.posonlyargs, *function.head.args.args]
        return function.cls if args and args[0].arg == node.value.id else None

    # -- expressions --------------------------------------------------------------------------

    def expression(self, root: ast.expr, place: Place) -> None:
        """Records the calls, attribute reads, lambdas and comprehensions of an expression."""
        if root.__class__ in LEAVES:
            return
        attributes = self.module.attributes if self.function is None else self.function.attributes
        stack: Stack = [(root, place)]
        while stack:
            node, here = stack.pop()
            kind = node.__class__
            if kind in LEAVES:
                continue
            if kind is ast.Call:
                self._call(node, here, stack)
            elif kind is ast.Attribute:
                attributes.append((node, here))
                stack.append((node.value, here))
            elif kind in SPECIAL:
                self._special(node, here, stack)
            elif kind in COMPREHENSIONS:
                self._comprehension(node, here)
            else:
                for name in FIELDS[kind]:
                    part = getattr(node, name, None)
                    if part.__class__ is not list:
                        stack.append((part, here))
                        continue
                    for item in part:
                        if item.__class__ not in LEAVES:
                            stack.append((item, here))

    def _call(self, node: ast.Call, place: Place, stack: Stack) -> None:
        function, func = self.function, node.func
        site = Site(node, place, function)
        (self.module.calls if function is None else function.calls).append(site)
        self.module.sites[node] = site
        if isinstance(func, ast.Attribute):
            name, inner = func.attr, func.value
            if may_change(name):
                self._method_call(node, func, place)
        else:
            name, inner = func.id if isinstance(func, ast.Name) else "", func
        if name in BY_NAME:
            self._change_by_name(node, place)
        elif name == "next" and inner is func and node.args and isinstance(node.args[0], ast.Name):
            _scope_of(place).mutations.setdefault(node.args[0].id, []).append((None, place))
        for same in respelled(node) if may_be(func) else ():
            if isinstance(same.func, ast.Attribute):
                self._method_call(same, same.func, place)
            self._change_by_name(same, place)
        if inner.__class__ not in LEAVES:
            stack.append((inner, place))
        for arg in node.args:
            if arg.__class__ not in LEAVES:
                stack.append((arg, place))
        for keyword in node.keywords:
            if keyword.value.__class__ not in LEAVES:
                stack.append((keyword.value, place))

    def _method_call(self, node: ast.Call, func: ast.Attribute, place: Place) -> None:
        """Records what a call of a method changes in the object before the dot."""
        if not may_change(func.attr):
            return
        given = [*node.args, *(keyword.value for keyword in node.keywords)]
        left = None if func.attr in TAKERS and not is_key(given) else ast.Constant(None)
        if (func.attr in MUTATORS or func.attr in REMOVERS) and isinstance(func.value, ast.Name):
            mutations = _scope_of(place).mutations.setdefault(func.value.id, [])
            mutations.extend((value, place) for value in (*given, left))
        if func.attr.startswith(ADJUSTERS) or (func.attr in MUTATORS and isinstance(func.value, ast.Attribute)):
            self._adjust(func.value, given, place)
        if func.attr in MUTATORS:
            key = node.args[0] if func.attr in ("setdefault", "__setitem__") and node.args else None
            for value in node.args:
                self._change(func.value, value, place, within=True, key=key)
            for keyword in node.keywords:
                named = ast.Constant(keyword.arg) if keyword.arg is not None else None
                self._change(func.value, keyword.value, place, within=True, key=named)
        elif func.attr in REMOVERS:
            self._change(func.value, left, place, within=True, key=node.args[0] if node.args else None)
        elif func.attr in ("putenv", "unsetenv") and node.args:
            environ = ast.copy_location(ast.Attribute(func.value, "environ", ast.Store()), func)
            value = node.args[1] if len(node.args) > 1 else ast.Constant(None)
            self._change(environ, value, place, within=True, key=node.args[0])

    def _change_by_name(self, node: ast.Call, place: Place) -> None:
        """Records what `setattr` and its kin change; in a `__setattr__` they only do what an assignment asks for."""
        match node:
            case (
                ast.Call(func=ast.Name(id="setattr") | ast.Attribute(attr="__setattr__"), args=[base, name, value])
                | ast.Call(func=ast.Attribute(value=base, attr="__setattr__"), args=[name, value])
            ):
                self._adjust(base, [name, value], place)
            case (
                ast.Call(func=ast.Name(id="delattr") | ast.Attribute(attr="__delattr__"), args=[base, name])
                | ast.Call(func=ast.Attribute(value=base, attr="__delattr__"), args=[name])
            ):
                value = ast.Constant(None)
            case _:
                return
        if self.function is None or self.function.name not in ("__setattr__", "__delattr__"):
            attr = str(name.value) if isinstance(name, ast.Constant) else ANY_NAME
            self._change(ast.copy_location(ast.Attribute(base, attr, ast.Store()), node), value, place, within=False)

    def _special(self, node: ast.AST, place: Place, stack: Stack) -> None:
        match node:
            case ast.BoolOp(op=op, values=values):
                stack.append((values[0], place))
                for index, value in enumerate(values[1:], 1):
                    test = (
                        values[0] if index == 1 else ast.copy_location(ast.BoolOp(op=op, values=values[:index]), node)
                    )
                    branch = Branch(place.branch, "operand", node, test, isinstance(op, ast.And), place)
                    stack.append((value, Place(place.scope, branch, place.order, place.statement)))
            case ast.IfExp(test=test, body=body, orelse=orelse):
                stack.append((test, place))
                for value, polarity in ((body, True), (orelse, False)):
                    branch = Branch(place.branch, "operand", node, test, polarity, place)
                    if static_truth(test) is not (not polarity):
                        stack.append((value, Place(place.scope, branch, place.order, place.statement)))
            case ast.NamedExpr(target=ast.Name(id=name), value=value):
                scope = place.scope
                while scope.kind == "comprehension" and scope.parent is not None:
                    scope = scope.parent
                self.bind(
                    Binding(name, "assign", node, Place(scope, place.branch, place.order, place.statement), value)
                )
                stack.append((value, place))
            case ast.Lambda(args=args):
                self.defaults(args, place)
                self.new_function(node, "<lambda>", place)
            case ast.Await(value=value):
                stack.append((value, place))
            case ast.Yield(value=value) | ast.YieldFrom(value=value):
                self._yield(value, place, stack)

    def _yield(self, value: ast.expr | None, place: Place, stack: Stack) -> None:
        if self.function is not None:
            self.function.is_generator = True
            self.function.yields.append((value, place))
        if value is not None:
            stack.append((value, place))

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp, place: Place) -> None:
        scope = Scope("comprehension", node, place.scope, self.module, place.scope.function)
        loop = Branch(place.branch, "loop", node)
        inner = Place(scope, loop, place.order, place.statement)
        self.expression(node.generators[0].iter, place)
        for index, generator in enumerate(node.generators):
            if index:
                self.expression(generator.iter, inner)
            self.target(generator.target, "for", generator.iter, inner)
            for condition in generator.ifs:
                self.expression(condition, inner)
        if isinstance(node, ast.DictComp):
            self.expression(node.key, inner)
            self.expression(node.value, inner)
        else:
            self.expression(node.elt, inner)

    # -- functions ----------------------------------------------------------------------------

    def new_function(self, node: FunctionNode, name: str, place: Place) -> Function:
        scope = Scope("function", node, place.scope, self.module, None)
        scope.indexed = False
        function = Function(node, name, f"{prefix(place.scope)}{name}", place, scope)
        scope.function = function
        self.module.function_of[node] = function
        self.module.functions.append(function)
        if self.function is not None:
            self.function.nested.append(function)
        return function

    def defaults(self, args: ast.arguments, place: Place) -> None:
        for default in [*args.defaults, *args.kw_defaults]:
            if default is not None:
                self.expression(default, place)


def _scope_of(place: Place) -> Scope:
    """Names the scope whose names a comprehension changes."""
    scope = place.scope
    while scope.kind == "comprehension" and scope.parent is not None:
        scope = scope.parent
    return scope


def dotted(expr: ast.expr) -> str | None:
    """Spells the path of what an expression is a part of: `session._session` for `session._session.hooks[0]`."""
    parts: list[str] = []
    while isinstance(expr, ast.Attribute | ast.Subscript | ast.Call):
        if isinstance(expr, ast.Call):
            parts.clear()
            if not (isinstance(expr.func, ast.Attribute) and expr.func.attr == "get_component"):
                return None
            expr = expr.func
        if isinstance(expr, ast.Attribute):
            parts.append(expr.attr)
        expr = expr.value
    return ".".join([expr.id, *reversed(parts)]) if isinstance(expr, ast.Name) else None


def _whole(expr: ast.expr) -> ast.expr:
    """Gives what an expression is a part of; `vars(x)` and `globals()` are spelled as attributes."""
    while isinstance(expr, ast.Subscript):
        expr = expr.value
    match expr:
        case ast.Call(func=ast.Name(id="globals")):
            return ast.copy_location(ast.Attribute(expr, ANY_NAME, ast.Store()), expr)
        case ast.Call(func=ast.Name(id="vars"), args=[base, *_]):
            return ast.copy_location(ast.Attribute(base, "__dict__", ast.Store()), expr)
    return expr


def prefix(scope: Scope) -> str:
    if scope.owner is not None:
        return f"{scope.owner.qualified_name}."
    if scope.function is not None:
        return f"{scope.function.qualified_name}.<locals>."
    return ""

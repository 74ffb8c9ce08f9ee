"""One pass over a module, and one over each function when it is first asked for: scopes, bindings, branches, calls."""

from __future__ import annotations

import ast

from flake8_lambda_perf.project.facts import (
    Binding,
    BindingKind,
    Branch,
    Change,
    Class,
    Function,
    FunctionNode,
    ImportSite,
    Module,
    Place,
    Scope,
    Site,
)
from flake8_lambda_perf.project.flow import breaks, leaves, static_truth

ANY_NAME = "*"  # of an attribute that is set by `setattr` under a name that is computed
MUTATORS = frozenset({"append", "appendleft", "extend", "update", "insert", "add", "setdefault", "__setitem__", "put", "push"})


def index_module(path: str, tree: ast.Module, text: str) -> Module:
    """Indexes the module's body; functions follow when `index_body` is called for them."""
    module = Module(path, tree, text)
    module.scope = Scope("module", tree, None, module, None)
    root = Branch(None, "root", tree)
    anchor = tree.body[0] if tree.body else ast.Pass(lineno=1, col_offset=0)
    module.place = Place(module.scope, root, 0, anchor)
    indexer = _Indexer(module, None)
    indexer.block(tree.body, module.scope, root)
    module.end = Place(module.scope, root, 1 << 60, anchor)
    if "global " in text:
        for function in list(module.functions):
            index_body(function)
    return module


def index_body(function: Function) -> None:
    """Indexes the body of a function; a second call does nothing."""
    if function.scope.indexed:
        return
    function.scope.indexed = True
    node = function.node
    indexer = _Indexer(function.module, function)
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


class _Indexer:
    """Walks statements in order; every method takes the scope and the branch it stands in."""

    def __init__(self, module: Module, function: Function | None) -> None:
        self.module = module
        self.function = function
        self.order = 0
        self.before = 0  # the order of the statement that was indexed last
        self.bound: dict[Branch, set[str]] = {}

    # -- statements ---------------------------------------------------------------------------

    def block(self, body: list[ast.stmt], scope: Scope, branch: Branch) -> None:
        """Indexes a list of statements; what follows an early exit gets a branch of its own."""
        current = branch
        nested: list[Branch] = []
        for position, statement in enumerate(body):
            current.statements.append(statement)
            left = self.statement(statement, scope, current)
            if left is True:
                current.exits = True
                break
            if left is not None and position + 1 < len(body):
                test, polarity = left
                current = Branch(current, "after", statement, test, polarity, Place(scope, current, self.before, statement))
                nested.append(current)
        for inner in reversed(nested):
            assert inner.parent is not None
            self.bound.setdefault(inner.parent, set()).update(self.bound.get(inner, ()))
            inner.parent.exits = inner.parent.exits or inner.exits

    def statement(self, node: ast.stmt, scope: Scope, branch: Branch) -> bool | tuple[ast.expr, bool] | None:
        """Indexes one statement; True if it always leaves the block, a test where what follows depends on it."""
        self.order += 2
        start = self.order
        place = Place(scope, branch, start, node)
        left = self._statement(node, place)
        self.before = start
        return left

    def _statement(self, node: ast.stmt, place: Place) -> bool | tuple[ast.expr, bool] | None:
        scope = place.scope
        match node:
            case ast.Expr(value=value):
                self.expression(value, place)
                return True if leaves(node) else None
            case ast.Assign() | ast.AnnAssign() | ast.AugAssign() | ast.Delete():
                self._assignment(node, place)
            case ast.Return(value=value):
                if value is not None:
                    self.expression(value, place)
                if self.function is not None:
                    self.function.returns.append((value, place))
                return True
            case ast.Raise() | ast.Assert():
                self._children(node, place)
                return isinstance(node, ast.Raise) or None
            case ast.Break() | ast.Continue():
                for branch in place.branch.chain():
                    if branch.kind == "loop":
                        break
                    branch.jumps = True
                return True
            case ast.If():
                return self._if(node, place)
            case ast.For() | ast.AsyncFor() | ast.While():
                return self._loop(node, place)
            case ast.With() | ast.AsyncWith():
                return self._with(node, place)
            case ast.Try() | ast.TryStar():
                return self._try(node, place)
            case ast.Match():
                return self._match(node, place)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self._function(node, place)
            case ast.ClassDef():
                self._class(node, place)
            case ast.Import() | ast.ImportFrom():
                self._import(node, place)
            case ast.Global(names=names):
                scope.global_names.update(names)
            case ast.Nonlocal(names=names):
                scope.nonlocal_names.update(names)
            case _:
                self._children(node, place)
        return None

    def _children(self, node: ast.AST, place: Place) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self.expression(child, place)

    def _assignment(self, node: ast.Assign | ast.AnnAssign | ast.AugAssign | ast.Delete, place: Place) -> None:
        if isinstance(node, ast.Delete):
            for target in node.targets:
                self.target(target, "del", None, place)
            return
        if node.value is None:
            return
        self.expression(node.value, place)
        after = Place(place.scope, place.branch, self._tick(), place.statement)
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            if isinstance(node, ast.AugAssign):
                self.expression(node.target, place)
            self.target(target, "aug" if isinstance(node, ast.AugAssign) else "assign", node.value, after)

    def _if(self, node: ast.If, place: Place) -> bool | tuple[ast.expr, bool] | None:
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

    def _loop(self, node: ast.For | ast.AsyncFor | ast.While, place: Place) -> bool | None:
        loop = Branch(place.branch, "loop", node, node.test if isinstance(node, ast.While) else None, at=place)
        if isinstance(node, ast.While):
            if static_truth(node.test) is False:
                loop.kind = "dead"
            self.expression(node.test, Place(place.scope, loop, self._tick(), node))
        else:
            self.expression(node.iter, place)
            if self.function is not None:
                self.function.for_iters.append((node.iter, place))
            self.target(node.target, "for", node.iter, Place(place.scope, loop, self._tick(), node))
        self.block(node.body, place.scope, loop)
        endless = isinstance(node, ast.While) and static_truth(node.test) is True and not breaks(node.body)
        loop.exits = False
        self.block(node.orelse, place.scope, Branch(place.branch, "else", node))
        return True if endless else None

    def _with(self, node: ast.With | ast.AsyncWith, place: Place) -> bool | tuple[ast.expr, bool] | None:
        for item in node.items:
            self.expression(item.context_expr, place)
            if self.function is not None:
                self.function.with_items.append((item.context_expr, place))
            if item.optional_vars is not None:
                self.target(item.optional_vars, "with", item.context_expr, Place(place.scope, place.branch, self._tick(), node))
        inner = Branch(place.branch, "try", node)
        self.block(node.body, place.scope, inner)
        self._join([inner], place, place.order)
        return True if inner.exits else None

    def _try(self, node: ast.Try | ast.TryStar, place: Place) -> bool | None:
        before = self.order
        tried = Branch(place.branch, "try", node)
        self.block([*node.body, *node.orelse], place.scope, tried)
        arms = [tried]
        for handler in node.handlers:
            arm = Branch(place.branch, "handler", node, at=place)
            if handler.type is not None:
                self.expression(handler.type, place)
            if handler.name:
                self.bind(handler.name, "except", handler, Place(place.scope, arm, self._tick(), node), None)
            self.block(handler.body, place.scope, arm)
            arms.append(arm)
        self._join(arms, place, before)
        last = Branch(place.branch, "finally", node)
        self.block(node.finalbody, place.scope, last)
        self._join([last], place, before)
        return True if last.exits or all(arm.exits for arm in arms) else None

    def _match(self, node: ast.Match, place: Place) -> bool | None:
        self.expression(node.subject, place)
        arms = []
        complete = False
        before = self.order
        for case in node.cases:
            arm = Branch(place.branch, "case", node, node.subject, at=place)
            inner = Place(place.scope, arm, self._tick(), node)
            for part in ast.walk(case.pattern):
                if isinstance(part, ast.MatchAs | ast.MatchStar) and part.name:
                    self.bind(part.name, "match", part, inner, node.subject)
                elif isinstance(part, ast.MatchMapping) and part.rest:
                    self.bind(part.rest, "match", part, inner, node.subject)
            if case.guard is not None:
                self.expression(case.guard, inner)
            self.block(case.body, place.scope, arm)
            arms.append(arm)
            complete = complete or (isinstance(case.pattern, ast.MatchAs) and case.pattern.pattern is None and not case.guard)
        if complete:
            self._join(arms, place, before)
        return True if complete and all(arm.exits for arm in arms) else None

    # -- definitions --------------------------------------------------------------------------

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, place: Place) -> None:
        for decorator in node.decorator_list:
            self.expression(decorator, place)
        self._defaults(node.args, place)
        function = self._new_function(node, node.name, place)
        after = Place(place.scope, place.branch, self._tick(), node)
        self.bind(node.name, "def", node, after, None, target=function)
        if place.scope.owner is not None and any(is_property(decorator) for decorator in node.decorator_list):
            self.module.properties.add(node.name)

    def _new_function(self, node: FunctionNode, name: str, place: Place) -> Function:
        scope = Scope("function", node, place.scope, self.module, None)
        scope.indexed = False
        function = Function(node, name, f"{_prefix(place.scope)}{name}", place, scope)
        scope.function = function
        self.module.function_of[node] = function
        self.module.functions.append(function)
        if self.function is not None:
            self.function.nested.append(function)
        return function

    def _defaults(self, args: ast.arguments, place: Place) -> None:
        for default in [*args.defaults, *args.kw_defaults]:
            if default is not None:
                self.expression(default, place)

    def _class(self, node: ast.ClassDef, place: Place) -> None:
        for child in [*node.decorator_list, *node.bases, *(keyword.value for keyword in node.keywords)]:
            self.expression(child, place)
        scope = Scope("class", node, place.scope, self.module, self.function)
        cls = Class(node, f"{_prefix(place.scope)}{node.name}", place, scope)
        scope.owner = cls
        self.module.classes.append(cls)
        self.block(node.body, scope, cls.branch)
        self.bind(node.name, "class", node, Place(place.scope, place.branch, self._tick(), node), None, target=cls)
        self.module.class_of[node] = cls

    def _import(self, node: ast.Import | ast.ImportFrom, place: Place) -> None:
        self.module.imports.append((node, place))
        if self.function is not None and place.scope.kind != "class":
            self.function.imports.append(ImportSite(node, place, self.function))
        for alias in node.names:
            if alias.name == "*":
                self.bind("*", "star", node, place, None)
            elif isinstance(node, ast.Import):
                self.bind(alias.asname or alias.name.partition(".")[0], "import", alias, place, None)
            else:
                self.bind(alias.asname or alias.name, "from", alias, place, None, origin=node)

    # -- names --------------------------------------------------------------------------------

    def _tick(self) -> int:
        self.order += 1
        return self.order

    def bind(
        self,
        name: str,
        kind: BindingKind,
        node: ast.AST,
        place: Place,
        value: ast.expr | None,
        index: int | None = None,
        target: Function | Class | None = None,
        origin: ast.ImportFrom | None = None,
    ) -> None:
        """Records that `name` gets a value here."""
        scope = place.scope
        binding = Binding(name, kind, node, place, value, index, target, origin)
        if name in scope.global_names:
            scope.module.global_writes.setdefault(name, []).append(binding)
            return
        while name in scope.nonlocal_names and scope.parent is not None:
            scope = scope.parent
        scope.bindings.setdefault(name, []).append(binding)
        self.bound.setdefault(place.branch, set()).add(name)

    def target(self, node: ast.expr, kind: BindingKind, value: ast.expr | None, place: Place) -> None:
        """Binds the target of an assignment, a loop or a `with`."""
        match node:
            case ast.Name(id=name):
                self.bind(name, kind, node, place, value)
            case ast.Tuple(elts=elements) | ast.List(elts=elements):
                for index, element in enumerate(elements):
                    if isinstance(value, ast.Tuple | ast.List) and kind == "assign" and len(value.elts) == len(elements):
                        self.target(element, kind, value.elts[index], place)
                    else:
                        self._unpacked(element, kind, value, place, index)
            case ast.Starred(value=inner):
                self._unpacked(inner, kind, value, place, None)
            case ast.Attribute() | ast.Subscript():
                self.expression(node.value, place)
                if isinstance(node, ast.Subscript):
                    self.expression(node.slice, place)
                self._store(node, kind, value, place)

    def _unpacked(self, node: ast.expr, kind: BindingKind, value: ast.expr | None, place: Place, index: int | None) -> None:
        if isinstance(node, ast.Name):
            self.bind(node.id, "unpack" if kind == "assign" else kind, node, place, value, index)
        else:
            self.target(node, "unpack" if kind == "assign" else kind, value, place)

    def _store(self, node: ast.Attribute | ast.Subscript, kind: BindingKind, value: ast.expr | None, place: Place) -> None:
        stores = self.module.stores if self.function is None else self.function.stores
        stores.append((node, place))
        root: ast.expr = node
        while isinstance(root, ast.Attribute | ast.Subscript):
            root = root.value
        if isinstance(root, ast.Name) and value is not None:
            place.scope.mutations.setdefault(root.id, []).append((value, place))
            if isinstance(node, ast.Subscript):
                place.scope.mutations[root.id].append((node.slice, place))
        if kind == "del":
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
        while isinstance(changed, ast.Subscript):
            within, key = True, changed.slice
            changed = changed.value
        if isinstance(changed, ast.Attribute):
            change = Change(changed.attr, changed.value, value, place, within, key)
        elif isinstance(changed, ast.Name) and changed.id == "environ":
            change = Change(changed.id, changed, value, place, within, key)
        else:
            return
        self.module.changes.setdefault(change.name, []).append(change)

    def _self_class(self, node: ast.expr) -> Class | None:
        """Names the class whose `self` (or `cls`) the attribute is stored on."""
        if not (isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)):
            return None
        function = self.function
        while function is not None and function.cls is None:
            function = function.parent
        if function is None or isinstance(function.node, ast.Lambda) or not function.has_receiver:
            return None
        args = [*function.node.args.posonlyargs, *function.node.args.args]
        return function.cls if args and args[0].arg == node.value.id else None

    # -- expressions --------------------------------------------------------------------------

    def expression(self, root: ast.expr, place: Place) -> None:
        """Records the calls, attribute reads, lambdas and comprehensions of an expression."""
        stack: list[tuple[ast.AST, Place]] = [(root, place)]
        while stack:
            node, here = stack.pop()
            kind = type(node)
            if kind is ast.Name or kind is ast.Constant:
                continue
            if kind is ast.Call:
                self._call(node, here, stack)  # type: ignore[arg-type]  # kind is checked by identity, for speed
            elif kind is ast.Attribute:
                attributes = self.module.attributes if self.function is None else self.function.attributes
                attributes.append((node, here))  # type: ignore[arg-type]
                stack.append((node.value, here))  # type: ignore[attr-defined]
            elif isinstance(node, ast.BoolOp | ast.IfExp | ast.NamedExpr | ast.Lambda | ast.Await | ast.Yield | ast.YieldFrom):
                self._special(node, here, stack)
            elif isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp):
                self._comprehension(node, here)
            else:
                stack.extend((child, here) for child in ast.iter_child_nodes(node) if not isinstance(child, ast.expr_context))

    def _call(self, node: ast.Call, place: Place, stack: list[tuple[ast.AST, Place]]) -> None:
        site = Site(node, place, self.function)
        (self.module.calls if self.function is None else self.function.calls).append(site)
        self.module.sites[node] = site
        func = node.func
        if isinstance(func, ast.Attribute):
            if func.attr in MUTATORS and isinstance(func.value, ast.Name):
                for value in [*node.args, *(keyword.value for keyword in node.keywords)]:
                    place.scope.mutations.setdefault(func.value.id, []).append((value, place))
            if func.attr in MUTATORS:
                key = node.args[0] if func.attr in ("setdefault", "__setitem__") and node.args else None
                for value in node.args:
                    self._change(func.value, value, place, within=True, key=key)
                for keyword in node.keywords:
                    named = ast.Constant(keyword.arg) if keyword.arg is not None else None
                    self._change(func.value, keyword.value, place, within=True, key=named)
            elif func.attr == "putenv" and len(node.args) > 1:
                environ = ast.copy_location(ast.Attribute(func.value, "environ", ast.Store()), func)
                self._change(environ, node.args[1], place, within=True, key=node.args[0])
            stack.append((func.value, place))
        else:
            stack.append((func, place))
            if isinstance(func, ast.Name) and func.id == "setattr" and len(node.args) > 2:
                name = node.args[1].value if isinstance(node.args[1], ast.Constant) else ANY_NAME
                target = ast.copy_location(ast.Attribute(node.args[0], str(name), ast.Store()), func)
                self._change(target, node.args[2], place, within=False)
        stack.extend((arg, place) for arg in node.args)
        stack.extend((keyword.value, place) for keyword in node.keywords)

    def _special(self, node: ast.AST, place: Place, stack: list[tuple[ast.AST, Place]]) -> None:
        match node:
            case ast.BoolOp(op=op, values=values):
                stack.append((values[0], place))
                for index, value in enumerate(values[1:], 1):
                    test = values[0] if index == 1 else ast.copy_location(ast.BoolOp(op=op, values=values[:index]), node)
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
                self.bind(name, "assign", node, Place(scope, place.branch, place.order, place.statement), value)
                stack.append((value, place))
            case ast.Lambda(args=args):
                self._defaults(args, place)
                self._new_function(node, "<lambda>", place)
            case ast.Await(value=value):
                stack.append((value, place))
            case ast.Yield(value=value) | ast.YieldFrom(value=value):
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


def is_property(decorator: ast.expr) -> bool:
    """Tells whether a decorator turns a method into an attribute that runs code (`property`, `cached_property` ...)."""
    name = decorator.attr if isinstance(decorator, ast.Attribute) else decorator.id if isinstance(decorator, ast.Name) else ""
    return name.endswith("property")


def _prefix(scope: Scope) -> str:
    if scope.owner is not None:
        return f"{scope.owner.qualified_name}."
    if scope.function is not None:
        return f"{scope.function.qualified_name}.<locals>."
    return ""

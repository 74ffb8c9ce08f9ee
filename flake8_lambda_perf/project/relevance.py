"""Which functions may lead to a line a rule reports, judged by the words they hold: the others are never explored.

A function matters if it holds a word that builds something, or the name of a function, class or variable that matters.
Words err on the side of looking closer; what they leave out could not have been found by name either.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

from flake8_lambda_perf.project.facts import Binding, Class, Function, Module, Scope, Site

STORED = re.compile(r"\.(\w+)[ \t]*(?::[^=\n]*)?=(?!=)")
WORD = re.compile(r"[^\W\d]\w*")
ALWAYS = frozenset(
    {
        "import", "include_router", "register_blueprint", "patch_all", "addHandler", "import_module", "Depends",
        "Security",
    }
)  # fmt: skip  # one name a line would take a screen


EVERYWHERE = -1  # the mask of all handlers


class Relevance:
    """Answers whether a function matters.

    `sinks` gives the words whose call builds something in a module; `groups` gives for each file a mask of the handler
    files that import it: a name counts only where some handler brings both its definition and its use.
    """

    def __init__(self, sinks: Callable[[Module], frozenset[str]], groups: Mapping[str, int]) -> None:
        self.sinks = sinks
        self.groups = groups
        self.names: dict[str, int] = dict.fromkeys(ALWAYS, EVERYWHERE)
        self.functions: set[Function] = set()
        self.forced: set[Function] = set()
        self.stored: set[str] = set()  # attributes that are assigned: they may hold functions
        self._changes = 0
        self._classes: set[Class] = set()
        self._pending: list[tuple[frozenset[str], Function | Class | str, int]] = []

    def matters(self, function: Function) -> bool:
        """Tells whether a function may lead to something a rule reports."""
        if function in self.functions or function in self.forced:
            return True
        if function.parent is None or not self.matters(function.parent):
            return False
        self.functions.add(function)  # what is nested in a function that matters is looked at with it
        return True

    def concerns(self, site: Site) -> bool:
        """Tells whether a call may run something that matters: by the callee's name, or by what it is handed."""
        if site.function in self.forced:
            return True
        func = site.node.func
        if isinstance(func, ast.Attribute):
            if func.attr in self.names or func.attr in self.stored or func.attr.startswith(("__", "start")):
                return True
        elif not isinstance(func, ast.Name) or func.id in self.names or local_bindings(func.id, site.place.scope):
            return True
        return any(
            self._may_matter(arg, site.place.scope) for arg in (*site.node.args, *(k.value for k in site.node.keywords))
        )

    def _may_matter(self, expr: ast.expr, scope: Scope, depth: int = 0) -> bool:
        if depth > 4:
            return True
        match expr:
            case ast.Constant() | ast.JoinedStr() | ast.BinOp() | ast.Compare() | ast.Subscript():
                return False
            case ast.Name(id=name):
                if name in self.names:
                    return True
                values = [binding.value for binding in local_bindings(name, scope) if binding.kind != "param"]
                return any(
                    value is None or (not isinstance(value, ast.Name) and self._may_matter(value, scope, depth + 1))
                    for value in values
                )
            case ast.Attribute(attr=attr):
                return attr in self.names or attr in self.stored
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
                return name in self.names or name == "partial"
            case ast.Starred(value=value):
                return self._may_matter(value, scope, depth + 1)
            case ast.List(elts=elements) | ast.Tuple(elts=elements) | ast.Set(elts=elements):
                return any(self._may_matter(element, scope, depth + 1) for element in elements)
            case ast.Dict(values=elements):
                return any(self._may_matter(element, scope, depth + 1) for element in elements)
        return True

    def leads_on(self, caller: Function | None, callee: Function, call: ast.Call | None) -> bool:
        """Tells whether a call may lead to something; a function that is handed one that matters, matters too."""
        if self.matters(callee):
            return True
        if caller not in self.forced and (call is None or not self._hands_over(call)):
            return False
        self.forced.add(callee)
        return True

    def _hands_over(self, call: ast.Call) -> bool:
        for arg in [*call.args, *(keyword.value for keyword in call.keywords)]:
            for node in ast.walk(arg):
                if isinstance(node, ast.Lambda):
                    return True
                if (isinstance(node, ast.Name) and node.id in self.names) or (
                    isinstance(node, ast.Attribute) and node.attr in self.names
                ):
                    return True
        return False

    def settle(self, modules: Iterable[Module]) -> None:
        """Takes modules in and follows names until nothing more matters."""
        for module in modules:
            self._take(module)
        size = -1
        while size != self._changes:
            size = self._changes
            self._pending = [item for item in self._pending if not self._touch(*item)]

    def _take(self, module: Module) -> None:
        self.stored.update(STORED.findall(module.text))
        lines = module.text.split("\n")
        sinks, mask = self.sinks(module), self.groups.get(module.path, EVERYWHERE)
        plain = "\r" not in module.text.replace("\r\n", "")
        whole = None if plain else frozenset(WORD.findall(module.text))
        for function in module.functions:
            node = function.node
            text = "\n".join(lines[node.lineno - 1 : node.end_lineno]) if whole is None else module.text
            found = WORD.findall(text)
            words = whole or frozenset(found)
            wanted = words & sinks
            if wanted and (any(f"{word}(" in text for word in wanted) or _hands_on(module, sinks, text)):
                self._mark(function)
                continue
            if found.count(function.name) == 1:
                words -= {function.name}  # its own `def`
            if function.decorated:
                words |= frozenset(
                    word for decorator in function.decorated for word in WORD.findall(ast.unparse(decorator))
                )
            self._pending.append((words, function, mask))
        for statement in [*module.tree.body, *(statement for cls in module.classes for statement in cls.node.body)]:
            self._take_statement(statement, lines, mask, sinks)
        for cls in module.classes:
            bases = frozenset(word for base in cls.node.bases for word in WORD.findall(ast.unparse(base)))
            if bases:
                self._pending.append((bases, cls, mask))

    def _take_statement(self, statement: ast.stmt, lines: list[str], mask: int, sinks: frozenset[str]) -> None:
        if isinstance(statement, ast.Assign):
            self._take_assignment(statement, statement.targets, lines, mask, sinks)
        elif isinstance(statement, ast.AnnAssign | ast.AugAssign):
            self._take_assignment(statement, [statement.target], lines, mask, sinks)
        elif isinstance(statement, ast.Import | ast.ImportFrom):
            for alias in statement.names:
                if alias.asname:
                    self._pending.append((frozenset(alias.name.split(".")), alias.asname, mask))
        elif isinstance(statement, ast.If | ast.Try | ast.With):
            for child in ast.iter_child_nodes(statement):
                body = child.body if isinstance(child, ast.ExceptHandler) else [child]
                for inner in body:
                    if isinstance(inner, ast.stmt):
                        self._take_statement(inner, lines, mask, sinks)

    def _take_assignment(
        self,
        statement: ast.Assign | ast.AnnAssign | ast.AugAssign,
        targets: Iterable[ast.expr],
        lines: list[str],
        mask: int,
        sinks: frozenset[str],
    ) -> None:
        words = frozenset(WORD.findall("\n".join(lines[statement.lineno - 1 : statement.end_lineno])))
        for target in targets:
            for name in WORD.findall(ast.unparse(target)):
                others = words - {name}
                if not sinks.isdisjoint(others) and statement.value is not None and _hands_out(statement.value, sinks):
                    self._name(name, mask)
                self._pending.append((others, name, mask))

    def _touch(self, words: frozenset[str], owner: Function | Class | str, mask: int) -> bool:
        """Marks what matters; True when it does, so that it need not be looked at again."""
        own = owner.cls.name if isinstance(owner, Function) and owner.cls is not None else ""
        if not any(self.names[word] & mask for word in words & self.names.keys() if word != own):
            return False
        if isinstance(owner, str):
            self._name(owner, mask)
        elif isinstance(owner, Class):
            self._name(owner.name, mask)
            for function in owner.module.functions:
                if function.cls is owner and "super()" in owner.module.text:
                    self._mark(function)
        else:
            self._mark(owner)
        return True

    def _name(self, name: str, mask: int) -> None:
        known = self.names.get(name, 0)
        if known | mask != known:
            self.names[name] = known | mask
            self._changes += 1

    def _mark(self, function: Function) -> None:
        self.functions.add(function)
        mask = self.groups.get(function.module.path, EVERYWHERE)
        if function.name != "<lambda>" and not (function.name.startswith("__") and function.cls is not None):
            self._name(function.name, mask)
        if function.cls is not None and function.cls not in self._classes:
            self._mark_class(function.cls, mask)
        if function.parent is not None and function.parent not in self.functions:
            self._mark(function.parent)

    def _mark_class(self, cls: Class, mask: int) -> None:
        self._classes.add(cls)
        self._name(cls.name, mask)
        for function in cls.module.functions:
            if function.cls is cls:
                self.functions.add(function)
                if not function.name.startswith("__"):
                    self._name(function.name, mask)


def _hands_on(module: Module, sinks: frozenset[str], text: str) -> bool:
    """Tells whether a text of a module hands a factory on without calling it."""
    factories = _factories(module, sinks)
    return factories is not None and factories.search(text) is not None


@lru_cache(maxsize=4)
def _factories(module: Module, sinks: frozenset[str]) -> re.Pattern[str] | None:
    """Finds where a module hands a factory on without calling it: `make = boto3.client`."""
    packages, names = [], []
    for binding in (binding for bindings in module.scope.bindings.values() for binding in bindings):
        if binding.kind == "import":
            packages.append(binding.name)
        elif binding.kind == "from" and isinstance(binding.node, ast.alias) and binding.node.name in sinks:
            names.append(binding.name)
    parts = [rf"(?:{'|'.join(packages)})\.(?:\w+\.)*(?:{'|'.join(sorted(sinks))})"] if packages else []
    if not parts and not names:
        return None
    return re.compile(rf"(?<![\w.])(?:{'|'.join([*parts, *names])})\b(?![\w(.])")


def _hands_out(value: ast.expr, sinks: frozenset[str]) -> bool:
    """Tells whether an expression holds a factory that it does not call itself, or a function that does."""
    called: set[ast.AST] = set()
    for node in ast.walk(value):
        if isinstance(node, ast.Lambda):
            return True
        if isinstance(node, ast.Call):
            called.add(node.func)
        name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
        if name in sinks and node not in called:
            return True
    return False


def local_bindings(name: str, scope: Scope) -> list[Binding]:
    """Lists what binds a name inside functions, from the scope of its use outwards."""
    here: Scope | None = scope
    while here is not None and here.kind != "module":
        if name in here.bindings and here.kind != "class":
            return here.bindings[name]
        here = here.parent
    return []

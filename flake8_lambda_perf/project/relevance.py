"""Which functions may lead to a line a rule reports, judged by the words around them: the others are never explored.

A statement at the left margin matters if it holds a word that builds something, or the name of something that matters;
a function matters with the statement it stands in. Words err on the side of looking closer; what they leave out could
not have been found by name either.
"""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from collections import Counter
from typing import TYPE_CHECKING

from flake8_lambda_perf.project.blocks import Block, aliases_of, blocks_of, given_to, handed, kept_in, used, words_of
from flake8_lambda_perf.project.called import callable_blocks
from flake8_lambda_perf.project.changes import DOTTED, EVERYWHERE
from flake8_lambda_perf.project.sinks import builds

if TYPE_CHECKING:
    from collections.abc import Iterable, KeysView, Mapping

    from flake8_lambda_perf.project.facts import Binding, Function, Scope, Site
    from flake8_lambda_perf.project.sinks import Words

STORED = re.compile(r"\.(\w++)[ \t]*+(?::[^=\n]{0,400}+)?+=(?!=)")
SET = re.compile(r"setattr\([^,()\n]*,\s*[\"'](\w+)[\"']")
PROPERTY = re.compile(r"@[\w.]*property\b[^\n]*\n[ \t]*(?:async[ \t]+)?def[ \t]+(\w+)")
ALWAYS = frozenset(
    {
        "import", "include_router", "register_blueprint", "patch_all", "addHandler", "import_module", "Depends",
        "Security",
    }
)  # fmt: skip  # one name a line would take a screen

IMPORT = re.compile(rb"(?:\A|[\n;:])[ \t]*+(?:lazy[ \t]+)?(?:from\b[^\n]*?\bimport|import)\b")
"""An import where a statement may start."""
OF_CLASS = frozenset({"super", "cls", "type", "__class__", "setattr", "__dict__"})
"""What calls a method's own class, or those it builds on, by another name, or may set what their methods read."""

PLAIN = frozenset({ast.Constant, ast.JoinedStr, ast.BinOp, ast.Compare})
"""Expressions that give no function and no object of a class."""


MANY_NAMES = 5
"""So many names are counted in one pass."""


class Relevance:
    """Answers whether a function matters.

    `groups` gives for each file a mask of the handler files that import it: a name counts only where some handler
    brings both its definition and its use.
    """

    def __init__(self, groups: Mapping[str, int]) -> None:
        self.groups = groups
        self.handlers: frozenset[str] = frozenset()  # the files that handlers stand in
        self.names: dict[str, int] = dict.fromkeys(ALWAYS, EVERYWHERE)
        self.forced: set[Function] = set()
        self.stored: set[str] = set()  # attributes that are assigned: they may hold functions
        self.properties: set[str] = set()
        self._sinks: dict[str, frozenset[str]] = {}
        self._known: dict[Function, bool] = {}
        self._starts: dict[str, list[tuple[int, bool]]] = {}  # the lines where blocks start, and whether they matter
        self._blocks: dict[str, list[Block]] = {}
        self._relevant: set[Block] = set()
        self._users: dict[str, list[Block]] = {}  # the blocks that hold a name
        self._classes: frozenset[str] = frozenset()
        self._special: frozenset[str] = frozenset()  # the classes with special methods
        self._known_words: frozenset[str] = frozenset()
        self._once: dict[Block, list[str]] = {}  # the names that only a block's own definition holds
        self._inner: dict[frozenset[str], frozenset[str]] = {}

    def matters(self, function: Function) -> bool:
        """Tells whether a function may lead to something a rule reports."""
        if function in self.forced:
            return True
        if function not in self._known:
            self._known[function] = self._is_known(function)
        return self._known[function]

    def _is_known(self, function: Function) -> bool:
        if isinstance(function.head, ast.Lambda):
            return self._holds(function.head.body, function.module.path)
        path = function.module.path
        if function.cls is not None and function is function.cls.constructor:  # that `dataclass` generates
            return self._is_relevant(function.cls.name, path)
        starts = self._starts.get(path, ())
        position = bisect_right(starts, (function.line, True))
        if position and starts[position - 1][1]:
            return True
        return function.parent is not None and self.matters(function.parent)

    def means_something(self, name: str, path: str) -> bool:
        """Tells whether a name may stand, in a file, for something that matters, or for what builds something."""
        sinks = self._sinks.get(path)
        return sinks is None or name in sinks or self._is_relevant(name, path)

    def _is_relevant(self, name: str, path: str) -> bool:
        """Tells whether some handler brings a file and something of that name that matters."""
        return bool(self.names.get(name, 0) & self.groups.get(path, EVERYWHERE))

    def _holds(self, expr: ast.expr, path: str) -> bool:
        for node in ast.walk(expr):
            name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
            if name and self.means_something(name, path):
                return True
        return False

    def concerns(self, site: Site) -> bool:
        """Tells whether a call may run something that matters: by the callee's name, or by what it is handed."""
        node, scope, function = site.node, site.place.scope, site.function
        func = node.func
        mask = self.groups.get(scope.module.path, EVERYWHERE)
        if isinstance(func, ast.Attribute):
            attr = func.attr
            if self.names.get(attr, 0) & mask or attr in self.stored or attr.startswith(("__", "start")):
                return True
        elif not isinstance(func, ast.Name) or self.names.get(func.id, 0) & mask or local_bindings(func.id, scope):
            return True
        for arg in node.args:
            if arg.__class__ not in PLAIN and self._may_matter(arg, scope):
                return True
        for keyword in node.keywords:
            if keyword.value.__class__ not in PLAIN and self._may_matter(keyword.value, scope):
                return True
        owner = function.cls if function is not None else None
        return function in self.forced or (owner is not None and bool(self.names.get(f"{owner.name}(...)", 0) & mask))

    def _may_matter(self, expr: ast.expr, scope: Scope, depth: int = 0) -> bool:
        if depth > 4:
            return True
        if isinstance(expr, ast.Name):
            return self._may_stand_for_it(expr.id, scope, depth)
        path = scope.module.path
        match expr:
            case ast.Constant() | ast.JoinedStr() | ast.BinOp() | ast.Compare():
                return False
            case ast.Attribute(attr=attr):
                return self._is_relevant(attr, path) or attr in self.stored
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
                return self._is_relevant(name, path) or name == "partial"
            case ast.Starred(value=value) | ast.Subscript(value=value):
                return self._may_matter(value, scope, depth + 1)
            case ast.List(elts=elements) | ast.Tuple(elts=elements) | ast.Set(elts=elements):
                return any(self._may_matter(element, scope, depth + 1) for element in elements)
            case ast.Dict(values=elements):
                return any(self._may_matter(element, scope, depth + 1) for element in elements)
            case ast.Lambda(body=body):
                return self._holds(body, path)
        return True

    def _may_stand_for_it(self, name: str, scope: Scope, depth: int) -> bool:
        """Tells whether a name may be that of something that matters, or of a local that is."""
        if self._is_relevant(name, scope.module.path):
            return True
        for binding in local_bindings(name, scope):
            if binding.kind in ("param", "except") or isinstance(binding.value, ast.Name):
                continue
            if binding.value is None or self._may_give(binding.value, scope, depth + 1):
                return True
        return False

    def _may_give(self, value: ast.expr, scope: Scope, depth: int) -> bool:
        """Tells whether a local may stand for something that matters by its value."""
        match value:
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                return False  # what is in it is not known
            case ast.IfExp(body=body, orelse=orelse):
                parts = [body, orelse]
            case ast.BoolOp(values=values):
                parts = values
            case _:
                return self._may_matter(value, scope, depth)
        for part in parts:
            if isinstance(part, ast.Name):
                if self._is_relevant(part.id, scope.module.path) or local_bindings(part.id, scope):
                    return True
            elif self._may_give(part, scope, depth + 1):
                return True
        return False

    def leads_on(self, caller: Function | None, callee: Function, call: ast.Call | None) -> bool:
        """Tells whether a call may lead to something; what is handed something that matters, matters too."""
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

    # -- words --------------------------------------------------------------------------------

    @property
    def paths(self) -> KeysView[str]:
        """The files that are taken in."""
        return self._blocks.keys()

    def take_in(self, path: str, text: str) -> None:
        """Cuts the text of a file."""
        self._blocks[path] = list(blocks_of(path, text))
        self.stored.update(STORED.findall(text), SET.findall(text) if "setattr" in text else ())
        if "property" in text:
            self.properties.update(PROPERTY.findall(text))

    def settle(self, meaning: Mapping[str, Words], elsewhere: Iterable[bytes] = ()) -> None:
        """Follows names through the files that are taken in until nothing more matters.

        `elsewhere` are the texts of other files that are deployed: they build nothing, and may call what does.
        """
        self._sinks = {path: words.sinks for path, words in meaning.items()}
        self.names = dict.fromkeys(ALWAYS, EVERYWHERE)
        for known in (self._relevant, self._users, self._once, self._inner):
            known.clear()
        every = [block for blocks in self._blocks.values() for block in blocks]
        aliases = [(block, pair) for block in every if block.kind == "import" for pair in aliases_of(block.data)]
        self._classes = frozenset[str]().union(*{block.around for block in every})
        bound = ALWAYS.union(*(block.names for block in every), (alias for _, (_, alias) in aliases))
        self._special = frozenset(name for name in self._classes if not bound.isdisjoint(used({name})))
        bound |= handed(self._classes)
        if self._special:
            bound |= self.stored
        sinks = frozenset[str]().union(*{*self._sinks.values()})
        self._known_words = bound.union(sinks, self._classes, self.stored, OF_CLASS)
        renaming = {block for block, _ in aliases}
        saying = [block for block in every if block.kind != "import" or block in renaming]
        run = callable_blocks(saying, self._words_in, self._brought, self.handlers, elsewhere)
        for block, words in run.items():
            if block.kind != "import":
                self._take(block, words, bound, meaning[block.path])
        for block, (name, alias) in aliases:
            self._rename(block, alias, {name} & bound)

    def _words_in(self, block: Block) -> frozenset[str]:
        """Lists the words of a block that may mean something; notes the names that only its own definition holds."""
        listed = words_of(block.data)
        if block.kind != "other":
            own = block.names if block.kind == "class" else block.names - block.around
            count = listed.count if len(own) < MANY_NAMES else Counter(listed).__getitem__
            self._once[block] = [name for name in own if count(name) == 1]
        return self._known_words.intersection(listed)

    def _brought(self, block: Block, mask: int) -> int:
        """Tells which of some handlers, as a mask, import the file of a block."""
        return self.groups.get(block.path, EVERYWHERE) & mask

    def _take(self, block: Block, words: frozenset[str], bound: frozenset[str], meaning: Words) -> None:
        self._take_handings(block, words, bound)
        wanted = words & meaning.sinks
        if (wanted and builds(block, wanted, meaning)) or self._calls_stored(block, words):
            self._mark(block)
            return
        held = (words & bound).difference(self._once.get(block, ()))
        if "import" in held and (block.kind == "other" or IMPORT.search(block.data) is None):
            held -= {"import"}
        if block.kind == "method":
            held |= self._of_class(block.around, bound)
            if not words.isdisjoint(OF_CLASS) or DOTTED.search(block.data) is not None:
                held |= bound & block.around
        self._wait(block, held)

    def _of_class(self, around: frozenset[str], bound: frozenset[str]) -> frozenset[str]:
        """Names what methods of a class may use without a word for it."""
        if around not in self._inner:
            self._inner[around] = bound & (used(around) | handed(around))
        return self._inner[around]

    def _take_handings(self, block: Block, words: frozenset[str], bound: frozenset[str]) -> None:
        """Notes which classes and attributes of objects matter if something that a block gives them does."""
        for name in words & self._classes:
            self._rename(block, f"{name}(...)", given_to(name, block.data) & bound)
        if not words.isdisjoint(self._special):
            for name, given in kept_in(block.data):
                self._rename(block, name, given & bound)
        for base in block.around - block.names if block.kind == "class" else ():
            self._rename(block, f"{base}(...)", handed(block.names & block.around))

    def _rename(self, block: Block, name: str, meant: Iterable[str]) -> None:
        """Lets a name matter, where a block stands, if one of others does."""
        meant = set(meant) - {name}
        if meant:
            self._wait(Block(block.path, block.lines, "import", frozenset({name}), b""), meant)

    def _calls_stored(self, block: Block, words: frozenset[str]) -> bool:
        """Tells whether a function calls what is assigned to an attribute: that may be any other function."""
        found = words & self.stored if block.kind in ("def", "method") else ()
        return any(f".{word}(".encode() in block.data for word in found)

    def _wait(self, block: Block, held: Iterable[str]) -> None:
        """Marks a block if a name it holds matters, now or later."""
        mask = self.groups.get(block.path, EVERYWHERE)
        for word in self.names.keys() & held:
            if self.names[word] & mask:
                self._mark(block)
                return
        users = self._users
        for word in held:
            if word in users:
                users[word].append(block)
            else:
                users[word] = [block]

    def _mark(self, block: Block) -> None:
        """Lets a block matter, with all that holds one of its names."""
        stack = [block]
        while stack:
            found = stack.pop()
            if found in self._relevant:
                continue
            self._relevant.add(found)
            mask = self.groups.get(found.path, EVERYWHERE)
            for name in found.names:
                known = self.names.get(name, 0)
                if known | mask == known or (name.startswith("__") and found.kind == "class"):
                    continue
                self.names[name] = known | mask
                stack.extend(
                    user for user in self._users.get(name, ()) if self.groups.get(user.path, EVERYWHERE) & mask
                )

    def conclude(self) -> None:
        """Keeps of all blocks only where they start and whether they matter: nothing is settled after this."""
        for path, blocks in self._blocks.items():
            self._starts[path] = sorted((line, block in self._relevant) for block in blocks for line in block.lines)
        for known in (self._blocks, self._relevant, self._users, self._once, self._inner):
            known.clear()

    def methods(self) -> dict[str, int]:
        """Lists the methods that matter, each with a mask of the handlers that bring some class with it."""
        found: dict[str, int] = {}
        for block in self._relevant:
            if block.kind == "method":
                mask = self.groups.get(block.path, EVERYWHERE)
                for name in block.names - block.around:
                    found[name] = found.get(name, 0) | mask
        return found

    def runs_at_import(self, path: str, registering: frozenset[str]) -> bool:
        """Tells whether importing a file may run something that matters, or register a function.

        `registering` are the words of decorators that do so.
        """
        mask = self.groups.get(path, EVERYWHERE)
        for block in self._blocks.get(path, ()):
            if block.kind == "other" and block in self._relevant:
                return True
            words: frozenset[str] = (
                frozenset(words_of(block.decorators)) if block.data.startswith(b"@") else frozenset()
            )
            if not words.isdisjoint(registering):
                return True
            if block.kind == "class" and block in self._relevant:
                words |= block.outside_functions() - block.names
            if any(self.names.get(word, 0) & mask for word in words - ALWAYS):
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

"""The facts of one module: scopes, bindings, calls and the branches they stand in.

They are made by one pass (`index.py`) and are a pure function of the module's text.
"""

from __future__ import annotations

import ast
from dataclasses import field
from typing import Literal

from flake8_lambda_perf.dataclass import dataclass
from flake8_lambda_perf.project.sketch import Bodies, Body, fill

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
BranchKind = Literal["root", "if", "after", "loop", "try", "handler", "else", "finally", "case", "operand", "dead"]
BindingKind = Literal[
    "assign",
    "unpack",
    "import",
    "from",
    "star",
    "def",
    "class",
    "param",
    "for",
    "with",
    "except",
    "aug",
    "match",
    "del",
]

NO_NAMES: frozenset[str] = frozenset()
"""One for all scopes: Python makes a new empty set each time."""

BEHIND_TARGETS = " \t\n\\#,:=)]+-*/%@&|^<>"
"""What may stand behind the name of an attribute that is assigned to: no other name, no dot, no bracket that opens."""


class Branch:
    """A block that is entered under a condition; branches form a chain up to their function's body."""

    __slots__ = ("at", "exits", "jumps", "kind", "node", "parent", "polarity", "statements", "test")

    def __init__(
        self,
        parent: Branch | None,
        kind: BranchKind,
        node: ast.AST,
        test: ast.expr | None = None,
        polarity: bool = True,  # the truth of the test is the value itself
        at: Place | None = None,
    ) -> None:
        self.at = at  # where the test is evaluated
        self.parent = parent
        self.kind = kind
        self.node = node
        self.test = test
        self.polarity = polarity
        self.exits = False  # what follows it in its block is not run
        self.jumps = False  # it may leave by `break` or `continue`, so its bindings live on
        self.statements: list[ast.stmt] = []

    @property
    def is_decided(self) -> bool:
        """Tells whether the truth of the test alone tells whether it is entered."""
        if self.test is None or self.at is None:
            return False
        known = self.kind in ("if", "after", "operand", "loop")
        return known or (self.kind == "case" and self.test is not getattr(self.node, "subject", None))

    def chain(self) -> list[Branch]:
        """Lists the branches from this one outwards."""
        found: list[Branch] = []
        branch: Branch | None = self
        while branch is not None:
            found.append(branch)
            branch = branch.parent
        return found


@dataclass(slots=True, eq=False)
class Place:
    """Where an expression is evaluated: `order` counts statements of the module from its start."""

    scope: Scope
    branch: Branch
    order: int
    statement: ast.stmt


@dataclass(slots=True, eq=False)
class Binding:
    """One place where a name gets a value; `value` is the expression it comes from, if there is one."""

    name: str
    kind: BindingKind
    node: ast.AST
    place: Place
    value: ast.expr | None = None
    index: int | None = None  # position in an unpacked tuple, or of a parameter
    target: Function | Class | None = None  # what a `def` or `class` binds
    origin: ast.ImportFrom | None = None  # the statement of a `from` import


@dataclass(slots=True, eq=False)
class Site:
    """A call, an import in a function, or another place where code elsewhere runs."""

    node: ast.Call
    place: Place
    function: Function | None  # None: the module's body


@dataclass(slots=True, eq=False)
class ImportSite:
    """An import statement inside a function."""

    node: ast.Import | ast.ImportFrom
    place: Place
    function: Function


@dataclass(slots=True, eq=False)
class Change:
    """An attribute that is set, or whose content is changed in place: `base.name = value`, `base.name[key] = value`.

    `value` is None where it is not a plain expression: `base.name += 1` differs each time. What is taken away is
    replaced by None.
    """

    name: str
    base: ast.expr
    value: ast.expr | None
    place: Place
    within: bool  # only the content is changed
    key: ast.expr | None = None


class Scope:
    """The names bound in a module, class, function or comprehension."""

    __slots__ = (
        "adjustments",
        "bindings",
        "function",
        "global_names",
        "indexed",
        "kills",
        "kind",
        "module",
        "mutations",
        "node",
        "nonlocal_names",
        "owner",
        "parent",
    )

    def __init__(
        self,
        kind: Literal["module", "class", "function", "comprehension"],
        node: ast.AST,
        parent: Scope | None,
        module: Module,
        function: Function | None,
    ) -> None:
        self.kind = kind
        self.node = node
        self.parent = parent
        self.module = module
        self.function = function
        self.owner: Class | None = None
        self.indexed = True
        self.bindings: dict[str, list[Binding]] = {}
        self.kills: dict[str, list[tuple[Branch, int, int]]] = {}
        self.mutations: dict[str, list[tuple[ast.expr | None, Place]]] = {}  # None: differs each time
        self.adjustments: dict[str, list[tuple[ast.expr, Place]]] = {}  # of objects: attributes, settings, headers
        self.global_names = NO_NAMES
        self.nonlocal_names = NO_NAMES


class Function:
    """A `def`, `async def` or `lambda`."""

    __slots__ = (
        "attributes",
        "calls",
        "cls",
        "decorated",
        "for_iters",
        "head",
        "imports",
        "is_async",
        "is_generator",
        "is_whole",
        "module",
        "name",
        "nested",
        "params",
        "parent",
        "place",
        "qualified_name",
        "returns",
        "scope",
        "stores",
        "with_items",
        "yields",
    )  # fmt: skip

    def __init__(self, node: FunctionNode, name: str, qualified_name: str, place: Place, scope: Scope) -> None:
        self.head = node  # its body may be left out: for the name, the parameters and the decorators only
        self.name = name
        self.qualified_name = qualified_name
        self.place = place  # where the `def` stands
        self.scope = scope
        self.module = scope.module
        self.parent = place.scope.function
        self.cls: Class | None = place.scope.owner if place.scope.kind == "class" else None
        self.params: list[ast.arg] = []
        self.calls: list[Site] = []
        self.imports: list[ImportSite] = []
        self.attributes: list[tuple[ast.Attribute, Place]] = []
        self.with_items: list[tuple[ast.expr, Place]] = []
        self.for_iters: list[tuple[ast.expr, Place]] = []
        self.stores: list[tuple[ast.expr, Place]] = []
        self.returns: list[tuple[ast.expr | None, Place]] = []
        self.yields: list[tuple[ast.expr | None, Place]] = []
        self.nested: list[Function] = []
        self.is_async = isinstance(node, ast.AsyncFunctionDef)
        self.is_generator = False
        self.is_whole = False  # whether nothing of its body is left out any more
        self.decorated: list[ast.expr] = [] if isinstance(node, ast.Lambda) else node.decorator_list

    @property
    def node(self) -> FunctionNode:
        """The whole definition; a body that is left out until now is parsed."""
        if not self.scope.indexed:
            self.complete()
        return self.head

    def complete(self) -> None:
        """Parses the body if it is left out, and those in it that are."""
        if self.is_whole:
            return
        self.is_whole = True
        if self.module.left_out and not isinstance(self.head, ast.Lambda):
            fill(self.head, self.module.left_out)

    def check(self) -> None:
        """Parses what is left out of the body and keeps nothing of it, so that a problem in it is noted."""
        last = self.head.end_lineno or self.head.lineno
        for line, body in self.module.left_out.items():
            if self.head.lineno <= line <= last:
                body.check()

    @property
    def left_out(self) -> Body | None:
        """The body, if it is left out."""
        return None if isinstance(self.head, ast.Lambda) else self.module.left_out.get(self.head.lineno)

    def may_hold(self, word: str) -> bool:
        """Tells whether a text may stand in the function's body."""
        body = self.left_out
        return body is None or body.holds(word)

    def may_assign(self, attr: str) -> bool:
        """Tells whether an attribute of this name may be assigned to in the function's body."""
        return self.may_hold(attr) and any(self.may_hold(attr + after) for after in BEHIND_TARGETS)

    @property
    def lines(self) -> tuple[int, int]:
        """The lines on which the definition starts, below its decorators, and ends."""
        body = self.left_out
        if body is None:
            self.complete()  # it ends where a function in it does
        return self.head.lineno, body.last_line if body is not None else self.head.end_lineno or self.head.lineno

    @property
    def has_receiver(self) -> bool:
        """Whether its first parameter is the instance or the class."""
        return self.cls is not None and not any(
            isinstance(d, ast.Name) and d.id == "staticmethod" for d in self.decorated
        )

    @property
    def line(self) -> int:
        """The line of the `def` itself, below its decorators."""
        return self.head.lineno

    def __lt__(self, other: Function) -> bool:
        """Orders functions by where they stand."""
        mine, theirs = (self.module.path, self.line), (other.module.path, other.line)
        return (*mine, self.qualified_name) < (*theirs, other.qualified_name)

    def __repr__(self) -> str:
        return f"<{self.module.path}:{self.qualified_name}>"


class Class:
    """A class statement."""

    __slots__ = ("branch", "constructor", "module", "name", "node", "place", "qualified_name", "scope", "self_stores")

    def __init__(self, node: ast.ClassDef, qualified_name: str, place: Place, scope: Scope) -> None:
        self.node = node
        self.name = node.name
        self.qualified_name = qualified_name
        self.place = place
        self.scope = scope
        self.module = scope.module
        self.branch = Branch(place.branch, "root", node)
        self.constructor: Function | None = None  # that `dataclass` generates
        self.self_stores: dict[str, list[tuple[ast.expr | None, Place]]] = {}  # what methods assign to self.<name>

    def __repr__(self) -> str:
        return f"<class {self.module.path}:{self.qualified_name}>"


@dataclass(slots=True, eq=False)
class Module:
    """One parsed file; `top` is its tree, from which the bodies in `left_out` are missing."""

    path: str
    top: ast.Module
    text: str
    left_out: Bodies = field(default_factory=dict)
    is_sketch: bool = field(init=False)
    scope: Scope = field(init=False)
    place: Place = field(init=False)
    functions: list[Function] = field(default_factory=list)
    classes: list[Class] = field(default_factory=list)
    calls: list[Site] = field(default_factory=list)  # of the module's body
    attributes: list[tuple[ast.Attribute, Place]] = field(default_factory=list)
    stores: list[tuple[ast.expr, Place]] = field(default_factory=list)
    changes: dict[str, list[Change]] = field(default_factory=dict)  # of attributes, in what is indexed so far
    environments: frozenset[str] = frozenset()  # other names of `os.environ`
    end: Place = field(init=False)
    properties: set[str] = field(default_factory=set)  # names of methods that run on attribute access
    global_writes: dict[str, list[Binding]] = field(default_factory=dict)  # `global x` assignments in functions
    imports: list[tuple[ast.Import | ast.ImportFrom, Place]] = field(default_factory=list)
    sites: dict[ast.AST, Site] = field(default_factory=dict)
    function_of: dict[ast.AST, Function] = field(default_factory=dict)
    class_of: dict[ast.AST, Class] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.is_sketch = bool(self.left_out)

    @property
    def tree(self) -> ast.Module:
        """The whole tree; what is left out until now is parsed."""
        if self.is_sketch:
            self.is_sketch = False
            fill(self.top, self.left_out)
        return self.top

    def whole(self, statement: ast.stmt) -> ast.stmt:
        """Gives a statement with nothing left out of it."""
        if self.is_sketch:
            fill(statement, self.left_out)  # what ends with a body that is parsed already ends where that does
        return statement

    def __repr__(self) -> str:
        return f"<module {self.path}>"

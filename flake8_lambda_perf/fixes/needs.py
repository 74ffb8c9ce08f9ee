"""What an expression needs where it is evaluated: which globals, which locals and imports that must travel along."""

from __future__ import annotations

import ast
from dataclasses import field
from typing import TYPE_CHECKING

from flake8_lambda_perf.dataclass import dataclass
from flake8_lambda_perf.fixes.build import MoveError
from flake8_lambda_perf.fixes.uses import Sharing, parents_in, uses_of
from flake8_lambda_perf.knowledge import Client, idioms
from flake8_lambda_perf.project.depend import Level
from flake8_lambda_perf.project.names import before
from flake8_lambda_perf.project.values import Cls, Ext, Func, Inst, ordered

if TYPE_CHECKING:
    from flake8_lambda_perf.project.analysis import Analysis
    from flake8_lambda_perf.project.facts import Binding, Function, Place

SAFE_CALLS = frozenset({"os.getenv", "os.environ.get", "str", "bool", "dict", "list", "tuple", "set", "frozenset"})
"""Calls that cannot raise with the arguments programs give them."""
NODES = (
    ast.Constant, ast.Name, ast.Attribute, ast.Subscript, ast.Call, ast.BinOp, ast.JoinedStr, ast.FormattedValue,
    ast.BoolOp, ast.IfExp, ast.Compare, ast.UnaryOp, ast.Dict, ast.List, ast.Tuple, ast.Set, ast.Slice,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Travel:
    """A local that an expression needs: its only assignment moves, or is copied, with it."""

    binding: Binding
    statement: ast.Assign | ast.AnnAssign
    value: ast.expr
    shared: bool
    """Other code of the function reads it too."""


@dataclass(slots=True)
class Needs:
    """What was found: in the order in which it must be evaluated."""

    travels: list[Travel] = field(default_factory=list)
    imports: list[Binding] = field(default_factory=list)
    twins: list[Binding] = field(default_factory=list)  # imports of the function that the module has too
    globals: set[str] = field(default_factory=set)
    may_raise: bool = False

    @property
    def local_names(self) -> set[str]:
        """The names of the locals and imports that travel along."""
        return {travel.binding.name for travel in self.travels} | {binding.name for binding in self.imports}


class Needing:
    """Collects the needs of one expression; raises `MoveError` where it cannot be evaluated elsewhere."""

    def __init__(self, analysis: Analysis, function: Function) -> None:
        self.analysis = analysis
        self.function = function
        self.needs = Needs()
        self.moving: set[ast.AST] = set()
        self.trusted: set[ast.AST] = set()
        self._parents: dict[ast.AST, ast.AST] | None = None

    @property
    def parents(self) -> dict[ast.AST, ast.AST]:
        """The parents of all nodes of the function."""
        if self._parents is None:
            self._parents = parents_in(self.function.node)
        return self._parents

    def add(self, expr: ast.expr, place: Place) -> Needs:
        """Adds what an expression needs."""
        dep = self.analysis.graph.dependence.expression(expr, place)
        if dep.level > Level.ENVIRONMENT or dep.refs or dep.looped:
            raise MoveError("an argument depends on the request, on a store or on a parameter")
        self.moving.update(ast.walk(expr))
        self._pure(expr, place)
        return self.needs

    # -- expressions --------------------------------------------------------------------------

    def _pure(self, root: ast.expr, place: Place) -> None:
        stack: list[ast.AST] = [root]
        while stack:
            node = stack.pop()
            if isinstance(node, ast.expr) and not isinstance(node, NODES):
                raise MoveError(f"{type(node).__name__} does not move")
            match node:
                case ast.Name(id=name):
                    self._name(name, place)
                case ast.Attribute():
                    self._attribute(node, place)
                case ast.Subscript():
                    self.needs.may_raise = True
                case ast.BinOp(left=left, right=right):
                    self.needs.may_raise = self.needs.may_raise or not (_is_text(left) and _is_text(right))
                case ast.Call():
                    self._call(node, place)
            stack.extend(ast.iter_child_nodes(node))

    def _attribute(self, node: ast.Attribute, place: Place) -> None:
        """Takes an attribute that only its owner's definition sets: another may be set later than where it goes."""
        for owner in ordered(self.analysis.names.values(node.value, place)):
            if isinstance(owner, Inst | Cls | Func) and self.analysis.names.members.changes_of(owner, node.attr):
                raise MoveError(f"`{node.attr}` is set from outside")

    def client_of(self, node: ast.Call, place: Place) -> Client | None:
        """Names the client that a call builds."""
        site = place.scope.module.sites.get(node)
        return self.analysis.client_of(site) if site is not None else None

    def _call(self, node: ast.Call, place: Place) -> None:
        if node in self.trusted:
            return
        client = self.client_of(node, place)
        if client is not None:
            if client.connects == "eager" or client.loop_bound:
                raise MoveError("building it connects")
            return
        names = {
            value.name if isinstance(value, Ext) else ""
            for value in ordered(self.analysis.names.values(node.func, place))
        }
        if not names or "" in names or not all(is_pure(name) for name in names):
            raise MoveError("an argument calls what may have an effect")
        if not names <= SAFE_CALLS and not all(_is_class(name) or _is_named_part(name) for name in names):
            self.needs.may_raise = True

    # -- names --------------------------------------------------------------------------------

    def _name(self, name: str, place: Place) -> None:
        if name in self.needs.globals or name in self.needs.local_names:
            return
        bindings = self.analysis.names.bindings(name, place)
        if bindings is None:  # a builtin, or a name that a wildcard brings in: on any other a value depends unknowably
            self.needs.globals.add(name)
            return
        scopes = {binding.place.scope for binding in bindings}
        module = place.scope.module
        if scopes == {module.scope}:
            if name in module.global_writes:
                raise MoveError(f"`{name}` is rebound by a function")
            if not any(_is_sure(binding) for binding in bindings):
                self.needs.may_raise = True
            self.needs.globals.add(name)
        elif scopes == {self.function.scope} and len(self.function.scope.bindings.get(name, ())) == 1:
            self._local(bindings[0])
        else:
            raise MoveError(f"`{name}` is bound more than once, or in an outer function")

    def _local(self, binding: Binding) -> None:
        if binding.kind in ("import", "from"):
            self._import(binding)
            return
        statement = binding.place.statement
        if binding.kind != "assign" or binding.value is None or not _is_plain(statement, binding.name):
            raise MoveError(f"`{binding.name}` is no plain assignment")
        assert isinstance(statement, ast.Assign | ast.AnnAssign)
        value, place = binding.value, before(binding.place)
        client = self.client_of(value, place) if isinstance(value, ast.Call) else None
        if client is not None:
            kind = "getlogger" if client.code == "LPF113" else client.kind
            Sharing(self.analysis, kind).judge_local(self.function, binding.name, self.parents)
        self.moving.update(ast.walk(value))
        self._pure(value, place)
        others = [use for use in uses_of(self.function, binding.name) if use not in self.moving]
        if others and client is None and not self._is_unchanging(value, place):
            raise MoveError(f"`{binding.name}` may be changed elsewhere")
        if binding.name in self.function.scope.mutations:
            raise MoveError(f"`{binding.name}` is changed")
        self.needs.travels.append(Travel(binding, statement, value, bool(others)))

    def _is_unchanging(self, value: ast.expr, place: Place) -> bool:
        """Tells whether a value cannot be changed in place: a string, a number, a name of the environment."""
        match value:
            case ast.Constant() | ast.JoinedStr() | ast.Compare():
                return True
            case ast.BinOp(left=left, right=right):
                return self._is_unchanging(left, place) and self._is_unchanging(right, place)
            case ast.BoolOp(values=values):
                return all(self._is_unchanging(part, place) for part in values)
            case ast.Subscript(value=base):
                return ast.unparse(base) == "os.environ"
            case ast.Call():
                names = {
                    v.name if isinstance(v, Ext) else "" for v in ordered(self.analysis.names.values(value.func, place))
                }
                return names <= {"os.getenv", "os.environ.get", "str", "int", "float", "bool", "botocore.config.Config"}
        return False

    def _import(self, binding: Binding) -> None:
        """Takes an import along, unless the module has the same one."""
        module = self.function.module
        twins = module.scope.bindings.get(binding.name, [])
        if twins:
            if len(twins) == 1 and _same_import(twins[0], binding):
                self.needs.globals.add(binding.name)
                self.needs.twins.append(binding)
                return
            raise MoveError(f"`{binding.name}` means something else at module scope")
        origin = binding.origin
        own = origin is not None and self.analysis.project.locate(origin.module or "", module.path, origin.level)
        if own or not all(isinstance(value, Ext) for value in self.analysis.names.binding(binding)):
            raise MoveError(f"`{binding.name}` is imported from the project, perhaps to break a cycle")
        self.needs.imports.append(binding)


class AtRunTime(Needing):
    """Collects the needs of an expression that is still evaluated during a request, though not during each."""

    def add(self, expr: ast.expr, place: Place) -> Needs:
        """Adds what an expression needs; what only it needs may come from a store, and moves along."""
        dep = self.analysis.graph.dependence.expression(expr, place)
        if dep.level > Level.STORE or dep.refs or dep.looped:
            raise MoveError("an argument depends on the request or on a parameter")
        self.moving.update(ast.walk(expr))
        self._pure(expr, place)
        around = set(place.branch.chain())
        if any(not set(travel.binding.place.branch.chain()) <= around for travel in self.needs.travels):
            raise MoveError("an argument is made under a condition, or where an `except` answers for it")
        return self.needs

    def _call(self, node: ast.Call, place: Place) -> None:
        """Lets every call pass: it ran right before, and runs less often now."""


def is_pure(name: str) -> bool:
    """Tells whether a call of something outside the project has no effect and gives the same each time."""
    known = idioms()
    return (
        name in SAFE_CALLS
        or name in known.pure
        or name in known.environment
        or (name.rpartition(".")[2] in known.pure_methods and not name.startswith("boto"))
        or _is_class(name)
        or _is_named_part(name)
    )


def import_statement(binding: Binding) -> ast.Import | ast.ImportFrom:
    """Gives the statement of an import's binding."""
    statement = binding.place.statement
    assert isinstance(statement, ast.Import | ast.ImportFrom)
    return statement


def _is_sure(binding: Binding) -> bool:
    """Tells whether importing the module binds the name in any case."""
    return all(branch.kind in ("root", "try", "finally") for branch in binding.place.branch.chain())


def _same_import(one: Binding, other: Binding) -> bool:
    if one.kind != other.kind or ast.dump(one.node) != ast.dump(other.node):
        return False
    if one.origin is None or other.origin is None:
        return one.origin is other.origin
    return (one.origin.module, one.origin.level) == (other.origin.module, other.origin.level)


def _is_plain(statement: ast.stmt, name: str) -> bool:
    match statement:
        case (
            ast.Assign(targets=[ast.Name(id=found)])
            | ast.AnnAssign(target=ast.Name(id=found), simple=1, value=ast.expr())
        ):
            return found == name
    return False


def _is_text(node: ast.expr) -> bool:
    if isinstance(node, ast.BinOp):
        return _is_text(node.left) and _is_text(node.right)
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _is_class(name: str) -> bool:
    """Tells whether a name outside the project is a class by its spelling: `botocore.config.Config`."""
    return name.rpartition(".")[2][:1].isupper() and "(" not in name


def _is_named_part(name: str) -> bool:
    """Tells whether a name is a part of a boto3 resource that is only named: `boto3.resource().Table`."""
    return (
        name.startswith(("boto3.resource().", "boto3.Session().resource().")) and name.rpartition(".")[2][:1].isupper()
    )

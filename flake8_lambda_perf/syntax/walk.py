"""The read-only dispatcher: drives LibCST visitors over a tree without rebuilding or recursing.

`walk` calls the hooks that `libcst.visit_batched` would call, in the same order, with two
differences: hooks cannot prune by what they return, and commas, brackets, operators and whitespace
are entered only if a visitor subscribes to a node that can stand in there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from inspect import isfunction
from typing import Any, Final, TypeAlias

import libcst as cst

from flake8_lambda_perf.dataclass import dataclass

Hook: TypeAlias = tuple[int, Callable[[Any, cst.CSTNode], object]]
"""The number of a visitor, and a method of its class."""
Hooks: TypeAlias = dict[str, list[Hook]]
Kinds: TypeAlias = tuple[type[cst.BatchableCSTVisitor], ...]

_PREFIXES: Final = ("visit_", "leave_")

# Fields that hold nothing but whitespace, comments, punctuation and operators.
_TRIVIA_FIELDS: Final = frozenset(
    {
        "asynchronous",
        "colon",
        "comma",
        "dot",
        "empty_lines",
        "equal",
        "first_colon",
        "first_line",
        "footer",
        "header",
        "last_line",
        "lbrace",
        "lbracket",
        "leading_lines",
        "leading_whitespace",
        "lines_after_decorators",
        "lpar",
        "newline",
        "operator",
        "posonly_ind",
        "rbrace",
        "rbracket",
        "relative",
        "rpar",
        "second_colon",
        "semicolon",
        "separator",
        "trailing_comma",
        "trailing_whitespace",
    }
)
_TRIVIA_BASES: Final = (
    cst.BaseAugOp,
    cst.BaseBinaryOp,
    cst.BaseBooleanOp,
    cst.BaseCompOp,
    cst.BaseParenthesizableWhitespace,
    cst.BaseUnaryOp,
)
_TRIVIA_NODES: Final = frozenset(
    {
        "AssignEqual",
        "Asynchronous",
        "BitOr",
        "Colon",
        "Comma",
        "Comment",
        "Dot",
        "EmptyLine",
        "LeftCurlyBrace",
        "LeftParen",
        "LeftSquareBracket",
        "Newline",
        "ParamSlash",
        "RightCurlyBrace",
        "RightParen",
        "RightSquareBracket",
        "Semicolon",
        "TrailingWhitespace",
    }
)


@dataclass(frozen=True, slots=True)
class _Field:
    """One field of a node class: its hooks, and whether its nodes are entered."""

    name: str
    before: tuple[Hook, ...]
    after: tuple[Hook, ...]
    entered: bool


@dataclass(frozen=True, slots=True)
class _Plan:
    """What one walk does at every node of one class; `plain` fields have no hooks."""

    visits: tuple[Hook, ...]
    leaves: tuple[Hook, ...]
    plain: tuple[str, ...]
    hooked: tuple[_Field, ...] | None


def walk(root: cst.CSTNode, visitors: Sequence[cst.BatchableCSTVisitor]) -> None:
    """Calls the hooks of all visitors over the tree at `root`, in source order."""
    plans = _plans(tuple(map(type, visitors)))
    stack: list[Any] = [root]
    while stack:
        node = stack.pop()
        if type(node) is tuple:
            for number, hook in node[0]:
                hook(visitors[number], node[1])
            continue
        plan = plans.get(type(node)) or plans.made_for(node)
        for number, hook in plan.visits:
            hook(visitors[number], node)
        if plan.leaves:
            stack.append((plan.leaves, node))
        if plan.hooked is None:
            _push_plain(node, plan.plain, stack)
        else:
            _push_hooked(node, plan.hooked, stack)


def _push_plain(node: cst.CSTNode, names: tuple[str, ...], stack: list[Any]) -> None:
    """Puts the children of fields without hooks on the stack; `names` runs from last to first."""
    for name in names:
        value = getattr(node, name)
        if value is None:
            continue
        kind = type(value)
        if kind is tuple or kind is list:
            stack.extend(reversed(value))
        elif kind is not cst.MaybeSentinel:
            stack.append(value)


def _push_hooked(node: cst.CSTNode, fields: tuple[_Field, ...], stack: list[Any]) -> None:
    """Puts the children on the stack between the hooks of their fields, last field first."""
    for field in fields:
        if field.name == "format_spec" and getattr(node, field.name) is None:
            continue  # the one field whose hooks LibCST leaves out when it is empty
        if field.after:
            stack.append((field.after, node))
        if field.entered:
            _push_plain(node, (field.name,), stack)
        if field.before:
            stack.append((field.before, node))


class _Plans(dict[type[cst.CSTNode], _Plan]):
    """What walks with visitors of the same classes do at each class of nodes."""

    def __init__(self, kinds: Kinds) -> None:
        super().__init__()
        self.hooks = _collect(kinds)
        self.full = any(_subscribes_to_trivia(name) for name in self.hooks)

    def made_for(self, node: cst.CSTNode) -> _Plan:
        """Makes the plan for the class of a node."""
        plan = self[type(node)] = _plan(node, self.hooks, self.full)
        return plan


@lru_cache(maxsize=8)  # the same rules look at most files
def _plans(kinds: Kinds) -> _Plans:
    return _Plans(kinds)


def _plan(node: cst.CSTNode, hooks: Hooks, full: bool) -> _Plan:
    name = type(node).__name__
    fields = tuple(
        _Field(
            field,
            tuple(hooks.get(f"visit_{name}_{field}", ())),
            tuple(hooks.get(f"leave_{name}_{field}", ())),
            full or not _is_trivia_field(field),
        )
        for field in reversed(_order(node))
    )
    hooked = fields if any(field.before or field.after for field in fields) else None
    return _Plan(
        visits=tuple(hooks.get(f"visit_{name}", ())),
        leaves=tuple(hooks.get(f"leave_{name}", ())),
        plain=tuple(field.name for field in fields if field.entered),
        hooked=hooked,
    )


def _collect(kinds: Kinds) -> Hooks:
    hooks: Hooks = {}
    for number, kind in enumerate(kinds):
        for name in _hook_names(kind):
            hook = getattr(kind, name)
            if isfunction(hook) and hook.__name__.startswith(_PREFIXES):
                hooks.setdefault(name, []).append((number, hook))
    return hooks


def _hook_names(visitor: type[cst.BatchableCSTVisitor]) -> tuple[str, ...]:
    """The hooks a visitor class defines, without LibCST's own empty ones."""
    names = {
        name
        for base in visitor.__mro__
        if base not in cst.BatchableCSTVisitor.__mro__
        for name in vars(base)
        if name.startswith(_PREFIXES)
    }
    return tuple(sorted(name for name in names if not getattr(getattr(visitor, name), "_is_no_op", False)))


class _FieldOrder(cst.CSTVisitor):
    """Writes down the fields of one node as LibCST comes to them, without entering them."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: list[str] = []

    def on_visit(self, node: cst.CSTNode) -> bool:  # noqa: ARG002  # the name is LibCST's
        return False

    def on_visit_attribute(self, node: cst.CSTNode, attribute: str) -> None:  # noqa: ARG002  # likewise
        self.fields.append(attribute)


_ORDERS: Final[dict[type[cst.CSTNode], tuple[str, ...]]] = {}


def _order(node: cst.CSTNode) -> tuple[str, ...]:
    """The fields of the node's class that hold nodes, in LibCST's own order (not the dataclass's)."""
    kind = type(node)
    if kind not in _ORDERS:
        recorder = _FieldOrder()
        node._visit_and_replace_children(recorder)  # noqa: SLF001  # its order is said nowhere else
        fields = tuple(recorder.fields)
        if "format_spec" in kind.__dataclass_fields__ and "format_spec" not in fields:
            fields += ("format_spec",)
        _ORDERS[kind] = fields
    return _ORDERS[kind]


def _is_trivia_field(name: str) -> bool:
    return name in _TRIVIA_FIELDS or name.startswith("whitespace")


def _subscribes_to_trivia(hook: str) -> bool:
    """Whether the hook names a node class that stands in fields which are pruned otherwise."""
    return hook.split("_")[1] in _trivia_nodes()


@cache
def _trivia_nodes() -> frozenset[str]:
    """The names of `_TRIVIA_NODES` and of every class below `_TRIVIA_BASES`."""
    bases: list[type] = list(_TRIVIA_BASES)
    for base in bases:
        bases.extend(base.__subclasses__())
    return _TRIVIA_NODES.union(base.__name__ for base in bases)

"""Attributes: members of modules, methods and stored attributes of classes through their base classes."""

from __future__ import annotations

import ast
from dataclasses import field
from typing import TYPE_CHECKING

from flake8_lambda_perf.dataclass import dataclass
from flake8_lambda_perf.knowledge import canonical
from flake8_lambda_perf.project.changes import EVERYWHERE
from flake8_lambda_perf.project.facts import Binding, Change, Class, Function, Module, Place
from flake8_lambda_perf.project.flow import reaching
from flake8_lambda_perf.project.index import index_body, is_property
from flake8_lambda_perf.project.values import (
    ANYTHING,
    NOTHING,
    UNKNOWN,
    Cls,
    Const,
    Ext,
    Func,
    Inst,
    Items,
    Mod,
    Super,
    Value,
    ordered,
)

if TYPE_CHECKING:
    from flake8_lambda_perf.project.names import Names

LONGEST_NAME = 160


@dataclass(slots=True)
class Owners:
    """What the changes of a name are made on, as their positions by value and by class.

    `reads` are the functions whose known calls decide that, `derived` the classes among it that have bases.
    """

    reads: frozenset[Function]
    by_value: dict[Value, list[int]] = field(default_factory=dict)
    by_class: dict[Class, list[int]] = field(default_factory=dict)
    unknown: list[int] = field(default_factory=list)
    derived: list[Class] = field(default_factory=list)


class Members:
    """Looks attributes up; belongs to one `Names`."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.orders: dict[Class, list[Class | Ext]] = {}
        self.active: set[tuple[object, str]] = set()
        self.changed: dict[tuple[object, str], tuple[tuple[Change, bool], ...]] = {}
        self._owners: dict[tuple[str, int], Owners] = {}

    def forget(self) -> None:
        """Drops what was evaluated."""
        self.orders.clear()
        self.changed.clear()
        self._owners.clear()

    def attribute(self, base: Value, attr: str) -> frozenset[Value]:
        """Lists what `base.attr` can be."""
        match base:
            case Ext(name=name):
                if len(name) > LONGEST_NAME:
                    return ANYTHING
                return frozenset({Ext(canonical(f"{name}.{attr}"))})
            case Mod(module=module):
                found = self.module_member(module, attr)
                return self.with_changes(base, attr, ANYTHING if found is None else found)
            case Inst(cls=cls) if attr == "__class__":
                return frozenset({Cls(cls)})
            case Inst(cls=cls):
                return self.with_changes(base, attr, self._guarded(cls, attr, instance=True))
            case Cls(cls=cls):
                return self.with_changes(base, attr, self._guarded(cls, attr, instance=False))
            case Super(cls=cls):
                return self._of_bases(cls, attr)
        return ANYTHING

    def _guarded(self, cls: Class, attr: str, *, instance: bool) -> frozenset[Value]:
        key = (cls, attr)
        if key in self.active:
            return NOTHING
        self.active.add(key)
        found = self._of_class(cls, attr, instance=instance)
        self.active.discard(key)
        return found

    # -- changes from outside -----------------------------------------------------------------

    def changes_of(self, base: Mod | Inst | Cls | Func | Ext, attr: str) -> tuple[tuple[Change, bool], ...]:
        """Lists what may change an attribute of a module or class, and whether each surely means that one."""
        mask = self._meeting(base)
        changes = self.names.changes.of(attr, mask)
        if not changes:
            return ()
        key = (base.cls if isinstance(base, Inst | Cls) else base, attr)
        if key not in self.changed:
            self.changed[key] = ()
            owners = self._owners_of(attr, mask, changes)
            sure = set(owners.by_value.get(base, ()))
            for cls in self._kin_of(base.cls, owners) if isinstance(base, Inst | Cls) else ():
                sure.update(owners.by_class[cls])
            unsure = set() if isinstance(base, Ext) else {i for i in owners.unknown if changes[i].name == attr}
            self.changed[key] = tuple((changes[i], i in sure) for i in sorted(sure | unsure))
            reads = owners.reads
        else:
            reads = self._owners[attr, mask].reads if (attr, mask) in self._owners else frozenset()
        self.names.reads.update(reads)
        return self.changed[key]

    def _meeting(self, base: Mod | Inst | Cls | Func | Ext) -> int:
        """Tells, as a mask, which handlers bring what is changed: only their files can change it."""
        match base:
            case Mod(module=module) | Inst(cls=Class(module=module)) | Cls(cls=Class(module=module)):
                return self.names.changes.meeting(module.path)
            case Func(function=function):
                return self.names.changes.meeting(function.module.path)
        return EVERYWHERE

    def _owners_of(self, attr: str, mask: int, changes: tuple[Change, ...]) -> Owners:
        """Sorts the changes of a name by what they are made on."""
        known = self._owners.get((attr, mask))
        if known is not None:
            return known
        found = Owners(frozenset().union(*(self.names.open.get(change.base, ()) for change in changes)))
        for index, change in enumerate(changes):
            values = self.names.values(change.base, change.place)
            for value in ordered(values):
                found.by_value.setdefault(value, []).append(index)
            for cls in {value.cls for value in values if isinstance(value, Inst | Cls)}:
                found.by_class.setdefault(cls, []).append(index)
            if UNKNOWN in values:
                found.unknown.append(index)
        found.derived.extend(cls for cls in found.by_class if len(self.order(cls)) > 1)
        if all(change.base in self.names.memo for change in changes):
            self._owners[attr, mask] = found
        return found

    def _kin_of(self, own: Class, owners: Owners) -> set[Class]:
        """Lists the classes with changes that a class is, is derived from, or is a base of."""
        above = {cls for cls in self.order(own) if isinstance(cls, Class) and cls in owners.by_class}
        return above | {cls for cls in owners.derived if own in self.order(cls)}

    def with_changes(self, base: Mod | Inst | Cls, attr: str, found: frozenset[Value]) -> frozenset[Value]:
        """Adds to the values of an attribute what is assigned to it from outside."""
        for change, sure in self.changes_of(base, attr):
            if change.value is None or change.within or not sure:
                found |= ANYTHING if any(isinstance(value, Const | Items) for value in found) else NOTHING
            else:
                found |= self.names.values(change.value, change.place)
        return found

    # -- modules ------------------------------------------------------------------------------

    def module_member(self, module: Module, name: str) -> frozenset[Value] | None:
        """Lists what `name` is in a module once its body has run; None if it has no such name."""
        key = (module, name)
        if key in self.active:
            return NOTHING
        self.active.add(key)
        found = self._module_member(module, name)
        self.active.discard(key)
        return found

    def _module_member(self, module: Module, name: str) -> frozenset[Value] | None:
        bindings = [*reaching(module.scope, name, module.end), *module.global_writes.get(name, [])]
        if bindings:
            return frozenset().union(*(self.names.binding(binding) for binding in bindings))
        submodule = self.names.resolve(name, module.path, 1) if module.path.endswith("__init__.py") else None
        if submodule is not None:
            return frozenset({Mod(submodule)})
        if "__getattr__" in module.scope.bindings:
            return ANYTHING
        return self.names.starred(module, name)

    # -- classes ------------------------------------------------------------------------------

    def order(self, cls: Class) -> list[Class | Ext]:
        """Lists a class and its bases, nearest first; a base outside the project is an `Ext`."""
        known = self.orders.get(cls)
        if known is not None:
            return known
        self.orders[cls] = [cls]
        found: list[Class | Ext] = [cls]
        for base in cls.node.bases:
            expr = base.value if isinstance(base, ast.Subscript) else base
            for value in ordered(self.names.values(expr, cls.place)):
                if isinstance(value, Cls):
                    found.extend(other for other in self.order(value.cls) if other not in found)
                elif isinstance(value, Ext) and value.name != "object":
                    found.append(value)
        self.orders[cls] = found
        return found

    def bindings(self, cls: Class, attr: str) -> list[Binding]:
        """Lists what the class body binds to `attr`, the last definition first to count."""
        known = cls.scope.bindings.get(attr, [])
        return known if len(known) < 2 else reaching(cls.scope, attr, Place(cls.scope, cls.branch, 1 << 60, cls.node))

    def method(self, cls: Class, name: str) -> Function | None:
        """Finds the method an instance of `cls` has under a name."""
        for owner in self.order(cls):
            if isinstance(owner, Class):
                for binding in self.bindings(owner, name):
                    if isinstance(binding.target, Function):
                        return binding.target
        return None

    def stores(self, cls: Class, attr: str) -> list[tuple[ast.expr | None, Place]]:
        """Lists what the methods of one class assign to `self.attr`."""
        for binding_list in list(cls.scope.bindings.values()):
            for binding in binding_list:
                if isinstance(binding.target, Function) and (not attr.isascii() or binding.target.may_assign(attr)):
                    index_body(binding.target)
        return cls.self_stores.get(attr, [])

    def _of_class(self, cls: Class, attr: str, *, instance: bool) -> frozenset[Value]:
        found: set[Value] = set()
        external: Ext | None = None
        for owner in self.order(cls):
            if isinstance(owner, Ext):
                external = external or owner
                continue
            bindings = self.bindings(owner, attr)
            found |= self._given(owner, attr)
            if bindings and not found:
                found |= self._class_bindings(bindings, instance=instance)
            if bindings and any(isinstance(binding.target, Function) for binding in bindings):
                return frozenset(found)
            for value, place in self.stores(owner, attr):
                found |= self.names.values(value, place) if value is not None else {UNKNOWN}
            if not found or UNKNOWN in found:
                found |= self._annotated_field(owner, attr)
        if found:
            return frozenset(found)
        if external is not None:
            return frozenset({Ext(canonical(f"{external.name}{'()' if instance else ''}.{attr}"))})
        return ANYTHING

    def _class_bindings(self, bindings: list[Binding], *, instance: bool) -> set[Value]:
        found: set[Value] = set()
        for binding in bindings:
            if not isinstance(binding.target, Function):
                found |= self.names.binding(binding)
                continue
            function = binding.target
            if any(is_property(decorator) for decorator in function.decorated):
                found |= self.names.returned(Func(function, True)) if instance else {UNKNOWN}
            else:
                static = not function.has_receiver
                bound = any(isinstance(d, ast.Name) and d.id == "classmethod" for d in function.decorated)
                found.add(Func(function, not static and (instance or bound)))
        return found

    def _given(self, owner: Class, attr: str) -> frozenset[Value]:
        """Lists what calls give the constructor of a data class for a field; nothing while no call is known."""
        if owner.constructor is None:
            return NOTHING
        index_body(owner.constructor)
        bindings = owner.constructor.scope.bindings.get(attr, ())
        found = self.names.join([self.names.binding(binding) for binding in bindings])
        if not any(True for _ in self.names.arguments_of(owner.constructor, attr)):
            return NOTHING
        annotated = self._annotated_field(owner, attr) if UNKNOWN in found else NOTHING
        return (found - ANYTHING) | annotated if annotated else found

    def _annotated_field(self, owner: Class, attr: str) -> frozenset[Value]:
        for statement in owner.node.body:
            match statement:
                case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation) if name == attr:
                    return self.names.annotated(annotation, owner.place)
        return NOTHING

    def _of_bases(self, cls: Class, attr: str) -> frozenset[Value]:
        for owner in self.order(cls)[1:]:
            if isinstance(owner, Ext):
                return frozenset({Ext(canonical(f"{owner.name}().{attr}"))})
            bindings = self.bindings(owner, attr)
            if bindings:
                return frozenset(self._class_bindings(bindings, instance=True))
        return ANYTHING

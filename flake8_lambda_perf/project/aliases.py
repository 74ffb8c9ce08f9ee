"""Under which names the global of a module is known: imported, imported under another name, assigned to another."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_lambda_perf.project.flow import before
from flake8_lambda_perf.project.values import Mod

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_lambda_perf.project.facts import Binding, Function, Module
    from flake8_lambda_perf.project.names import Names


class Aliases:
    """Follows globals through the files of a project; belongs to one `Names`."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self._known: dict[tuple[Module, str], tuple[tuple[Module, str], ...]] = {}
        self._imports: dict[Module, tuple[int, dict[str, list[tuple[ast.ImportFrom, str | None]]]]] = {}
        self._assignments: dict[Module, dict[str, list[Binding]]] = {}

    def forget(self) -> None:
        """Drops what was evaluated."""
        self._known.clear()

    def users(self, module: Module, name: str) -> Iterator[tuple[Function, str]]:
        """Lists the functions that mention a module's global, each with the name it has there."""
        for user, known in self.of(module, name):
            yield from ((function, known) for function in self.names.changes.mentions(user, known))

    def of(self, module: Module, name: str) -> tuple[tuple[Module, str], ...]:
        """Lists the modules in which a module's global is known, each with its name there."""
        key = (module, name)
        if key not in self._known:
            found = [key]
            for owner, known in found:  # grows
                for user in self.names.changes.mentioning(owner, known):
                    given = ((user, alias) for alias in self._given(user, owner, known))
                    found.extend(alias for alias in given if alias not in found)
            self._known[key] = tuple(found)
        return self._known[key]

    def _given(self, user: Module, owner: Module, known: str) -> Iterator[str]:
        """Lists the names that a module gives to the global of another, or to one of its own."""
        self.names.changes.mentions(user, known)  # what functions import is known once they are indexed
        imported = self._imported(user) if user is not owner else {}
        for node, alias in (*imported.get(known, ()), *imported.get("*", ())):
            if self.names.resolve(node.module or "", user.path, node.level) is owner:
                yield alias or known
        for binding in self._assigned(user).get(known, ()):
            if self._is(binding, user, owner, known):
                yield binding.name

    def _imported(self, user: Module) -> dict[str, list[tuple[ast.ImportFrom, str | None]]]:
        """Maps names to the statements that import them so far, each with the name that it gives."""
        done, found = self._imports.get(user, (0, {}))
        for node, _place in user.imports[done:]:
            if isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    found.setdefault(alias.name, []).append((node, alias.asname))
        self._imports[user] = len(user.imports), found
        return found

    def _assigned(self, user: Module) -> dict[str, list[Binding]]:
        """Maps the last names of what a module assigns to its own names to those."""
        if user not in self._assignments:
            found = self._assignments[user] = {}
            for bindings in user.scope.bindings.values():
                for binding in bindings:
                    match binding.value:
                        case ast.Name(id=name) | ast.Attribute(attr=name) if binding.kind == "assign":
                            found.setdefault(name, []).append(binding)
        return self._assignments[user]

    def _is(self, binding: Binding, user: Module, owner: Module, known: str) -> bool:
        match binding.value:
            case ast.Name(id=name):
                return user is owner and name == known
            case ast.Attribute(value=base, attr=attr):
                return attr == known and Mod(owner) in self.names.values(base, before(binding.place))
        return False

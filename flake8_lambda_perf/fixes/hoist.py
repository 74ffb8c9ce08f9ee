"""Moves what is built per request to module scope, or into a cached function (LPF101 to LPF106, LPF112, LPF303)."""

from __future__ import annotations

import ast
from dataclasses import field
from functools import lru_cache
from typing import TYPE_CHECKING

from flake8_lambda_perf.dataclass import dataclass
from flake8_lambda_perf.fixes import connections, setup
from flake8_lambda_perf.fixes.accessor import in_cached_function
from flake8_lambda_perf.fixes.build import Draft, MoveError, checked, deleted, draft_of, lot_of
from flake8_lambda_perf.fixes.caught import is_caught, judge_first_call
from flake8_lambda_perf.fixes.forms import (
    Subject,
    at_module_scope,
    removed,
    unneeded_imports,
    used_instead,
)
from flake8_lambda_perf.fixes.idle import idle_imports
from flake8_lambda_perf.fixes.instances import Making
from flake8_lambda_perf.fixes.markers import is_emptied
from flake8_lambda_perf.fixes.naming import client_name, maker_name, part_name
from flake8_lambda_perf.fixes.needs import Needing
from flake8_lambda_perf.fixes.often import builds_of, is_always, is_threaded, place_of
from flake8_lambda_perf.fixes.patched import reason_in_tests, reason_of_import
from flake8_lambda_perf.fixes.places import Top, changes_environment
from flake8_lambda_perf.fixes.reuse import reusable
from flake8_lambda_perf.fixes.uses import STATELESS, Parents, Sharing, assigned, is_scope_known, parents_in, uses_of
from flake8_lambda_perf.model import Edit, Fix
from flake8_lambda_perf.project.analysis import Analysis, Build, Construction
from flake8_lambda_perf.project.values import Ext

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flake8_lambda_perf.fixes.needs import Needs
    from flake8_lambda_perf.knowledge import Client
    from flake8_lambda_perf.project.facts import Binding, Function, Module, Place


def plan(analysis: Analysis, target: Build | Construction, node: ast.Call) -> Fix | None:
    """Plans the move of what `node` builds; None where it could change what the program does."""
    if isinstance(target, Build) and target.site.node is node and target.client.name in connections.DRIVERS:
        return connections.plan(analysis, target)
    if isinstance(target, Build) and target.site.node is node and target.client.name in setup.SETUPS:
        return setup.plan(analysis, node, target.site.place)
    try:
        return _Hoist(analysis, target, node).fix()
    except MoveError:
        return None


@dataclass(slots=True)
class _Hoist:
    analysis: Analysis
    target: Build | Construction
    node: ast.Call
    place: Place = field(init=False)
    function: Function = field(init=False)
    draft: Draft = field(init=False)
    top: Top = field(init=False)
    needing: Needing = field(init=False)
    holders: Parents = field(init=False)  # in the statement with the call: few fixes need those in all of the function
    reasons: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.place = place_of(self.target, self.node)
        function = self.place.scope.function
        if function is None:
            raise MoveError("the call is at module scope")
        self.function = function
        self.holders = parents_in(self.place.statement)
        self.draft = draft_of(function.module)
        self.top = Top(self.analysis, function.module, self.draft)
        self.needing = Needing(self.analysis, function)

    @property
    def builds(self) -> tuple[Build, ...]:
        return builds_of(self.target)

    @property
    def client(self) -> Client:
        return self.builds[0].client

    # -- the fix ------------------------------------------------------------------------------

    def fix(self) -> Fix:
        self._refuse_kinds()
        extent, part = self._extent()
        checked(self.draft, extent)
        statements = self._statements(extent)
        if self.is_own and self._is_unused(extent, statements):
            return self._deletion(extent, statements)
        if not self.is_own:
            self._judge_making()
            self.needing.trusted.add(self.node)
        outer = self._absorbing(statements)
        if outer is not None:
            return outer
        needs = self.needing.add(extent, self.place)
        self._judge_sharing(extent, statements)
        wanted = self._wanted(extent, part, statements)
        subject = Subject(
            self.analysis, self.function, self.draft, self.top, extent, statements, wanted, needs, self._cacheable()
        )
        self._collect_reasons()
        reused = reusable(subject)
        if reused is not None:
            return self._reuse(subject, reused)
        return self._formed(subject)

    def _reuse(self, subject: Subject, reused: str) -> Fix:
        """Uses what the module has; the import that only this build needed goes with it."""
        if reused.endswith("()"):
            judge_first_call(subject)
        twins = unneeded_imports(subject, subject.needs.twins)
        idle = idle_imports(self.analysis, self.function, subject.statements or [subject.extent])
        edits = [
            *used_instead(subject, reused),
            *removed(subject, twins, with_comments=False),
            *self._deleted_imports([statement for statement in idle if statement not in twins]),
        ]
        return self._made(f"Use the module's `{reused}`", edits)

    def _formed(self, subject: Subject) -> Fix:
        form = self.analysis.settings.client_form
        cached = form == "cached" or (
            form == "auto"
            and (
                subject.needs.may_raise
                or not is_always(self.analysis, self.target, self.node, self.place)
                or is_caught(self.place)
            )
        )
        threaded = is_threaded(self.analysis, self.function)
        if not cached:
            try:
                edits = at_module_scope(subject)
            except MoveError:
                if form == "module":
                    raise
                cached = True
            else:
                self._note_import(subject)
                return self._made(f"Build `{subject.wanted}` once, at module scope", edits)
        if threaded and self._is_shared_when_built():
            raise MoveError("threads could run the cached function at once")
        first = self._shared_first(subject.needs)
        return self._made(
            f"Build `{subject.wanted}` once, in a cached function", [*first, *in_cached_function(subject)]
        )

    def _shared_first(self, needs: Needs) -> list[Edit]:
        """Moves a session to module scope that the function uses for something else too: one is enough for both."""
        if len(needs.travels) != 1 or not needs.travels[0].shared:
            return []
        travel = needs.travels[0]
        build = self.analysis.build_at(travel.value) if isinstance(travel.value, ast.Call) else None
        fix = plan(self.analysis, build, build.site.node) if build is not None else None
        if fix is None or fix.title != f"Build `{travel.binding.name}` once, at module scope":
            return []
        needs.travels.clear()
        self.reasons.extend([fix.reason] if fix.reason else [])
        return list(fix.edits)

    def _note_import(self, subject: Subject) -> None:
        """Notes what may go wrong because it now happens while the module is imported."""
        needs = subject.needs
        if needs.may_raise:
            self.reasons.append("an argument that cannot be had would break the import instead of the request")
        if is_caught(self.place):
            self.reasons.append("the `except` around it would no longer answer for a build that fails")
        if "region" not in self.draft.of(subject.extent):
            reason = reason_of_import(self.analysis, self.function.module, self.client)
            self.reasons.extend([reason] if reason else [])

    def _is_shared_when_built(self) -> bool:
        """Tells whether two builds at once meet in something else: AWS clients in the default session.

        Where they do not, threads that run a cached function at once build two clients, and keep one.
        https://boto3.amazonaws.com/v1/documentation/api/latest/guide/clients.html#caveats
        """
        return isinstance(self.target, Construction) or any(build.client.code == "LPF101" for build in self.builds)

    def _made(self, title: str, edits: list[Edit]) -> Fix:
        reason = "; ".join(dict.fromkeys(self.reasons))
        return Fix(title, tuple(sorted(edits, key=lambda edit: edit.span)), (), "unsafe" if reason else "safe", reason)

    # -- what is refused ----------------------------------------------------------------------

    def _refuse_kinds(self) -> None:
        threaded = is_threaded(self.analysis, self.function)
        for build in self.builds:
            client = build.client
            if client.loop_bound or client.connects == "eager" or client.kind in ("connection", "setup"):
                raise MoveError("it connects when it is built, or is bound to what runs now")
            if threaded and not client.thread_safe:
                raise MoveError("threads would share it")
            if client.kind == "artifact":
                self.reasons.append("what is loaded stays in memory, and a newer version is not seen")
        for module in self._modules():
            if changes_environment(self.analysis, module):
                raise MoveError("a function on the way changes the environment that a build sees")
        if not is_scope_known(self.function):
            raise MoveError("the function looks at its own names")

    def _modules(self) -> set[Module]:
        """Lists the modules that requests go through on their way to the call."""
        edges = (edge for build in self.builds for proof in build.proofs for edge in proof.path)
        return {self.function.module, *(edge.module for edge in edges)}

    @property
    def is_own(self) -> bool:
        """Tells whether the call builds the client itself, and does not run code of the project that does."""
        return not isinstance(self.target, Construction) and self.target.site.node is self.node

    def _judge_making(self) -> None:
        site = self.function.module.sites[self.node]
        cls = self.target.cls if isinstance(self.target, Construction) else None
        Making(self.analysis, self.needing.needs, app=self.client.kind == "app", cls=cls).judge(site)

    # -- what moves ---------------------------------------------------------------------------

    def _extent(self) -> tuple[ast.expr, str]:
        """Gives the longest chain from the build on that only names and builds, and the last part's call."""
        found: ast.Call = self.node
        part = ""
        holders = self.holders
        while True:
            attribute = holders.get(found) if self.is_own else None
            if not (isinstance(attribute, ast.Attribute) and attribute.value is found):
                return found, part
            call = holders.get(attribute)
            if not (isinstance(call, ast.Call) and call.func is attribute and self._continues(call)):
                return found, part
            found, part = call, attribute.attr

    def _continues(self, call: ast.Call) -> bool:
        if self.needing.client_of(call, self.place) is None:
            values = self.analysis.names.values(call.func, self.place)
            if not values or not all(
                isinstance(v, Ext) and ".resource()." in v.name and v.name.rpartition(".")[2][0].isupper()
                for v in values
            ):
                return False
        try:
            Needing(self.analysis, self.function).add(call, self.place)
        except MoveError:
            return False
        return True

    def _statements(self, extent: ast.expr) -> tuple[ast.Assign | ast.AnnAssign, ...]:
        """Lists the assignments of the local that the expression is the whole value of, if all of them are equal."""
        holder = self.holders.get(extent)
        match holder:
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name), simple=1):
                bindings = self.function.scope.bindings.get(name, [])
            case _:
                return ()
        found = []
        for binding in bindings:
            statement = binding.place.statement
            if not self._is_equal(binding, extent) or not isinstance(statement, ast.Assign | ast.AnnAssign):
                return ()
            found.append(statement)
        if holder not in found:
            return ()
        return (holder, *(statement for statement in found if statement is not holder))

    def _is_equal(self, binding: Binding, extent: ast.expr) -> bool:
        statement = binding.place.statement
        plain = isinstance(statement, ast.AnnAssign) or (
            isinstance(statement, ast.Assign)
            and len(statement.targets) == 1
            and isinstance(statement.targets[0], ast.Name)
        )
        return (
            plain
            and binding.kind == "assign"
            and binding.place.scope is self.function.scope
            and binding.value is not None
            and ast.dump(binding.value) == ast.dump(extent)
        )

    def _is_unused(self, extent: ast.expr, statements: tuple[ast.Assign | ast.AnnAssign, ...]) -> bool:
        if statements:
            name = _target_name(statements[0])
            return not uses_of(self.function, name)
        return isinstance(self.holders.get(extent), ast.Expr)

    def _deletion(self, extent: ast.expr, statements: tuple[ast.Assign | ast.AnnAssign, ...]) -> Fix:
        self.needing.add(extent, self.place)
        gone: list[ast.stmt] = list(statements)
        if not gone:
            holder = self.holders[extent]
            assert isinstance(holder, ast.Expr)
            gone.append(holder)
        imports = idle_imports(self.analysis, self.function, gone)
        local = [statement for statement in imports if statement not in self.top.body]
        own = [*gone, *local]
        if is_emptied(self.draft, own):
            raise MoveError("a region between two comments would be left empty")
        lots = [lot_of(self.draft, statement, self.function.node) for statement in own]
        edits = [deleted(self.draft, lot, with_comments=False, gone=own) for lot in lots]
        edits += self._deleted_imports([statement for statement in imports if statement not in local])
        name = f" `{_target_name(statements[0])}`" if statements else ""
        return self._made(f"Delete the unused client{name}", edits)

    def _deleted_imports(self, gone: Sequence[ast.stmt]) -> list[Edit]:
        """Deletes imports of the function, or of the module's own level."""
        lots = [lot_of(self.draft, statement, self._owner_of(statement)) for statement in gone]
        return [deleted(self.draft, lot, with_comments=False, gone=gone) for lot in lots]

    def _owner_of(self, statement: ast.stmt) -> ast.AST:
        """Gives what holds a statement: the module, with the end of what stands above it known, or the function."""
        if statement not in self.top.body:
            return self.function.node
        before = self.top.body[max(self.top.body.index(statement) - 1, 0)]
        self.function.module.whole(before)
        return self.function.module.top

    def _absorbing(self, statements: tuple[ast.Assign | ast.AnnAssign, ...]) -> Fix | None:
        """Plans the move of the one client that is built from this session, for the session moves with it."""
        if not statements or not self.is_own or self.client.kind != "session":
            return None
        uses = uses_of(self.function, _target_name(statements[0]))
        if len(uses) != 1:
            return None
        attribute = self.needing.parents.get(uses[0])
        call = self.needing.parents.get(attribute) if isinstance(attribute, ast.Attribute) else None
        build = self.analysis.build_at(call) if isinstance(call, ast.Call) and call.func is attribute else None
        return plan(self.analysis, build, build.site.node) if build is not None else None

    def _wanted(self, extent: ast.expr, part: str, statements: tuple[ast.Assign | ast.AnnAssign, ...]) -> str:
        if statements:
            return _target_name(statements[0])
        assert isinstance(extent, ast.Call)
        if not self.is_own:
            return maker_name(self.node)
        own = self.needing.client_of(extent, self.place)
        if own is not None:
            return client_name(own, extent)
        return part_name(client_name(self.client, self.node), extent) if part else client_name(self.client, self.node)

    def _judge_sharing(self, extent: ast.expr, statements: tuple[ast.Assign | ast.AnnAssign, ...]) -> None:
        for build in self.builds:
            kind = "getlogger" if build.client.code == "LPF113" else build.client.kind if self.is_own else "instance"
            sharing = Sharing(self.analysis, kind)
            if statements:
                sharing.judge_local(self.function, _target_name(statements[0]), self.needing.parents)
            else:
                sharing.judge(extent, self.function, self.needing.parents)
                for name in assigned(self.needing.parents.get(extent)):
                    sharing.judge_local(self.function, name, self.needing.parents)
            if sharing.leaks and kind in ("http", "instance", "app"):
                raise MoveError("it leaves the function, and could carry what belongs to one request to the next")
            if sharing.leaks and kind not in STATELESS:
                self.reasons.append("it leaves the function, and who gets it then shares it with later requests")

    def _collect_reasons(self) -> None:
        reason = reason_in_tests(self.analysis, self.function.module, self.client)
        if reason:
            self.reasons.append(reason)

    # -- what is there already ----------------------------------------------------------------

    def _cacheable(self) -> str:
        """Spells the decorator that caches, as the module and the oldest runtime allow."""
        module = self.function.module
        old = _oldest_python(self.analysis) < (3, 9)
        for binding in module.scope.bindings.get("cache", []):
            if not old and self.analysis.names.binding(binding) == frozenset({Ext("functools.cache")}):
                return "cache"
        bindings = module.scope.bindings.get("functools", [])
        if any(self.analysis.names.binding(binding) != frozenset({Ext("functools")}) for binding in bindings):
            raise MoveError("`functools` means something else in the module")
        return "functools.lru_cache(maxsize=None)" if old else "functools.cache"


@lru_cache(maxsize=1)
def _oldest_python(analysis: Analysis) -> tuple[int, int]:
    """Gives the oldest version that a function runs on."""
    wanted = analysis.settings.target_version
    found = [wanted] if wanted is not None else []
    for entry in analysis.entries:
        runtime = (entry.handler.runtime or "").removeprefix("python")
        major, _, minor = runtime.partition(".")
        if major.isdigit() and minor.isdigit():
            found.append((int(major), int(minor)))
    return min(found, default=(3, 12))


def _target_name(statement: ast.Assign | ast.AnnAssign) -> str:
    target = statement.targets[0] if isinstance(statement, ast.Assign) else statement.target
    assert isinstance(target, ast.Name)
    return target.id

"""What expressions come to, as far as the files themselves say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from flake8_lambda_perf.manifests.deployed import MAX_FUNCTIONS, LocatedError, join
from flake8_lambda_perf.manifests.terraform import functions
from flake8_lambda_perf.manifests.terraform.data import (
    MAX_TEXT,
    MISSING,
    UNKNOWN,
    Data,
    Index,
    Pointer,
    Unknown,
    Value,
    as_flag,
    as_text,
    shared,
)
from flake8_lambda_perf.manifests.terraform.hcl_nodes import (
    Array,
    Block,
    Body,
    Call,
    Comprehension,
    Conditional,
    Literal,
    Node,
    Object,
    Operation,
    Reference,
    Spot,
    Template,
)
from flake8_lambda_perf.manifests.terraform.limits import Limits
from flake8_lambda_perf.manifests.terraform.object_types import completed
from flake8_lambda_perf.manifests.terraform.operators import operate
from flake8_lambda_perf.manifests.terraform.scopes import Env, Folder, Instance, Scope

if TYPE_CHECKING:
    from collections.abc import Mapping

PATHS = frozenset({"root", "cwd"})


class Evaluation:
    """Evaluates the expressions of one project; remembers locals and variables, and the chain it follows."""

    def __init__(self, folder_at: Callable[[str], Folder | None]) -> None:
        self._folder_at = folder_at
        self._memo: dict[tuple[Scope, str], Value | LocatedError] = {}
        self._instances: dict[tuple[Scope, Block], list[Instance] | LocatedError] = {}
        self._limits = Limits()

    # -- what a module's names mean ---------------------------------------------------------

    def attribute(self, body: Body, name: str, env: Env) -> Value:
        """The value of an attribute; null where it is missing."""
        node = body.get(name)
        return Value(None) if node is None else self.value(node, env)

    def output(self, scope: Scope, name: str) -> Value:
        """What a module gives to its caller."""
        block = scope.folder.outputs.get(name)
        node = None if block is None else block.body.get("value")
        if node is None:
            return Value(MISSING)
        return self._once(scope, f"output.{name}", node, lambda: self.value(node, Env(scope)))

    def _local(self, scope: Scope, name: str) -> Value:
        body = scope.folder.locals.get(name)
        node = None if body is None else body.get(name)
        if node is None:
            return Value(MISSING)
        return shared(self._once(scope, f"local.{name}", node, lambda: self.value(node, Env(scope))))

    def _variable(self, scope: Scope, name: str) -> Value:
        """What the call gives for a variable, or a root's `.tfvars`, else its default."""
        declared = scope.folder.variables.get(name)
        body, env = scope.call or (scope.folder.assigned.get(name), Env(scope))
        given = None if body is None else body.get(name)
        node = given or (None if declared is None else declared.body.get("default"))
        if node is None:
            return Value(UNKNOWN)
        kind = None if declared is None else declared.body.get("type")
        at = env if given is not None else Env(scope)
        found = self._once(scope, f"var.{name}", node, lambda: completed(self.value(node, at), kind))
        return found if given is not None and scope.call is not None else shared(found)

    def _once(self, scope: Scope, name: str, node: Node, compute: Callable[[], Value]) -> Value:
        key = (scope, name)
        known = self._memo.get(key)
        if isinstance(known, LocatedError):
            raise known
        if known is not None:
            return known
        try:
            with self._limits.following(key, node.spot):
                value = compute()
        except LocatedError as error:
            self._memo[key] = error
            raise
        self._memo[key] = value
        return value

    # -- expressions --------------------------------------------------------------------------

    def value(self, node: Node, env: Env) -> Value:
        """What an expression comes to where it stands."""
        self._limits.count(node.spot)
        with self._limits.deeper(node.spot):
            found = self._value(node, env)
        if isinstance(found.data, str) and len(found.data) > MAX_TEXT:
            return Value(UNKNOWN, node.spot)
        return found if found.spot is not None else Value(found.data, node.spot)

    def _value(self, node: Node, env: Env) -> Value:
        match node:
            case Literal(value=data):
                return Value(data, node.spot, exact=True)
            case Reference():
                return self._reference(node, env)
            case Template():
                return self._template(node, env)
            case Array(items=items):
                return Value(tuple([self.value(item, env) for item in items]), node.spot)
            case Object():
                return self._object(node, env)
            case Call():
                return self._call(node, env)
            case Conditional(test=test, yes=yes, no=no):
                flag = as_flag(self.value(test, env).data)
                return Value(UNKNOWN) if flag is None else self.value(yes if flag else no, env)
            case Operation(operator=operator, operands=operands):
                return Value(operate(operator, [self.value(operand, env).data for operand in operands]))
            case Comprehension():
                return self._comprehension(node, env)
            case _:
                return Value(UNKNOWN)

    def _reference(self, node: Reference, env: Env) -> Value:
        base, steps = node.base, node.steps
        first = steps[0] if steps else None
        if isinstance(base, Node):
            start = self.value(base, env)
        elif base in env.names:
            start = env.names[base]
        elif base in ("var", "local") and isinstance(first, str):
            start = self._variable(env.scope, first) if base == "var" else self._local(env.scope, first)
            steps = steps[1:]
        elif base == "path":
            return Value(env.scope.path_module if first == "module" else "." if first in PATHS else UNKNOWN)
        elif base in ("var", "local", "each", "count", "self", "terraform"):
            return Value(UNKNOWN)
        else:
            start = Value(Pointer(env.scope, (base,)), node.spot)
        for step in steps:
            start = self._member(start, step if isinstance(step, str) else Index(self._key(step, env)))
        return self._settled(start)

    def _key(self, step: Node | None, env: Env) -> str | int | None:
        data = None if step is None else self.value(step, env).data
        return data if isinstance(data, str | int) else None

    def _member(self, value: Value, step: str | Index) -> Value:
        data, key = value.data, step.key if isinstance(step, Index) else step
        match data:
            case Pointer():
                return Value(Pointer(data.scope, (*data.steps, step)), value.spot)
            case Unknown():
                return value
            case _ if key is None:
                return Value(UNKNOWN)
            case dict():
                return data.get(str(key), Value(MISSING))
            case tuple():
                return data[int(key)] if str(key).isdecimal() and int(key) < len(data) else Value(MISSING)
            case _:
                return Value(MISSING)

    def _settled(self, value: Value) -> Value:
        """The value of a local module's output; any other pointer as it is."""
        pointer = value.data
        if not isinstance(pointer, Pointer) or pointer.steps[0] != "module" or len(pointer.steps) < 3:
            return value
        name, first, *rest = pointer.steps[1:]
        key, output = (first.key, rest.pop(0) if rest else "") if isinstance(first, Index) else (None, first)
        child = self.child(pointer.scope, name, key) if isinstance(name, str) else None
        if child is None or not isinstance(output, str) or not output:
            return value
        found = self.output(child, output)
        for step in rest:
            found = self._member(found, step)
        return found

    def _template(self, node: Template, env: Env) -> Value:
        found = [self.value(part, env) for part in node.parts]
        if len(found) == 1:
            return found[0]
        if any(value.data is MISSING for value in found):
            return Value(MISSING)
        if found and isinstance(found[0].data, Pointer):
            return found[0]  # `${aws_lambda_function.orders.arn}:live` leads where its beginning does
        texts = [as_text(value.data) for value in found]
        if None in texts or sum(len(text or "") for text in texts) > MAX_TEXT:
            return Value(UNKNOWN)
        return Value("".join(text or "" for text in texts))

    def _object(self, node: Object, env: Env) -> Value:
        found: dict[str, Value] = {}
        for key, item in node.entries:
            name = as_text(self.value(key, env).data)
            if name is None:
                return Value(UNKNOWN)
            found[name] = self.value(item, env)
        return Value(found, node.spot)

    def _call(self, node: Call, env: Env) -> Value:
        if node.name == "try":
            for argument in node.arguments:
                found = self.value(argument, env)
                if found.data is not MISSING:
                    return found
            return Value(MISSING)
        given = [self.value(argument, env) for argument in node.arguments]
        if node.spread and given:
            last = given.pop().data
            if not isinstance(last, tuple):
                return Value(UNKNOWN)
            given += last
        if node.name not in functions.DIRECT:
            self._limits.count(
                node.spot, sum(len(value.data) for value in given if isinstance(value.data, tuple | dict))
            )
        return functions.call(node.name, given)

    def _comprehension(self, node: Comprehension, env: Env) -> Value:
        entries: dict[str, Value] = {}
        items: list[Value] = []
        collection = self.value(node.collection, env).data
        if not isinstance(collection, dict | tuple):
            return Value(MISSING if collection is MISSING else UNKNOWN)
        for key, item in _pairs(collection):
            names = (Value(key), item) if len(node.names) == 2 else (item,)
            inner = env.bind(**dict(zip(node.names, names, strict=False)))
            kept = True if node.condition is None else as_flag(self.value(node.condition, inner).data)
            if kept is None:
                return Value(UNKNOWN)
            if kept and node.key is None:
                items.append(self.value(node.result, inner))
            elif kept and node.key is not None:
                name = as_text(self.value(node.key, inner).data)
                if name is None:
                    return Value(UNKNOWN)
                entries[name] = self.value(node.result, inner)
        return Value(tuple(items) if node.key is None else entries)

    # -- instances ------------------------------------------------------------------------------

    def instances(self, block: Block, scope: Scope) -> list[Instance]:
        """What a block declares: one thing, one for each entry or number, or nothing."""
        known = self._instances.get((scope, block))
        if isinstance(known, LocatedError):
            raise known
        if known is None:
            try:
                with self._limits.following((scope, ".".join((block.type, *block.labels))), block.spot):
                    known = self._find_instances(block, Env(scope))
            except LocatedError as error:
                self._instances[scope, block] = error
                raise
            self._instances[scope, block] = known
        return known

    def _find_instances(self, block: Block, env: Env) -> list[Instance]:
        each, count = block.body.get("for_each"), block.body.get("count")
        if each is not None:
            found = self.entries(each, env, "each")
            return [Instance(key, inner, spot or block.spot) for key, inner, spot in found]
        if count is None:
            return [Instance(None, env, block.spot)]
        number = as_text(self.value(count, env).data)
        if number is None or not number.isdecimal():
            return [Instance(None, env.bind(count=Value(UNKNOWN)), block.spot)]
        indices = range(min(int(number), MAX_FUNCTIONS + 1))
        return [Instance(n, env.bind(count=Value({"index": Value(n)})), block.spot) for n in indices]

    def entries(self, over: Node, env: Env, name: str) -> Iterator[tuple[str | int | None, Env, Spot | None]]:
        """Each entry that a `for_each` goes over, bound to a name; one without a key where they are not known."""
        data = self.value(over, env).data
        if isinstance(data, Pointer):
            data = self._keys_of(data) or data
        if not isinstance(data, dict | tuple):
            value = Value(data if isinstance(data, Pointer) else UNKNOWN, over.spot)
            yield None, env.bind(**{name: Value({"key": Value(UNKNOWN), "value": value})}), None
            return
        self._limits.count(over.spot, len(data))
        pairs = data.items() if isinstance(data, dict) else ((as_text(item.data), item) for item in data)
        for n, (key, value) in enumerate(pairs):
            named = Value(UNKNOWN if key is None else key, value.spot)
            bound = env.bind(**{name: Value({"key": named, "value": value})})
            yield n if key is None else key, bound, value.spot

    def _keys_of(self, pointer: Pointer) -> dict[str, Value]:
        """The instances of a resource with `for_each`, by their keys."""
        names = tuple(step for step in pointer.steps if isinstance(step, str))
        block = pointer.scope.folder.resources.get(names)
        if block is None or names != pointer.steps or block.body.get("for_each") is None:
            return {}
        instances = self.instances(block, pointer.scope)
        return {
            str(each.key): Value(Pointer(pointer.scope, (*names, Index(each.key))), each.spot)
            for each in instances
            if each.key is not None
        }

    def child(self, scope: Scope, name: str, key: str | int | None) -> Scope | None:
        """The instance of a local module that a call makes; None for a foreign one, or one that does not exist."""
        if (name, key) not in scope.children:
            scope.children[name, key] = self._child(scope, name, key)
        return scope.children[name, key]

    def _child(self, scope: Scope, name: str, key: str | int | None) -> Scope | None:
        block = scope.folder.modules.get(name)
        source = None if block is None else self.attribute(block.body, "source", Env(scope)).data
        if block is None or not isinstance(source, str) or not source.startswith(("./", "../")):
            return None
        path = join(scope.folder.path, source)
        folder = None if path is None else self._folder_at(path)
        if folder is None or folder.path in _folders(scope):
            return None
        instance = next((each for each in self.instances(block, scope) if key in (None, each.key)), None)
        if instance is None:
            return None
        self._limits.count_scope(block.spot)
        index = "" if instance.key is None else f"[{_quoted(instance.key)}]"
        address = f"{scope.address}module.{name}{index}."
        call = (block.body, instance.env)
        return Scope(folder, scope.base, address, call, (instance.spot, *scope.spots))


def _folders(scope: Scope) -> Iterator[str]:
    """The folders of a module and of those that call it."""
    current: Scope | None = scope
    while current is not None:
        yield current.folder.path
        current = current.call[1].scope if current.call is not None else None


def _pairs(collection: Mapping[str, Value] | tuple[Value, ...]) -> Iterator[tuple[Data, Value]]:
    if isinstance(collection, tuple):
        yield from enumerate(collection)
    else:
        yield from collection.items()


def _quoted(key: str | int) -> str:
    return str(key) if isinstance(key, int) else f'"{key}"'

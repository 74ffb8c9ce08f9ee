"""Spellings of "build it once", and of what only looks so."""

# ruff: noqa: ARG001 - every way has the same parameters

from __future__ import annotations

from oracle.writer import Module, Way, Writer, method_parameters, parameter

GLOBALS = {
    "none": "if {0} is None:\n        {0} = {1}\n    return {0}",
    "truth": "if not {0}:\n        {0} = {1}\n    return {0}",
    "early": "if {0} is not None:\n        return {0}\n    {0} = {1}\n    return {0}",
    "early_truth": "if {0}:\n        return {0}\n    client = {1}\n    {0} = client\n    return {0}",
    "or": "{0} = {0} or {1}\n    return {0}",
    "choice": "{0} = {1} if {0} is None else {0}\n    return {0}",
    "otherwise": "if {0} is not None:\n        pass\n    else:\n        {0} = {1}\n    return {0}",
    "equality": "if {0} == None:\n        {0} = {1}\n    return {0}",
    "nested": "if True:\n        if ({0} is None):\n            {0} = {1}\n    return {0}",
    "inverted": "if {0} is not None:\n        {0} = {1}\n    return {0} or {1}",
    "never_filled": "if {0} is None:\n        client = {1}\n        return client\n    return {0}",
    "emptied": "if {0} is None:\n        {0} = {1}\n    client, {0} = {0}, None\n    return client",
}
MAPPINGS = {
    "tested": 'if "key" not in {0}:\n        {0}["key"] = {1}\n    return {0}["key"]',
    "get": 'client = {0}.get("key")\n    if client is None:\n        client = {0}["key"] = {1}\n    return client',
    "walrus": 'if (client := {0}.get("key")) is None:\n        client = {0}["key"] = {1}\n    return client',
    "error": 'try:\n        return {0}["key"]\n    except KeyError:\n        {0}["key"] = {1}\n    return {0}["key"]',
    "empty": 'if not {0}:\n        {0}["key"] = {1}\n    return {0}["key"]',
    "setdefault": 'return {0}.setdefault("key", {1})',
    "default": 'return {0}.get("key", {1})',
    "wrong_key": 'if "other" not in {0}:\n        {0}["key"] = {1}\n    return {0}["key"]',
}


def by_global(writer: Writer, module: Module, depth: int, event: bool) -> str:
    inner = writer.value(module, depth, event)
    spelling = writer.random.choice(sorted(GLOBALS))
    name, kept = writer.name(f"memo_{spelling}"), writer.name("kept")
    module.add(f"{kept} = None")
    body = GLOBALS[spelling].format(kept, inner)
    module.add(f"def {name}({parameter(event)}):\n    global {kept}\n    {body}")
    return f"{name}({parameter(event)})"


def by_mapping(writer: Writer, module: Module, depth: int, event: bool) -> str:
    inner = writer.value(module, depth, event)
    spelling = writer.random.choice(sorted(MAPPINGS))
    name, kept = writer.name(f"map_{spelling}"), writer.name("KEPT")
    module.add(f"{kept} = {{}}")
    module.add(f"def {name}({parameter(event)}):\n    {MAPPINGS[spelling].format(kept, inner)}")
    return f"{name}({parameter(event)})"


def by_local(writer: Writer, module: Module, depth: int, event: bool) -> str:
    """A memo without `global`: the name is a local."""
    inner, name = writer.value(module, depth, event), writer.name("local_memo")
    module.add(
        f"""
def {name}({parameter(event)}):
    client = None
    if client is None:
        client = {inner}
    return client
"""
    )
    return f"{name}({parameter(event)})"


def by_decorator(writer: Writer, module: Module, depth: int, event: bool) -> str:
    inner, name = writer.value(module, depth, event=False), writer.name("cached")
    module.need("import functools")
    decorator = writer.random.choice(("functools.cache", "functools.lru_cache", "functools.lru_cache(maxsize=1)"))
    module.add(f"@{decorator}\ndef {name}():\n    return {inner}")
    return f"{name}()"


def by_flag(writer: Writer, module: Module, depth: int, event: bool) -> str:
    inner, name = writer.value(module, depth, event), writer.name("flagged")
    kept, flag = writer.name("kept"), writer.name("ready")
    module.add(f"{kept} = None\n{flag} = False")
    set_flag = f"{flag} = True" if writer.likely(0.7) else "pass"
    module.add(
        f"""
def {name}({parameter(event)}):
    global {kept}, {flag}
    if not {flag}:
        {kept} = {inner}
        {set_flag}
    return {kept}
"""
    )
    return f"{name}({parameter(event)})"


def by_function_attribute(writer: Writer, module: Module, depth: int, event: bool) -> str:
    inner, name = writer.value(module, depth, event), writer.name("attribute_memo")
    module.add(
        f"""
def {name}({parameter(event)}):
    if not hasattr({name}, "client"):
        {name}.client = {inner}
    return {name}.client
"""
    )
    return f"{name}({parameter(event)})"


def by_instance(writer: Writer, module: Module, depth: int, event: bool) -> str:
    """A lazy attribute: as good as the instance lives."""
    inner, name = writer.value(module, depth, event), writer.name("Lazy")
    module.add(
        f"""
class {name}:
    def __init__(self):
        self._client = None

    def get({method_parameters(event)}):
        if self._client is None:
            self._client = {inner}
        return self._client
"""
    )
    return instance_of(writer, module, name, f"get({parameter(event)})")


def by_property(writer: Writer, module: Module, depth: int, event: bool) -> str:
    inner, name = writer.value(module, depth, event=False), writer.name("Property")
    module.need("import functools")
    decorator = writer.random.choice(("property", "functools.cached_property"))
    module.add(f"class {name}:\n    @{decorator}\n    def client(self):\n        return {inner}")
    return instance_of(writer, module, name, "client")


def by_singleton(writer: Writer, module: Module, depth: int, event: bool) -> str:
    inner, name = writer.value(module, depth, event=False), writer.name("Single")
    module.add(
        f"""
class {name}:
    _instance = None

    def __init__(self):
        self.client = {inner}

    @classmethod
    def get_instance(cls):
        if cls._instance is None:
            cls._instance = cls()
        return cls._instance
"""
    )
    return f"{name}.get_instance().client"


def instance_of(writer: Writer, module: Module, name: str, reading: str) -> str:
    """Reads from an instance at module scope, or from a new one."""
    if writer.likely(0.5):
        module.add(f"{name.lower()} = {name}()")
        return f"{name.lower()}.{reading}"
    return f"{name}().{reading}"


MEMOS: tuple[Way, ...] = (
    *[by_global] * 3,
    *[by_mapping] * 2,
    by_local,
    by_decorator,
    by_flag,
    by_function_attribute,
    by_instance,
    by_property,
    by_singleton,
)

"""How a client is come by: helpers, classes, closures, decorators, dispatch, modules, dead code."""

# ruff: noqa: ARG001 - every way has the same parameters

from __future__ import annotations

from oracle.writer import Module, Way, Writer, method_parameters, parameter


def helper(writer: Writer, module: Module, depth: int, event: bool) -> str:
    inner, name = writer.value(module, depth, event), writer.name("helper")
    body = writer.random.choice(
        (
            f"return {inner}",
            f"client = {inner}\n    return client",
            f"try:\n        return {inner}\n    finally:\n        pass",
            f"if (client := {inner}) is not None:\n        return client\n    return None",
            f"return {inner}\n    return None",
        )
    )
    module.add(f"def {name}({parameter(event)}):\n    {body}")
    return f"{name}({parameter(event)})"


def early_return(writer: Writer, module: Module, depth: int, event: bool) -> str:
    if not event:
        return helper(writer, module, depth, event)
    inner, other, name = writer.value(module, depth, event), writer.value(module, 0, event), writer.name("early")
    module.add(
        f"""
def {name}(event):
    if event["kind"] == "special":
        return {other}
    return {inner}
"""
    )
    return f"{name}(event)"


def choice(writer: Writer, module: Module, depth: int, event: bool) -> str:
    first, second = writer.value(module, depth, event), writer.value(module, 0, event)
    test = 'event["flag"]' if event else "len('a') == 1"
    return f"({first} if {test} else {second})"


def constructor(writer: Writer, module: Module, depth: int, event: bool) -> str:
    inner, name = writer.value(module, depth, event), writer.name("Holder")
    module.add(
        f"""
class {name}:
    def __init__({method_parameters(event)}):
        self.client = {inner}

    def get(self):
        return self.client
"""
    )
    reading = writer.random.choice(("client", "get()"))
    if not event and writer.likely(0.5):
        module.add(f"{name.lower()} = {name}()")
        return f"{name.lower()}.{reading}"
    return f"{name}({parameter(event)}).{reading}"


def method(writer: Writer, module: Module, depth: int, event: bool) -> str:
    inner, name = writer.value(module, depth, event), writer.name("Maker")
    decorator, first = writer.random.choice((("", "self"), ("@staticmethod", ""), ("@classmethod", "cls")))
    names = ", ".join(part for part in (first, parameter(event)) if part)
    module.add(
        f"""
class {name}:
{"    " + decorator if decorator else ""}
    def make({names}):
        return {inner}
""".replace(":\n\n    def", ":\n    def")
    )
    if writer.likely(0.5):
        module.add(f"{name.lower()} = {name}()")
        return f"{name.lower()}.make({parameter(event)})"
    return f"{name}().make({parameter(event)})"


def inherited(writer: Writer, module: Module, depth: int, event: bool) -> str:
    inner, base, name = writer.value(module, depth, event), writer.name("Base"), writer.name("Child")
    hook = writer.random.choice(("return self.build({0})", "return {1}"))
    own = writer.value(module, 0, event)
    module.add(
        f"""
class {base}:
    def make({method_parameters(event)}):
        {hook.format(parameter(event), inner)}

    def build({method_parameters(event)}):
        return {own}
"""
    )
    overriding = writer.random.choice(
        (
            "pass",
            f"def build({method_parameters(event)}):\n        return {inner}",
            f"def make({method_parameters(event)}):\n        return super().make({parameter(event)})",
        )
    )
    module.add(f"class {name}({base}):\n    {overriding}")
    module.add(f"{name.lower()} = {name}()")
    return f"{name.lower()}.make({parameter(event)})"


def closure(writer: Writer, module: Module, depth: int, event: bool) -> str:
    inner, name = writer.value(module, depth, event), writer.name("closure")
    outside = writer.likely(0.3)
    body = f"client = {inner}\n\n    def make():\n        return client" if outside else ""
    module.add(
        f"""
def {name}({parameter(event)}):
    {body or f"def make():{chr(10)}        return {inner}"}

    return make
"""
    )
    if not event and writer.likely(0.5):
        module.add(f"made_{name} = {name}()")
        return f"made_{name}()"
    return f"{name}({parameter(event)})()"


def anonymous(writer: Writer, module: Module, depth: int, event: bool) -> str:
    inner, name = writer.value(module, depth, event), writer.name("anonymous")
    module.add(f"{name} = lambda {parameter(event)}: {inner}")
    return f"{name}({parameter(event)})"


def partial(writer: Writer, module: Module, depth: int, event: bool) -> str:
    module.need("import functools")
    if not event:
        module.need("import boto3")
        name = writer.name("partial")
        module.add(f'{name} = functools.partial(boto3.client, "{writer.service()}")')
        return f"{name}()"
    inner, name = writer.value(module, depth, event), writer.name("bound")
    module.add(f"def {name}(event, flag=False):\n    return {inner}")
    return f"functools.partial({name}, flag=True)(event)"


def decorated(writer: Writer, module: Module, depth: int, event: bool) -> str:
    inner, name, outer = writer.value(module, depth, event), writer.name("decorated"), writer.name("around")
    module.need("import functools")
    module.add(
        f"""
def {outer}(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs)

    return wrapper
"""
    )
    module.add(f"@{outer}\ndef {name}({parameter(event)}):\n    return {inner}")
    return f"{name}({parameter(event)})"


def dispatch(writer: Writer, module: Module, depth: int, event: bool) -> str:
    first = helper(writer, module, depth, event).partition("(")[0]
    second = helper(writer, module, 0, event).partition("(")[0]
    if not (first.isidentifier() and second.isidentifier()):
        return helper(writer, module, depth, event)
    table = writer.name("TABLE")
    module.add(f'{table} = {{"first": {first}, "second": {second}}}')
    keys = ['["first"]', '.get("second")']
    if event:
        keys += ['.get(event["kind"], ' + first + ")", '["second" if event["flag"] else "first"]']
    return f"{table}{writer.random.choice(keys)}({parameter(event)})"


def loop(writer: Writer, module: Module, depth: int, event: bool) -> str:
    inner = writer.value(module, depth, event)
    form = writer.random.choice(("[{0} for _ in (1, 2)][0]", "next(iter([{0}]))", "max([{0}], key=id)"))
    return form.format(inner)


def context_manager(writer: Writer, module: Module, depth: int, event: bool) -> str:
    inner, name, used = writer.value(module, depth, event), writer.name("Manager"), writer.name("managed")
    module.add(
        f"""
class {name}:
    def __init__(self, event):
        self.event = event

    def __enter__(self):
        event = self.event
        return {inner}

    def __exit__(self, *error):
        return False
"""
    )
    given = "event" if event else "None"
    module.add(f"def {used}({parameter(event)}):\n    with {name}({given}) as client:\n        return client")
    return f"{used}({parameter(event)})"


def generator(writer: Writer, module: Module, depth: int, event: bool) -> str:
    inner, name = writer.value(module, depth, event), writer.name("generator")
    module.add(f"def {name}({parameter(event)}):\n    yield {inner}")
    return f"list({name}({parameter(event)}))[0]"


def elsewhere(writer: Writer, module: Module, depth: int, event: bool) -> str:
    """The same in another module, imported in one of many ways."""
    other = writer.module(writer.name("part"))
    call = helper(writer, other, depth, event)
    function = call.partition("(")[0]
    if not function.isidentifier():
        return call
    form = writer.random.randrange(4)
    if form == 0:
        module.need(f"import {other.name}")
        return f"{other.name}.{call}"
    if form == 1:
        module.need(f"from {other.name} import {function}")
        return call
    if form == 2:
        module.need(f"from {other.name} import {function} as other_{function}")
        return f"other_{call}"
    name = writer.name("late")
    module.add(
        f"""
def {name}({parameter(event)}):
    from {other.name} import {function}

    return {call}
"""
    )
    return f"{name}({parameter(event)})"


def at_import(writer: Writer, module: Module, depth: int, event: bool) -> str:
    inner, name = writer.value(module, depth, event=False), writer.name("client")
    form = writer.random.choice(
        (
            "{0} = {1}",
            "try:\n    {0} = {1}\nexcept ValueError:\n    {0} = None",
            "if __name__:\n    {0} = {1}\nelse:\n    {0} = None",
        )
    )
    module.add(form.format(name, inner))
    return name


def default_argument(writer: Writer, module: Module, depth: int, event: bool) -> str:
    inner, name = writer.value(module, depth, event=False), writer.name("default")
    module.add(f"def {name}(client={inner}):\n    return client")
    return f"{name}()"


def injectable(writer: Writer, module: Module, depth: int, event: bool) -> str:
    inner, name = writer.value(module, depth, event), writer.name("injectable")
    form = writer.random.choice(("client or {0}", "{0} if client is None else client"))
    names = ", ".join(part for part in (parameter(event), "client=None") if part)
    module.add(f"def {name}({names}):\n    return {form.format(inner)}")
    given = at_import(writer, module, 0, event) if writer.likely(0.5) else ""
    return f"{name}({', '.join(part for part in (parameter(event), given) if part)})"


def overwritten(writer: Writer, module: Module, depth: int, event: bool) -> str:
    first, second = writer.value(module, 0, event), writer.value(module, depth, event)
    name = writer.name("overwritten")
    module.add(f"def {name}({parameter(event)}):\n    return {first}")
    module.add(f"def {name}({parameter(event)}):\n    return {second}")
    return f"{name}({parameter(event)})"


def beside_dead_code(writer: Writer, module: Module, depth: int, event: bool) -> str:
    dead, name = writer.value(module, depth, event), writer.name("dead")
    module.add(f"def {name}({parameter(event)}):\n    return {dead}")
    return writer.value(module, depth, event)


WAYS: tuple[Way, ...] = (
    *[helper] * 3,
    early_return,
    choice,
    constructor,
    constructor,
    method,
    inherited,
    closure,
    anonymous,
    partial,
    decorated,
    dispatch,
    loop,
    context_manager,
    generator,
    elsewhere,
    elsewhere,
    at_import,
    default_argument,
    injectable,
    overwritten,
    beside_dead_code,
)

"""Further shapes of real code around a client: each is text in which names and the client are filled in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oracle.keepers import KEEPERS
from oracle.writer import parameter

if TYPE_CHECKING:
    from oracle.writer import Module, Way, Writer

IMPORTS = ("asyncio", "collections", "contextlib", "contextvars", "dataclasses", "functools")
MORE_IMPORTS = ("threading", "time")

SHAPES = """
# asyncio.run(make_NAME(GIVEN))
async def make_NAME(PARAMETERS):
    return CLIENT
# asyncio.run(outer_NAME(GIVEN))
async def make_NAME(PARAMETERS):
    return CLIENT


async def outer_NAME(PARAMETERS):
    found = await asyncio.gather(make_NAME(GIVEN), make_NAME(GIVEN))
    return found[0]
# make_NAME(GIVEN)
@contextlib.contextmanager
def open_NAME(PARAMETERS):
    client = CLIENT
    try:
        yield client
    finally:
        print("closed")


def make_NAME(PARAMETERS):
    with open_NAME(GIVEN) as client:
        return client
# contextlib.ExitStack().enter_context(open_NAME(GIVEN))
@contextlib.contextmanager
def open_NAME(PARAMETERS):
    yield CLIENT
# make_NAME(1)
@functools.singledispatch
def make_NAME(kind):
    raise TypeError(kind)


@make_NAME.register
def _(kind: int):
    return CONSTANT
# make_NAME(GIVEN_OR_NONE)
@functools.singledispatch
def make_NAME(kind):
    return CONSTANT


@make_NAME.register(str)
def _(kind):
    return None
# make_NAME(GIVEN_OR_NONE)
def make_NAME(order):
    match order:
        case {"kind": "a"}:
            return OTHER
        case None:
            return CONSTANT
        case _:
            return CONSTANT
# make_NAME("a")
def make_NAME(kind):
    match kind:
        case "a" | "b":
            return CONSTANT
        case "c":
            return OTHER
    return None
# TABLE_NAME["a"](GIVEN)
TABLE_NAME = {"a": lambda PARAMETERS: CLIENT, "b": lambda PARAMETERS: None}
# TABLE_NAME["a"](GIVEN)
TABLE_NAME = {}


def register_NAME(function):
    TABLE_NAME["a"] = function
    return function


@register_NAME
def make_NAME(PARAMETERS):
    return CLIENT
# forward_NAME(GIVEN)
def make_NAME(PARAMETERS):
    return CLIENT


def forward_NAME(*args, **kwargs):
    return make_NAME(*args, **kwargs)
# make_NAME(GIVEN)
def retry_NAME(times, wait=0):
    def around(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            for _ in range(times):
                try:
                    return function(*args, **kwargs)
                except ValueError:
                    print(wait)
            return None

        return wrapper

    return around


@retry_NAME(2)
def make_NAME(PARAMETERS):
    return CLIENT
# next(each_NAME(GIVEN))
def each_NAME(PARAMETERS):
    while True:
        yield CLIENT
# make_NAME(GIVEN)
def each_NAME(PARAMETERS):
    yield from [CLIENT]


def make_NAME(PARAMETERS):
    for client in each_NAME(GIVEN):
        return client
    return None
# Kind_NAME(GIVEN).client
class Base_NAME:
    def __init__(self, client, name="a"):
        self.client = client
        self.name = name


class Kind_NAME(Base_NAME):
    def __init__(self, PARAMETERS):
        super().__init__(CLIENT, name="b")
# Kind_NAME(GIVEN).client
class Base_NAME:
    def __init__(self, PARAMETERS):
        self.client = self.make(GIVEN)

    def make(self, PARAMETERS):
        raise NotImplementedError


class Kind_NAME(Base_NAME):
    def make(self, PARAMETERS):
        return CLIENT
# Kind_NAME(GIVEN).client
class Mixin_NAME:
    @property
    def client(self):
        return CONSTANT


class Base_NAME:
    def __init__(self, *args):
        self.args = args


class Kind_NAME(Mixin_NAME, Base_NAME):
    pass
# one_NAME["a"]
class Kind_NAME:
    def __getitem__(self, key):
        return CONSTANT


one_NAME = Kind_NAME()
# one_NAME.client
class Kind_NAME:
    def __getattr__(self, name):
        if name != "client":
            raise AttributeError(name)
        return CONSTANT


one_NAME = Kind_NAME()
# make_NAME(GIVEN)
def make_NAME(PARAMETERS):
    (client,) = (CLIENT,)
    first, *_ = [client, None]
    return first
# contextvars.copy_context().run(make_NAME, *[GIVEN])
def make_NAME(PARAMETERS):
    return CLIENT
# make_NAME(GIVEN)
@dataclasses.dataclass
class Kind_NAME:
    name: str = "a"
    client: object = dataclasses.field(default_factory=lambda: CONSTANT)


def make_NAME(PARAMETERS):
    return Kind_NAME("b").client
# make_NAME(GIVEN)
def make_NAME(PARAMETERS):
    while True:
        client = CLIENT
        if client is not None:
            break
    else:
        return None
    return client
# functools.reduce(lambda found, each: found or each(GIVEN), [make_NAME], None)
def make_NAME(PARAMETERS):
    return CLIENT
# make_NAME(GIVEN)
def make_NAME(PARAMETERS):
    class Inner:
        client = CLIENT

    return Inner.client
# Kind_NAME.make(GIVEN)
class Kind_NAME:
    class Inner:
        @staticmethod
        def make(PARAMETERS):
            return CLIENT

    make = Inner.make
"""
"""Each below the expression that gives the client. CONSTANT and OTHER are clients that know nothing of the event."""


def shaped(writer: Writer, module: Module, depth: int, event: bool) -> str:
    """A client in one of the shapes."""
    for imported in (*IMPORTS, *MORE_IMPORTS):
        module.need(f"import {imported}")
    chosen = writer.random.choice((SHAPES + KEEPERS).strip().removeprefix("# ").split("\n# "))
    use, _, text = chosen.replace("NAME", writer.name("shape")).partition("\n")
    fillings = (
        ("CLIENT", event),
        ("CONSTANT", False),
        ("OTHER", False),
    )
    for word, sees_event in fillings:
        if word in text:
            text = text.replace(word, writer.value(module, depth, sees_event))
    given = parameter(event)
    text = text.replace(", PARAMETERS", f", {given}" if given else "").replace(
        "PARAMETERS, ", f"{given}, " if given else ""
    )
    text = text.replace("PARAMETERS", given).replace("GIVEN_OR_NONE", given or "None").replace("GIVEN", given)
    module.add(text)
    return use.replace("GIVEN_OR_NONE", given or "None").replace("GIVEN", given)


def by_module_attribute(writer: Writer, module: Module, depth: int, event: bool) -> str:  # noqa: ARG001 - as every way
    """A client that a module makes when it is asked for a name that it does not have."""
    other = writer.module(writer.name("lazy"))
    keeps = "\n        globals()[name] = client" if writer.likely(0.5) else ""
    client = writer.value(other, depth, event=False)
    other.add(
        f"""
def __getattr__(name):
    if name == "client":
        client = {client}{keeps}
        return client
    raise AttributeError(name)
"""
    )
    module.need(f"import {other.name}")
    return f"{other.name}.client"


SHAPED: tuple[Way, ...] = (*[shaped] * 14, by_module_attribute)

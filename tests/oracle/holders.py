"""Options that outlive a request, and the ways in which a request gets at them and changes them."""

from __future__ import annotations

from oracle.leaves import constant
from oracle.writer import REGIONS, Module, Way, Writer

SHAPES = """
# KEPT | globals()['KEPT']
KEPT = {"use_ssl": True}
# KEPT | get_KEPT()
KEPT = {"use_ssl": True}

def get_KEPT():
    return KEPT
# KEPT | get_KEPT()
KEPT = {"use_ssl": True}
get_KEPT = lambda: KEPT
# KEPT()
@functools.cache
def KEPT():
    return {"use_ssl": True}
# KEPT()
@functools.lru_cache(maxsize=None)
def KEPT():
    found = dict(use_ssl=True)
    return found
# KEPT()
def KEPT():
    return {"use_ssl": True}
# KEPT()
kept_KEPT = None

def KEPT():
    global kept_KEPT
    if kept_KEPT is None:
        kept_KEPT = {"use_ssl": True}
    return kept_KEPT
# KEPT()
def KEPT(kept={"use_ssl": True}):
    return kept
# one_KEPT.kept | one_KEPT.get() | one_KEPT.read | getattr(one_KEPT, 'kept') | vars(one_KEPT)['kept']
class KEPT:
    def __init__(self):
        self.kept = {"use_ssl": True}

    def get(self):
        return self.kept

    @property
    def read(self):
        return self.kept

one_KEPT = KEPT()
# KEPT.kept | KEPT.get() | KEPT().kept
class KEPT:
    kept = {"use_ssl": True}

    @classmethod
    def get(cls):
        return cls.kept
# KEPT().kept
class KEPT:
    one = None

    def __new__(cls):
        if cls.one is None:
            cls.one = super().__new__(cls)
            cls.one.kept = {"use_ssl": True}
        return cls.one
# one_KEPT.kept
@dataclasses.dataclass
class KEPT:
    kept: dict = dataclasses.field(default_factory=lambda: {"use_ssl": True})

one_KEPT = KEPT()
# one_KEPT.kept
class BaseKEPT:
    def __init__(self, kept):
        self.kept = kept

class KEPT(BaseKEPT):
    def __init__(self):
        super().__init__({"use_ssl": True})

one_KEPT = KEPT()
# get_KEPT()
def make_KEPT():
    kept = {"use_ssl": True}

    def get():
        return kept

    return get

get_KEPT = make_KEPT()
# KEPT['s3'] | KEPT.get('s3') | next(iter(KEPT.values()))
KEPT = {'s3': {"use_ssl": True}}
# inner_KEPT | KEPT[0] | KEPT[-1]
inner_KEPT = {"use_ssl": True}
KEPT = [inner_KEPT]
# KEPT.kept
def KEPT():
    return None

KEPT.kept = {"use_ssl": True}
# KEPT.kept
KEPT = types.SimpleNamespace(kept={"use_ssl": True})
# one_KEPT
class KEPT(dict):
    pass

one_KEPT = KEPT(use_ssl=True)
# KEPT | first_KEPT
first_KEPT = {"use_ssl": True}
KEPT = first_KEPT
# KEPT | contextlib.ExitStack().enter_context(open_KEPT())
KEPT = {"use_ssl": True}

@contextlib.contextmanager
def open_KEPT():
    yield KEPT
# KEPT | next(each_KEPT())
KEPT = {"use_ssl": True}

def each_KEPT():
    yield KEPT
# one_KEPT() | one_KEPT.kept
class KEPT:
    def __init__(self):
        self.kept = {"use_ssl": True}

    def __call__(self):
        return self.kept

one_KEPT = KEPT()
"""
"""How options are kept, each below the expressions that give them."""

CHANGES = (
    "{0}['region_name'] = {1}",
    "{0}.update(region_name={1})",
    "{0}.update({{'region_name': {1}}})",
    "{0}.setdefault('region_name', {1})",
    "{0}.__setitem__('region_name', {1})",
    "operator.setitem({0}, 'region_name', {1})",
    "operator.ior({0}, {{'region_name': {1}}})",
    "dict.update({0}, region_name={1})",
    "mine = {0}\nmine['region_name'] = {1}",
    "mine = {0}\nmine |= {{'region_name': {1}}}",
    "put = {0}.__setitem__\nput('region_name', {1})",
    "functools.partial({0}.__setitem__, 'region_name')({1})",
    "for mine in [{0}]:\n    mine['region_name'] = {1}",
    "(mine := {0})['region_name'] = {1}",
    "with contextlib.nullcontext({0}) as mine:\n    mine['region_name'] = {1}",
    "put_region({0}, {1})",
    "put_region(target={0}, zone={1})",
    "put_region(*[{0}, {1}])",
    "put_any({0}, zone={1})",
    "Putter({0}).put({1})",
    "list(map({0}.update, [{{'region_name': {1}}}]))",
    "def change(target={0}):\n    target['region_name'] = {1}\n\nchange()",
    "(lambda: {0}.update(region_name={1}))()",
    "[mine.update(region_name={1}) for mine in ({0},)]",
    "mine, _ = {0}, 1\nmine['region_name'] = {1}",
    "for {0}['region_name'] in [{1}]:\n    pass",
    "mine = dict({0})\nmine['region_name'] = {1}",
    "mine = {0} | {{'region_name': {1}}}\nmine['use_ssl'] = {1}",
    "mine = {0}.copy()\nmine.update(region_name={1})",
    "print({0}, {1})",
    "print({0}.get({1}))",
)
"""What is done to them; the last only read."""

HELPERS = """
def put_region(target, zone):
    target["region_name"] = zone


def put_any(*targets, **values):
    targets[0]["region_name"] = values["zone"]


class Putter:
    def __init__(self, target):
        self.target = target

    def put(self, zone):
        self.target["region_name"] = zone
"""
READS = ("**{0}", "region_name={0}.get('region_name')", "config=str({0})", "**dict({0})", "**{{**{0}}}")


def held(writer: Writer, module: Module, depth: int, event: bool) -> str:  # noqa: ARG001 - as every way
    """A client from options that a request may have changed, under another name or the same."""
    if not event:
        return constant(writer, module, 0, event)
    for name in ("boto3", "contextlib", "dataclasses", "functools", "operator", "types"):
        module.need(f"import {name}")
    if HELPERS.strip("\n") not in module.body:
        module.add(HELPERS)
    name, fill, make = writer.name("kept"), writer.name("fill"), writer.name("held")
    ways, _, text = writer.random.choice(SHAPES.strip().split("\n# ")).replace("KEPT", name).partition("\n")
    module.add(text)
    changed, read = (writer.random.choice(ways.removeprefix("# ").split(" | ")) for _ in range(2))
    zone = writer.random.choice(('event["zone"]', 'event["zone"]', f'"{REGIONS[0]}"'))
    change = writer.random.choice(CHANGES).format(changed, zone)
    client = f'boto3.client("{writer.service()}", {writer.random.choice(READS).format(read)})'
    order = writer.random.randrange(
        3 if "event" in zone else 2
    )  # what is set late is another on the first request only
    if order == 0:
        module.add(f"def {make}(event):\n    {change.replace(chr(10), chr(10) + '    ')}\n    return {client}")
    elif order == 1:
        module.add(f"def {fill}(event):\n    {change.replace(chr(10), chr(10) + '    ')}")
        module.add(f"def {make}(event):\n    {fill}(event)\n    return {client}")
    else:
        module.add(f"def {fill}(event):\n    {change.replace(chr(10), chr(10) + '    ')}")
        module.add(f"def {make}(event):\n    client = {client}\n    {fill}(event)\n    return client")
    return f"{make}(event)"


HELD: tuple[Way, ...] = (held,)

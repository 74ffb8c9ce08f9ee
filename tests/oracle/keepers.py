"""Shapes of code that keeps a client, or only seems to, as text: see `oracle.shapes`."""

KEEPERS = """
# make_NAME(GIVEN)
kept_NAME = contextvars.ContextVar("kept_NAME", default=None)


def make_NAME(PARAMETERS):
    client = kept_NAME.get()
    if client is None:
        client = CLIENT
        kept_NAME.set(client)
    return client
# make_NAME(GIVEN)
kept_NAME = contextvars.ContextVar("kept_NAME")


def make_NAME(PARAMETERS):
    try:
        return kept_NAME.get()
    except LookupError:
        client = CLIENT
        kept_NAME.set(client)
        return client
# make_NAME(GIVEN)
local_NAME = threading.local()


def make_NAME(PARAMETERS):
    if not hasattr(local_NAME, "client"):
        local_NAME.client = CLIENT
    return local_NAME.client
# make_NAME(GIVEN)
local_NAME = threading.local()


def make_NAME(PARAMETERS):
    client = getattr(local_NAME, "client", None)
    if client is None:
        client = local_NAME.client = CLIENT
    return client
# get_NAME(GIVEN)
def outer_NAME():
    client = None

    def get(PARAMETERS):
        nonlocal client
        if client is None:
            client = CLIENT
        return client

    return get


get_NAME = outer_NAME()
# outer_NAME()(GIVEN)
def outer_NAME():
    client = None

    def get(PARAMETERS):
        nonlocal client
        if client is None:
            client = CLIENT
        return client

    return get
# make_NAME(GIVEN)
def keep_NAME(seconds):
    def around(function):
        kept = {}

        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            if "client" not in kept:
                kept["client"] = function(*args, **kwargs)
            return kept["client"]

        return wrapper

    return around


@keep_NAME(60)
def make_NAME(PARAMETERS):
    return CLIENT
# make_NAME(GIVEN)
class Around_NAME:
    def __init__(self, function):
        self.function = function
        self.kept = None

    def __call__(self, *args):
        if self.kept is None:
            self.kept = self.function(*args)
        return self.kept


@Around_NAME
def make_NAME(PARAMETERS):
    return CLIENT
# Kind_NAME.get(GIVEN)
class Kind_NAME:
    kept = {}

    @classmethod
    def get(cls, PARAMETERS):
        if "a" not in cls.kept:
            cls.kept["a"] = CLIENT
        return cls.kept["a"]
# Kind_NAME().get(GIVEN)
class Kind_NAME:
    kept = {}

    def get(self, PARAMETERS):
        try:
            return self.kept["a"]
        except KeyError:
            self.kept["a"] = CLIENT
        return self.kept["a"]
# Kind_NAME().get(GIVEN)
class Kind_NAME:
    kept = None

    def get(self, PARAMETERS):
        if type(self).kept is None:
            type(self).kept = CLIENT
        return self.kept
# one_NAME["a"]
class Kind_NAME(dict):
    def __missing__(self, key):
        client = self[key] = CONSTANT
        return client


one_NAME = Kind_NAME()
# kept_NAME["a"]
kept_NAME = collections.defaultdict(lambda: CONSTANT)
# one_NAME.client
class Kind_NAME:
    def __getattr__(self, name):
        if name != "client":
            raise AttributeError(name)
        self.client = CONSTANT
        return self.client


one_NAME = Kind_NAME()
# one_NAME.client
class Kind_NAME:
    def __init__(self):
        self._client = None

    @property
    def client(self):
        if self._client is None:
            self.client = CONSTANT
        return self._client

    @client.setter
    def client(self, value):
        self._client = value


one_NAME = Kind_NAME()
# make_NAME(GIVEN)
kept_NAME = None
lock_NAME = threading.Lock()


def make_NAME(PARAMETERS):
    global kept_NAME
    if kept_NAME is None:
        with lock_NAME:
            if kept_NAME is None:
                kept_NAME = CLIENT
    return kept_NAME
# make_NAME(GIVEN)
def make_NAME(PARAMETERS):
    try:
        return make_NAME.client
    except AttributeError:
        make_NAME.client = CLIENT
        return make_NAME.client
# make_NAME(GIVEN)
kept_NAME = None


def ensure_NAME(PARAMETERS):
    global kept_NAME
    if kept_NAME is None:
        kept_NAME = CLIENT


def make_NAME(PARAMETERS):
    ensure_NAME(GIVEN)
    return kept_NAME
# Kind_NAME(GIVEN).client
class Kind_NAME:
    one = None

    def __new__(cls, *args):
        if cls.one is None:
            cls.one = super().__new__(cls)
        return cls.one

    def __init__(self, PARAMETERS):
        if getattr(self, "ready", False):
            return
        self.client = CLIENT
        self.ready = True
# Kind_NAME(GIVEN).client
class Kind_NAME:
    one = None

    def __new__(cls, *args):
        if cls.one is None:
            cls.one = super().__new__(cls)
        return cls.one

    def __init__(self, PARAMETERS):
        self.client = CLIENT
# Kind_NAME(GIVEN).client
class Kind_NAME:
    state = {}

    def __init__(self, PARAMETERS):
        self.__dict__ = self.state
        if "client" not in self.state:
            self.client = CLIENT
# make_NAME(GIVEN)
kept_NAME = (0, None)


def make_NAME(PARAMETERS):
    global kept_NAME
    if kept_NAME[1] is None or time.time() > kept_NAME[0]:
        kept_NAME = (time.time() + 300, CLIENT)
    return kept_NAME[1]
# make_NAME(GIVEN)
def make_NAME(PARAMETERS):
    if "kept_NAME" not in globals():
        globals()["kept_NAME"] = CLIENT
    return globals()["kept_NAME"]
# make_NAME(GIVEN)
pool_NAME = []


def make_NAME(PARAMETERS):
    client = pool_NAME.pop() if pool_NAME else CLIENT
    pool_NAME.append(client)
    return client
# one_NAME.client
@dataclasses.dataclass
class Kind_NAME:
    client: object = dataclasses.field(init=False)

    def __post_init__(self):
        self.client = CONSTANT


one_NAME = Kind_NAME()
# make_NAME(GIVEN)
def make_NAME(PARAMETERS, clients=collections.OrderedDict()):
    if "a" not in clients:
        clients["a"] = CLIENT
    return clients["a"]
# make_NAME(GIVEN)
def make_NAME(PARAMETERS, clients=[]):
    for client in clients:
        return client
    clients.append(CLIENT)
    return clients[0]
# make_NAME(GIVEN)
ready_NAME = threading.Event()
kept_NAME = []


def make_NAME(PARAMETERS):
    if not ready_NAME.is_set():
        kept_NAME.append(CLIENT)
        ready_NAME.set()
    return kept_NAME[0]
"""

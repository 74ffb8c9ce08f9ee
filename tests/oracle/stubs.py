"""Stub libraries that build nothing: they only record who called what, with which arguments."""

from __future__ import annotations

import builtins
import datetime as dt
import functools
import importlib.abc
import importlib.machinery
import os
import re
import sys
import types
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence

STUBBED_STANDARD = frozenset({"sqlite3"})
SDK_MAKERS = frozenset({"client", "resource", "Session", "create_client"})
ADDRESS = re.compile(r" at 0x[0-9a-f]+")


@dataclass(slots=True)
class Call:
    """One call on a stub: `request` is 0 at import; `stack` lists the program's call sites, outermost first."""

    request: int
    name: str
    arguments: str
    stack: tuple[tuple[str, int, int], ...]


@dataclass
class Recorder:
    """What one program did so far."""

    root: str
    request: int = 0
    calls: list[Call] = field(default_factory=list)
    imports: list[tuple[int, str, int]] = field(default_factory=list)
    registered: list[Callable[..., Any]] = field(default_factory=list)

    def stack(self) -> tuple[tuple[str, int, int], ...]:
        """The calls of the program that are running, outermost first: path, line, columns."""
        lines: list[tuple[str, int, int]] = []
        frame: types.FrameType | None = sys._getframe(1)
        while frame is not None:
            path = frame.f_code.co_filename
            if path.startswith(self.root):
                lines.append((path[len(self.root) + 1 :], frame.f_lineno, columns(frame)))
            frame = frame.f_back
        return tuple(reversed(lines))

    def record(self, name: str, arguments: str) -> None:
        stack = self.stack()
        if stack:
            self.calls.append(Call(self.request, name, arguments, stack))


@functools.cache
def positions(code: types.CodeType) -> list[tuple[int | None, int | None, int | None, int | None]]:
    """Where each instruction of `code` stands in its source."""
    return list(code.co_positions())


def columns(frame: types.FrameType) -> int:
    """The first and the last column of the running call as one number: two calls may share a line."""
    _, _, start, end = positions(frame.f_code)[frame.f_lasti // 2]
    return (start or 0) * 4096 + (end or 0)


_recorder = Recorder("")


def use(recorder: Recorder) -> None:
    """Makes `recorder` the one that stubs report to."""
    global _recorder  # noqa: PLW0603 - libraries have no argument for it
    _recorder = recorder


def show(value: object) -> str:
    """A text for `value` that is the same in every process, and wherever the program stands."""
    return anywhere(ADDRESS.sub("", repr(value)))


def anywhere(text: str) -> str:
    """`text` without the folder of the program, which differs between a program and its fixed form."""
    return text.replace(_recorder.root, "<root>") if _recorder.root else text


def written(args: Sequence[object], kwargs: dict[str, object]) -> str:
    """The arguments of a call as text."""
    named = [f"{name}={show(value)}" for name, value in sorted(kwargs.items())]
    return ", ".join([show(value) for value in args] + named)


def variables_of(path: str) -> dict[str, object]:
    """The environment variables that a call reads of its own: what makes an AWS client is told its region by them."""
    if not path.startswith(("boto3.", "botocore.")) or path.rpartition(".")[2] not in SDK_MAKERS:
        return {}
    return {name: value for name, value in os.environ.items() if name.startswith("AWS_")}


class StubBase:
    """What a class of a program derives from when it derives from a stub."""

    def __init__(self, *_: object, **kwargs: object) -> None:
        self.__dict__.update(kwargs)


class Stub:
    """A thing of a stubbed library; its path tells how it was made."""

    def __init__(self, path: str) -> None:
        self._path = path

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        child = child_of(f"{self._path}.{name}", name)
        self.__dict__[name] = child
        return child

    def __setattr__(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)
        if not name.startswith("_path"):
            _recorder.record(f"{self._path}.{name}=", show(value))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        functions = [value for value in (*args, *kwargs.values()) if is_program_function(value)]
        _recorder.registered.extend(functions)
        if len(args) == 1 and functions == [args[0]] and not kwargs:
            return args[0]
        arguments = written(args, kwargs | variables_of(self._path))
        _recorder.record(self._path, arguments)
        return Stub(f"{self._path}({arguments})")

    def __getitem__(self, key: object) -> Stub:
        return Stub(f"{self._path}[{show(key)}]")

    def __setitem__(self, key: object, value: object) -> None:
        _recorder.record(f"{self._path}[]=", written((key, value), {}))

    def __iter__(self) -> Iterator[Stub]:
        return iter([Stub(f"{self._path}[{index}]") for index in range(2)])

    def __await__(self) -> Generator[Any, None, Stub]:
        yield from ()
        return self

    def __aiter__(self) -> Stub:
        return self

    async def __anext__(self) -> Any:
        raise StopAsyncIteration

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        return None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        return None

    def __mro_entries__(self, bases: tuple[object, ...]) -> tuple[type, ...]:
        return (StubBase,)

    def __len__(self) -> int:
        return 2

    def __bool__(self) -> bool:
        return True

    def __contains__(self, item: object) -> bool:
        return True

    def __int__(self) -> int:
        return 1

    def __index__(self) -> int:
        return 1

    def __float__(self) -> float:
        return 1.0

    def __add__(self, other: object) -> str:
        return f"{self._path}+{show(other)}"

    def __radd__(self, other: object) -> str:
        return f"{other}{self._path}"

    def __lt__(self, other: object) -> bool:
        return False

    def __gt__(self, other: object) -> bool:
        return False

    def __or__(self, other: object) -> Stub:
        return self

    def __ror__(self, other: object) -> Stub:
        return self

    def __repr__(self) -> str:
        return f"<{self._path}>"


def child_of(path: str, name: str) -> Any:
    """An attribute of a stub: an exception class where the name says so."""
    if name.endswith(("Error", "Exception")):
        return type(name, (Exception,), {})
    if name == "closed":
        return False
    return Stub(path)


def is_program_function(value: object) -> bool:
    """Whether `value` is a function that the running program defines."""
    code = getattr(value, "__code__", None)
    return code is not None and code.co_filename.startswith(_recorder.root)


class StubModule(types.ModuleType):
    """A module of a stubbed library: any name can be imported from it."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        child = child_of(f"{self.__name__}.{name}", name)
        setattr(self, name, child)
        return child

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return Stub(self.__name__)(*args, **kwargs)


class StubFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds a stub for every module that is neither standard nor the program's own."""

    def __init__(self) -> None:
        self.roots: tuple[str, ...] = ()

    def find_spec(
        self,
        name: str,
        path: Sequence[str] | None = None,  # noqa: ARG002 - the protocol's
        target: types.ModuleType | None = None,  # noqa: ARG002 - the protocol's
    ) -> importlib.machinery.ModuleSpec | None:
        top = name.partition(".")[0]
        if top in sys.stdlib_module_names and top not in STUBBED_STANDARD:
            return None
        if any(is_module(Path(root), top) for root in self.roots):
            return None
        return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        module = StubModule(spec.name)
        module.__path__ = []
        module.__dict__["__all__"] = []
        return module

    def exec_module(self, module: types.ModuleType) -> None:  # noqa: ARG002 - the protocol's
        return None


class Clock(dt.datetime):
    """A clock that moves from request to request only: times of two runs agree, those of two requests differ."""

    @classmethod
    def now(cls, tz: dt.tzinfo | None = None) -> Self:
        return cls(2026, 1, 1, _recorder.request, tzinfo=tz)

    @classmethod
    def utcnow(cls) -> Self:
        return cls.now()

    @classmethod
    def today(cls) -> Self:
        return cls.now()


def is_module(root: Path, name: str) -> bool:
    """Whether the folder `root` holds a module or a package called `name`."""
    return (root / f"{name}.py").is_file() or (root / name).is_dir()


def count_imports(original: Callable[..., Any]) -> Callable[..., Any]:
    """An `__import__` that records the imports standing in functions of the program."""

    def counting(name: str, *args: Any, **kwargs: Any) -> Any:
        frame = sys._getframe(1)
        code = frame.f_code
        if code.co_name != "<module>" and code.co_filename.startswith(_recorder.root):
            path = code.co_filename[len(_recorder.root) + 1 :]
            _recorder.imports.append((_recorder.request, path, frame.f_lineno))
        return original(name, *args, **kwargs)

    return counting


def recorded(name: str, original: Callable[..., Any] | None = None) -> Callable[..., Any]:
    """A function that records its call and does what `original` does where stubs are not concerned."""

    def call(*args: Any, **kwargs: Any) -> Any:
        arguments = written(args, kwargs)
        _recorder.record(name, arguments)
        if original is None or any(isinstance(value, Stub) for value in args):
            return Stub(f"{name}({arguments})")
        return original(*args, **kwargs)

    return call


def opened(original: Callable[..., Any]) -> Callable[..., Any]:
    """An `open` that answers with a stub where the file does not exist."""

    def call(file: Any, *args: Any, **kwargs: Any) -> Any:
        if not _recorder.stack():
            return original(file, *args, **kwargs)
        return Stub(f"open({show(file)})")

    return call


def install(finder: StubFinder) -> None:
    """Puts the stubs between the programs and the world; only for the oracle's own process."""
    import http.client
    import json
    import logging.config
    import pickle
    import time

    from oracle.events import Event, Field, Mood

    sys.meta_path.insert(0, finder)
    builtins.__import__ = count_imports(builtins.__import__)
    builtins.open = opened(builtins.open)
    loads = json.loads

    def loads_field(text: Any, **options: Any) -> Any:
        if isinstance(text, Field):
            return Event(text.salt, text.mood)
        return Event(repr(text), Mood()) if isinstance(text, Stub) else loads(text, **options)

    places: tuple[tuple[Any, str, Callable[..., Any]], ...] = (
        (dt, "datetime", Clock),
        (http.client, "HTTPConnection", recorded("http.client.HTTPConnection")),
        (http.client, "HTTPSConnection", recorded("http.client.HTTPSConnection")),
        (json, "loads", loads_field),
        (json, "load", recorded("json.load", json.load)),
        (json.JSONEncoder, "default", lambda _, value: show(value)),
        (pickle, "load", recorded("pickle.load", pickle.load)),
        (logging, "basicConfig", recorded("logging.basicConfig")),
        (logging.config, "dictConfig", recorded("logging.config.dictConfig")),
        (logging.Logger, "addHandler", recorded("logging.Logger.addHandler")),
        (logging, "getLogger", recorded("logging.getLogger", logging.getLogger)),
        (time, "sleep", lambda _: None),
    )
    for owner, name, function in places:
        setattr(owner, name, function)

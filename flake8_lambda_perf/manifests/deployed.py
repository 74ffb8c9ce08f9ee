"""What a manifest says is deployed, and where the paths it writes lead: never out of the project."""

from __future__ import annotations

import os
import posixpath
import re
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeVar

from flake8_lambda_perf.dataclass import dataclass
from flake8_lambda_perf.errors import ManifestError
from flake8_lambda_perf.model import Package, Problem, Said

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from flake8_lambda_perf.manifests.inline import Inline

Function = TypeVar("Function")

MAX_BYTES = 2_000_000
MAX_FUNCTIONS = 1_000

Platform = Literal["lambda", "azure", "google", "other"]

_HANDLER = re.compile(r"[\w./-]+\.\w+")
_DRIVE = re.compile(r"[A-Za-z]:")
_REMOTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")


@dataclass(frozen=True, slots=True)
class Deployed:
    """A Python function that a manifest deploys.

    `handler` is the string as written, `root` the folder its module is looked up from ("" is the project's
    root, None where the manifest does not say), `layers` the local folders of its layers. `memory` and
    `timeout` are None where the manifest computes them, or leaves them out and its framework has no value of its own;
    the others where it computes them.
    `said` holds what the manifest states with its place: `runtime`, `memory`, `timeout`, `architecture`, `vpc`,
    `snapstart`, `provisioned_concurrency`, `efs`, `ephemeral_storage`, `package`, `layers`, `environment.NAME`
    (its value), `trigger` (its kind, one of TRIGGERS), `build.1` (a command of its image), and what keeps files out
    of its archive: `package.patterns`, `package.exclude` and `package.slim` (bytecode), `package.no_deploy`;
    `handler` where it replaces another.
    `inline` is its code where the manifest itself holds it.
    `platform` is what runs it: the limits and defaults of Lambda are those of `lambda` alone.
    """

    handler: str
    root: str | None
    manifest: str
    line: int
    resource: str
    runtime: str | None
    memory: int | None
    timeout: int | None
    snapstart: bool | None
    vpc: bool | None
    provisioned_concurrency: bool | None
    layers: tuple[str, ...] = ()
    architecture: str | None = None
    ephemeral_storage: int | None = None
    efs: bool | None = False
    package: Package = "zip"
    web_adapter: bool | None = False
    concurrent: bool | None = False
    said: tuple[Said, ...] = ()
    inline: Inline | None = None
    platform: Platform = "lambda"

    @property
    def environment(self) -> tuple[str, ...]:
        """The names of its environment variables."""
        names = (fact.name.partition(".")[2] for fact in self.said if fact.name.startswith("environment."))
        return tuple(dict.fromkeys(names))

    @property
    def triggers(self) -> tuple[str, ...]:
        """The kinds of events that invoke it."""
        return tuple(dict.fromkeys(str(fact.value) for fact in self.said if fact.name == "trigger"))


TRIGGERS = (
    "api", "url", "alb", "websocket", "sqs", "sns", "s3", "dynamodb", "kinesis", "kafka", "mq", "schedule",
    "eventbridge", "cognito", "authorizer", "iot", "logs", "stepfunctions", "http", "pubsub", "storage", "firestore",
    "queue", "blob", "timer", "cosmosdb", "servicebus", "eventhub", "eventgrid", "other",
)  # fmt: skip  # one word a line would take a screen
"""What may invoke a function."""


Reading = tuple[tuple[Deployed, ...], tuple[Problem, ...]]


class LocatedError(ManifestError):
    """A ManifestError that knows its file, which may be one that the manifest includes."""

    def __init__(self, message: str, path: str, line: int) -> None:
        super().__init__(message, line)
        self.path = path

    def problem(self) -> Problem:
        """The error as the user sees it."""
        return Problem(self.path, self.line, str(self))


@dataclass(frozen=True, slots=True)
class Written:
    """A path as a manifest writes it: the key it stands under, and where."""

    text: str
    key: str
    manifest: str
    line: int


def join(folder: str, written: str) -> str | None:
    """`written` relative to `folder`, both relative to the project's root; None where it leaves the project."""
    written = written.replace("\\", "/")
    if written.startswith(("/", "~")) or _DRIVE.match(written) or not written.isprintable():
        return None
    joined = posixpath.normpath(posixpath.join(folder, written))
    if joined == ".." or joined.startswith("../"):
        return None
    return "" if joined == "." else joined


def above(path: str) -> Iterator[str]:
    """The folders that a file lies in, the nearest first, the project's root last."""
    while path:
        path = path.rpartition("/")[0]
        yield path


def is_file(root: Path, path: str) -> bool:
    """Whether a file of the project exists; unlike Path's own question this never raises."""
    return os.path.isfile(f"{root}/{path}")  # noqa: PTH113


def is_inside(root: Path, path: str) -> bool:
    """Whether `path` stays below the resolved `root` when every symbolic link is followed."""
    top = os.fspath(root)  # asked for each function of a manifest: a Path costs more than to follow the links
    real = os.path.realpath(f"{top}/{path}")
    return real == top or real.startswith(os.path.join(top, ""))  # noqa: PTH118


def place(root: Path, folder: str, written: Written) -> str:
    """The path that `written` means from `folder`; raises LocatedError where it leaves the project."""
    joined = join(folder, written.text)
    if joined is None or not is_inside(root, joined):
        raise LocatedError(
            f"{written.key} `{_shortened(written.text)}` leads out of the project, and nothing there is read; "
            "run on a folder that holds both, or name the handler in `handlers`",
            written.manifest,
            written.line,
        )
    return joined


def code_folder(root: Path, folder: str, written: Written) -> str | None:
    """The folder of a function's code; None for archives, build output and remote places."""
    text = written.text
    if _REMOTE.match(text) or text.endswith(".zip") or ".aws-sam" in text or ".serverless" in text:
        return None
    joined = place(root, folder, written)
    return posixpath.dirname(joined) if joined.endswith(".py") and is_file(root, joined) else joined


def archive_folder(root: Path, folder: str, written: Written, handler: str) -> str | None:
    """The folder a `.zip` was made of, None where it is not known.

    The handler's module lies beside it, or in the folder of its name: beside it, or beside the folder of a build.
    """
    if _REMOTE.match(written.text):
        return None
    path = place(root, folder, written)
    beside, name = posixpath.dirname(path), posixpath.basename(path).removesuffix(".zip")
    folders = (beside, posixpath.join(beside, name), posixpath.join(posixpath.dirname(beside), name))
    return next((each for each in folders if module_file(root, each, handler) is not None), None)


def is_python(root: Path, deployed: Deployed) -> bool:
    """Whether the function runs Python; with an unknown runtime, whether its module is a Python file."""
    if not _HANDLER.fullmatch(deployed.handler) or deployed.handler.endswith(".sh"):
        return False
    if deployed.runtime is not None:
        return deployed.runtime.startswith("python")
    if deployed.inline is not None:
        return f"def {deployed.handler.rpartition('.')[2]}(" in deployed.inline.text
    return deployed.root is not None and module_file(root, deployed.root, deployed.handler) is not None


def module_file(root: Path, code_root: str, handler: str) -> str | None:
    """The Python file that a handler string names below `code_root`, None where there is none."""
    module = handler.rpartition(".")[0]
    dots, rest = re.fullmatch(r"((?:\.{1,2}/)*)(.*)", module, re.DOTALL).groups()  # type: ignore[union-attr]
    for ending in (".py", "/__init__.py"):
        path = join(code_root, dots + rest.replace(".", "/") + ending)
        if path is not None and is_file(root, path) and is_inside(root, path):
            return path
    return None


_UNSAVED: ContextVar[Mapping[str, bytes] | None] = ContextVar("_UNSAVED", default=None)


@contextmanager
def unsaved(overlay: Mapping[str, bytes]) -> Iterator[None]:
    """Reads these bytes instead of the files on disk: a repair looks again at what it has changed, and not written."""
    token = _UNSAVED.set(overlay)
    try:
        yield
    finally:
        _UNSAVED.reset(token)


@lru_cache(maxsize=4096)
def _is_plain(folder: str) -> bool:
    """Whether no part of a folder's path is a symbolic link."""
    return os.path.realpath(folder) == folder


def read_text(root: Path, path: str) -> str | None:
    """The text of a regular file inside the project; None for any other, raises ManifestError where it cannot be read.

    Of a file over the limit only the start is read: its text is longer than MAX_BYTES then.
    """
    if (data := (_UNSAVED.get() or {}).get(path)) is not None:
        return data.decode("utf-8-sig", errors="surrogateescape")
    whole = f"{root}/{path}"  # thousands of files are asked for, and a Path costs as much as to read one
    if not os.path.isfile(whole):  # noqa: PTH113  # Path.is_file raises where a name is too long for the system
        return None
    if (os.path.islink(whole) or not _is_plain(whole.rpartition("/")[0])) and not is_inside(root, path):  # noqa: PTH114
        return None
    try:
        with Path(whole).open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ManifestError(f"cannot be read: {error.strerror}; make it readable or exclude it") from error
    return data.decode("utf-8-sig", errors="surrogateescape")


def check_text(text: str) -> None:
    """Raises ManifestError where a claimed manifest is too large or is not UTF-8."""
    if len(text.encode("utf-8", errors="surrogateescape")) > MAX_BYTES:
        raise ManifestError(f"larger than {MAX_BYTES} bytes; split the file or exclude it")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        line = text.count("\n", 0, error.start) + 1
        raise ManifestError("not encoded as UTF-8; save it as UTF-8 or exclude it", line) from error


def as_number(text: str | None) -> int | None:
    """A whole number of MB or seconds."""
    return int(text) if text is not None and re.fullmatch(r"[0-9]{1,6}", text) else None


def _shortened(text: str) -> str:
    text = text if text.isprintable() else ascii(text)[1:-1]
    return text if len(text) <= 80 else text[:77] + "..."


def gathered(functions: Iterable[Function], read: Callable[[Function], Deployed | None]) -> Reading:
    """Reads each function of a manifest; one that cannot be read is a problem and does not hide the others."""
    deployed: list[Deployed] = []
    problems: list[Problem] = []
    for function in functions:
        try:
            found = read(function)
        except LocatedError as error:
            problems.append(error.problem())
            continue
        if found is not None:
            deployed.append(found)
    return tuple(deployed), tuple(problems)

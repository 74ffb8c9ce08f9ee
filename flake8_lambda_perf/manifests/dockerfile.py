"""Reads Dockerfiles: the function that an image runs, and where the image's code comes from."""

from __future__ import annotations

import fnmatch
import posixpath
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from flake8_lambda_perf.dataclass import dataclass
from flake8_lambda_perf.errors import ManifestError
from flake8_lambda_perf.manifests.deployed import (
    Deployed,
    LocatedError,
    Reading,
    check_text,
    is_file,
    is_inside,
    join,
    read_text,
)
from flake8_lambda_perf.manifests.docker_stages import TASK_ROOT, Copy, Stage, expanded, split, stages
from flake8_lambda_perf.model import Said

MAX_LOOKUPS = 2_000

_ENDINGS = (".py", "/__init__.py")
_NAMES = frozenset({"dockerfile", "containerfile"})
_SERVERLESS = re.compile(r"lambda|functions[-_]framework", re.IGNORECASE)
_HANDLER = re.compile(r"[\w./-]+\.\w+")
_APP = re.compile(r"([\w./]+):(\w+)")
_ASSIGNMENT = re.compile(r"\w+=")
_FRAMEWORK = frozenset({"functions-framework", "functions_framework"})
_SERVERS = frozenset({"uvicorn", "gunicorn", "hypercorn", "granian", "waitress-serve", "daphne", "uwsgi"})
_INTERPRETERS = frozenset({"python", "python3"})
_SERVING = re.compile(
    r"""(?m)\buvicorn\.run\(\s*(?:["'](?P<module>[\w.]+):(?P<name>\w+)|(?P<own>\w+)\b(?![.(]))"""
    r"|^[ \t]*(?!uvicorn\b)(?P<flask>\w+)\.run\("
)
_FACTORY = frozenset({"--factory", "--call"})
_FOLDER_OPTIONS = frozenset({"--chdir", "--app-dir"})


def claims(_name: str, text: str) -> bool:
    """Whether the file may build an image for a serverless platform."""
    return _SERVERLESS.search(text) is not None


def read(root: Path, path: str, text: str) -> Reading:
    """The function that the last stage of a Dockerfile runs."""
    image = _image(root, path, text, None, None)
    if image is None or image.handler is None:
        return (), ()
    deployed = Deployed(
        handler=image.handler,
        root=image.root,
        manifest=path,
        line=image.line,
        resource=_named_by(path),
        runtime=image.runtime,
        memory=None,
        timeout=None,
        snapstart=False,
        vpc=None,
        provisioned_concurrency=None,
        architecture=image.architecture,
        package="image",
        efs=None,
        web_adapter=image.web_adapter,
        # What the function is given, only its deployment knows.
        said=(*image.said, Said("memory", None, path, image.line, 1), Said("timeout", None, path, image.line, 1)),
        platform="google" if image.is_framework else "lambda",
    )
    return (deployed,), ()


@dataclass(frozen=True, slots=True)
class Image:
    """What an image runs: None where that is no Python function, or is not known.

    `root` is the folder its module is looked up from, `said` what the Dockerfile states: `runtime`, `architecture`,
    `environment.NAME`, and the commands of the build, `build.1`, `build.2`.
    """

    handler: str | None
    root: str | None
    line: int
    runtime: str | None
    architecture: str | None
    web_adapter: bool
    is_framework: bool
    """Whether Google's Functions Framework runs it."""
    said: tuple[Said, ...]


def image_of(root: Path, path: str, context: str | None = None, handler: str | None = None) -> Image | None:
    """What the image of the Dockerfile at `path` runs, for a manifest that names it; None where there is none.

    `context` is the folder it is built from, `handler` the command that the manifest gives instead of the
    Dockerfile's. Raises LocatedError where the Dockerfile cannot be read.
    """
    try:
        text = read_text(root, path)
        if text is None:
            return None
        check_text(text)
        return _image(root, path, text, context, handler)
    except LocatedError:
        raise
    except ManifestError as error:
        raise LocatedError(str(error), path, error.line) from error


def _image(root: Path, path: str, text: str, context: str | None, handler: str | None) -> Image | None:
    built = stages(path, text)
    if not built:
        return None
    last = built[-1]
    run = _Run(last)
    folder = posixpath.dirname(path)
    found = handler or run.handler or _started(root, folder, context, run)
    by = run.command
    return Image(
        handler=found,
        root=None if found is None else _code_root(root, folder, context, run, found),
        line=1 if by is None else by.line,
        runtime=_fact(last, "runtime"),
        architecture=_fact(last, "architecture"),
        web_adapter=last.adapter,
        is_framework=run.is_framework,
        said=(*last.said, *_numbered(last)),
    )


def _named_by(path: str) -> str:
    """What an image is called after: its file, else its folder."""
    folder, _, name = path.rpartition("/")
    own = next((part for part in name.split(".") if part and part.lower() not in _NAMES), None)
    return own or posixpath.basename(folder) or "image"


def _fact(stage: Stage, name: str) -> str | None:
    return next(
        (fact.value for fact in reversed(stage.said) if fact.name == name and isinstance(fact.value, str)), None
    )


def _numbered(stage: Stage) -> Iterator[Said]:
    """The commands that build the image and what it copies from, in their order."""
    runs = [run for each in stage.built_of for run in each.runs]
    for number, run in enumerate(sorted(runs, key=lambda run: run.line), 1):
        yield replace(run, name=f"build.{number}")


class _Run:
    """What an image runs when it starts: its words, and the handler among them."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.command = stage.command or stage.entrypoint
        self.folder = stage.folder
        self.script: str | None = None
        """What Python runs behind the web adapter."""
        self.is_framework = False
        self.handler = self._handler(self._words())

    def _words(self) -> tuple[str, ...]:
        """The words that run, of ENTRYPOINT and CMD, out of the shell they may be wrapped in."""
        entrypoint, command = self.stage.entrypoint, self.stage.command
        if entrypoint is not None and entrypoint.shell:
            return self._of_shell(entrypoint.words[0])
        words = () if entrypoint is None else entrypoint.words
        if command is not None:
            words += self._of_shell(command.words[0]) if command.shell else command.words
        if len(words) > 2 and posixpath.basename(words[0]) in ("sh", "bash") and words[1] in ("-c", "-lc"):
            return self._of_shell(words[2])
        return words

    def _of_shell(self, text: str) -> tuple[str, ...]:
        words = split(expanded(text, self.stage.variables) or text)
        for end in ("&&", ";"):
            if end in words:
                words = words[len(words) - words[::-1].index(end) :]
        while words and (words[0] in ("exec", "env") or _ASSIGNMENT.match(words[0])):
            words = words[1:]
        return words

    def _handler(self, words: tuple[str, ...]) -> str | None:
        names = [posixpath.basename(word) for word in words]
        for index, name in enumerate(names):
            rest = words[index + 1 :]
            if name == "awslambdaric":
                return self._named(rest[:1])
            if name in _FRAMEWORK:
                return self._framework(rest)
            if name in _SERVERS and self.stage.adapter:
                return self._served(rest)
            if name in _INTERPRETERS and rest[:1] and rest[0].endswith(".py") and self.stage.adapter:
                self.script = rest[0]
                return None
        entrypoint = self.stage.entrypoint
        is_wrapped = any("awslambdaric" in str(run.value) for stage in self.stage.built_of for run in stage.runs)
        if self.stage.is_lambda or (is_wrapped and entrypoint is not None):
            command = self.stage.command
            own = () if command is None else self._of_shell(command.words[0]) if command.shell else command.words
            return self._named(own) if len(own) == 1 else None
        return None

    def _named(self, words: tuple[str, ...]) -> str | None:
        """The handler string that the first word is."""
        handler = expanded(words[0], self.stage.variables) if words else None
        is_one = handler is not None and _HANDLER.fullmatch(handler) and not handler.endswith((".py", ".sh"))
        return handler if is_one else None

    def _framework(self, words: tuple[str, ...]) -> str | None:
        """The function that the Functions Framework is started with; `main.py` is its default."""
        target = _option(words, "--target") or self.stage.variables.get("FUNCTION_TARGET")
        source = _option(words, "--source") or self.stage.variables.get("FUNCTION_SOURCE") or "main.py"
        self.is_framework = True
        return (
            f"{source.removesuffix('.py').removeprefix('./')}.{target}" if target and source.endswith(".py") else None
        )

    def _served(self, words: tuple[str, ...]) -> str | None:
        """The application that a web server is started with."""
        apps = [match for word in words if (match := _APP.fullmatch(word)) is not None]
        if not apps or not _FACTORY.isdisjoint(words):
            return None
        for option in _FOLDER_OPTIONS:
            self.folder = posixpath.normpath(posixpath.join(self.folder, _option(words, option) or ""))
        return f"{apps[-1][1]}.{apps[-1][2]}"


def _option(words: tuple[str, ...], name: str) -> str | None:
    """The value of `--name value` or `--name=value`."""
    for index, word in enumerate(words):
        if word == name:
            return words[index + 1] if index + 1 < len(words) else None
        if word.startswith(f"{name}="):
            return word.removeprefix(f"{name}=")
    return None


def _code_root(root: Path, folder: str, context: str | None, run: _Run, handler: str) -> str | None:
    """The folder of the project from which the image's module is looked up; None where nothing it copies fits."""
    module = handler.rpartition(".")[0]
    module = module if "/" in handler else module.replace(".", "/")
    names = [posixpath.join(base, module + ending) for base in _looked_up(run) for ending in _ENDINGS]
    found = _found(root, folder, context, run.stage, names)
    return None if found is None else _above(found, module)


def _started(root: Path, folder: str, context: str | None, run: _Run) -> str | None:
    """The handler string of the application that a script serves when it is run."""
    if run.script is None:
        return None
    path = _found(root, folder, context, run.stage, [posixpath.join(run.folder, run.script)])
    text = None if path is None else read_text(root, path)
    serving = None if text is None else _SERVING.search(text)
    if serving is None or (serving["flask"] is not None and f"{serving['flask']} = Flask(" not in (text or "")):
        return None
    module = serving["module"] or run.script.removesuffix(".py").removeprefix("./")
    return f"{module}.{serving['name'] or serving['own'] or serving['flask']}"


def _found(root: Path, folder: str, context: str | None, stage: Stage, names: list[str]) -> str | None:
    """The file of the project that the image has under the first of the names.

    Without a context it is the nearest folder, from the Dockerfile's upwards, whose files fit.
    """
    contexts = [folder]
    while contexts[-1]:
        contexts.append(posixpath.dirname(contexts[-1]))
    for each in contexts if context is None else [context]:
        files = _Files(root, each)
        for name in names:
            found = files.find(stage, posixpath.normpath(name))
            if found is not None:
                return found
    return None


def _looked_up(run: _Run) -> Iterator[str]:
    """The folders of the image in which Python looks for modules."""
    yield run.folder
    if run.stage.is_lambda:
        yield TASK_ROOT
    yield from (part for part in (run.stage.variables.get("PYTHONPATH") or "").split(":") if part.startswith("/"))


def _above(path: str, module: str) -> str | None:
    for name in (module + ending for ending in _ENDINGS):
        if f"/{path}".endswith(f"/{name}"):
            return path.removesuffix(name).rstrip("/")
    return None


class _Files:
    """Where the files of an image come from, when it is built from one folder of the project."""

    def __init__(self, root: Path, context: str) -> None:
        self._root = root
        self._context = context
        self._left = MAX_LOOKUPS

    def find(self, stage: Stage | None, path: str) -> str | None:
        """The file of the project that the image has at `path`; what is copied last counts."""
        while stage is not None:
            for copy in reversed(stage.copies):
                for origin in _origins(copy, path):
                    self._left -= 1
                    if self._left < 0:
                        return None
                    found = self._own(origin) if copy.base is None else self.find(copy.base, f"/{origin.lstrip('/')}")
                    if found is not None:
                        return found
            stage = stage.parent
        return None

    def _own(self, origin: str) -> str | None:
        path = join(self._context, posixpath.normpath(f"/{origin}").lstrip("/"))
        if path is None or not is_inside(self._root, path):
            return None
        return path if is_file(self._root, path) else None


def _origins(copy: Copy, path: str) -> Iterator[str]:
    """The paths in what is copied that may be the file which the image has at `path`."""
    below = path.removeprefix(f"{copy.to.rstrip('/')}/") if path.startswith(f"{copy.to.rstrip('/')}/") else None
    for source in copy.sources:
        if path == copy.to:
            yield source
        if below is None:
            continue
        folder, name = posixpath.split(source)
        if any(sign in name for sign in "*?["):
            if "/" not in below and fnmatch.fnmatchcase(below, name):
                yield posixpath.join(folder, below)
        elif name == below:
            yield source
        else:
            yield posixpath.join(source, below)

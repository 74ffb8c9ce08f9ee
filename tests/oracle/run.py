"""Executes programs under the stubs: `python -m oracle.run`, in tests/, reads jobs and prints records, as JSON."""

from __future__ import annotations

import contextlib
import importlib
import inspect
import io
import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from oracle import events, stubs
from oracle.events import Event, Mood

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

REQUESTS = 3
MOST_LITERALS = 9
TESTS = Path(__file__).resolve().parents[1]
LITERAL = re.compile(r"""(?:==\s*|case\s+(?:\{[^}\n]*:\s*)?|[{,]\s*|\bin\s*\(?\s*)["']([^"'\n]{1,30})["']""")
VARIABLE = re.compile(r"""environ\[\s*["'](\w+)["']""")


@dataclass(frozen=True, slots=True)
class Job:
    """A program: its folder and its handlers as (path, qualified name).

    `like` is the folder whose literals shape the events, where a fixed program is compared with it.
    """

    folder: Path
    handlers: tuple[tuple[str, str], ...]
    like: Path | None = None


@dataclass(frozen=True, slots=True)
class Build:
    """One call on a stub as judged: `stack` ends in the place that made it (path, line, columns)."""

    mood: int
    request: int
    name: str
    arguments: str
    stack: tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class Record:
    """What a program did: calls on stubs, imports in functions, and its responses per handler and event."""

    calls: tuple[Build, ...]
    imports: tuple[tuple[int, int, str, int], ...]
    responses: tuple[str, ...]
    errors: tuple[str, ...]


def run(jobs: Sequence[Job]) -> list[Record]:
    """The records of all `jobs`, made in one process of their own."""
    asked = [{"folder": str(job.folder), "handlers": job.handlers, "like": str(job.like or job.folder)} for job in jobs]
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "COVERAGE", "PYTHON"))
    }
    done = subprocess.run(
        [sys.executable, "-m", "oracle.run"],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        cwd=TESTS,
        env=environment | {"PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"},
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])
    return [record_of(raw) for raw in json.loads(done.stdout)]


def record_of(raw: dict[str, Any]) -> Record:
    """A record from its JSON."""
    calls = tuple(
        Build(mood, request, name, arguments, tuple((path, line, offset) for path, line, offset in stack))
        for mood, request, name, arguments, stack in raw["calls"]
    )
    imports = tuple((mood, request, path, line) for mood, request, path, line in raw["imports"])
    return Record(calls, imports, tuple(raw["responses"]), tuple(raw["errors"]))


def moods(folder: Path) -> list[Mood]:
    """True, false, both in turn, and one mood for each literal that the program compares with."""
    texts = [path.read_text("utf-8") for path in sorted(folder.rglob("*.py"))]
    found = sorted({literal for text in texts for literal in LITERAL.findall(text)})
    return [
        Mood(),
        Mood(truth=False),
        Mood(flips=True),
        Mood(truth=False, flips=True),
        *[Mood(literal=literal) for literal in found[:MOST_LITERALS]],
    ]


def roots(folder: Path, path: str) -> tuple[str, ...]:
    """Where the deployed function finds its modules: its code folder, the project, the layers."""
    base = (folder / path).parent
    while (base / "__init__.py").is_file() and base != folder:
        base = base.parent
    layers = sorted(str(found) for found in folder.rglob("python") if found.is_dir())
    return (str(base), *([str(folder)] if base != folder else []), *layers)


def module_name(base: str, folder: Path, path: str) -> str:
    """The name under which the module at `path` is imported."""
    relative = (folder / path).relative_to(base).with_suffix("")
    parts = [part for part in relative.parts if part != "__init__"]
    return ".".join(parts)


@contextlib.contextmanager
def isolated(finder: stubs.StubFinder, paths: tuple[str, ...]) -> Iterator[None]:
    """Fresh modules, path and environment for one run of one handler."""
    modules, search, environment = set(sys.modules), list(sys.path), dict(os.environ)
    finder.roots = paths
    sys.path[:0] = paths
    importlib.invalidate_caches()
    try:
        yield
    finally:
        for name in set(sys.modules) - modules:
            if name.partition(".")[0] not in sys.stdlib_module_names or name == "sqlite3":
                del sys.modules[name]
        sys.path[:] = search
        os.environ.clear()
        os.environ.update(environment)


def value_for(parameter: inspect.Parameter, position: int, salt: str, mood: Mood) -> Any:
    """What a platform passes for a parameter of an entry point."""
    if parameter.name in {"request", "req", "timer", "msg"}:
        return stubs.Stub(f"{parameter.name}<{salt}>")
    if position == 1 or "context" in parameter.name or parameter.name in {"ctx", "_"}:
        return stubs.Stub(f"context<{salt}>")
    return Event(salt, mood)


def call_as_platform(function: Callable[..., Any], salt: str, mood: Mood) -> Any:
    """Calls an entry point with what a platform passes to it."""
    if isinstance(function, stubs.Stub):
        return repr(function)
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        parameters = []
    wanted = [
        parameter
        for parameter in parameters
        if parameter.kind in {parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD}
        and (parameter.default is parameter.empty or parameter.name in {"event", "context"})
    ]
    if any(parameter.kind is parameter.VAR_POSITIONAL for parameter in parameters):
        return function(Event(salt, mood), stubs.Stub(f"context<{salt}>"))
    values = [value_for(parameter, index, salt, mood) for index, parameter in enumerate(wanted)]
    return function(*values)


def call_all(entry: Callable[..., Any], recorder: stubs.Recorder, salt: str, mood: Mood) -> Any:
    """One request: the handler, then whatever was registered with a framework."""
    events.TESTS[0] = 0
    at_import = list(dict.fromkeys(recorder.registered))
    response = call_as_platform(entry, salt, mood)
    registered = list(dict.fromkeys([*at_import, *recorder.registered]))
    answers = [call_as_platform(function, salt, mood) for function in registered]
    recorder.registered[:] = at_import
    return [response, *answers]


def run_handler(
    finder: stubs.StubFinder, folder: Path, handler: tuple[str, str], mood: Mood, record: dict[str, Any], number: int
) -> None:
    """Imports the module of `handler` afresh and sends it REQUESTS events."""
    path, name = handler
    recorder = stubs.Recorder(str(folder))
    stubs.use(recorder)
    paths = roots(folder, path)
    with isolated(finder, paths), contextlib.redirect_stdout(io.StringIO()):
        try:
            found: Any = importlib.import_module(module_name(paths[0], folder, path))
            for part in name.split("."):
                found = getattr(found, part)
        except Exception as error:  # noqa: BLE001 - the program's own fault is an observation
            record["errors"].append(f"{path}:{name}: {type(error).__name__}: {error}")
            found = None
        for request in range(1, REQUESTS + 1) if found is not None else ():
            recorder.request = request
            try:
                answer = stubs.show(call_all(found, recorder, str(request), mood))
            except Exception as error:  # noqa: BLE001 - likewise
                answer = stubs.anywhere(f"{type(error).__name__}: {error}")
                record["errors"].append(f"{path}:{name}: {answer}")
            record["responses"].append(answer)
    record["calls"] += [[number, c.request, c.name, c.arguments, c.stack] for c in recorder.calls]
    record["imports"] += [[number, *seen] for seen in recorder.imports]


def run_program(finder: stubs.StubFinder, folder: Path, handlers: list[tuple[str, str]], like: Path) -> dict[str, Any]:
    """Runs all handlers of one program in all moods."""
    record: dict[str, Any] = {"calls": [], "imports": [], "responses": [], "errors": []}
    for path in folder.rglob("*.py"):
        for variable in VARIABLE.findall(path.read_text("utf-8")):
            os.environ.setdefault(variable, f"env-{variable}")
    found = moods(like)
    for index, handler in enumerate(handlers):
        for number, mood in enumerate(found):
            run_handler(finder, folder, handler, mood, record, index * len(found) + number)
    return record


def main() -> None:
    """Answers the jobs on standard input."""
    jobs = json.load(sys.stdin)
    output = sys.stdout
    finder = stubs.StubFinder()
    stubs.install(finder)
    done = [
        run_program(finder, Path(job["folder"]), [(path, name) for path, name in job["handlers"]], Path(job["like"]))
        for job in jobs
    ]
    json.dump(done, output)


if __name__ == "__main__":
    main()

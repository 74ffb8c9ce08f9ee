"""Reads how Google Cloud Functions are deployed: `gcloud` commands, Cloud Build steps, GitHub's action."""

from __future__ import annotations

import posixpath
import re
from contextlib import suppress
from typing import TYPE_CHECKING

from flake8_lambda_perf.dataclass import dataclass
from flake8_lambda_perf.errors import ManifestError
from flake8_lambda_perf.manifests.decorated import Code
from flake8_lambda_perf.manifests.deployed import MAX_FUNCTIONS, Deployed, Reading, is_file, is_inside, join, read_text
from flake8_lambda_perf.manifests.facts import Facts
from flake8_lambda_perf.manifests.shell_words import Variables, Word, expanded, words_after
from flake8_lambda_perf.manifests.yaml_nodes import Mapping, Node, Scalar, Sequence, parse
from flake8_lambda_perf.source import Lines

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flake8_lambda_perf.model import Said

SOURCE = "main"
"""The module that is loaded: https://cloud.google.com/run/docs/write-functions."""

MAX_FOLDERS = 20

_GAP = r"(?:[ \t]|\\\r?\n)+"
_COMMAND = re.compile(rf"\bgcloud{_GAP}(?:(?:alpha|beta){_GAP})?(functions|run){_GAP}deploy(?=[ \t\\])")
_LISTED = re.compile(r"""(?:functions|run)["']?[ \t]*(?:,|\n[ \t]*-)[ \t]*["']?deploy\b""")
_ACTION = "google-github-actions/deploy-cloud-functions"
_FOLDER = re.compile(r"(?m)\bcd[ \t]+([^\s;&|]+)|working-directory:[ \t]*([^\s#]+)|\bdir:[ \t]*([^\s#]+)")
_DEFINED = re.compile(r"(?m)^(?:async[ \t]+)?def[ \t]+(\w+)|^(\w+)[ \t]*=")
_IMPORTED = re.compile(r"(?m)^(?:from|import)\b.*")
_NAME = re.compile(r"\w+")
_SWITCHES = frozenset(
    {"--gen2", "--no-gen2", "--trigger-http", "--allow-unauthenticated", "--no-allow-unauthenticated", "--quiet", "-q",
     "--retry", "--no-retry", "--async", "--serve-all-traffic-latest-revision", "--clear-env-vars"}
)  # fmt: skip  # one word a line would take a screen
_INPUTS = {
    "entry_point": "--entry-point", "runtime": "--runtime", "source_dir": "--source", "memory": "--memory",
    "memory_mb": "--memory", "timeout": "--timeout", "event_trigger_type": "--trigger-event",
    "event_trigger_pubsub_topic": "--trigger-topic", "name": "",
}  # fmt: skip  # one word a line would take a screen
_MEMORY = re.compile(r"([0-9]{1,6})(MB|MiB|Mi|M|GB|GiB|Gi|G)")
_TIME = re.compile(r"(?:([0-9]{1,3})h)?(?:([0-9]{1,5})m)?(?:([0-9]{1,6})s?)?")
_OWN = {"--trigger-http": "http", "--trigger-topic": "pubsub", "--trigger-bucket": "storage"}
_EVENTS = {"pubsub": "pubsub", "storage": "storage", "firestore": "firestore"}


def claims(_name: str, text: str) -> bool:
    """Whether the file holds a command or a step that deploys functions."""
    return _ACTION in text or _COMMAND.search(text) is not None or _LISTED.search(text) is not None


def read(root: Path, path: str, text: str) -> Reading:
    """The functions that the file's commands and steps deploy."""
    script = _Script(root, path, text)
    found = [*_commands(text), *_steps(path, text)]
    deployed = (script.function(command) for command in found[:MAX_FUNCTIONS])
    return tuple(each for each in deployed if each is not None), ()


@dataclass(frozen=True, slots=True)
class _Command:
    """One deployment: its line, where it stands, and its options, the function's own name under ''."""

    product: str
    line: int
    offset: int | None
    options: tuple[tuple[str, str, Word], ...]


def _commands(text: str) -> Iterator[_Command]:
    lines = Lines(text)
    for match in _COMMAND.finditer(text):
        before = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
        if "#" not in before and "echo" not in before:
            words = list(words_after(text, lines, match.end()))
            yield _Command(match[1], lines.position(match.start())[0], match.start(), tuple(_options(words)))


def _options(words: list[Word]) -> Iterator[tuple[str, str, Word]]:
    """The options of a command, each with its value and the word that holds it."""
    waiting = ""
    for word in words:
        if waiting and not word.text.startswith("--"):
            yield waiting, word.text, word
            waiting = ""
            continue
        name, given, value = word.text.partition("=")
        waiting = name if name.startswith("--") and not given and name not in _SWITCHES else ""
        if not waiting:
            yield (name, value, word) if name.startswith("-") else ("", word.text, word)


def _steps(path: str, text: str) -> Iterator[_Command]:
    """The steps of Cloud Build that list a command's words, and those of GitHub's action."""
    if _ACTION not in text and _LISTED.search(text) is None:
        return
    top = parse(path, text)
    jobs = top.get("jobs") if isinstance(top, Mapping) else None
    groups = [entry.value for entry in jobs.entries.values()] if isinstance(jobs, Mapping) else [top]
    for group in groups[:MAX_FUNCTIONS]:
        steps = group.get("steps") if isinstance(group, Mapping) else None
        for step in steps.items[:MAX_FUNCTIONS] if isinstance(steps, Sequence) else ():
            yield from _step(step)


def _step(step: Node) -> Iterator[_Command]:
    uses, given, args = (step.get(key) if isinstance(step, Mapping) else None for key in ("uses", "with", "args"))
    if isinstance(uses, Scalar) and uses.text.startswith(_ACTION) and isinstance(given, Mapping):
        inputs = [(_INPUTS[key], _word(each.value)) for key, each in given.entries.items() if key in _INPUTS]
        options = [(name, word.text, word) for name, word in inputs if word is not None]
        unit = isinstance(given.get("memory_mb"), Scalar)
        options = [(n, f"{value}MB" if unit and n == "--memory" else value, word) for n, value, word in options]
        yield _Command("functions", uses.line, None, tuple(options))
    words = [_word(item) for item in args.items] if isinstance(args, Sequence) else []
    plain = [word for word in words if word is not None]
    texts = [word.text for word in plain]
    for product in ("functions", "run"):
        if product in texts and texts[texts.index(product) + 1 :][:1] == ["deploy"]:
            start = texts.index(product) + 2
            yield _Command(product, plain[start - 2].line, None, tuple(_options(plain[start:])))


def _word(node: Node) -> Word | None:
    return Word(node.text, node.line, node.column, node.written) if isinstance(node, Scalar) else None


class _Script:
    """A file's commands, what its variables stand for, and the folders it may run in."""

    def __init__(self, root: Path, path: str, text: str) -> None:
        self._root = root
        self._path = path
        self._variables = Variables(text)
        folders = [(each.start(), each[1] or each[2] or each[3]) for each in _FOLDER.finditer(text)]
        self._entered = [(start, folder.strip("\"'")) for start, folder in folders]
        self._defined: dict[str, frozenset[str]] = {}

    def function(self, command: _Command) -> Deployed | None:
        """The function that a command deploys; None where it is not Python, or is not named."""
        variables = self._variables.at(command.offset)
        values = [(name, expanded(value, variables)) for name, value, _ in reversed(command.options)]
        known = {name: value for name, value in values if value is not None}
        resource = known.get("", "function")
        own = "--entry-point" if "--entry-point" in dict(values) else ""
        by = "--function" if command.product == "run" else own
        entry = known.get(by)
        runtime = known.get("--runtime") or known.get("--base-image")
        if entry is None or not entry.isidentifier() or (runtime is not None and not runtime.startswith("python")):
            return None
        root = self._code_root(known.get("--source", "."), entry, command.offset)
        if root is None and runtime is None:
            return None
        facts = Facts([fact for option in command.options for fact in self._said(*option, variables)])
        if root is not None and "trigger" not in {fact.name for fact in facts.said}:
            facts = Facts([*facts.said, *self._decorated(root, entry)])
        return Deployed(
            handler=f"{SOURCE}.{entry}",
            root=root,
            manifest=self._path,
            line=command.line,
            resource=resource,
            runtime=runtime,
            memory=facts.number("memory"),
            timeout=facts.number("timeout"),
            snapstart=False,
            vpc=False,
            provisioned_concurrency=False,
            platform="google",
            concurrent=facts.flag("concurrent"),
            said=facts.said,
        )

    def _code_root(self, source: str, entry: str, offset: int | None) -> str | None:
        """The first folder that may be meant and whose module defines the function."""
        here = posixpath.dirname(self._path)
        entered = [folder for start, folder in self._entered if offset is None or start < offset]
        folders = [join(base, folder) for folder in entered[: -MAX_FOLDERS - 1 : -1] for base in (here, "")]
        for base in (*folders, here, ""):
            folder = None if base is None else join(base, source)
            if folder is not None and entry in self._names(posixpath.join(folder, f"{SOURCE}.py")):
                return folder
        return None

    def _names(self, path: str) -> frozenset[str]:
        """The names that a module defines or imports, judged by its lines."""
        if path not in self._defined:
            text = ""
            if is_file(self._root, path) and is_inside(self._root, path):
                with suppress(ManifestError):  # the analysis reads the file too, and says so
                    text = read_text(self._root, path) or ""
            names = {match[1] or match[2] for match in _DEFINED.finditer(text)}
            names.update(name for line in _IMPORTED.findall(text) for name in _NAME.findall(line))
            self._defined[path] = frozenset(names)
        return self._defined[path]

    def _decorated(self, root: str, entry: str) -> Iterator[Said]:
        for function in Code(self._root, root, SOURCE, "functions_framework").functions():
            if function.handler == f"{SOURCE}.{entry}":
                yield from function.said

    def _said(self, option: str, written: str, word: Word, variables: dict[str, str | None]) -> Iterator[Said]:
        """What an option states; a value that a variable gives stands elsewhere."""
        value = expanded(written, variables)
        part = written if value == written else ""
        match option:
            case "--runtime" | "--base-image":
                yield word.said("runtime", value, self._path, part)
            case "--memory":
                yield word.said("memory", _megabytes(value), self._path, part)
            case "--timeout":
                yield word.said("timeout", _seconds(value), self._path, part)
            case "--concurrency":
                yield word.said("concurrent", None if value is None else value != "1", self._path, part)
            case "--set-env-vars" | "--update-env-vars":
                for pair in written.split(","):
                    name, _, each = pair.partition("=")
                    if name.isidentifier():
                        own = expanded(each, variables)
                        yield word.said(f"environment.{name}", own, self._path, each if own == each else "", f"{name}=")
            case _ if option.startswith("--trigger-") and option != "--trigger-location":
                yield word.said("trigger", _kind(option, value), self._path, "")


def _kind(option: str, value: str | None) -> str:
    if option in _OWN:
        return _OWN[option]
    return next((kind for part, kind in _EVENTS.items() if part in (value or "")), "other")


def _megabytes(value: str | None) -> int | None:
    match = _MEMORY.fullmatch(value or "")
    return None if match is None else int(match[1]) * (1024 if match[2].startswith("G") else 1)


def _seconds(value: str | None) -> int | None:
    match = _TIME.fullmatch(value or "")
    hours, minutes, seconds = (int(part or 0) for part in match.groups()) if match is not None else (0, 0, 0)
    return hours * 3600 + minutes * 60 + seconds or None

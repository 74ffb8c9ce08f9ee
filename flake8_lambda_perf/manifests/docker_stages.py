"""What a Dockerfile builds: its instructions, and the stages that they add up to."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator
from dataclasses import field

from flake8_lambda_perf.dataclass import dataclass
from flake8_lambda_perf.errors import ManifestError
from flake8_lambda_perf.model import Said
from flake8_lambda_perf.source import Lines

MAX_INSTRUCTIONS = 2_000
MAX_TEXT = 4_000
TASK_ROOT = "/var/task"

_ESCAPE = re.compile(r"(?:#[^\n]*\n)*#[ \t]*escape[ \t]*=[ \t]*`", re.IGNORECASE)
_KEYWORD = re.compile(r"[ \t]*([A-Za-z]+)[ \t]+")
_HEREDOC = re.compile(r"<<-?[ \t]*([\"']?)(\w+)\1")
_WORD = re.compile(r"""(?:"(?:\\.|[^"\\])*"|'[^']*'|\\.|[^\s"'\\])+""", re.DOTALL)
_QUOTES = re.compile(r"""\\(.)|["']""", re.DOTALL)
_VARIABLE = re.compile(r"\$(?:(\w+)|\{(\w+)(?::([-+])([^{}]*))?\})")
_LAMBDA = re.compile(r"(?:^|/)(?:lambda/python|(?:aws-)?lambda-python)(?=[:@]|$)")
_PYTHON = re.compile(r"python:?(3\.[0-9]+)")
_PLATFORM = re.compile(r"--platform=(?:linux/)?(arm64|amd64)")
_ARCHITECTURES = {"arm64": "arm64", "amd64": "x86_64"}


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction: its arguments, with blanks where a line goes on, so that offsets stay those of the file."""

    keyword: str
    text: str
    offset: int
    written: str


@dataclass(frozen=True, slots=True)
class Word:
    """One argument: its value, None where a variable in it is not known, and how and where it is written."""

    value: str | None
    offset: int
    written: str


@dataclass(frozen=True, slots=True)
class Command:
    """What CMD or ENTRYPOINT runs."""

    words: tuple[str, ...]
    shell: bool
    line: int


@dataclass(frozen=True, slots=True, eq=False)
class Copy:
    """Files of the build's folder, or of the stage `base`, and where the image has them."""

    sources: tuple[str, ...]
    to: str
    base: Stage | None


@dataclass(slots=True, eq=False)
class Stage:
    """One image on the way to the last."""

    name: str
    image: str
    parent: Stage | None
    folder: str = "/"
    is_lambda: bool = False
    adapter: bool = False
    variables: dict[str, str | None] = field(default_factory=dict)
    copies: list[Copy] = field(default_factory=list)
    entrypoint: Command | None = None
    command: Command | None = None
    said: list[Said] = field(default_factory=list)
    runs: list[Said] = field(default_factory=list)

    @property
    def built_of(self) -> list[Stage]:
        """The stages whose files end up in this one, itself last."""
        found: list[Stage] = []
        waiting = [self]
        while waiting:
            stage = waiting.pop()
            if stage not in found:
                found.append(stage)
                waiting += [copy.base for copy in stage.copies if copy.base is not None]
                waiting += [] if stage.parent is None else [stage.parent]
        return found[::-1]


def stages(path: str, text: str) -> list[Stage]:
    """The stages of a Dockerfile in their order; raises ManifestError where it goes on without end."""
    builder = _Builder(path, text)
    for number, instruction in enumerate(instructions(text)):
        if number == MAX_INSTRUCTIONS:
            line = Lines(text).position(instruction.offset)[0]
            raise ManifestError(f"holds more than {MAX_INSTRUCTIONS} instructions; split the file or exclude it", line)
        builder.add(instruction)
    return builder.stages


def instructions(text: str) -> Iterator[Instruction]:
    """The instructions of a Dockerfile, without comments and the bodies of here-documents."""
    escape = "`" if _ESCAPE.match(text) else "\\"
    lines = text.split("\n")
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    index = 0
    while index < len(lines):
        first, keyword = index, _KEYWORD.match(lines[index])
        if keyword is None:
            index += 1
            continue
        whole, index = _going_on(lines, index, escape)
        for _, end in _HEREDOC.findall(whole) if keyword[1].upper() in ("RUN", "COPY", "ADD") else ():
            while index < len(lines) and lines[index].strip() != end:
                index += 1
            index += 1
        start = starts[first] + keyword.end()
        written = text[start : starts[min(index, len(lines))]].rstrip()
        yield Instruction(keyword[1].upper(), whole[keyword.end() :], start, written)


def _going_on(lines: list[str], index: int, escape: str) -> tuple[str, int]:
    """A line with those on which it goes on, in one, and the index of the next."""
    parts: list[str] = []
    line, index = lines[index], index + 1
    while line.rstrip().endswith(escape) and index < len(lines):
        parts.append(_blanked(line, escape))
        while index < len(lines) - 1 and _is_skipped(lines[index]):
            parts.append(" " * len(lines[index]))
            index += 1
        line, index = lines[index], index + 1
    return " ".join([*parts, line]).rstrip(), index


def _blanked(line: str, escape: str) -> str:
    head = line.rstrip()
    return head.removesuffix(escape) + " " * (len(line) - len(head) + len(escape))


def _is_skipped(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")


def split(text: str) -> tuple[str, ...]:
    """The words of a command line, without quotes."""
    return tuple(_unquoted(match[0]) for match in _WORD.finditer(text))


def expanded(text: str, variables: dict[str, str | None]) -> str | None:
    """The text with its variables replaced; None where one is not known."""
    unknown = False

    def value(match: re.Match[str]) -> str:
        nonlocal unknown
        known = variables.get(match[1] or match[2])
        if match[3]:
            known = match[4] if (known is None) == (match[3] == "-") else known or ""
        unknown = unknown or known is None
        return known or ""

    text = _VARIABLE.sub(value, text)
    return None if unknown or len(text) > MAX_TEXT else text


def _unquoted(written: str) -> str:
    return _QUOTES.sub(lambda match: match[1] or "", written)


class _Builder:
    """Adds one instruction after the other to the stage they belong to."""

    def __init__(self, path: str, text: str) -> None:
        self.stages: list[Stage] = []
        self._path = path
        self._text = text
        self._lines = Lines(text)
        self._arguments: dict[str, str | None] = {}

    def add(self, instruction: Instruction) -> None:
        if instruction.keyword == "FROM":
            self._from(instruction)
            return
        if not self.stages:
            if instruction.keyword == "ARG":
                self._argument(instruction, self._arguments)
            return
        stage = self.stages[-1]
        match instruction.keyword:
            case "ARG":
                self._argument(instruction, stage.variables)
            case "ENV":
                self._environment(instruction, stage)
            case "WORKDIR":
                folder = expanded(_unquoted(instruction.text.strip()), stage.variables)
                stage.folder = posixpath.normpath(posixpath.join(stage.folder, folder or ""))
            case "COPY" | "ADD":
                self._copy(instruction, stage)
            case "CMD":
                stage.command = self._command(instruction)
            case "ENTRYPOINT":
                stage.entrypoint, stage.command = self._command(instruction), None
            case "RUN":
                stage.runs.append(self._said("build", " ".join(instruction.text.split()), instruction))

    def _words(self, instruction: Instruction, variables: dict[str, str | None]) -> list[Word]:
        found = []
        for match in _WORD.finditer(instruction.text):
            plain = _unquoted(match[0])
            value = plain if match[0].startswith("'") else expanded(plain, variables)
            found.append(Word(value, instruction.offset + match.start(), match[0]))
        return found

    def _said(self, name: str, value: str | None, where: Instruction | Word) -> Said:
        line, column = self._lines.position(where.offset)
        literal = where.written if self._text.startswith(where.written, where.offset) else ""
        return Said(name, value, self._path, line, column, literal)

    def _from(self, instruction: Instruction) -> None:
        words = self._words(instruction, self._arguments)
        flags = [word for word in words if word.written.startswith("--")]
        plain = [word for word in words if not word.written.startswith("--")]
        if not plain:
            return
        image = plain[0].value or ""
        parent = self._named(image)
        name = plain[2].value or "" if len(plain) > 2 and plain[1].written.upper() == "AS" else ""
        stage = Stage(name, image, parent)
        if parent is not None:
            stage.folder, stage.is_lambda, stage.adapter = parent.folder, parent.is_lambda, parent.adapter
            stage.entrypoint, stage.command = parent.entrypoint, parent.command
            stage.variables, stage.said = dict(parent.variables), list(parent.said)
        elif _LAMBDA.search(image):
            stage.folder, stage.is_lambda = TASK_ROOT, True
            stage.variables["LAMBDA_TASK_ROOT"] = TASK_ROOT
        self._describe(stage, plain[0], flags)
        self.stages.append(stage)

    def _describe(self, stage: Stage, image: Word, flags: list[Word]) -> None:
        """States the runtime that the image's tag names, and the architecture that is asked for."""
        if tag := _PYTHON.search(image.value or ""):
            at = _PYTHON.search(image.written)
            offset, text = (image.offset + at.start(1), at[1]) if at is not None else (image.offset, "")
            stage.said.append(self._said("runtime", f"python{tag[1]}", Word(None, offset, text)))
        for flag in flags:
            if platform := _PLATFORM.fullmatch(flag.value or ""):
                at = _PLATFORM.fullmatch(flag.written)
                offset, text = (flag.offset + at.start(1), at[1]) if at is not None else (flag.offset, "")
                stage.said.append(self._said("architecture", _ARCHITECTURES[platform[1]], Word(None, offset, text)))

    def _named(self, name: str) -> Stage | None:
        if re.fullmatch("[0-9]{1,4}", name):
            return self.stages[int(name)] if int(name) < len(self.stages) else None
        return next((stage for stage in reversed(self.stages) if stage.name and stage.name == name), None)

    def _argument(self, instruction: Instruction, variables: dict[str, str | None]) -> None:
        for word in self._words(instruction, self._arguments | variables):
            name, given, default = (word.value or word.written).partition("=")
            variables[name] = (default if word.value is not None else None) if given else self._arguments.get(name)

    def _environment(self, instruction: Instruction, stage: Stage) -> None:
        words = self._words(instruction, stage.variables)
        if words and "=" not in words[0].written:
            first, rest = words[0], instruction.text.strip()[len(words[0].written) :].strip()
            start = instruction.offset + instruction.text.find(rest, len(first.written))
            pairs = [(first.written, Word(expanded(_unquoted(rest), stage.variables), start, rest))] if rest else []
        else:
            pairs = []
            for word in words:
                name, _, written = word.written.partition("=")
                value = None if word.value is None else word.value.partition("=")[2]
                pairs.append((name, Word(value, word.offset + len(name) + 1, written)))
        for name, word in pairs:
            stage.variables[name] = word.value
            stage.said = [fact for fact in stage.said if fact.name != f"environment.{name}"]
            stage.said.append(self._said(f"environment.{name}", word.value, word))

    def _copy(self, instruction: Instruction, stage: Stage) -> None:
        listed = instruction.text.lstrip().startswith("[")
        words = [] if listed else self._words(instruction, stage.variables)
        flags = [word.value or "" for word in words if word.written.startswith("--")]
        paths = [word.value for word in words if not word.written.startswith("--")]
        if listed:
            paths = [expanded(each, stage.variables) for each in _listed(instruction.text) or ()]
        origin = next((flag.partition("=")[2] for flag in flags if flag.startswith("--from=")), None)
        base = None if origin is None else self._named(origin)
        if origin is not None and "lambda-adapter" in (origin if base is None else base.image):
            stage.adapter = True
        if len(paths) < 2 or paths[-1] is None or (origin is not None and base is None):
            return
        to = posixpath.normpath(posixpath.join(stage.folder, paths[-1]))
        stage.copies.append(Copy(tuple(path for path in paths[:-1] if path), to, base))

    def _command(self, instruction: Instruction) -> Command:
        line = self._lines.position(instruction.offset)[0]
        words = _listed(instruction.text)
        if words is not None:
            return Command(tuple(words), False, line)
        return Command((instruction.text.strip(),), True, line)


def _listed(text: str) -> list[str] | None:
    """The strings of a JSON list, None where the text is none."""
    if not text.lstrip().startswith("["):
        return None
    try:
        words = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return words if isinstance(words, list) and all(isinstance(word, str) for word in words) else None

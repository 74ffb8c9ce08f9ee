"""Writes the catalogue and the rule pages from the rules: `python tests/make_catalog.py`.

With `--check` it writes nothing and fails where something generated is not current.
"""

from __future__ import annotations

import inspect
import json
import re
import sys
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import TypeAlias

from flake8_lambda_perf.rules.base import Rule
from flake8_lambda_perf.rules.catalog import CATALOG, Entry
from flake8_lambda_perf.rules.deployed import DeploymentRule

ROOT = Path(__file__).parents[1]
PAGES = ROOT / "docs" / "rules"
HEADINGS = ("Why", "Cost", "Slow", "Fast", "Fix")
PROGRAMS = ("Slow", "Fast")
FIX_STARTS = ("Safe", "Unsafe", "None")
FAMILIES = {
    "clients": ("1", "Clients and connections"),
    "imports": ("2", "Imports"),
    "frameworks": ("3", "Frameworks"),
    "calls": ("4", "Calls"),
    "waiting": ("5", "Waiting"),
    "snapshot": ("6", "Snapshots"),
    "deployment": ("7", "Deployment"),
}
HEADING = re.compile(rf"({'|'.join(HEADINGS)}):(?: (.*))?")


AnyRule: TypeAlias = type[Rule] | type[DeploymentRule]


class ShapeError(Exception):
    """A rule is not written the way its catalogue entry is read."""


def rules() -> list[AnyRule]:
    """Imports every rule, sorted by code."""
    files = sorted(CATALOG.parent.glob("*/[!_]*.py"))
    return sorted(map(_rule_in, files), key=lambda rule: rule.code)


def _rule_in(file: Path) -> AnyRule:
    name = f"flake8_lambda_perf.rules.{file.parent.name}.{file.stem}"
    classes = [
        value
        for value in vars(import_module(name)).values()
        if isinstance(value, type) and issubclass(value, Rule | DeploymentRule) and value.__module__ == name
    ]
    if len(classes) != 1:
        raise ShapeError(f"{name} holds {len(classes)} rules; a rule is one file with one class")
    return classes[0]


def entry_of(rule: AnyRule) -> Entry:
    """Reads a rule's attributes and docstring, or says what is wrong with them."""
    if not rule.__doc__:
        raise ShapeError(f"{rule.__name__} has no docstring")
    summary, sections = _sections(rule.__name__, inspect.cleandoc(rule.__doc__))
    entry = Entry(
        code=rule.code,
        name=rule.name,
        default=rule.default,
        triggers=tuple(rule.triggers),
        message=rule.message,
        module=rule.__module__,
        summary=summary,
        **sections,
    )
    if wrong := list(_faults(rule, entry)):
        raise ShapeError(f"{rule.__name__}: {'; '.join(wrong)}")
    return entry


def _faults(rule: AnyRule, entry: Entry) -> Iterator[str]:
    family, stem = rule.__module__.split(".")[-2:]
    camel = "".join(word.capitalize() for word in entry.name.split("-"))
    digit = FAMILIES[family][0] if family in FAMILIES else "?"
    if not re.fullmatch(rf"LPF{digit}\d\d", entry.code):
        yield f"code {entry.code} is not LPF{digit} and two digits, as its family {family} has"
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", entry.name):
        yield f"name {entry.name} is not in lower case with hyphens"
    if rule.__name__ != camel or stem != entry.name.replace("-", "_"):
        yield f"class and file of {entry.name} should be {camel} in {entry.name.replace('-', '_')}.py"
    if not entry.triggers:
        yield "it has no triggers"
    if not entry.summary.endswith(".") or "\n" in entry.summary:
        yield "the summary is not one sentence on one line"
    if "\n" in entry.message or entry.message.endswith("."):
        yield "the message is not one line without a full stop"
    if f"# {entry.code}" not in entry.slow:
        yield f"no line of Slow is marked `# {entry.code}`"
    if not entry.fix.startswith(FIX_STARTS):
        yield f"Fix starts with none of {', '.join(FIX_STARTS)}"


def _sections(rule: str, docstring: str) -> tuple[str, dict[str, str]]:
    """Parts a docstring into its summary and what stands below its headings."""
    summary, *lines = docstring.splitlines()
    found: dict[str, list[str]] = {}
    heading = ""
    for line in lines:
        if match := HEADING.fullmatch(line):
            heading = match[1]
            found[heading] = [match[2] or ""]
        elif heading:
            found[heading].append(line)
        elif line:
            raise ShapeError(f"{rule}: {line!r} stands before the first heading")
    if tuple(found) != HEADINGS:
        raise ShapeError(f"{rule}: the headings are {', '.join(found)}, not {', '.join(HEADINGS)}")
    return summary, {name.lower(): _text(rule, name, part) for name, part in found.items()}


def _text(rule: str, heading: str, lines: list[str]) -> str:
    if heading not in PROGRAMS:
        rest = textwrap.dedent("\n".join(lines[1:]))
        text = "\n".join(part for part in (lines[0], rest) if part).strip()
    elif lines[0]:
        raise ShapeError(f"{rule}: the program of {heading} starts on the line of its heading")
    else:
        text = textwrap.dedent("\n".join(lines)).strip("\n") + "\n"
    if not text.strip():
        raise ShapeError(f"{rule}: {heading} says nothing")
    return text


def outputs(known: Iterable[Entry]) -> dict[Path, str]:
    """Returns the text of every generated file."""
    catalogue = sorted(known, key=lambda entry: entry.code)
    for field in ("code", "name"):
        values = [getattr(entry, field) for entry in catalogue]
        if twice := sorted({value for value in values if values.count(value) > 1}):
            raise ShapeError(f"two rules have the {field} {', '.join(twice)}")
    data = json.dumps([asdict(entry) for entry in catalogue], indent=1, ensure_ascii=False)
    pages = {PAGES / f"{entry.name}.md": _page(entry) for entry in catalogue}
    return {CATALOG: f"{data}\n", PAGES / "index.md": _index(catalogue), **pages}


def _page(entry: Entry) -> str:
    state = "on by default" if entry.default else "off by default"
    return (
        f"# {entry.name} ({entry.code})\n\n{entry.summary}\n\nThis rule is {state}.\n\n"
        f"## Why\n\n{entry.why}\n\n## Cost\n\n{entry.cost}\n\n"
        f"## Slow\n\n{_program(entry.slow)}\n## Fast\n\n{_program(entry.fast)}\n"
        f"## Fix\n\n{entry.fix}\n"
    )


def _program(text: str) -> str:
    """A program as Markdown, one fence for each of its files."""
    parts = re.split(r"^# file: (\S+)\n", text, flags=re.MULTILINE)
    files = [("", parts[0])] if parts[0].strip() else []
    files += zip(parts[1::2], parts[2::2], strict=True)
    return "\n".join(_fence(name, body) for name, body in files)


def _fence(name: str, body: str) -> str:
    language = {"": "python", ".py": "python", ".yml": "yaml", ".tf": "hcl"}.get(
        Path(name).suffix, Path(name).suffix[1:]
    )
    caption = f"`{name}`\n\n" if name else ""
    return f"{caption}```{language}\n{body.strip(chr(10))}\n```\n"


def _index(catalogue: list[Entry]) -> str:
    parts = ["# Rules\n"]
    for family, (_, title) in FAMILIES.items():
        rows = [
            f"| [{entry.code}]({entry.name}.md) | {entry.name} | {entry.summary} "
            f"| {'on' if entry.default else 'off'} | {entry.fix.split(maxsplit=1)[0].strip('.,:;').lower()} |"
            for entry in catalogue
            if entry.family == family
        ]
        if rows:
            head = "| Code | Name | What it finds | Default | Fix |\n|---|---|---|---|---|"
            parts.append("\n".join([f"\n## {title}\n", head, *rows]) + "\n")
    return "".join(parts)


def stale(wanted: dict[Path, str]) -> list[Path]:
    """Returns the generated files that are missing, outdated or of a rule that is no more."""
    outdated = {file for file, text in wanted.items() if not file.exists() or file.read_text("utf-8") != text}
    return sorted(outdated | (set(PAGES.glob("*.md")) - set(wanted)))


def main(arguments: list[str]) -> int:
    wanted = outputs(map(entry_of, rules()))
    changed = stale(wanted)
    for file in changed:
        sys.stdout.write(f"{file.relative_to(ROOT).as_posix()}\n")
    if arguments == ["--check"]:
        return 1 if changed else 0
    PAGES.mkdir(parents=True, exist_ok=True)
    for file in changed:
        if file in wanted:
            file.write_text(wanted[file], "utf-8", newline="\n")
        else:
            file.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

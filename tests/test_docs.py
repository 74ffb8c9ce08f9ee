"""The documentation says what is: links, commands, settings, codes and the table of rules."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from make_readme import README, current

from flake8_lambda_perf.cli.arguments import build_parser
from flake8_lambda_perf.config import KEYS
from flake8_lambda_perf.rules.catalog import entries, resolve

ROOT = Path(__file__).parents[1]
PAGES = [README, *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
SHELL = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`(lambda-perf [^`]+)`")
OUR_COMMAND = re.compile(r"(?:^|[/\s])lambda-perf (?!@)(.*)$")
CODE = re.compile(r"\bLPF\d{3}\b")
OUR_FAILURE = "LPF000"

pages = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    text = FENCE.sub("", page.read_text("utf-8"))
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def broken_links(page: Path) -> list[str]:
    """The links of a page that lead to no file or to no heading of it."""
    broken = []
    for link in LINK.findall(FENCE.sub("", page.read_text("utf-8"))):
        if "://" in link:
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name) if name else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    return broken


def our_commands(page: Path) -> list[list[str]]:
    """The words behind `lambda-perf` in every command a page shows."""
    text = page.read_text("utf-8")
    lines = [line for block in SHELL.findall(text) for line in block.splitlines()]
    prose = FENCE.sub("", text).replace("\n", " ")
    shown = [part for line in [*lines, *INLINE.findall(prose)] for part in re.split(r"&&|;|\|", line)]
    found = [OUR_COMMAND.search(re.split(r"\s[<>#]", part)[0].rstrip()) for part in shown]
    return [shlex.split(match[1]) for match in found if match]


def is_understood(words: list[str]) -> bool:
    """Tell whether the command line takes these words."""
    parser, commands = build_parser()
    try:
        if words[0] in commands:
            commands[words[0]].parse_intermixed_args(words[1:])
        else:
            parser.parse_args(words)
    except SystemExit as stop:
        return stop.code == 0
    return True


@pages
def test_links_lead_somewhere(page: Path) -> None:
    assert broken_links(page) == []


@pages
def test_commands_shown_are_commands_of_ours(page: Path) -> None:
    assert [words for words in our_commands(page) if not is_understood(words)] == []


@pages
def test_rules_named_are_rules_there_are(page: Path) -> None:
    known = {OUR_FAILURE, *(entry.code for entry in entries())}
    assert sorted(set(CODE.findall(page.read_text("utf-8"))) - known) == []


def test_the_readme_shows_commands() -> None:
    assert {words[0] for words in our_commands(README)} == {"check", "fix", "explain", "handlers"}


def test_what_the_readme_shows_is_what_the_rules_and_the_command_say() -> None:
    text = README.read_text("utf-8")
    assert text == current(text)


def test_every_setting_is_documented_in_order() -> None:
    page = (ROOT / "docs" / "configuration.md").read_text("utf-8")
    assert tuple(re.findall(r"^\| `([a-z-]+)` \|", page, re.MULTILINE)) == KEYS


def test_settings_shown_name_rules_there_are() -> None:
    for page in PAGES:
        for key, names in re.findall(r"^(select|ignore|enable) = \[([^\]]*)\]", page.read_text("utf-8"), re.MULTILINE):
            assert key
            for name in re.findall(r'"([^"]+)"', names):
                assert resolve(name)


def test_every_page_can_be_reached_from_the_index() -> None:
    seen: set[Path] = set()
    waiting = [ROOT / "docs" / "index.md"]
    while waiting:
        page = waiting.pop()
        if page in seen or page.suffix != ".md":
            continue
        seen.add(page)
        names = [link.partition("#")[0] for link in LINK.findall(FENCE.sub("", page.read_text("utf-8")))]
        waiting += [(page.parent / name).resolve() for name in names if name and "://" not in name]
    assert sorted(set(map(Path.resolve, PAGES)) - set(map(Path.resolve, seen)) - {README.resolve()}) == []

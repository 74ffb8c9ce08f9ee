"""All rules as data, without importing one: listing, selecting and explaining need no LibCST."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from flake8_lambda_perf.dataclass import dataclass
from flake8_lambda_perf.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flake8_lambda_perf.config import Settings

CATALOG: Final = Path(__file__).with_name("catalog.json")
_PREFIX: Final = re.compile(r"LPF\d{0,2}")


@dataclass(frozen=True, slots=True)
class Entry:
    """One rule: how it is called, when it runs, and its documentation."""

    code: str
    name: str
    default: bool
    triggers: tuple[str, ...]
    message: str
    module: str
    summary: str
    why: str
    cost: str
    slow: str
    fast: str
    fix: str

    @property
    def family(self) -> str:
        """The folder of the rule: `clients`, `deployment`."""
        return self.module.split(".")[-2]


@cache
def entries() -> tuple[Entry, ...]:
    """Returns every rule, sorted by code."""
    rules: list[dict[str, object]] = json.loads(CATALOG.read_text("utf-8"))
    return tuple(_entry(rule) for rule in rules)


def resolve(selector: str) -> frozenset[str]:
    """Returns the codes that a code, a name or a prefix of codes stands for."""
    codes = frozenset(entry.code for entry in entries() if _matches(selector, entry))
    if not codes:
        raise UsageError(_unknown(selector))
    return codes


def selected(settings: Settings) -> frozenset[str]:
    """Returns the codes of the rules that run.

    A prefix switches on only the rules that are on by default; one that is off needs its exact
    code or name, or `enable`. Where a rule is both selected and ignored, the closer selector
    decides (`select = ["LPF101"]` with `ignore = ["LPF1"]` keeps LPF101), and a tie ignores.
    """
    chosen = (*settings.select, *settings.extend_select, *settings.enable)
    for selector in (*chosen, *settings.ignore):
        resolve(selector)
    return frozenset(entry.code for entry in entries() if _runs(entry, chosen, settings))


def _runs(entry: Entry, chosen: tuple[str, ...], settings: Settings) -> bool:
    wanted = _closeness(entry, chosen)
    if not settings.select and entry.default:
        wanted = max(wanted, 0)
    if not entry.default and wanted < len(entry.code):
        return False
    return wanted > _closeness(entry, settings.ignore)


def _closeness(entry: Entry, selectors: Iterable[str]) -> int:
    """How many characters of the code the closest selector fixes; -1 when none matches."""
    return max(
        (
            len(entry.code) if selector == entry.name else len(selector)
            for selector in selectors
            if _matches(selector, entry)
        ),
        default=-1,
    )


def _matches(selector: str, entry: Entry) -> bool:
    if selector in (entry.code, entry.name):
        return True
    return _PREFIX.fullmatch(selector) is not None and entry.code.startswith(selector)


def _unknown(selector: str) -> str:
    from difflib import get_close_matches

    known = [word for entry in entries() for word in (entry.code, entry.name)]
    spelled = {word.lower(): word for word in known}
    nearest = get_close_matches(selector.lower(), spelled, n=1, cutoff=0.5)
    hint = f"did you mean {spelled[nearest[0]]}? " if nearest else ""
    return f"{selector} is no rule: {hint}`lambda-perf rules` lists all codes and names"


def _entry(rule: dict[str, object]) -> Entry:
    """Turns one object of the generated file into an entry."""
    triggers = rule["triggers"]
    assert isinstance(triggers, list)
    texts = {key: str(value) for key, value in rule.items() if key not in ("default", "triggers")}
    return Entry(default=rule["default"] is True, triggers=tuple(map(str, triggers)), **texts)

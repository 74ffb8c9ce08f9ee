"""Our data classes are those of the standard library, but for what refuses changes."""

from __future__ import annotations

import dataclasses

import pytest

from flake8_lambda_perf.dataclass import dataclass


@dataclasses.dataclass(frozen=True, slots=True)
class Theirs:
    """A place, as the standard library makes it."""

    path: str
    line: int = 1
    seen: list[str] = dataclasses.field(default_factory=list, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Ours:
    """A place, as we make it."""

    path: str
    line: int = 1
    seen: list[str] = dataclasses.field(default_factory=list, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class One:
    """What has no fields."""


@dataclass(frozen=True, slots=True)
class Other:
    """What has none either."""


@dataclass(frozen=True, slots=True, order=True)
class Rank:
    """What has an order."""

    place: int
    name: str


@dataclass(slots=True)
class Open:
    """What changes."""

    path: str


def test_objects_are_shown_compared_and_replaced_alike() -> None:
    one, other = Ours("a.py", seen=["x"]), Ours("a.py")
    assert repr(one) == repr(Theirs("a.py")).replace("Theirs", "Ours")
    assert one == other
    assert len({one, other}) == 1
    assert dataclasses.replace(one, line=2) == Ours("a.py", 2)
    assert dataclasses.asdict(one) == dataclasses.asdict(Theirs("a.py", seen=["x"]))
    assert not hasattr(one, "__dict__")


def test_objects_of_different_classes_or_values_differ() -> None:
    others: list[object] = [Open("b.py"), One(), "a.py", None]
    assert Open("a.py") not in others
    assert Other() not in others
    assert len({One(), One(), Other()}) == 2


def test_what_has_an_order_is_sorted_and_compared() -> None:
    assert sorted([Rank(2, "a"), Rank(1, "b"), Rank(1, "a")]) == [Rank(1, "a"), Rank(1, "b"), Rank(2, "a")]
    assert len({Rank(1, "a"), Rank(1, "a")}) == 1


def test_what_changes_has_no_hash() -> None:
    with pytest.raises(TypeError, match="unhashable"):
        hash(Open("a.py"))

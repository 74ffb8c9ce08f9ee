"""Which fixes go in together, which wait, and which are refused."""

from __future__ import annotations

import symtable
from typing import TYPE_CHECKING

from flake8_lambda_perf.fixes.apply import PART, apply, undefined_names
from flake8_lambda_perf.model import Edit, Fix, NewFile, Problem, Span

if TYPE_CHECKING:
    import pytest

TEXT = "import boto3\n\n\ndef handler(event, context):\n    s3 = boto3.client('s3')  # one\n    return s3, event\n"


def fix(*edits: tuple[int, int, str], path: str = "app.py", creates: tuple[NewFile, ...] = ()) -> Fix:
    return Fix("a fix", tuple(Edit(path, Span(start, end), text) for start, end, text in edits), creates)


def at(words: str) -> int:
    return TEXT.index(words)


def test_edits_of_one_fix_go_in_together() -> None:
    applied = apply({"app.py": TEXT}, [("a", fix((13, 13, "\nA = 1\n"), (at("event\n"), at("event\n") + 5, "A")))])
    assert applied.texts == {"app.py": TEXT.replace("3\n\n", "3\n\nA = 1\n\n", 1).replace("s3, event", "s3, A")}
    assert applied.accepted == ("a",)
    assert applied.refused == ()


def test_overlapping_fixes_wait_for_the_next_round() -> None:
    start = at("boto3.client")
    fixes = [("a", fix((start, start + 18, "None"))), ("b", fix((start + 6, start + 12, "resource")))]
    applied = apply({"app.py": TEXT}, fixes)
    assert applied.texts == {"app.py": TEXT.replace("boto3.client('s3')", "None")}
    assert applied.accepted == ("a",)
    assert applied.refused == ()


def test_statements_at_one_place_stand_in_one_paragraph_in_their_order() -> None:
    fixes = [("a", fix((13, 13, "\nB = 1\n"))), ("b", fix((13, 13, "\nA = 2\n")))]
    assert apply({"app.py": TEXT}, fixes).texts == {"app.py": TEXT.replace("3\n\n", "3\n\nB = 1\nA = 2\n\n", 1)}


def test_a_function_stands_behind_a_statement_of_the_same_place() -> None:
    function = "\n\n@functools.cache\ndef s3():\n    return 1\n"
    fixes = [("a", fix((0, 0, "import functools\n\n"), (13, 13, function))), ("b", fix((13, 13, "\nA = 2\n")))]
    assert apply({"app.py": TEXT}, fixes).texts == {
        "app.py": "import functools\n\n" + TEXT.replace("3\n\n", f"3\n\nA = 2\n{function}\n", 1)
    }


def test_equal_insertions_become_one() -> None:
    fixes = [("a", fix((13, 13, "\nA = 1\n"))), ("b", fix((13, 13, "\nA = 1\n")))]
    applied = apply({"app.py": TEXT}, fixes)
    assert applied.texts == {"app.py": TEXT.replace("3\n\n", "3\n\nA = 1\n\n", 1)}
    assert applied.accepted == ("a", "b")


def test_a_name_bound_to_another_value_waits_wherever_it_is_inserted() -> None:
    fixes = [("a", fix((13, 13, "\nA = 1\n"))), ("b", fix((0, 0, "A = 2\n")))]
    assert apply({"app.py": TEXT}, fixes).accepted == ("a",)


def test_an_equal_value_under_another_name_waits() -> None:
    fixes = [("a", fix((13, 13, "\nA = f()\n"))), ("b", fix((0, 0, "B = f()\n")))]
    assert apply({"app.py": TEXT + "def f(): pass\n"}, fixes).accepted == ("a",)


def test_a_fix_that_does_not_parse_is_refused_and_the_others_go_in() -> None:
    fixes = [("app.py:5", fix((at("s3 ="), at("s3 =") + 4, "s3 = ="))), ("b", fix((13, 13, "\nA = 2\n")))]
    applied = apply({"app.py": TEXT}, fixes)
    assert applied.accepted == ("b",)
    assert applied.refused == (
        ("app.py:5", Problem("app.py", 5, "the fix of app.py:5 would not parse; the file stays as it was")),
    )


def test_a_fix_in_a_file_that_parses_and_does_not_compile_is_refused() -> None:
    text = TEXT + "def f():\n    nonlocal A\n"
    applied = apply({"app.py": text}, [("a", fix((13, 13, "\nA = 2\n")))])
    message = "the fix of a would not compile (no binding for nonlocal 'A' found); the file stays as it was"
    assert applied.texts == {"app.py": text}
    assert applied.refused == (("a", Problem("app.py", 0, message)),)


def test_a_fix_that_loses_a_comment_is_refused() -> None:
    applied = apply({"app.py": TEXT}, [("a", fix((at("  # one"), at("  # one") + 7, "")))])
    assert applied.texts == {"app.py": TEXT}
    assert applied.refused == (
        ("a", Problem("app.py", 0, "the fix of a would lose a comment (# one); the file stays as it was")),
    )


def test_a_fix_that_leaves_a_name_undefined_is_refused() -> None:
    applied = apply({"app.py": TEXT}, [("a", fix((0, 13, "")))])
    assert applied.refused == (
        ("a", Problem("app.py", 0, "the fix of a would leave `boto3` undefined; the file stays as it was")),
    )


def test_fixes_that_break_a_file_only_together_go_in_one_after_another() -> None:
    text = "def f():\n    if f:\n        g()\n        h()\n\n\ng = h = f\n"
    one, two = text.index("        g()"), text.index("        h()")
    fixes = [("a", fix((one, one + 12, ""))), ("b", fix((two, two + 12, "")))]
    applied = apply({"app.py": text}, fixes)
    assert applied.texts == {"app.py": text.replace("        g()\n", "")}
    assert applied.accepted == ("a",)
    assert applied.refused == ()


def test_a_file_that_a_fix_creates_is_there_and_is_not_written_over() -> None:
    fixes = [(name, fix(creates=(NewFile("new.py", f"NAME = '{name}'\n"),))) for name in ("a", "b")]
    applied = apply({"app.py": TEXT}, fixes)
    assert applied.texts == {"app.py": TEXT, "new.py": "NAME = 'a'\n"}
    assert applied.accepted == ("a",)


MANY = "".join(f"def f{number}():\n    return {number}\n\n\n" for number in range(64))


def checks_of(fixes: list[tuple[str, Fix]], monkeypatch: pytest.MonkeyPatch) -> int:
    """Counts how often a file was looked at while fixes were applied, once for what it was."""
    calls: list[str] = []
    table = symtable.symtable

    def counted(code: str, filename: str, compile_type: str) -> symtable.SymbolTable:
        calls.append(code)
        return table(code, filename, compile_type)

    monkeypatch.setattr(symtable, "symtable", counted)
    apply({"app.py": MANY}, fixes)
    return len(calls)


def returning(texts: list[str]) -> list[tuple[str, Fix]]:
    """For each function of MANY a fix that returns another text."""
    starts = [MANY.index(f"return {number}\n") + len("return ") for number in range(64)]
    ends = [MANY.index("\n", start) for start in starts]
    return [(text, fix((start, end, text))) for start, end, text in zip(starts, ends, texts, strict=True)]


def test_many_fixes_of_a_file_are_checked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    fixes = returning([f"-{number}" for number in range(64)])
    applied = apply({"app.py": MANY}, fixes)
    assert applied.texts == {"app.py": MANY.replace("return ", "return -")}
    assert len(applied.accepted) == 64
    assert checks_of(fixes, monkeypatch) == 2


def test_the_one_fix_among_many_that_breaks_a_file_is_found_by_halves(monkeypatch: pytest.MonkeyPatch) -> None:
    fixes = returning([f"-{number}" if number != 40 else "gone" for number in range(64)])
    applied = apply({"app.py": MANY}, fixes)
    assert applied.texts == {"app.py": MANY.replace("return ", "return -").replace("-40", "40")}
    assert applied.accepted == tuple(f"-{number}" for number in range(64) if number != 40)
    assert applied.refused == (
        ("gone", Problem("app.py", 0, "the fix of gone would leave `gone` undefined; the file stays as it was")),
    )
    assert checks_of(fixes, monkeypatch) < 40


def test_a_fix_that_waited_for_one_that_breaks_a_file_goes_in() -> None:
    start = at("boto3.client")
    fixes = [("a", fix((start, start + 5, "gone"))), ("b", fix((start, start + 18, "None")))]
    applied = apply({"app.py": TEXT}, fixes)
    assert applied.texts == {"app.py": TEXT.replace("boto3.client('s3')", "None")}
    assert applied.accepted == ("b",)
    assert [name for name, _ in applied.refused] == ["a"]


def test_names_are_known_throughout_a_long_file() -> None:
    functions = "".join(
        f"@cached\ndef f{number}(value: Order = FIRST) -> Order:\n    return f{number - 1}(LAST, gone)\n"
        for number in range(1, 2 * PART)
    )
    text = f"from x import FIRST, Order, cached\n\n\n{functions}LAST = f0 = FIRST\n"
    assert undefined_names(text) == {"gone"}
    assert undefined_names(f"{text}from x import *\n") == set()


def test_names_that_only_annotations_read_are_no_loss_where_they_are_not_evaluated() -> None:
    functions = "".join(f"def f{number}(value: Order):\n    return value\n" for number in range(2 * PART))
    whole = undefined_names(f"from __future__ import annotations\n\n\n{functions[: functions.index('def f1(')]}")
    assert undefined_names(f"from __future__ import annotations\n\n\n{functions}") == whole

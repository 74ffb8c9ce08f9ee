"""Which fixes go in together, which wait, and which are refused."""

from __future__ import annotations

from flake8_lambda_perf.fixes.apply import apply
from flake8_lambda_perf.model import Edit, Fix, NewFile, Problem, Span

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

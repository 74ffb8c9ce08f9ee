"""Source files that are broken, odd, enormous or unreadable: a clear message, and the others are still checked."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pytest
from bad_input import (
    APPLIED,
    FIXED,
    FOUND,
    MESSAGE,
    NO_HANDLERS,
    NOTHING,
    PYTHON,
    SLOW,
    Answer,
    check,
    names,
    project,
    run,
)

REPAIR = f"({PYTHON}); repair the line, or exclude the file"
DEEP = "the code is nested too deeply for Python's parser; split its longest expression"
SAVE = "save the file as UTF-8"

BROKEN = {
    "a syntax error": (b"def f(:\n", f"1: error: invalid syntax {REPAIR}"),
    "a NUL byte": (
        b"x = 1\n\0\n",
        "2: error: line 2 holds a NUL byte, so this is no Python source; exclude or repair the file",
    ),
    "undecodable bytes": (
        b"x = 1\ny = 2\nz = 'a\xff'\n",
        f"3: error: line 3 is not utf-8: byte 0xff cannot be decoded; {SAVE} or declare its encoding on the first line",
    ),
    "a surrogate": (
        b"x = 1\ny = 2\nz = '\xed\xa0\x80'\n",
        f"3: error: line 3 is not utf-8: byte 0xed cannot be decoded; {SAVE} or declare its encoding on the first line",
    ),
    "an unknown cookie": (
        b"# coding: nonsense\n",
        f"1: error: unknown encoding: nonsense; declare the right encoding or {SAVE}",
    ),
    "a cookie of no text": (
        b"# coding: rot13\n",
        f"1: error: the declared encoding rot13 is not fit for Python source; {SAVE}",
    ),
    "UTF-16": ("x = 1\n".encode("utf-16"), "1: error: the file is UTF-16, which Python cannot run; save it as UTF-8"),
    "Python 2": (
        b"print 'hello'\n",
        f"1: error: Missing parentheses in call to 'print'. Did you mean print(...)? {REPAIR}",
    ),
    "three thousand brackets": (b"x = " + b"[" * 3000 + b"]" * 3000, f"1: error: too many nested parentheses {REPAIR}"),
    "a Ctrl-Z at the end": (b"x = 1\n\x1a", f"2: error: invalid non-printable character U+001A {REPAIR}"),
}


@pytest.mark.parametrize(("data", "message"), BROKEN.values(), ids=BROKEN)
def test_broken_file_that_is_named_is_a_problem_and_the_other_is_checked(
    data: bytes, message: str, tmp_path: Path
) -> None:
    root = project(tmp_path, {"app.py": SLOW, "broken.py": data})
    assert check(root, "app.py", "broken.py") == Answer(2, FOUND, f"broken.py:{message}\n")


@pytest.mark.parametrize(("data", "message"), BROKEN.values(), ids=BROKEN)
def test_broken_file_that_a_handler_imports_is_a_problem(data: bytes, message: str, tmp_path: Path) -> None:
    app = SLOW.replace(b"import boto3\n", b"import boto3\nimport broken\n").replace(
        b"s3.list", b"broken.go(s3), s3.list"
    )
    root = project(tmp_path, {"app.py": app, "broken.py": data})
    found = FOUND.replace(":5:", ":6:").replace(", 1 fixable with lambda-perf fix", "")
    status, out, err = check(root)
    assert (status, err) == (2, f"broken.py:{message}\n")
    assert out.splitlines()[0] == found.splitlines()[0]


@pytest.mark.parametrize("data", [data for data, _ in BROKEN.values()], ids=BROKEN)
def test_broken_file_that_no_handler_needs_is_passed_over(data: bytes, tmp_path: Path) -> None:
    root = project(tmp_path, {"app.py": SLOW, "broken.py": data})
    assert check(root) == Answer(1, FOUND, "")


@pytest.mark.parametrize(("data", "message"), BROKEN.values(), ids=BROKEN)
def test_fix_leaves_a_broken_file_alone_and_repairs_the_other(data: bytes, message: str, tmp_path: Path) -> None:
    root = project(tmp_path, {"app.py": SLOW, "broken.py": data})
    assert run(root, "fix", "app.py", "broken.py") == Answer(2, "fixed app.py\n", f"broken.py:{message}\n{APPLIED}")
    assert ((root / "app.py").read_bytes(), (root / "broken.py").read_bytes()) == (FIXED, data)


@pytest.mark.parametrize(("data", "message"), BROKEN.values(), ids=BROKEN)
def test_broken_standard_input_comes_back_as_it_is(data: bytes, message: str, tmp_path: Path) -> None:
    root = project(tmp_path, {})
    expected = f"stdin.py:{message}\n"
    status, out, err = check(root, "-", stdin=data)
    assert (status, out) == (2, "no findings in 1 file, 0 handlers\n")
    assert err == expected + NO_HANDLERS
    fixed = run(root, "fix", "-", stdin=data) if data.isascii() else None
    assert fixed is None or fixed == Answer(2, data.decode(), expected)
    assert names(root) == ["lambda-perf.toml"]


def test_fix_keeps_the_problem_of_a_file_that_only_the_slow_line_needed(tmp_path: Path) -> None:
    app = b"import helper\n" + SLOW.replace(b"s3.list_buckets()", b"helper.go(s3)")
    root = project(tmp_path, {"app.py": app, "helper.py": b"def go(:\n"})
    answer = run(root, "fix")
    assert answer == Answer(2, "fixed app.py\n", f"helper.py:1: error: invalid syntax {REPAIR}\n{APPLIED}")


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="this Python knows the syntax")
def test_syntax_newer_than_the_host_names_the_python_to_run_under(tmp_path: Path) -> None:
    root = project(tmp_path, {"app.py": b"type X = int\n" + SLOW})
    needed = "a `type` statement needs Python 3.12, this is Python 3.11; run lambda-perf under Python 3.12 or newer"
    assert check(root) == Answer(2, NOTHING, f"app.py:1: error: {needed}\n{NO_HANDLERS}")


DEEPENED = {
    "a chain of calls": b"x = boto3" + b".a()" * 3000 + b"\n",
    "a sum of strings": b"x = 'a'" + b" + 'b'" * 3000 + b"\n",
    "elifs": b"if x == 0:\n    pass\n" + b"".join(b"elif x == %d:\n    pass\n" % number for number in range(3000)),
    "negations": b"x = " + b"not " * 3000 + b"1\n",
    "lambdas": b"x = " + b"lambda: " * 3000 + b"1\n",
}


@pytest.mark.parametrize("code", DEEPENED.values(), ids=DEEPENED)
def test_three_thousand_levels_are_refused_without_a_crash(code: bytes, tmp_path: Path) -> None:
    root = project(tmp_path, {"app.py": SLOW, "deep.py": code})
    status, out, err = check(root, "app.py", "deep.py")
    assert (status, out) == (2, FOUND)
    place, _, message = err.partition(" error: ")
    assert re.fullmatch(r"deep\.py:(\d+:)?", place)  # how far the parser itself gets differs by version
    assert message in (
        f"{DEEP}\n",
        "the code is nested more than 200 levels deep; split the longest chain, concatenation or elif\n",
    )


LARGE = {
    "two megabytes": b"# some text, and more of it\n" * 75_000,
    "ten thousand functions": b"".join(b"def f%d(a, b):\n    return a + b\n\n\n" % number for number in range(10_000)),
    "thirty thousand strings side by side": b"x = (\n" + b"'b'\n" * 30_000 + b")\n",
    "a list of a megabyte on one line": b"x = [" + b"1, " * 300_000 + b"]\n",
    "a text of a megabyte": b"x = '" + b"a" * 1_000_000 + b"'\n",
    "a chain of five thousand aliases": b"a0 = boto3\n" + b"".join(b"a%d = a%d\n" % (n + 1, n) for n in range(5000)),
}


@pytest.mark.slow
@pytest.mark.parametrize("code", LARGE.values(), ids=LARGE)
def test_large_file_is_checked_and_fixed(code: bytes, tmp_path: Path) -> None:
    root = project(tmp_path, {"app.py": SLOW + b"\n\n" + code})
    assert check(root, "--no-cache") == Answer(1, FOUND, "")
    assert run(root, "fix") == Answer(0, "fixed app.py\n", APPLIED)
    assert (root / "app.py").read_bytes() == FIXED + b"\n\n" + code


@pytest.mark.slow
def test_a_thousand_equal_builds_are_each_reported(tmp_path: Path) -> None:
    app = b"import boto3\n\n\ndef handler(event, context):\n" + b"    boto3.client('s3').list_buckets()\n" * 1000
    root = project(tmp_path, {"app.py": app})
    lines = [f"app.py:{number}:5: {MESSAGE}" for number in range(5, 1005)]
    summary = "1000 findings, 1000 fixable with lambda-perf fix"
    assert check(root) == Answer(1, "\n".join([*lines, summary]) + "\n", "")


ODD = {
    "a byte order mark": (b"\xef\xbb\xbf" + SLOW, b"\xef\xbb\xbf" + FIXED),
    "a Latin-1 cookie": (
        b"# -*- coding: latin-1 -*-\n# caf\xe9\n" + SLOW,
        b"# -*- coding: latin-1 -*-\n# caf\xe9\n" + FIXED,
    ),
    "Windows newlines": (SLOW.replace(b"\n", b"\r\n"), FIXED.replace(b"\n", b"\r\n")),
    "old Mac newlines": (SLOW.replace(b"\n", b"\r"), FIXED.replace(b"\n", b"\r")),
    "form feeds": (
        b"\x0c\n" + SLOW.replace(b"\n\ndef", b"\n\x0c\ndef"),
        b"\x0c\n" + FIXED.replace(b"\n\ndef", b"\n\x0c\ndef"),
    ),
    "tabs": (SLOW.replace(b"    ", b"\t"), FIXED.replace(b"    ", b"\t")),
    "no final newline": (SLOW.rstrip(b"\n"), FIXED.rstrip(b"\n")),
    "a vertical tab and a line separator in comments": (
        b"# a\x0bb\n# \xe2\x80\xa8c\n" + SLOW,
        b"# a\x0bb\n# \xe2\x80\xa8c\n" + FIXED,
    ),
}


@pytest.mark.parametrize(("before", "after"), ODD.values(), ids=ODD)
def test_fix_changes_no_other_byte_of_an_odd_file(before: bytes, after: bytes, tmp_path: Path) -> None:
    root = project(tmp_path, {"app.py": before})
    assert run(root, "fix") == Answer(0, "fixed app.py\n", APPLIED)
    assert (root / "app.py").read_bytes() == after
    assert run(root, "fix") == Answer(0, "", "nothing to fix\n")


@pytest.mark.parametrize(("before", "after"), ODD.values(), ids=ODD)
def test_fix_changes_no_other_byte_of_odd_standard_input(before: bytes, after: bytes, tmp_path: Path) -> None:
    import subprocess

    root = project(tmp_path, {})
    command = [sys.executable, "-m", "flake8_lambda_perf", "fix", "-"]
    done = subprocess.run(command, cwd=root, input=before, capture_output=True, check=False, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, after, b"")


def test_mixed_newlines_stay_on_the_lines_that_have_them(tmp_path: Path) -> None:
    before = SLOW.replace(b"\n", b"\r\n", 2)
    root = project(tmp_path, {"app.py": before})
    assert run(root, "fix") == Answer(0, "fixed app.py\n", APPLIED)
    after = (root / "app.py").read_bytes()
    assert after.replace(b"\r\n", b"\n") == FIXED
    assert after.count(b"\r\n") == 2


def test_empty_file_is_clean(tmp_path: Path) -> None:
    root = project(tmp_path, {"app.py": b""})
    assert check(root, "app.py") == Answer(0, NOTHING, NO_HANDLERS)
    assert check(root, "-", "--stdin-filename", "app.py") == Answer(0, NOTHING, NO_HANDLERS)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has neither such links nor pipes with names")
def test_links_that_lead_in_circles_or_nowhere_and_pipes_are_passed_over(tmp_path: Path) -> None:
    root = project(tmp_path, {"app.py": SLOW, "folder.py/note.txt": b"a folder with the name of a module"})
    for name, target in {
        "round": "..",
        "self.py": "self.py",
        "dangling.py": "nowhere.py",
        "self.yaml": "self.yaml",
    }.items():
        (root / name).symlink_to(target)
    os.mkfifo(root / "pipe.py")
    os.mkfifo(root / "template.yaml")
    assert check(root) == Answer(1, FOUND, "")
    assert run(root, "fix") == Answer(0, "fixed app.py\n", APPLIED)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has neither such links nor pipes with names")
def test_naming_what_is_no_file_says_so(tmp_path: Path) -> None:
    root = project(tmp_path, {"app.py": SLOW})
    (root / "dangling.py").symlink_to("nowhere.py")
    (root / "self.py").symlink_to("self.py")
    os.mkfifo(root / "pipe.py")
    for name in ("dangling.py", "self.py", "x" * 300, "a/" * 3000 + "b.py"):
        assert check(root, name) == Answer(2, "", f"lambda-perf: {root / name}: no such file or folder\n")
    for path in (f"{root}/pipe.py", os.devnull):
        assert check(root, path) == Answer(2, "", f"lambda-perf: {path}: neither a file nor a folder\n")


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root and Windows may read every file")
def test_file_that_may_not_be_read_is_a_problem_and_the_other_is_checked(tmp_path: Path) -> None:
    root = project(tmp_path, {"app.py": SLOW, "secret.py": SLOW})
    (root / "secret.py").chmod(0)
    expected = Answer(2, FOUND, "secret.py: error: cannot be read: Permission denied\n")
    assert check(root, "app.py", "secret.py") == expected


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root and Windows may write every file")
def test_read_only_file_is_not_replaced(tmp_path: Path) -> None:
    root = project(tmp_path, {"app.py": SLOW})
    (root / "app.py").chmod(0o444)
    message = "app.py: error: not written: the file is read-only; the file is as it was\n"
    assert run(root, "fix") == Answer(2, "", message + "nothing to fix\n")
    assert (root / "app.py").read_bytes() == SLOW

"""Bytes and text, parsing, positions."""

from __future__ import annotations

import ast
import codecs
import sys
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flake8_lambda_perf.errors import SourceError
from flake8_lambda_perf.model import Span
from flake8_lambda_perf.source import Lines, SourceFile, _syntax_message, decode, encode, newline_of, parse

RUNNING = f"Python {sys.version_info[0]}.{sys.version_info[1]}"


def source(text: str) -> SourceFile:
    return SourceFile("app.py", text, "utf-8", bom=False)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(b"a = 1\n", SourceFile("app.py", "a = 1\n", "utf-8", bom=False), id="plain"),
        pytest.param(b"", SourceFile("app.py", "", "utf-8", bom=False), id="empty"),
        pytest.param(codecs.BOM_UTF8 + b"a = 1\r\n", SourceFile("app.py", "a = 1\r\n", "utf-8", bom=True), id="bom"),
        pytest.param(
            b"# coding: latin-1\nx = '\xe9'\n",
            SourceFile("app.py", "# coding: latin-1\nx = 'é'\n", "iso-8859-1", bom=False),
            id="latin-1 cookie",
        ),
        pytest.param(
            b"#!/usr/bin/python\r# -*- coding: cp1252 -*-\rx = '\x80'\r",
            SourceFile("app.py", "#!/usr/bin/python\r# -*- coding: cp1252 -*-\rx = '€'\r", "cp1252", bom=False),
            id="cookie on the second of lines that end in a lone carriage return",
        ),
        pytest.param(
            "x = '\x0c\x0b\x1c\u2028'\r\ny = 1\rz = 2\n".encode(),
            SourceFile("app.py", "x = '\x0c\x0b\x1c\u2028'\r\ny = 1\rz = 2\n", "utf-8", bom=False),
            id="newlines are kept as they are",
        ),
        pytest.param(
            ("x" + "é" * 5000).encode(),
            SourceFile("app.py", "x" + "é" * 5000, "utf-8", bom=False),
            id="a long first line",
        ),
    ],
)
def test_a_file_is_decoded_and_written_back_to_the_byte(data: bytes, expected: SourceFile) -> None:
    decoded = decode(data, "app.py")
    assert decoded == expected
    assert encode(decoded, decoded.text) == data


@pytest.mark.parametrize(
    ("data", "line", "message"),
    [
        pytest.param(
            "x = 1\n".encode("utf-16"), 1, "the file is UTF-16, which Python cannot run; save it as UTF-8", id="utf-16"
        ),
        pytest.param(
            codecs.BOM_UTF32_LE + "x".encode("utf-32-le"),
            1,
            "the file is UTF-32, which Python cannot run; save it as UTF-8",
            id="utf-32",
        ),
        pytest.param(
            b"x = 1\r\ny = '\0'\n",
            2,
            "line 2 holds a NUL byte, so this is no Python source; exclude or repair the file",
            id="nul",
        ),
        pytest.param(
            b"x = 1\n\n\ny = '\xe9'\n",
            4,
            "line 4 is not utf-8: byte 0xe9 cannot be decoded; "
            "save the file as UTF-8 or declare its encoding on the first line",
            id="latin-1 without a cookie",
        ),
        pytest.param(
            b"# coding: klingon\n",
            1,
            "unknown encoding: klingon; declare the right encoding or save the file as UTF-8",
            id="unknown cookie",
        ),
        pytest.param(
            codecs.BOM_UTF8 + b"# coding: latin-1\n",
            1,
            "encoding problem: utf-8; declare the right encoding or save the file as UTF-8",
            id="cookie against the byte order mark",
        ),
        pytest.param(
            b"# coding: rot13\n",
            1,
            "the declared encoding rot13 is not fit for Python source; save the file as UTF-8",
            id="codec that is no encoding",
        ),
        pytest.param(
            b"# coding: utf-16\n",
            1,
            "the declared encoding utf-16 is not fit for Python source; save the file as UTF-8",
            id="cookie that cannot be true",
        ),
        pytest.param(
            b"# coding: unicode_escape\nx = '\\x41'\n",
            1,
            "the declared encoding unicode_escape is not fit for Python source; save the file as UTF-8",
            id="codec that would rewrite other lines",
        ),
    ],
)
def test_what_cannot_be_decoded_is_said_with_its_line(data: bytes, line: int, message: str) -> None:
    with pytest.raises(SourceError) as caught:
        decode(data, "app.py")
    assert (caught.value.line, str(caught.value)) == (line, message)


def test_a_codec_that_fails_in_its_own_way_is_no_crash() -> None:
    with pytest.raises(SourceError, match=r"idna.*save the file as UTF-8"):
        decode(b"# coding: idna\n.xn--99999999\n", "app.py")


@pytest.mark.parametrize("first", [b"x = 1", b"# the settings"], ids=["code", "a comment"])
def test_undecodable_second_line_is_named_although_the_cookie_is_looked_for_there(first: bytes) -> None:
    with pytest.raises(SourceError, match="UTF-8") as caught:
        decode(first + b"\ny = '\xe9'\n", "app.py")
    assert caught.value.line == 2


def test_a_character_the_file_cannot_hold_is_refused_with_its_line() -> None:
    latin = decode(b"# coding: latin-1\nx = 1\n", "app.py")
    with pytest.raises(SourceError) as caught:
        encode(latin, "# coding: latin-1\nx = '\u20ac'\n")
    assert (caught.value.line, str(caught.value)) == (
        2,
        "line 2 would hold '\\u20ac', which iso-8859-1 cannot write; save the file as UTF-8 first",
    )


def test_parse_returns_the_tree_of_ast() -> None:
    assert ast.dump(parse(source("x = 1\n\x0cy = 2\r").text)) == ast.dump(ast.parse("x = 1\ny = 2\n"))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("[" * 3000 + "]" * 3000, id="brackets"),
        pytest.param("x = a" + "()" * 3000, id="calls"),
        pytest.param("x = a" + ".b()" * 3000, id="method calls"),
        pytest.param("x = " + " + ".join(["'a'"] * 3000), id="concatenation"),
        pytest.param("x = " + "-" * 5000 + "1", id="signs"),
        pytest.param("x = " + "not " * 3000 + "1", id="nots"),
        pytest.param("x = " + "lambda: " * 3000 + "1", id="lambdas"),
        pytest.param("x = a" + "()" * 400, id="calls that ast survives"),
        pytest.param("x = " + "+\\\n".join(["a"] * 400), id="concatenation over many lines"),
        pytest.param("if a:\n    pass\n" + "elif b:\n    pass\n" * 400, id="elif"),
    ],
)
def test_deep_code_is_refused(text: str) -> None:
    with pytest.raises(SourceError, match=r"nested"):
        parse(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("x = a" + ".b()" * 90, id="long chain"),
        pytest.param("x = [" + "1, " * 5000 + "]", id="long list"),
        pytest.param("if a:\n    pass\n" + "elif b:\n    pass\n" * 150, id="elif"),
        pytest.param("x = (" + "'a'\n" * 3000 + ")", id="implicit concatenation"),
    ],
)
def test_long_code_that_is_not_deep_is_parsed(text: str) -> None:
    assert ast.dump(parse(text)) == ast.dump(ast.parse(text))


@pytest.mark.parametrize(
    ("text", "line"),
    [pytest.param("x = 1\ndef f(:\n", 2, id="broken"), pytest.param("x = 1\ry = (\r", 2, id="lone carriage returns")],
)
def test_broken_code_is_said_with_its_line_and_the_python_that_judged(text: str, line: int) -> None:
    with pytest.raises(SourceError) as caught:
        parse(text)
    assert caught.value.line == line
    assert str(caught.value).endswith(f" ({RUNNING}); repair the line, or exclude the file")


def test_a_lone_surrogate_is_an_error_not_a_crash() -> None:
    with pytest.raises(SourceError, match="surrogates not allowed"):
        parse("x = '\ud800'")


def test_warnings_about_the_users_code_are_neither_shown_nor_errors() -> None:
    with warnings.catch_warnings(record=True) as shown:
        warnings.simplefilter("error")
        parse("x = '\\d'\ny = 1is 1\n")
    assert shown == []


@pytest.mark.parametrize(
    ("line", "host", "expected"),
    [
        ("type X = int", (3, 11), "a `type` statement needs Python 3.12, this is Python 3.11; {}Python 3.12 or newer"),
        (
            "type X[T] = int",
            (3, 11),
            "a `type` statement needs Python 3.12, this is Python 3.11; {}Python 3.12 or newer",
        ),
        (
            "def f[T](x): ...",
            (3, 11),
            "a list of type parameters needs Python 3.12, this is Python 3.11; {}Python 3.12 or newer",
        ),
        (
            "except A, B:",
            (3, 13),
            (
                "`except` with several types and no parentheses needs Python 3.14, this is Python 3.13; "
                "{}Python 3.14 or newer"
            ),
        ),
        ('x = t"a"', (3, 13), "a template string needs Python 3.14, this is Python 3.13; {}Python 3.14 or newer"),
        ("lazy import boto3", (3, 14), "a lazy import needs Python 3.15, this is Python 3.14; {}Python 3.15 or newer"),
    ],
)
def test_newer_syntax_names_the_python_to_run_under(line: str, host: tuple[int, int], expected: str) -> None:
    error = SyntaxError("invalid syntax", ("app.py", 2, 1, line, 2, 1))
    assert _syntax_message(error, f"\n{line}\n", host) == expected.format("run lambda-perf under ")


@pytest.mark.parametrize("line", ["type = (", "def f(x[1]): ...", "except (A, B)", "x = 't'('", "cut'"])
def test_ordinary_mistakes_are_not_taken_for_newer_syntax(line: str) -> None:
    error = SyntaxError("invalid syntax", ("app.py", 1, 1, line, 1, 1))
    assert _syntax_message(error, line, (3, 11)) == "invalid syntax (Python 3.11); repair the line, or exclude the file"


def test_an_f_string_of_a_later_python_may_be_the_cause() -> None:
    error = SyntaxError("f-string: unmatched '['", ("app.py", 1, 1, "", 1, 1))
    assert _syntax_message(error, "", (3, 11)) == (
        "f-string: unmatched '[' (Python 3.11); "
        "if it is an f-string of Python 3.12, run lambda-perf under Python 3.12 or newer"
    )


@pytest.mark.parametrize(
    ("text", "newline"),
    [("", "\n"), ("a", "\n"), ("a\r\nb", "\r\n"), ("a\rb", "\r"), ("a\r\nb\nc\n", "\n"), ("a\nb\r\n", "\n")],
)
def test_the_dominant_newline_is_found(text: str, newline: str) -> None:
    assert newline_of(text) == newline


def test_positions_count_characters_bytes_and_utf16_units_apart() -> None:
    text = "é = 1\r\nx = '😀', client\x0c\u2028\rlast"
    lines = Lines(text)
    client = text.index("client")
    assert lines.offset(1, 2) == 1
    assert lines.offset(2, len("x = '😀', ".encode())) == client
    assert lines.position(client) == (2, 10)
    assert lines.utf16_column(client) == 11
    assert [lines.line_text(number) for number in (1, 2, 3)] == ["é = 1", "x = '😀', client\x0c\u2028", "last"]
    assert lines.position(len(text)) == (3, 5)


def test_a_position_beyond_its_line_or_the_text_ends_there() -> None:
    lines = Lines("ab\ncd")
    assert [lines.offset(1, 9), lines.offset(2, 9), lines.offset(7, 0)] == [2, 5, 5]


def test_the_span_of_a_node_is_its_text() -> None:
    text = "x = 'é'; y = [\r\n  boto3.client('s3')]\r"
    call = next(node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call))
    span = Lines(text).span(call)
    assert (span, text[span.start : span.end]) == (Span(18, 36), "boto3.client('s3')")


def test_a_node_without_a_position_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(TypeError, match="Module has no position"):
        Lines("").span(ast.Module([], []))
    with pytest.raises(TypeError, match="not made by the parser"):
        Lines("").span(ast.Name("a", ast.Load(), lineno=1, col_offset=0))


@given(st.text(st.sampled_from("ab é😀\r\n\x0c\u2028")))
def test_offsets_and_positions_are_inverse(text: str) -> None:
    lines = Lines(text)
    for offset in range(len(text) + 1):
        line, column = lines.position(offset)
        head = lines.line_text(line)[: column - 1]
        if len(head) == column - 1:
            assert lines.offset(line, len(head.encode())) == offset


@given(
    st.lists(st.sampled_from(["é = 1", "x = '😀'", "y = f(z)", "'''a", "b'''"])), st.sampled_from(["\n", "\r", "\r\n"])
)
def test_lines_are_those_of_the_parser(parts: list[str], newline: str) -> None:
    text = newline.join(parts)
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return
    lines = Lines(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            span = lines.span(node)
            assert text[span.start : span.end] == node.id

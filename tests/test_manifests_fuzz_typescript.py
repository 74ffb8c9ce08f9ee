"""TypeScript programs that are broken, endless, enormous or made to hurt: a Problem, never a crash."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typescript_programs import CODE, FUNCTION, LIBRARY, reading

from flake8_lambda_perf.manifests import parsing, read
from flake8_lambda_perf.manifests.typescript import apps
from flake8_lambda_perf.model import Problem

MAKE = f'new lambda.Function(s, "F", {{{FUNCTION}}});\n'
ENDLESS = "too long to follow, so that functions may be missed; exclude the files that deploy nothing"
INVALID = "not valid here, so that functions may be missed; correct the file or exclude it"
LARGE = "larger than 200000 bytes; split the file or exclude it"
DEEP = "nested more than 100 levels deep; correct the file or exclude it"
ANGLES = "holds more than 1000 opening angles; split the file or exclude it"
SLOW = "takes too long to parse; correct the file or exclude it"
MANY = "declares more than 1000 functions; split the app or exclude it"
TEN = "const ten = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];\n"
TABLE = f"const d = {{{', '.join(f'k{n}: {n}' for n in range(4_000))}}};\n"

BROKEN = {
    "loops in loops": (TEN + "ten.map(a => " * 7 + "a" + ")" * 7 + ";\n", 0, ENDLESS),
    "a large object handed on": (TABLE + "f({...d});\n" * 1_500, 0, ENDLESS),
    "a large object listed": (TABLE + "Object.entries(d);\n" * 100, 0, ENDLESS),
    "names without end": (f"let x = lib;\n{TEN}" + "for (const a of ten) " * 6 + "x = x.a();\n", 0, ENDLESS),
    "many functions": (f"{TEN}" + "for (const a of [1, 2]) " + "for (const a of ten) " * 3 + MAKE, 4, MANY),
    "a string without end": (MAKE + 'const a = "x;\n', 4, INVALID),
    "a class without end": (MAKE + "class A {\n  x = [\n", 4, INVALID),
    "objects in objects": ("const a = " + "{a:" * 99, 1, INVALID),
    "deep braces": ("{a:" * 101, 0, DEEP),
    "deep brackets": ("f([" * 51, 0, DEEP),
    "types in types": ("f<a," * 1_001, 0, ANGLES),
    "what the parser never gets out of": ("[/]/>new[a=/\nn-->}}a;a:", 0, SLOW),
    "two hundred kilobytes": ("/" * 200_000, 0, LARGE),
}


@pytest.mark.parametrize(("program", "line", "message"), BROKEN.values(), ids=list(BROKEN))
def test_what_is_broken_or_has_no_end_is_a_problem(program: str, line: int, message: str, tmp_path: Path) -> None:
    _, problems = reading(tmp_path, {**CODE, "app.ts": f"{LIBRARY}// python\n{program}"})
    assert problems == (Problem("app.ts", line, message),)


FINE = {
    "a function of itself": "const f = g => g(g);\nf(f);\n",
    "functions of each other": "function f(n) { g(n); g(n); }\nfunction g(n) { f(n); f(n); }\nf(1);\n",
    "a property of itself": "class A { get b() { return this.b; } }\nnew A().b;\n",
    "a class of itself": "class A extends A {}\nnew A();\n",
    "a construct in itself": "class A extends lambda.Function { constructor() { super(new A(), 'a'); } }\nnew A();\n",
    "a field of itself": "class A { a = new A(); }\nnew A();\n",
    "a list in itself": "const a = [];\na.push(a, ...a);\na.forEach(x => a.push(x));\nfor (const x of a) a.push(x);\n",
    "an object in itself": "const o = {};\no.o = o;\nnew lambda.Function(o, 'F', {...o, layers: [o]});\n",
    "doubled texts": "let x = 'a';\n" + "x = x + x;\nx = `${x}${x}`;\nx = x.replace('a', x);\n" * 60,
    "doubled lists": "let x = [1];\n" + "x = [...x, ...x];\nx = x.concat(x);\n" * 60,
    "calls in calls": "const f = x => x;\nconst x = " + "f(" * 99 + "1" + ")" * 99 + ";\n",
    "functions in functions": "(() => {" * 49 + "})();" * 49 + "\n",
    "a chain": "x" + ".f()" * 2_000 + ";\n",
    "a sum": "const x = " + "'a' + " * 2_000 + "'b';\n",
    "branches in branches": "if (a) {" * 99 + "}" * 99 + "\n",
    "one branch after the other": "if (a) b();" + " else if (a) b();" * 1_000 + "\n",
    "large numbers": "const x = 9e999 * 9e999 - 1 / 0 + 0x" + "f" * 400 + " + 1n;\n",
    "odd escapes": "const x = '\\u{110000}\\ud800\\x4\\0\\\n';\n",
    "odd paths": "".join(
        f'new lambda.Function(s, "F", {{{FUNCTION}}});\n'.replace('"src"', path)
        for path in ('"a\\0b"', '"\\u{d800}"', "`${x}`.repeat(9)", '"*"', '"' + "a" * 5_000 + '"', '""', '"."')
    ),
}


@pytest.mark.parametrize("program", FINE.values(), ids=list(FINE))
def test_what_has_an_end_is_followed_past(program: str, tmp_path: Path) -> None:
    deployed, _ = reading(tmp_path, {**CODE, "app.ts": LIBRARY + program + MAKE})
    assert MAKE[:-1] in (LIBRARY + program + MAKE).split("\n")[deployed[-1].line - 1]


def test_a_long_chain_of_imports_is_followed(tmp_path: Path) -> None:
    files = {f"m{n:03}.ts": f'{LIBRARY}export {{ x }} from "./m{n + 1:03}";\n' for n in range(300)}
    files["m300.ts"] = LIBRARY + f"export const x = 1;\n{MAKE}"
    deployed, problems = reading(tmp_path, {**CODE, **files})
    assert ([(one.manifest, one.line) for one in deployed], problems) == ([("m300.ts", 3)], ())


def test_a_parser_that_takes_too_long_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parsing, "MAX_SECONDS", 0)
    _, problems = reading(tmp_path, {**CODE, "app.ts": LIBRARY + MAKE})
    assert problems == (Problem("app.ts", 0, SLOW),)


def test_without_the_parser_one_problem_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apps, "MODULES", ("tree_sitter_of_tomorrow",))
    deployed, problems = reading(tmp_path, {**CODE, "a.ts": LIBRARY + MAKE, "b.ts": LIBRARY + MAKE})
    message = "not read: install tree-sitter and tree-sitter-typescript"
    assert (deployed, problems) == ((), (Problem("a.ts", 0, message),))


def test_bytes_that_are_not_utf8_are_a_problem(tmp_path: Path) -> None:
    (tmp_path / "app.ts").write_bytes(LIBRARY.encode() + MAKE.encode() + b"// \xff\n")
    problem = Problem("app.ts", 3, "not encoded as UTF-8; save it as UTF-8 or exclude it")
    assert read(tmp_path, ["app.ts"]) == ((), (problem,))


def test_a_file_of_values_that_is_too_large_is_passed_over(tmp_path: Path) -> None:
    program = f'{LIBRARY}import {{ memory }} from "./values";\n{MAKE.replace("{", "{memorySize: memory, ", 1)}'
    files = {"app.ts": program, "values.ts": "export const memory = 512;\n" + "//\n" * 70_000}
    deployed, problems = reading(tmp_path, {**CODE, **files})
    assert ([(one.line, one.memory) for one in deployed], problems) == ([(3, None)], ())


PIECES = st.sampled_from(
    [
        MAKE, TEN, FUNCTION, "lambda", ".Function", "new ", "class A extends ", "constructor(", "super(", "this", "{",
        "}", "(", ")", "[", "]", "=>", "=", ";", "\n", ",", "...", "`${", "}`", "'", '"', "a", "A", "b", ".", "?.",
        "if (",
        "for (", " of ", "function ", "return ", "await ", "import ", " from './app'", "export ", "const ", "enum ",
        "get ", "static ", "?", ":", "+", "||", "??", "!", "1", "process.env", "__dirname", "path.join(",
        "Object.entries(", ".map(", ".push(", "\ud7ff", "\x00", "\x01", "//", "/*", "*/", "\\", "<", ">", "switch (",
        "case 1:", "try {", "catch", "break;", "namespace ",
    ]
)  # fmt: skip  # one piece a line would take two screens


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(PIECES, max_size=40).map("".join))
def test_any_program_gives_an_answer_that_names_lines_of_the_file(middle: str) -> None:
    text = f"{LIBRARY}{MAKE}{middle}"
    with tempfile.TemporaryDirectory() as folder:
        deployed, problems = reading(Path(folder), {**CODE, "app.ts": text})
    last = len(text.splitlines()) + 1
    assert all(one.manifest == "app.ts" and 1 <= one.line <= last for one in deployed)
    assert all(one.path == "app.ts" and 0 <= one.line <= last and one.message for one in problems)

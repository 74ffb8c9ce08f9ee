"""Manifests that are broken, enormous, cyclic or made to hurt: a Problem with the line, never a crash."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flake8_lambda_perf.manifests import read
from flake8_lambda_perf.model import Problem

MARK = "# Resources Type: AWS::Serverless::Function\n"
JSON_MARK = '{"Resources": {"F": {"Type": "AWS::Lambda::Function"}},\n"a": '
SERVICE = "provider: {name: aws, runtime: python3.13}\n"
FUNCTION = "{Type: AWS::Serverless::Function, Properties: {Handler: app.handler, Runtime: python3.13}}"

DEEP = "nested more than 100 levels deep; correct the file or exclude it"
LARGE = "larger than 2000000 bytes; split the file or exclude it"
MANY = "holds more than 200000 values; split the file or exclude it"
ENDLESS = "variables expand without end; write the values out or exclude the file"

LEAVES = (
    "leads out of the project, and nothing there is read; "
    "run on a folder that holds both, or name the handler in `handlers`"
)
DOUBLED = "".join(f"a{n}: '${{self:a{n + 1}}}${{self:a{n + 1}}}'\n" for n in range(30)) + "a30: x\n"
CHAINED = "".join(f"a{n}: ${{self:a{n + 1}}}\n" for n in range(10_000))
ALIASES = "".join(f"  F{n}: *f\n" for n in range(2_000))
THIS = "file(serverless.yml):functions"
HANDLER = "functions: {f: {handler: '${self:a0}'}}\n"


def broken(reason: str) -> str:
    """The message about a file that its author has to correct."""
    return f"{reason}; correct the file or exclude it"


BROKEN = {
    "brackets in yaml": ("t.yaml", MARK + "[" * 100_000, 2, DEEP),
    "braces in yaml": ("t.yaml", MARK + "{a: " * 50_000, 2, DEEP),
    "dashes in yaml": ("t.yaml", MARK + "- " * 50_000, 2, DEEP),
    "brackets in json": ("t.json", JSON_MARK + "[" * 100_000, 2, DEEP),
    "braces in json": ("t.json", JSON_MARK + '{"a":' * 100_000, 2, DEEP),
    "closed brackets in json": ("t.json", JSON_MARK + "[" * 200 + "]" * 200 + "}", 2, DEEP),
    "three megabytes": ("t.yaml", MARK + "a: b\n" * 600_000, 0, LARGE),
    "many values in yaml": ("t.yaml", MARK + "a: [" + "x," * 250_000 + "]", 2, MANY),
    "many values in json": ("t.json", JSON_MARK + "[" + "1," * 250_000 + "1]}", 2, MANY),
    "alias of itself": (
        "t.yaml",
        MARK + "Resources: &r\n  F: *r\n",
        3,
        broken("the alias `*r` stands inside the value it names"),
    ),
    "alias of nothing": ("t.yaml", MARK + "Resources: *r\n", 2, broken("the alias `*r` names no anchor above it")),
    "control character": (
        "t.yaml",
        MARK + "a: b\nc: \x01\n",
        3,
        broken("not valid YAML: control characters are not allowed"),
    ),
    "tab": (
        "t.yaml",
        MARK + "Resources:\n\tF: 1\n",
        3,
        broken("not valid YAML: found character that cannot start any token"),
    ),
    "json without a value": ("t.json", JSON_MARK + "\n}", 3, broken("not valid JSON: Expecting value")),
    "json string without end": (
        "t.json",
        JSON_MARK + '"\\"' * 100_000,
        2,
        broken("not valid JSON: Expecting ',' delimiter"),
    ),
    "too many functions": (
        "t.yaml",
        f"Resources:\n  F: &f {FUNCTION}\n" + ALIASES,
        1002,
        "declares more than 1000 functions; split the template or exclude it",
    ),
    "too many functions in a service": (
        "serverless.yml",
        SERVICE + "a: &a {f: {handler: a.b}}\nfunctions: [" + "*a," * 2_000 + "]\n",
        2,
        "declares more than 1000 functions; split the service or exclude it",
    ),
    "variable of itself": (
        "serverless.yml",
        SERVICE + "functions: ${self:functions}\n",
        2,
        "variables refer to themselves: self:functions -> self:functions; break the circle",
    ),
    "circle of variables": (
        "serverless.yml",
        SERVICE + "functions: {f: {handler: '${self:a}'}}\na: ${self:b}\nb: ${self:a}\n",
        4,
        "variables refer to themselves: self:a -> self:b -> self:a; break the circle",
    ),
    "circle of files": (
        "serverless.yml",
        SERVICE + f"functions: ${{{THIS}}}\n",
        2,
        f"variables refer to themselves: {THIS} -> {THIS}; break the circle",
    ),
    "chain of variables": (
        "serverless.yml",
        SERVICE + HANDLER + CHAINED,
        42,
        "variables refer to one another more than 40 times in a row; shorten the chain",
    ),
    "doubling variables": ("serverless.yml", SERVICE + HANDLER + DOUBLED, 21, ENDLESS),
    "very many variables": (
        "serverless.yml",
        SERVICE + "functions: {f: {handler: '" + "${self:x}" * 50_000 + "'}}\nx: ''\n",
        2,
        ENDLESS,
    ),
    "unprintable folder": (
        "t.yaml",
        f'Resources:\n  F: {FUNCTION[:-2]}, CodeUri: "a\\0b"}}}}\n',
        2,
        f"CodeUri `a\\x00b` {LEAVES}",
    ),
}


@pytest.mark.parametrize(("name", "text", "line", "message"), BROKEN.values(), ids=BROKEN.keys())
def test_hostile_manifest_is_one_problem(tmp_path: Path, name: str, text: str, line: int, message: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert read(tmp_path, [name]) == ((), (Problem(name, line, message),))


def test_bytes_that_are_not_utf8_are_a_problem(tmp_path: Path) -> None:
    (tmp_path / "t.yaml").write_bytes(MARK.encode() + b"a: \xff\n")
    problem = Problem("t.yaml", 2, "not encoded as UTF-8; save it as UTF-8 or exclude it")
    assert read(tmp_path, ["t.yaml"]) == ((), (problem,))


def test_a_file_that_may_not_be_read_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "t.yaml").write_text(MARK, encoding="utf-8")

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "open", refuse)
        answer = read(tmp_path, ["t.yaml"])
    problem = Problem("t.yaml", 0, "cannot be read: Permission denied; make it readable or exclude it")
    assert answer == ((), (problem,))


def test_broken_included_file_is_a_problem_of_that_file(tmp_path: Path) -> None:
    (tmp_path / "serverless.yml").write_text(SERVICE + "functions: ${file(f.yml)}\n", encoding="utf-8")
    (tmp_path / "f.yml").write_text("a: 1\nb: [\n", encoding="utf-8")
    problem = Problem("f.yml", 3, broken("not valid YAML: did not find expected node content"))
    assert read(tmp_path, ["serverless.yml", "f.yml"]) == ((), (problem,))


def test_files_that_include_each_other_are_a_problem(tmp_path: Path) -> None:
    (tmp_path / "serverless.yml").write_text(SERVICE + "functions: ${file(a.yml)}\n", encoding="utf-8")
    (tmp_path / "a.yml").write_text("${file(b.yml)}\n", encoding="utf-8")
    (tmp_path / "b.yml").write_text("${file(a.yml)}\n", encoding="utf-8")
    message = "variables refer to themselves: file(a.yml) -> file(b.yml) -> file(a.yml); break the circle"
    assert read(tmp_path, ["serverless.yml"]) == ((), (Problem("b.yml", 1, message),))


OUTSIDE = ["../outside", "/etc", "~/code", "src/../../outside", "C:/code", "link", "link/deeper"]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project beside a folder that is none of its business, with a link to it."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "f.yml").write_text("secret: {handler: a.b}\n", encoding="utf-8")
    (tmp_path / "outside" / "t.yaml").write_text(MARK + "[", encoding="utf-8")
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "link").symlink_to(tmp_path / "outside")
    return tmp_path / "project"


@pytest.mark.parametrize("written", OUTSIDE)
def test_code_outside_the_project_is_a_problem_and_the_other_functions_remain(root: Path, written: str) -> None:
    out = f"{FUNCTION[:-2]}, CodeUri: {written}}}}}"
    (root / "t.yaml").write_text(f"Resources:\n  Out: {out}\n  In: {FUNCTION}\n", encoding="utf-8")
    deployed, problems = read(root, ["t.yaml"])
    assert [(found.resource, found.line) for found in deployed] == [("In", 3)]
    assert problems == (Problem("t.yaml", 2, f"CodeUri `{written}` {LEAVES}"),)


def test_included_files_handlers_and_modules_outside_the_project_are_problems(root: Path) -> None:
    functions = """\
package: {individually: true}
functions:
  file: ${file(../outside/f.yml):secret}
  link: ${file(link/f.yml):secret}
  handler: {handler: ../outside/app.handler}
  module: {handler: app.handler, module: ../outside}
  inside: {handler: app.handler}
"""
    (root / "serverless.yml").write_text(SERVICE + functions, encoding="utf-8")
    deployed, problems = read(root, ["serverless.yml"])
    assert [(found.resource, found.line) for found in deployed] == [("inside", 8)]
    assert problems == (
        Problem("serverless.yml", 4, f"file `../outside/f.yml` {LEAVES}"),
        Problem("serverless.yml", 5, f"file `link/f.yml` {LEAVES}"),
        Problem("serverless.yml", 6, f"handler `../outside/app.handler` {LEAVES}"),
        Problem("serverless.yml", 7, f"module `../outside` {LEAVES}"),
    )


def test_a_manifest_behind_a_link_out_of_the_project_is_not_read(root: Path) -> None:
    assert read(root, ["link/t.yaml"]) == ((), ())


def laughs(line_of: str) -> str:
    """Twenty lists, each nine times the one before; the last is called `a20`."""
    lists = "".join(f"a{n}: &a{n} [" + ",".join([f"*a{n - 1}"] * 9) + "]\n" for n in range(1, 21))
    return "a0: &a0 [x]\n" + lists + line_of


@pytest.mark.parametrize("place", ["Layers", "SnapStart", "VpcConfig", "Metadata"])
def test_billion_laughs_are_shared_and_not_walked(tmp_path: Path, place: str) -> None:
    text = laughs(f"Resources:\n  F: {FUNCTION[:-2]}, {place}: *a20}}}}\n")
    (tmp_path / "t.yaml").write_text(text, encoding="utf-8")
    deployed, problems = read(tmp_path, ["t.yaml"])
    assert ([(found.resource, found.line) for found in deployed], problems) == ([("F", 23)], ())


def test_merge_keys_that_grow_are_a_problem(tmp_path: Path) -> None:
    merges = "".join(f"a{n}: &a{n} {{<<: [*a{n - 1}, *a{n - 1}], k{n}: 1}}\n" for n in range(1, 10_000))
    (tmp_path / "t.yaml").write_text(MARK + "a0: &a0 {k: v}\n" + merges, encoding="utf-8")
    assert read(tmp_path, ["t.yaml"]) == ((), (Problem("t.yaml", 444, MANY),))


@pytest.mark.parametrize("value", ["9" * 5_000, "-1", "12.5", "[1]", "1e3"])
def test_sizes_that_are_no_whole_number_are_unknown(tmp_path: Path, value: str) -> None:
    (tmp_path / "t.yaml").write_text(f"Resources:\n  F: {FUNCTION[:-2]}, MemorySize: {value}}}}}\n", encoding="utf-8")
    deployed, problems = read(tmp_path, ["t.yaml"])
    assert ([(found.resource, found.memory) for found in deployed], problems) == ([("F", None)], ())


def test_a_problem_without_libyaml_has_the_same_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("yaml.CSafeLoader", raising=False)
    (tmp_path / "deep.yaml").write_text(MARK + "[" * 100_000, encoding="utf-8")
    (tmp_path / "fine.yaml").write_text(f"Resources:\n  F: {FUNCTION}\n", encoding="utf-8")
    deployed, problems = read(tmp_path, ["deep.yaml", "fine.yaml"])
    assert [(found.resource, found.line) for found in deployed] == [("F", 2)]
    assert problems == (Problem("deep.yaml", 2, DEEP),)


PIECES = st.sampled_from(
    [
        "${self:a}",
        "${file(serverless.yml):a}",
        "${",
        "}",
        "*x",
        "&x ",
        "!Ref ",
        "!Sub ",
        "<<: ",
        "[",
        "]",
        "{",
        ", ",
        ": ",
        "- ",
        "\n",
        "\n  ",
        "functions",
        "handler",
        "app.handler",
        "Resources",
        "Type",
        "AWS::Lambda::Function",
        "Properties",
        "Layers",
        "a",
        "'",
        '"',
        "null",
        "\t",
        "#",
        "|\n",
        "? ",
        "\x00",
        "\ud7ff",
        "../..",
        "Ref",
        "layers",
        "image",
        "command",
        "provider",
    ]
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(PIECES, max_size=40).map("".join))
def test_any_text_gives_an_answer_that_names_lines_of_the_file(tmp_path: Path, middle: str) -> None:
    names = ["serverless.yml", "t.yaml", "t.json", "t.template"]
    heads = [SERVICE + "functions:\n  ", f"Resources:\n  F: {FUNCTION}\n  ", JSON_MARK, JSON_MARK]
    for name, head in zip(names, heads, strict=True):
        text = head + middle
        (tmp_path / name).write_text(text, encoding="utf-8", newline="")
        deployed, problems = read(tmp_path, [name])
        lines = [found.line for found in deployed] + [problem.line for problem in problems]
        assert all(1 <= line <= len(text.splitlines()) + 1 for line in lines)
        assert all(problem.path == name and problem.message for problem in problems)

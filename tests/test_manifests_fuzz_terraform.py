"""Terraform that is broken, enormous, cyclic or made to hurt: a Problem with the line, never a crash."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flake8_lambda_perf.manifests import read
from flake8_lambda_perf.model import Problem

NAME = "aws_lambda_function.f"
FUNCTION = 'resource "aws_lambda_function" "f" {\n  handler = "app.handler"\n  runtime = "python3.13"\n'
JSON = '{"resource": {"aws_lambda_function": {"f": {"handler": "a.b", "runtime": "python3.13",\n"memory_size": '

BROKEN_HCL = "not valid HCL; correct the file or exclude it"
LARGE = "larger than 128000 bytes; split the file or exclude it"
DEEP = "nested more than 40 levels deep; correct the file or exclude it"
HUGE = "larger than 2000000 bytes; split the file or exclude it"
DEEP_JSON = "nested more than 100 levels deep; correct the file or exclude it"
NO_VALUE = "not valid JSON: Expecting value; correct the file or exclude it"
ENDLESS = "expressions expand without end; write the values out or exclude the file"
BLANKS = "more than 1000 blanks in a row; remove them or exclude the file"
CHAIN = "values refer to one another more than 80 times in a row; shorten the chain"
MANY = "declares more than 1000 functions; split the project or exclude the file"


def memory(expression: str, others: str = "") -> str:
    """A function whose memory is computed."""
    return f"{FUNCTION}  memory_size = {expression}\n}}\n{others}\n"


def locals_of(**values: str) -> str:
    """A block of local values."""
    return "locals {\n" + "".join(f"  {name} = {value}\n" for name, value in values.items()) + "}\n"


NUMBERS = locals_of(l="[" + ",".join(f'"{n}"' for n in range(5_000)) + "]")
CHAINED = locals_of(**{f"a{n}": f"local.a{n + 1}" for n in range(2_000)})

HOSTILE = {
    "brackets": ("main.tf", FUNCTION + "  memory_size = " + "[" * 100_000, 1, BROKEN_HCL),
    "closed brackets": ("main.tf", memory("[" * 50_000 + "]" * 50_000), 4, DEEP),
    "calls": ("main.tf", memory("abs(" * 100 + "1" + ")" * 100), 4, DEEP),
    "operators": ("main.tf", memory("1 + " * 20_000 + "1"), 4, DEEP),
    "quotes": ("main.tf", FUNCTION + '"' * 30_000, 3, BROKEN_HCL),
    "blocks": ("main.tf", FUNCTION + "a {" * 30_000, 1, BROKEN_HCL),
    "a missing brace": ("main.tf", memory("1") + 'resource "x" "y" {\n  a = 1\n', 9, BROKEN_HCL),
    "a stray word": ("main.tf", memory("1") + "\nlocals {\n  a = = 1\n}\n", 9, BROKEN_HCL),
    "heredoc without end": ("main.tf", memory("<<EOT\nx"), 8, BROKEN_HCL),
    "blanks": ("main.tf", memory("[1," + " " * 20_000 + "2]"), 4, BLANKS),
    "empty lines": ("main.tf", memory("1") + "\n" * 20_000 + "locals {}\n", 5, BLANKS),
    "a NUL": ("main.tf", memory("1") + "\n\0", 8, BROKEN_HCL),
    "a large file": ("main.tf", memory("1") + "# comment\n" * 20_000, 0, LARGE),
    "three megabytes": ("main.tf", memory("1") + "# comment\n" * 300_000, 0, HUGE),
    "a local of itself": (
        "main.tf",
        memory("local.a", locals_of(a="local.b", b="local.a")),
        7,
        "values refer to themselves: local.a -> local.b -> local.a; break the circle",
    ),
    "a variable of itself": (
        "main.tf",
        memory("var.a", 'variable "a" { default = var.a }'),
        6,
        "values refer to themselves: var.a -> var.a; break the circle",
    ),
    "instances of themselves": (
        "main.tf",
        FUNCTION + "  for_each = aws_lambda_function.f\n}\n",
        1,
        f"values refer to themselves: resource.{NAME} -> resource.{NAME}; break the circle",
    ),
    "a chain of locals": ("main.tf", memory("local.a0", CHAINED), 46, CHAIN),
    "loops in loops": (
        "main.tf",
        memory("length([for a in local.l : [for b in local.l : b]])", NUMBERS),
        4,
        ENDLESS,
    ),
    "a search in a loop": (
        "main.tf",
        memory("length([for a in local.l : a if contains(local.l, a)])", NUMBERS),
        4,
        ENDLESS,
    ),
    "brackets in json": ("main.tf.json", JSON + "[" * 50_000, 2, DEEP_JSON),
    "closed brackets in json": ("main.tf.json", JSON + "[" * 60 + "]" * 60 + "}}}}", 2, DEEP),
    "json without a value": ("main.tf.json", JSON + "\n}}}}", 3, NO_VALUE),
    "a large json": ("main.tf.json", JSON + '"' + "x" * 200_000 + '"}}}}', 0, LARGE),
}  # fmt: skip  # one case a line


@pytest.mark.parametrize(("name", "text", "line", "message"), HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_terraform_is_one_problem(tmp_path: Path, name: str, text: str, line: int, message: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert read(tmp_path, [name]) == ((), (Problem(name, line, message),))


DOUBLED_TEXTS = locals_of(**{f"a{n}": f'"${{local.a{n + 1}}}${{local.a{n + 1}}}"' for n in range(15)}, a15='"xxxxxxxx"')
DOUBLED_LISTS = locals_of(**{f"a{n}": f"concat(local.a{n + 1}, local.a{n + 1})" for n in range(15)}, a15="[1, 2]")
LONG = locals_of(b='"' + "b" * 3_000 + '"')

HARMLESS = {
    "attributes": memory("local.a" + ".b" * 20_000),
    "indices": memory("local.a" + "[0]" * 20_000, locals_of(a="[1]")),
    "doubling texts": memory("local.a0", DOUBLED_TEXTS),
    "doubling lists": memory("local.a0", DOUBLED_LISTS),
    "flattened lists": memory("flatten([local.l, local.l, local.l])[0]", NUMBERS),
    "a long separator": memory("join(local.b, local.l)", NUMBERS + LONG),
    "a long replacement": memory('replace(local.b, "b", local.b)', LONG),
    "directives": memory('"' + "%{ if true }x" * 500 + "%{ endif }" * 500 + '"'),
    "windows lines": memory("128").replace("\n", "\r\n"),
    "a module of itself": memory("1") + 'module "m" { source = "./." }\nmodule "n" { source = "./" }\n',
    "a module outside": memory("1", 'module "m" { source = "../../../.." }'),
    "an archive outside": memory("1", 'data "archive_file" "a" { output_path = "../../../x" }'),
}  # fmt: skip  # one case a line


@pytest.mark.parametrize("text", HARMLESS.values(), ids=HARMLESS.keys())
def test_what_only_looks_hostile_is_read(tmp_path: Path, text: str) -> None:
    (tmp_path / "main.tf").write_text(text, encoding="utf-8", newline="")
    deployed, problems = read(tmp_path, ["main.tf"])
    assert ([each.handler for each in deployed], problems) == (["app.handler"], ())


@pytest.mark.parametrize("repeat", ["count = 5000", "for_each = toset([for n in range : n])"])
def test_more_functions_than_anybody_has_are_a_problem(tmp_path: Path, repeat: str) -> None:
    values = "range" if "range" in repeat else "unused"
    text = FUNCTION + f"  {repeat.replace('range', 'local.range')}\n}}\n"
    text += locals_of(**{values: "[" + ",".join(f'"{n}"' for n in range(2_000)) + "]"})
    (tmp_path / "main.tf").write_text(text, encoding="utf-8")
    deployed, problems = read(tmp_path, ["main.tf"])
    assert (len(deployed), problems) == (1_000, (Problem("main.tf", 1, MANY),))


def test_calls_that_depend_on_themselves_are_a_problem(tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "main.tf").write_text(memory("1") + 'output "x" { value = {} }\n', encoding="utf-8")
    (tmp_path / "main.tf").write_text(
        'module "m" {\n  source   = "./m"\n  for_each = module.m.x\n}\n', encoding="utf-8"
    )
    message = "values refer to themselves: module.m -> module.m; break the circle"
    deployed, problems = read(tmp_path, ["main.tf", "m/main.tf"])
    assert [each.manifest for each in deployed] == ["m/main.tf"]  # read alone, as if nobody called it
    assert problems == (Problem("main.tf", 1, message),)


def test_values_that_are_too_deep_are_a_problem_where_they_are_used(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(memory("var.a"), encoding="utf-8")
    (tmp_path / "terraform.tfvars").write_text("\na = " + "[" * 50 + "]" * 50 + "\n", encoding="utf-8")
    assert read(tmp_path, ["main.tf", "terraform.tfvars"]) == ((), (Problem("terraform.tfvars", 2, DEEP),))


def test_much_code_in_the_manifest_of_many_functions_is_read_once(tmp_path: Path) -> None:
    archive = 'data "archive_file" "a" {\n  source {\n    filename = "app.py"\n    content = <<E\n'
    text = FUNCTION + "  count = 1000\n  filename = data.archive_file.a.output_path\n}\n"
    (tmp_path / "main.tf").write_text(text + archive + "x = 1\n" * 10_000 + "E\n  }\n}\n", encoding="utf-8")
    deployed, problems = read(tmp_path, ["main.tf"])
    assert (len(deployed), len({id(each.inline) for each in deployed}), problems) == (1_000, 1, ())


def test_one_problem_does_not_hide_other_functions(tmp_path: Path) -> None:
    text = memory("local.a") + memory("1").replace('"f"', '"g"') + locals_of(a="local.a")
    text += FUNCTION.replace('"f"', '"out"') + '  filename = "../out"\n}\n'
    (tmp_path / "main.tf").write_text(text, encoding="utf-8")
    deployed, problems = read(tmp_path, ["main.tf"])
    leaves = "leads out of the project, and nothing there is read; run on a folder that holds both, or name the handler"
    assert [each.resource for each in deployed] == ["aws_lambda_function.g"]
    assert problems == (
        Problem("main.tf", 14, "values refer to themselves: local.a -> local.a; break the circle"),
        Problem("main.tf", 19, f"filename `../out` {leaves} in `handlers`"),
    )


def test_a_missing_parser_is_told_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a.tf", "b.tf"):
        (tmp_path / name).write_text(memory("1"), encoding="utf-8")
    monkeypatch.setitem(sys.modules, "tree_sitter_hcl", None)
    message = "not read: tree-sitter is missing; `pip install tree-sitter tree-sitter-hcl`, or exclude the file"
    assert read(tmp_path, ["a.tf", "b.tf"]) == ((), (Problem("a.tf", 0, message),))


def test_links_out_of_the_project_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "main.tf").write_text(memory("1"), encoding="utf-8")
    project = tmp_path / "project"
    project.mkdir()
    (project / "link").symlink_to(tmp_path / "outside")
    (project / "main.tf").write_text(memory("1") + 'module "m" { source = "./link" }\n', encoding="utf-8")
    deployed, problems = read(project, ["main.tf", "link/main.tf"])
    assert ([each.manifest for each in deployed], problems) == (["main.tf"], ())


TOKENS = (
    'resource "aws_lambda_function" "f" ', 'data "archive_file" "a" ', 'module "m" ', "locals ", 'variable "v" ',
    "{", "}", "[", "]", "(", ")", "\n", " = ", '"', "${", "}", "%{ if true }", "<<EOT\n", "\nEOT\n", "for a in ", " : ",
    " => ", "...", ".", "[*]", "?", "==", "!", "-", "1", "handler", "runtime", "source", "filename", "for_each",
    "count", '"python3.13"', '"app.handler"', '"./m"', '".."', "local.a", "var.v", "each.value",
    "data.archive_file.a.output_path", "aws_lambda_function.f",
    "merge(", "try(", "format(", "concat(", "# x\n", "\\", "\0", "é", "\u2028", "\U0001f600",
)  # fmt: skip  # one token a line would take a screen
ATTRIBUTES = st.sampled_from(
    ("handler", "runtime", "memory_size", "filename", "source_code_hash", "s3_key", "layers", "for_each", "count",
     "architectures", "function_name", "image_uri", "package_type", "source", "source_path", "default", "type", "a",
     "value", "output_path", "source_dir", "create")
)  # fmt: skip  # one name a line would take a screen
TERMS = st.sampled_from(
    ('"app.handler"', '"python3.13"', "128", "null", "true", "local.a", "var.a", "each.value", "each.key",
     "count.index", "module.a.a", "data.archive_file.a.output_path", "aws_lambda_layer_version.a.arn", "path.module",
     '"${local.a}-x"', '"../a"', '"./a"', '"a.zip"', "aws_lambda_function.a", '"terraform-aws-modules/lambda/aws"')
)  # fmt: skip  # one term a line would take a screen
EXPRESSIONS = st.recursive(
    TERMS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
        st.tuples(inner, inner).map(lambda pair: f"{{ a = {pair[0]}, ({pair[1]}) = 1 }}"),
        st.tuples(st.sampled_from(("merge", "try", "concat", "toset", "lookup", "join", "format")), inner, inner).map(
            lambda call: f"{call[0]}({call[1]}, {call[2]})"
        ),
        st.tuples(inner, inner).map(lambda pair: f"{{ for a, b in {pair[0]} : a => {pair[1]} }}"),
        st.tuples(inner, inner, inner).map(lambda parts: f"{parts[0]} == {parts[1]} ? {parts[2]} : 1"),
        st.tuples(inner, inner).map(lambda pair: f"({pair[0]})[{pair[1]}].a"),
    ),
    max_leaves=8,
)
HEADS = st.sampled_from(
    ('resource "aws_lambda_function" "a"', 'data "archive_file" "a"', 'module "a"', "locals", 'variable "a"',
     'output "a"', 'resource "aws_lambda_layer_version" "a"', 'resource "aws_lambda_permission" "a"',
     'resource "google_cloudfunctions_function" "a"')
)  # fmt: skip  # one head a line would take a screen
BLOCKS = st.tuples(HEADS, st.dictionaries(ATTRIBUTES, EXPRESSIONS, max_size=6)).map(
    lambda block: block[0] + " {\n" + "".join(f"  {name} = {value}\n" for name, value in block[1].items()) + "}\n"
)
quickly = settings(
    max_examples=80,
    deadline=2_000,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@quickly
@given(tokens=st.lists(st.sampled_from(TOKENS), max_size=60))
def test_any_words_in_any_order_are_read_or_told_of(tmp_path: Path, tokens: list[str]) -> None:
    (tmp_path / "main.tf").write_text("aws_lambda_function x\n" + "".join(tokens), encoding="utf-8", newline="")
    _, problems = read(tmp_path, ["main.tf"])
    assert {problem.path for problem in problems} <= {"main.tf"}


@quickly
@given(root=st.lists(BLOCKS, max_size=8), module=st.lists(BLOCKS, max_size=5))
def test_any_blocks_that_refer_to_one_another_are_read_or_told_of(
    tmp_path: Path, root: list[str], module: list[str]
) -> None:
    (tmp_path / "a").mkdir(exist_ok=True)
    (tmp_path / "main.tf").write_text("".join(root), encoding="utf-8")
    (tmp_path / "a" / "main.tf").write_text("".join(module), encoding="utf-8")
    deployed, problems = read(tmp_path, ["main.tf", "a/main.tf"])
    files = {"main.tf", "a/main.tf"}
    assert {each.manifest for each in deployed} | {problem.path for problem in problems} <= files
    for each in deployed:
        for fact in each.said:
            lines = (tmp_path / fact.path).read_text(encoding="utf-8").splitlines()
            assert lines[fact.line - 1][fact.column - 1 :].startswith(fact.text)


@quickly
@given(
    value=st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), TERMS.map(lambda term: f"${{{term}}}"), st.text(max_size=5)),
        lambda inner: st.one_of(
            st.lists(inner, max_size=3),
            st.dictionaries(st.one_of(ATTRIBUTES, st.just("a"), st.just("dynamic")), inner, max_size=4),
        ),
        max_leaves=20,
    )
)
def test_any_json_is_read_or_told_of(tmp_path: Path, value: object) -> None:
    text = json.dumps({"resource": {"aws_lambda_function": value}, "locals": value, "module": value})
    (tmp_path / "main.tf.json").write_text(text, encoding="utf-8")
    _, problems = read(tmp_path, ["main.tf.json"])
    assert {problem.path for problem in problems} <= {"main.tf.json"}

"""What Terraform's expressions come to, and what stays unknown."""

from __future__ import annotations

from pathlib import Path

import pytest
from terraform_projects import function, plainly, read_files

KNOWN = """\
locals {
  name    = "orders"
  folder  = "src/${local.name}"
  numbers = [1, 2, 3]
  nested  = { a = { b = "deep" }, "c-d" = "quoted", (local.name) = "computed" }
  objects = [{ n = "x" }, { n = "y" }]
  nothing = null
}
variable "given" { default = "default" }
variable "open" {}
variable "empty" { default = "" }
"""

VALUES = {
    '"plain"': "plain",
    '"a\\"b\\\\c\\u00e9 $${x} %%{y}"': 'a"b\\cé ${x} %{y}',
    '" ${local.name} and ${var.given} "': " orders and default ",
    "local.folder": "src/orders",
    "128": "128",
    "-1": "-1",
    "1.5": "1.5",
    "true": "true",
    "!false": "true",
    "1 + 2 * 3": "7",
    "(1 + 2) * 3": "9",
    "7 % 4 - 8 / 2": "-1",
    "local.numbers[1]": "2",
    "local.numbers.0": "1",
    "local.nested.a.b": "deep",
    'local.nested["c-d"]': "quoted",
    "local.nested[local.name]": "computed",
    "local.nested.missing": None,
    "local.missing": None,
    "local.nothing": None,
    'var.open == "x" ? 1 : 2': None,
    'var.given == "default" ? "yes" : "no"': "yes",
    'var.empty != "" && var.open != "" ? "yes" : "no"': "no",
    'var.empty == "" || var.open == "" ? "yes" : "no"': "yes",
    'local.nothing == null ? "null" : "set"': "null",
    'aws_sqs_queue.q.arn == null ? "null" : "set"': "set",
    '2 > 1 && 1 <= 1 && !(2 < 1) && 2 >= 2 ? "yes" : "no"': "yes",
    'length([]) > 0 ? "some" : "none"': "none",
    'try(local.nested.x.y, local.nested.a.b, "z")': "deep",
    'try(basename(local.nothing), "none")': "none",
    'try(var.open.x, "z")': None,
    'lookup(local.nested, "c-d")': "quoted",
    'lookup(local.nested, "x", "other")': "other",
    'coalesce(local.nothing, "", var.given)': "default",
    "coalesce(var.open, var.given)": None,
    'merge(local.nested, { a = "last" }).a': "last",
    "concat(local.numbers, [4])[3]": "4",
    "concat(local.numbers...)": None,
    'join("-", local.numbers)': "1-2-3",
    'join("-", [for n in local.numbers : n * 2 if n > 1])': "4-6",
    'join(",", keys({ for o in local.objects : upper(o.n) => o }))': "X,Y",
    'join(",", [for i, o in local.objects : "${i}${o.n}"])': "0x,1y",
    'join(",", flatten([local.numbers, [[4]]]))': "1,2,3,4",
    'join(",", values({ b = 2, a = 1 }))': "1,2",
    'join(",", compact(["a", "", null, "b"]))': "a,b",
    'join(",", distinct(["a"]))': "a",
    'zipmap(["a", "b"], [1, 2])["b"]': "2",
    'split("/", local.folder)[1]': "orders",
    'element(["a", "b"], 3)': "b",
    'contains(["a", "b"], "b") ? "in" : "out"': "in",
    'contains([var.open], "b") ? "in" : "out"': None,
    'replace("a-b", "-", "_")': "a_b",
    'replace("a-b", "/-/", "_")': None,
    'format("%s-%d%%", "x", 3)': "x-3%",
    'format("%05d", 3)': None,
    'basename("a/b.py")': "b.py",
    'dirname("a/b.py")': "a",
    'dirname("b.py")': ".",
    'trimsuffix("a.zip", ".zip")': "a",
    'trimprefix("a.zip", "a.")': "zip",
    'trimspace(" a ")': "a",
    'startswith("abc", "a") && endswith("abc", "c") ? lower("YES") : "no"': "yes",
    "title(local.name)": "Orders",
    'tostring(tonumber("3"))': "3",
    "path.module": ".",
    "abspath(path.root)": ".",
    "path.other": None,
    "terraform.workspace": None,
    "each.key": None,
    "timestamp()": None,
    'file("x")': None,
    'templatefile("x", {})': None,
    "provider::x::f(1)": None,
    '"%{ if true }x%{ endif }"': None,
    "aws_sqs_queue.q.arn": None,
    "aws_sqs_queue.q[*].arn": None,
    '"${aws_sqs_queue.q.arn}/x"': None,
    "[for n in var.open : n]": None,
    "{ (var.open) = 1 }.x": None,
    "local.name.x": None,
    "[1, 2]": None,
}


@pytest.mark.parametrize(("expression", "value"), VALUES.items(), ids=VALUES.keys())
def test_an_expression_is_what_terraform_makes_of_it(tmp_path: Path, expression: str, value: str | None) -> None:
    text = f"""\
resource "aws_lambda_function" "f" {{
  handler = "app.handler"
  runtime = "python3.13"
  environment {{
    variables = {{
      VALUE = {expression}
    }}
  }}
}}
{KNOWN}"""
    (deployed,) = read_files(tmp_path, {"main.tf": text})
    assert [(fact.name, fact.value) for fact in deployed.said[1:]] == [("environment.VALUE", value)]


def test_a_typed_variable_fills_in_what_its_value_leaves_out(tmp_path: Path) -> None:
    deployed = read_files(
        tmp_path,
        {
            "main.tf": """\
            module "all" {
              source    = "./functions"
              functions = { orders = { handler = "app.handler" }, users = { handler = "app.users", memory = 512 } }
            }
            """,
            "functions/main.tf": """\
            variable "functions" {
              type = map(object({
                handler = string
                memory  = optional(number, 256)
                timeout = optional(number)
                lists   = optional(list(object({ x = optional(string, "y") })), [])
              }))
            }
            resource "aws_lambda_function" "this" {
              for_each    = var.functions
              handler     = each.value.handler
              runtime     = "python3.13"
              memory_size = each.value.memory
              timeout     = each.value.timeout
            }
            """,
        },
    )
    resource = "module.all.aws_lambda_function.this"
    assert plainly(deployed) == (
        function(f'{resource}["orders"]', 3, memory=256),
        function(f'{resource}["users"]', 3, handler="app.users", memory=512),
    )


def test_a_dynamic_block_counts_where_it_is_known_to_be_made(tmp_path: Path) -> None:
    deployed = read_files(
        tmp_path,
        {
            "main.tf": "".join(
                f"""\
                resource "aws_lambda_function" "{name}" {{
                  handler = "app.handler"
                  runtime = "python3.13"
                  dynamic "vpc_config" {{
                    for_each = {over}
                    iterator = it
                    content {{
                      subnet_ids = it.value.subnets
                    }}
                  }}
                  dynamic "snap_start" {{
                    for_each = {over}
                    content {{
                      apply_on = "PublishedVersions"
                    }}
                  }}
                }}
                """
                for name, over in (("a", '[{ subnets = ["s"] }]'), ("b", "[]"), ("c", "var.open"))
            )
            + 'variable "open" {}\n',
        },
    )
    assert [(each.vpc, each.snapstart) for each in deployed] == [(True, True), (False, False), (None, None)]


def test_without_a_runtime_only_names_as_python_has_them_are_taken(tmp_path: Path) -> None:
    deployed = read_files(
        tmp_path,
        {
            "main.tf": "".join(
                f'resource "aws_lambda_function" "{name}" {{\n  handler = "{handler}"\n  runtime = {runtime}\n}}\n'
                for name, handler, runtime in (
                    ("python", "app.lambda_handler", "var.runtime"),
                    ("node", "index.handler", "var.runtime"),
                    ("known", "index.handler", '"nodejs22.x"'),
                    ("java", "com.example.App::handle", "var.runtime"),
                    ("unknown", "${var.runtime}.handler", '"python3.13"'),
                )
            )
        },
    )
    python = function("aws_lambda_function.python", 1, handler="app.lambda_handler", runtime=None)
    assert plainly(deployed) == (python,)

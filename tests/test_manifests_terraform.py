"""What Terraform's resources and modules deploy, and what they state of each function."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from textwrap import dedent

from terraform_projects import function, read_files

from flake8_lambda_perf.model import Said


def test_a_resource_states_everything_with_its_place(tmp_path: Path) -> None:
    deployed = read_files(
        tmp_path,
        {
            "main.tf": """\
            # Bestellungen: größer und schneller
            resource "aws_lambda_function" "orders" {
              description   = "größer"
              function_name = "orders"
              filename      = data.archive_file.code.output_path
              handler       = "src/app.handler"
              runtime       = "python3.13"
              memory_size   = 1024
              timeout       = 30 # größer
              architectures = ["arm64"]
              layers        = [aws_lambda_layer_version.base.arn, "arn:aws:lambda:eu-west-1:1:layer:x:1"]
              vpc_config { subnet_ids = var.subnets }
              snap_start { apply_on = "PublishedVersions" }
              ephemeral_storage { size = 2048 }
              file_system_config { arn = "a" }
              environment {
                variables = { größe = "ä", TABLE = aws_dynamodb_table.orders.name }
              }
            }
            data "archive_file" "code" { source_dir = "code" }
            resource "aws_lambda_layer_version" "base" { filename = data.archive_file.layer.output_path }
            data "archive_file" "layer" { source_dir = "${path.module}/layer" }
            variable "subnets" {}
            """,
            "code/src/app.py": "",
        },
    )
    said = (
        Said("runtime", "python3.13", "main.tf", 7, 19, '"python3.13"'),
        Said("memory", 1024, "main.tf", 8, 19, "1024"),
        Said("timeout", 30, "main.tf", 9, 19, "30"),
        Said("architecture", "arm64", "main.tf", 10, 20, '"arm64"'),
        Said("layers", "layer", "main.tf", 11, 20),
        Said(
            "layers",
            "arn:aws:lambda:eu-west-1:1:layer:x:1",
            "main.tf",
            11,
            55,
            '"arn:aws:lambda:eu-west-1:1:layer:x:1"',
        ),
        Said("ephemeral_storage", 2048, "main.tf", 14, 30, "2048"),
        Said("vpc", True, "main.tf", 12, 3),
        Said("efs", True, "main.tf", 15, 3),
        Said("snapstart", True, "main.tf", 13, 27, '"PublishedVersions"'),
        Said("environment.größe", "ä", "main.tf", 17, 27, '"ä"'),
        Said("environment.TABLE", None, "main.tf", 17, 40),
    )
    expected = function(
        "aws_lambda_function.orders",
        2,
        handler="src/app.handler",
        root="code",
        memory=1024,
        timeout=30,
        snapstart=True,
        vpc=True,
        layers=("layer",),
        architecture="arm64",
        ephemeral_storage=2048,
        efs=True,
        said=said,
    )
    assert deployed == (expected,)


def test_a_folder_is_one_module_whatever_file_a_value_stands_in(tmp_path: Path) -> None:
    deployed = read_files(
        tmp_path,
        {
            "infra/a.tf": """\
            resource "aws_lambda_function" "orders" {
              filename    = local.package
              handler     = var.handler
              runtime     = var.runtime
              memory_size = var.memory
              timeout     = var.timeout
            }
            """,
            "infra/b.tf": """\
            locals { package = "${path.module}/../app/code.py" }
            variable "handler" { default = "code.handler" }
            variable "runtime" { type = string }
            variable "memory" {
              type    = number
              default = 512
            }
            variable "timeout" { default = 5 }
            """,
            "infra/terraform.tfvars": 'runtime = "python3.12"\n',
            "infra/z.auto.tfvars": "timeout = 20\n",
            "infra/other.tfvars": "timeout = 40\n",
            "app/code.py": "",
        },
    )
    said = (
        Said("runtime", "python3.12", "infra/terraform.tfvars", 1, 11),
        Said("memory", 512, "infra/b.tf", 6, 13),
        Said("timeout", 20, "infra/z.auto.tfvars", 1, 11),
    )
    expected = function(
        "aws_lambda_function.orders",
        1,
        manifest="infra/a.tf",
        handler="code.handler",
        root="app",
        runtime="python3.12",
        memory=512,
        timeout=20,
        said=said,
    )
    assert deployed == (expected,)


def test_each_entry_of_for_each_is_a_function_of_its_own(tmp_path: Path) -> None:
    deployed = read_files(
        tmp_path,
        {
            "main.tf": """\
            resource "aws_lambda_function" "each" {
              for_each         = local.functions
              handler          = try(each.value.handler, "${each.key}.handler")
              source_code_hash = data.archive_file.each[each.key].output_base64sha256
              runtime          = lookup(each.value, "runtime", "python3.13")
              memory_size      = try(each.value.memory, null)
              environment { variables = merge(local.common, each.value.environment) }
            }
            data "archive_file" "each" {
              for_each   = local.functions
              source_dir = format("%s/src/%s", path.root, each.key)
            }
            """,
            "locals.tf": """\
            locals {
              common = { STAGE = "prod" }
              functions = {
                orders = { handler = "api.handler", memory = 256, environment = { A = "1" } }
                users  = { runtime = "python3.12", environment = {} }
                web    = { runtime = "nodejs22.x", environment = {} }
              }
            }
            resource "aws_lambda_function" "set" {
              for_each = toset(["one", "two"])
              handler  = "${each.value}.lambda_handler"
              filename = "${each.key}.py"
            }
            resource "aws_lambda_function" "counted" {
              count   = length(var.names)
              handler = "${var.names[count.index]}.handler"
              runtime = "python3.13"
            }
            resource "aws_lambda_function" "none" {
              count   = var.enabled ? 1 : 0
              handler = "none.handler"
              runtime = "python3.13"
            }
            variable "names" { default = ["red", "blue"] }
            variable "enabled" { default = false }
            """,
            "src/orders/api.py": "",
            "src/users/users.py": "",
            "one.py": "",
            "two.py": "",
        },
    )
    orders = (
        Said("runtime", "python3.13", "main.tf", 5, 52, '"python3.13"'),
        Said("memory", 256, "locals.tf", 4, 50, "256"),
        Said("environment.STAGE", "prod", "locals.tf", 2, 22, '"prod"'),
        Said("environment.A", "1", "locals.tf", 4, 75, '"1"'),
    )
    users = (
        Said("runtime", "python3.12", "locals.tf", 5, 26, '"python3.12"'),
        Said("environment.STAGE", "prod", "locals.tf", 2, 22, '"prod"'),
    )
    each, counted = "aws_lambda_function.each", "aws_lambda_function.counted"
    runtime = Said("runtime", "python3.13", "locals.tf", 17, 13, '"python3.13"')
    assert deployed == (
        function(
            'aws_lambda_function.set["one"]',
            10,
            manifest="locals.tf",
            handler="one.lambda_handler",
            root="",
            runtime=None,
        ),
        function(
            'aws_lambda_function.set["two"]',
            10,
            manifest="locals.tf",
            handler="two.lambda_handler",
            root="",
            runtime=None,
        ),
        function(f"{counted}[0]", 14, manifest="locals.tf", handler="red.handler", said=(runtime,)),
        function(f"{counted}[1]", 14, manifest="locals.tf", handler="blue.handler", said=(runtime,)),
        function(
            f'{each}["orders"]',
            4,
            manifest="locals.tf",
            handler="api.handler",
            root="src/orders",
            memory=256,
            said=orders,
        ),
        function(
            f'{each}["users"]',
            5,
            manifest="locals.tf",
            handler="users.handler",
            root="src/users",
            runtime="python3.12",
            said=users,
        ),
    )


def test_the_parser_is_imported_only_for_a_project_with_functions(tmp_path: Path) -> None:
    (tmp_path / "plain.tf").write_text('resource "aws_s3_bucket" "b" {}\n')
    (tmp_path / "function.tf").write_text('resource "aws_lambda_function" "f" {}\n')
    program = dedent("""\
        import sys
        from pathlib import Path
        from flake8_lambda_perf.manifests import read
        for name in ("plain.tf", "function.tf"):
            print(name, read(Path(sys.argv[1]), [name]), "tree_sitter" in sys.modules)
        """)
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("plain.tf ((), ()) False\nfunction.tf ((), ()) True\n", "")

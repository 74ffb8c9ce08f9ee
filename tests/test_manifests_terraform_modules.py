"""Modules of Terraform: what calls give them, which are read alone, and the one of the community."""

from __future__ import annotations

from pathlib import Path

from terraform_projects import function, plainly, read_files

from flake8_lambda_perf.model import Said


def test_a_local_module_is_read_with_what_its_calls_give(tmp_path: Path) -> None:
    deployed = read_files(
        tmp_path,
        {
            "live/prod/main.tf": """\
            module "orders" {
              source  = "../../modules/lambda"
              handler = "app.handler"
              memory  = 512
              path    = "${path.module}/../../orders"
              layers  = [module.base.arn]
            }
            module "each" {
              for_each = { users = "users.handler", carts = "carts.handler" }
              source   = "../../modules/lambda"
              handler  = each.value
              path     = "../../${each.key}"
            }
            module "base" { source = "../../modules/layer" }
            """,
            "modules/lambda/main.tf": """\
            variable "handler" {}
            variable "memory" { default = 128 }
            variable "path" {}
            variable "layers" { default = [] }
            data "archive_file" "code" {
              source_dir  = var.path
              output_path = "${path.module}/code.zip"
            }
            resource "aws_lambda_function" "this" {
              filename    = data.archive_file.code.output_path
              handler     = var.handler
              runtime     = "python3.13"
              memory_size = var.memory
              layers      = var.layers
            }
            output "name" { value = aws_lambda_function.this.function_name }
            """,
            "modules/layer/main.tf": """\
            resource "aws_lambda_layer_version" "this" { filename = "${path.module}/layer.zip" }
            data "archive_file" "layer" {
              source_dir  = "${path.module}/code"
              output_path = "${path.module}/layer.zip"
            }
            output "arn" { value = aws_lambda_layer_version.this.arn }
            """,
            "orders/app.py": "",
            "users/users.py": "",
            "carts/carts.py": "",
        },
    )
    assert [each.said for each in deployed] == [
        (
            Said("runtime", "python3.13", "modules/lambda/main.tf", 12, 17, '"python3.13"'),
            Said("memory", 512, "live/prod/main.tf", 4, 13, "512"),
            Said("layers", "modules/layer/code", "modules/layer/main.tf", 6, 24),
        ),
        *[
            (
                Said("runtime", "python3.13", "modules/lambda/main.tf", 12, 17, '"python3.13"'),
                Said("memory", 128, "modules/lambda/main.tf", 2, 31),
            )
        ]
        * 2,
    ]
    manifest = "live/prod/main.tf"
    assert plainly(deployed) == (
        function(
            "module.orders.aws_lambda_function.this",
            1,
            manifest=manifest,
            root="orders",
            memory=512,
            layers=("modules/layer/code",),
        ),
        function(
            'module.each["users"].aws_lambda_function.this',
            9,
            manifest=manifest,
            handler="users.handler",
            root="users",
            memory=128,
        ),
        function(
            'module.each["carts"].aws_lambda_function.this',
            9,
            manifest=manifest,
            handler="carts.handler",
            root="carts",
            memory=128,
        ),
    )


def test_the_module_of_the_community_is_a_function(tmp_path: Path) -> None:
    deployed = read_files(
        tmp_path,
        {
            "main.tf": """\
            module "orders" {
              source  = "terraform-aws-modules/lambda/aws"
              version = "~> 8.0"
              handler = "app.handler"
              runtime = "python3.13"
              source_path = [
                "${path.module}/vendor",
                { path = "${path.module}/src/orders", pip_requirements = true },
              ]
              memory_size            = 512
              ephemeral_storage_size = 1024
              vpc_subnet_ids         = module.vpc.private_subnets
              file_system_arn        = aws_efs_access_point.x.arn
              snap_start             = true
              layers                 = [module.layer.lambda_layer_arn]
              provisioned_concurrent_executions = 2
              environment_variables  = { A = "1" }
              create_lambda_function_url = true
              allowed_triggers = { api = { service = "apigateway" }, rule = { principal = "events.amazonaws.com" } }
              event_source_mapping = { queue = { event_source_arn = aws_sqs_queue.x.arn } }
            }
            module "layer" {
              source          = "git::https://github.com/terraform-aws-modules/terraform-aws-lambda.git?ref=v8"
              create_function = false
              create_layer    = true
              source_path     = [{ path = "./layers/base", prefix_in_zip = "python" }]
            }
            module "off" {
              source = "terraform-aws-modules/lambda/aws"
              create = false
              handler = "app.handler"
              runtime = "python3.13"
            }
            module "file" {
              source         = "registry.terraform.io/terraform-aws-modules/lambda/aws"
              handler        = "users.handler"
              runtime        = "python3.13"
              source_path    = "src/users.py"
              vpc_subnet_ids = null
              provisioned_concurrent_executions = -1
            }
            module "alias" { source = "terraform-aws-modules/lambda/aws//modules/alias" }
            """,
            "src/orders/app.py": "",
            "src/users.py": "",
        },
    )
    orders = function(
        "module.orders",
        1,
        root="src/orders",
        memory=512,
        snapstart=True,
        vpc=True,
        provisioned_concurrency=True,
        layers=("layers/base",),
        ephemeral_storage=1024,
        efs=True,
    )
    assert plainly(deployed) == (orders, function("module.file", 34, handler="users.handler", root="src"))
    assert deployed[0].triggers == ("url", "api", "eventbridge", "sqs")
    assert deployed[0].environment == ("A",)


def test_each_module_is_read_where_it_is_called_and_alone_where_nobody_calls_it(tmp_path: Path) -> None:
    body = 'handler = "app.handler"\n runtime = "python3.13"\n memory_size = var.m'
    resource = f'resource "aws_lambda_function" "f" {{\n {body}\n}}\nvariable "m" {{ default = 1 }}\n'
    deployed = read_files(
        tmp_path,
        {
            "called/main.tf": resource,
            "alone/main.tf": resource,
            "circle/main.tf": f'{resource}module "again" {{ source = "../circle/inner" }}\n',
            "circle/inner/main.tf": 'module "outer" { source = "../" }\n',
            "live/main.tf": 'module "m" {\n  source = "..//called"\n  m = 2\n}\nmodule "gone" { source = "../gone" }\n',
            "replaced/main.tf": resource,
            "replaced/main.tofu": resource.replace("app.handler", "tofu.handler"),
            "rendered/main.tf": '{% if x %}\nresource "aws_lambda_function" "f" {}\n{% endif %}\n',
        },
    )
    name = "aws_lambda_function.f"
    assert plainly(deployed) == (
        function(name, 1, manifest="alone/main.tf", memory=1),
        function(f"module.m.{name}", 1, manifest="called/main.tf", memory=2),
        function(name, 1, manifest="replaced/main.tofu", handler="tofu.handler", memory=1),
        function(name, 1, manifest="circle/main.tf", memory=1),
    )


def test_a_default_in_a_module_that_nobody_calls_declares_nothing(tmp_path: Path) -> None:
    module = """\
        variable "handler" { default = "app.handler" }
        variable "code" { default = null }
        resource "aws_lambda_function" "f" {
          handler  = var.handler
          runtime  = "python3.13"
          filename = var.code
        }
        """
    google = """\
        variable "settings" {
          type    = object({ entry_point = optional(string, "main") })
          default = {}
        }
        resource "google_cloudfunctions2_function" "f" {
          build_config {
            runtime     = "python313"
            entry_point = var.settings.entry_point
          }
        }
        """
    alone = {"modules/aws/main.tf": module, "modules/google/main.tf": google}
    assert read_files(tmp_path / "alone", alone) == ()
    call = 'module "called" {\n  source = "./modules/aws"\n  code = "app.py"\n}\n'
    deployed = read_files(tmp_path / "called", {"main.tf": call, "app.py": "", **alone})
    name = "module.called.aws_lambda_function.f"
    assert plainly(deployed) == (function(name, 3, manifest="modules/aws/main.tf", root=""),)

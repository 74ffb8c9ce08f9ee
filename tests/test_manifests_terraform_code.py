"""Where Terraform takes the code of a function from, and what invokes it."""

from __future__ import annotations

from pathlib import Path

import pytest
from terraform_projects import function, plainly, read_files

from flake8_lambda_perf.model import Said

FUNCTION = """\
resource "aws_lambda_function" "f" {
  handler = "app.handler"
  runtime = "python3.13"
"""
ARCHIVE = """\
data "archive_file" "code" {
  source_dir  = "${path.module}/../src"
  output_path = "${path.module}/build/code.zip"
}
"""
OBJECT = """\
resource "aws_s3_object" "code" {
  key    = "app/code.zip"
  source = data.archive_file.code.output_path
}
"""
NESTED = """\
module "package" { source = "../package" }
"""
FILES = {
    "src/app.py": "",
    "infra/app.py": "",
    "package/files/app.py": "",
    "package/main.tf": 'data "archive_file" "code" { source_dir = "${path.module}/files" }\n'
    'output "path" { value = data.archive_file.code.output_path }\n',
}

LEADING = {
    "an archive": ("filename = data.archive_file.code.output_path", ARCHIVE, "src"),
    "an archive in a template": ('filename = "${data.archive_file.code.output_path}"', ARCHIVE, "src"),
    "an archive by its path": ('filename = "./build/code.zip"', ARCHIVE, "src"),
    "an archive that is a resource": (
        "filename = archive_file.code.output_path",
        ARCHIVE.replace("data", "resource"),
        "src",
    ),
    "an archive of one file": (
        "filename = data.archive_file.one.output_path",
        'data "archive_file" "one" { source_file = "../src/app.py" }',
        "src",
    ),
    "an archive of files that are named": (
        "filename = data.archive_file.some.output_path",
        'data "archive_file" "some" {\n source {\n content = file("../src/app.py")\n filename = "app.py"\n }\n}',
        "src",
    ),
    "an archive of a module": ("filename = module.package.path", NESTED, "package/files"),
    "an object": ("s3_key = aws_s3_object.code.key", ARCHIVE + OBJECT, "src"),
    "an object by its key": ('s3_key = "app/code.zip"', ARCHIVE + OBJECT, "src"),
    "a hash": ("source_code_hash = data.archive_file.code.output_base64sha256", ARCHIVE, "src"),
    "a hash of a file": (
        's3_key = var.key\nsource_code_hash = filebase64sha256("${path.module}/build/code.zip")',
        ARCHIVE,
        "src",
    ),
    "the archive and not the hash": (
        "filename = data.archive_file.code.output_path\nsource_code_hash = data.archive_file.other.output_base64sha256",
        ARCHIVE + 'data "archive_file" "other" { source_dir = "other" }',
        "src",
    ),
    "an archive beside the code": ('filename = "code.zip"', "", "infra"),
    "a relative path from the root": ('filename = "${path.root}/../src/app.py"', "", "src"),
    "an archive by the name of a folder": ('filename = "../src.zip"', "", "src"),
    "an archive of a build by the name of a folder": ('filename = "../build/src.zip"', "", "src"),
    "an archive by the name of another folder": ('filename = "../package.zip"', "", None),
    "an archive elsewhere": ('filename = "build/code.zip"', "", None),
    "an archive outside of the project": ('filename = "/tmp/code.zip"', "", None),
    "a bucket of others": ('s3_bucket = "b"\ns3_key = "other.zip"', ARCHIVE + OBJECT, None),
    "what nobody declares": ("filename = data.archive_file.gone.output_path", ARCHIVE, None),
    "what a program packs": ("filename = data.external.build.result.path", "", None),
    "the output of a build": (
        "filename = data.archive_file.built.output_path",
        'data "archive_file" "built" { source_dir = "${path.module}/build/app" }',
        None,
    ),
    "a folder that is computed": (
        "filename = data.archive_file.code.output_path",
        'data "archive_file" "code" { source_dir = data.external.build.result.path }',
        None,
    ),
}


@pytest.mark.parametrize(("setting", "others", "root"), LEADING.values(), ids=LEADING.keys())
def test_code_is_followed_to_its_folder(tmp_path: Path, setting: str, others: str, root: str | None) -> None:
    deployed = read_files(tmp_path, {"infra/main.tf": f"{FUNCTION}{setting}\n}}\n{others}", **FILES})
    assert plainly(deployed) == (function("aws_lambda_function.f", 1, manifest="infra/main.tf", root=root),)


def test_code_in_the_manifest_is_a_file_of_its_own(tmp_path: Path) -> None:
    text = f"""\
{FUNCTION}  filename = data.archive_file.code.output_path
}}
data "archive_file" "code" {{
  source {{
    filename = "app.py"
    content  = <<-EOT
      def handler(event, context):
          return "${{var.name}}"
    EOT
  }}
}}
"""
    (deployed,) = read_files(tmp_path, {"main.tf": text})
    assert deployed.inline is not None
    assert deployed.inline.path == "main.tf#archive_file:9/app.py"
    assert deployed.root == deployed.inline.root
    assert deployed.inline.text == 'def handler(event, context):\n    return "v_var_name_"\n'
    places = deployed.inline.places()
    assert text[places.of(deployed.inline.text.index("return")) :].startswith('return "${var.name}"')


def test_the_folder_that_a_call_names_holds_what_a_script_packs(tmp_path: Path) -> None:
    deployed = read_files(
        tmp_path,
        {
            "main.tf": """\
            module "orders" {
              source = "./lambda"
              code   = "${path.root}/orders"
              name   = "/aws/lambda/orders"
            }
            """,
            "lambda/main.tf": """\
            variable "code" {}
            variable "name" {}
            resource "aws_lambda_function" "this" {
              filename = "${path.module}/${var.name}.zip"
              handler  = "app.handler"
              runtime  = "python3.13"
            }
            """,
            "orders/app.py": "",
        },
    )
    resource = "module.orders.aws_lambda_function.this"
    assert plainly(deployed) == (function(resource, 3, manifest="lambda/main.tf", root="orders"),)


def test_an_image_takes_its_handler_from_the_command_or_the_dockerfile(tmp_path: Path) -> None:
    deployed = read_files(
        tmp_path,
        {
            "main.tf": """\
            resource "aws_lambda_function" "command" {
              package_type = "Image"
              image_uri    = "1.dkr.ecr/x:1"
              image_config { command = ["orders.lambda_handler"] }
            }
            module "built" {
              source       = "terraform-aws-modules/lambda/aws"
              package_type = "Image"
              image_uri    = module.docker.image_uri
              memory_size  = 512
            }
            module "docker" {
              source      = "terraform-aws-modules/lambda/aws//modules/docker-build"
              source_path = "${path.module}/image"
            }
            resource "aws_lambda_function" "foreign" { image_uri = var.image }
            """,
            "image/Dockerfile": """\
            FROM public.ecr.aws/lambda/python:3.13
            COPY src/ ${LAMBDA_TASK_ROOT}/
            CMD ["app.handler"]
            """,
            "image/src/app.py": "",
        },
    )
    command = function("aws_lambda_function.command", 1, handler="orders.lambda_handler", runtime=None, package="image")
    built = function("module.built", 6, root="image/src", memory=512, package="image")
    assert plainly(deployed) == (command, built)


def test_what_invokes_a_function_is_found_in_other_resources(tmp_path: Path) -> None:
    (deployed, ready) = read_files(
        tmp_path,
        {
            "main.tf": """\
            resource "aws_lambda_function" "f" {
              handler = "app.handler"
              runtime = "python3.13"
            }
            resource "aws_lambda_permission" "api" {
              function_name = aws_lambda_alias.live.arn
              principal     = "apigateway.amazonaws.com"
              source_arn    = "${aws_apigatewayv2_api.chat.execution_arn}/*"
            }
            resource "aws_lambda_alias" "live" { function_name = aws_lambda_function.f.arn }
            resource "aws_apigatewayv2_api" "chat" { protocol_type = "WEBSOCKET" }
            resource "aws_lambda_permission" "rule" {
              function_name = "${aws_lambda_function.f.function_name}:live"
              principal     = "events.amazonaws.com"
              source_arn    = aws_cloudwatch_event_rule.daily.arn
            }
            resource "aws_cloudwatch_event_rule" "daily" { schedule_expression = "rate(1 day)" }
            resource "aws_lambda_event_source_mapping" "each" {
              for_each         = { a = "arn:aws:kinesis:eu-west-1:1:stream/a" }
              function_name    = aws_lambda_function.f.arn
              event_source_arn = each.value
            }
            resource "aws_lambda_event_source_mapping" "table" {
              function_name    = aws_lambda_function.f.arn
              event_source_arn = aws_dynamodb_table.t.stream_arn
            }
            resource "aws_lambda_function_url" "url" { function_name = "ready" }
            resource "aws_lambda_provisioned_concurrency_config" "ready" {
              function_name                     = aws_lambda_function.ready["a"].function_name
              provisioned_concurrent_executions = 3
            }
            resource "aws_lambda_function" "ready" {
              for_each      = toset(["a"])
              function_name = "ready"
              handler       = "app.handler"
              runtime       = "python3.13"
              capacity_provider_config {
                lambda_managed_instances_capacity_provider_config { capacity_provider_arn = "x" }
              }
            }
            """,
        },
    )
    assert deployed.triggers == ("websocket", "schedule", "kinesis", "dynamodb")
    assert ready.triggers == ("url",)
    assert (ready.provisioned_concurrency, ready.concurrent) == (True, True)
    assert ready.said[1] == Said("provisioned_concurrency", True, "main.tf", 30, 39, "3")


def test_google_functions_load_main_and_name_the_function_alone(tmp_path: Path) -> None:
    deployed = read_files(
        tmp_path,
        {
            "main.tf": """\
            data "archive_file" "code" { source_dir = "src" }
            resource "google_storage_bucket_object" "code" { source = data.archive_file.code.output_path }
            resource "google_cloudfunctions_function" "first" {
              runtime               = "python312"
              entry_point           = "hello"
              available_memory_mb   = 256
              timeout               = 60
              source_archive_object = google_storage_bucket_object.code.name
              trigger_http          = true
              environment_variables = { A = "1" }
            }
            resource "google_cloudfunctions2_function" "second" {
              build_config {
                runtime     = "python313"
                entry_point = "react"
                source {
                  storage_source { object = google_storage_bucket_object.code.name }
                }
              }
              service_config {
                available_memory                 = "1Gi"
                timeout_seconds                  = 90
                max_instance_request_concurrency = 80
                min_instance_count               = 1
                vpc_connector                    = google_vpc_access_connector.c.id
              }
              event_trigger { event_type = "google.cloud.storage.object.v1.finalized" }
            }
            """,
            "src/main.py": "",
        },
    )
    first = function(
        "google_cloudfunctions_function.first",
        3,
        handler="main.hello",
        root="src",
        runtime="python312",
        memory=256,
        timeout=60,
        platform="google",
    )
    second = function(
        "google_cloudfunctions2_function.second",
        12,
        handler="main.react",
        root="src",
        runtime="python313",
        memory=1024,
        timeout=90,
        vpc=True,
        provisioned_concurrency=True,
        concurrent=True,
        platform="google",
    )
    assert plainly(deployed) == (first, second)
    assert [each.triggers for each in deployed] == [("http",), ("storage",)]


def test_the_json_form_means_the_same(tmp_path: Path) -> None:
    deployed = read_files(
        tmp_path,
        {
            "main.tf.json": """\
            {"//": "made by a program",
             "locals": {"folder": "${path.module}/src", "memory": 512},
             "data": {"archive_file": {"code": [{"source_dir": "${local.folder}/orders"}]}},
             "resource": {"aws_lambda_function": {"f": {
               "for_each": "${toset([\\"a\\"])}",
               "filename": "${data.archive_file.code.output_path}",
               "handler": "${each.key}.handler",
               "runtime": "python3.13",
               "memory_size": "${local.memory}",
               "timeout": 30,
               "vpc_config": {"subnet_ids": ["a"]},
               "environment": [{"variables": {"A": "x${local.memory}"}}]
             }}}}
            """,
            "src/orders/a.py": "",
        },
    )
    said = (
        Said("runtime", "python3.13", "main.tf.json", 8, 15, '"python3.13"'),
        Said("memory", 512, "main.tf.json", 2, 55),
        Said("timeout", 30, "main.tf.json", 10, 15, "30"),
        Said("vpc", True, "main.tf.json", 11, 18),
        Said("environment.A", "x512", "main.tf.json", 12, 40),
    )
    expected = function(
        'aws_lambda_function.f["a"]',
        5,
        manifest="main.tf.json",
        handler="a.handler",
        root="src/orders",
        memory=512,
        timeout=30,
        vpc=True,
        said=said,
    )
    assert deployed == (expected,)

data "archive_file" "code" {
  type        = "zip"
  source_dir  = var.code
  output_path = "${path.module}/.build/${var.name}.zip"
}

resource "aws_lambda_function" "this" {
  function_name    = var.name
  filename         = data.archive_file.code.output_path
  source_code_hash = data.archive_file.code.output_base64sha256
  handler          = var.handler
  runtime          = "python3.13"
  memory_size      = var.memory
  timeout          = var.timeout
}

output "name" {
  value = aws_lambda_function.this.function_name
}

module "orders" {
  source  = "./modules/function"
  name    = "orders"
  handler = "orders.take"
  code    = "${path.module}/../services/orders"
  timeout = 60
}

module "workers" {
  for_each = local.workers
  source   = "./modules/function"
  name     = each.key
  handler  = each.value.handler
  code     = "${path.module}/../services/${each.key}"
  memory   = try(each.value.memory, 256)
}

resource "aws_lambda_permission" "api" {
  function_name = module.orders.name
  action        = "lambda:InvokeFunction"
  principal     = "apigateway.amazonaws.com"
}

resource "aws_lambda_event_source_mapping" "mails" {
  function_name    = module.workers["mail"].name
  event_source_arn = aws_sqs_queue.mails.arn
}

resource "aws_sqs_queue" "mails" {
  name = "mails"
}

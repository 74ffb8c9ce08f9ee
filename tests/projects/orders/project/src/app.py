"""Answers GET and POST on /orders/{id}."""

from orders import service


def handler(event, context):
    order_id = event["pathParameters"]["id"]
    if event["httpMethod"] == "POST":
        return service.create(order_id, event["body"])
    return service.load(order_id)

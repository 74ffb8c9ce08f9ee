"""Loads and creates orders."""

import boto3

from orders.clients import orders_table

QUEUE = "https://sqs.eu-west-1.amazonaws.com/000000000000/orders"


def load(order_id):
    item = orders_table().get_item(Key={"id": order_id})["Item"]
    return respond(200, item)


def create(order_id, body):
    sqs = boto3.client("sqs")
    sqs.send_message(QueueUrl=QUEUE, MessageBody=body)
    return respond(202, {"id": order_id})


def respond(status, body):
    import json

    return {"statusCode": status, "body": json.dumps(body, default=str)}

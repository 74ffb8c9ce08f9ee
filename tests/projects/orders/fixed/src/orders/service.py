"""Loads and creates orders."""

import functools
import json

import boto3

from orders.clients import orders_table

QUEUE = "https://sqs.eu-west-1.amazonaws.com/000000000000/orders"


@functools.cache
def sqs():
    return boto3.client("sqs")


def load(order_id):
    item = orders_table().get_item(Key={"id": order_id})["Item"]
    return respond(200, item)


def create(order_id, body):
    sqs().send_message(QueueUrl=QUEUE, MessageBody=body)
    return respond(202, {"id": order_id})


def respond(status, body):
    return {"statusCode": status, "body": json.dumps(body, default=str)}

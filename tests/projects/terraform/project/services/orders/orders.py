"""Takes an order."""

import json

import boto3


def take(call, info):
    table = boto3.resource("dynamodb").Table("orders")
    table.put_item(Item={"id": call["id"], "text": call["text"]})
    return {"statusCode": 201, "body": json.dumps({"id": call["id"]})}

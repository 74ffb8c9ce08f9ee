"""Opens a ticket."""

import json

import boto3


def open(call, info):
    table = boto3.resource("dynamodb").Table("tickets")
    table.put_item(Item={"id": call["id"], "text": call["text"]})
    return {"statusCode": 201, "body": json.dumps({"id": call["id"]})}

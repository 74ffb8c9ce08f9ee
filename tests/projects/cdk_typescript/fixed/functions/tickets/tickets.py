"""Opens a ticket."""

import json

import boto3

table = boto3.resource("dynamodb").Table("tickets")


def open(call, info):
    table.put_item(Item={"id": call["id"], "text": call["text"]})
    return {"statusCode": 201, "body": json.dumps({"id": call["id"]})}

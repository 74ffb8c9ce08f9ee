"""Creates and closes support tickets."""

import functools
import json
import logging

import boto3

dynamodb = boto3.resource("dynamodb")


@functools.cache
def ses():
    import boto3
    return boto3.client("ses")


def lambda_handler_create_ticket(event, context):
    logger = logging.getLogger()
    logger.setLevel(logging.INFO)
    table = dynamodb.Table("tickets")
    table.put_item(Item={"id": event["id"], "text": event["text"]})
    ses().send_email(Source="desk@shop.example", Destination={"ToAddresses": [event["email"]]}, Message={})
    logger.info("created %s", event["id"])
    return {"statusCode": 201, "body": json.dumps({"id": event["id"]})}


def lambda_handler_close_ticket(event, context):
    table = dynamodb.Table("tickets")
    table.update_item(Key={"id": event["id"]}, AttributeUpdates={"state": "closed"})
    return {"statusCode": 204}

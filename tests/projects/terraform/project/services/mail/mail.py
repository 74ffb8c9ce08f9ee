"""Mails what was ordered."""

import boto3


def send(batch, info):
    client = boto3.client("ses")
    for record in batch.get("Records", []):
        client.send_email(Source="shop@shop.example", Destination={"ToAddresses": [record["body"]]}, Message={})
    return {}


def unused(batch, info):
    return boto3.client("sns").publish(TopicArn="t", Message=str(batch))

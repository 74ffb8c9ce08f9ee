"""Writes the report of a day."""

import boto3


def write(plan, info):
    client = boto3.client("s3")
    client.put_object(Bucket="reports", Key=plan["time"], Body=b"")
    return {}


def unused(plan, info):
    return boto3.client("sns").publish(TopicArn="t", Message=str(plan))

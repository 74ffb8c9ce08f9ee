"""Builds what the service talks to."""

import boto3


def orders_table():
    return boto3.resource("dynamodb").Table("orders")

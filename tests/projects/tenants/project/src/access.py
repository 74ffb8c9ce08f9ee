"""Clients that belong to a tenant: never shared between requests of different tenants."""

import boto3

sts = boto3.client("sts")
table = boto3.resource("dynamodb").Table("tenants")

_regional = {}


def session_for(tenant):
    answer = sts.assume_role(RoleArn=role_of(tenant), RoleSessionName=tenant)
    keys = answer["Credentials"]
    return boto3.Session(
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )


def role_of(tenant):
    return table.get_item(Key={"id": tenant})["Item"]["role"]


def bucket_of(tenant):
    return f"reports-{tenant}"


def client_for(region):
    if region not in _regional:
        _regional[region] = boto3.client("s3", region_name=region)
    return _regional[region]

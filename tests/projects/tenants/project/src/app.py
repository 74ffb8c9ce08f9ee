"""Reads the reports of one tenant: everything is built once, or per tenant on purpose."""

import json

import memos
from access import bucket_of, client_for, session_for
from audit import Audit
from settings import settings

audit = Audit.get_instance()


def handler(event, context):
    tenant = event["requestContext"]["authorizer"]["tenant"]
    session = session_for(tenant)
    reports = session.client("s3").list_objects_v2(Bucket=bucket_of(tenant), MaxKeys=10)
    regional = client_for(event["region"])
    regional.head_bucket(Bucket=settings.archive)
    audit.write(tenant)
    return {"statusCode": 200, "body": json.dumps([len(reports), memos.all_memos(event)], default=str)}

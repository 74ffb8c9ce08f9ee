"""Writes who asked."""

import boto3


class Audit:
    _instance = None

    def __init__(self, client=None):
        self.firehose = client or boto3.client("firehose")

    @staticmethod
    def get_instance():
        if Audit._instance is None:
            Audit._instance = Audit()
        return Audit._instance

    def write(self, tenant):
        self.firehose.put_record(DeliveryStreamName="audit", Record={"Data": tenant.encode()})

"""One table for everything."""

import boto3

table = boto3.resource("dynamodb").Table("credentials")


class Store:
    def __init__(self, kind):
        self.kind = kind

    def list(self):
        return table.query(KeyConditions={"kind": self.kind}, Limit=50)["Items"]

    def get(self, key):
        return table.get_item(Key={"kind": self.kind, "key": key})["Item"]

    def delete(self, key):
        table.delete_item(Key={"kind": self.kind, "key": key})

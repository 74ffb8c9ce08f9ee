"""The table of debts."""

import os

import boto3


class DebtTable:
    def __init__(self):
        dynamodb = boto3.resource("dynamodb")
        self.table = dynamodb.Table(os.getenv("DEBT_TABLE", "debts"))

    def save(self, debt):
        self.table.put_item(Item=debt)
        return debt

    def load(self, debt_id):
        return self.table.get_item(Key={"id": debt_id})["Item"]

    def of(self, person):
        return self.table.query(IndexName="person", KeyConditions={"person": person}, Limit=50)["Items"]

    def change(self, debt_id, state):
        return self.table.update_item(Key={"id": debt_id}, AttributeUpdates={"state": state})

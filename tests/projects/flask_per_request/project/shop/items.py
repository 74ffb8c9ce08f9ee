import boto3
from flask import Blueprint, jsonify

blueprint = Blueprint("items", __name__)
table = boto3.resource("dynamodb").Table("items")


@blueprint.get("/<item_id>")
def show(item_id):
    return jsonify(table.get_item(Key={"id": item_id})["Item"])

import boto3
from chalice import Blueprint

pages = Blueprint(__name__)


@pages.route("/orders")
def orders():
    client = boto3.client("dynamodb")
    return client.scan(TableName="orders")

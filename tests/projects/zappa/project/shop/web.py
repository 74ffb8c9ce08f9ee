"""Shows the orders."""

import boto3
from flask import Flask

app = Flask(__name__)


@app.route("/orders")
def orders():
    client = boto3.client("dynamodb")
    return client.scan(TableName="orders")

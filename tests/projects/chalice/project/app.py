"""Shows the orders, and stores those that a queue brings."""

import boto3
from chalice import Chalice

from chalicelib.pages import pages

app = Chalice(app_name="shop")
app.register_blueprint(pages)


@app.on_sqs_message(queue="orders")
def receive(batch):
    table = boto3.resource("dynamodb").Table("orders")
    for order in batch:
        table.put_item(Item={"id": order.body})

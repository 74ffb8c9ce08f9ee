"""Two functions: one stores uploads, one forwards what was stored."""

import functions_framework
from google.cloud import firestore, pubsub_v1, storage

client = storage.Client()
database = firestore.Client(project="shop")

publisher = pubsub_v1.PublisherClient()


@functions_framework.http
def upload(request):
    bucket = client.bucket("invoices")
    bucket.blob(request.args["name"]).upload_from_string(request.data)
    return "stored"


@functions_framework.cloud_event
def forward(event):
    remember(event["id"])
    return publisher.publish("projects/shop/topics/invoices", event["id"].encode())


def remember(key):
    database.collection("invoices").document(key).set({"seen": True})

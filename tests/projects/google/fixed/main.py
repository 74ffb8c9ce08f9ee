"""Two functions: one stores uploads, one forwards what was stored."""

import functools

import functions_framework
from google.cloud import firestore, pubsub_v1, storage

publisher = pubsub_v1.PublisherClient()


@functools.cache
def client():
    return storage.Client()


@functools.cache
def database():
    return firestore.Client(project="shop")


@functions_framework.http
def upload(request):
    bucket = client().bucket("invoices")
    bucket.blob(request.args["name"]).upload_from_string(request.data)
    return "stored"


@functions_framework.cloud_event
def forward(event):
    remember(event["id"])
    return publisher.publish("projects/shop/topics/invoices", event["id"].encode())


def remember(key):
    database().collection("invoices").document(key).set({"seen": True})

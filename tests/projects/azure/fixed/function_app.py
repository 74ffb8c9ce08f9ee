"""Stores uploads and sweeps the old ones."""

import functools

import azure.functions as func
from azure.cosmos import CosmosClient
from azure.storage.blob import BlobServiceClient

from sweeping import sweep_container

app = func.FunctionApp()
cosmos = CosmosClient("https://shop.documents.azure.com", "key")


@functools.cache
def service():
    return BlobServiceClient("https://shop.blob.core.windows.net")


@app.route(route="upload")
def upload(req: func.HttpRequest) -> func.HttpResponse:
    service().get_blob_client("invoices", req.params["name"]).upload_blob(req.get_body())
    return func.HttpResponse("stored")


@app.timer_trigger(schedule="0 0 3 * * *", arg_name="timer")
def sweep(timer: func.TimerRequest) -> None:
    cosmos.get_database_client("shop").read()
    sweep_container("invoices")

from azure.storage.blob import BlobServiceClient


def store_blob(name):
    service = BlobServiceClient("https://shop.blob.core.windows.net")
    service.get_blob_client("orders", name).upload_blob(name)

from azure.storage.blob import ContainerClient


def sweep_container(name):
    container = ContainerClient("https://shop.blob.core.windows.net", "invoices")
    container.delete_blobs(name)

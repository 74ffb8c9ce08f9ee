from azure.storage.blob import ContainerClient

container = ContainerClient("https://shop.blob.core.windows.net", "invoices")


def sweep_container(name):
    container.delete_blobs(name)

"""Keeps exports."""

from dashboard.store import Store


class ExportsService:
    def __init__(self):
        self.store = Store("exports")

    def list(self):
        return self.store.list()

    def get(self, key):
        return self.store.get(key)

    def delete(self, key):
        self.store.delete(key)

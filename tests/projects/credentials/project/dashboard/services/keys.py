"""Keeps keys."""

from dashboard.store import Store


class KeysService:
    def __init__(self):
        self.store = Store("keys")

    def list(self):
        return self.store.list()

    def get(self, key):
        return self.store.get(key)

    def delete(self, key):
        self.store.delete(key)

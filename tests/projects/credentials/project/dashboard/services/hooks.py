"""Keeps hooks."""

from dashboard.store import Store


class HooksService:
    def __init__(self):
        self.store = Store("hooks")

    def list(self):
        return self.store.list()

    def get(self, key):
        return self.store.get(key)

    def delete(self, key):
        self.store.delete(key)

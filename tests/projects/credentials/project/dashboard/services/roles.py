"""Keeps roles."""

from dashboard.store import Store


class RolesService:
    def __init__(self):
        self.store = Store("roles")

    def list(self):
        return self.store.list()

    def get(self, key):
        return self.store.get(key)

    def delete(self, key):
        self.store.delete(key)

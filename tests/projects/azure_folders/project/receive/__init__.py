"""Stores the orders that a queue brings; only the description beside says that this is a handler."""

from shared.storing import store_blob


def store(message):
    store_blob(message)

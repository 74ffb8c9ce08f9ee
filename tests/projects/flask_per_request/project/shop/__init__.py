"""A small shop."""

from flask import Flask

from shop import invoices, items


def create_app():
    app = Flask("shop")
    app.register_blueprint(items.blueprint, url_prefix="/items")
    app.register_blueprint(invoices.blueprint, url_prefix="/invoices")
    return app

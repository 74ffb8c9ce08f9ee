"""Serves the shop behind API Gateway."""

import awsgi

from shop import create_app


def handler(event, context):
    app = create_app()
    return awsgi.response(app, event, context)

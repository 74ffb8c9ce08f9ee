"""Serves the shop behind API Gateway."""

import awsgi

from shop import create_app

app = create_app()


def handler(event, context):
    return awsgi.response(app, event, context)

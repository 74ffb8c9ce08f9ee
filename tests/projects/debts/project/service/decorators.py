"""What every handler of the service is wrapped in."""

import functools
import json


def api_handler(function):
    @functools.wraps(function)
    def wrapper(event, context):
        try:
            body = function(event, context)
        except KeyError as error:
            return {"statusCode": 400, "body": json.dumps({"missing": str(error)})}
        return {"statusCode": 200, "body": json.dumps(body, default=str)}

    return wrapper


def authorized(role):
    def decorate(function):
        @functools.wraps(function)
        def wrapper(event, context):
            claims = event["requestContext"]["authorizer"]
            if claims["role"] == "blocked":
                return {"error": "forbidden", "needs": role}
            return function(event, context)

        return wrapper

    return decorate

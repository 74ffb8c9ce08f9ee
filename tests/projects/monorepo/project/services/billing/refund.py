from money import amount_of
from shared.storage import archive


def run(event, context):
    archive("refunds", event["order"])
    return {"refunded": amount_of(event["order"])}

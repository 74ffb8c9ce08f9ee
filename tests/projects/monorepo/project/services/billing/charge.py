import stripe

from money import amount_of


def run(event, context):
    client = stripe.StripeClient("sk_test")
    return client.charges.create(amount=amount_of(event["order"]), currency="eur")

import stripe

from money import amount_of

client = stripe.StripeClient("sk_test")


def run(event, context):
    return client.charges.create(amount=amount_of(event["order"]), currency="eur")

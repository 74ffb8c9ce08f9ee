from decimal import Decimal


def amount_of(order):
    return str(Decimal(len(order)))

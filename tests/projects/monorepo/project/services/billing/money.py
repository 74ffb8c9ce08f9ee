def amount_of(order):
    from decimal import Decimal

    return str(Decimal(len(order)))

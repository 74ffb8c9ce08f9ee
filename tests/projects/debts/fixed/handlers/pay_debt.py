from service.debt_table import DebtTable
from service.decorators import api_handler, authorized

table = DebtTable()


@api_handler
@authorized("owner")
def pay(event, context):
    return table.change(event["pathParameters"]["id"], "paid")

from service.debt_table import DebtTable
from service.decorators import api_handler, authorized


@api_handler
@authorized("owner")
def pay(event, context):
    table = DebtTable()
    return table.change(event["pathParameters"]["id"], "paid")

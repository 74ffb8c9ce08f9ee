from service.debt_table import DebtTable
from service.decorators import api_handler, authorized


@api_handler
@authorized("owner")
def get(event, context):
    table = DebtTable()
    return table.load(event["pathParameters"]["id"])

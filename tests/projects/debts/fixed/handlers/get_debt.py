from service.debt_table import DebtTable
from service.decorators import api_handler, authorized

table = DebtTable()


@api_handler
@authorized("owner")
def get(event, context):
    return table.load(event["pathParameters"]["id"])

from service.debt_table import DebtTable
from service.decorators import api_handler


@api_handler
def list_debts(event, context):
    table = DebtTable()
    return table.of(event["pathParameters"]["person"])

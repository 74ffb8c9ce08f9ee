from service.debt_table import DebtTable
from service.decorators import api_handler

table = DebtTable()


@api_handler
def list_debts(event, context):
    return table.of(event["pathParameters"]["person"])

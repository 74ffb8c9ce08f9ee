from service.debt_table import DebtTable
from service.decorators import api_handler, authorized

table = DebtTable()


@api_handler
@authorized("owner")
def create(event, context):
    return table.save({"person": event["pathParameters"]["person"], "amount": event["body"]["amount"]})

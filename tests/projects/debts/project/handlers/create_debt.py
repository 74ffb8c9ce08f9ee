from service.debt_table import DebtTable
from service.decorators import api_handler, authorized


@api_handler
@authorized("owner")
def create(event, context):
    table = DebtTable()
    return table.save({"person": event["pathParameters"]["person"], "amount": event["body"]["amount"]})

"""Takes orders over an API and mails what was ordered."""

from aws_cdk import Stack
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_sqs as sqs
from aws_cdk.aws_lambda_event_sources import SqsEventSource
from constructs import Construct

from shop.function import ShopFunction


class Shop(Stack):
    def __init__(self, scope: Construct, construct_id: str, *, stage: str, **kwargs) -> None:
        super().__init__(scope, construct_id, **kwargs)
        queue = sqs.Queue(self, "Mails")
        variables = {"MAILS": queue.queue_url, "STAGE": stage}
        orders = ShopFunction(self, "Orders", entry="take", timeout=60, environment=variables)
        apigateway.LambdaRestApi(self, "Api", handler=orders)
        mail = ShopFunction(self, "Confirmations", entry="send", folder="mail", memory_size=256)
        mail.add_event_source(SqsEventSource(queue, batch_size=1))

"""A function as this shop deploys it."""

import os

from aws_cdk import Duration, aws_lambda
from constructs import Construct

FUNCTIONS = os.path.join(os.path.dirname(__file__), "..", "functions")


class ShopFunction(aws_lambda.Function):
    def __init__(self, scope: Construct, name: str, *, entry: str, folder: str = "", timeout: int = 10, **kwargs):
        super().__init__(
            scope,
            f"{name}Function",
            handler=f"{folder or name.lower()}.{entry}",
            code=aws_lambda.Code.from_asset(os.path.join(FUNCTIONS, folder or name.lower())),
            runtime=aws_lambda.Runtime.PYTHON_3_13,
            timeout=Duration.seconds(timeout),
            **{"memory_size": 512, **kwargs},
        )

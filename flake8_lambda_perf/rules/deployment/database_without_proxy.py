"""LPF707."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_lambda_perf.rules.deployed import DeploymentRule

if TYPE_CHECKING:
    from flake8_lambda_perf.manifests import Deployed


class DatabaseWithoutProxy(DeploymentRule):
    """A function in a VPC connects to a database of RDS without a proxy.

    Why: every execution environment holds a connection of its own: a burst of requests uses up what the database
        allows. RDS Proxy shares connections. Off by default: small functions do without.
    Cost: unmeasured here.
    Slow:
        # file: template.yaml
        Resources:
          OrdersFunction:
            Type: AWS::Serverless::Function
            Properties:
              Handler: app.handler
              Runtime: python3.13
              VpcConfig:
                SubnetIds: [subnet-1]
              Environment:
                Variables:
                  DB_HOST: orders.abc.eu-west-1.rds.amazonaws.com  # LPF707
        # file: app.py
        def handler(event, context):
            return event["id"]
    Fast:
        # file: template.yaml
        Resources:
          OrdersFunction:
            Type: AWS::Serverless::Function
            Properties:
              Handler: app.handler
              Runtime: python3.13
              VpcConfig:
                SubnetIds: [subnet-1]
              Environment:
                Variables:
                  DB_HOST: orders.proxy-abc.eu-west-1.rds.amazonaws.com
        # file: app.py
        def handler(event, context):
            return event["id"]
    Fix: None: a proxy has to be set up first.
    """

    code = "LPF707"
    name = "database-without-proxy"
    default = False
    message = "`{function}` connects to {host} without a proxy; put RDS Proxy in between"
    triggers = ("rds",)

    def look_at(self, function: Deployed) -> None:
        """Looks at the values of environment variables."""
        for stated in function.said if function.vpc else ():
            host = str(stated.value)
            if stated.name.startswith("environment.") and ".rds.amazonaws.com" in host and ".proxy-" not in host:
                self.report(function, stated, host=host)

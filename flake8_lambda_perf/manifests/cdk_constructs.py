"""What constructs of the CDK do to a function that they are given: the same in every language."""

from __future__ import annotations

SOURCES = {
    "SqsEventSource": "sqs",
    "SnsEventSource": "sns",
    "S3EventSource": "s3",
    "S3EventSourceV2": "s3",
    "DynamoEventSource": "dynamodb",
    "KinesisEventSource": "kinesis",
    "KinesisConsumerEventSource": "kinesis",
    "ManagedKafkaEventSource": "kafka",
    "SelfManagedKafkaEventSource": "kafka",
    "ApiEventSource": "api",
}
"""The classes of `aws_lambda_event_sources`."""

TARGETS = {
    "aws_apigateway.LambdaIntegration": "api",
    "aws_apigateway.LambdaRestApi": "api",
    "aws_apigateway.TokenAuthorizer": "authorizer",
    "aws_apigateway.RequestAuthorizer": "authorizer",
    "aws_apigatewayv2_integrations.HttpLambdaIntegration": "api",
    "aws_apigatewayv2_integrations.LambdaProxyIntegration": "api",
    "aws_apigatewayv2_integrations.WebSocketLambdaIntegration": "websocket",
    "aws_apigatewayv2_integrations.LambdaWebSocketIntegration": "websocket",
    "aws_apigatewayv2_authorizers.HttpLambdaAuthorizer": "authorizer",
    "aws_apigatewayv2_authorizers.WebSocketLambdaAuthorizer": "authorizer",
    "aws_cognito.UserPool": "cognito",  # in TypeScript
    "aws_cognito.UserPoolTriggers": "cognito",
    "aws_elasticloadbalancingv2_targets.LambdaTarget": "alb",
    "aws_iot_actions.LambdaFunctionAction": "iot",
    "aws_lambda.FunctionUrl": "url",
    "aws_logs_destinations.LambdaDestination": "logs",
    "aws_s3_notifications.LambdaDestination": "s3",
    "aws_scheduler_targets.LambdaInvoke": "schedule",
    "aws_sns_subscriptions.LambdaSubscription": "sns",
    "aws_stepfunctions_tasks.LambdaInvoke": "stepfunctions",
    "aws_stepfunctions_tasks.RunLambdaTask": "stepfunctions",
    "aws_stepfunctions_tasks.InvokeFunction": "stepfunctions",
    "custom_resources.Provider": "other",
}
"""Constructs that are given a function, by module and class as Python names them."""

"""The shop's infrastructure."""

from aws_cdk import App

from shop.stack import Shop

app = App()
Shop(app, "Shop", stage="prod")
app.synth()

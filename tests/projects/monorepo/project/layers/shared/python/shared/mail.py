import boto3


class Mailer:
    def __init__(self):
        self.ses = boto3.client("ses")

    def send(self, receiver, text):
        return self.ses.send_email(Destination={"ToAddresses": [receiver]}, Message={"Body": text})

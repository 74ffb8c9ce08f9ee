from shared.mail import Mailer

mailer = Mailer()


def send_all(message, meta):
    for receiver in message["receivers"]:
        mailer.send(receiver, message["text"])
    return {"sent": True}

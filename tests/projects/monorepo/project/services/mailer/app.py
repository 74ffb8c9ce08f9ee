from shared.mail import Mailer


def send_all(message, meta):
    mailer = Mailer()
    for receiver in message["receivers"]:
        mailer.send(receiver, message["text"])
    return {"sent": True}

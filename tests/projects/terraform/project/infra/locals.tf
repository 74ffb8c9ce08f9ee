locals {
  workers = {
    mail = { handler = "mail.send", memory = 512 }
  }
}

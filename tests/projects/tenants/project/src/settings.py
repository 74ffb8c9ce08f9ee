"""Settings, read at import."""

import os


class Settings:
    def __init__(self):
        self.archive = os.getenv("ARCHIVE", "archive")


settings = Settings()

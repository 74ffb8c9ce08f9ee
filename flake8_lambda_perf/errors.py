"""The errors a user can meet, each with the exit status it leads to."""

from __future__ import annotations


class LambdaPerfError(Exception):
    """Something the user can act on; its text says what, where, and what to do."""

    exit_code = 2


class UsageError(LambdaPerfError):
    """The command line asks for something that does not exist or contradicts itself."""


class ConfigError(LambdaPerfError):
    """The settings cannot be read or name something unknown."""


class SourceError(LambdaPerfError):
    """A source file cannot be decoded or parsed; `line` counts from 1, 0 where it has none."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.line = line


class ManifestError(LambdaPerfError):
    """A deployment manifest cannot be read safely; `line` counts from 1, 0 where it has none."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.line = line

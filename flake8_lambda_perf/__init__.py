"""Finds and fixes code that makes serverless Python slow: a flake8 plugin and the command `lambda-perf`."""

__version__ = "0.1.0"

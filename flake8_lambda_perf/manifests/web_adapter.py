"""Lambda Web Adapter: a function whose handler is a script that starts a web server."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flake8_lambda_perf.errors import ManifestError
from flake8_lambda_perf.manifests.deployed import join, read_text

if TYPE_CHECKING:
    from pathlib import Path

WRAPPER = "/opt/bootstrap"
"""The value of AWS_LAMBDA_EXEC_WRAPPER that starts the adapter: https://aws.github.io/aws-lambda-web-adapter/."""

LAYER = "LambdaAdapterLayer"
"""How the names of the adapter's layers begin."""

_SERVER = re.compile(
    r"\b(?:uvicorn|gunicorn|hypercorn|granian|daphne|waitress-serve)\b[^\n]*?[\s\"'](?P<module>[\w.]+):(?P<name>\w+)"
    r"|\bfastapi(?:\s+|\", *\")run(?:\s+|\", *\")(?P<file>[\w/]+)\.py\b"
    r"|\bflask\b[^\n]*?--app[\s=]+(?P<flask>[\w.]+)(?::(?P<object>\w+))?"
)


def application(command: str) -> str | None:
    """The handler string of the application that a shell command or script starts; None where it names none."""
    found = _SERVER.search(command)
    if found is None:
        return None
    module = found["module"] or found["file"] or found["flask"]
    return f"{module}.{found['name'] or found['object'] or 'app'}"


def application_of_script(root: Path, folder: str | None, script: str) -> str | None:
    """The same of a script in the folder of a function's code; None where there is none."""
    path = None if folder is None else join(folder, script)
    if path is None:
        return None
    try:
        return application(read_text(root, path) or "")
    except ManifestError:
        return None

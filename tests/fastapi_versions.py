"""The interpreters that lazy routers are tried with: the installed FastAPI, and the oldest that they promise."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec

import pytest

OLD = os.environ.get("LAMBDA_PERF_FASTAPI_0110", "")
NEEDED = ("fastapi", "httpx", "mangum")

INTERPRETERS = [
    pytest.param(
        sys.executable,
        id="installed FastAPI",
        marks=pytest.mark.skipif(not all(map(find_spec, NEEDED)), reason=f"needs {', '.join(NEEDED)}"),
    ),
    pytest.param(
        OLD,
        id="FastAPI 0.110",
        marks=pytest.mark.skipif(not OLD, reason="LAMBDA_PERF_FASTAPI_0110 names no Python with FastAPI 0.110"),
    ),
]

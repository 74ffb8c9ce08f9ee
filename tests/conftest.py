"""Lets tests import what they share (`marked`, `make_catalog`) whichever way pytest is started."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds the deep run of the oracle (tests/test_oracle.py)."""
    parser.addoption("--oracle-deep", action="store_true", help="judge 2,000 generated programs instead of 300")

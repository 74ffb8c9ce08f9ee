"""Files of a small project, and the Python files that are found among them."""

from __future__ import annotations

from pathlib import Path

from flake8_lambda_perf.config import Settings
from flake8_lambda_perf.discover import walk


def make(root: Path, *paths: str, **contents: str) -> None:
    """Write empty files, and files with contents where the keyword's `__` stands for a slash."""
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(b"")
    for name, text in contents.items():
        file = root / name.replace("__", "/").replace("DOT", ".")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


def python(root: Path, settings: Settings | None = None) -> tuple[str, ...]:
    return walk(root, settings or Settings()).python

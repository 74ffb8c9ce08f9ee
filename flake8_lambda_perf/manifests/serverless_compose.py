"""Reads what `serverless-compose.yml` gives the parameters of the services that it deploys together.

https://www.serverless.com/framework/docs/guides/compose
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from flake8_lambda_perf.errors import ManifestError
from flake8_lambda_perf.manifests.deployed import LocatedError, above, check_text, join, read_text
from flake8_lambda_perf.manifests.intrinsics import at
from flake8_lambda_perf.manifests.yaml_nodes import Mapping, parse, text_of

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ("serverless-compose.yml", "serverless-compose.yaml", "serverless-compose.json")
SERVICES = ("serverless.yml", "serverless.yaml", "serverless.json")
"""What a service's file is called where `config` does not name it."""


def parameters(root: Path, service: str) -> tuple[str, Mapping] | None:
    """The parameters of the service in the file `service`, and the file that gives them: the nearest one above."""
    for folder in above(service):
        for name in NAMES:
            path = posixpath.join(folder, name)
            for file, given in _services(path, _text(root, path)):
                if service in file:
                    return path, given
    return None


def _text(root: Path, path: str) -> str:
    try:
        text = read_text(root, path) or ""
        check_text(text)
    except ManifestError as error:
        raise LocatedError(str(error), path, error.line) from error
    return text


@lru_cache(maxsize=8)
def _services(path: str, text: str) -> tuple[tuple[tuple[str, ...], Mapping], ...]:
    """The files that each service may be described in, and its parameters."""
    try:
        top = parse(path, text) if text else None
    except ManifestError as error:
        raise LocatedError(str(error), path, error.line) from error
    services = at(top, "services")
    return tuple(_each(posixpath.dirname(path), services)) if isinstance(services, Mapping) else ()


def _each(folder: str, services: Mapping) -> Iterator[tuple[tuple[str, ...], Mapping]]:
    for entry in services.entries.values():
        given, written = at(entry.value, "params"), text_of(at(entry.value, "path"))
        below = None if written is None else join(folder, written)
        config = text_of(at(entry.value, "config"))
        if below is not None and isinstance(given, Mapping):
            yield tuple(posixpath.join(below, name) for name in ([config] if config else SERVICES)), given

"""Traces of whole services: they begin in the manifest that deploys the handler."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from oracle.examine import job_of

from flake8_lambda_perf import engine

PROJECTS = Path(__file__).parent / "projects"

TRACES = {
    "image": [
        [
            "Dockerfile:6 image deploys `shop.orders.receive`",
            "Dockerfile:2 ENV PYTHONDONTWRITEBYTECODE=1",
        ],
        [
            "Dockerfile:6 image deploys `shop.orders.receive`",
            "shop/orders.py:6 handler `receive` (image in Dockerfile)",
            "shop/orders.py:7 `boto3.resource(...)` is built",
        ],
    ],
    "chalice": [
        [
            ".chalice/config.json:6 receive deploys `app.receive`",
            "app.py:13 handler `receive` (receive in config.json)",
            "app.py:14 `boto3.resource(...)` is built",
        ],
        [
            ".chalice/config.json:6 api_handler deploys `chalicelib.pages.orders`",
            "chalicelib/pages.py:8 handler `orders` (api_handler in config.json)",
            "chalicelib/pages.py:9 `boto3.client(...)` is built",
        ],
    ],
    "zappa": [
        [
            "zappa_settings.json:6 production deploys `shop.jobs.sweep`",
            "shop/jobs.py:6 handler `sweep` (production in zappa_settings.json)",
            "shop/jobs.py:7 `boto3.client(...)` is built",
        ],
        [
            "zappa_settings.json:3 production deploys `shop.web.app`",
            "shop/web.py:10 handler `orders` (route @app.route)",
            "shop/web.py:11 `boto3.client(...)` is built",
        ],
    ],
    "google": [
        [
            "deploy.sh:2 upload deploys `main.upload`",
            "main.py:10 handler `upload` (upload in deploy.sh)",
            "main.py:11 `storage.Client(...)` is built",
        ],
        [
            "deploy.sh:3 forward deploys `main.forward`",
            "main.py:18 handler `forward` (forward in deploy.sh)",
            "main.py:19 `forward` calls `remember`",
            "main.py:24 `firestore.Client(...)` is built",
        ],
    ],
    "azure_folders": [
        [
            "receive/function.json:1 receive deploys `receive.store`",
            "receive/__init__.py:6 handler `store` (receive in function.json)",
            "receive/__init__.py:7 `store` calls `store_blob`",
            "shared/storing.py:5 `BlobServiceClient(...)` is built",
        ],
    ],
}


@pytest.mark.parametrize("name", TRACES)
def test_the_trace_begins_in_the_manifest(name: str, tmp_path: Path) -> None:
    run = engine.check(job_of(Path(shutil.copytree(PROJECTS / name / "project", tmp_path / name))))
    traces = [[f"{step.path}:{step.line} {step.text}" for step in finding.trace] for finding in run.findings]
    assert traces == TRACES[name]

"""Imports an application behind Mangum, sends it requests and prints what it costs and answers as JSON.

    python routers_driver.py MODULE REQUESTS

It runs in the application's folder, under any interpreter with FastAPI and Mangum; REQUESTS is a JSON list of
[method, path, body]. `ms` is the CPU time of the import, `loaded` the modules of the folder that it loaded.
"""

import asyncio
import importlib
import json
import sys
import time
from pathlib import Path

Request = list[str]


def event(method: str, path: str, body: str) -> dict[str, object]:
    """A request as API Gateway's HTTP APIs hand it to a function."""
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"host": "h", "content-type": "application/json"},
        "body": body,
        "isBase64Encoded": False,
        "requestContext": {"http": {"method": method, "path": path, "sourceIp": "192.0.2.1"}, "stage": "$default"},
    }


def loaded() -> list[str]:
    """The modules that lie in this folder."""
    here = str(Path.cwd())
    files = {name: getattr(module, "__file__", None) or "" for name, module in list(sys.modules.items())}
    return sorted(name for name, file in files.items() if file.startswith(here))


def main(name: str, requests: list[Request]) -> None:
    sys.path.insert(0, str(Path.cwd()))
    start = time.process_time()
    module = importlib.import_module(name)
    seconds = time.process_time() - start
    asyncio.set_event_loop(asyncio.new_event_loop())  # Mangum asks for the current one
    at_start = loaded()
    answers = [module.handler(event(*request), None) for request in requests]
    served = module.handler(event("GET", "/openapi.json", ""), None)["body"]
    found = {
        "ms": 1000 * seconds,
        "loaded": at_start,
        "answers": answers,
        "openapi": [json.dumps(module.app.openapi()), served],
    }
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1], json.loads(sys.argv[2]))

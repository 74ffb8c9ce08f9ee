"""Writes the application the lazy routers are measured with: many routers behind one Lambda handler.

    python routers_app.py FOLDER [ROUTERS]

Each router has models, endpoints, a service module and a third-party import of its own, as a grown service has.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

LIBRARIES = (
    "boto3", "requests", "httpx", "jinja2", "yaml", "sqlalchemy.orm", "redis", "pymongo", "stripe", "openpyxl",
    "aiohttp", "psycopg", "cryptography.x509", "cryptography.fernet", "jsonschema", "dateutil.rrule", "xmltodict",
    "rich.table", "click", "websockets.sync.client", "urllib3", "boto3.dynamodb.conditions", "s3transfer.manager",
    "werkzeug.security", "itsdangerous", "dns.resolver", "pygments.lexers", "jmespath", "opentelemetry.trace",
    "packaging.version",
)  # fmt: skip  # one name a line would take half a screen
"""What services import, one for each router; the groups `test` and `bench` install all of them."""

STANDARD = ("csv", "decimal", "difflib", "html", "sqlite3")
"""Libraries that are there wherever Python is, for tests of what the application does."""

NAMES = (
    "accounts", "addresses", "alerts", "audits", "baskets", "billing", "brands", "campaigns", "carriers", "catalog",
    "categories", "contacts", "coupons", "customers", "devices", "discounts", "exports", "inventory", "invoices",
    "labels", "messages", "orders", "payments", "prices", "products", "refunds", "returns", "reviews",
    "shipments", "tickets",
)  # fmt: skip


def write_app(
    folder: Path, routers: int = 30, models: int = 10, endpoints: int = 8, libraries: Sequence[str] = LIBRARIES
) -> None:
    """Write the package `api` with `routers` routers, as somebody would have by hand."""
    package = folder / "api"
    for part in ("routers", "services"):
        (package / part).mkdir(parents=True, exist_ok=True)
        (package / part / "__init__.py").write_text("", "utf-8")
    (package / "__init__.py").write_text("", "utf-8")
    for number, name in enumerate(NAMES[:routers]):
        library = libraries[number % len(libraries)]
        (package / "services" / f"{name}.py").write_text(_service(name, library), "utf-8")
        (package / "routers" / f"{name}.py").write_text(_router(name, models, endpoints), "utf-8")
    (package / "main.py").write_text(_main(NAMES[:routers]), "utf-8")


def _service(name: str, library: str) -> str:
    return f'''"""What happens to {name}."""

import {library}

SOURCE = {library}.__name__


def find(number: int) -> dict[str, object]:
    """Return one of the {name}."""
    return {{"number": number, "kind": "{name}", "source": SOURCE}}
'''


def _router(name: str, models: int, endpoints: int) -> str:
    lines = [
        f'"""The endpoints of {name}."""',
        "",
        "from fastapi import APIRouter, HTTPException",
        "from pydantic import BaseModel, Field",
        "",
        f"from api.services import {name} as service",
        "",
        "router = APIRouter()",
        "",
    ]
    for model in range(models):
        base = f"{name.title()}{model - 1}" if model % 3 == 2 else "BaseModel"
        lines += ["", f"class {name.title()}{model}({base}):"]
        lines += [f"    field_{model}_{part}: int = Field(default={part}, ge=0)" for part in range(5)]
        lines += [f"    text_{model}: str | None = None", ""]
    for endpoint in range(endpoints):
        body = f"{name.title()}{endpoint % models}"
        lines += [""]
        if endpoint % 2:
            lines += [
                f'@router.post("/{endpoint}", status_code=201)',
                f"def create_{name}_{endpoint}(body: {body}) -> {body}:",
                f'    """Create {name} of kind {endpoint}."""',
                "    return body",
                "",
            ]
        else:
            lines += [
                f'@router.get("/{endpoint}/{{number}}")',
                f"def get_{name}_{endpoint}(number: int) -> dict[str, object]:",
                f'    """Return {name} of kind {endpoint}."""',
                "    if not number:",
                '        raise HTTPException(404, "there is no such number")',
                "    return service.find(number)",
                "",
            ]
    return "\n".join(lines)


def _main(names: tuple[str, ...]) -> str:
    imports = "".join(f"    {name},\n" for name in names)
    calls = "".join(f'app.include_router({name}.router, prefix="/api/{name}", tags=["{name}"])\n' for name in names)
    return f'''"""The application and its Lambda handler."""

from fastapi import FastAPI
from mangum import Mangum

from api.routers import (
{imports})

app = FastAPI(title="A grown service")


@app.get("/health")
def health() -> str:
    """Answer without any router."""
    return "ok"


{calls}
handler = Mangum(app, lifespan="off")
'''


if __name__ == "__main__":
    write_app(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else len(NAMES))

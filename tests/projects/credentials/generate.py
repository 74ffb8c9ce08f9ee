"""Writes the thirty routers of the credential dashboard; run it after changing a name."""

from __future__ import annotations

from pathlib import Path

PROJECT = Path(__file__).parent / "project"
NAMES = """accounts alerts approvals audits backups certificates clusters consents devices exports groups hooks imports
invites keys labels leases members notices passwords policies quotas reports roles rotations secrets sessions tokens
users vaults""".split()

ROUTER = '''"""Serves /{name}."""

from fastapi import APIRouter

from dashboard.services.{name} import {model}Service

router = APIRouter(tags=["{name}"])
service = {model}Service()


@router.get("/")
def list_{name}():
    return service.list()


@router.get("/{{key}}")
def get_{name}(key: str):
    return service.get(key)


@router.delete("/{{key}}", status_code=204)
def delete_{name}(key: str):
    service.delete(key)
'''

SERVICE = '''"""Keeps {name}."""

from dashboard.store import Store


class {model}Service:
    def __init__(self):
        self.store = Store("{name}")

    def list(self):
        return self.store.list()

    def get(self, key):
        return self.store.get(key)

    def delete(self, key):
        self.store.delete(key)
'''

HEAD = '''"""The credential dashboard behind API Gateway."""

from fastapi import FastAPI
from mangum import Mangum

from dashboard.routers import (
{names}
)

app = FastAPI(title="Credential dashboard")


@app.get("/health")
def health():
    return {{"status": "ok"}}


{includes}

handler = Mangum(app, lifespan="off")
'''


def main() -> None:
    """Writes routers, services and the app."""
    for folder in ("", "routers", "services"):
        (PROJECT / "dashboard" / folder).mkdir(parents=True, exist_ok=True)
        (PROJECT / "dashboard" / folder / "__init__.py").write_text("", "utf-8")
    for name in NAMES:
        values = {"name": name, "model": name.capitalize()}
        (PROJECT / "dashboard/routers" / f"{name}.py").write_text(ROUTER.format(**values), "utf-8")
        (PROJECT / "dashboard/services" / f"{name}.py").write_text(SERVICE.format(**values), "utf-8")
    names = "\n".join(f"    {name}," for name in NAMES)
    includes = "\n".join(f'app.include_router({name}.router, prefix="/{name}")' for name in NAMES)
    (PROJECT / "app.py").write_text(HEAD.format(names=names, includes=includes), "utf-8")


if __name__ == "__main__":
    main()

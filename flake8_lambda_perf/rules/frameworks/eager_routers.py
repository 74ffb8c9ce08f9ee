"""LPF301."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_lambda_perf.rules.frameworks._registration import RegistrationRule

if TYPE_CHECKING:
    import libcst as cst


class EagerRouters(RegistrationRule):
    """A FastAPI application imports the modules of all its routers to serve one path.

    Why: a function is started for one request, which needs one router. The others are imported all the same, with
        everything that they import, and every cold start pays for it.
    Cost: measured on two desktop cores, FastAPI 0.165, thirty routers with a service and a third-party import each:
        importing the application takes 1725 ms of CPU time, and 240 ms with lazy routers, mostly for FastAPI itself.
    Slow:
        # file: lambda-perf.toml
        max-eager-routers = 4
        # file: app.py
        from fastapi import FastAPI
        from mangum import Mangum
        from routers import audit, banks, cards, debts, files

        app = FastAPI()
        app.include_router(audit.router, prefix="/audit")  # LPF301
        app.include_router(banks.router, prefix="/banks")
        app.include_router(cards.router, prefix="/cards")
        app.include_router(debts.router, prefix="/debts")
        app.include_router(files.router, prefix="/files")
        handler = Mangum(app)
        # file: routers/audit.py
        from fastapi import APIRouter

        router = APIRouter()
        # file: routers/banks.py
        from fastapi import APIRouter

        router = APIRouter()
        # file: routers/cards.py
        from fastapi import APIRouter

        router = APIRouter()
        # file: routers/debts.py
        from fastapi import APIRouter

        router = APIRouter()
        # file: routers/files.py
        from fastapi import APIRouter

        router = APIRouter()
    Fast:
        # file: lambda-perf.toml
        max-eager-routers = 4
        # file: app.py
        from fastapi import FastAPI
        from mangum import Mangum
        from lazy_routers import include_lazy_router

        app = FastAPI()
        include_lazy_router(app, "routers.audit:router", prefix="/audit")
        include_lazy_router(app, "routers.banks:router", prefix="/banks")
        include_lazy_router(app, "routers.cards:router", prefix="/cards")
        include_lazy_router(app, "routers.debts:router", prefix="/debts")
        include_lazy_router(app, "routers.files:router", prefix="/files")
        handler = Mangum(app)
        # file: routers/audit.py
        from fastapi import APIRouter

        router = APIRouter()
        # file: routers/banks.py
        from fastapi import APIRouter

        router = APIRouter()
        # file: routers/cards.py
        from fastapi import APIRouter

        router = APIRouter()
        # file: routers/debts.py
        from fastapi import APIRouter

        router = APIRouter()
        # file: routers/files.py
        from fastapi import APIRouter

        router = APIRouter()
    Fix: Safe where every router can be loaded later: each call of include_router becomes one that imports the router
        at the first request under its prefix. Unsafe where some stay as they are: those without a prefix of their own,
        with effects at import, or used elsewhere.
    """

    code = "LPF301"
    name = "eager-routers"
    message = "`{app}` loads {count} routers at a cold start of `{handler}` to serve one path; load each when needed"
    triggers = ("include_router",)

    def visit_Call(self, node: cst.Call) -> None:
        """Looks at every call."""
        self.look_at(node, "include_router", "routers")

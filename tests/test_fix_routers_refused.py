"""What the codemod of LPF301 leaves alone, and that it says why."""

from __future__ import annotations

import pytest
from router_projects import CALLS, LAZY_CALLS, ROUTER, edited, planned, project

from flake8_lambda_perf.fixes.routers import REASON, Refusal
from flake8_lambda_perf.model import Fix

EFFECT = "from fastapi import APIRouter\n{}\nrouter = APIRouter()\n"
Z = 'app.include_router(z.router, prefix="/z")'
ODD = {
    "no prefix": (ROUTER, "app.include_router(z.router)", "`z.router` has no prefix that can be read"),
    "dynamic prefix": (
        ROUTER,
        "app.include_router(z.router, prefix=app.title)",
        "`z.router` has no prefix that can be read",
    ),
    "prefix that is only a slash": (
        ROUTER,
        'app.include_router(z.router, prefix="/")',
        "`z.router` has no prefix that can be read",
    ),
    "dynamic prefix of its own": (
        ROUTER.replace("APIRouter()", "APIRouter(prefix=get.name)"),
        Z,
        "`z.router` has no prefix that can be read",
    ),
    "unpacked arguments": (
        ROUTER,
        'app.include_router(z.router, **{"prefix": "/z"})',
        "`z.router` is not included by a plain call",
    ),
    "two arguments": (ROUTER, "app.include_router(z.router, '/z')", "`z.router` is not included by a plain call"),
    "router of a router": (
        ROUTER,
        f"group = APIRouter()\n{Z.replace('app.', 'group.')}",
        "`z.router` is included in `group`, no FastAPI application",
    ),
    "used again": (ROUTER, f"{Z}\nprint(z.get)", "`z` is used again at app/main.py:10"),
    "rebound": (ROUTER, f"{Z}\nz = None", "`z.router` is not bound by one import at the top of app/main.py"),
    "attribute of a router": (
        ROUTER,
        'app.include_router(z.router.inner, prefix="/z")',
        "`z.router.inner` is not found in a module of the project",
    ),
    "arguments that are unpacked": (
        ROUTER.replace("APIRouter()", "APIRouter(**{})"),
        Z,
        "`z.router` is built with arguments that cannot be read",
    ),
    "built by a function": (
        ROUTER.replace("APIRouter()", "make()"),
        Z,
        "`z.router` is not one plain APIRouter of app/routers/z.py",
    ),
    "lifespan": (
        EFFECT.format("").replace("APIRouter()", "APIRouter(lifespan=None)"),
        Z,
        "`z` stays: app/routers/z.py:3 has startup, shutdown or lifespan handlers",
    ),
    "startup": (
        f"{ROUTER}\n@router.on_event('startup')\ndef begin(): pass\n",
        Z,
        "`z` stays: app/routers/z.py:10 calls router.on_event",
    ),
    "path that leaves the prefix": (
        ROUTER.replace("/{number}", ":batch"),
        Z,
        "`z` stays: app/routers/z.py:6 has a route whose path cannot be told to lie below the prefix",
    ),
    "route that ignores the prefix": (
        ROUTER.replace("router.get", "router.route"),
        Z,
        "`z` stays: app/routers/z.py:6 calls router.route",
    ),
    "exception handler": (
        EFFECT.format("from app import main\n@main.app.exception_handler(500)\ndef on(r, e): pass"),
        Z,
        "`z` stays: app/routers/z.py:3 decorates on with main.app.exception_handler",
    ),
    "middleware": (
        EFFECT.format("from app import main\nmain.app.add_middleware(object)"),
        Z,
        "`z` stays: app/routers/z.py:3 does more than define things",
    ),
    "environment": (
        EFFECT.format("import os\nos.environ['A'] = 'b'"),
        Z,
        "`z` stays: app/routers/z.py:3 does more than define things",
    ),
    "call of the unknown": (
        EFFECT.format("import sentry_sdk\nhub = sentry_sdk.init()"),
        Z,
        "`z` stays: app/routers/z.py:3 calls sentry_sdk.init",
    ),
    "ORM model": (
        EFFECT.format("from sqlalchemy.orm import DeclarativeBase\nclass Base(DeclarativeBase): pass"),
        Z,
        "`z` stays: app/routers/z.py:3 registers the model Base",
    ),
    "subclasses that are counted": (
        EFFECT.format("class P:\n    def __init_subclass__(cls): pass"),
        Z,
        "`z` stays: app/routers/z.py:3 uses __init_subclass__",
    ),
    "loop": (EFFECT.format("for x in (1, 2): pass"), Z, "`z` stays: app/routers/z.py:2 does more than define things"),
}


@pytest.mark.parametrize("title", ODD)
def test_a_router_that_cannot_be_lazy_stays_eager_and_the_others_do_not(title: str) -> None:
    text, call, reason = ODD[title]
    head = "from fastapi import APIRouter, FastAPI\nfrom app.routers import a, b, c, d, e{}\napp = FastAPI()\n"
    main = f"{head.format(', z')}{CALLS}{call}\n"
    fix = planned(project(main, app__routers__z=text))
    assert isinstance(fix, Fix)
    assert fix.title == f"Load 5 of 6 routers at the first request under their prefix ({reason})"
    assert (fix.safety, fix.reason) == ("unsafe", REASON)
    first, _, rest = head.format("\nfrom app.routers import z").partition("from app.routers import a, b, c, d, e")
    assert edited(fix, main) == f"{first}from app.lazy_routers import include_lazy_router{rest}{LAZY_CALLS}{call}\n"


MAIN = f"from fastapi import FastAPI\nfrom app.routers import a, b, c, d, e, z\napp = FastAPI()\n{CALLS}{Z}\n"
DEEP = EFFECT.format("from app import service")
ELSEWHERE = {
    "effect in an imported module": (
        {"app__routers__z": DEEP, "app__service": "import os\nos.umask(2)\n"},
        "`z` stays: app/service.py:2 does more than define things",
    ),
    "patched in a test": (
        {"app__routers__z": ROUTER, "tests__test_z": "def test(mocker): mocker.patch('app.routers.z.get')\n"},
        "`z` is used by tests/test_z.py",
    ),
    "patched in the application": (
        {"app__routers__z": ROUTER, "tests__test_z": "def test(mocker): mocker.patch('app.main.z.get')\n"},
        "`z` is used by tests/test_z.py",
    ),
    "imported from the application": (
        {"app__routers__z": ROUTER, "app__cli": "from app.main import z\n"},
        "`z` is used by app/cli.py",
    ),
    "loaded at start by a package": (
        {"app__routers__z": ROUTER, "app____init__": "from app.routers import z\n"},
        "`z` is imported at start by another module",
    ),
}


@pytest.mark.parametrize("title", ELSEWHERE)
def test_the_rest_of_the_project_can_keep_a_router_eager(title: str) -> None:
    files, reason = ELSEWHERE[title]
    made = project(MAIN, **files)
    if "app____init__" in files:
        made["app/__init__.py"] = files["app____init__"]
    fix = planned(made)
    assert isinstance(fix, Fix)
    assert fix.title == f"Load 5 of 6 routers at the first request under their prefix ({reason})"


HARMLESS = """import logging
import os
import boto3
from dataclasses import dataclass
from functools import cache, wraps
from fastapi import APIRouter, Depends, Header
from pydantic import BaseModel, Field, field_validator
from app.service import Service, traced

logger = logging.getLogger(__name__)
TABLE = boto3.resource("dynamodb").Table(os.environ["TABLE"]) if False else None
client = boto3.client("s3")
dynamodb = boto3.resource("dynamodb")
orders = dynamodb.Table("orders".lower())
service = Service(TABLE)
router = APIRouter(dependencies=[Depends(Header)])
PATH: str = "/x"

if os.environ.get("DEBUG"):
    LEVEL = "debug"
else:
    LEVEL = "info"

class Item(BaseModel):
    name: str = Field(default="x".upper())

    @field_validator("name")
    @classmethod
    def check(cls, value): return value

@dataclass
class Pair:
    left: int = 1

@cache
def load(): return open("x").read()

@router.get(PATH)
@traced
@traced
def x(service: Service = Depends(load)): return service

@router.websocket("/ws")
async def ws(socket): pass

router.add_api_route("/y", x)

if __name__ == "__main__":
    print(load())
"""
SERVICE = """from functools import wraps

class Service:
    def __init__(self, table):
        self.table = table
        self.cache: dict = {}

def traced(function):
    @wraps(function)
    def inner(*args):
        print("called")
        return function(*args)
    return inner
"""


def test_a_module_that_only_defines_and_builds_is_loaded_later() -> None:
    fix = planned(project(MAIN, app__routers__z=HARMLESS, app__service=SERVICE))
    assert isinstance(fix, Fix)
    assert fix.title == "Load 6 of 6 routers at the first request under their prefix"


READS = "reads the routes or the OpenAPI document of an application"
REFUSED = {
    "routes are read": ("print(app.routes)", f"app/main.py:9 {READS}"),
    "routes of a client's application are read": ("print(client.app.routes)", f"app/main.py:9 {READS}"),
    "schema is replaced": (
        "app.openapi = lambda: {}",
        f"app/main.py:9 {READS}",
    ),
    "schema is made": (
        "from fastapi.openapi.utils import get_openapi",
        f"app/main.py:9 {READS}",
    ),
    "application is handed out": (
        "from fastapi_pagination import add_pagination\nadd_pagination(app)",
        "app/main.py:10 hands the application to add_pagination",
    ),
    "own function looks inside": (
        "def show(it): print(it.routes)\nshow(app)",
        "app/main.py:10 hands the application to show",
    ),
    "name is taken": (
        "from elsewhere import x as include_lazy_router",
        "include_lazy_router means something else in app/main.py",
    ),
    "comment beside the import": (
        "from app.routers import z  # the best\napp.include_router(z.router, prefix='/z')",
        "app/main.py:9 has a comment, or another statement, beside an import that would go",
    ),
}


@pytest.mark.parametrize("title", REFUSED)
def test_an_application_whose_routes_are_looked_at_stays_as_it_is(title: str) -> None:
    line, reason = REFUSED[title]
    main = f"from fastapi import FastAPI\nfrom app.routers import a, b, c, d, e\napp = FastAPI()\n{CALLS}{line}\n"
    assert planned(project(main, app__routers__z=ROUTER)) == Refusal(reason)


def test_a_test_that_lists_the_routes_keeps_all_eager() -> None:
    files = {"app__routers__z": ROUTER, "tests__test_all": "def test(app): assert len(app.routes) == 9\n"}
    assert planned(project(MAIN, **files)) == Refusal(f"tests/test_all.py:1 {READS}")


def test_another_file_that_hands_the_application_out_keeps_all_eager() -> None:
    served = "from mangum import Mangum\nfrom app.main import app as it\nhandler = Mangum(it)\n"
    paged = "from fastapi_pagination import add_pagination\nfrom app.main import app as it\nadd_pagination(it)\n"
    assert isinstance(planned(project(MAIN, app__routers__z=ROUTER, app__handler=served)), Fix)
    assert planned(project(MAIN, app__routers__z=ROUTER, app__paging=paged)) == Refusal(
        "app/paging.py:3 hands the application to add_pagination"
    )


def test_a_file_of_the_same_name_is_not_overwritten() -> None:
    refused = planned(project(MAIN, app__routers__z=ROUTER, app__lazy_routers="def other(): pass\n"))
    assert refused == Refusal("app/lazy_routers.py exists and is something else")


def test_routers_that_share_one_prefix_stay_eager() -> None:
    calls = "".join(f'app.include_router({name}.router, prefix="/api")\n' for name in "abcde")
    main = f"from fastapi import FastAPI\nfrom app.routers import a, b, c, d, e\napp = FastAPI()\n{calls}"
    reasons = [f"`{name}` shares the prefix /api with 4 others" for name in "abcde"]
    assert planned(project(main)) == Refusal("; ".join(["only 0 of 5 routers can be loaded later", *reasons]))


def test_routes_of_something_else_may_be_read() -> None:
    main = f"{MAIN}from shop import happy\nprint(happy.routes)\n"
    fix = planned(project(main, app__routers__z=ROUTER))
    assert isinstance(fix, Fix)
    assert fix.title == "Load 6 of 6 routers at the first request under their prefix"


def test_a_file_that_cannot_be_parsed_may_use_every_router() -> None:
    reasons = [f"`{name}` is used by app/broken.py" for name in "abcdez"]
    assert planned(project(MAIN, app__routers__z=ROUTER, app__broken="from app.main import z\n)\n")) == Refusal(
        "; ".join(["only 0 of 6 routers can be loaded later", *reasons])
    )


def test_an_application_that_cannot_be_parsed_is_left_alone() -> None:
    assert planned(project("app = (\n")) == Refusal("app/main.py cannot be parsed")


def test_a_router_of_the_application_s_own_package_is_loaded_at_start() -> None:
    main = (
        f"from fastapi import FastAPI\nfrom .routers import a, b, c, d, e\nfrom . import root\napp = FastAPI()\n{CALLS}"
    )
    made = project(f'{main}app.include_router(root, prefix="/root")\n')
    made["app/__init__.py"] = ROUTER.replace("router", "root").replace("APIroot", "APIRouter")
    fix = planned(made)
    assert isinstance(fix, Fix)
    assert fix.title == (
        "Load 5 of 6 routers at the first request under their prefix (`root` is imported at start by another module)"
    )


IMPORTS = {
    "a router that stays is the first of its import": (
        "from app.routers import z, a, b, c, d, e",
        "from app.lazy_routers import include_lazy_router\nfrom app.routers import z",
    ),
    "a router that stays has its own line": (
        "from app.routers import (\n    a,\n    z,\n    b, c, d, e\n)",
        "from app.lazy_routers import include_lazy_router\nfrom app.routers import (\n    z\n)",
    ),
}


@pytest.mark.parametrize("title", IMPORTS)
def test_the_import_of_a_router_that_stays_keeps_its_form(title: str) -> None:
    before, after = IMPORTS[title]
    main = "from fastapi import FastAPI\n{}\napp = FastAPI()\n{}app.include_router(z.router)\n"
    fix = planned(project(main.format(before, CALLS), app__routers__z=ROUTER))
    assert isinstance(fix, Fix)
    assert edited(fix, main.format(before, CALLS)) == main.format(after, LAZY_CALLS)


KEPT = {
    "a comment beside a name": (
        "from app.routers import (\n    a,  # the first\n    b, c, d, e, z,\n)",
        "app/main.py:2 has a comment beside an import that would go",
    ),
    "a statement before it": (
        "import json; from app.routers import a, b, c, d, e, z",
        "app/main.py:2 shares its line with another statement",
    ),
}


@pytest.mark.parametrize("title", KEPT)
def test_an_import_that_cannot_be_cut_keeps_all_eager(title: str) -> None:
    line, reason = KEPT[title]
    main = f"from fastapi import FastAPI\n{line}\napp = FastAPI()\n{CALLS}app.include_router(z.router)\n"
    assert planned(project(main, app__routers__z=ROUTER)) == Refusal(reason)


def test_a_handful_is_needed() -> None:
    main = "from fastapi import FastAPI\nfrom app.routers import a, b\napp = FastAPI()\n" + "".join(
        CALLS.splitlines(True)[:2]
    )
    assert planned(project(main)) == Refusal("only 2 of 2 routers can be loaded later")


def test_a_package_that_imports_its_routers_itself_is_left_alone() -> None:
    main = f"from fastapi import FastAPI\nfrom app.routers import a, b, c, d, e\napp = FastAPI()\n{CALLS}"
    made = project(main)
    made["app/routers/__init__.py"] = "from . import a, b, c, d, e\n"
    refused = planned(made)
    assert isinstance(refused, Refusal)
    assert refused.reason.split("; ")[:2] == [
        "only 0 of 5 routers can be loaded later",
        "`a.router` lies in a package that imports its routers itself (app/routers/__init__.py)",
    ]

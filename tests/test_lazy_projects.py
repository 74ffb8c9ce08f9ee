"""`lambda-perf fix` on applications with thirty routers: they answer as before, and nothing is lost from sight."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from fastapi_versions import INTERPRETERS
from marked import found, job

from flake8_lambda_perf import config, engine
from tests.bench.routers_app import NAMES, STANDARD, write_app

TESTS = Path(__file__).parent
DRIVER = TESTS / "bench" / "routers_driver.py"
DASHBOARD = TESTS / "projects" / "credentials" / "project"
TABLE = """class resource:
    def __init__(self, name): pass
    def Table(self, name): return self
    def query(self, **asked): return {"Items": [asked]}
    def get_item(self, Key): return {"Item": Key}
    def delete_item(self, Key): pass
"""
CODES = frozenset({"LPF101", "LPF201", "LPF203", "LPF301"})
GROWN_REQUESTS = [
    ["GET", "/health", ""],
    ["GET", "/api/orders/0/5", ""],
    ["GET", "/api/orders/0/0", ""],
    ["GET", "/api/orders/0/x", ""],
    ["POST", "/api/orders/1", '{"field_1_0": 7}'],
    ["POST", "/api/orders/1", '{"field_1_0": -7}'],
    ["DELETE", "/api/orders/1", ""],
    ["GET", "/api/tickets/0/5/", ""],
    ["GET", "/api/tickets", ""],
    ["GET", "/api/ticketsx/0/5", ""],
    ["GET", "/nowhere", ""],
]
DASHBOARD_REQUESTS = [
    ["GET", "/health", ""],
    ["GET", "/users/", ""],
    ["GET", "/users", ""],
    ["GET", "/vaults/a", ""],
    ["DELETE", "/vaults/a", ""],
    ["PUT", "/vaults/a", ""],
    ["GET", "/nowhere/", ""],
]


def fix(folder: Path, target: str = "") -> engine.Repair:
    """Repair a folder, or one file in it, as `lambda-perf fix` does."""
    settings = config.load(folder, None, isolated=False)
    repair = engine.fix(engine.Job(folder, settings, (folder / target,)), unsafe=False)
    for change in repair.changes:
        (folder / change.path).write_bytes(change.after)
    return repair


def write(kind: str, folder: Path) -> tuple[str, list[list[str]]]:
    """Write one of the applications; tells its module and what to ask it."""
    if kind == "grown":
        write_app(folder, models=3, endpoints=2, libraries=STANDARD)
        (folder / "lambda-perf.toml").touch()
        return "api.main", GROWN_REQUESTS
    shutil.copytree(DASHBOARD, folder, dirs_exist_ok=True)
    (folder / "boto3.py").write_text(TABLE, "utf-8")  # stands for AWS
    return "app", DASHBOARD_REQUESTS


@cache
def outcomes(python: str, kind: str) -> tuple[Any, Any]:
    """What an application answers before and after the fix; the seed fixes the order of sets in what it answers."""
    with TemporaryDirectory() as place:
        folder = Path(place).resolve()
        module, requests = write(kind, folder)
        before = drive(python, folder, module, requests)
        fix(folder)
        return before, drive(python, folder, module, requests)


def drive(python: str, folder: Path, module: str, requests: list[list[str]]) -> Any:
    done = subprocess.run(
        [python, "-W", "ignore", str(DRIVER), module, json.dumps(requests)],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        env={**os.environ, "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("python", INTERPRETERS)
@pytest.mark.parametrize("kind", ["grown", "dashboard"])
def test_thirty_routers_answer_as_before_the_fix(python: str, kind: str) -> None:
    before, after = outcomes(python, kind)
    assert after["answers"] == before["answers"]
    assert len({answer["statusCode"] for answer in before["answers"]}) > 3


@pytest.mark.parametrize("python", INTERPRETERS)
@pytest.mark.parametrize("kind", ["grown", "dashboard"])
def test_the_document_of_thirty_routers_is_the_same_byte_for_byte(python: str, kind: str) -> None:
    before, after = outcomes(python, kind)
    assert after["openapi"] == before["openapi"]
    assert len(json.loads(before["openapi"][1])["paths"]) == 61


@pytest.mark.parametrize("python", INTERPRETERS)
def test_none_of_thirty_routers_is_loaded_at_start(python: str) -> None:
    (before, after), (_, dashboard) = outcomes(python, "grown"), outcomes(python, "dashboard")
    assert [name for name in before["loaded"] if name.startswith("api.routers.")] == [f"api.routers.{n}" for n in NAMES]
    assert after["loaded"] == ["api", "api.lazy_routers", "api.main"]
    assert dashboard["loaded"] == ["app", "lazy_routers"]


@pytest.mark.parametrize(("kind", "main"), [("grown", "api/main.py"), ("dashboard", "app.py")])
def test_one_fix_writes_one_file_and_a_second_changes_nothing(kind: str, main: str, tmp_path: Path) -> None:
    write(kind, tmp_path)
    first, second = fix(tmp_path), fix(tmp_path)
    assert [(change.path, change.before is None) for change in first.changes] == sorted(
        [(main, False), (main.replace("main", "lazy_routers").replace("app.py", "lazy_routers.py"), True)]
    )
    assert (first.applied, first.run.findings, first.run.problems) == (1, (), ())
    assert (second.applied, second.changes, second.run.findings, second.run.problems) == (0, (), (), ())
    calls = (tmp_path / main).read_text("utf-8")
    assert (calls.count("include_lazy_router(app, "), calls.count("include_router(")) == (30, 0)


SLOW_ROUTER = """import boto3
from fastapi import APIRouter

router = APIRouter()


@router.get("/{number}")
def get(number: int) -> str:
    sqs = boto3.client("sqs")
    return str(sqs.list_queues())


@router.post("/")
def post() -> str:
    import pandas

    return pandas.__version__
"""
PARTS = [f"p{number}" for number in range(12)]
EAGER = {
    "pyproject.toml": "",
    "app.py": "from fastapi import FastAPI\nfrom mangum import Mangum\n\nfrom shop import "
    + ", ".join(PARTS)
    + "\n\napp = FastAPI()\n"
    + "".join(f'app.include_router({part}.router, prefix="/{part}")\n' for part in PARTS)
    + "handler = Mangum(app)\n",
    "shop/__init__.py": "",
    **{f"shop/{part}.py": "from fastapi import APIRouter\n\nrouter = APIRouter()\n" for part in PARTS},
    "shop/p7.py": SLOW_ROUTER,
}


def test_what_is_slow_in_a_router_is_found_before_and_after_it_is_lazy(tmp_path: Path) -> None:
    asked = job(tmp_path, EAGER, CODES)
    assert found(asked, CODES) == [("app.py", 7, "LPF301"), ("shop/p7.py", 9, "LPF101")]
    repair = fix(tmp_path, "app.py")
    assert [change.path for change in repair.changes] == ["app.py", "lazy_routers.py"]
    assert found(asked, CODES) == [("shop/p7.py", 9, "LPF101")]


def test_the_trace_of_what_a_lazy_router_loads_names_the_call(tmp_path: Path) -> None:
    lines = ["from fastapi import FastAPI", "from mangum import Mangum", "from lazy_routers import include_lazy_router"]
    call = 'include_lazy_router(\n    app,  # "the" (only) one\n    "shop.p7:router",\n    prefix="/p7",\n)'
    main = "\n".join([*lines, "app = FastAPI()", call, "handler = Mangum(app)", ""])
    router = (
        SLOW_ROUTER.replace("import boto3\n", "from boto3 import *\nfrom os.path import *\n")
        + "\nX = basename('a/b')\n"
    )
    files = {"app.py": main, "shop/__init__.py": "", "shop/p7.py": router}
    finding = next(one for one in engine.check(job(tmp_path, files, CODES)).findings if one.line == 2)
    assert [(step.path, step.line, step.text) for step in finding.trace] == [
        ("app.py", 10, "handler `handler` (handler = Mangum(app))"),
        ("app.py", 5, '`include_lazy_router(app, "shop.p7:router")`'),
        ("shop/p7.py", 2, "`from os.path import *` is executed"),
    ]


def test_a_lazy_router_that_includes_many_of_its_own_is_no_finding(tmp_path: Path) -> None:
    lines = ["from fastapi import FastAPI", "from mangum import Mangum", "from lazy_routers import include_lazy_router"]
    call = 'include_lazy_router(app, "shop.group:router", prefix="/group")'
    main = "\n".join([*lines, "app = FastAPI()", call, "handler = Mangum(app)", ""])
    head = f"from fastapi import APIRouter\nfrom shop import {', '.join(PARTS)}\n\nrouter = APIRouter()\n"
    group = head + "".join(f"router.include_router({part}.router, prefix='/{part}')\n" for part in PARTS)
    files = {**EAGER, "app.py": main, "shop/group.py": group}
    assert found(job(tmp_path, files, CODES), CODES) == [("shop/p7.py", 9, "LPF101")]


VIEWS = """import boto3
from flask import Blueprint

bp = Blueprint("{name}", __name__, url_prefix="/{name}")


@bp.route("/")
def index():
    return str(boto3.client("sqs").list_queues())
"""


def test_what_is_slow_in_a_lazy_view_is_found_as_before(tmp_path: Path) -> None:
    imports = "".join(f"from shop.{part} import bp as {part}\n" for part in PARTS)
    calls = "".join(f"app.register_blueprint({part})\n" for part in PARTS)
    views = {f"shop/{part}.py": VIEWS.format(name=part) for part in PARTS}
    head = f"import serverless_wsgi\nfrom flask import Flask\n{imports}\napp = Flask(__name__)\n{calls}\n\n"
    main = f"{head}def handler(event, context):\n    return serverless_wsgi.handle_request(app, event, context)\n"
    asked = job(tmp_path, {"pyproject.toml": "", "app.py": main, "shop/__init__.py": "", **views}, CODES | {"LPF302"})
    expected = [(path, 9, "LPF101") for path in sorted(views)]
    assert found(asked, CODES | {"LPF302"}) == [("app.py", 17, "LPF302"), *expected]
    settings = config.load(tmp_path, None, isolated=False)
    repair = engine.fix(engine.Job(tmp_path, settings, (tmp_path / "app.py",)), unsafe=True)
    for change in repair.changes:
        (tmp_path / change.path).write_bytes(change.after)
    assert [change.path for change in repair.changes] == ["app.py", "lazy_blueprints.py"]
    assert found(asked, CODES | {"LPF302"}) == expected

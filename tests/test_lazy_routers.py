"""The generated lazy_routers.py answers as eager routers do, on the oldest and the newest FastAPI."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from fastapi_versions import INTERPRETERS

SCENARIO = Path(__file__).with_name("lazy_routers_scenario.py")
TEMPLATE = Path(__file__).parents[1] / "flake8_lambda_perf" / "fixes" / "templates" / "lazy_routers.py.txt"

STATUS = {
    "get": 200,
    "list": 200,
    "boundary of a prefix": 200,
    "prefix of a prefix": 200,
    "prefix itself": 200,
    "prefix with parameter": 200,
    "dependency refuses": 401,
    "sibling below the parameter": 200,
    "put with nested model": 200,
    "prefix of the router": 200,
    "nested router": 200,
    "encoded newline": 200,
    "404 in the handler": 404,
    "unknown path below the prefix": 200,
    "405": 405,
    "405 with several methods": 405,
    "422 of a path": 422,
    "422 of a body": 422,
    "201": 201,
    "redirect to the slash": 200,
    "redirect from the slash": 401,
    "catch-all": 200,
    "HEAD": 200,
    "HEAD not offered": 405,
    "OPTIONS": 405,
    "health": 200,
}
ALL = ["live", "orders", "r1", "r10", "things", "users"]
LAZINESS = {
    "/health": [],
    "/nothing": [],
    "/r1x": [],
    "/orgs/3/invoices": [],
    "/users/5": ["users"],
    "/users": ["users"],
    "/r10/a": ["r10"],
    "/orgs/3/orders": ["orders"],
    "url_path_for of the first router": ["users"],
    "placeholders left": [
        "LazyRoutes('.orders:router', under='/orgs/{org_id}/orders', loaded=False)",
        "LazyRoutes('shop.things:router', under='/things', loaded=False)",
        "LazyRoutes('shop.live:router', under='/live', loaded=False)",
        "LazyRoutes('shop.r1:router', under='/r1', loaded=False)",
        "LazyRoutes('shop.r10:router', under='/r10', loaded=False)",
    ],
    "after load_all": ALL,
    "placeholders after load_all": [],
}
LIFESPAN = "RuntimeError: {} has startup, shutdown or lifespan handlers: include it with app.include_router"
PREFIX = "ValueError: shop.users:router needs a prefix such as '/users' to be told from other routes, not {!r}"
REFUSALS = {
    "/broken/x": 500,
    "/nameless/x": 500,
    "/users/": 200,
    "routes are as before": True,
    "error at /broken/x": "ModuleNotFoundError: No module named 'shop.no_such_module'",
    "error at /starts/x": LIFESPAN.format("shop.starts:router"),
    "error at /lives/x": LIFESPAN.format("shop.lives:router"),
    "error at /stray/x": "RuntimeError: shop.stray:router has the route '/elsewhere/x' outside '/stray': "
    "correct `match` or `prefix`",
    "repaired": 200,
    "no prefix": PREFIX.format(""),
    "slash at the end": PREFIX.format("/users/"),
    "not an application": "TypeError: only an application can load a router later, not APIRouter",
}


@cache
def outcome(python: str, kind: str) -> Any:
    """Run the scenario once; the seed fixes the order in which FastAPI writes sets of methods."""
    with TemporaryDirectory() as folder:
        package = Path(folder, "shop")
        package.mkdir()
        (package / "__init__.py").touch()
        (package / "lazy_routers.py").write_text(TEMPLATE.read_text("utf-8"), "utf-8")
        done = subprocess.run(
            [python, "-W", "ignore", str(SCENARIO), folder, kind],
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            env={**os.environ, "PYTHONHASHSEED": "0"},
        )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("python", INTERPRETERS)
@pytest.mark.parametrize(
    "part",
    [
        "answers",
        "without_catch_all",
        "sockets",
        "below_a_root_path",
        "mounted",
        "urls",
        "document",
        "on_lambda",
        "concurrently",
    ],
)
def test_lazy_routers_answer_what_eager_ones_answer(python: str, part: str) -> None:
    assert outcome(python, "lazy")["same"][part] == outcome(python, "eager")["same"][part]


@pytest.mark.parametrize("python", INTERPRETERS)
@pytest.mark.parametrize("kind", ["eager", "lazy"])
def test_every_behaviour_is_what_it_is_called(python: str, kind: str) -> None:
    answers = outcome(python, kind)["same"]["answers"]
    assert [
        {title: answer[0] for title, answer in group.items()} for group in (answers["alone"], *answers["together"])
    ] == [STATUS] * 3
    assert answers["modules"] == ALL


@pytest.mark.parametrize("python", INTERPRETERS)
def test_only_the_modules_a_request_needs_are_loaded(python: str) -> None:
    assert outcome(python, "lazy")["own"]["laziness"] == LAZINESS


@pytest.mark.parametrize("python", INTERPRETERS)
def test_what_cannot_be_loaded_is_said_and_hurts_nothing_else(python: str) -> None:
    assert outcome(python, "lazy")["own"]["refusals"] == REFUSALS


@pytest.mark.parametrize("python", INTERPRETERS)
def test_a_router_that_is_refused_leaves_the_lifespan_alone(python: str) -> None:
    assert outcome(python, "lazy")["own"]["lifespan"] is True


@pytest.mark.parametrize("python", INTERPRETERS)
def test_sixteen_first_requests_at_once_leave_one_set_of_routes(python: str) -> None:
    found = outcome(python, "lazy")["same"]["concurrently"]
    assert [answer[0] for answer in found["answers"]] == [200] * 16
    assert found["routes"] == outcome(python, "eager")["same"]["concurrently"]["routes"]


@pytest.mark.skipif(not find_spec("fastapi"), reason="needs fastapi")
def test_the_generated_file_is_typed_for_strict_readers(tmp_path: Path) -> None:
    module = tmp_path / "lazy_routers.py"
    module.write_text(TEMPLATE.read_text("utf-8"), "utf-8")
    checked = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--no-incremental", str(module)],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert (checked.stdout, checked.stderr) == ("Success: no issues found in 1 source file\n", "")

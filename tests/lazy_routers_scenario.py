"""Drives one application with eager or lazy routers and prints all it answers as JSON.

    python lazy_routers_scenario.py FOLDER eager|lazy

FOLDER holds the module `shop.lazy_routers`. This script runs under any interpreter that has FastAPI,
httpx and Mangum, so that the tests can compare versions of FastAPI with each other.
"""

import asyncio
import importlib
import json
import logging
import sys
import threading
from pathlib import Path

from fastapi.testclient import TestClient
from lazy_routers_shop import MODULES, ROUTERS
from mangum import Mangum
from starlette.routing import NoMatchFound
from starlette.websockets import WebSocketDisconnect

TOKEN = {"x-token": "t"}
REQUESTS = {
    "get": ("GET", "/users/5"),
    "list": ("GET", "/users/"),
    "boundary of a prefix": ("GET", "/r1x"),
    "prefix of a prefix": ("GET", "/r10/a/b"),
    "prefix itself": ("GET", "/r1"),
    "prefix with parameter": ("GET", "/orgs/3/orders", TOKEN),
    "dependency refuses": ("GET", "/orgs/3/orders"),
    "sibling below the parameter": ("GET", "/orgs/3/invoices"),
    "put with nested model": ("PUT", "/orgs/3/orders/a/b", TOKEN, {"lines": [{"sku": "x"}]}),
    "prefix of the router": ("GET", "/things/a"),
    "nested router": ("GET", "/things/parts/a"),
    "encoded newline": ("GET", "/things/a%0Ab"),
    "404 in the handler": ("GET", "/users/0"),
    "unknown path below the prefix": ("GET", "/users/1/2"),
    "405": ("DELETE", "/users/5"),
    "405 with several methods": ("PUT", "/things/a"),
    "422 of a path": ("GET", "/users/x"),
    "422 of a body": ("POST", "/users/", {}, {"age": "x"}),
    "201": ("POST", "/users/", {}, {"name": "bob"}),
    "redirect to the slash": ("GET", "/users"),
    "redirect from the slash": ("PUT", "/orgs/3/orders/"),
    "catch-all": ("GET", "/nothing/here"),
    "HEAD": ("HEAD", "/users/5"),
    "HEAD not offered": ("HEAD", "/r1"),
    "OPTIONS": ("OPTIONS", "/things/a"),
    "health": ("GET", "/health"),
}


def fresh(kind):
    """Import the application anew, with none of its modules loaded."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "shop"]:
        del sys.modules[name]
    return importlib.import_module(f"shop.{kind}").app


def loaded():
    return sorted(name[5:] for name in sys.modules if name[:5] == "shop." and name[5:] in ROUTERS)


def show(response):
    headers = {
        name: response.headers[name] for name in ("allow", "location", "content-type") if name in response.headers
    }
    if "allow" in headers:
        headers["allow"] = sorted(headers["allow"].split(", "))
    return [response.status_code, headers, response.text]


def ask(client, method, path, headers=None, body=None):
    return show(client.request(method, path, headers=headers, json=body, follow_redirects=False))


def answers(kind):
    """Each request to an application of its own, then all of them twice to one."""
    alone = {title: ask(TestClient(fresh(kind)), *request) for title, request in REQUESTS.items()}
    client = TestClient(fresh(kind))
    together = [{title: ask(client, *request) for title, request in REQUESTS.items()} for _ in range(2)]
    client.app.openapi()
    return {"alone": alone, "together": together, "modules": loaded()}


def without_catch_all(kind):
    """What only an application without a catch-all route answers: redirects and 404."""
    paths = ("/users", "/users/", "/r1/", "/orgs/3/orders/", "/nowhere", "/nowhere/", "/users/1/2", "/things/a/")
    alone = [ask(TestClient(fresh(f"{kind}_plain")), "GET", path, TOKEN) for path in paths]
    client = TestClient(fresh(f"{kind}_plain"))
    return [
        alone,
        [ask(client, "GET", path, TOKEN) for path in paths],
        say(client, "/live/a"),
        say(client, "/live/a/b"),
    ]


def say(client, path):
    try:
        with client.websocket_connect(path) as socket:
            socket.send_text("hello")
            return socket.receive_json()
    except WebSocketDisconnect as closed:
        return f"closed {closed.code}"


def sockets(kind):
    client = TestClient(fresh(kind))
    return [say(client, path) for path in ("/live/a?q=2", "/live/b", "/live/a/b", "/live", "/users/5", "/nowhere")]


def below_a_root_path(kind):
    by_server = TestClient(fresh(kind), root_path="/prod")
    app = fresh(kind)
    app.root_path = "/stage"
    by_app = TestClient(app)
    return [
        ask(client, "GET", path)
        for client, path in (
            (by_server, "/users/5"),
            (by_server, "/prod/users/6"),
            (by_app, "/users/5"),
            (by_app, "/stage/users/6"),
        )
    ]


def mounted(kind):
    outer = type(fresh(kind))()
    outer.mount("/api", fresh(kind))
    client = TestClient(outer)
    return [ask(client, "GET", path) for path in ("/api/users/5", "/api/r1", "/users/5", "/api/nothing")]


def urls(kind):
    app = fresh(kind)
    made = [app.url_path_for("get_part", part="p"), app.url_path_for("put_order", org_id=1, order_id="a/b")]
    try:
        app.url_path_for("no_such_route")
    except NoMatchFound as error:
        made.append(type(error).__name__)
    made.append(app.router.url_path_for("chat", room="r"))
    return [str(url) for url in made]


def document(kind):
    before, after = fresh(kind), fresh(kind)
    client = TestClient(after)
    ask(client, "GET", "/r10/a")
    served = [client.get("/openapi.json").text, TestClient(before).get("/openapi.json").text]
    return {"served": served, "made": json.dumps(fresh(kind).openapi())}


def event(path):
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"host": "h"},
        "isBase64Encoded": False,
        "requestContext": {"http": {"method": "GET", "path": path, "sourceIp": "1.1.1.1"}, "stage": "$default"},
    }


def on_lambda(kind):
    handler = Mangum(fresh(kind), lifespan="auto")
    return [handler(event(path), None) for path in ("/health", "/users/5", "/things/a", "/users/6", "/none")]


def concurrently(kind):
    """Sixteen threads, each with an event loop of its own, send the first request at the same moment."""
    app = fresh(kind)
    barrier, found = threading.Barrier(16), [None] * 16

    def call(number):
        client = TestClient(app)
        path = ("/users/5", "/things/a")[number % 2]
        barrier.wait()
        found[number] = ask(client, "GET", path)

    threads = [threading.Thread(target=call, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {"answers": found, "document": json.dumps(app.openapi()), "routes": len(app.routes)}


def laziness():
    """What is loaded after which request; only the lazy application can tell."""
    steps = {}
    for path in ("/health", "/nothing", "/r1x", "/orgs/3/invoices", "/users/5", "/users", "/r10/a", "/orgs/3/orders"):
        client = TestClient(fresh("lazy"))
        ask(client, "GET", path)
        steps[path] = loaded()
    app = fresh("lazy")
    app.url_path_for("get_user", user_id=1)
    steps["url_path_for of the first router"] = loaded()
    lazy = sys.modules["shop.lazy_routers"]
    steps["placeholders left"] = [repr(route) for route in app.routes if isinstance(route, lazy.LazyRoutes)]
    lazy.load_all(app)
    lazy.load_all(app)
    steps["after load_all"] = loaded()
    steps["placeholders after load_all"] = [repr(route) for route in app.routes if isinstance(route, lazy.LazyRoutes)]
    return steps


def refusals(folder):
    """What goes wrong, how it is said, and that the rest goes on."""
    app = fresh("odd")
    lazy = sys.modules["shop.lazy_routers"]
    client = TestClient(app, raise_server_exceptions=False)
    routes = list(app.routes)
    said = {path: ask(client, "GET", path)[0] for path in ("/broken/x", "/broken/x", "/nameless/x")}
    for path in ("/starts/x", "/lives/x", "/stray/x", "/broken/x"):
        for _ in range(2):
            try:
                TestClient(app).get(path)
            except (ImportError, RuntimeError) as error:
                said[f"error at {path}"] = f"{type(error).__name__}: {error}"
    said["routes are as before"] = list(app.routes) == routes
    said["/users/"] = ask(client, "GET", "/users/")[0]
    Path(folder, "shop", "broken.py").write_text(MODULES["users"], "utf-8")
    importlib.invalidate_caches()
    said["repaired"] = ask(client, "GET", "/broken/5")[0]
    for title, arguments, options in (
        ("no prefix", (app, "shop.users:router"), {}),
        ("slash at the end", (app, "shop.users:router"), {"prefix": "/users/"}),
        (
            "not an application",
            (importlib.import_module("shop.users").router, "shop.users:router"),
            {"prefix": "/users"},
        ),
    ):
        try:
            lazy.include_lazy_router(*arguments, **options)
        except (TypeError, ValueError) as error:
            said[title] = f"{type(error).__name__}: {error}"
    return said


def without_lifespan_growth():
    """A router that is refused at every try leaves the application as it was."""
    app = fresh("odd")
    before = app.router.lifespan_context
    client = TestClient(app, raise_server_exceptions=False)
    for _ in range(3):
        client.get("/stray/x")
    return app.router.lifespan_context is before


def main(folder, kind):
    package = Path(folder, "shop")
    for name, text in MODULES.items():
        (package / f"{name}.py").write_text(text, "utf-8")
    sys.path.insert(0, folder)
    logging.disable()
    asyncio.set_event_loop(asyncio.new_event_loop())
    parts = (answers, without_catch_all, sockets, below_a_root_path, mounted, urls, document, on_lambda, concurrently)
    outcome = {part.__name__: part(kind) for part in parts}
    own = (
        {"laziness": laziness(), "refusals": refusals(folder), "lifespan": without_lifespan_growth()}
        if kind == "lazy"
        else {}
    )
    sys.stdout.write(json.dumps({"same": outcome, "own": own}, indent=1, sort_keys=True))


if __name__ == "__main__":
    main(*sys.argv[1:])

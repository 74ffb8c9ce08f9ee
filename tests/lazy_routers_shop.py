"""The modules of the small shop that lazy_routers_scenario.py drives, with eager and with lazy routers."""

USERS = """
from fastapi import APIRouter, HTTPException, Request
from pydantic import BaseModel

router = APIRouter()

class User(BaseModel):
    name: str
    age: int = 3

@router.get("/")
def list_users(): return [{"name": "ann"}]

@router.post("/", status_code=201)
def add_user(user: User) -> User: return user

@router.get("/{user_id}")
def get_user(user_id: int, request: Request):
    if user_id == 0: raise HTTPException(404, "no such user")
    return {"id": user_id, "root": request.scope.get("root_path"), "url": str(request.url_for("get_user", user_id=7))}

@router.head("/{user_id}")
def head_user(user_id: int): return None
"""
ORDERS = """
from fastapi import APIRouter, Depends, Header, HTTPException
from pydantic import BaseModel

router = APIRouter(prefix="/orders", tags=["own"])

class Line(BaseModel):
    sku: str

class Order(BaseModel):
    lines: list[Line]

@router.get("")
def list_orders(org_id: int): return {"org": org_id}

@router.put("/{order_id:path}")
def put_order(org_id: int, order_id: str, order: Order) -> Order: return order
"""
THINGS = """
from fastapi import APIRouter
from fastapi.responses import PlainTextResponse
from starlette.routing import Route

router = APIRouter(prefix="/things", default_response_class=PlainTextResponse)
nested = APIRouter(prefix="/parts")

@nested.get("/{part}")
def get_part(part: str): return f"part {part}"

@router.get("/{thing}", response_class=PlainTextResponse)
def get_thing(thing: str): return f"thing {thing!r}"

@router.api_route("/{thing}", methods=["DELETE", "PATCH"])
def change_thing(thing: str): return f"changed {thing}"

router.include_router(nested)
"""
LIVE = """
from fastapi import APIRouter, Depends, WebSocket

router = APIRouter()

@router.websocket("/{room}")
async def chat(socket: WebSocket, room: str, q: int = 0):
    await socket.accept()
    await socket.send_json({"room": room, "q": q, "got": await socket.receive_text()})
    await socket.close()
"""
R1, R10 = (
    f"""
from fastapi import APIRouter
router = APIRouter()
@router.get("")
def root_of_{name}(): return {name!r}
@router.get("/{{rest:path}}")
def below_{name}(rest: str): return [{name!r}, rest]
"""
    for name in ("r1", "r10")
)
BROKEN = "import shop.no_such_module\n"
STARTS = """
from fastapi import APIRouter
router = APIRouter()
async def begin(): pass
router.on_startup.append(begin)
"""
LIVES = """
from contextlib import asynccontextmanager
from fastapi import APIRouter
@asynccontextmanager
async def lifespan(app): yield
router = APIRouter(lifespan=lifespan)
"""
STRAY = """
from fastapi import APIRouter
router = APIRouter(prefix="/elsewhere")
@router.get("/x")
def x(): return 1
"""
HEAD = """
from fastapi import Depends, FastAPI, Header, HTTPException

def secured(x_token: str = Header(default="")):
    if x_token != "t": raise HTTPException(401, "token")

app = FastAPI(title="shop")

@app.get("/health")
def health(): return "ok"
"""
EAGER = """
from shop import live, orders, r1, r10, things, users
app.include_router(users.router, prefix="/users", tags=["users"])
app.include_router(orders.router, prefix="/orgs/{org_id}", dependencies=[Depends(secured)], responses={418: {}})
app.include_router(things.router)
app.include_router(live.router, prefix="/live")
app.include_router(r1.router, prefix="/r1", include_in_schema=False)
app.include_router(r10.router, prefix="/r10", deprecated=True)
"""
LAZY = """
from shop.lazy_routers import include_lazy_router
include_lazy_router(app, "shop.users:router", prefix="/users", tags=["users"])
include_lazy_router(
    app, ".orders:router", prefix="/orgs/{org_id}", match="/orgs/{org_id}/orders",
    dependencies=[Depends(secured)], responses={418: {}},
)
include_lazy_router(app, "shop.things:router", match="/things")
include_lazy_router(app, "shop.live:router", prefix="/live")
include_lazy_router(app, "shop.r1:router", prefix="/r1", include_in_schema=False)
include_lazy_router(app, "shop.r10:router", prefix="/r10", deprecated=True)
"""
TAIL = """
@app.get("/{rest:path}", include_in_schema=False)
def catch_all(rest: str): return {"nobody has": rest}
"""
ODD = """
from fastapi import FastAPI
from shop.lazy_routers import include_lazy_router
app = FastAPI()
include_lazy_router(app, "shop.broken:router", prefix="/broken")
include_lazy_router(app, "shop.starts:router", prefix="/starts")
include_lazy_router(app, "shop.lives:router", prefix="/lives")
include_lazy_router(app, "shop.stray:router", match="/stray")
include_lazy_router(app, "shop.users:no_such_name", prefix="/nameless")
include_lazy_router(app, "shop.users:router", prefix="/users")
"""
MODULES = {
    "users": USERS,
    "orders": ORDERS,
    "things": THINGS,
    "live": LIVE,
    "r1": R1,
    "r10": R10,
    "broken": BROKEN,
    "starts": STARTS,
    "lives": LIVES,
    "stray": STRAY,
    "eager": HEAD + EAGER + TAIL,
    "lazy": HEAD + LAZY + TAIL,
    "odd": ODD,
    "eager_plain": HEAD + EAGER,
    "lazy_plain": HEAD + LAZY,
}
ROUTERS = ("users", "orders", "things", "live", "r1", "r10")

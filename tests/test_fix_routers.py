"""The codemod of LPF301: what it writes."""

from __future__ import annotations

from router_projects import CALLS, GOOD, LAZY_CALLS, ROUTER, edited, fixed, planned, project

from flake8_lambda_perf.fixes.routers import Refusal, RouterApp, plan, template
from flake8_lambda_perf.model import Fix
from flake8_lambda_perf.source import SourceFile


def test_calls_stay_where_they_are_and_the_imports_go() -> None:
    main = f"""from fastapi import FastAPI
from mangum import Mangum

from app.routers import a, b, c, d, e

app = FastAPI()
{CALLS}
handler = Mangum(app)
"""
    fix = planned(project(main))
    assert isinstance(fix, Fix)
    assert (
        edited(fix, main)
        == f"""from fastapi import FastAPI
from mangum import Mangum

from app.lazy_routers import include_lazy_router

app = FastAPI()
{LAZY_CALLS}
handler = Mangum(app)
"""
    )
    assert fix.title == "Load 5 of 5 routers at the first request under their prefix"
    assert (fix.safety, fix.reason) == ("safe", "")
    assert [(new.path, new.text) for new in fix.creates] == [("app/lazy_routers.py", template("\n"))]


def test_every_form_of_import_and_call_keeps_its_comments_and_layout() -> None:
    main = """import os

import app.routers.d
import app.routers.e as e_module
from app.routers import (
    a,
    b,
    settings,  # not a router
)
from app.routers.c import router as c_router
from fastapi import Depends, FastAPI

API = "/api"

service = FastAPI()
# people first
service.include_router(a.router, prefix=f"{API}/a", tags=["a"])  # trailing
service.include_router(
    b.router,  # the router
    prefix="/b",
    # who may
    dependencies=[Depends(settings.user)],
)
if os.environ.get("C"):
    service.include_router(prefix='/c', router=c_router)
service.include_router(app.routers.d.router, prefix=API + "/d",)
service.include_router(
    e_module.router, tags=["e"]
)
"""
    own_prefix = ROUTER.replace("APIRouter()", 'APIRouter(prefix="/e", tags=["own"])')
    made = project(main, app__routers__e=own_prefix, app__routers__settings="def user(): return 1\n")
    assert (
        fixed(made)
        == """import os

from app.lazy_routers import include_lazy_router
from app.routers import (
    settings,  # not a router
)
from fastapi import Depends, FastAPI

API = "/api"

service = FastAPI()
# people first
include_lazy_router(service, "app.routers.a:router", prefix=f"{API}/a", tags=["a"])  # trailing
include_lazy_router(
    service,
    "app.routers.b:router",  # the router
    prefix="/b",
    # who may
    dependencies=[Depends(settings.user)],
)
if os.environ.get("C"):
    include_lazy_router(service, prefix='/c', target='app.routers.c:router')
include_lazy_router(service, "app.routers.d:router", prefix=API + "/d",)
include_lazy_router(
    service,
    "app.routers.e:router",
    match="/e", tags=["e"]
)
"""
    )


def test_relative_imports_stay_relative() -> None:
    imports = (
        "from . import a\nfrom .routers import b, c\nfrom .routers.d import router as d_router\nfrom ..top import e\n"
    )
    calls = CALLS.replace("d.router", "d_router")
    main = f"from fastapi import FastAPI\n{imports}app = FastAPI()\n{calls}"
    made = {
        "pkg/__init__.py": "", "pkg/sub/__init__.py": "", "pkg/sub/routers/__init__.py": "", "pkg/top/__init__.py": "",
        "pkg/sub/main.py": main, "pkg/sub/a.py": ROUTER, "pkg/top/e.py": ROUTER,
        **{f"pkg/sub/routers/{name}.py": ROUTER for name in "bcd"},
    }  # fmt: skip
    assert (
        fixed(made, "pkg/sub/main.py")
        == """from fastapi import FastAPI
from .lazy_routers import include_lazy_router
app = FastAPI()
include_lazy_router(app, ".a:router", prefix="/a")
include_lazy_router(app, ".routers.b:router", prefix="/b")
include_lazy_router(app, ".routers.c:router", prefix="/c")
include_lazy_router(app, ".routers.d:router", prefix="/d")
include_lazy_router(app, "..top.e:router", prefix="/e")
"""
    )


def test_a_project_under_src_and_a_top_level_module_are_imported_as_they_import() -> None:
    made = {f"src/routers/{name}.py": ROUTER for name in GOOD}
    main = f"from fastapi import FastAPI\nfrom routers import a, b, c, d, e\napp = FastAPI()\n{CALLS}"
    made |= {"src/main.py": main, "src/routers/__init__.py": ""}
    sources = {name: SourceFile(name, text, "utf-8", bom=False) for name, text in made.items()}
    fix = plan(RouterApp(sources["src/main.py"], "main", lambda name: sources.get(f"src/{name.replace('.', '/')}.py")))
    assert isinstance(fix, Fix)
    assert edited(fix, main).splitlines()[1:4] == [
        "from lazy_routers import include_lazy_router",
        "app = FastAPI()",
        'include_lazy_router(app, "routers.a:router", prefix="/a")',
    ]
    assert [new.path for new in fix.creates] == ["src/lazy_routers.py"]


def test_windows_newlines_stay() -> None:
    calls = CALLS.replace("(a.router, ", "(\n    a.router,\n    ")
    head = "from fastapi import FastAPI\nfrom app.routers import (\n    a, b,\n    c, d, e,\n    z,\n)\n"
    main = f"{head}app = FastAPI()\n{calls}print(z)\n".replace("\n", "\r\n")
    fix = planned(project(main, app__routers__z=""))
    assert isinstance(fix, Fix)
    result = edited(fix, main)
    assert result.count("\n") == result.count("\r\n")
    assert result.replace("\r\n", "\n").startswith(
        "from fastapi import FastAPI\nfrom app.lazy_routers import include_lazy_router\n"
        "from app.routers import (\n    z,\n)\n"
        'app = FastAPI()\ninclude_lazy_router(\n    app,\n    "app.routers.a:router",\n    prefix="/a")\n'
    )
    assert fix.creates[0].text == template("\r\n")


def test_a_second_run_uses_the_file_and_the_import_that_are_there() -> None:
    main = f"""from fastapi import FastAPI
from app.lazy_routers import include_lazy_router
from app.routers import a, b, c, d, e
app = FastAPI()
include_lazy_router(app, "app.routers.z:router", prefix="/z")
{CALLS}"""
    fix = planned(project(main, app__lazy_routers=template("\n"), app__routers__z=ROUTER))
    assert isinstance(fix, Fix)
    assert fix.creates == ()
    assert (
        edited(fix, main)
        == f"""from fastapi import FastAPI
from app.lazy_routers import include_lazy_router
app = FastAPI()
include_lazy_router(app, "app.routers.z:router", prefix="/z")
{LAZY_CALLS}"""
    )


def test_a_fixed_module_is_not_fixed_again() -> None:
    main = f"from fastapi import FastAPI\nfrom app.routers import a, b, c, d, e\napp = FastAPI()\n{CALLS}"
    again = planned(project(fixed(project(main)), app__lazy_routers=template("\n")))
    assert again == Refusal("only 0 of 0 routers can be loaded later")


def test_own_functions_that_only_add_middleware_are_fine() -> None:
    line = "def secure(it: FastAPI) -> None:\n    it.add_middleware(object)\n\nsecure(app)\n"
    main = f"from fastapi import FastAPI\nfrom app.routers import a, b, c, d, e\napp = FastAPI()\n{CALLS}{line}"
    assert fixed(project(main)).endswith(LAZY_CALLS + line)


def test_a_factory_keeps_its_shape() -> None:
    head = "from fastapi import FastAPI\n{}\n\ndef create() -> FastAPI:\n    app = FastAPI()\n"
    calls = "".join(f"    {line}" for line in CALLS.splitlines(keepends=True))
    lazy = "".join(f"    {line}" for line in LAZY_CALLS.splitlines(keepends=True))
    main = f"{head.format('from app.routers import a, b, c, d, e')}{calls}    return app\n"
    new_import = "from app.lazy_routers import include_lazy_router"
    assert fixed(project(main)) == f"{head.format(new_import)}{lazy}    return app\n"


def test_a_router_that_is_a_package_is_loaded_by_its_name() -> None:
    main = f"from fastapi import FastAPI\nfrom app.routers import a, b, c, d, e\napp = FastAPI()\n{CALLS}"
    made = project(main)
    made["app/routers/a/__init__.py"] = made.pop("app/routers/a.py")
    assert fixed(made) == (
        f"from fastapi import FastAPI\nfrom app.lazy_routers import include_lazy_router\napp = FastAPI()\n{LAZY_CALLS}"
    )


def test_an_application_outside_of_the_folder_of_its_routers_is_left_alone() -> None:
    main = f"from fastapi import FastAPI\nfrom app.routers import a, b, c, d, e\napp = FastAPI()\n{CALLS}"
    texts = {f"libs/{path}": text for path, text in project("").items()} | {"service/main.py": main}
    sources = {path: SourceFile(path, text, "utf-8", bom=False) for path, text in texts.items()}

    def find(name: str) -> SourceFile | None:
        base = f"libs/{name.replace('.', '/')}"
        return sources.get(f"{base}.py") or sources.get(f"{base}/__init__.py")

    others = tuple(source for path, source in sources.items() if path != "service/main.py")
    assert plan(RouterApp(sources["service/main.py"], "main", find, others)) == Refusal(
        "service/main.py lies outside of the folder its absolute imports start from"
    )

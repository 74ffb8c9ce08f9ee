"""Small FastAPI projects as values, and what the codemod of LPF301 makes of them."""

from __future__ import annotations

from flake8_lambda_perf.fixes.routers import Refusal, RouterApp, plan
from flake8_lambda_perf.model import Fix
from flake8_lambda_perf.source import SourceFile

GOOD = ("a", "b", "c", "d", "e")
ROUTER = """from fastapi import APIRouter

router = APIRouter()


@router.get("/{number}")
def get(number: int) -> int:
    return number
"""
CALLS = "".join(f'app.include_router({name}.router, prefix="/{name}")\n' for name in GOOD)
LAZY_CALLS = "".join(f'include_lazy_router(app, "app.routers.{name}:router", prefix="/{name}")\n' for name in GOOD)


def project(main: str, **files: str) -> dict[str, str]:
    """Return the files of a project with five plain routers; `files` are added, `__` standing for `/`."""
    made = {"app/__init__.py": "", "app/routers/__init__.py": "", "app/main.py": main}
    made.update({f"app/routers/{name}.py": ROUTER for name in GOOD})
    made.update({f"{name.replace('__', '/')}.py": text for name, text in files.items()})
    return made


def planned(made: dict[str, str], path: str = "app/main.py", minimum: int = 5) -> Fix | Refusal:
    sources = {name: SourceFile(name, text, "utf-8", bom=False) for name, text in made.items()}

    def find(name: str) -> SourceFile | None:
        base = name.replace(".", "/")
        return sources.get(f"{base}.py") or sources.get(f"{base}/__init__.py")

    module = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    others = tuple(source for name, source in sources.items() if name != path)
    return plan(RouterApp(sources[path], module, find, others), minimum)


def edited(fix: Fix, text: str) -> str:
    for edit in sorted(fix.edits, reverse=True):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text


def fixed(made: dict[str, str], path: str = "app/main.py") -> str:
    fix = planned(made, path)
    assert isinstance(fix, Fix), fix
    return edited(fix, made[path])

"""LPF301: the include_router calls of an application become lazy, each where nothing else would change."""

from __future__ import annotations

from importlib.resources import files
from pathlib import PurePosixPath

from flake8_lambda_perf.dataclass import dataclass
from flake8_lambda_perf.fixes.import_effects import Modules, package_of, read_module
from flake8_lambda_perf.fixes.router_calls import Draft, RouterApp, collect, origins_of
from flake8_lambda_perf.fixes.router_checks import (
    NEW_FUNCTION,
    NEW_MODULE,
    drop_crowds,
    drop_effects,
    drop_loaded_anyway,
    drop_used_elsewhere,
    refused_application,
)
from flake8_lambda_perf.model import Fix, NewFile
from flake8_lambda_perf.source import newline_of

__all__ = ["FEW", "Refusal", "RouterApp", "plan", "template"]

FEW = 5
"""Fewer lazy routers than this are not worth a file of one's own."""

REASON = "routers that stay may expect others to be imported before them"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why there is no fix."""

    reason: str


def plan(app: RouterApp, minimum: int = FEW) -> Fix | Refusal:
    """Make the routers of an application lazy, or say why it stays as it is."""
    module = read_module(app.module, app.source)
    if module is None:
        return Refusal(f"{app.source.path} cannot be parsed")
    if (reason := refused_application(app, module)) is not None:
        return Refusal(reason)
    draft = Draft(app, module, Modules(app.find), origins_of(module))
    collect(draft)
    drop_used_elsewhere(draft)
    drop_crowds(draft)
    return too_few(draft, minimum, "routers") or _fix(draft)


def too_few(draft: Draft, minimum: int, what: str) -> Refusal | None:
    """Leave eager what must be there at start, and say why if what remains is not worth it."""
    drop_loaded_anyway(draft)
    drop_effects(draft)
    drop_loaded_anyway(draft)  # what the last step left eager may import others
    draft.lazy.sort(key=lambda include: include.call.lineno)
    if len(draft.lazy) >= minimum:
        return None
    few = f"only {len(draft.lazy)} of {len(draft.lazy) + len(draft.eager)} {what} can be loaded later"
    return Refusal("; ".join([few, *draft.eager]))


def _fix(draft: Draft) -> Fix | Refusal:
    from flake8_lambda_perf.fixes.router_edits import edits_of  # LibCST is loaded only when text is made

    path = draft.app.source.path
    place = place_of_new(draft, NEW_MODULE)
    if isinstance(place, Refusal):
        return place
    new_path, origin = place
    package = package_of(draft.app.module, path)
    present = next((other for other in draft.app.others if other.path == new_path), None)
    present = present or draft.app.find(".".join(filter(None, (package, NEW_MODULE))))
    if present is not None and f"def {NEW_FUNCTION}(" not in present.text:
        return Refusal(f"{new_path} exists and is something else")
    known = NEW_FUNCTION in draft.module.names
    edits = edits_of(draft.app.source, draft.lazy, "" if known else f"from {origin} import {NEW_FUNCTION}")
    if isinstance(edits, str):
        return Refusal(edits)
    total = len(draft.lazy) + len(draft.eager)
    stay = f" ({'; '.join(draft.eager)})" if draft.eager else ""
    new = template(newline_of(draft.app.source.text))
    return Fix(
        title=f"Load {len(draft.lazy)} of {total} routers at the first request under their prefix{stay}",
        edits=edits,
        creates=() if present is not None else (NewFile(new_path, new),),
        safety="unsafe" if draft.eager else "safe",
        reason=REASON if draft.eager else "",
    )


def place_of_new(draft: Draft, name: str) -> tuple[str, str] | Refusal:
    """Return the path of a new file beside the application, and its module as the application would import it."""
    path = draft.app.source.path
    new_path = str(PurePosixPath(path).with_name(f"{name}.py"))
    include = draft.lazy[0]
    if include.target.startswith("."):
        return new_path, f".{name}"
    module = draft.modules.get(include.module)
    file = include.module.replace(".", "/")
    for end in (f"{file}.py", f"{file}/__init__.py"):
        if module is not None and module.source.path.endswith(end):
            root = module.source.path.removesuffix(end)
            if new_path.startswith(root):
                return new_path, new_path.removeprefix(root).removesuffix(".py").replace("/", ".")
    return Refusal(f"{path} lies outside of the folder its absolute imports start from")


def template(newline: str) -> str:
    """Return the text of the file that goes into the user's project."""
    name = files("flake8_lambda_perf.fixes") / "templates" / f"{NEW_MODULE}.py.txt"
    return name.read_text("utf-8").replace("\n", newline)

"""What keeps an object from serving every request: it is made with, or keeps, what belongs to one."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_lambda_perf.project.facts import Class
from flake8_lambda_perf.project.levels import Level

if TYPE_CHECKING:
    from flake8_lambda_perf.project.analysis import Analysis, Build
    from flake8_lambda_perf.project.facts import Place, Site
    from flake8_lambda_perf.project.levels import Dep

LOGS_IN = frozenset({"auth", "cookies", "data"})
"""Arguments with which a request may log a caller in: a session keeps the cookies of the answer."""
MAKERS = frozenset({"__init__", "__new__", "__post_init__"})
CONTAINERS = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)


def belongs_to_request(analysis: Analysis, cls: Class, site: Site) -> bool:
    """Tells whether an instance takes values of a request, or notes some of its own while it serves one."""
    given = [*site.node.args, *(keyword.value for keyword in site.node.keywords)]
    found = analysis.graph.dependence.all(given, site.place)
    if found.level > Level.ENVIRONMENT or _differs(analysis, found, site.place):
        return True
    for owner in analysis.names.members.order(cls):
        if isinstance(owner, Class):
            analysis.names.members.stores(owner, "")  # indexes the methods
            stores = (store for found in owner.self_stores.values() for store in found)
            if any(_is_noted(analysis, value, place) for value, place in stores):
                return True
    return False


def _is_noted(analysis: Analysis, value: ast.expr | None, place: Place) -> bool:
    """Tells whether an attribute is given something that may differ between requests."""
    if value is None or isinstance(value, CONTAINERS):
        return True
    site = place.scope.module.sites.get(value)
    if site is not None and analysis.client_of(site) is not None:
        return False
    found = analysis.graph.dependence.expression(value, place)
    function = place.scope.function
    from_outside = bool(found.refs) and function is not None and function.name not in MAKERS
    return found.level > Level.ENVIRONMENT or from_outside


def is_adjusted(analysis: Analysis, build: Build) -> bool:
    """Tells whether an object is given values of a request after it is built: its headers, its credentials."""
    return _differs(analysis, analysis.graph.dependence.adjusted.of_site(build.site), build.site.place)


def logs_in(analysis: Analysis, build: Build) -> bool:
    """Tells whether a session is used to log the caller of a request in, and again after that."""
    place = build.site.place
    names = {
        target.id
        for target in getattr(place.statement, "targets", [])
        if isinstance(target, ast.Name) and getattr(place.statement, "value", None) is build.site.node
    }
    function = place.scope.function
    uses = [
        site
        for site in (function.calls if function is not None else ())
        if isinstance(site.node.func, ast.Attribute)
        and isinstance(site.node.func.value, ast.Name)
        and site.node.func.value.id in names
    ]
    given = [(k.value, site.place) for site in uses for k in site.node.keywords if k.arg in LOGS_IN]
    found = ((analysis.graph.dependence.expression(value, at), at) for value, at in given)
    return len(uses) > 1 and any(_differs(analysis, dep, at) for dep, at in found)


def _differs(analysis: Analysis, found: Dep, place: Place) -> bool:
    """Tells whether no request comes to a place with a value that is the same for all."""
    duties = analysis.graph.duties.of_dependence(found)
    if not duties:
        return duties is None
    proofs = analysis.graph.proofs
    return not any(True for inner in (False, True) for _ in proofs(place, duties, through_constructors=inner))

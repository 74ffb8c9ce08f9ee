"""LPF302: the blueprints of a Flask application keep their rules at start and load their views later."""

from __future__ import annotations

import ast
import json
import re
from importlib.resources import files

from flake8_lambda_perf.dataclass import dataclass
from flake8_lambda_perf.fixes.import_effects import Module, Modules, assigned, dotted, full_name, read_module
from flake8_lambda_perf.fixes.router_calls import Draft, Include, RouterApp, origins_of, resolve
from flake8_lambda_perf.fixes.router_checks import drop_used_elsewhere
from flake8_lambda_perf.fixes.routers import FEW, Refusal, place_of_new, too_few
from flake8_lambda_perf.model import Edit, Fix, NewFile
from flake8_lambda_perf.source import Lines, newline_of

NEW_MODULE = "lazy_blueprints"
APPLICATIONS = frozenset({"flask.Flask", "flask.app.Flask"})
VERBS = frozenset({"delete", "get", "patch", "post", "put"})
BLUEPRINT_OPTIONS = frozenset({"subdomain", "url_defaults", "url_prefix"})
RULE_OPTIONS = frozenset({"defaults", "endpoint", "methods", "provide_automatic_options", "strict_slashes"})
REASON = "the rules move to lazy_blueprints.py: a rule that is later added to a blueprint's module alone is not served"


@dataclass(frozen=True, slots=True)
class Rules:
    """A blueprint as the generated file spells it."""

    variable: str
    """Its name in the generated file."""
    lines: tuple[str, ...]


def plan(app: RouterApp, minimum: int = FEW) -> Fix | Refusal:
    """Make the views of a Flask application's blueprints lazy, or say why it stays as it is."""
    module = read_module(app.module, app.source)
    if module is None:
        return Refusal(f"{app.source.path} cannot be parsed")
    for source in (app.source, *app.others):
        if ".view_functions" in source.text:
            return Refusal(f"{source.path} looks at the application's view functions")
    draft = Draft(app, module, Modules(app.find), origins_of(module))
    rules = _collect(draft)
    drop_used_elsewhere(draft)
    return too_few(draft, minimum, "blueprints") or _fix(draft, rules)


def _fix(draft: Draft, rules: dict[str, Rules]) -> Fix | Refusal:
    from flake8_lambda_perf.fixes.router_edits import removals_of  # LibCST is loaded only when text is made

    source = draft.app.source
    place = place_of_new(draft, NEW_MODULE)
    if isinstance(place, Refusal):
        return place
    new_path, origin = place
    if any(other.path == new_path for other in draft.app.others) or draft.app.find(origin.lstrip(".")) is not None:
        return Refusal(f"{new_path} exists already")
    used = {include.target: rules[include.target] for include in draft.lazy}
    names = sorted({rule.variable for rule in used.values()})
    taken = {name for name in names if name in draft.module.names or re.search(rf"\b{name}\b", source.text)}
    if taken or len(names) != len(used):
        return Refusal(f"{', '.join(sorted(taken)) or 'a name'} means something else in {source.path}")
    newline = newline_of(source.text)
    lines = Lines(source.text)
    edits = [
        Edit(source.path, lines.span(blueprint_of(include.call)), used[include.target].variable)
        for include in draft.lazy
    ]
    removed = removals_of(source, draft.lazy, _import(origin, names, newline))
    if isinstance(removed, str):
        return Refusal(removed)
    total = len(draft.lazy) + len(draft.eager)
    stay = f" ({'; '.join(draft.eager)})" if draft.eager else ""
    body = [line for rule in used.values() for line in ("", *rule.lines)]
    head = (files("flake8_lambda_perf.fixes") / "templates" / f"{NEW_MODULE}.py.txt").read_text("utf-8")
    return Fix(
        title=f"Load the views of {len(draft.lazy)} of {total} blueprints at the first request for one{stay}",
        edits=tuple(sorted([*edits, *removed])),
        creates=(NewFile(new_path, (head + "\n" + "\n".join([*body, ""])).replace("\n", newline)),),
        safety="unsafe",
        reason=REASON,
    )


def _import(origin: str, names: list[str], newline: str) -> str:
    line = f"from {origin} import {', '.join(names)}"
    if len(line) <= 88:
        return line
    return f"from {origin} import ({newline}{''.join(f'    {name},{newline}' for name in names)})"


def blueprint_of(call: ast.Call) -> ast.expr:
    """Return the argument of register_blueprint that names the blueprint."""
    return call.args[0] if call.args else next(k.value for k in call.keywords if k.arg == "blueprint")


def _collect(draft: Draft) -> dict[str, Rules]:
    applications = {
        target.id
        for node in ast.walk(draft.module.tree)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
        if full_name(draft.module.names, dotted(node.value.func)) in APPLICATIONS
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    rules: dict[str, Rules] = {}
    for node in ast.walk(draft.module.tree):
        match node:
            case ast.Expr(value=ast.Call(func=ast.Attribute(attr="register_blueprint", value=owner)) as call):
                judged = _include(draft, call, dotted(owner) if dotted(owner) in applications else "", rules)
                if isinstance(judged, Include):
                    draft.lazy.append(judged)
                else:
                    draft.eager.append(judged)
    return rules


def _include(draft: Draft, call: ast.Call, app: str, rules: dict[str, Rules]) -> Include | str:
    """Read one call and the rules of its blueprint, or say why it stays eager."""
    given = [*call.args[:1], *(keyword.value for keyword in call.keywords if keyword.arg == "blueprint")]
    chain = dotted(given[0]) if given else ""
    if not app:
        return f"`{chain}` is registered with `{ast.unparse(call.func).rpartition('.')[0]}`, no Flask application"
    if not chain:
        return "a blueprint is not registered by its name"
    found = resolve(draft, chain)
    if isinstance(found, str):
        return found
    local, origin, module, name, target = found
    if target not in rules:
        read = _rules(module, name, target)
        if isinstance(read, str):
            return f"`{chain}` stays: {read}"
        rules[target] = read
    return Include(call, app, local, origin, module.name, target, "", "")


def _rules(module: Module, name: str, target: str) -> Rules | str:
    """Spell a blueprint and its rules for the generated file, or say what cannot be carried over."""
    path = module.source.path
    built = [value for bound, value in assigned(module.tree) if bound == name]
    if name not in module.blueprints or len(built) != 1 or not isinstance(built[0], ast.Call):
        return f"it is not one plain Blueprint of {path}"
    call = built[0]
    options = _literals(call.keywords, BLUEPRINT_OPTIONS)
    match call.args:
        case [ast.Constant(value=str(title)), ast.Name(id="__name__")] if options is not None:
            variable = re.sub(r"\W", "_", title) + "_blueprint"
            arguments = ", ".join([f'"{target}"', _spell(title), *options])
        case _:
            return f"{path}:{call.lineno} builds it with more than a name, __name__ and a literal prefix"
    lines = [f"{variable} = lazy_blueprint({arguments})"]
    seen = 1
    for statement in module.tree.body:
        if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        routes = [decorator for decorator in statement.decorator_list if _uses(decorator, name)]
        if routes != statement.decorator_list[: len(routes)] or (routes and not _is_unique(module, statement.name)):
            return f"{path}:{statement.lineno} does not register {statement.name} as the module names it"
        for decorator in reversed(routes):
            rule = _rule(decorator, name, variable, target.partition(":")[0], statement.name)
            if rule is None:
                return f"{path}:{decorator.lineno} is no route with a literal rule"
            lines.append(rule)
            seen += 1
    if sum(isinstance(node, ast.Name) and node.id == name for node in ast.walk(module.tree)) != seen:
        return f"{path} uses `{name}` for more than routes"
    return Rules(variable, tuple(lines))


def _rule(decorator: ast.expr, name: str, variable: str, module: str, function: str) -> str | None:
    """Spell one `@bp.route(...)` as an add_url_rule, None if it is anything else."""
    match decorator:
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id=owner), attr=attr), args=[ast.Constant(value=str(rule))]
        ) if owner == name and (attr == "route" or attr in VERBS):
            options = _literals(decorator.keywords, RULE_OPTIONS)
            if options is None or (attr in VERBS and any(keyword.arg == "methods" for keyword in decorator.keywords)):
                return None
            methods = [f'methods=["{attr.upper()}"]'] if attr in VERBS else []
            view = f'view_func=LazyView("{module}", "{function}")'
            return f"{variable}.add_url_rule({', '.join([_spell(rule), view, *methods, *options])})"
    return None


def _literals(keywords: list[ast.keyword], allowed: frozenset[str]) -> list[str] | None:
    """Spell keyword arguments that are literals, None if one is not or is not allowed."""
    spelled = []
    for keyword in keywords:
        try:
            value = ast.literal_eval(keyword.value)
        except ValueError:
            return None
        if keyword.arg not in allowed:
            return None
        spelled.append(f"{keyword.arg}={_spell(value)}")
    return spelled


def _spell(value: object) -> str:
    """Return a literal with double quotes where it is text, or a sequence of texts."""
    match value:
        case str():
            return json.dumps(value, ensure_ascii=False)
        case list():
            return f"[{', '.join(map(_spell, value))}]"
        case tuple():
            return f"({', '.join(map(_spell, value))}{',' * (len(value) == 1)})"
        case dict():
            return f"{{{', '.join(f'{_spell(key)}: {_spell(entry)}' for key, entry in value.items())}}}"
        case set() | frozenset():
            return f"{{{', '.join(sorted(map(_spell, value)))}}}" if value else "set()"
    return repr(value)


def _uses(decorator: ast.expr, name: str) -> bool:
    return any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(decorator))


def _is_unique(module: Module, function: str) -> bool:
    """Tell whether a function's name is bound once in its module, so that the name finds it later."""
    definitions = sum(
        isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and node.name == function
        for node in module.tree.body
    )
    stores = any(
        isinstance(node, ast.Name) and node.id == function and not isinstance(node.ctx, ast.Load)
        for node in ast.walk(module.tree)
    )
    return definitions == 1 and not stores and function not in module.names

"""The codemod of LPF302: what it writes, what it leaves alone, and that the result answers as before."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from router_projects import edited

from flake8_lambda_perf.fixes.blueprints import REASON, plan
from flake8_lambda_perf.fixes.routers import Refusal, RouterApp
from flake8_lambda_perf.model import Fix
from flake8_lambda_perf.source import SourceFile

TEMPLATE = Path(__file__).parents[1] / "flake8_lambda_perf" / "fixes" / "templates" / "lazy_blueprints.py.txt"
GOOD = ("a", "b", "c", "d")
VIEWS = """from flask import Blueprint, request, url_for

bp = Blueprint("{0}", __name__, url_prefix="/{0}")


@bp.route("/")
def home():
    known = [request.blueprint, request.blueprints, request.endpoint]
    return [*known, url_for(".one", number=3), url_for("z.save", key="k")]


@bp.get("/<int:number>")
def one(number):
    return {{"number": number, "module": __name__}}
"""
ODD = """import logging
from functools import wraps

from flask import Blueprint, abort

things = Blueprint("z", __name__)
logger = logging.getLogger(__name__)


def checked(view):
    @wraps(view)
    def inner(**values):
        if values.get("key") == "no":
            abort(403)
        return view(**values)

    return inner


@things.route("/save/<key>", methods=("PUT", "POST"))
@things.route("/old/<key>", endpoint="old_save", defaults={"kind": "old"}, strict_slashes=False)
@checked
def save(key, kind="new"):
    return {"key": key, "kind": kind}


@things.post("/async")
def posted():
    return "posted", 201
"""
MAIN = """from flask import Flask

from shop.views import a, b
from shop.views.c import bp as c_bp
from shop.views.d import bp as d_bp  # noqa: E402
from shop.views import z

app = Flask(__name__)
app.register_blueprint(a.bp)
app.register_blueprint(b.bp, url_prefix="/bee")
app.register_blueprint(
    c_bp,  # the third
    name_prefix="pre",
)
app.register_blueprint(d_bp)
app.register_blueprint(blueprint=z.things, url_prefix="/z")


@app.errorhandler(404)
def missing(error):
    return "nothing here", 404
"""


def project(main: str = MAIN, **files: str) -> dict[str, str]:
    made = {"shop/__init__.py": "", "shop/views/__init__.py": "", "shop/main.py": main, "shop/views/z.py": ODD}
    made.update({f"shop/views/{name}.py": VIEWS.format(name) for name in GOOD})
    made.update({f"{name.replace('__', '/')}.py": text for name, text in files.items()})
    return made


def planned(made: dict[str, str], minimum: int = 4) -> Fix | Refusal:
    sources = {name: SourceFile(name, text, "utf-8", bom=False) for name, text in made.items()}

    def find(name: str) -> SourceFile | None:
        base = name.replace(".", "/")
        return sources.get(f"{base}.py") or sources.get(f"{base}/__init__.py")

    others = tuple(source for name, source in sources.items() if name != "shop/main.py")
    return plan(RouterApp(sources["shop/main.py"], "shop.main", find, others), minimum)


def test_rules_move_to_one_file_and_the_calls_stay() -> None:
    fix = planned(project())
    assert isinstance(fix, Fix)
    assert edited(fix, MAIN) == MAIN.replace(
        """from shop.views import a, b
from shop.views.c import bp as c_bp
from shop.views.d import bp as d_bp  # noqa: E402
from shop.views import z
""",
        """from shop.lazy_blueprints import (
    a_blueprint,
    b_blueprint,
    c_blueprint,
    d_blueprint,
    z_blueprint,
)
""",
    ).replace("(a.bp", "(a_blueprint").replace("(b.bp", "(b_blueprint").replace("(d_bp", "(d_blueprint").replace(
        "    c_bp,", "    c_blueprint,"
    ).replace("z.things", "z_blueprint")
    assert (fix.title, fix.safety, fix.reason) == (
        "Load the views of 5 of 5 blueprints at the first request for one",
        "unsafe",
        REASON,
    )


def test_the_generated_file_spells_every_rule() -> None:
    fix = planned(project())
    assert isinstance(fix, Fix)
    plain = "".join(
        f"""
{name}_blueprint = lazy_blueprint("shop.views.{name}:bp", "{name}", url_prefix="/{name}")
{name}_blueprint.add_url_rule("/", view_func=LazyView("shop.views.{name}", "home"))
{name}_blueprint.add_url_rule("/<int:number>", view_func=LazyView("shop.views.{name}", "one"), methods=["GET"])
"""
        for name in GOOD
    )
    view = 'view_func=LazyView("shop.views.z", "save")'
    odd = f"""
z_blueprint = lazy_blueprint("shop.views.z:things", "z")
z_blueprint.add_url_rule("/old/<key>", {view}, endpoint="old_save", defaults={{"kind": "old"}}, strict_slashes=False)
z_blueprint.add_url_rule("/save/<key>", {view}, methods=("PUT", "POST"))
z_blueprint.add_url_rule("/async", view_func=LazyView("shop.views.z", "posted"), methods=["POST"])
"""
    assert [(new.path, new.text) for new in fix.creates] == [
        ("shop/lazy_blueprints.py", f"{TEMPLATE.read_text('utf-8')}\n{plain}{odd}")
    ]


STAYS = {
    "hook": ("@things.before_request\ndef hook(): pass\n", "shop/views/z.py:31 is no route with a literal rule"),
    "error handler": (
        "@things.errorhandler(404)\ndef handle(error): pass\n",
        "shop/views/z.py:31 is no route with a literal rule",
    ),
    "url processor": ("things.url_defaults(print)\n", "shop/views/z.py uses `things` for more than routes"),
    "nested": ("things.register_blueprint(None)\n", "shop/views/z.py uses `things` for more than routes"),
    "dynamic rule": (
        "@things.route('/' + __name__)\ndef other(): pass\n",
        "shop/views/z.py:31 is no route with a literal rule",
    ),
    "dynamic option": (
        "@things.route('/x', methods=METHODS)\ndef other(): pass\n",
        "shop/views/z.py:31 is no route with a literal rule",
    ),
    "endpoint option": (
        "@things.route('/x', host='h')\ndef other(): pass\n",
        "shop/views/z.py:31 is no route with a literal rule",
    ),
    "decorator outside of the route": (
        "@checked\n@things.route('/x')\ndef other(): pass\n",
        "shop/views/z.py:33 does not register other as the module names it",
    ),
    "name that is bound again": (
        "@things.route('/x')\ndef save(): pass\n",
        "shop/views/z.py:23 does not register save as the module names it",
    ),
    "class based view": (
        "things.add_url_rule('/x', view_func=print)\n",
        "shop/views/z.py uses `things` for more than routes",
    ),
    "effect": ("import os\nos.umask(2)\n", "shop/views/z.py:32 does more than define things"),
}


@pytest.mark.parametrize("title", STAYS)
def test_a_blueprint_that_cannot_be_carried_over_stays_eager(title: str) -> None:
    more, reason = STAYS[title]
    fix = planned(project(shop__views__z=f"{ODD}\n{more}"))
    assert isinstance(fix, Fix)
    subject = "z" if title == "effect" else "z.things"
    assert fix.title == (
        f"Load the views of 4 of 5 blueprints at the first request for one (`{subject}` stays: {reason})"
    )
    assert "z.things" in edited(fix, MAIN)


@pytest.mark.parametrize(
    "option", ["template_folder='t'", "static_folder='s'", "static_url_path='/s'", "root_path='r'", "url_prefix=PREFIX"]
)
def test_a_blueprint_with_folders_or_a_dynamic_prefix_stays_eager(option: str) -> None:
    fix = planned(project(shop__views__z=ODD.replace('"z", __name__', f'"z", __name__, {option}')))
    assert isinstance(fix, Fix)
    assert fix.title.endswith(
        "(`z.things` stays: shop/views/z.py:6 builds it with more than a name, __name__ and a literal prefix)"
    )


REFUSED = {
    "few": ({"minimum": 6}, {}, "only 5 of 5 blueprints can be loaded later"),
    "view functions are read": (
        {},
        {"shop__cli": "def show(app): print(app.view_functions)\n"},
        "shop/cli.py looks at the application's view functions",
    ),
    "file is there": ({}, {"shop__lazy_blueprints": ""}, "shop/lazy_blueprints.py exists already"),
    "name is taken": (
        {},
        {"shop__main": f"{MAIN}\na_blueprint = 1\n"},
        "a_blueprint means something else in shop/main.py",
    ),
    "comment beside an import": (
        {},
        {"shop__main": MAIN.replace("# noqa: E402", "# the fourth")},
        "shop/main.py:5 has a comment, or another statement, beside an import that would go",
    ),
    "no code": ({}, {"shop__main": "app = (\n"}, "shop/main.py cannot be parsed"),
}


@pytest.mark.parametrize("title", REFUSED)
def test_an_application_that_must_stay_says_why(title: str) -> None:
    options, files, reason = REFUSED[title]
    assert planned(project(**files), **options) == Refusal(reason)


CALLED = {
    "with another object": (
        "group.register_blueprint(z.things)",
        "`z.things` is registered with `group`, no Flask application",
    ),
    "by an expression": ("app.register_blueprint(z.things or None)", "a blueprint is not registered by its name"),
    "without one": ("app.register_blueprint()", "a blueprint is not registered by its name"),
    "that is made twice": (
        "app.register_blueprint(z.twice)",
        "`z.twice` stays: it is not one plain Blueprint of shop/views/z.py",
    ),
}


@pytest.mark.parametrize("title", CALLED)
def test_a_blueprint_that_is_registered_otherwise_stays_eager(title: str) -> None:
    call, reason = CALLED[title]
    main = MAIN.replace('app.register_blueprint(blueprint=z.things, url_prefix="/z")', f"group = app\n{call}")
    fix = planned(project(main, shop__views__z=f"{ODD}\ntwice = things\ntwice = Blueprint('t', __name__)\n"))
    assert isinstance(fix, Fix)
    assert fix.title == f"Load the views of 4 of 5 blueprints at the first request for one ({reason})"


def test_a_blueprint_that_is_registered_twice_has_its_rules_once() -> None:
    more = 'app.register_blueprint(z.things, name="again", url_prefix="/again")\n'
    fix = planned(project(f"{MAIN}\n{more}"))
    assert isinstance(fix, Fix)
    assert edited(fix, f"{MAIN}\n{more}").endswith(f"\n{more.replace('z.things', 'z_blueprint')}")
    assert fix.creates[0].text.count("z_blueprint = ") == 1


def test_options_of_every_kind_are_spelled() -> None:
    given = "defaults={'a': ['b'], 'c': {'e', 'd'}, 'f': set(), 'g': ('h',), 'i': None}"
    fix = planned(project(shop__views__z=f"{ODD}\n@things.route('/x', {given})\ndef other(**k): return 'x'\n"))
    assert isinstance(fix, Fix)
    assert fix.creates[0].text.endswith(
        'z_blueprint.add_url_rule("/x", view_func=LazyView("shop.views.z", "other"), '
        'defaults={"a": ["b"], "c": {"d", "e"}, "f": set(), "g": ("h",), "i": None})\n'
    )


def test_an_application_outside_of_the_folder_of_its_blueprints_is_left_alone() -> None:
    texts = {f"libs/{path}": text for path, text in project().items()} | {"service/main.py": MAIN}
    sources = {path: SourceFile(path, text, "utf-8", bom=False) for path, text in texts.items()}

    def find(name: str) -> SourceFile | None:
        base = f"libs/{name.replace('.', '/')}"
        return sources.get(f"{base}.py") or sources.get(f"{base}/__init__.py")

    assert plan(RouterApp(sources["service/main.py"], "main", find, ()), 4) == Refusal(
        "service/main.py lies outside of the folder its absolute imports start from"
    )


PROBE = """
import importlib, itertools, json, sys
main = importlib.import_module("shop.main")
at_start = sorted(name for name in sys.modules if name.startswith("shop.views."))
client = main.app.test_client()
seen = []
paths = "a/ a a/5 a/x bee/ b/ z/save/k z/save/no z/old/q z/old/q/ z/async nothing".split()
for path, method in itertools.product(paths, ("GET", "POST", "HEAD", "OPTIONS", "PUT")):
    answer = client.open("/" + path, method=method)
    allowed = sorted(answer.headers.get("Allow", "").split(", "))
    seen.append([method, path, answer.status_code, allowed, answer.headers.get("Location"), answer.text])
loaded = sorted(name for name in sys.modules if name.startswith("shop.views."))
with main.app.test_request_context():
    from flask import url_for
    urls = [url_for("d.one", number=1), url_for("z.old_save", key="x"), url_for("b.home")]
rules = main.app.url_map.iter_rules()
rules = [[r.rule, r.endpoint, sorted(r.methods), str(r.defaults), r.strict_slashes] for r in rules]
same = [seen, urls, rules, sorted(main.app.blueprints)]
print(json.dumps({"at_start": at_start, "loaded": loaded, "same": same}))
"""
CHECK = "import shop.lazy_blueprints as lazy\nlazy.check_lazy_blueprints()\n"
NEEDS_FLASK = pytest.mark.skipif(not importlib.util.find_spec("flask"), reason="needs flask")


def run(folder: Path, code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )


def outcome(folder: Path) -> Any:
    done = run(folder, PROBE)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def write(folder: Path) -> tuple[dict[str, str], Fix]:
    made = project(MAIN.replace('    name_prefix="pre",\n', '    url_prefix="/cee",\n'))
    for name, text in made.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    fix = planned(made)
    assert isinstance(fix, Fix)
    return made, fix


def apply(folder: Path, made: dict[str, str], fix: Fix) -> None:
    (folder / "shop/main.py").write_text(edited(fix, made["shop/main.py"]), "utf-8")
    for new in fix.creates:
        (folder / new.path).write_text(new.text, "utf-8")


@NEEDS_FLASK
def test_lazy_blueprints_answer_as_eager_ones(tmp_path: Path) -> None:
    made, fix = write(tmp_path)
    eager = outcome(tmp_path)
    apply(tmp_path, made, fix)
    lazy = outcome(tmp_path)
    assert lazy["same"] == eager["same"]
    by_path: dict[str, list[int]] = {}
    for _, path, status, *_ in eager["same"][0]:
        by_path.setdefault(path, []).append(status)
    assert by_path == {
        "a/": [200, 405, 200, 200, 405],
        "a": [308, 404, 308, 308, 404],
        "a/5": [200, 405, 200, 200, 405],
        "a/x": [404] * 5,
        "bee/": [200, 405, 200, 200, 405],
        "b/": [404] * 5,
        "z/save/k": [405, 200, 405, 200, 200],
        "z/save/no": [405, 403, 405, 200, 403],
        "z/old/q": [200, 405, 200, 200, 405],
        "z/old/q/": [200, 405, 200, 200, 405],
        "z/async": [405, 201, 405, 200, 405],
        "nothing": [404] * 5,
    }
    assert (len(eager["at_start"]), lazy["at_start"]) == (5, [])
    assert lazy["loaded"] == ["shop.views.a", "shop.views.b", "shop.views.z"]


@NEEDS_FLASK
def test_the_check_finds_a_rule_that_is_only_in_the_module(tmp_path: Path) -> None:
    made, fix = write(tmp_path)
    apply(tmp_path, made, fix)
    assert run(tmp_path, CHECK).returncode == 0
    with (tmp_path / "shop/views/a.py").open("a", encoding="utf-8") as module:
        module.write('\n\n@bp.get("/new")\ndef new():\n    return "new"\n')
    done = run(tmp_path, CHECK)
    assert done.stderr.splitlines()[-1] == (
        "AssertionError: shop.views.a: shop.lazy_blueprints lacks "
        "[('/a/new', 'a.new', ('GET', 'HEAD', 'OPTIONS'), '{} True')] and has [] that are not there"
    )

"""From the handler strings of manifests to functions, as the runtime finds them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from marked import files_of

from flake8_lambda_perf.config import Settings
from flake8_lambda_perf.manifests import Deployed
from flake8_lambda_perf.project.analysis import Analysis
from flake8_lambda_perf.project.load import Project

if TYPE_CHECKING:
    from flake8_lambda_perf.model import Unresolved

MANIFEST = "template.yaml"
FUNCTION = "def handler(event, context):\n    return event\n"


def deployed(
    handler: str,
    root: str | None = "",
    manifest: str = MANIFEST,
    layers: tuple[str, ...] = (),
    memory: int | None = 512,
) -> Deployed:
    return Deployed(
        handler=handler,
        root=root,
        manifest=manifest,
        line=3,
        resource="F",
        runtime="python3.13",
        memory=memory,
        timeout=None,
        snapstart=False,
        vpc=False,
        provisioned_concurrency=False,
        layers=layers,
    )


def analysed(files: str | dict[str, str], *declared: Deployed, handlers: tuple[str, ...] = ()) -> Analysis:
    named = files_of(files) if isinstance(files, str) else files
    overlay = {name: text.encode() for name, text in named.items()}
    layers = sorted({layer for each in declared for layer in each.layers})
    project = Project(Path("nowhere"), (), overlay, layers)
    return Analysis(project, declared, Settings(handlers=handlers))


def found(analysis: Analysis) -> list[tuple[str, int, str, str]]:
    """Where each handler is, and how sure that is."""
    handlers = sorted((entry.handler for entry in analysis.entries), key=lambda h: (h.path, h.line))
    return [(h.path, h.line, h.qualified_name, h.confidence) for h in handlers]


def reasons(analysis: Analysis) -> list[str]:
    unresolved: list[Unresolved] = analysis.unresolved
    assert all((each.path, each.line, each.resource) == (MANIFEST, 3, "F") for each in unresolved)
    return [each.reason for each in unresolved]


@pytest.mark.parametrize(
    ("handler", "root", "path"),
    [
        ("app.handler", "", "app.py"),
        ("src/app.handler", "", "src/app.py"),
        ("src.app.handler", "", "src/app.py"),
        ("src/orders.app.handler", "", "src/orders/app.py"),
        ("./src/app.handler", "", "src/app.py"),
        ("../shared/app.handler", "infra", "shared/app.py"),
        ("app.handler", "code/orders", "code/orders/app.py"),
        ("my-function/app.handler", "", "my-function/app.py"),
        ("app.handler", "", "app/__init__.py"),
    ],
)
def test_module_is_found_by_dots_slashes_and_packages(handler: str, root: str, path: str) -> None:
    analysis = analysed({path: FUNCTION}, deployed(handler, root))
    assert (found(analysis), reasons(analysis)) == ([(path, 1, "handler", "declared")], [])


def test_package_is_imported_before_a_module_of_its_name() -> None:
    files = {"app/__init__.py": FUNCTION, "app.py": "def handler():\n    return 1\n"}
    assert found(analysed(files, deployed("app.handler"))) == [("app/__init__.py", 1, "handler", "declared")]


def test_module_may_lie_in_a_layer() -> None:
    files = {"layer/python/app.py": FUNCTION}
    analysis = analysed(files, deployed("app.handler", "src", layers=("layer",)))
    assert found(analysis) == [("layer/python/app.py", 1, "handler", "declared")]


NAMES = {
    "another module": ("from src.main import run as handler", "src/main.py", 1, "run"),
    "a package's own": ("from .main import *", "src/main.py", 1, "run"),
    "decorated": (
        "import functools\n\ndef wrap(f):\n    return f\n\n@wrap\ndef handler(event, context):\n    return 1",
        "app.py",
        7,
        "handler",
    ),
    "alias": ("from src.main import run\nhandler = run", "src/main.py", 1, "run"),
    "method of an instance": (
        "class App:\n    def answer(self, event, context):\n        return 1\n\nhandler = App().answer",
        "app.py",
        2,
        "App.answer",
    ),
    "callable instance": (
        "class App:\n    def __call__(self, event, context):\n        return 1\n\nhandler = App()",
        "app.py",
        2,
        "App.__call__",
    ),
    "adapter": ("from mangum import Mangum\nhandler = Mangum(None)", "app.py", 2, "handler"),
    "result of something unknown": ("from elsewhere import make\n\nhandler = make()", "app.py", 3, "handler"),
    "name of another distribution": ("from elsewhere import handler", "app.py", 1, "handler"),
    "lambda": ("handler = lambda event, context: event", "app.py", 1, "<lambda>"),
}


@pytest.mark.parametrize(("text", "path", "line", "name"), NAMES.values(), ids=NAMES.keys())
def test_name_is_followed_to_what_is_called(text: str, path: str, line: int, name: str) -> None:
    wanted = "run" if "*" in text else "handler"
    module = "src/__init__.py" if "from ." in text else "app.py"
    main = "def run(event, context):\n    return event\n"
    files = {module: text + "\n", "src/main.py": main}
    analysis = analysed(files, deployed("src.run" if module.startswith("src") else f"app.{wanted}"))
    assert [each for each in found(analysis) if each[3] == "declared"] == [(path, line, name, "declared")]
    assert reasons(analysis) == []


def test_an_object_that_a_manifest_declares_is_no_second_handler_by_its_looks() -> None:
    """What its deployment says would not hold of the second: no rule could rest on it."""
    text = "from mangum import Mangum\nhandler = Mangum(None)\nother = Mangum(None)\n"
    analysis = analysed({"app.py": text}, deployed("app.handler"), deployed("app.handler"))
    assert found(analysis) == [
        ("app.py", 2, "handler", "declared"),
        ("app.py", 2, "handler", "declared"),
        ("app.py", 3, "other", "conventional"),
    ]


def test_each_branch_that_defines_the_name_is_the_handler() -> None:
    text = "import os\n\nif os.environ:\n    def handler(e, c): pass\nelse:\n    def handler(e, c): return 1\n"
    assert [each[1] for each in found(analysed({"app.py": text}, deployed("app.handler")))] == [4, 6]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("def other(event, context):\n    return 1\n", "app.py defines no `handler`"),
        ("import os as handler\n", None),
        ("import helpers as handler\n", "app.py defines no `handler`"),
        ("handler = 'text'\n", "app.py defines no `handler`"),
        ("from elsewhere import *\n", "app.py defines no `handler`"),
        ("def (\n", "app.py cannot be read"),
    ],
)
def test_what_is_no_function_is_unresolved_with_its_reason(text: str, reason: str | None) -> None:
    analysis = analysed({"app.py": text, "helpers.py": ""}, deployed("app.handler"))
    assert reasons(analysis) == ([] if reason is None else [reason])


def test_function_in_a_file_that_another_python_reads_is_where_it_is_written() -> None:
    files = {"app.py": "x = 1\ndef handler(event, context):\n    print event\n"}
    analysis = analysed(files, deployed("app.handler"))
    assert (found(analysis), reasons(analysis)) == ([("app.py", 2, "handler", "declared")], [])


def test_only_module_that_fits_is_taken_with_less_confidence() -> None:
    files = {
        "code/app.py": FUNCTION,
        "code/other/app.py": "def run():\n    return 1\n",
        "tests/app.py": FUNCTION,
    }
    analysis = analysed(files, deployed("app.handler", None, "infra/template.yaml"))
    assert (found(analysis), analysis.unresolved) == ([("code/app.py", 1, "handler", "conventional")], [])
    assert [entry.handler.memory for entry in analysis.entries] == [512]


def test_modules_below_the_manifest_come_before_those_elsewhere() -> None:
    files = {"one/src/app.py": FUNCTION, "two/src/app.py": FUNCTION}
    analysis = analysed(files, deployed("app.handler", None, "two/template.yaml"))
    handlers = [entry.handler for entry in analysis.entries]
    assert [(handler.path, handler.memory) for handler in handlers] == [
        ("two/src/app.py", 512),
        ("one/src/app.py", None),
    ]


def test_modules_beside_the_manifests_folder_come_before_those_elsewhere_and_neighbours_do_not() -> None:
    files = {"services/one/src/app.py": FUNCTION, "services/two/src/app.py": FUNCTION}
    near = analysed(files, deployed("app.handler", None, "services/two/infra/template.yaml"))
    assert [entry.handler.path for entry in near.entries if entry.handler.memory] == ["services/two/src/app.py"]
    far = analysed({**files, "other/app.py": FUNCTION}, deployed("app.handler", None, "services/three/infra/t.yaml"))
    fitting = "other/app.py, services/one/src/app.py, services/two/src/app.py"
    assert [each.reason for each in far.unresolved] == [
        f"the manifest does not say where its code is, and several modules fit: {fitting}"
    ]


def test_code_that_is_said_to_lie_near_is_not_looked_for_far_away() -> None:
    files = {"far/app.py": FUNCTION}
    manifest = "services/one/template.yaml"
    stated = analysed(files, deployed("app.handler", "services/one/src", manifest))
    assert [each.reason for each in stated.unresolved] == [
        "there is no `app` below `services/one/src`, and no module fits"
    ]
    unknown = analysed(files, deployed("app.handler", None, manifest))
    assert found(unknown) == [("far/app.py", 1, "handler", "conventional")]


def test_what_another_manifest_declares_is_not_taken_for_what_this_one_means() -> None:
    files = {"one/app.py": FUNCTION}
    own, other = deployed("app.handler", "one", "one/template.yaml"), deployed("app.handler", None)
    below = deployed("app.handler", None, "one/prod.yaml", memory=1024)
    assert reasons(analysed(files, own, other)) == [
        "the manifest does not say where its code is, and another manifest declares one/app.py"
    ]
    handlers = [entry.handler for entry in analysed(files, own, below).entries]
    assert [(handler.confidence, handler.memory) for handler in handlers] == [("declared", 512), ("conventional", 1024)]


def test_manifests_of_two_stages_may_mean_the_same_function() -> None:
    prod, dev = (deployed("app.handler", None, f"infra/{stage}/template.yaml") for stage in ("prod", "dev"))
    assert [each[3] for each in found(analysed({"app.py": FUNCTION}, prod, dev))] == ["conventional", "conventional"]


def test_several_modules_that_fit_are_handlers_whose_deployment_is_not_known() -> None:
    helper = "def handler(message):\n    return message\n"
    files = {"a/app.py": FUNCTION, "b/app.py": FUNCTION, "c/app.py": helper}
    analysis = analysed(files, deployed("app.handler", "gone"))
    assert reasons(analysis) == [
        "there is no `app` below `gone`, and several modules fit: a/app.py, b/app.py, c/app.py"
    ]
    handlers = [entry.handler for entry in analysis.entries]
    assert [(handler.path, handler.confidence, handler.evidence, handler.memory) for handler in handlers] == [
        (f"{folder}/app.py", "conventional", "one of 3 that may be F in template.yaml", None) for folder in "ab"
    ]


def test_function_that_two_manifests_deploy_is_listed_for_each() -> None:
    prod, dev = deployed("app.handler"), deployed("app.handler", manifest="dev.yaml", memory=128)
    analysis = analysed({"app.py": FUNCTION}, prod, dev)
    assert [(e.handler.evidence, e.handler.memory) for e in analysis.entries] == [
        ("F in template.yaml", 512),
        ("F in dev.yaml", 128),
    ]
    (function,) = analysis.handler_of
    assert analysis.handler_of[function].memory == 512
    steps = [entry.handler.deployed for entry in analysis.entries]
    assert [step.path for step in steps if step is not None] == [MANIFEST, "dev.yaml"]


def test_settings_name_a_function_by_its_path_or_by_its_only_module() -> None:
    files = {"src/jobs/nightly.py": "def run():\n    return 1\n", "deep/down/api.py": FUNCTION, "api2.py": "x = 1\n"}
    analysis = analysed(files, handlers=("jobs.nightly:run", "api:handler", "api2:handler", "gone:handler"))
    assert [each for each in found(analysis) if each[3] == "named"] == [
        ("deep/down/api.py", 1, "handler", "named"),
        ("src/jobs/nightly.py", 1, "run", "named"),
    ]
    assert [problem.message for problem in analysis.problems] == [
        "handlers names `api2:handler`: the module has no such function; write it as package.module:function",
        "handlers names `gone:handler`: no such module; write it as package.module:function",
    ]


ROUTES = """\
import boto3
from fastapi import FastAPI
from mangum import Mangum

app = FastAPI()


@app.get("/orders")
def orders():
    return boto3.client("s3")


handler = Mangum(app)


def nightly(event, context):
    return 1
"""


def memory_of_routes(analysis: Analysis) -> list[int | None]:
    """The memory that the handlers have which are routes."""
    return [handler.memory for handler in analysis.handler_of.values() if handler.evidence.startswith("route")]


def test_a_route_has_what_the_function_says_that_serves_its_application() -> None:
    assert memory_of_routes(analysed({"app.py": ROUTES}, deployed("app.handler"), deployed("app.nightly"))) == [512]


def test_a_route_of_two_functions_has_what_neither_says() -> None:
    server, smaller = deployed("app.handler"), deployed("app.handler", memory=128)
    assert memory_of_routes(analysed({"app.py": ROUTES}, server, smaller)) == [None]


def test_a_route_of_an_application_that_nothing_declares_has_nothing() -> None:
    assert memory_of_routes(analysed({"app.py": ROUTES}, deployed("app.nightly"))) == [None]

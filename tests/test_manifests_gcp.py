"""What commands, build steps and GitHub's action deploy to Google Cloud, and what `firebase.json` does."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from manifest_files import project
from places import said

from flake8_lambda_perf.manifests import Deployed, read
from flake8_lambda_perf.model import Problem, Said

if TYPE_CHECKING:
    from pathlib import Path

MAIN = "def load(request): ...\n"
DECORATED = "import functions_framework\n\n\n@functions_framework.http\ndef load(request): ...\n"
PLAIN = Deployed(
    handler="main.load",
    root="",
    manifest="deploy.sh",
    line=1,
    resource="load",
    runtime=None,
    memory=None,
    timeout=None,
    snapstart=False,
    vpc=False,
    provisioned_concurrency=False,
    platform="google",
)


def functions(root: Path, name: str) -> list[tuple[str, str | None, int]]:
    """The handlers that are found, with their folder and the line that deploys them."""
    deployed, problems = read(root, [name])
    assert problems == ()
    return [(each.handler, each.root, each.line) for each in deployed]


SCRIPT = """\
#!/bin/sh
MEMORY=512Mi
# gcloud functions deploy no --runtime=python312
gcloud functions deploy orders \\
  --gen2 --runtime=python312 \\
  --source="functions/orders" \\
  --entry-point load \\
  --memory=$MEMORY \\
  --timeout=9m30s \\
  --concurrency=80 \\
  --trigger-topic=orders \\
  --set-env-vars="TABLE=or,LEVEL=$LEVEL,MORE=orders" && echo done
gcloud functions deploy pages --runtime nodejs20 --trigger-http
"""


def test_a_command_names_function_folder_and_settings(tmp_path: Path) -> None:
    root = project(tmp_path, {"deploy.sh": SCRIPT, "functions/orders/main.py": DECORATED})

    def fact(name: str, value: str | int | bool | None, before: str, literal: str = "") -> Said:
        return said(name, value, "deploy.sh", SCRIPT, before, literal)

    expected = replace(
        PLAIN,
        root="functions/orders",
        line=4,
        resource="orders",
        runtime="python312",
        memory=512,
        timeout=570,
        concurrent=True,
        said=(
            fact("runtime", "python312", "--gen2 --runtime=", "python312"),
            fact("memory", 512, "load \\\n  "),
            fact("timeout", 570, "--timeout=", "9m30s"),
            fact("concurrent", True, "--concurrency=", "80"),
            fact("trigger", "pubsub", "80 \\\n  "),
            fact("environment.TABLE", "or", "TABLE=", "or"),
            fact("environment.LEVEL", None, "topic=orders \\\n  "),
            fact("environment.MORE", "orders", "MORE=", "orders"),
        ),
    )
    assert read(root, ["deploy.sh"]) == ((expected,), ())


PLACES = {
    "beside the script": ("a/deploy.sh", "gcloud functions deploy load --trigger-http", "a/main.py", "a"),
    "from the project's root": ("ci/deploy.sh", "gcloud functions deploy load --source=./src", "src/main.py", "src"),
    "in the folder that is entered": (
        "deploy.sh",
        "cd src/load && gcloud beta functions deploy load",
        "src/load/main.py",
        "src/load",
    ),
    "below the script's own folder": (
        "ci/deploy.sh",
        'HERE="$( cd "$( dirname "${BASH_SOURCE[0]}" )" && pwd )"\ngcloud functions deploy load --source=$HERE/../src',
        "src/main.py",
        "src",
    ),
    "in a workflow's folder": (
        ".github/workflows/a.yml",
        "steps:\n- run: gcloud functions deploy load\n  working-directory: src\n",
        "src/main.py",
        None,
    ),
    "in a workflow's folder said before": (
        ".github/workflows/a.yml",
        "steps:\n- working-directory: src\n  run: >-\n    gcloud functions deploy load\n    --runtime=python313\n",
        "src/main.py",
        "src",
    ),
    "as a service with a function": (
        "deploy.sh",
        "gcloud run deploy shop --source=. --function=load --base-image=python313",
        "main.py",
        "",
    ),
}


@pytest.mark.parametrize(("name", "command", "code", "root"), PLACES.values(), ids=PLACES.keys())
def test_the_code_is(name: str, command: str, code: str, root: str | None, tmp_path: Path) -> None:
    found = functions(project(tmp_path, {name: command + "\n", code: MAIN}), name)
    assert [(handler, folder) for handler, folder, _ in found] == ([] if root is None else [("main.load", root)])


LEFT = {
    "a function that an argument names": "gcloud functions deploy $1 --runtime=python313",
    "a function of a loop": "F=load\nfor F in a b; do\n  gcloud functions deploy $F --runtime=python313\ndone",
    "what a branch decides": 'if x; then\n  F=load\nelse\n  F=a\nfi\ngcloud functions deploy "$F" --runtime=python313',
    "what a command gives": "F=$(cat name)\ngcloud functions deploy $F --runtime=python313",
    "variables of themselves": "F=$F$F\ngcloud functions deploy $F --runtime=python313",
    "a name that is none": "gcloud functions deploy load-orders --runtime=python313",
    "a service": "gcloud run deploy load --source=. --base-image=python313",
    "an unknown language without code": "gcloud functions deploy other --trigger-http",
    "a sentence": 'echo "gcloud functions deploy load --runtime=python313"',
    "another command": "gcloud functions describe load",
}


@pytest.mark.parametrize("text", LEFT.values(), ids=LEFT.keys())
def test_left_alone_is(text: str, tmp_path: Path) -> None:
    assert read(project(tmp_path, {"deploy.sh": text + "\n", "main.py": MAIN}), ["deploy.sh"]) == ((), ())


def test_a_function_whose_code_is_elsewhere_is_still_deployed(tmp_path: Path) -> None:
    text = "gcloud functions deploy load --runtime=python313 --source=gs://code/load.zip\n"
    root = project(tmp_path, {"deploy.sh": text, "main.py": "def other(request): ...\n"})
    assert functions(root, "deploy.sh") == [("main.load", None, 1)]


def test_variables_may_have_defaults_and_other_values_later(tmp_path: Path) -> None:
    text = "F=load\ngcloud functions deploy ${F}\nexport F=${G:-sweep}\ngcloud functions deploy $F # no\nF=no\n"
    root = project(tmp_path, {"deploy.sh": text, "main.py": MAIN + "from jobs import sweep\n"})
    assert functions(root, "deploy.sh") == [("main.load", "", 2), ("main.sweep", "", 4)]


@pytest.mark.parametrize(
    ("option", "kind"),
    [
        ("--trigger-http", "http"),
        ("--trigger-bucket=uploads", "storage"),
        ("--trigger-event=google.storage.object.finalize", "storage"),
        ("--trigger-event-filters=type=google.cloud.pubsub.topic.v1.messagePublished", "pubsub"),
        ("--trigger-event providers/cloud.firestore/eventTypes/document.create", "firestore"),
        ("--trigger-event-filters=type=google.cloud.audit.log.v1.written --trigger-location=eu", "other"),
        ("--quiet", "http"),
    ],
)
def test_an_option_says_what_invokes_a_function_else_its_decorator(option: str, kind: str, tmp_path: Path) -> None:
    root = project(tmp_path, {"deploy.sh": f"gcloud functions deploy load {option}\n", "main.py": DECORATED})
    deployed, problems = read(root, ["deploy.sh"])
    assert ([each.triggers for each in deployed], problems) == ([(kind,)], ())


BUILD = """\
substitutions:
  _ENTRY: load
steps:
  - name: gcr.io/google.com/cloudsdktool/cloud-sdk
    entrypoint: gcloud
    args: [functions, deploy, orders, '--entry-point=$_ENTRY', --runtime, python312, "--memory=1GiB", --timeout=60]
  - args: [build, .]
  - args: {functions: deploy}
"""


def test_a_step_of_cloud_build_lists_the_words_of_a_command(tmp_path: Path) -> None:
    root = project(tmp_path, {"cloudbuild.yaml": BUILD, "main.py": MAIN})
    name = "cloudbuild.yaml"
    facts = (
        said("runtime", "python312", name, BUILD, "--runtime, ", "python312"),
        said("memory", 1024, name, BUILD, '"--memory=', "1GiB"),
        said("timeout", 60, name, BUILD, "--timeout=", "60"),
    )
    expected = replace(
        PLAIN, manifest=name, line=6, resource="orders", runtime="python312", memory=1024, timeout=60, said=facts
    )
    assert read(root, [name]) == ((expected,), ())


WORKFLOW = """\
jobs:
  deploy:
    steps:
      - uses: actions/checkout@v4
      - uses: google-github-actions/deploy-cloud-functions@v1
        with:
          name: load
          runtime: python312
          source_dir: src
          memory_mb: 256
          timeout: 30
          event_trigger_type: google.pubsub.topic.publish
"""


def test_github_s_action_takes_the_settings_as_inputs(tmp_path: Path) -> None:
    name = ".github/workflows/deploy.yml"
    root = project(tmp_path, {name: WORKFLOW, "src/main.py": MAIN})
    facts = (
        said("runtime", "python312", name, WORKFLOW, "runtime: ", "python312"),
        said("memory", 256, name, WORKFLOW, "memory_mb: "),
        said("timeout", 30, name, WORKFLOW, "timeout: ", "30"),
        said("trigger", "pubsub", name, WORKFLOW, "event_trigger_type: "),
    )
    expected = replace(
        PLAIN, root="src", manifest=name, line=5, runtime="python312", memory=256, timeout=30, said=facts
    )
    assert read(root, [name]) == ((expected,), ())


def test_a_broken_workflow_with_the_action_is_a_problem(tmp_path: Path) -> None:
    root = project(tmp_path, {"a.yml": "a: [google-github-actions/deploy-cloud-functions@v1\n"})
    message = "not valid YAML: did not find expected ',' or ']'; correct the file or exclude it"
    assert read(root, ["a.yml"]) == ((), (Problem("a.yml", 2, message),))


FIREBASE = """\
{
  "functions": [
    {"source": "functions", "codebase": "default", "runtime": "python312"},
    {"source": "web", "runtime": "nodejs20"},
    {"source": "more"}
  ]
}
"""
EVENTS = """\
from firebase_functions import https_fn, options
from firebase_functions.options import MemoryOption

import jobs

options.set_global_options(memory=MemoryOption.MB_512, timeout_sec=120)


@https_fn.on_request(memory=options.MemoryOption.GB_1, concurrency=1)
def load(req): ...
"""
JOBS = """\
from firebase_functions import scheduler_fn


@scheduler_fn.on_schedule(schedule="every day 00:00", memory=size())
def sweep(event): ...
"""


def test_firebase_deploys_what_decorators_make_with_their_options_over_those_for_all(tmp_path: Path) -> None:
    files = {"firebase.json": FIREBASE, "functions/main.py": EVENTS, "functions/jobs.py": JOBS}
    runtime = said("runtime", "python312", "firebase.json", FIREBASE, '"default", "runtime": ', '"python312"')
    common = (
        said("memory", 512, "functions/main.py", EVENTS, "options(memory=", "MemoryOption.MB_512"),
        said("timeout", 120, "functions/main.py", EVENTS, "timeout_sec=", "120"),
    )
    function = replace(
        PLAIN, root="functions", manifest="firebase.json", line=3, runtime="python312", memory=1024, timeout=120
    )
    load = replace(
        function,
        concurrent=False,
        said=(
            said("trigger", "http", "functions/main.py", EVENTS, "timeout_sec=120)\n\n\n@"),
            runtime,
            said("memory", 1024, "functions/main.py", EVENTS, "request(memory=", "options.MemoryOption.GB_1"),
            said("concurrent", False, "functions/main.py", EVENTS, "concurrency=", "1"),
            *common,
        ),
    )
    sweep = replace(
        function,
        handler="jobs.sweep",
        resource="sweep",
        memory=None,
        concurrent=None,
        said=(
            said("trigger", "schedule", "functions/jobs.py", JOBS, "scheduler_fn\n\n\n@"),
            runtime,
            said("memory", None, "functions/jobs.py", JOBS, "memory=", "size()"),
            *common,
        ),
    )
    assert read(project(tmp_path, files), ["firebase.json"]) == ((load, sweep), ())


def test_a_codebase_is_in_the_folder_functions_and_serves_requests_side_by_side(tmp_path: Path) -> None:
    code = "from firebase_functions import https_fn\n@https_fn.on_call()\ndef load(req): ...\n"
    root = project(tmp_path, {"firebase.json": '{"functions": {}}', "functions/main.py": code})
    deployed, problems = read(root, ["firebase.json"])
    assert ([(each.handler, each.root, each.concurrent) for each in deployed], problems) == (
        [("main.load", "functions", True)],
        (),
    )


def test_a_codebase_out_of_the_project_is_a_problem(tmp_path: Path) -> None:
    root = project(tmp_path, {"firebase.json": '{"functions": {"source": "../more"}}'})
    message = (
        "source `../more` leads out of the project, and nothing there is read; "
        "run on a folder that holds both, or name the handler in `handlers`"
    )
    assert read(root, ["firebase.json"]) == ((), (Problem("firebase.json", 1, message),))

"""What Dockerfiles deploy: the function an image runs, where its code comes from, what is said of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from textwrap import dedent

import pytest

from flake8_lambda_perf.manifests import Deployed, read
from flake8_lambda_perf.manifests.deployed import LocatedError
from flake8_lambda_perf.manifests.dockerfile import Image, image_of
from flake8_lambda_perf.model import Said

PLAIN = Deployed(
    handler="app.handler",
    root="",
    manifest="Dockerfile",
    line=1,
    resource="image",
    runtime="python3.13",
    memory=None,
    timeout=None,
    snapstart=False,
    vpc=None,
    provisioned_concurrency=None,
    efs=None,
    package="image",
)
FROM = "FROM public.ecr.aws/lambda/python:3.13\n"


def project(root: Path, *files: str, **texts: str) -> Path:
    """A project with empty files, and with Dockerfiles by their folder's name."""
    for name, text in [*((file, "") for file in files), *texts.items()]:
        path = root / (name if "." in name else f"{name}/Dockerfile" if name != "top" else "Dockerfile")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), encoding="utf-8")
    return root


def runtime(column: int, line: int = 1, version: str = "3.13", path: str = "Dockerfile") -> Said:
    """The runtime that a tag names."""
    return Said("runtime", f"python{version}", path, line, column, version)


def deployed(root: Path, path: str = "Dockerfile") -> Deployed | None:
    """The one function of a Dockerfile, None where it has none; what it is given is never known."""
    found, problems = read(root.resolve(), [path])
    assert problems == ()
    assert len(found) < 2
    for each in found:
        given = (Said("memory", None, path, each.line, 1), Said("timeout", None, path, each.line, 1))
        assert each.said[-2:] == given
        return replace(each, said=each.said[:-2])
    return None


def test_the_command_of_a_lambda_image_is_a_handler_below_what_is_copied_to_the_task_root(tmp_path: Path) -> None:
    project(
        tmp_path,
        "src/app.py",
        top="""\
        # syntax=docker/dockerfile:1
        FROM --platform=linux/arm64 public.ecr.aws/lambda/python:3.13
        ENV PYTHONDONTWRITEBYTECODE=1 \\
            # said twice
            TABLE="the orders"
        RUN pip install \\
              --no-compile \\
              -r requirements.txt
        COPY src/ ${LAMBDA_TASK_ROOT}/
        CMD [ "app.handler" ]
        """,
    )
    said = (
        runtime(58, line=2),
        Said("architecture", "arm64", "Dockerfile", 2, 23, "arm64"),
        Said("environment.PYTHONDONTWRITEBYTECODE", "1", "Dockerfile", 3, 29, "1"),
        Said("environment.TABLE", "the orders", "Dockerfile", 5, 11, '"the orders"'),
        Said(
            "build.1",
            "pip install --no-compile -r requirements.txt",
            "Dockerfile",
            6,
            5,
            "pip install \\\n      --no-compile \\\n      -r requirements.txt",
        ),
    )
    assert deployed(tmp_path) == replace(PLAIN, root="src", line=10, architecture="arm64", said=said)


RUNS = {
    "a handler in a package": ('COPY . .\nCMD ["pkg.app.handler"]', ("pkg/app.py",), ("pkg.app.handler", "", 3)),
    "a handler with slashes": ('COPY . .\nCMD ["pkg/app.handler"]', ("pkg/app.py",), ("pkg/app.handler", "", 3)),
    "a package's own file": ('COPY . .\nCMD ["app.handler"]', ("app/__init__.py",), ("app.handler", "", 3)),
    "a command without brackets": ("COPY app.py ./\nCMD app.handler", ("app.py",), ("app.handler", "", 3)),
    "the last command": ('COPY . .\nCMD ["a.b"]\nCMD ["app.handler"]', ("app.py",), ("app.handler", "", 4)),
    "a file to a folder": (
        'COPY a/app.py b.py /var/task/\nCMD ["app.handler"]',
        ("a/app.py",),
        ("app.handler", "a", 3),
    ),
    "files by a pattern": ('COPY a/*.py ./\nCMD ["app.handler"]', ("a/app.py",), ("app.handler", "a", 3)),
    "a list of paths": ('ADD ["a", "./"]\nCMD ["app.handler"]', ("a/app.py",), ("app.handler", "a", 3)),
    "the later copy": (
        'COPY a/ ./\nCOPY b/ ./\nCMD ["app.handler"]',
        ("a/app.py", "b/app.py"),
        ("app.handler", "b", 4),
    ),
    "another working folder": (
        'WORKDIR /srv\nCOPY a code\nWORKDIR code\nCMD ["app.handler"]',
        ("a/app.py",),
        ("app.handler", "a", 5),
    ),
    "a folder on the path": (
        'ENV PYTHONPATH /opt/lib:/opt/app\nCOPY a /opt/app\nCMD ["app.handler"]',
        ("a/app.py",),
        ("app.handler", "a", 4),
    ),
    "a variable with a default": (
        "ARG CODE=a\nCOPY ${CODE}/ ./\nENV F=app.handler\nCMD $F",
        ("a/app.py",),
        ("app.handler", "a", 5),
    ),
    "a renamed file": ('COPY main.py app.py\nCMD ["app.handler"]', ("main.py",), ("app.handler", None, 3)),
    "files that nothing copies": ('CMD ["app.handler"]', ("app.py",), ("app.handler", None, 2)),
    "files of another image": (
        'COPY --from=registry/code /app .\nCMD ["app.handler"]',
        ("app.py",),
        ("app.handler", None, 3),
    ),
    "files out of the project": ('COPY ../a .\nCMD ["app.handler"]', ("app.py",), ("app.handler", None, 3)),
    "the entry point of the base image": (
        'COPY . .\nENTRYPOINT ["/lambda-entrypoint.sh"]\nCMD ["app.handler"]',
        ("app.py",),
        ("app.handler", "", 4),
    ),
    "an entry point with the handler": (
        'COPY . .\nENTRYPOINT ["python", "-m", "awslambdaric", "app.handler"]',
        ("app.py",),
        ("app.handler", "", 3),
    ),
    "a here-document": (
        'RUN <<EOF\nCMD ["no.handler"]\nEOF\nCOPY . .\nCMD ["app.handler"]',
        ("app.py",),
        ("app.handler", "", 6),
    ),
}


@pytest.mark.parametrize(("text", "files", "expected"), RUNS.values(), ids=RUNS.keys())
def test_a_lambda_image_runs(
    text: str, files: tuple[str, ...], expected: tuple[str, str | None, int], tmp_path: Path
) -> None:
    project(tmp_path, *files, top=FROM + text)
    found = deployed(tmp_path)
    assert found is not None
    assert (found.handler, found.root, found.line) == expected


NOTHING = {
    "another language": 'FROM public.ecr.aws/lambda/nodejs:20\nCOPY . .\nCMD ["app.handler"]',
    "a script": FROM + 'COPY . .\nCMD ["app.py"]',
    "a computed handler": FROM + "COPY . .\nCMD $HANDLER",
    "a base to build on": FROM + "RUN pip install boto3",
    "a program": 'FROM python:3.13\nRUN pip install aws-lambda-powertools\nCOPY . .\nCMD ["python", "app.py"]',
    "a stage that is not the last": FROM + 'COPY . .\nCMD ["app.handler"]\nFROM debian\nCOPY --from=0 / /',
    "an application without the adapter": '# lambda\nFROM python:3.13\nCMD ["uvicorn", "app:app"]',
    "an application that a function makes": (
        "FROM python:3.13\nCOPY --from=public.ecr.aws/awsguru/aws-lambda-adapter:1 /lambda-adapter /opt/\n"
        'CMD ["uvicorn", "--factory", "app:make"]'
    ),
    "a command that is no list": FROM + 'CMD ["app.handler"',
    "no stage": '# lambda\nCMD ["app.handler"]',
    "a stage without an image": '# lambda\nFROM\nCMD ["app.handler"]',
}


@pytest.mark.parametrize("text", NOTHING.values(), ids=NOTHING.keys())
def test_left_alone_is(text: str, tmp_path: Path) -> None:
    project(tmp_path, "app.py", top=text)
    assert read(tmp_path.resolve(), ["Dockerfile"]) == ((), ())


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("Dockerfile", "image"),
        ("orders/Dockerfile", "orders"),
        ("orders/Dockerfile.worker", "worker"),
        ("orders/pages.dockerfile", "pages"),
        ("orders/Containerfile", "orders"),
    ],
)
def test_an_image_is_called_after_its_file_or_folder(path: str, name: str, tmp_path: Path) -> None:
    (tmp_path / path).parent.mkdir(exist_ok=True)
    (tmp_path / path).write_text(FROM + 'CMD ["app.handler"]\n', encoding="utf-8")
    found = deployed(tmp_path, path)
    assert found is not None
    assert found.resource == name


def test_stages_hand_on_files_variables_and_commands(tmp_path: Path) -> None:
    project(
        tmp_path,
        "src/shop/app.py",
        top="""\
        ARG VERSION=3.12
        ARG HOME=/function
        FROM python:${VERSION}-slim AS build
        ARG HOME
        COPY src ${HOME}/code
        RUN pip install awslambdaric --target ${HOME}
        FROM build AS tests
        RUN pytest
        FROM python:${VERSION}-slim
        ARG HOME
        WORKDIR ${HOME}
        COPY --from=build ${HOME}/code ./
        ENTRYPOINT ["/usr/local/bin/python", "-m", "awslambdaric"]
        CMD ["shop.app.handler"]
        """,
    )
    said = (
        Said("runtime", "python3.12", "Dockerfile", 9, 6),
        Said(
            "build.1",
            "pip install awslambdaric --target ${HOME}",
            "Dockerfile",
            6,
            5,
            "pip install awslambdaric --target ${HOME}",
        ),
    )
    expected = replace(PLAIN, handler="shop.app.handler", root="src", runtime="python3.12", line=14, said=said)
    assert deployed(tmp_path) == expected


def test_an_application_behind_the_web_adapter_is_what_its_server_is_started_with(tmp_path: Path) -> None:
    project(
        tmp_path,
        "web/main.py",
        top="""\
        FROM python:3.13-slim
        COPY --from=public.ecr.aws/awsguru/aws-lambda-adapter:1.0.0 /lambda-adapter /opt/extensions/lambda-adapter
        ENV PORT=8000
        WORKDIR /srv
        COPY web web
        CMD exec python -m uvicorn --app-dir web --port=$PORT main:app
        """,
    )
    said = (runtime(13), Said("environment.PORT", "8000", "Dockerfile", 3, 10, "8000"))
    expected = replace(PLAIN, handler="main.app", root="web", line=6, web_adapter=True, said=said)
    assert deployed(tmp_path) == expected


@pytest.mark.parametrize(
    ("script", "handler"),
    [
        ("import uvicorn\nif __name__ == '__main__':\n    uvicorn.run(api, port=8080)\n", "web/main.api"),
        ("import uvicorn\nuvicorn.run('web.main:api')\n", "web.main.api"),
        ("from flask import Flask\napp = Flask(__name__)\napp.run()\n", "web/main.app"),
    ],
)
def test_an_application_behind_the_web_adapter_is_what_a_script_serves(
    script: str, handler: str, tmp_path: Path
) -> None:
    project(
        tmp_path,
        top="""\
        FROM public.ecr.aws/awsguru/aws-lambda-adapter:1.0.0 AS adapter
        FROM python:3.13-slim
        COPY --from=adapter /lambda-adapter /opt/extensions/lambda-adapter
        COPY web /web
        CMD ["python", "web/main.py"]
        """,
        **{"web/main.py": script},
    )
    expected = replace(PLAIN, handler=handler, line=5, web_adapter=True, said=(runtime(13, line=2),))
    assert deployed(tmp_path) == expected


def test_a_script_that_serves_nothing_known_is_no_application(tmp_path: Path) -> None:
    start = "FROM python:3.13\nCOPY --from=awsguru/aws-lambda-adapter:1 /lambda-adapter /opt/\n"
    project(tmp_path, top=start + 'COPY . .\nCMD ["python", "main.py"]\n', **{"main.py": "loop.run(app)\n"})
    assert deployed(tmp_path) is None


@pytest.mark.parametrize(
    ("command", "handler"),
    [
        ("CMD exec functions-framework --target=hello --port=$PORT", "main.hello"),
        ('CMD ["functions-framework", "--source", "api/orders.py", "--target", "hello"]', "api/orders.hello"),
        ("ENV FUNCTION_TARGET=hello\nCMD functions_framework", "main.hello"),
        ('CMD ["sh", "-c", "cd . && functions-framework --target hello"]', "main.hello"),
    ],
)
def test_the_functions_framework_names_function_and_file(command: str, handler: str, tmp_path: Path) -> None:
    project(tmp_path, "main.py", "api/orders.py", top=f"FROM python:3.13-slim\nWORKDIR /app\nCOPY . .\n{command}\n")
    found = deployed(tmp_path)
    assert found is not None
    assert (found.handler, found.root, found.package, found.platform) == (handler, "", "image", "google")


def test_an_image_is_built_from_the_nearest_folder_whose_files_fit(tmp_path: Path) -> None:
    copied = FROM + 'COPY orders/app.py shared/*.py ./\nCMD ["app.handler"]\n'
    project(tmp_path, "src/orders/app.py", "src/shared/db.py", "app.py", **{"src/orders": copied})
    found = deployed(tmp_path, "src/orders/Dockerfile")
    assert found is not None
    assert found.root == "src/orders"


def test_what_another_manifest_deploys_from_the_same_image_is_one_function(tmp_path: Path) -> None:
    template = """\
    Resources:
      F:
        Type: AWS::Serverless::Function
        Properties: {PackageType: Image, ImageConfig: {Command: [app.handler]}}
        Metadata: {DockerContext: .}
    """
    project(tmp_path, "app.py", top=FROM + 'COPY . .\nCMD ["app.handler"]\n', **{"template.yaml": template})
    found, problems = read(tmp_path.resolve(), ["Dockerfile", "template.yaml"])
    assert ([each.manifest for each in found], problems) == (["template.yaml"], ())


def test_other_manifests_learn_what_an_image_runs(tmp_path: Path) -> None:
    root = project(tmp_path, "app.py", "b/other.py", a=FROM + 'COPY . .\nCMD ["app.handler"]\n').resolve()
    image = Image("app.handler", "", 3, "python3.13", None, False, False, (runtime(35, path="a/Dockerfile"),))
    assert image_of(root, "a/Dockerfile", "") == image
    assert image_of(root, "a/Dockerfile", "b", "other.run") == replace(image, handler="other.run", root="b")
    assert image_of(root, "b/Dockerfile") is None


def test_an_image_that_cannot_be_read_names_its_file(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_bytes(b"FROM a\nCMD \xff\n")
    with pytest.raises(LocatedError) as caught:
        image_of(tmp_path.resolve(), "Dockerfile")
    assert (caught.value.path, caught.value.line) == ("Dockerfile", 2)

"""Files of Chalice, Zappa, Azure and Google that are broken or made to hurt: a problem, or nothing, in time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flake8_lambda_perf.manifests import read
from flake8_lambda_perf.model import Problem

if TYPE_CHECKING:
    from pathlib import Path

DEEP = "nested more than 100 levels deep; correct the file or exclude it"
NO_JSON = "not valid JSON: Expecting value; correct the file or exclude it"
CHALICE = ".chalice/config.json"
ZAPPA = "zappa_settings.json"
TOML = "zappa_settings.toml"
DOTTED = "nested more than 100 levels deep; correct the file or exclude it"

BROKEN = {
    "brackets of chalice": (CHALICE, '{"stages": ' + "[" * 100_000, 1, DEEP),
    "brackets of zappa": (ZAPPA, '{"app_function": ' + "[" * 100_000, 1, DEEP),
    "brackets of azure": ("load/function.json", '{"bindings": ' + "[" * 100_000, 1, DEEP),
    "brackets of firebase": ("firebase.json", '{"functions": ' + "[" * 100_000, 1, DEEP),
    "brackets of a build": ("b.yml", "# run, deploy\na: " + "[" * 100_000, 2, DEEP),
    "brackets of toml": (TOML, "app_function = " + "[" * 100_000, 0, DEEP),
    "tables in tables": (TOML, f"app_function = 'a.b'\n[{'.'.join(['a'] * 500)}]\n", 2, DOTTED),
    "comments without end": (ZAPPA, '{"app_function": ' + "/*" * 500_000, 1, NO_JSON),
    "a string without end": (
        "host.json",
        '{"version": "' + '\\"' * 500_000,
        1,
        "not valid JSON: Unterminated string starting at; correct the file or exclude it",
    ),
}


@pytest.mark.parametrize(("name", "text", "line", "message"), BROKEN.values(), ids=BROKEN.keys())
def test_hostile_manifest_is_one_problem(name: str, text: str, line: int, message: str, tmp_path: Path) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert read(tmp_path, [name]) == ((), (Problem(name, line, message),))


COMMAND = "gcloud functions deploy "
MANY = "".join(f"A{n}=$A{n + 1}$A{n + 1}\n" for n in range(900))
FINE = {
    "variables that double": ("a.sh", f"{MANY}{COMMAND}$A0 --runtime=python313\n"),
    "quotes without end": ("a.sh", COMMAND + "\"'" * 200_000),
    "words without end": ("a.sh", COMMAND + "a " * 500_000),
    "backslashes": ("a.sh", COMMAND + "\\\n" * 300_000),
    "commands without end": ("a.sh", (COMMAND + "$a\n") * 20_000),
    "folders without end": ("a.sh", "cd a\n" * 20_000 + (COMMAND + "load\n") * 2_000),
    "assignments that do not end": ("a.sh", "A=" + "a" * 500_000 + " b\n" + COMMAND),
    "a long name": ("a.sh", COMMAND + "a" * 100_000 + " --source=" + "b/" * 2_000),
    "blanks": ("a.sh", " \t" * 300_000 + COMMAND),
    "commas": (ZAPPA, '{"dev": {"app_function": 1}' + "," * 200_000 + " " * 200_000 + "}"),
    "dots": ("load/function.json", '{"scriptFile": "' + "../" * 10_000 + 'a.py", "bindings": []}'),
}


@pytest.mark.parametrize(("name", "text"), FINE.values(), ids=FINE.keys())
def test_nothing_is_found_in_what_never_ends(name: str, text: str, tmp_path: Path) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text(text, encoding="utf-8")
    deployed, problems = read(tmp_path, [name])
    assert deployed == ()
    assert [problem.path for problem in problems] in ([], [name])


def test_modules_that_import_each_other_and_names_of_themselves_end(tmp_path: Path) -> None:
    (tmp_path / ".chalice").mkdir()
    (tmp_path / CHALICE).write_text('{"stages": {}}', encoding="utf-8")
    app = "from more import *\nfrom more import a\nimport app, more\napp = a\nb = b\n@app.route('/')\ndef f(): ...\n"
    (tmp_path / "app.py").write_text(app, encoding="utf-8")
    (tmp_path / "more.py").write_text(
        "# chalice\nfrom app import app as a\n@a.x\n@b.y\ndef g(): ...\n", encoding="utf-8"
    )
    deployed, problems = read(tmp_path, [CHALICE])
    assert ([each.handler for each in deployed], problems) == (["app.app"], ())


@pytest.mark.parametrize("code", [b"\xff", b"def (:\n", b"\0", b"(" * 10_000, b"x = 1\n" * 100_000])
def test_code_that_cannot_be_read_deploys_nothing(code: bytes, tmp_path: Path) -> None:
    (tmp_path / "host.json").write_text('{"version": "2.0"}', encoding="utf-8")
    (tmp_path / "function_app.py").write_bytes(code)
    assert read(tmp_path, ["host.json"]) == ((), ())


@pytest.mark.parametrize("link", ["app.py", "chalicelib"])
def test_code_behind_a_link_out_of_the_project_is_not_read(link: str, tmp_path: Path) -> None:
    code = "import chalice\napp = chalice.Chalice('a')\n@app.route('/')\ndef index(): ...\n"
    for folder in ("outside/chalicelib", "project/.chalice"):
        (tmp_path / folder).mkdir(parents=True)
    for name in ("app.py", "chalicelib/__init__.py"):
        (tmp_path / "outside" / name).write_text(code, encoding="utf-8")
    root = tmp_path / "project"
    (root / CHALICE).write_text('{"stages": {}}', encoding="utf-8")
    (root / "app.py").write_text("import chalicelib\n", encoding="utf-8")
    (root / link).unlink(missing_ok=True)
    (root / link).symlink_to(tmp_path / "outside" / link)
    assert read(root, [CHALICE]) == ((), ())


PIECES = st.sampled_from(
    [
        "{", "}", "[", "]", ",", ":", '"', "'", "\n", "  ", "#", "//", "/*", "*/", "=", "-", "--", "$", "${", "&", "\\",
        '"stages"', '"dev"', '"extends": "dev"', '"app_function": "app.app"', '"functions"', '"bindings"', '"type"',
        '"version": "2.0"', "app_function = 'a.b'\n", "memory_size = 1 # a\n", "gcloud functions deploy ", "load ",
        "[dev]\n", "run ", "--entry-point=load ", "--memory=1Gi ", "--source ", "functions, deploy, ", "steps", "uses",
        "A=b\n", "A: b\n", "cd a\n", "google-github-actions/deploy-cloud-functions", "null", "1", "true", "\t", "\r\n",
        "a.b.c", "../..", "é",
    ]
)  # fmt: skip  # one word a line would take a screen
NAMES = (
    CHALICE,
    ZAPPA,
    TOML,
    "zappa_settings.yml",
    "load/function.json",
    "host.json",
    "firebase.json",
    "a.sh",
    "b.yml",
)
HEADS = {
    CHALICE: '{"stages": {',
    ZAPPA: '{"dev": {"app_function": "app.app"}, ',
    TOML: "[dev]\napp_function = 'app.app'\n",
    "a.sh": "gcloud functions deploy load --runtime=python313 ",
}


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(PIECES, max_size=40).map("".join))
def test_any_text_gives_an_answer_whose_facts_stand_where_they_say(tmp_path: Path, middle: str) -> None:
    for folder in (".chalice", "load"):
        (tmp_path / folder).mkdir(exist_ok=True)
    for name in NAMES:
        text = HEADS.get(name, "") + middle
        (tmp_path / name).write_text(text, encoding="utf-8", newline="")
        deployed, problems = read(tmp_path, [name])
        lines = text.replace("\r\n", " \n").splitlines(keepends=True)
        assert all(problem.path == name and 0 <= problem.line <= len(lines) + 1 for problem in problems)
        for fact in (fact for each in deployed for fact in each.said):
            start = sum(map(len, lines[: fact.line - 1])) + fact.column - 1
            assert text[start : start + len(fact.text)] == fact.text

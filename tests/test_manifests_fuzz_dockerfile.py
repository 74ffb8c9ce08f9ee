"""Dockerfiles that are broken, enormous or made to hurt: an answer in time, and facts that stand where they say."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flake8_lambda_perf.manifests import read
from flake8_lambda_perf.manifests.dockerfile import image_of
from flake8_lambda_perf.model import Problem

LAMBDA = "FROM public.ecr.aws/lambda/python:3.13\n"
STAGES = "".join(f"FROM a AS s{n}\n" + f"COPY --from=s{n - 1} /a /a\n" * 3 for n in range(1, 200))
DOUBLED = "".join(f"ENV A{n + 1}=$A{n}$A{n}\n" for n in range(64))

FINE = {
    "stages that copy from one another": f"FROM a AS s0\n{STAGES}{LAMBDA}COPY --from=s199 /a /var/task\n",
    "a stage that copies from itself": LAMBDA.rstrip() + " AS me\nCOPY --from=me . .\nCOPY --from=9999 . .\n",
    "variables that double": f"{LAMBDA}ENV A0=xx\n{DOUBLED}",
    "variables of themselves": f"{LAMBDA}ARG A=$A\nENV A=${{A:-$A}} B=${{A:+$B}} C=$\n",
    "a line without end": f"{LAMBDA}RUN " + "a " * 500_000 + "\n",
    "lines that all go on": LAMBDA + "RUN a \\\n" * 100_000 + "b\n",
    "comments between lines that go on": LAMBDA + "RUN a \\\n" + "# b\n\n" * 100_000 + "c\n",
    "quotes without end": LAMBDA + "ENV A=" + "'\"" * 100_000 + "\n",
    "backslashes": LAMBDA + "ENV A=" + "\\" * 100_001 + "a\n",
    "a list of lists": LAMBDA + "COPY " + "[" * 100_000 + "\n",
    "a number of a stage that is none": LAMBDA + "COPY --from=\u00b2 a b\nCOPY --from=" + "9" * 5_000 + " a b\n",
    "a path that is too long": LAMBDA + "COPY " + "a/" * 50_000 + " .\n",
    "a pattern of stars": LAMBDA + "COPY " + "*a" * 30 + " .\n",
    "a byte of nothing in a path": LAMBDA + "COPY a\0b .\n",
}


@pytest.mark.parametrize("text", FINE.values(), ids=FINE.keys())
def test_the_function_is_found_all_the_same(text: str, tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text(text + 'CMD ["app.handler"]\n', encoding="utf-8", newline="")
    deployed, problems = read(tmp_path, ["Dockerfile"])
    assert ([(each.handler, each.root) for each in deployed], problems) == ([("app.handler", None)], ())


def test_a_here_document_without_end_swallows_the_rest(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text(LAMBDA + 'RUN <<EOF\nCMD ["app.handler"]\n', encoding="utf-8")
    assert read(tmp_path, ["Dockerfile"]) == ((), ())


def test_instructions_without_end_are_a_problem(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text(LAMBDA + "RUN a\n" * 3_000, encoding="utf-8")
    message = "holds more than 2000 instructions; split the file or exclude it"
    assert read(tmp_path, ["Dockerfile"]) == ((), (Problem("Dockerfile", 2001, message),))


def test_code_behind_a_link_out_of_the_project_is_not_looked_at(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "app.py").touch()
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "link").symlink_to(tmp_path / "outside")
    text = LAMBDA + 'COPY link ../outside /outside ./\nCMD ["app.handler"]\n'
    (tmp_path / "project" / "Dockerfile").write_text(text, encoding="utf-8")
    image = image_of((tmp_path / "project").resolve(), "Dockerfile")
    assert image is not None
    assert (image.handler, image.root) == ("app.handler", None)


PIECES = st.sampled_from(
    [
        "FROM ", " AS a", "public.ecr.aws/lambda/python:3.12", "python:3", "--platform=linux/arm64 ", "ENV ", "A=",
        "ARG ", "$A", "${A:-b}", "${", "RUN ", "COPY ", "--from=", "a ", "0 ", ". ", "src/ ", "*.py ", "WORKDIR ",
        "CMD ", "ENTRYPOINT ", '["', '", "', '"]', "app.handler", "-m", "awslambdaric", "functions-framework",
        "uvicorn ", "app:app", "lambda-adapter", "\n", "\\\n", "# c\n", "# escape=`\n", "`\n", "<<EOF", "\nEOF\n", "'",
        '"', "\\", "\t", "\r\n", "/var/task", "é",
    ]
)  # fmt: skip  # one word a line would take a screen


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(PIECES, max_size=40).map("".join))
def test_any_text_gives_facts_that_stand_where_they_say(tmp_path: Path, middle: str) -> None:
    text = middle + "\n" + LAMBDA + middle + '\nCMD ["app.handler"]\n'
    (tmp_path / "Dockerfile").write_text(text, encoding="utf-8", newline="")
    image = image_of(tmp_path.resolve(), "Dockerfile")
    lines = text.splitlines(keepends=True)
    for fact in image.said if image is not None else ():
        start = sum(map(len, lines[: fact.line - 1])) + fact.column - 1
        assert text[start : start + len(fact.text)] == fact.text

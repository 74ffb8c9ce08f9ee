"""Code inside manifests: found where it stands, analysed as a file of its own, never repaired."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from manifest_files import project

from flake8_lambda_perf import engine
from flake8_lambda_perf.config import Settings
from flake8_lambda_perf.manifests.inline import Inline, inline, pieces, substituted
from flake8_lambda_perf.model import Run, Step


def job(root: Path, files: dict[str, str], cache: Path | None = None) -> engine.Job:
    project(root, files)
    return engine.Job(root=root, settings=Settings(), targets=(root,), cache=cache)


@dataclass(frozen=True)
class Told:
    """What a user sees of a finding."""

    code: str
    place: tuple[str, int, int, int]
    text: str
    fixable: str | None


def told(run: Run) -> list[Told]:
    return [
        Told(
            f.code,
            (f.path, f.line, f.column, f.end_line),
            run.texts[f.path][f.span.start : f.span.end],
            f.fixable,
        )
        for f in run.findings
    ]


TEMPLATE = """\
    Resources:
      Orders:
        Type: AWS::Serverless::Function
        Properties:
          Handler: index.handler
          Runtime: python3.13
          InlineCode: |
            import boto3

            def handler(event, context):
                table = boto3.resource("dynamodb").Table("orders")
                return table.get_item(Key={"id": event["id"]})
      Quoted:
        Type: AWS::Lambda::Function
        Properties:
          Handler: index.handler
          Runtime: python3.13
          Code:
            ZipFile: !Sub |
              import boto3
              def handler(event, context):
                  client = boto3.client("s3", region_name="${AWS::Region}")  # é
                  return client.get_object(Bucket="${Bucket}", Key=event["key"])
"""


def test_findings_are_at_the_lines_and_characters_of_the_manifest(tmp_path: Path) -> None:
    run = engine.check(job(tmp_path, {"template.yaml": TEMPLATE}))
    assert run.problems == ()
    assert told(run) == [
        Told("LPF101", ("template.yaml", 11, 21, 11), 'boto3.resource("dynamodb")', None),
        Told("LPF101", ("template.yaml", 22, 24, 22), 'boto3.client("s3", region_name="${AWS::Region}")', None),
    ]
    assert run.findings[0].trace == (
        Step(
            "template.yaml",
            2,
            "Orders deploys `index.handler`; its code stands in the manifest, where no fix is offered",
        ),
        Step("template.yaml", 10, "handler `handler` (Orders in template.yaml)"),
        Step("template.yaml", 11, "`boto3.resource(...)` is built"),
    )
    assert [(h.path, h.line, h.name, h.confidence) for h in run.handlers] == [
        ("template.yaml", 10, "handler", "declared"),
        ("template.yaml", 21, "handler", "declared"),
    ]


def test_json_with_escapes_and_joined_lines_gives_the_line_of_each(tmp_path: Path) -> None:
    code = 'import boto3\ndef handler(event, context):\n\treturn boto3.client("s3").list_buckets()\n'
    joined = ["import boto3", "def handler(event, context):", {"Ref": "Note"}, "    return boto3.client('s3')"]
    function = {"Handler": "index.handler", "Runtime": "python3.13"}
    resources = {
        "Escaped": {"Type": "AWS::Lambda::Function", "Properties": {**function, "Code": {"ZipFile": code}}},
        "Joined": {
            "Type": "AWS::Lambda::Function",
            "Properties": {**function, "Code": {"ZipFile": {"Fn::Join": ["\n", joined]}}},
        },
    }
    joined[2] = "    # note"
    text = json.dumps({"Resources": resources}, indent=1)
    run = engine.check(job(tmp_path, {"template.json": text}))
    lines = text.split("\n")
    assert [lines[finding.line - 1].strip()[:9] for finding in run.findings] == ['"ZipFile"', '"    retu']
    assert [finding.fixable for finding in run.findings] == [None, None]


def test_no_fix_touches_a_manifest(tmp_path: Path) -> None:
    repair = engine.fix(job(tmp_path, {"template.yaml": TEMPLATE}), unsafe=True)
    assert (repair.changes, repair.applied, len(repair.run.findings)) == ((), 0, 2)


def test_a_comment_in_the_code_hides_a_finding(tmp_path: Path) -> None:
    hidden = TEMPLATE.replace('Table("orders")', 'Table("orders")  # noqa: LPF101')
    assert [finding.line for finding in engine.check(job(tmp_path, {"template.yaml": hidden})).findings] == [22]


def test_settings_for_the_manifests_path_hold_for_its_code(tmp_path: Path) -> None:
    wanted = job(tmp_path, {"infra/template.yaml": TEMPLATE, "app.py": "", "pyproject.toml": ""})
    ignored = Settings(per_file_ignores=(("infra/*", ("LPF1",)),))
    elsewhere = engine.Job(root=tmp_path, settings=Settings(), targets=(tmp_path / "app.py",))
    named = engine.Job(root=tmp_path, settings=Settings(), targets=(tmp_path / "infra" / "template.yaml",))
    found = [engine.check(each).findings for each in (wanted, engine.Job(tmp_path, ignored, (tmp_path,)), elsewhere)]
    assert [len(each) for each in found] == [2, 0, 0]
    assert len(engine.check(named).findings) == 2


def test_a_stored_run_is_read_back(tmp_path: Path) -> None:
    wanted = job(tmp_path, {"template.yaml": TEMPLATE}, cache=tmp_path / "cache")
    assert told(engine.check(wanted)) == told(engine.check(wanted))


def test_code_that_does_not_parse_is_a_problem_at_its_line(tmp_path: Path) -> None:
    broken = TEMPLATE.replace("return table.get_item(", "return table.get_item((")
    run = engine.check(job(tmp_path, {"template.yaml": broken}))
    assert [(problem.path, problem.line) for problem in run.problems] == [("template.yaml", 12)]


@pytest.mark.parametrize(
    ("was", "becomes", "reason"),
    [
        ("index.handler", "index.take", "its code defines no `take`"),
        ("def handler(", "def (", "its code cannot be read"),
    ],
    ids=["another name", "broken"],
)
def test_what_is_not_found_in_code_is_told_of_the_function(tmp_path: Path, was: str, becomes: str, reason: str) -> None:
    (left,) = engine.handlers(job(tmp_path, {"template.yaml": TEMPLATE.replace(was, becomes, 1)})).unresolved
    assert (left.path, left.line, left.resource, left.reason) == ("template.yaml", 2, "Orders", reason)


def test_inline_code_sees_layers_and_no_module_of_the_project(tmp_path: Path) -> None:
    template = """\
        Resources:
          L: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: layer}}
          F:
            Type: AWS::Serverless::Function
            Properties:
              Handler: index.handler
              Runtime: python3.13
              Layers: [!Ref L]
              InlineCode: |
                import layered, beside
                def handler(event, context):
                    return layered.run() and beside.run()
        """
    module = 'import boto3\ndef run():\n    return boto3.client("s3").list_buckets()\n'
    run = engine.check(
        job(tmp_path, {"template.yaml": template, "layer/python/layered.py": module, "beside.py": module})
    )
    assert [finding.path for finding in run.findings] == ["layer/python/layered.py"]


CODE = 'import os\n\n\ndef handler(event, context):\n    x = "${Name}"\n    return f"{x} ${!Kept}"\n'


@pytest.mark.parametrize(
    "written",
    [
        "|\n" + "".join(f"      {line}\n" if line else "\n" for line in CODE.splitlines()),
        json.dumps(CODE),
        "'" + CODE.replace("'", "''").replace("\n", "\n\n") + "'",
        f'"""\n{CODE}"""',
    ],
    ids=["block", "json", "quoted", "python"],
)
def test_every_word_of_the_code_is_found_in_its_source(written: str) -> None:
    held = inline("t.yaml", "F", pieces(CODE, written, 100))
    assert held is not None
    assert held.text == CODE
    source, places = " " * 100 + written, held.places()
    for word in ("import os", "def handler(event, context):"):
        start = CODE.index(word)
        assert source[places.of(start) : places.end(start + len(word))] == word
    assert source[places.of(CODE.index("return")) :].startswith("return")


def test_variables_become_names_of_the_same_length() -> None:
    held = inline("t.yaml", "F", substituted(pieces(CODE, CODE, 0)))
    assert held is not None
    assert held.text == CODE.replace("${Name}", "v_Name_").replace("${!Kept}", "${ Kept}")
    compile(held.text, held.path, "exec")


def test_nothing_and_too_much_are_no_code() -> None:
    assert inline("t.yaml", "F", pieces("", "", 0)) is None
    assert inline("t.yaml", "F", pieces("x\n" * 60_000, "", 0)) is None


LINES = st.lists(
    st.sampled_from(["", "x = 1", "    y", "\tz  ", "é ${A} 'q' \"d\"", "#", "x = 1  # x = 1"]), max_size=8
)


@settings(max_examples=100, deadline=None)
@given(LINES, st.sampled_from(["|", "|-", ">", "'", '"', "json"]))
def test_any_text_has_places_in_its_source(lines: list[str], style: str) -> None:
    value = "\n".join(lines) + "\n"
    if style == "json":
        text = json.dumps({"a": value}, ensure_ascii=False)
    else:
        text = yaml.dump({"a": value}, default_style=style.strip("-"), allow_unicode=True)
    template = text if style == "json" else text.lstrip()
    held: Inline | None = inline("t", "F", pieces(value, template[4:], 4))
    if held is None:
        assert value == ""
        return
    places = held.places()
    assert held.text == value
    assert all(0 <= places.of(offset) <= len(template) for offset in range(len(value) + 1))

"""The catalogue: current, well formed, and read without LibCST."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import libcst as cst
import make_catalog
import pytest
from make_catalog import ROOT, ShapeError

from flake8_lambda_perf.config import Settings
from flake8_lambda_perf.errors import UsageError
from flake8_lambda_perf.rules import catalog
from flake8_lambda_perf.rules.base import Rule
from flake8_lambda_perf.rules.catalog import Entry
from flake8_lambda_perf.rules.found import Evidence

ENTRY = Entry(
    code="LPF101",
    name="first-rule",
    default=True,
    triggers=("boto3",),
    message="`{name}` is slow",
    module="flake8_lambda_perf.rules.clients.first_rule",
    summary="First.",
    why="W",
    cost="C",
    slow="a\n",
    fast="b\n",
    fix="Safe.",
)
KNOWN = (
    ENTRY,
    replace(ENTRY, code="LPF102", name="second-rule"),
    replace(ENTRY, code="LPF113", name="quiet-rule", default=False),
    replace(ENTRY, code="LPF201", name="other-rule"),
)

DOCSTRING = """A client is built again.

    Why: it is slow,
        or so they say.

        It is.
    Cost: unmeasured.
    Slow:
        import boto3

        def handler(event, context):
            boto3.client("s3")  # LPF101
    Fast:
        import boto3

        s3 = boto3.client("s3")
    Fix: Safe when nothing else is.
    """


@pytest.fixture
def four_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    """A catalogue of four rules, one of them off, in place of the real one."""
    monkeypatch.setattr(catalog, "entries", lambda: KNOWN)


def rule(**attributes: object) -> type[Rule]:
    known = {
        "code": "LPF101",
        "name": "first-rule",
        "message": "`{name}` is slow",
        "triggers": ("boto3",),
        "__doc__": DOCSTRING,
        "__module__": "flake8_lambda_perf.rules.clients.first_rule",
    }
    return type("FirstRule", (Rule,), known | attributes)


def test_everything_generated_is_current() -> None:
    wanted = make_catalog.outputs(map(make_catalog.entry_of, make_catalog.rules()))
    assert make_catalog.stale(wanted) == []


def test_entries_are_sorted_and_named_once() -> None:
    known = catalog.entries()
    assert [entry.code for entry in known] == sorted({entry.code for entry in known})
    assert len({entry.name for entry in known}) == len(known)


def test_hooks_of_rules_return_nothing() -> None:
    """LibCST would leave out children of a node whose hook returns False; our dispatcher does not."""
    hooks = {
        f"{each.__name__}.{name}": hook.__annotations__.get("return")
        for each in make_catalog.rules()
        for name, hook in vars(each).items()
        if name.startswith(("visit_", "leave_"))
    }
    assert {name: returned for name, returned in hooks.items() if returned != "None"} == {}


def test_a_rule_fits_on_a_screen_and_a_half() -> None:
    files = sorted((ROOT / "flake8_lambda_perf" / "rules").glob("*/*.py"))
    lengths = {file.name: len(file.read_text("utf-8").splitlines()) for file in files}
    assert {name: length for name, length in lengths.items() if length > 120} == {}


def test_a_docstring_becomes_an_entry() -> None:
    assert make_catalog.entry_of(rule()) == replace(
        ENTRY,
        summary="A client is built again.",
        why="it is slow,\nor so they say.\n\nIt is.",
        cost="unmeasured.",
        slow='import boto3\n\ndef handler(event, context):\n    boto3.client("s3")  # LPF101\n',
        fast='import boto3\n\ns3 = boto3.client("s3")\n',
        fix="Safe when nothing else is.",
    )


@pytest.mark.parametrize(
    ("attributes", "message"),
    [
        ({"__doc__": None}, "FirstRule has no docstring"),
        ({"__doc__": "Only a summary."}, "the headings are , not Why, Cost, Slow, Fast, Fix"),
        ({"__doc__": DOCSTRING.replace("Cost:", "Price:")}, "the headings are Why, Slow, Fast, Fix"),
        ({"__doc__": DOCSTRING.replace("Why:", "Hm\n    Why:")}, "'Hm' stands before the first heading"),
        ({"__doc__": DOCSTRING.replace("Fast:", "Fast: x")}, "the program of Fast starts on the line"),
        ({"__doc__": DOCSTRING.replace("unmeasured.", "")}, "Cost says nothing"),
        ({"__doc__": DOCSTRING.replace("  # LPF101", "")}, "no line of Slow is marked `# LPF101`"),
        ({"__doc__": DOCSTRING.replace("Safe when", "Perhaps when")}, "Fix starts with none of Safe, Unsafe"),
        ({"__doc__": DOCSTRING.replace("again.", "again")}, "the summary is not one sentence on one line"),
        ({"code": "LPF201"}, "code LPF201 is not LPF1 and two digits, as its family clients has"),
        ({"name": "FirstRule"}, "name FirstRule is not in lower case with hyphens"),
        ({"name": "other-rule"}, "class and file of other-rule should be OtherRule in other_rule.py"),
        ({"message": "slow."}, "the message is not one line without a full stop"),
        ({"triggers": ()}, "it has no triggers"),
    ],
)
def test_a_rule_of_another_shape_is_refused(attributes: dict[str, object], message: str) -> None:
    with pytest.raises(ShapeError) as raised:
        make_catalog.entry_of(rule(**attributes))
    assert message in str(raised.value)


@pytest.mark.parametrize("field", ["code", "name"])
def test_a_code_or_name_is_given_once(field: str) -> None:
    other = replace(KNOWN[1], **{field: getattr(ENTRY, field)})
    with pytest.raises(ShapeError, match=f"two rules have the {field} {getattr(ENTRY, field)}"):
        make_catalog.outputs([ENTRY, other])


def test_a_page_shows_each_file_of_a_program() -> None:
    slow = "# file: app.py\nx  # LPF101\n\n# file: template.yaml\ny: 1\n"
    pages = make_catalog.outputs([replace(ENTRY, slow=slow)])
    assert pages[make_catalog.PAGES / "first-rule.md"] == (
        "# first-rule (LPF101)\n\nFirst.\n\nThis rule is on by default.\n\n## Why\n\nW\n\n## Cost\n\nC\n\n"
        "## Slow\n\n`app.py`\n\n```python\nx  # LPF101\n```\n\n`template.yaml`\n\n```yaml\ny: 1\n```\n\n"
        "## Fast\n\n```python\nb\n```\n\n## Fix\n\nSafe.\n"
    )
    assert pages[make_catalog.PAGES / "index.md"] == (
        "# Rules\n\n## Clients and connections\n\n"
        "| Code | Name | What it finds | Default | Fix |\n|---|---|---|---|---|\n"
        "| [LPF101](first-rule.md) | first-rule | First. | on | safe |\n"
    )


def test_what_is_written_is_what_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "catalog.json"
    file.write_text(make_catalog.outputs(reversed(KNOWN))[catalog.CATALOG], "utf-8")
    monkeypatch.setattr(catalog, "CATALOG", file)
    catalog.entries.cache_clear()
    try:
        assert catalog.entries() == KNOWN
    finally:
        catalog.entries.cache_clear()


@pytest.mark.usefixtures("four_rules")
@pytest.mark.parametrize(
    ("selector", "codes"),
    [
        ("LPF101", {"LPF101"}),
        ("first-rule", {"LPF101"}),
        ("quiet-rule", {"LPF113"}),
        ("LPF1", {"LPF101", "LPF102", "LPF113"}),
        ("LPF10", {"LPF101", "LPF102"}),
        ("LPF", {"LPF101", "LPF102", "LPF113", "LPF201"}),
    ],
)
def test_a_selector_stands_for_codes(selector: str, codes: set[str]) -> None:
    assert catalog.resolve(selector) == codes


@pytest.mark.usefixtures("four_rules")
@pytest.mark.parametrize(
    ("selector", "message"),
    [
        ("LPF103", "LPF103 is no rule: did you mean LPF113? `lambda-perf rules` lists all codes and names"),
        ("lpf101", "lpf101 is no rule: did you mean LPF101? `lambda-perf rules` lists all codes and names"),
        ("frist-rule", "frist-rule is no rule: did you mean first-rule? `lambda-perf rules` lists all codes and names"),
        ("E501", "E501 is no rule: `lambda-perf rules` lists all codes and names"),
        ("", " is no rule: `lambda-perf rules` lists all codes and names"),
    ],
)
def test_an_unknown_selector_names_the_nearest(selector: str, message: str) -> None:
    with pytest.raises(UsageError) as raised:
        catalog.resolve(selector)
    assert str(raised.value) == message


@pytest.mark.usefixtures("four_rules")
@pytest.mark.parametrize(
    ("settings", "codes"),
    [
        (Settings(), {"LPF101", "LPF102", "LPF201"}),
        (Settings(select=("LPF1",)), {"LPF101", "LPF102"}),
        (Settings(select=("LPF113",)), {"LPF113"}),
        (Settings(select=("quiet-rule", "LPF2")), {"LPF113", "LPF201"}),
        (Settings(enable=("LPF113",)), {"LPF101", "LPF102", "LPF113", "LPF201"}),
        (Settings(enable=("quiet-rule",), select=("LPF2",)), {"LPF113", "LPF201"}),
        (Settings(extend_select=("quiet-rule",)), {"LPF101", "LPF102", "LPF113", "LPF201"}),
        (Settings(extend_select=("LPF1",)), {"LPF101", "LPF102", "LPF201"}),
        (Settings(ignore=("LPF1",)), {"LPF201"}),
        (Settings(ignore=("first-rule",)), {"LPF102", "LPF201"}),
        (Settings(select=("LPF101",), ignore=("LPF1",)), {"LPF101"}),
        (Settings(select=("LPF1",), ignore=("LPF101",)), {"LPF102"}),
        (Settings(select=("LPF1",), ignore=("LPF1",)), set()),
        (Settings(enable=("LPF113",), ignore=("LPF113",)), {"LPF101", "LPF102", "LPF201"}),
    ],
)
def test_rules_run_as_selected(settings: Settings, codes: set[str]) -> None:
    assert catalog.selected(settings) == codes


@pytest.mark.usefixtures("four_rules")
@pytest.mark.parametrize("field", ["select", "extend_select", "enable", "ignore"])
def test_settings_with_an_unknown_rule_are_refused(field: str) -> None:
    with pytest.raises(UsageError, match="LPF9 is no rule"):
        catalog.selected(Settings(**{field: ("LPF9",)}))  # type: ignore[arg-type]


def test_listing_rules_imports_no_libcst_and_works_without_docstrings() -> None:
    program = (
        "import sys; from flake8_lambda_perf.rules.catalog import entries; "
        "'libcst' in sys.modules and exit(3); print([entry.summary for entry in entries()])"
    )
    finished = subprocess.run([sys.executable, "-OO", "-c", program], capture_output=True, text=True, check=False)
    expected = f"{[entry.summary for entry in catalog.entries()]}\n"
    assert (finished.returncode, finished.stdout, finished.stderr) == (0, expected, "")


def test_a_report_fills_the_message() -> None:
    made = rule()(None)  # type: ignore[arg-type]  # a report asks nothing of the view
    node = cst.Name("a")
    made.report(node, Evidence(None, ()), name="x")
    assert [(report.node, report.message) for report in made.reports] == [(node, "`x` is slow")]

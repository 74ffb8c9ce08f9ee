"""The oracle is right: what it counts, what it tells apart, and that it agrees with the cases."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from oracle import judge, programs, run
from oracle.generate import generate
from oracle.judge import Claim
from oracle.programs import FENCE, HEADING, MARK, Program

if TYPE_CHECKING:
    from pathlib import Path

NOT_LAMBDA = frozenset(
    {
        "A noqa hides the finding",
        "A Greengrass function is no handler",
        "A module that some systems lack is not moved as a safe fix",  # the one that runs it lacks it, too
        "A vendored package is left alone",
        "Credentials of a constant role are left alone",  # they expire: a convention, not to be seen in a run
        "A session that logs a caller in is left alone",  # the cookies come from the server, which no run has
        "A profile that some requests remove from the environment is left alone",  # boto3 reads it, its stub does not
        "A region that is chosen where the event cannot be read is left alone",  # no event of a run can be read
    }
)
KNOWN_MISSES = frozenset({"A cache that every request empties is left alone"})
"""Cases that say themselves that what they leave alone is paid for again and again."""
CLIENT = """import boto3


def handler(event, context):
    s3 = boto3.client('s3'{0})
    return s3.head(Key=event['key'])
"""


@dataclass(frozen=True, slots=True)
class Ran:
    """A case with what its marks claim, executed as it is and as it is to become."""

    heading: str
    claims: list[Claim]
    unsafe: bool
    before: run.Record
    after: run.Record


def record_of(tmp_path: Path, text: str) -> run.Record:
    program = Program("one", (("app.py", text),))
    return run.run([run.Job(program.write(tmp_path), (("app.py", "handler"),))])[0]


def test_a_client_in_the_handler_is_built_once_per_request(tmp_path: Path) -> None:
    record = record_of(tmp_path, CLIENT.format(""))
    assert judge.builds_per_request(record.calls) == {1: 1, 2: 1, 3: 1}
    assert judge.wrong([Claim("LPF101", "app.py", 5, 5)], record) == []
    assert judge.missed([], record) == [("app.py", 5)]


def test_an_argument_of_the_event_makes_a_finding_wrong(tmp_path: Path) -> None:
    record = record_of(tmp_path, CLIENT.format(", region_name=event['region']"))
    assert judge.wrong([Claim("LPF101", "app.py", 5, 5)], record) == ["app.py:5 LPF101"]
    assert judge.missed([], record) == []


def test_a_branch_on_the_event_is_taken_and_not_taken(tmp_path: Path) -> None:
    text = CLIENT.format(", region_name='a' if event['kind'] == 'far' else 'b'")
    assert judge.wrong([Claim("LPF101", "app.py", 5, 5)], record_of(tmp_path, text)) == ["app.py:5 LPF101"]


def test_a_client_at_import_is_no_build_of_a_request(tmp_path: Path) -> None:
    text = "import boto3\n\ns3 = boto3.client('s3')\n\n\ndef handler(event, context):\n    return s3.head(Key='a')\n"
    record = record_of(tmp_path, text)
    assert judge.builds_per_request(record.calls) == {0: 1}
    assert judge.wrong([Claim("LPF101", "app.py", 3, 3)], record) == ["app.py:3 LPF101"]


def test_a_fix_that_changes_a_response_is_seen(tmp_path: Path) -> None:
    before = record_of(tmp_path / "a", "def handler(event, context):\n    return event['id']\n")
    after = record_of(tmp_path / "b", "def handler(event, context):\n    return event['ID']\n")
    assert judge.differences(before, after)[0] == "answered ['ID-1'], not ['id-1']"


def test_a_build_that_a_fix_has_not_ended_is_seen(tmp_path: Path) -> None:
    before, claim = record_of(tmp_path / "a", CLIENT.format("")), Claim("LPF101", "app.py", 5, 5)
    assert judge.still_paid([claim], [], before, before) == ["app.py:5 boto3.client('s3')"]
    assert judge.still_paid([claim], [claim], before, before) == []


def test_a_claim_is_about_one_of_two_builds_of_a_line(tmp_path: Path) -> None:
    line = "    return KEPT.get('a') or KEPT.setdefault('a', boto3.client('s3')), boto3.client('sqs')\n"
    record = record_of(tmp_path, f"import boto3\n\nKEPT = {{}}\n\n\ndef handler(event, context):\n{line}")
    first, second = line.index("boto3"), line.rindex("boto3")
    kept = Claim("LPF101", "app.py", 7, 7, columns=(first, first + len("boto3.client('s3')")))
    paid = Claim("LPF101", "app.py", 7, 7, columns=(second, len(line)))
    assert judge.wrong([kept, paid], record) == ["app.py:7 LPF101"]
    assert judge.still_paid([kept], [], record, record) == []
    assert judge.still_paid([paid], [], record, record) == ["app.py:7 boto3.client('sqs')"]


def test_a_call_that_a_fix_adds_or_loses_is_seen(tmp_path: Path) -> None:
    before = record_of(tmp_path / "a", CLIENT.format(""))
    after = record_of(tmp_path / "b", CLIENT.format("").replace("    return", "    s3.put(Key='a')\n    return"))
    assert judge.differences(before, after)[0] == "now calls (0, 1, \"boto3.client('s3').put\", \"Key='a'\")"
    assert judge.differences(after, before)[0] == "no longer calls (0, 1, \"boto3.client('s3').put\", \"Key='a'\")"


def test_a_client_of_a_session_that_is_given_credentials_belongs_to_the_request(tmp_path: Path) -> None:
    text = "import boto3\n\n\ndef handler(event, context):\n    session = boto3.Session()\n"
    text += "    session._session.set_credentials({0})\n    return session.client('s3').head()\n"
    assert judge.missed([], record_of(tmp_path / "a", text.format("event['key']"))) == []
    assert judge.missed([], record_of(tmp_path / "b", text.format("'key'"))) == [("app.py", 5), ("app.py", 7)]


def test_a_time_that_a_fix_keeps_is_seen(tmp_path: Path) -> None:
    text = "from datetime import datetime\n\n\ndef handler(event, context{0}):\n    return {1}\n"
    before = record_of(tmp_path / "a", text.format("", "datetime.now()"))
    after = record_of(tmp_path / "b", text.format(", now=datetime.now()", "now"))
    assert judge.differences(before, before) == []
    assert len(judge.differences(before, after)) == 5


def test_an_unsafe_fix_may_keep_a_connection_and_lose_nothing_else(tmp_path: Path) -> None:
    start = "import psycopg2\n\nfound = None\n\n\ndef handler(event, context):\n    global found\n"
    work = "    found.cursor().execute('update', event['id'])\n"
    before = record_of(
        tmp_path / "a", f"{start}    found = psycopg2.connect('db')\n{work}    found.commit()\n    found.close()\n"
    )
    kept = f"{start}    if found is None:\n        found = psycopg2.connect('db')\n    found.rollback()\n{work}"
    after = record_of(tmp_path / "b", f"{kept}    found.commit()\n")
    assert judge.differences(before, after, unsafe=True) == []
    assert judge.differences(before, after)[0] == "no longer calls (0, 1, \"psycopg2.connect('db').close\", '')"
    lost = judge.differences(before, record_of(tmp_path / "c", kept), unsafe=True)
    assert lost[0] == "no longer calls (0, 1, \"psycopg2.connect('db').commit\", '')"


def test_an_import_of_every_request_is_told_from_one_behind_a_memo(tmp_path: Path) -> None:
    text = "KEPT = {}\n\n\ndef handler(event, context):\n    if not KEPT:\n        import html\n"
    text += "        KEPT['html'] = html\n    import json\n    return json.dumps(sorted(KEPT))\n"
    record = record_of(tmp_path, text)
    assert judge.repeated_imports(record) == {("app.py", 8)}
    assert judge.wrong([Claim("LPF201", "app.py", 6, 6), Claim("LPF201", "app.py", 8, 8)], record) == [
        "app.py:6 LPF201"
    ]


def test_two_builds_on_one_line_are_told_apart(tmp_path: Path) -> None:
    text = "import boto3\n\n\ndef handler(event, context):\n"
    text += "    return boto3.client('s3').a() if event['kind'] else boto3.client('sns').b()\n"
    assert judge.wrong([Claim("LPF101", "app.py", 5, 5)], record_of(tmp_path, text)) == []


def test_a_program_is_the_same_for_the_same_seed() -> None:
    assert generate(7) == generate(7)
    assert generate(7) != generate(8)


def claims_in(files: dict[str, str]) -> list[Claim]:
    """The marks of a case as claims."""
    return [
        Claim(code, path, line, line)
        for path, text in files.items()
        if path.endswith(".py")
        for match in MARK.finditer(text)
        for line in [text.count("\n", 0, match.start()) + 1]
        for code in re.findall(r"LPF\d{3}", match[0])
    ]


def cases() -> list[tuple[str, dict[str, str], dict[str, str], bool]]:
    """Heading, marked files, expected files and whether their fix is unsafe, of each case that its signature runs."""
    found = []
    for page in programs.pages():
        parts = HEADING.split(page.read_text("utf-8"))[1:]
        for heading, body in zip(parts[::2], parts[1::2], strict=True):
            before, _, after = body.partition("\n### ")
            if heading not in NOT_LAMBDA:
                unsafe = after.startswith("fixed unsafe\n")
                found.append((heading, dict(FENCE.findall(before)), dict(FENCE.findall(after)), unsafe))
    return found


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> list[Ran]:
    """Every case and what the issue wants it to become, executed."""
    scratch = tmp_path_factory.mktemp("cases")
    known, jobs = [], []
    for index, (heading, marked, after, unsafe) in enumerate(cases()):
        files = {path: MARK.sub("", text) for path, text in marked.items()}
        program = Program(heading, tuple(files.items()))
        if handlers := programs.likely_handlers(program):
            before = program.write(scratch / f"{index}a")
            fixed = Program(heading, tuple((files | after).items())).write(scratch / f"{index}b")
            known.append((heading, claims_in(marked), unsafe))
            jobs += [run.Job(before, handlers), run.Job(fixed, handlers, before)]
    records = run.run(jobs)
    return [
        Ran(heading, claims, unsafe, before, after)
        for (heading, claims, unsafe), before, after in zip(known, records[::2], records[1::2], strict=True)
    ]


def test_every_mark_of_the_cases_is_what_a_run_shows(runs: list[Ran]) -> None:
    wrong = [f"{one.heading}: {text}" for one in runs for text in judge.wrong(one.claims, one.before)]
    missed = [(one.heading, line) for one in runs for line in judge.missed(one.claims, one.before)]
    assert (wrong, [found for found in missed if found[0] not in KNOWN_MISSES]) == ([], [])
    assert {heading for heading, _ in missed} == KNOWN_MISSES


def test_every_expected_fix_of_the_cases_behaves_as_before(runs: list[Ran]) -> None:
    found = [(one.heading, judge.differences(one.before, one.after, unsafe=one.unsafe)) for one in runs]
    assert [(heading, differences) for heading, differences in found if differences] == []

"""What the fixes gain: `python -m tests.bench gains` runs a program before and after `lambda-perf fix`."""

from __future__ import annotations

import importlib.util
import json
import shutil
import statistics
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.bench.measure import FailedRunError, environment
from tests.bench.peers import tool
from tests.bench.routers_app import write_app

CALLS = 100

EXAMPLE = Path(__file__).resolve().parents[1] / "projects" / "orders" / "project"

HANDLER_DRIVER = f"""
import json, sys, time
from moto import mock_aws
sys.path.insert(0, "src")
event = {{"httpMethod": "POST", "pathParameters": {{"id": "17"}}, "body": "tea"}}
with mock_aws():
    import boto3
    boto3.client("sqs").create_queue(QueueName="orders")
    import app
    answers = [app.handler(event, None)]
    start = time.process_time()
    for _ in range({CALLS}):
        answers.append(app.handler(event, None))
    seconds = (time.process_time() - start) / {CALLS}
print(json.dumps({{"ms": 1000 * seconds, "answers": answers}}))
"""

IMPORT_DRIVER = """
import json, sys, time
start = time.process_time()
from api.main import app
seconds = time.process_time() - start
print(json.dumps({"ms": 1000 * seconds, "answers": app.openapi()}))
"""

SETTINGS = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "MOTO_ACCOUNT_ID": "000000000000",
}


@dataclass(frozen=True, slots=True)
class Gain:
    """A program measured before and after the fix, in CPU milliseconds."""

    name: str
    before: tuple[float, ...]
    after: tuple[float, ...]

    def render(self) -> str:
        before, after = statistics.median(self.before), statistics.median(self.after)
        ratio = statistics.median(b / a for b, a in zip(self.before, self.after, strict=True))
        saved = 100 * (1 - 1 / ratio)
        figures = f"{before:9.2f} ms -> {after:8.2f} ms   {ratio:5.1f}x faster, -{saved:.0f} %"
        return f"{self.name:44} {figures}, n={len(self.before)}"


def report(folder: Path, runs: int) -> int:
    """Prints each gain; a program that cannot be made here is named with the reason."""
    print("CPU time of the same program before and after `lambda-perf fix`, interleaved, medians")
    for name, build in (("handler", _handler), ("routers", _routers)):
        place = folder / name
        place.mkdir()
        outcome = build(place, runs)
        print(outcome.render() if isinstance(outcome, Gain) else f"{name} skipped: {outcome}", flush=True)
    return 0


def _handler(folder: Path, runs: int) -> Gain | str:
    if importlib.util.find_spec("moto") is None:
        return "moto is not installed here"
    before = folder / "before"
    shutil.copytree(EXAMPLE, before)
    return _gain("a warm POST of the example, SQS client inside", before, _fixed(before), HANDLER_DRIVER, runs)


def _routers(folder: Path, runs: int) -> Gain | str:
    missing = [name for name in ("fastapi", "mangum") if importlib.util.find_spec(name) is None]
    if missing:
        return f"{missing[0]} is not installed here"
    before = folder / "before"
    before.mkdir()
    write_app(before)
    (before / "pyproject.toml").write_text("[tool.lambda-perf]\n")
    after = _fixed(before, "--select", "LPF301", "--unsafe-fixes")
    return _gain("importing a FastAPI app with 30 routers", before, after, IMPORT_DRIVER, runs)


def _fixed(before: Path, *options: str) -> Path:
    """A copy of the program after `lambda-perf fix`, which must have changed it."""
    after = before.parent / "after"
    shutil.copytree(before, after)
    program = tool("lambda-perf")
    if program is None:
        raise SystemExit("lambda-perf is not installed beside this Python; run `pip install .` first")
    done = subprocess.run(
        [program, "fix", *options, "."], cwd=after, env=environment(), capture_output=True, text=True, check=False
    )
    texts = [{p.relative_to(root): p.read_bytes() for p in root.rglob("*.py")} for root in (before, after)]
    if texts[0] == texts[1]:
        raise FailedRunError(f"lambda-perf fix changed nothing:\n{done.stdout}{done.stderr}")
    return after


def _gain(name: str, before: Path, after: Path, driver: str, runs: int) -> Gain:
    answers = [_drive(root, driver)["answers"] for root in (before, after)]
    if answers[0] != answers[1]:
        raise FailedRunError(f"{name}: the program answers differently after the fix")
    pairs = [(_milliseconds(before, driver), _milliseconds(after, driver)) for _ in range(runs)]
    return Gain(name, tuple(b for b, _ in pairs), tuple(a for _, a in pairs))


def _milliseconds(root: Path, driver: str) -> float:
    milliseconds = _drive(root, driver)["ms"]
    assert isinstance(milliseconds, float)
    return milliseconds


def _drive(root: Path, driver: str) -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, "-c", driver], cwd=root, env=environment(SETTINGS), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise FailedRunError(f"the program in {root.name} failed:\n{done.stderr}")
    result: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return result

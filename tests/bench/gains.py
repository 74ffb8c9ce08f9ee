"""What the fixes gain: `python -m tests.bench gains` runs a program before and after `lambda-perf fix`."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import statistics
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from tests.bench.measure import FailedRunError, compile_packages, environment
from tests.bench.peers import tool
from tests.bench.routers_app import LIBRARIES, write_app

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

IMPORT_DRIVER = Path(__file__).with_name("routers_driver.py")
REQUESTS = json.dumps(
    [
        ["GET", "/health", ""],
        ["GET", "/api/orders/0/5", ""],
        ["POST", "/api/orders/1", '{"field_1_0": -7}'],
        ["DELETE", "/api/tickets/1", ""],
        ["GET", "/nowhere", ""],
    ]
)
OLD_FASTAPI = "LAMBDA_PERF_FASTAPI_0110"
"""Names a Python with FastAPI 0.110, see requirements-fastapi-0110.txt beside this file."""

PROBE = """
import importlib, json, sys
missing = []
for name in json.loads(sys.argv[1]):
    try:
        importlib.import_module(name)
    except ImportError:
        missing.append(name)
print(json.dumps({"missing": missing, "fastapi": None if "fastapi" in missing else sys.modules["fastapi"].__version__}))
"""

SETTINGS = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "MOTO_ACCOUNT_ID": "000000000000",
}


@dataclass(frozen=True, slots=True)
class Gain:
    """A program measured before and after the fix, in CPU milliseconds; `gate` is the least ratio that will do."""

    name: str
    before: tuple[float, ...]
    after: tuple[float, ...]
    gate: float

    @property
    def ratio(self) -> float:
        """The median of the pairwise ratios."""
        return statistics.median(b / a for b, a in zip(self.before, self.after, strict=True))

    @property
    def missed(self) -> bool:
        return self.ratio < self.gate

    def render(self) -> str:
        before, after = statistics.median(self.before), statistics.median(self.after)
        ratios = [b / a for b, a in zip(self.before, self.after, strict=True)]
        figures = f"{before:8.2f} ms -> {after:7.2f} ms  {self.ratio:5.1f}x faster, -{100 * (1 - 1 / self.ratio):.0f} %"
        gate = f"gate {self.gate:.0f}x, -{100 * (1 - 1 / self.gate):.0f} %: {'MISSED' if self.missed else 'holds'}"
        return f"{self.name:48} {figures} ({min(ratios):.1f} to {max(ratios):.1f}, n={len(ratios)})  {gate}"


def report(folder: Path, runs: int) -> int:
    """Prints each gain; a program that cannot be made here is named with the reason."""
    print("CPU time of the same program before and after `lambda-perf fix`, interleaved, medians, with bytecode")
    pythons = {"FastAPI": sys.executable, "FastAPI 0.110": os.environ.get(OLD_FASTAPI, "")}
    gains: dict[str, Callable[[Path], Gain | str]] = {"handler": lambda place: _handler(place, runs)}
    for name, python in pythons.items():
        gains[name] = partial(_routers, python=python, runs=runs)
    missed = 0
    for name, build in gains.items():
        place = folder / name.replace(" ", "-")
        place.mkdir()
        try:
            outcome = build(place)
        except FailedRunError as failure:
            missed += 1
            print(f"{name} could not be measured: {failure}", flush=True)
            continue
        missed += isinstance(outcome, Gain) and outcome.missed
        print(outcome.render() if isinstance(outcome, Gain) else f"{name} skipped: {outcome}", flush=True)
    return 1 if missed else 0


def _handler(folder: Path, runs: int) -> Gain | str:
    if importlib.util.find_spec("moto") is None:
        return "moto is not installed here"
    before = folder / "before"
    shutil.copytree(EXAMPLE, before)
    driver = (sys.executable, "-c", HANDLER_DRIVER)
    return _gain(Gain("a warm POST of the example, SQS client inside", (), (), 2), before, driver, runs)


def _routers(folder: Path, python: str, runs: int) -> Gain | str:
    if not python:
        return f"{OLD_FASTAPI} names no Python with FastAPI 0.110"
    found = _said(folder, (python, "-c", PROBE, json.dumps(["fastapi", "mangum", *LIBRARIES])))
    if found["missing"]:
        return f"its Python lacks {', '.join(found['missing'])}"
    compile_packages(Path(python))
    before = folder / "before"
    before.mkdir()
    write_app(before)
    (before / "lambda-perf.toml").touch()
    name = f"importing 30 routers, FastAPI {found['fastapi']}"
    return _gain(Gain(name, (), (), 4), before, (python, str(IMPORT_DRIVER), "api.main", REQUESTS), runs)


def _fixed(before: Path) -> Path:
    """A copy of the program after `lambda-perf fix`, which must have changed it."""
    after = before.parent / "after"
    shutil.copytree(before, after)
    program = tool("lambda-perf")
    if program is None:
        raise SystemExit("lambda-perf is not installed beside this Python; run `pip install .` first")
    done = subprocess.run(
        [program, "fix", "."], cwd=after, env=environment(), capture_output=True, text=True, check=False
    )
    texts = [{p.relative_to(root): p.read_bytes() for p in root.rglob("*.py")} for root in (before, after)]
    if texts[0] == texts[1]:
        raise FailedRunError(f"lambda-perf fix changed nothing:\n{done.stdout}{done.stderr}")
    return after


def _gain(asked: Gain, before: Path, driver: Sequence[str], runs: int) -> Gain:
    """Fixes a program, compares its answers once, which also compiles all of it, and measures it in pairs."""
    after = _fixed(before)
    answers = [{**_said(root, driver), "ms": 0, "loaded": 0} for root in (before, after)]
    if answers[0] != answers[1]:
        raise FailedRunError(f"{asked.name}: the program answers differently after the fix")
    pairs = [(_said(before, driver)["ms"], _said(after, driver)["ms"]) for _ in range(runs)]
    return replace(asked, before=tuple(b for b, _ in pairs), after=tuple(a for _, a in pairs))


def _said(folder: Path, command: Sequence[str]) -> Any:
    """What a program prints last, as JSON; the seed fixes the order of sets in what it answers."""
    settings = {**SETTINGS, "PYTHONHASHSEED": "0"}
    done = subprocess.run(command, cwd=folder, env=environment(settings), capture_output=True, text=True, check=False)
    if done.returncode:
        raise FailedRunError(f"the program in {folder.name} failed:\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])

"""What goes to a stream, and what stands on a terminal while work takes long."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest
from bad_input import SLOW

from flake8_lambda_perf.cli.terminal import count_seconds, sign_of_life, write


def test_a_report_goes_to_any_stream() -> None:
    stream = io.StringIO()
    with contextlib.redirect_stdout(stream):
        write("größe\n")
    assert stream.getvalue() == "größe\n"


class Ticks(Event):
    """An event that is set after some waits, without any time passing."""

    def __init__(self, answers: Iterator[bool]) -> None:
        super().__init__()
        self.answers = answers

    def wait(self, timeout: float | None = None) -> bool:
        assert timeout == 1.0
        return next(self.answers)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_work_below_a_second_shows_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    count_seconds("checking", Ticks(iter([True])))
    assert capsys.readouterr() == ("", "")


def test_longer_work_is_counted_on_one_line_and_wiped(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter([10.0, 11.0, 12.0])
    monkeypatch.setattr("flake8_lambda_perf.cli.terminal.time.monotonic", lambda: next(clock))
    count_seconds("checking", Ticks(iter([False, False, True])))
    assert capsys.readouterr() == ("", "\r\x1b[2Kchecking ... 1 s\r\x1b[2Kchecking ... 2 s\r\x1b[2K")


def test_short_work_on_a_terminal_leaves_no_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    with sign_of_life("checking"):
        pass
    assert terminal.getvalue() == ""


@pytest.mark.skipif(sys.platform == "win32", reason="pipes close differently")
def test_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_bytes(SLOW)
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "flake8_lambda_perf", "check"]
    run = subprocess.run(command, cwd=tmp_path, stdout=writer, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writer)
    assert (run.returncode, run.stderr) == (1, "")

"""What is written to the terminal: the report, notices, colours, and a sign of life."""

from __future__ import annotations

import os
import sys
import time
from contextlib import contextmanager
from threading import Event, Thread
from typing import TYPE_CHECKING

from flake8_lambda_perf.errors import UsageError
from flake8_lambda_perf.report.ansi import coloured, plain, printable
from flake8_lambda_perf.report.concise import problem_line
from flake8_lambda_perf.report.footer import count

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO

    from flake8_lambda_perf.model import Run
    from flake8_lambda_perf.report.ansi import Paint

QUIET_SECONDS = 1.0


def paint_for(stream: TextIO | None, choice: str) -> Paint:
    """How a stream is coloured."""
    return coloured if takes_colours(stream, choice) else plain


def takes_colours(stream: TextIO | None, choice: str) -> bool:
    """Whether a stream gets colours: the option, then NO_COLOR, FORCE_COLOR, then the terminal."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream is not None and stream.isatty() and os.environ.get("TERM") != "dumb"


def write(text: str) -> None:
    """Write to standard output; a reader that has gone away (`| head`) is no error."""
    if sys.stdout is None:
        return  # it was closed
    try:
        if hasattr(sys.stdout, "reconfigure"):
            sys.stdout.reconfigure(errors="backslashreplace")
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        silence(sys.stdout)
    except OSError as error:
        silence(sys.stdout)
        raise not_written(error) from error


def not_written(error: OSError) -> UsageError:
    """The error of a report that found no place."""
    return UsageError(f"standard output cannot be written: {error.strerror}; direct it elsewhere")


def silence(stream: TextIO) -> None:
    """Give Python's last flush at exit somewhere to go, else it complains."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def notice(text: str) -> None:
    """Write one line to standard error."""
    if sys.stderr is None:
        return  # it was closed
    try:
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()
    except OSError:
        silence(sys.stderr)  # nobody reads our notices any more


def notice_problems(run: Run, colour: str) -> None:
    """Write what could not be done to standard error."""
    paint = paint_for(sys.stderr, colour)
    for problem in run.problems:
        notice(problem_line(problem, paint))


def notice_unread(run: Run) -> None:
    """Write which files may declare handlers and are of no kind that is read."""
    for each in run.notices:
        notice(f"{printable(each.path)}: notice: {printable(each.message)}")


def notice_no_handlers(run: Run) -> None:
    """Say that nothing was found to look at, which is not the same as clean."""
    if not run.handlers:
        where = f"in {count(run.files, 'file')}"
        notice(f"lambda-perf: no handlers found {where}; declare them with handlers = [...]")


@contextmanager
def sign_of_life(what: str) -> Iterator[None]:
    """Count the seconds on a terminal while work takes longer than one."""
    if sys.stderr is None or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield
        return
    done = Event()
    thread = Thread(target=count_seconds, args=(what, done), daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def count_seconds(what: str, done: Event) -> None:
    """Rewrite one line every second until the work is done, then wipe it."""
    started = time.monotonic()
    shown = False
    while not done.wait(QUIET_SECONDS):
        sys.stderr.write(f"\r\x1b[2K{what} ... {time.monotonic() - started:.0f} s")
        sys.stderr.flush()
        shown = True
    if shown:
        sys.stderr.write("\r\x1b[2K")
        sys.stderr.flush()


def write_bytes(data: bytes) -> None:
    """Write a file's bytes to standard output exactly."""
    if sys.stdout is None:
        return  # it was closed
    try:
        sys.stdout.buffer.write(data)
        sys.stdout.flush()
    except BrokenPipeError:
        silence(sys.stdout)
    except OSError as error:
        silence(sys.stdout)
        raise not_written(error) from error

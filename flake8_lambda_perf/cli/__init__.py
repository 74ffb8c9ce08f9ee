"""The command `lambda-perf`: reads the command line, runs one command, answers with an exit status.

0 is clean, 1 findings, 2 could not do the job, 3 our own fault, 130 Ctrl-C. Everything beyond the
argument parser is imported by the command that uses it.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys
from typing import TYPE_CHECKING

from flake8_lambda_perf import __version__
from flake8_lambda_perf.errors import LambdaPerfError

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Sequence

NOT_DONE = 2
OUR_FAULT = 3
INTERRUPTED = 130
ISSUES = "the issue tracker of flake8-lambda-perf"


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        return dispatch(words)
    except SystemExit as stop:  # argparse has said what it had to say
        return stop.code if isinstance(stop.code, int) else NOT_DONE
    except KeyboardInterrupt:
        say("interrupted")
        return INTERRUPTED
    except LambdaPerfError as error:
        say(str(error))
        return error.exit_code
    except OSError as error:  # a full disk, a folder that went away: nothing that a bug report would help
        say(out_of_reach(error))
        return NOT_DONE
    except Exception as error:  # noqa: BLE001  # the last resort: a traceback is no answer to a user
        return report_crash(error)


def dispatch(words: list[str]) -> int:
    """Parse the command line and hand it to the module of its command."""
    if words == ["--version"]:  # answered before the argument parser is loaded
        print(f"lambda-perf {__version__}", flush=True)  # noqa: T201  # our writer costs more than the answer
        return 0
    from importlib import import_module

    from flake8_lambda_perf.cli.arguments import COMMANDS, build_parser

    parser, commands = build_parser()
    gc.disable()  # the process ends with its command, and nearly all it makes lives as long
    atexit.register(gc.freeze)  # else the interpreter goes through all of it once more on its way out
    if words and words[0] in COMMANDS:
        options = read_words(commands[words[0]], words[1:])
        module = import_module(f"flake8_lambda_perf.cli.{words[0]}")
        status: int = module.run(options)
        return status
    return without_command(parser, words)


def read_words(command: ArgumentParser, words: list[str]) -> Namespace:
    """The options of a command; what stands behind `--` is a path, whatever it looks like.

    argparse before Python 3.12 loses `--` where options and paths may be mixed.
    """
    end = words.index("--") if "--" in words else len(words)
    options = command.parse_intermixed_args(words[:end])
    if behind := words[end + 1 :]:
        if not hasattr(options, "paths"):
            command.error(f"unrecognized arguments: {' '.join(behind)}")
        options.paths = [*options.paths, *(f"./{word}" if word.startswith("-") else word for word in behind)]
    return options


def without_command(parser: ArgumentParser, words: list[str]) -> int:
    """Answer what was asked without a command; argparse leaves by SystemExit when it has."""
    if words:
        parser.parse_args(words)
    else:
        parser.print_help()
    return NOT_DONE


def out_of_reach(error: OSError) -> str:
    """What the system refused, and where."""
    from flake8_lambda_perf.report.ansi import printable

    reason = error.strerror or str(error)
    place = f"{printable(os.fsdecode(error.filename))}: " if isinstance(error.filename, str | bytes) else ""
    return f"{place}{reason}; the job was not done, mend that and run it again"


def report_crash(error: Exception) -> int:
    """Say that the fault is ours and how to report it."""
    if os.environ.get("LAMBDA_PERF_DEBUG"):
        import traceback

        traceback.print_exception(error)
    say(
        f"internal error: {type(error).__name__}: {error}\n"
        f"This is a bug in lambda-perf. Run it again with LAMBDA_PERF_DEBUG=1 and send the "
        f"traceback, with the code that led to it if you can, to {ISSUES}."
    )
    return OUR_FAULT


def say(message: str) -> None:
    """Print a notice where it does not mix with the report."""
    if sys.stderr is None:
        return  # it was closed
    try:
        sys.stderr.write(f"lambda-perf: {message}\n")
        sys.stderr.flush()
    except OSError:
        return  # nobody reads our notices any more

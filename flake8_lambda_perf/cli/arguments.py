"""The argument parser of every command, and the texts of `--help`."""

from __future__ import annotations

import sys
from argparse import Action, ArgumentParser, Namespace, RawDescriptionHelpFormatter
from pathlib import Path
from typing import TYPE_CHECKING

from flake8_lambda_perf import __version__
from flake8_lambda_perf.report import FORMATS

if TYPE_CHECKING:
    from argparse import _ArgumentGroup
    from collections.abc import Sequence

SHELLS = ("bash", "zsh", "tcsh")

COMMANDS = {
    "check": "Report what is paid on every request and need not be.",
    "fix": "Repair what can be repaired without changing behaviour.",
    "explain": "Show what a rule looks for, what it costs and how to fix it.",
    "rules": "List the rules.",
    "handlers": "List the entry points that are found, with the evidence for each.",
}

DESCRIPTION = "Find and fix what makes serverless Python slow."

EPILOG = """\
exit status:
  0    clean
  1    findings (check), or changes to make (fix --diff, fix --check)
  2    the job could not be done: usage, settings, an unreadable file
  3    a bug in lambda-perf
  130  interrupted
"""

CHECK = """\
Report the lines that run on every request of a serverless function and need not.
Nothing is written, nothing of your code is run.
"""

FIX = """\
Apply the safe fixes, file by file, and exit with 0 when that is done.
With - as the only path, read standard input and write the result to standard output.
"""

EXPLAIN = "Show what a rule looks for, why, what it costs, and slow and fast code side by side."

HANDLERS = "List the entry points that are found, with the evidence for each."


def build_parser() -> tuple[ArgumentParser, dict[str, ArgumentParser]]:
    """The parser of the whole command line, and that of each command by its name."""
    parser = ArgumentParser(
        "lambda-perf",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"lambda-perf {__version__}")
    parser.add_argument(
        "--print-completion",
        action=PrintCompletion,
        metavar="SHELL",
        choices=SHELLS,
        help=f"print the completion script of a shell: {', '.join(SHELLS)}",
    )
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND")
    fillers = (fill_check, fill_fix, fill_explain, fill_rules, fill_handlers)
    descriptions = (CHECK, FIX, EXPLAIN, "List the rules.", HANDLERS)
    commands: dict[str, ArgumentParser] = {}
    for (name, summary), text, fill in zip(COMMANDS.items(), descriptions, fillers, strict=True):
        commands[name] = subparsers.add_parser(
            name,
            help=summary,
            description=text,
            formatter_class=RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        fill(commands[name])
    return parser, commands


class PrintCompletion(Action):
    """Prints the completion script of a shell and exits."""

    def __call__(
        self,
        parser: ArgumentParser,
        _namespace: Namespace,
        values: str | Sequence[object] | None,
        _option_string: str | None = None,
    ) -> None:
        from flake8_lambda_perf.cli.completion import script

        sys.stdout.write(script(parser, str(values)) + "\n")
        parser.exit()


def fill_check(parser: ArgumentParser) -> None:
    """The options of `check`."""
    add_paths(parser)
    add_selection(parser)
    output = parser.add_argument_group("output")
    output.add_argument("--format", choices=FORMATS, default="full", help="how findings are shown (default: full)")
    output.add_argument("--statistics", action="store_true", help="count the findings of each rule after the report")
    output.add_argument("--exit-zero", action="store_true", help="exit with 0 although there are findings")
    add_colour(output)
    add_project(parser)


def fill_fix(parser: ArgumentParser) -> None:
    """The options of `fix`."""
    add_paths(parser)
    changes = parser.add_argument_group("changes")
    changes.add_argument(
        "--unsafe-fixes",
        action="store_true",
        help="apply fixes that may change behaviour too; explain says how",
    )
    changes.add_argument("--diff", action="store_true", help="write nothing, print the changes as a diff")
    changes.add_argument("--check", action="store_true", help="write nothing, name the files that would change")
    add_selection(parser)
    add_colour(parser.add_argument_group("output"))
    add_project(parser)


def fill_explain(parser: ArgumentParser) -> None:
    """The options of `explain`."""
    parser.add_argument(
        "rules",
        nargs="*",
        metavar="RULE",
        help="a code (LPF101), a name (aws-client-per-invocation) or a prefix (LPF1)",
    )


def fill_rules(parser: ArgumentParser) -> None:
    """The options of `rules`."""
    add_list_format(parser)


def fill_handlers(parser: ArgumentParser) -> None:
    """The options of `handlers`."""
    parser.add_argument("paths", nargs="*", metavar="PATH", help="folders or files (default: the working directory)")
    parser.set_defaults(stdin_filename=None, select=None, ignore=None, extend_select=None, disable_noqa=False)
    add_list_format(parser, "table")
    add_project(parser)


def add_paths(parser: ArgumentParser) -> None:
    """What is looked at."""
    parser.add_argument(
        "paths",
        nargs="*",
        metavar="PATH",
        help="files or folders, or - for standard input (default: the working directory)",
    )
    parser.add_argument(
        "--stdin-filename",
        metavar="PATH",
        help="where the text of standard input belongs in the project",
    )


def add_selection(parser: ArgumentParser) -> None:
    """Which rules count."""
    group = parser.add_argument_group("rules", "RULES are codes, prefixes or names with commas between them.")
    group.add_argument(
        "--select", metavar="RULES", action="extend", type=names, help="only these, instead of the settings' select"
    )
    group.add_argument(
        "--ignore", metavar="RULES", action="extend", type=names, help="not these, instead of the settings' ignore"
    )
    group.add_argument("--extend-select", metavar="RULES", action="extend", type=names, help="these too")
    group.add_argument("--disable-noqa", action="store_true", help="count lines with # noqa too")


def add_project(parser: ArgumentParser) -> None:
    """Where settings and facts are kept."""
    group = parser.add_argument_group("project")
    settings = group.add_mutually_exclusive_group()
    settings.add_argument("--config", type=Path, metavar="FILE", help="read the settings from this TOML file")
    settings.add_argument("--isolated", action="store_true", help="read no settings file")
    group.add_argument(
        "--force-exclude",
        action="store_true",
        help="leave out excluded files even where they are named on the command line",
    )
    cache = group.add_mutually_exclusive_group()
    cache.add_argument(
        "--cache-dir",
        type=Path,
        metavar="FOLDER",
        help="keep facts there (default: .lambda_perf_cache in the project's root)",
    )
    cache.add_argument("--no-cache", action="store_true", help="neither read nor write a cache")


def add_colour(group: _ArgumentGroup) -> None:
    """Whether the report is coloured."""
    group.add_argument(
        "--color",
        choices=("auto", "always", "never"),
        default="auto",
        help="colour the report (default: auto, on a terminal; NO_COLOR and FORCE_COLOR count)",
    )


def add_list_format(parser: ArgumentParser, default: str = "text") -> None:
    """How a list is shown."""
    parser.add_argument(
        "--format", choices=(default, "json"), default=default, help=f"how the list is shown (default: {default})"
    )


def names(text: str) -> list[str]:
    """`LPF101, LPF2` as a list."""
    return [part.strip() for part in text.split(",") if part.strip()]

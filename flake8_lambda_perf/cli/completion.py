"""Completion scripts of shells, made by shtab from the parser itself."""

from __future__ import annotations

from argparse import ArgumentParser

import shtab

FILES = frozenset({"PATH", "FILE"})
FOLDERS = frozenset({"FOLDER"})


def script(parser: ArgumentParser, shell: str) -> str:
    """The script to source in `shell`."""
    complete_paths(parser)
    return shtab.complete(parser, shell=shell)


def complete_paths(parser: ArgumentParser) -> None:
    """Let the shell offer files and folders where an argument is one, in every command."""
    for action in parser._actions:  # noqa: SLF001  # shtab reads the same list
        if isinstance(action.choices, dict):
            for command in action.choices.values():
                complete_paths(command)
        if action.metavar in FILES:
            action.complete = shtab.FILE  # type: ignore[attr-defined]  # the attribute shtab looks for
        elif action.metavar in FOLDERS:
            action.complete = shtab.DIRECTORY  # type: ignore[attr-defined]  # as above

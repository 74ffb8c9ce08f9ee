"""Where the code lies that a deployment program names: folders, files that it reads, text of its own."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from flake8_lambda_perf.dataclass import dataclass
from flake8_lambda_perf.discover import DEFAULT_EXCLUDES
from flake8_lambda_perf.manifests.deployed import Written, above, archive_folder, code_folder, join
from flake8_lambda_perf.manifests.inline import MODULE, Inline, Piece, inline, pieces
from flake8_lambda_perf.manifests.python.values import Outside, Place, Plain, Value, text_of

if TYPE_CHECKING:
    from flake8_lambda_perf.manifests.python.program import Program
    from flake8_lambda_perf.model import Said

BUILT = frozenset(DEFAULT_EXCLUDES)
"""Folders that hold no source of the project: what a build puts there lies elsewhere too."""


@dataclass(frozen=True, slots=True)
class Code:
    """The code of a function: its handler, the folder its module is looked up from, and what its image states."""

    handler: str
    root: str | None
    inline: Inline | None = None
    is_image: bool = False
    web_adapter: bool = False
    said: tuple[Said, ...] = ()


def folder_of(program: Program, value: Value | None, key: str, handler: str | None = None) -> str | None:
    """The folder that a path names; None where it is computed, none of the project, or one that a build fills.

    Relative paths start from the folder in which the program is run. Where nothing lies there, from that of the file
    that names them or one above it, which a script may have gone to; a program without a marker may be run anywhere.
    """
    text = text_of(value)
    if text is None or not isinstance(value, Plain) or not text.isprintable():
        return None
    written = Written(text, key, value.place.file.path, value.place.position[0])
    whole = posixpath.normpath(text)
    if whole == program.root or whole.startswith(f"{program.root}/"):
        base, written = "", replace(written, text=posixpath.relpath(whole, program.root))
    elif posixpath.isabs(text):
        return None
    else:
        base = _base_of(program, text, value.place)
    if text.endswith(".zip") and handler is not None:
        return archive_folder(program.files.root, base, written, handler)
    folder = code_folder(program.files.root, base, written)
    return None if folder is None or not BUILT.isdisjoint(folder.split("/")) else folder


def _base_of(program: Program, text: str, place: Place) -> str:
    """The folder from which a relative path leads to something."""
    top = program.top
    own = (folder for folder in above(place.file.path) if not top or f"{folder}/".startswith(f"{top}/"))
    for each in (program.folder, *own):
        joined = join(each, text)
        if joined is not None and os.path.exists(program.files.root / joined):  # noqa: PTH110  (long names)
            return each
    return program.folder


def read_file(program: Program, value: Value | None, handler: str) -> Code | None:
    """Code that the program reads from a file of the project: `open("orders.py").read()`."""
    opened = value
    if isinstance(value, Outside) and value.name.endswith("builtins.open().read()"):
        opened = value.owner
    if not isinstance(opened, Outside) or not opened.name.endswith("builtins.open()"):
        return None
    text = text_of(opened.argument("file", 0))
    folder = folder_of(program, opened.argument("file", 0), "open")
    if text is None or folder is None or not text.endswith(".py"):
        return None
    return Code(f"{posixpath.basename(text)[:-3]}.{handler.rpartition('.')[2]}", folder)


def inline_code(value: Value | None, resource: str, handler: str) -> Code | None:
    """Code that stands in the program as a text."""
    if not isinstance(value, Plain) or not isinstance(value.value, str):
        return None
    file = value.place.file
    held = inline(file.path, resource, _pieces(value))
    if held is None or handler.rpartition(".")[0] != MODULE:
        return None
    return Code(handler, held.root, held)


def _pieces(value: Plain) -> Iterator[Piece]:
    """The lines of a text where its one literal holds them, all at its place where there is none."""
    text, (place, *others) = str(value.value), value.places
    file = value.place.file
    span = file.lines.span(place.node if place.file is file else value.place.node)
    if others or place.file is not file:
        yield Piece(text, span.start, exact=False)
    else:
        yield from pieces(text, file.text[span.start : span.end], span.start)

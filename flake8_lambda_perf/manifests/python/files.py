"""The Python files of a deployment program: which there are, parsed on demand, and which of them an import means."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from flake8_lambda_perf.errors import SourceError
from flake8_lambda_perf.manifests.deployed import above
from flake8_lambda_perf.manifests.python.values import File
from flake8_lambda_perf.model import Problem
from flake8_lambda_perf.source import Lines, parse

if TYPE_CHECKING:
    from flake8_lambda_perf.source import SourceFile

MAX_LENGTH = 500_000
"""Characters of a file that is still read: parsing takes a second for every million."""

FOREIGN = sys.stdlib_module_names | {"aws_cdk", "constructs", "pulumi", "pulumi_aws", "boto3", "jsii"}
"""What an absolute import of such a name means is never the project's own."""


class Sources(Protocol):
    """The project's Python files as they are read elsewhere too, and the bytes of any file that is not saved yet."""

    @property
    def overlay(self) -> Mapping[str, bytes]: ...
    @property
    def files(self) -> Sequence[str]: ...
    @property
    def known(self) -> frozenset[str]: ...
    def data(self, path: str) -> bytes | None: ...
    def source(self, path: str) -> SourceFile | None: ...


class Files:
    """Parses files once, and says what could not be."""

    def __init__(self, root: Path, sources: Sources) -> None:
        self.root = root
        self.known = sources.known
        self.folders = frozenset(folder for path in self.known for folder in above(path))
        self.problems: list[Problem] = []
        self._sources = sources
        self._parsed: dict[str, File | None] = {}

    def file(self, path: str) -> File | None:
        """A parsed file; None, with a problem noted, where it cannot be."""
        if path not in self._parsed:
            self._parsed[path] = self._parse(path)
        return self._parsed[path]

    def _parse(self, path: str) -> File | None:
        source = self._sources.source(path)
        if source is None:
            return None
        if len(source.text) > MAX_LENGTH:
            message = f"longer than {MAX_LENGTH} characters; split the file or exclude it"
            self.problems.append(Problem(path, 0, message))
            return None
        try:
            return File(path, source.text, parse(source.text), Lines(source.text))
        except SourceError as error:
            self.problems.append(Problem(path, error.line, str(error)))
            return None

    def locate(self, module: str, importer: str, level: int, folders: Sequence[str]) -> str | None:
        """The path of a module, or the folder of a package without code; absolute ones are looked up in `folders`."""
        parts = module.split(".") if module else []
        if not level and (parts[0] in FOREIGN and (len(parts) == 1 or parts[0] != "constructs")):
            return None
        for folder in _ancestors(importer, level) if level else (*folders, *above(importer)):
            base = "/".join([folder, *parts] if folder else parts)
            for path in (f"{base}/__init__.py" if base else "__init__.py", f"{base}.py"):
                if path in self.known:
                    return path
            if base in self.folders:
                return base
        return None


def _ancestors(importer: str, level: int) -> list[str]:
    """The folder that a relative import starts from, if there is one."""
    return list(above(importer))[level - 1 : level]

"""The Terraform files of a project by folder: which matter, which folders call which, and what each declares."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from flake8_lambda_perf.errors import ManifestError
from flake8_lambda_perf.manifests.deployed import LocatedError, check_text, join, read_text
from flake8_lambda_perf.manifests.terraform import hcl_parse, json_files
from flake8_lambda_perf.manifests.terraform.scopes import Folder
from flake8_lambda_perf.model import Problem

if TYPE_CHECKING:
    from flake8_lambda_perf.manifests.terraform.hcl_nodes import Body

SUFFIXES = (".tf", ".tofu", ".tf.json", ".tofu.json")
ASSIGNED = re.compile(r"terraform\.tfvars(?:\.json)?|.*\.auto\.tfvars(?:\.json)?")

FUNCTION = re.compile(
    r"\b(?:aws_lambda_function|google_cloudfunctions2?_function)(?:\"?[ \t]+[\"\w]|\"\s*:)"
    r"|\bterraform-aws-modules/(?:terraform-aws-)?lambda\b"
)
_STATED = re.compile(r"""runtime"?\s*[=:]""")
_OTHERS = re.compile(r"""runtime"?\s*[=:]\s*"(?:nodejs|java|dotnet|go|ruby|provided)""")
_RENDERED = re.compile(r"\{%|\{\{")  # a template that only is HCL after rendering (Jinja, Cookiecutter)
CALL = re.compile(r"""\bsource"?\s*[=:]\s*"(\.\.?/[^"$\s]*)""")


def _declares(text: str) -> bool:
    """Whether a folder declares functions; not where all of them state a runtime there that is not Python."""
    if not ("lambda" in text or "cloudfunctions" in text) or FUNCTION.search(text) is None:
        return False
    if "ython" in text or "image" in text:
        return True
    others = len(_OTHERS.findall(text))
    return others == 0 or others < len(_STATED.findall(text))


class Files:
    """The files of a project, each read once, each folder parsed once."""

    def __init__(self, root: Path, paths: Iterable[str]) -> None:
        self.problems: list[Problem] = []
        self._without_parser: Problem | None = None
        self._texts: dict[str, dict[str, str]] = {}
        self._folders: dict[str, Folder] = {}
        self._declaring: list[str] | None = None
        for path in sorted(paths):
            folder = posixpath.dirname(path)
            try:
                text = read_text(root, path)
            except ManifestError as error:
                self.problems.append(Problem(path, error.line, str(error)))
                continue
            if text is not None:
                self._texts.setdefault(folder, {})[path] = text

    def roots(self) -> list[str]:
        """The folders to begin with: those that declare functions, or call folders that do, and are not called."""
        pending = self.declaring()
        needed = set(pending)
        calls = {folder: self._called(folder) for folder in (self._texts if pending else ())}
        callers: dict[str, set[str]] = {}
        for folder, called in calls.items():
            for each in called - {folder}:
                callers.setdefault(each, set()).add(folder)
        while pending:
            more = callers.get(pending.pop(), set()) - needed
            needed |= more
            pending += more
        return sorted(folder for folder in needed if folder not in callers)

    def declaring(self) -> list[str]:
        """The folders that declare functions themselves."""
        if self._declaring is None:
            every = self._texts.items()
            self._declaring = sorted(folder for folder, texts in every if _declares("".join(texts.values())))
        return list(self._declaring)

    def _called(self, folder: str) -> set[str]:
        """The folders that the modules of a folder name as their source."""
        found = (join(folder, path) for text in self._texts[folder].values() for path in CALL.findall(text))
        return {path for path in found if path in self._texts}

    def folder_at(self, path: str) -> Folder | None:
        """What the files of a folder declare, None where there are none; what cannot be read is a problem."""
        if path not in self._folders and path in self._texts:
            bodies: list[Body] = []
            assigned: dict[str, Body] = {}
            for name, text in self._texts[path].items():
                body = self._body(name, text)
                if body is None:
                    continue
                if name.endswith(SUFFIXES):
                    bodies.append(body)
                else:
                    assigned |= dict.fromkeys(body.names(), body)
            self._folders[path] = Folder(path, tuple(bodies), assigned)
        return self._folders.get(path)

    def _body(self, path: str, text: str) -> Body | None:
        name = posixpath.basename(path)
        if not name.endswith(SUFFIXES) and ASSIGNED.fullmatch(name) is None:
            return None
        if path.endswith(".tf") and f"{path[:-2]}tofu" in self._texts[posixpath.dirname(path)]:
            return None  # OpenTofu reads its own file in place of the one for Terraform
        try:
            check_text(text)
            return json_files.parse(path, text) if name.endswith(".json") else hcl_parse.parse(path, text)
        except hcl_parse.NoParserError as error:
            self._without_parser = self._without_parser or Problem(path, 0, str(error))
            self.problems += [self._without_parser] if self._without_parser not in self.problems else []
        except LocatedError as error:
            self.problems.append(error.problem())
        except ManifestError as error:
            if _RENDERED.search(text) is None:
                self.problems.append(Problem(path, error.line, str(error)))
        return None

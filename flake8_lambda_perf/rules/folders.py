"""What deployment rules ask of the folders that functions ship: their requirements, names and sizes."""

from __future__ import annotations

import os
import re
from bisect import bisect_left
from functools import cached_property
from typing import TYPE_CHECKING

from flake8_lambda_perf.errors import ManifestError
from flake8_lambda_perf.knowledge import bringing, import_cost, packages_with_costs
from flake8_lambda_perf.manifests.deployed import read_text
from flake8_lambda_perf.model import Said
from flake8_lambda_perf.project.outline import is_standard

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flake8_lambda_perf.project.load import Project

REQUIREMENTS = "requirements.txt"
REQUIREMENT = re.compile(r"\s*([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*(?:[=<>!~;@#].*)?$")
SDK = frozenset({"boto3", "botocore", "s3transfer"})
"""What the runtimes of Lambda have themselves."""

NOT_SHIPPED = frozenset({".git", ".venv", "venv", "node_modules", "__pycache__", ".aws-sam", ".serverless"})
MOST_FOLDERS = 20_000
"""How many folders of a project are looked into; what lies in more is not counted."""

MODULES = {
    "beautifulsoup4": "bs4", "opencv-python": "cv2", "opencv-python-headless": "cv2", "pillow": "PIL",
    "psycopg2-binary": "psycopg2", "pyjwt": "jwt", "python-dateutil": "dateutil", "pyyaml": "yaml",
    "scikit-image": "skimage", "scikit-learn": "sklearn", "google-cloud-storage": "google.cloud.storage",
}  # fmt: skip  # one name a line would take a screen
"""Modules of packages that are called otherwise, from their pages on the package index."""


_DATABASES = ("sqlalchemy", "sqlmodel", "peewee", "create_engine")
_TABLES = ("pandas", "polars", "awswrangler")
LOADED_BY_NAME = {
    "asyncpg": _DATABASES, "aiomysql": _DATABASES, "duckdb": _DATABASES, "mysql": _DATABASES, "oracledb": _DATABASES,
    "psycopg": _DATABASES, "psycopg2": _DATABASES, "pymysql": _DATABASES, "trino": _DATABASES,
    "bs4": _TABLES, "jinja2": (*_TABLES, "flask", "fastapi", "starlette"), "lxml": (*_TABLES, "bs4", "docx"),
    "matplotlib": _TABLES, "numpy": (*_TABLES, "PIL"), "openpyxl": _TABLES, "pyarrow": _TABLES, "sqlalchemy": _TABLES,
    "xlsxwriter": _TABLES, "aws_xray_sdk": ("tracer", "tracing"), "pydantic": ("parser", "event_source"),
    "cryptography": ("jwt", "jose", "pymysql", "paramiko", "oracledb", "google", "firebase", "azure"),
    "grpc": ("google", "firebase", "opentelemetry"), "orjson": ("fastapi", "starlette"), "redis": ("idempotency",),
    "simplejson": ("requests", "stripe", "datadog"), "psutil": ("datadog", "sentry"), "valkey": ("idempotency",),
}  # fmt: skip  # one name a line would take a screen
"""Words of code that may load a package without naming it: optional dependencies, by the packages' documentation."""

PLUGGED = ("django", "langchain", "celery", "airflow")
"""Packages that load others by what settings name, wherever these stand."""


class Folders:
    """Answers about the folders of one project, each found out once."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._requirements: dict[str, tuple[Said, ...]] = {}
        self._needed: dict[tuple[str, str], bool] = {}
        self._sizes: dict[str, dict[str, int]] = {}

    @cached_property
    def _files(self) -> list[str]:
        return sorted(self.project.files)

    def requirements(self, folder: str) -> tuple[Said, ...]:
        """Lists the packages that the requirements in a folder name, each with its place."""
        if folder not in self._requirements:
            path = f"{folder}/{REQUIREMENTS}" if folder else REQUIREMENTS
            text = self._text(path)
            found = ((n, line, REQUIREMENT.match(line)) for n, line in enumerate(text.splitlines(), 1))
            self._requirements[folder] = tuple(
                Said("requirement", name[1].lower().replace("_", "-"), path, number, 1, line.strip())
                for number, line, name in found
                if name is not None
            )
        return self._requirements[folder]

    def _text(self, path: str) -> str:
        """Gives the text of a file that need not be there; what cannot be read names nothing."""
        try:
            return read_text(self.project.root, path) or ""
        except ManifestError:
            return ""

    def module_of(self, package: str) -> str | None:
        """Gives the module that a package is imported as, None where that is not known."""
        module = MODULES.get(package, package.replace("-", "_"))
        return module if module in packages_with_costs() else None

    def may_need(self, folder: str, module: str) -> bool:
        """Tells whether files of a folder, or what they import, name a module, or what may load it without a name."""
        key = (folder, module)
        if key not in self._needed:
            paths = self._reached(folder)
            names = "|".join(map(re.escape, (module, *bringing(module), *LOADED_BY_NAME.get(module, ()))))
            word = re.compile(names.encode(), re.IGNORECASE)
            named = any(word.search(self.project.data(path) or b"") for path in paths)
            self._needed[key] = named or any(self._imports_unknown(path) for path in paths)
        return self._needed[key]

    def _imports_unknown(self, path: str) -> bool:
        """Tells whether a file imports something of which nothing is known: it may need any other package."""
        for name, level, names in self.project.outline(path).imports:
            if level:
                if not self._is_here(name, level, names, path):
                    return True
                continue
            top = name.partition(".")[0]
            if is_standard(top) or self.project.locate(top, path, 0) is not None:
                continue
            if top.startswith(PLUGGED) or import_cost(name) is None:
                return True
        return False

    def _is_here(self, module: str, level: int, names: tuple[str, ...], path: str) -> bool:
        """Tells whether the project holds what a relative import names; a build may add modules to a folder."""
        if self.project.locate(module, path, level) is not None:
            return True
        inner = (f"{module}.{name}" if module else name for name in names)
        return bool(names) and all(self.project.locate(each, path, level) is not None for each in inner)

    def _reached(self, folder: str) -> set[str]:
        """Lists the Python files below a folder and those that they import."""
        start = bisect_left(self._files, f"{folder}/") if folder else 0
        end = bisect_left(self._files, f"{folder}0") if folder else len(self._files)  # "0" follows "/"
        stack = self._files[start:end]
        reached = set(stack)
        while stack:
            fresh = self.project.links(stack.pop()) - reached
            reached |= fresh
            stack.extend(fresh)
        return reached

    def sizes(self, folder: str) -> Mapping[str, int]:
        """Gives the bytes of each part of a folder: its files, and its folders with all in them."""
        top = f"{self.project.root}/{folder}" if folder else str(self.project.root)
        todo, order = [top], []
        while todo and len(self._sizes) < MOST_FOLDERS:  # a loop: folders nest deeper than functions may
            here = todo.pop()
            if here not in self._sizes:
                parts, inner = _listed(here)
                self._sizes[here] = parts
                order.append((here, inner))
                todo.extend(inner.values())
        for here, inner in reversed(order):
            for name, path in inner.items():
                self._sizes[here][name] = sum(self._sizes.get(path, {}).values())
        return self._sizes.get(top, {})


def _listed(folder: str) -> tuple[dict[str, int], dict[str, str]]:
    """Gives the bytes of the files in a folder, and the paths of the folders in it that a package may hold."""
    files: dict[str, int] = {}
    inner: dict[str, str] = {}
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if not entry.is_dir(follow_symlinks=False):
                    files[entry.name] = entry.stat(follow_symlinks=False).st_size
                elif entry.name not in NOT_SHIPPED:
                    inner[entry.name] = entry.path
    except OSError:  # gone meanwhile, or not ours to read: it counts as empty
        return files, inner
    return files, inner

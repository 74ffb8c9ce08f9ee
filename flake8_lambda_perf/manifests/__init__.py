"""What is deployed: the functions that the project's deployment manifests declare."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from flake8_lambda_perf.discover import SCRIPT_SUFFIXES, SYNTHESISED, UNREAD, is_test
from flake8_lambda_perf.errors import ManifestError
from flake8_lambda_perf.manifests.deployed import (
    Deployed,
    LocatedError,
    Reading,
    check_text,
    read_text,
    unsaved,
)
from flake8_lambda_perf.model import Problem

if TYPE_CHECKING:
    from flake8_lambda_perf.manifests.python.files import Sources
    from flake8_lambda_perf.manifests.yaml_nodes import Node

__all__ = ["Deployed", "read"]


class Reader(Protocol):
    """A kind of manifest: a module with these two functions."""

    def claims(self, name: str, text: str) -> bool:
        """Whether the file called `name` is of this kind, judged without parsing it."""

    def read(self, root: Path, path: str, text: str) -> Reading:
        """The functions the manifest at `path` deploys; raises ManifestError where it is broken."""


DOCKERFILE = re.compile(r"(?:.*\.)?Dockerfile(?:\..*)?|Containerfile", re.IGNORECASE)

READERS = {
    "serverless": (re.compile(r"serverless[\w.-]*\.(?:ya?ml|json)"), "provider"),
    "dockerfile": (DOCKERFILE, ""),
    "sst": (re.compile(r".*\.(?:ya?ml|json)"), "handler"),
    "chalice": (re.compile(r"config\.json"), '"stages"'),
    "zappa": (re.compile(r"zappa_settings\.(?:json|toml|ya?ml)"), ""),
    "azure": (re.compile(r"(?:function|host)\.json"), ""),
    "gcp": (re.compile(r".*\.(?:sh|ya?ml)"), "deploy"),
    "firebase": (re.compile(r"firebase\.json"), '"functions"'),
}
"""How the files of each kind are called, and a word that they hold: a module is imported where one may claim a file.

A new kind of manifest is one module and its place here.
"""


class ProgramReader(Protocol):
    """A kind of deployment program: a module with these two functions."""

    def claims(self, data: bytes) -> bool:
        """Whether a Python file may be part of such a program, judged without parsing it."""

    def read(self, root: Path, sources: Sources, paths: Iterable[str]) -> Reading:
        """The functions that the programs of the project declare; `paths` are the files that are claimed."""


PROGRAMS = {b"aws_cdk": "cdk_python", b"pulumi_aws": "pulumi"}
"""Deployment programs in Python: a word that each of their files holds, and the module that reads them."""

NOT_READ = "services in TypeScript and JavaScript are not read; name its handlers in `handlers`"

TEMPLATES = (".yaml", ".yml", ".json", ".template")
TERRAFORM = (".tf", ".tofu", ".tf.json", ".tofu.json", ".tfvars", ".tfvars.json")

# Templates whose YAML or JSON exists only after rendering (Helm, Jinja, Sceptre); `{{resolve:` is CloudFormation's own.
_TEMPLATED = re.compile(r"\{%|\{\{(?!resolve:)")


def read(root: Path, manifests: Iterable[str], sources: Sources | None = None) -> Reading:
    """The deployed functions of the files in `manifests` (relative to `root`), and what could not be read.

    `sources` are the project's Python files, some of which may be deployment programs, and what is not saved yet.
    """
    root = root.resolve()
    deployed: list[Deployed] = []
    problems: list[Problem] = []
    with unsaved({} if sources is None else sources.overlay):
        for found, failed in _readings(root, sorted(set(manifests)), sources):
            deployed += found
            problems += failed
    return tuple(_without_repeated(deployed)), tuple(dict.fromkeys(problems))


def unread(root: Path, manifests: Iterable[str]) -> tuple[Problem, ...]:
    """The manifests that may deploy Python and are of no kind that is read, each with the reason."""
    named = [path for path in manifests if path.rpartition("/")[2] in UNREAD]
    return tuple(Problem(path, 0, NOT_READ) for path in sorted(named) if _holds_python(root.resolve(), path))


def _holds_python(root: Path, path: str) -> bool:
    try:
        return "python" in (read_text(root, path) or "")
    except ManifestError:
        return False


def _readings(root: Path, paths: Iterable[str], sources: Sources | None) -> Iterator[Reading]:
    """Reads each kind; what the CDK wrote comes last, because the program that it was made from tells more."""
    templates: dict[str, str] = {}
    terraform: list[str] = []
    scripts: list[str] = []
    synthesised: list[str] = []
    for path in paths:
        if path.endswith(TERRAFORM):
            terraform.append(path)
        elif path.endswith(SCRIPT_SUFFIXES):
            scripts.append(path)
        elif SYNTHESISED in path.split("/"):
            synthesised.append(path)
        else:
            yield _read_file(root, path, templates)
    yield from _read_templates(root, templates)
    if terraform:
        yield _read_terraform(root, terraform)
    if scripts:
        yield _read_scripts(root, scripts)
    if sources is not None:
        yield from _read_programs(root, sources)
    if synthesised:
        yield _read_synthesised(root, synthesised, frozenset() if sources is None else sources.known)


def _read_programs(root: Path, sources: Sources) -> Iterator[Reading]:
    """Reads each kind of deployment program; a test of one constructs it in other ways than its deployment."""
    for word, name in PROGRAMS.items():
        paths = [path for path in sources.files if word in (sources.data(path) or b"") and not is_test(path)]
        if paths:
            reader: ProgramReader = import_module(f"{__name__}.{name}")
            yield reader.read(root, sources, [path for path in paths if reader.claims(sources.data(path) or b"")])


def _read_terraform(root: Path, paths: list[str]) -> Reading:
    """Reads all files of Terraform at once: those of one folder are one, and folders call folders."""
    from flake8_lambda_perf.manifests import terraform

    return terraform.read(root, paths)


def _read_scripts(root: Path, paths: list[str]) -> Reading:
    """Reads all TypeScript and JavaScript at once: the files of a program import one another."""
    from flake8_lambda_perf.manifests import scripts

    return scripts.read(root, paths)


def _read_synthesised(root: Path, paths: list[str], known: frozenset[str]) -> Reading:
    """Reads what the CDK wrote."""
    from flake8_lambda_perf.manifests import cdk_out

    return cdk_out.read(root, paths, known)


def _without_repeated(deployed: list[Deployed]) -> Iterator[Deployed]:
    """Leaves out what a Dockerfile or the CDK's output says where a manifest deploys the same, and knows more of it."""
    others = [each for each in deployed if not _is_derived(each.manifest)]
    known = {(_code(each), each.handler) for each in others}
    yield from others
    for each in deployed:
        if _is_derived(each.manifest) and (each.root is None or (_code(each), each.handler) not in known):
            yield each


def _code(deployed: Deployed) -> str | None:
    """What tells the code of a function: its text where a manifest holds it, else its folder."""
    return deployed.root if deployed.inline is None else deployed.inline.text


def _is_derived(manifest: str) -> bool:
    *folders, name = manifest.split("/")
    return DOCKERFILE.fullmatch(name) is not None or SYNTHESISED in folders


def _read_file(root: Path, path: str, templates: dict[str, str]) -> Reading:
    """Reads what tells by itself what is deployed, and adds the text of a template to those that are read at once."""
    try:
        text = read_text(root, path)
    except ManifestError as error:
        return (), (Problem(path, error.line, str(error)),)
    if text is None:
        return (), ()
    name = path.rpartition("/")[2]
    if _is_template(name, text):
        templates[path] = text
    deployed: list[Deployed] = []
    problems: list[Problem] = []
    for module, (named, word) in READERS.items():
        if word not in text or not named.fullmatch(name):
            continue
        reader: Reader = import_module(f"{__name__}.{module}")
        if reader.claims(name, text):
            found, failed = _guarded(path, text, partial(reader.read, root, path, text))
            deployed += found
            problems += failed
    return tuple(deployed), tuple(problems)


def _is_template(name: str, text: str) -> bool:
    """Whether a file is a template of CloudFormation that deploys functions."""
    if not name.endswith(TEMPLATES) or "Resources" not in text:
        return False
    from flake8_lambda_perf.manifests import sam

    return sam.claims(text)


def _read_templates(root: Path, texts: dict[str, str]) -> Iterator[Reading]:
    """Reads all templates of CloudFormation at once: one deploys another, and gives it parameters."""
    if not texts:
        return
    from flake8_lambda_perf.manifests import sam, sam_nested
    from flake8_lambda_perf.manifests.yaml_nodes import parse

    tops: dict[str, tuple[str, Node | None]] = {}

    def add(path: str, text: str) -> Reading:
        tops[path] = text, parse(path, text)
        return (), ()

    for path, text in texts.items():
        yield _guarded(path, text, partial(add, path, text))
    parents = sam_nested.Parents(root, tops)
    for path, (text, top) in tops.items():
        yield _guarded(path, text, partial(sam.functions, root, path, text, top, parents.given(path)))


def _guarded(path: str, text: str, read: Callable[[], Reading]) -> Reading:
    """What a reader makes of a file, or the problem that it has; none where the file is made of a template first."""
    try:
        check_text(text)
        return read()
    except LocatedError as error:
        return (), (error.problem(),)
    except ManifestError as error:
        return (), () if _TEMPLATED.search(text) else (Problem(path, error.line, str(error)),)

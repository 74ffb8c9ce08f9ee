"""What the templates of a project pass to those they deploy as a part of themselves."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from flake8_lambda_perf.manifests.deployed import join
from flake8_lambda_perf.manifests.intrinsics import Given, Template, at
from flake8_lambda_perf.manifests.yaml_nodes import Mapping as Block
from flake8_lambda_perf.manifests.yaml_nodes import Node

if TYPE_CHECKING:
    from pathlib import Path

NESTED = {"AWS::Serverless::Application": "Location", "AWS::CloudFormation::Stack": "TemplateURL"}
"""Resources that are templates, and the property that names the file."""

MAX_CALLS = 10_000
MAX_DEEP = 20

_WORD = re.compile("AWS::(?:Serverless::Application|CloudFormation::Stack)")


def claims(text: str) -> bool:
    """Whether a template deploys others."""
    return _WORD.search(text) is not None


class Parents:
    """The templates of a project that deploy others of it."""

    def __init__(self, root: Path, tops: Mapping[str, tuple[str, Node | None]]) -> None:
        self._root = root
        self._tops = tops
        self._calls: dict[str, list[tuple[str, Block | None]]] = {}
        self._given: dict[str, Given] = {}
        for path, (text, top) in tops.items():
            if claims(text):
                for child, parameters in list(_called(root, path, top))[:MAX_CALLS]:
                    self._calls.setdefault(child, []).append((path, parameters))

    def given(self, path: str, depth: int = 0) -> Given:
        """What its parents give the parameters of a template: where they differ, or compute it, None."""
        if path not in self._given:
            self._given[path] = {}  # for one that deploys itself
            calls = self._calls.get(path, []) if depth < MAX_DEEP else []
            given = [self._of_call(parent, parameters, depth) for parent, parameters in calls]
            names = dict.fromkeys(name for each in given for name in each)
            self._given[path] = {name: _common(each.get(name) for each in given) for name in names}
        return self._given[path]

    def _of_call(self, parent: str, parameters: Block | None, depth: int) -> Given:
        text, top = self._tops[parent]
        if parameters is None or not isinstance(top, Block):
            return {}
        template = Template(self._root, parent, top, top, text, self.given(parent, depth + 1))
        return {name: template.text(entry.value) for name, entry in parameters.entries.items()}


def _called(root: Path, path: str, top: Node | None) -> Iterator[tuple[str, Block | None]]:
    """The templates that one deploys, each with the parameters it gives."""
    resources = at(top, "Resources")
    if not isinstance(top, Block) or not isinstance(resources, Block):
        return
    template = Template(root, path, top, resources, "")
    for entry in resources.entries.values():
        key = NESTED.get(template.type_of(entry.value) or "")
        written = None if key is None else template.text(at(entry.value, "Properties", key))
        child = None if written is None else join(posixpath.dirname(path), written)
        if child is not None:
            parameters = at(entry.value, "Properties", "Parameters")
            yield child, parameters if isinstance(parameters, Block) else None


def _common(texts: Iterable[str | None]) -> str | None:
    first, *others = texts
    return first if all(each == first for each in others) else None
